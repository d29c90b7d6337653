"""Evidence of a patrol: every finding gets the digest of its page, its status and the snapshot that shows it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from cockpit import store
from cockpit.errors import StoreError
from cockpit.paths import DataDir
from cockpit.store import snapshots
from cockpit.store.snapshots import Taken, Wanted
from collectors.visit import Visited

Row = tuple[str, dict[str, Any]]


def kept(
    data: DataDir, seen: Visited, rows: Sequence[Row], known: Mapping[str, Taken], now: datetime
) -> Iterator[Row]:
    """The rows of a visit with evidence filled in, and the rows of the snapshots that were written for them."""
    shown = signatures(rows)
    digests, taken = snapshots.keep(data, list(_wanted(seen, shown)), known, now)
    pages = {page.url: page for page in seen.walked.pages}
    common = next((row for table, row in rows if table == "coverage"), {})
    for table, row in rows:
        if table == "sighting":
            url = row.get("page_url") or ""
            page = pages.get(url)
            row["snapshot_sha256"] = digests.get(url) or row.get("snapshot_sha256")
            if page is not None and row.get("content_sha256") is None:
                row["content_sha256"] = page.sha256
            if page is not None and row.get("http_status") is None:
                row["http_status"] = seen.walked.statuses.get(url)
        yield table, row
    for row in taken:
        yield "snapshot", {"measured_at": now, "site_code": common.get("site_code"), **row}


def signatures(rows: Sequence[Row]) -> dict[str, str]:
    """Address → digest of the findings there: the same findings need no new snapshot every night."""
    told: dict[str, list[str]] = {}
    for table, row in rows:
        if table == "sighting" and row.get("page_url"):
            told.setdefault(row["page_url"], []).append(f"{row['kind']}\0{row['target']}")
    return {url: hashlib.sha256("\1".join(sorted(found)).encode()).hexdigest() for url, found in told.items()}


def _wanted(seen: Visited, shown: Mapping[str, str]) -> Iterator[Wanted]:
    for page in seen.walked.pages:
        if page.snapshot and page.url in shown:
            status = seen.walked.statuses.get(page.url)
            yield Wanted(page.url, "page", page.snapshot, shown[page.url], status, page.sha256)
    for a in seen.attached:
        if a.snapshot and a.url in shown:
            yield Wanted(a.url, "attachment", a.snapshot, shown[a.url], 200, a.content_sha256)


def prune(data: DataDir) -> int:
    """Keep all snapshots inside their limit. Returns how many were dropped."""
    try:
        with store.reader(data) as reader:
            guarded = store.guarded_snapshots(reader)
    except StoreError:  # nothing published yet: nothing is behind a deduction
        guarded = set()
    return snapshots.prune(data, snapshots.limit_bytes(data.rules), guarded)
