"""Sightings of whole pages: what the foot of a home page lacks, and publish dates that contradict themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from cockpit import store
from cockpit.clock import local_day
from cockpit.detect import forged
from cockpit.registry import Site
from collectors.visit import Visited

# (site, address) → the Beijing day of the last look, and the publish date that the article showed then
Articles = Mapping[tuple[str, str], tuple[date, date]]


def articles(reader: store.Reader) -> Articles:
    """What the published version knows of articles."""
    return {
        (r["site_code"], r["url"]): (local_day(r["measured_at"]), r["published_at"].date())
        for r in store.page_dates(reader)
    }


def home_sightings(seen: Visited) -> Iterator[dict[str, Any]]:
    """What the foot of the home page lacks: home.missing and home.invalid, the item's Chinese name as target."""
    home = seen.walked.pages[0]
    if home.home is None:
        return
    for kind, names in (("home.missing", home.home.missing), ("home.invalid", home.home.invalid)):
        for name in names:
            yield {
                "aspect": "tags",
                "kind": kind,
                "target": name,
                "locator": "home",
                "page_url": home.url,
                "severity": "low",
                "confidence": 0.9,
                "text": name,
                "excerpt": f"首页{'没有' if kind == 'home.missing' else '有但不规范：'}{name}",
                "places": 1,
            }


def date_sightings(site: Site, seen: Visited, articles_seen: Articles) -> Iterator[dict[str, Any]]:
    """Publish dates that contradict themselves or what an earlier patrol saw (date.forged)."""
    for page in seen.walked.pages:
        shown = page.published.day
        if shown is None:
            continue
        seen_on, shown_then = articles_seen.get((site.site_code, page.url), (None, None))
        found = forged.against_history(shown, seen_on, shown_then) or page.forged
        if found:
            yield {
                "aspect": "channels",
                "kind": "date.forged",
                "target": page.url,
                "page_url": page.url,
                "severity": found.severity,
                "confidence": 0.9 if found.severity == "high" else 0.6,
                "text": page.title[:100],
                "excerpt": found.why,
                "rule": found.rule,
                "places": 1,
                "content_sha256": page.sha256,
            }
