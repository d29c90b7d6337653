"""The attachments of a walked site: fetched when new or changed, read elsewhere (attachments.py), shown to the eyes.

Known ones are asked with If-None-Match / If-Modified-Since; what answers 304, or has the same bytes, is not read
again unless the lexicon changed. Budgets: files, seconds and bytes a site; what they cut is told by cause.
"""

from __future__ import annotations

import hashlib
import posixpath
import threading
import time
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from cockpit import __version__
from cockpit.detect import snapshot, wording
from cockpit.detect.documents import READ, UNREAD, Document
from collectors import attachments
from collectors.eyes import Hit, Hits, text_hits
from collectors.fetch import Fetcher, Response
from collectors.walked import LinkSeen, Walked, targets

DOCUMENTS = READ | UNREAD
SECONDS = 30.0  # of one download
AT_ONCE = 3
MOST_OF_A_KIND = 20  # hits of one kind kept of one attachment: a list of a thousand pupils is one matter
WEEK = timedelta(days=6)  # without ETag and date, known files are fetched once a week


@dataclass(frozen=True)
class Budget:
    """What the attachments of one site may cost in one run."""

    files: int = 150
    seconds: float = 600.0


@dataclass(frozen=True)
class Known:
    """What an earlier run knew of an attachment."""

    measured_at: datetime
    state: str
    cause: str | None = None
    read_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    size_bytes: int | None = None
    characters: int | None = None
    content_sha256: str | None = None
    detector_version: str | None = None


@dataclass(frozen=True)
class Attached:
    """One attachment. `fresh`: read in this run, so that `hits` are all there is; else the old findings hold."""

    url: str
    source: str
    text: str
    state: str
    cause: str | None = None
    fresh: bool = False
    read_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    size_bytes: int | None = None
    characters: int | None = None
    content_sha256: str | None = None
    detector_version: str | None = None
    hits: tuple[Hit, ...] = ()
    snapshot: bytes = b""  # its text with findings, personal data masked, compressed


