"""Evidence of a patrol: every finding gets the digest of its page, its status and the snapshot that shows it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from cockpit import store
from cockpit.detect import forged, snapshot
from cockpit.detect import page as pages
from cockpit.errors import StoreError
from cockpit.paths import DataDir
from cockpit.store import snapshots
from cockpit.store.snapshots import Key, Taken, Wanted
from collectors import verdicts
from collectors.eyes import Seen
from collectors.page_rows import Articles
from collectors.visit import Visited

Row = tuple[str, dict[str, Any]]
FORMS = ("page", "attachment")


def worth(site_code: str, articles: Articles) -> Callable[[Seen], bool]:
    """Whether a page needs a snapshot for what it shows itself: the first with a fault of tags, forged dates."""
    told: set[tuple[str, str, str]] = set()

    def judge(seen: Seen) -> bool:
        faults = set()
        if seen.tags:
            faults = {("missing", name, seen.tags.page_type) for name in seen.tags.missing}
            faults |= {("invalid", name, seen.tags.page_type) for name in seen.tags.invalid}
        new = not faults <= told
        told.update(faults)
        day = seen.published.day
        seen_on, shown_then = articles.get((site_code, seen.url), (None, None))
        moved = day is not None and forged.against_history(day, seen_on, shown_then) is not None
        return new or moved or seen.forged is not None

    return judge


def kept(
    data: DataDir, seen: Visited, rows: Sequence[Row], known: Mapping[Key, Taken], now: datetime
) -> Iterator[Row]:
    """The rows of a visit with evidence filled in, and the rows of the snapshots that were written for them."""
    digests, taken = snapshots.keep(data, list(_wanted(seen, signatures(rows))), known, now)
    pages_seen = {page.url: page for page in seen.walked.pages}
    common = next((row for table, row in rows if table == "coverage"), {})
    for table, row in rows:
        if table == "sighting":
            url = row.get("page_url") or ""
            page = pages_seen.get(url)
            row["snapshot_sha256"] = _digest(data, row, digests, known) or row.get("snapshot_sha256")
            if page is not None and row.get("content_sha256") is None:
                row["content_sha256"] = page.sha256
            if page is not None and row.get("http_status") is None and row["aspect"] != "links":
                row["http_status"] = seen.walked.statuses.get(url)
        yield table, row
    for row in taken:
        yield "snapshot", {"measured_at": now, "site_code": common.get("site_code"), **row}


def _digest(
    data: DataDir, row: Mapping[str, Any], digests: Mapping[Key, str], known: Mapping[Key, Taken]
) -> str | None:
    """The snapshot that shows a finding; of a page that did not change (304) the one taken before."""
    url = row.get("page_url") or ""
    forms = ("face", *FORMS) if row["kind"] == "hidden.cloaking" else FORMS
    for form in forms:
        if (url, form) in digests:
            return digests[url, form]
    old = next((known[url, form].sha256 for form in forms if (url, form) in known), None)
    return old if old and snapshots.path_of(data, old).is_file() else None


def signatures(rows: Sequence[Row]) -> dict[str, str]:
    """Address → digest of the findings there: the same findings need no new snapshot every night.

    A link that fails in a way that may pass counts already: when it is dead, its page may be one that did not change.
    """
    told: dict[str, list[str]] = {}
    for table, row in rows:
        if table == "sighting" and row.get("page_url"):
            told.setdefault(row["page_url"], []).append(f"{row['kind']}\0{row['target']}")
        elif table == "link" and row["verdict"] == "unsure" and row["cause"] in verdicts.DEAD_WHEN_LASTING:
            told.setdefault(row["source"] or "", []).append(f"link.dead\0{row['url']}")
    return {url: hashlib.sha256("\1".join(sorted(found)).encode()).hexdigest() for url, found in told.items()}


def _wanted(seen: Visited, shown: Mapping[str, str]) -> Iterator[Wanted]:
    for page in seen.walked.pages:
        content = _content(seen, page)
        if content is not None and page.url in shown:
            status = seen.walked.statuses.get(page.url)
            yield Wanted(page.url, "page", content, shown[page.url], status, page.sha256)
    for url, face in seen.faces.items():
        if url in shown:
            body, kind = face.answer.body, face.answer.content_type
            made = partial(_masked, body, kind, face.answer.final_url)
            digest = hashlib.sha256(body).hexdigest()
            yield Wanted(url, "face", made, shown[url], face.answer.status, digest)
    for a in seen.attached:
        if a.snapshot and a.url in shown:
            yield Wanted(
                a.url, "attachment", partial(zlib.decompress, a.snapshot), shown[a.url], 200, a.content_sha256
            )


def _content(seen: Visited, page: Seen) -> Callable[[], bytes] | None:
    """What a page looked like, masked by the detectors already or now."""
    if page.snapshot:
        return partial(zlib.decompress, page.snapshot)
    held = seen.walked.bodies.get(page.url)
    return partial(_masked, *held, page.url) if held else None


def _masked(body: bytes, content_type: str, url: str) -> bytes:
    html = pages.decode(body, content_type)[0]
    return snapshot.of_page(html, pages.parse(html, url))


def prune(data: DataDir) -> int:
    """Keep all snapshots inside their limit. Returns how many were dropped."""
    try:
        with store.reader(data) as reader:
            guarded = store.guarded_snapshots(reader)
    except StoreError:  # nothing published yet: nothing is behind a deduction
        guarded = set()
    return snapshots.prune(data, snapshots.limit_bytes(data.rules), guarded)
