"""Small batches for the store's tests: one nightly walk of one site."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from cockpit import store
from cockpit.paths import DataDir


def night(
    data: DataDir,
    at: datetime,
    *,
    dead: Iterable[str] = (),
    ok: bool = True,
    complete: bool = True,
    pages: Iterable[str] = (),
    site: str = "a",
) -> Path:
    """Write the batch of one walk that saw the dead links `dead` (each on the page `/p` + its name)."""
    batch = store.Batch(data, "patrol", f"night-{at:%m%d%H}")
    batch.add(
        "coverage",
        measured_at=at,
        collector="patrol",
        aspect="links",
        site_code=site,
        ok=ok,
        complete=complete,
        cause=None if ok else "timeout",
    )
    for url in dead:
        batch.add(
            "sighting",
            measured_at=at,
            aspect="links",
            kind="link.dead",
            site_code=site,
            target=url,
            page_url=f"/p{url}",
            places=1,
        )
    for page in pages:
        batch.add("page", measured_at=at, site_code=site, url=page)
    path = batch.write(at)
    assert path is not None
    return path


def findings(data: DataDir) -> dict[str, tuple[Any, ...]]:
    """Target → (times seen, first, last, gone) of every finding."""
    with store.reader(data) as reader:
        rows = reader.rows("SELECT target, times, first_seen, last_seen, gone_at FROM finding")
    return {r["target"]: (r["times"], r["first_seen"], r["last_seen"], r["gone_at"]) for r in rows}


def spans(data: DataDir, target: str) -> list[tuple[Any, ...]]:
    """Opened and closed times of one finding, in order."""
    with store.reader(data) as reader:
        rows = reader.rows(
            "SELECT opened_at, closed_at FROM finding_span JOIN finding USING (finding_id) "
            "WHERE target = ? ORDER BY opened_at",
            [target],
        )
    return [(r["opened_at"], r["closed_at"]) for r in rows]