@dataclass
class Attachments:
    """Looks at the attachments of one walked site."""

    fetcher: Fetcher
    matcher: wording.Matcher
    reader: attachments.Reader
    now: datetime
    version: str
    known: Mapping[str, Known] = field(default_factory=lambda: MappingProxyType({}))
    budget: Budget = Budget()

    def look(self, walked: Walked, today: date, stop: threading.Event | None = None) -> list[Attached]:
        """One entry for every document that the pages link to and that is there."""
        days = {page.url: page.published.day for page in walked.pages if page.published.day}
        links = [k for k in targets(walked, ("attachment",)) if k.verdict == "ok" and _ending(k) in DOCUMENTS]
        links.sort(key=lambda k: (k.url in self.known, self._last(k)))
        deadline = time.monotonic() + self.budget.seconds
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(
                pool.map(lambda pair: self._one(*pair, walked, days, today, deadline, stop), enumerate(links))
            )

    def _last(self, link: LinkSeen) -> datetime:
        return self.known[link.url].measured_at if link.url in self.known else datetime.min

    def _one(
        self,
        number: int,
        link: LinkSeen,
        walked: Walked,
        days: Mapping[str, Any],
        today: date,
        deadline: float,
        stop: threading.Event | None,
    ) -> Attached:
        source, text = link.places[0] if len(link.places) else (0, "")
        page = walked.sources[source] if walked.sources else walked.start_url
        blank = Attached(link.url, page, text[:300], "unmeasured", detector_version=self.version)
        if _ending(link) not in READ:
            return replace(blank, cause="attachment_format", fresh=True)
        over = number >= self.budget.files or time.monotonic() > deadline or (stop and stop.is_set())
        known = self.known.get(link.url)
        if over or (known and self._is_recent(known)):
            return self._as_before(blank, known) if known else replace(blank, cause="budget_attachments")
        answer = self._fetch(link.url, known)
        if known and (answer.status == 304 or self._same(answer, known)):
            return self._as_before(blank, known)
        return self._read(blank, answer, days.get(page) or today)

    def _is_recent(self, known: Known) -> bool:
        """No validators and looked at this week, by the same detectors."""
        bare = not known.etag and not known.last_modified
        at = known.read_at or known.measured_at
        return bare and known.detector_version == self.version and self.now - at < WEEK

    def _same(self, answer: Response, known: Known) -> bool:
        same = hashlib.sha256(answer.body).hexdigest() == known.content_sha256
        return answer.cause is None and same and known.detector_version == self.version

    def _as_before(self, blank: Attached, known: Known | None) -> Attached:
        if known is None:
            return blank
        kept = {name: getattr(known, name) for name in Known.__dataclass_fields__ if name != "measured_at"}
        return replace(blank, **kept)

    def _fetch(self, url: str, known: Known | None) -> Response:
        headers = {}
        if known and known.detector_version == self.version:
            if known.etag:
                headers["If-None-Match"] = known.etag
            if known.last_modified:
                headers["If-Modified-Since"] = known.last_modified
        return self.fetcher.get(url, headers=headers, max_bytes=attachments.MAX_BYTES, seconds=SECONDS)

    def _read(self, blank: Attached, answer: Response, on: date | datetime) -> Attached:
        told = replace(
            blank,
            fresh=True,
            read_at=self.now,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            size_bytes=len(answer.body),
            content_sha256=hashlib.sha256(answer.body).hexdigest(),
        )
        if answer.cause:
            return replace(told, cause=answer.cause, fresh=False, read_at=None)
        if answer.is_html:
            return replace(told, cause="attachment_damaged")
        document = self.reader.read(answer.body, name_of(blank.url))
        found = document_hits(document, self.matcher, on)
        cause = document.cause or found.cut
        return replace(
            told,
            state="read" if not cause else "partial" if document.parts else "unmeasured",
            cause=cause,
            characters=document.characters,
            hits=tuple(found.hits),
            snapshot=zlib.compress(snapshot.of_text(as_text(document)), 6) if found.hits else b"",
        )


def _ending(link: LinkSeen) -> str:
    return posixpath.splitext(urlsplit(link.url).path)[1][1:].lower()


def name_of(url: str) -> str:
    """The file name of an address; only its ending matters to the reader."""
    return posixpath.basename(unquote(urlsplit(url).path)) or "file"


def document_hits(document: Document, matcher: wording.Matcher, on: date | datetime | None) -> Hits:
    """Hits of all parts with their places, at most MOST_OF_A_KIND of a kind; the first tells how many there are."""
    found: list[Hit] = []
    cut: str | None = None
    for part in document.parts:
        told = text_hits(part.text, matcher, on)
        cut = cut or told.cut
        for hit in told.hits:
            found.append(replace(hit, place=part.place(hit.finding.start)))
    total, kept = Counter(hit.finding.kind for hit in found), Counter[str]()
    out = []
    for hit in found:
        kind = hit.finding.kind
        kept[kind] += 1
        many = kept[kind] == 1 and total[kind] > MOST_OF_A_KIND
        if kept[kind] <= MOST_OF_A_KIND:
            more = f"{hit.place}（同类共 {total[kind]} 处）" if many else hit.place
            out.append(replace(hit, place=more))
    return Hits(out, cut)


def as_text(document: Document) -> str:
    """The text of a document with a line before each part that says where it is from."""
    return "\n".join(f"【{part.name}】\n{part.text}" if part.name else part.text for part in document.parts)


def detector_version(lexicon: Path) -> str:
    """Version of the detectors and digest of the lexicon: what is judged by others is judged anew."""
    digest = hashlib.sha256()
    for path in sorted(lexicon.glob("*.csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{__version__}+{digest.hexdigest()[:12]}"


def summary(found: Sequence[Attached]) -> Counter[str]:
    """How many were read, and how many not by cause."""
    return Counter(a.cause or "read" for a in found)
