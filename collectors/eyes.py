"""One page, all detectors: what a single visit yields. Nothing is fetched twice for another look."""

from __future__ import annotations

import hashlib
import zlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from cockpit.detect import (
    channels,
    dates,
    forged,
    hidden,
    homepage,
    links,
    scan,
    snapshot,
    softpage,
    tags,
    wording,
)
from cockpit.detect import page as pages
from cockpit.detect.finding import TextFinding
from cockpit.detect.forged import Forged
from cockpit.detect.hidden import HiddenLink
from cockpit.registry import ChannelType

EXCERPT = 24  # characters shown before and behind a hit


@dataclass(frozen=True)
class Hit:
    """A text finding with its surroundings, personal data masked, and its place in words."""

    finding: TextFinding
    excerpt: str
    place: str = ""


@dataclass
class Seen:
    """Everything one page told. `gone` = it says so itself, or is what the site answers to a made-up path."""

    url: str
    title: str
    page_type: str
    links: list[links.Link]
    published: dates.Published
    items: list[channels.Item]
    channel_links: list[channels.ChannelLink]
    hidden: list[HiddenLink]
    tags: tags.TagReport | None
    hits: list[Hit]
    gone: bool
    sha256: str
    cut: str | None = None
    forged: Forged | None = None
    home: homepage.HomeReport | None = None  # what the foot of a home page must show
    snapshot: bytes = b""  # a page with findings as it looked, personal data masked, compressed


@dataclass(frozen=True)
class Eyes:
    """The detectors with what they need to know of a site."""

    matcher: wording.Matcher
    types: Sequence[ChannelType]
    channel_urls: frozenset[str] = frozenset()
    site_id_code: str | None = None
    today: date | None = None
    probe: softpage.Fingerprint | None = None  # the site's own answer to a made-up path, if it is a page

    def look(
        self,
        body: bytes,
        content_type: str,
        url: str,
        level: int,
        sheets: Mapping[str, str],
        *,
        links_too: bool = True,
        lists_too: bool = True,
    ) -> Seen:
        """Run every detector over one page. `sheets`: linked style sheets, address → text.

        Without `links_too` or `lists_too` the links or the entries of lists are left out: they are known, or
        nobody asks for them.
        """
        html, _ = pages.decode(body, content_type)
        page = pages.parse(html, url)
        kind = (
            "channel"
            if url in self.channel_urls and level > 1
            else scan.page_type(page, level if level == 1 else None)
        )
        gone = level > 1 and self._gone(page)
        published = dates.published_at(page) if kind == "article" else dates.Published(None, None)
        day = published.day if kind == "article" else self.today
        found = Hits([]) if gone else text_hits(page.text, self.matcher, day)
        seen = Seen(
            url=url,
            title=page.title,
            page_type=kind,
            links=links.extract(page) if links_too else [],
            published=published,
            items=channels.items(page, self.today) if lists_too and kind != "article" else [],
            channel_links=channels.find(page, self.types) if level == 1 else [],
            hidden=[] if gone else hidden.find(page, sheets),
            tags=None if gone else self._tags(page, kind),
            hits=found.hits,
            gone=gone,
            sha256=hashlib.sha256(body).hexdigest(),
            cut=page.cut or found.cut,
            forged=forged.within(page, self.today) if published.day and not gone else None,
            home=homepage.check(page, self.site_id_code) if kind == "home" else None,
        )
        if seen.hits or seen.hidden or (lists_too and kind != "article"):  # a late channel needs its list
            seen.snapshot = zlib.compress(snapshot.of_page(html, page), 6)
        return seen

    def links(self, body: bytes, content_type: str, url: str) -> list[links.Link]:
        """Where a page leads to, and nothing else."""
        return links.extract(pages.parse(pages.decode(body, content_type)[0], url))

    def fingerprint(self, body: bytes, content_type: str, url: str) -> softpage.Fingerprint:
        """What a page looks like, and nothing else."""
        return softpage.fingerprint(pages.parse(pages.decode(body, content_type)[0], url))

    def glance(self, body: bytes, content_type: str, url: str) -> bool:
        """A page beyond the budget is not looked at in full, but a soft 404 is still one."""
        return self._gone(pages.parse(pages.decode(body, content_type)[0], url))

    def _gone(self, page: pages.Page) -> bool:
        if softpage.looks_gone(page):
            return True
        return self.probe is not None and softpage.same(softpage.fingerprint(page), self.probe)

    def _tags(self, page: pages.Page, kind: str) -> tags.TagReport:
        return tags.check(page, kind, self.site_id_code, urlsplit(page.url).hostname)


@dataclass(frozen=True)
class Hits:
    """Hits of a text in order of position; `cut` names the cause where a text was not looked at in full."""

    hits: list[Hit]
    cut: str | None = None


def text_hits(text: str, matcher: wording.Matcher, on: date | datetime | None) -> Hits:
    """Privacy and wording hits of a text."""
    found = scan.look(text, matcher, on if isinstance(on, date) else None)
    leaks = [f for f in found.findings if f.kind.startswith("privacy.")]
    starts = [leak.start for leak in leaks]
    hits = [Hit(f, _excerpt(text, f, leaks, starts), f"正文第 {f.start + 1} 字") for f in found.findings]
    return Hits(hits, scan.TOO_MUCH if found.cut is not None else None)


def _excerpt(text: str, finding: TextFinding, all_leaks: Sequence[TextFinding], starts: list[int]) -> str:
    """The surroundings of a hit with every leak in them replaced by its mask. `starts`: of the leaks, in order."""
    start, end = max(0, finding.start - EXCERPT), min(len(text), finding.end + EXCERPT)
    leaks = all_leaks[max(0, bisect_left(starts, start) - 1) : bisect_left(starts, end)]
    for leak in leaks:  # never cut a leak in two: half a number is still personal
        if leak.start < start < leak.end:
            start = leak.start
        if leak.start < end < leak.end:
            end = leak.end
    shown = text[start:end]
    for leak in reversed([k for k in leaks if start <= k.start and k.end <= end]):
        shown = shown[: leak.start - start] + leak.text + shown[leak.end - start :]
    return " ".join(shown.split())
