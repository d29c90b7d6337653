"""What a visit to a site becomes in the store: coverage, pages, links, channels and sightings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from cockpit import store
from cockpit.detect.hidden import HiddenLink
from cockpit.errors import StoreError
from cockpit.paths import DataDir
from cockpit.registry import Site
from cockpit.store import snapshots
from cockpit.store.snapshots import Key, Taken
from collectors import attached_rows, page_rows, verdicts
from collectors.attached import Known
from collectors.eyes import Hit
from collectors.visit import ChannelSeen, Visited
from collectors.walk import LinkSeen

ASPECTS = ("links", "hidden", "channels", "tags", "wording", "privacy")
WIDESPREAD = 5  # the same words on more pages than this are one cause of the site, not of each page
TECHNIQUE_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "title_hijack": "hidden.title_hijack",
        "sold_link": "hidden.sold_link",
        "external_bad": "hidden.external_bad",
        "external_parked": "hidden.external_bad",
        "foreign_script": "hidden.script",
        "script_encoded": "hidden.script",
        "document_write": "hidden.script",
    }
)
CHANNEL_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "overdue": ("channel.overdue", "medium"),
        "blank": ("channel.blank", "high"),
        "undated": ("channel.undated", "medium"),
    }
)

Row = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Previous:
    """What the published version knows: links that failed before (site, address), attachments, their findings.

    `articles`: the day of the last look at an article and the publish date that it showed then.
    """

    failing: frozenset[tuple[str, str]] = frozenset()
    attachments: Mapping[str, Mapping[str, Known]] = field(default_factory=dict)
    attached_findings: attached_rows.Findings = field(default_factory=dict)
    articles: Mapping[tuple[str, str], tuple[date, date]] = field(default_factory=dict)
    snapshots: Mapping[str, Mapping[Key, Taken]] = field(default_factory=dict)

    @staticmethod
    def read(data: DataDir) -> Previous:
        """What the last patrols saw fail and read; nothing before the first load."""
        try:
            with store.reader(data) as reader:
                return Previous(
                    frozenset((r["site_code"], r["url"]) for r in store.failing_links(reader)),
                    attached_rows.known(reader),
                    attached_rows.known_findings(reader),
                    page_rows.articles(reader),
                    snapshots.known(reader),
                )
        except StoreError:
            return Previous()


def rows_of(site: Site, seen: Visited, now: datetime, previous: Previous, version: str = "") -> Iterator[Row]:
    """Rows of one visit. `now` is the instant of the patrol, naive UTC; `version` that of the detectors."""
    common = {"measured_at": now, "site_code": site.site_code}
    if not seen.measured:
        for aspect in ASPECTS:
            yield (
                "coverage",
                {
                    **common,
                    "collector": "patrol",
                    "aspect": aspect,
                    "ok": False,
                    "cause": seen.walked.home.cause,
                },
            )
        return
    yield from _coverage(seen, common)
    yield from _pages(seen, common)
    judged = {k.url: _verdict(site, k, previous) for k in seen.walked.links.values()}
    yield from _links(seen, common, judged)
    yield from _channels(seen, common)
    for row in (
        *_link_sightings(seen, judged),
        *_hidden_sightings(seen),
        *_channel_sightings(seen),
        *_tag_sightings(seen),
        *page_rows.home_sightings(seen),
        *page_rows.date_sightings(site, seen, previous.articles),
        *_text_sightings(seen),
        *attached_rows.sightings(site.site_code, seen.attached, previous.attached_findings),
    ):
        yield "sighting", {"detector_version": version or None, **common, **row}
    yield from attached_rows.rows(seen.attached, common)


def _verdict(site: Site, link: LinkSeen, previous: Previous) -> str:
    """A lasting kind of failure is dead only when an earlier patrol saw it too."""
    if link.cause in verdicts.DEAD_WHEN_LASTING:
        return "dead" if (site.site_code, link.url) in previous.failing else "unsure"
    return link.verdict


def _coverage(seen: Visited, common: Mapping[str, Any]) -> Iterator[Row]:
    walked = seen.walked
    items = {"links": len(walked.links), "channels": len(seen.channels)}
    for aspect in ASPECTS:
        yield (
            "coverage",
            {
                **common,
                "collector": "patrol",
                "aspect": aspect,
                "ok": True,
                "complete": walked.complete and not walked.stopped,
                "pages": len(walked.pages),
                "items": items.get(aspect, len(walked.pages)),
            },
        )


def _pages(seen: Visited, common: Mapping[str, Any]) -> Iterator[Row]:
    walked = seen.walked
    for page in walked.pages:
        published = page.published.value
        yield (
            "page",
            {
                **common,
                "url": page.url,
                "page_type": page.page_type,
                "level": walked.levels[page.url],
                "http_status": walked.statuses[page.url],
                "title": page.title[:300],
                "published_at": published
                if isinstance(published, datetime) or published is None
                else datetime(published.year, published.month, published.day),
                "content_sha256": page.sha256,
            },
        )


def _links(seen: Visited, common: Mapping[str, Any], judged: Mapping[str, str]) -> Iterator[Row]:
    sources = seen.walked.sources
    for link in seen.walked.links.values():
        first = link.places[0] if len(link.places) else None
        yield (
            "link",
            {
                **common,
                "url": link.url,
                "kind": link.kind,
                "level": link.level,
                "verdict": judged[link.url],
                "cause": link.cause,
                "http_status": link.status,
                "places": len(link.places.sources()),
                "source": sources[first[0]] if first else None,
                "text": first[1] if first else None,
            },
        )
        if judged[link.url] not in {"ok", "skipped"}:
            for source, text in link.places.sources():
                yield "link_place", {**common, "url": link.url, "source": sources[source], "text": text}


def _channels(seen: Visited, common: Mapping[str, Any]) -> Iterator[Row]:
    for c in seen.channels:
        yield (
            "channel_check",
            {
                **common,
                "url": c.url,
                "channel_name": c.name,
                "channel_type": c.type,
                "level": c.level,
                "latest": c.latest,
                "items": c.items,
                "period_days": c.period_days,
                "state": c.state,
                "cause": c.cause,
            },
        )


def _link_sightings(seen: Visited, judged: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for link in seen.walked.links.values():
        verdict = judged[link.url]
        if verdict in {"dead", "soft_404"}:
            source, text = link.places[0] if len(link.places) else (0, "")
            yield {
                "aspect": "links",
                "kind": f"link.{verdict}",
                "target": link.url,
                "page_url": seen.walked.sources[source],
                "severity": "medium",
                "confidence": 0.98 if verdict == "dead" else 0.9,
                "text": text,
                "excerpt": redirected(link),
                "cause": link.cause,
                "http_status": link.status,
                "places": len(link.places.sources()) or 1,
            }


def redirected(link: LinkSeen) -> str | None:
    """The chain of redirects in words; None where there is none."""
    if not link.chain:
        return None
    shown = [url[:200] for url in link.chain[:10]]
    return f"跳转 {len(link.chain)} 次：{' → '.join([link.url[:200], *shown])}"


def _hidden_sightings(seen: Visited) -> Iterator[dict[str, Any]]:
    grouped: dict[tuple[str, str], list[tuple[str, HiddenLink]]] = {}
    for source, found in seen.hidden:
        grouped.setdefault((_kind(found.technique), found.url), []).append((source, found))
    for (kind, url), places in grouped.items():
        source, found = places[0]
        yield {
            "aspect": "hidden",
            "kind": kind,
            "target": url,
            "page_url": source,
            "severity": found.severity,
            "confidence": 0.95,
            "text": found.text,
            "excerpt": found.why,
            "technique": found.technique,
            "line": found.line,
            "rule": found.technique,
            "places": len({s for s, _ in places}),
        }


def _kind(technique: str) -> str:
    if technique.startswith("cloaking"):
        return "hidden.cloaking"
    if technique.startswith("iframe"):
        return "hidden.iframe"
    return TECHNIQUE_KINDS.get(technique, "hidden.link")


def _channel_sightings(seen: Visited) -> Iterator[dict[str, Any]]:
    for c in seen.channels:
        kind, severity = _channel_kind(c)
        if kind:
            yield {
                "aspect": "channels",
                "kind": kind,
                "target": c.url,
                "page_url": c.url,
                "severity": severity,
                "confidence": 0.95,
                "text": c.name,
                "places": 1,
                "rule": c.type,
                "excerpt": f"最近更新 {c.latest}，期限 {c.period_days} 天"
                if c.latest
                else f"列表 {c.items} 条，期限 {c.period_days} 天",
            }


def _channel_kind(c: ChannelSeen) -> tuple[str | None, str]:
    if c.type == "home":
        return ("home.stale", "critical") if c.state == "overdue" else (None, "")
    return CHANNEL_KINDS.get(c.state, (None, ""))


def _tag_sightings(seen: Visited) -> Iterator[dict[str, Any]]:
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for page in seen.walked.pages:
        if page.tags:
            for name in page.tags.missing:
                grouped.setdefault(("tag.missing", name, page.tags.page_type), []).append(page.url)
            for name in page.tags.invalid:
                grouped.setdefault(("tag.invalid", name, page.tags.page_type), []).append(page.url)
    evident = {page.url for page in seen.walked.pages if page.snapshot} | seen.walked.bodies.keys()
    for (kind, name, page_type), urls in grouped.items():
        yield {
            "aspect": "tags",
            "kind": kind,
            "target": name,
            "locator": page_type,
            "page_url": next((url for url in urls if url in evident), urls[0]),
            "severity": "low",
            "confidence": 0.98,
            "text": name,
            "places": len(urls),
        }


def _text_sightings(seen: Visited) -> Iterator[dict[str, Any]]:
    grouped: dict[tuple[str, str, str], list[tuple[str, str, Hit]]] = {}
    for page in seen.walked.pages:
        for hit in page.hits:
            f = hit.finding
            grouped.setdefault((f.kind, f.text, f.identity or ""), []).append((page.url, page.sha256, hit))
    for (kind, text, identity), hits in grouped.items():
        pages = dict.fromkeys(url for url, _, _ in hits)
        together = bool(identity) or len(pages) > WIDESPREAD
        for url in [next(iter(pages))] if together else pages:
            _, sha256, hit = next(h for h in hits if h[0] == url)
            f = hit.finding
            yield {
                "aspect": kind.split(".")[0],
                "kind": kind,
                "target": text,
                "locator": identity or ("site" if together else url),
                "page_url": url,
                "severity": f.severity,
                "confidence": f.confidence,
                "text": f.text,
                "excerpt": hit.excerpt,
                "suggestion": f.suggestion,
                "rule": f.rule,
                "places": len(pages) if together else 1,
                "place": hit.place,
                "content_sha256": sha256,
            }
