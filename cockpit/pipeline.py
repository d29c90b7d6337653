"""Puts the rooms together: a load that also mirrors the register and brings the warnings up to date.

Collectors only spool; commands and pages that want the result published call `load_all`.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from cockpit import clock, registry, store, trail
from cockpit.appraise import applications, review, warnings
from cockpit.appraise.judge import Connection
from cockpit.paths import DataDir
from cockpit.workdays import Calendar


def load_all(data: DataDir, now: datetime, *, force: bool = False) -> store.LoadReport:
    """Load pending batches; mirror the register and refresh the warnings in the same transaction.

    Files changed past the program are noticed first and enter the trail with it.
    """
    trail.watch(data, now)
    return store.load(data, now, register=_register_rows(data), after_merge=after_merge, force=force)


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
