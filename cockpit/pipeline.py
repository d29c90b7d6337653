"""Puts the rooms together: a load that also mirrors the register and brings the warnings up to date.

Collectors only spool; commands and pages that want the result published call `load_all`.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from cockpit import clock, registry, store, trail
from cockpit.appraise import applications, review, warnings
from cockpit.appraise.judge import Connection
from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.workdays import Calendar


def load_all(data: DataDir, now: datetime, *, force: bool = False) -> store.LoadReport:
    """Load pending batches; mirror the register and refresh the warnings in the same transaction.

    Files changed past the program are noticed first and enter the trail with it. A `now` before what is published
    brings the batches in and leaves the warnings judged at the published moment (`store.not_before`).
    """
    trail.watch(data, now)
    rows = _register_rows(data)
    return store.load(data, now, register=rows, after_merge=after_merge, force=force, clock=clock.real())


def refuse_the_past(data: DataDir, now: datetime, deed: str, instead: str) -> None:
    """Raise CockpitError where `now` lies before the moment that is published: what was judged once is history."""
    published = store.loaded_at(data)
    if published is not None and store.not_before(published, now, clock.real()) != now:
        raise CockpitError(
            f"{deed}的时间 {clock.to_local(now):%Y-%m-%d %H:%M} 早于已发布的数据（判断到 "
            f"{clock.to_local(published):%Y-%m-%d %H:%M}）：预警的开立和办结、封存都不能倒填，什么都没有改。{instead}"
        )


def rebuild_all(data: DataDir, now: datetime) -> store.LoadReport:
    """Make the database again from archived batches, with register and warnings."""
    return store.rebuild(data, now, register=_register_rows(data), after_merge=after_merge)


def after_merge(con: duckdb.DuckDBPyConnection, data: DataDir, now: datetime) -> None:
    """Due dates first (a clock that stands moves them), then what people said of findings, then the warnings."""
    day = clock.local_day(now)
    applications.refresh(Connection(con), con.execute, Calendar.load(data.calendar), day)
    review.refresh(con, data, now)
    warnings.refresh(con, data, now)


def _register_rows(data: DataDir) -> store.Register | None:
    """Rows of the register, None where a folder has none (then the mirrored rows stay)."""
    return registry.rows(registry.load_register(data)) if data.registry.is_dir() else None
