"""The log of warnings: what the rules opened, raised, lowered, left unmeasured or closed, as batches in the archive.

A warning depends on when it was looked at, so a database built again cannot find its history in the facts alone.
Every load therefore keeps the change points of the table `warning` in a batch of its own, and a rebuild starts
from the last one of each warning. Steps of people are events and come with their own batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import duckdb

from cockpit.paths import DataDir
from cockpit.store.batch import Batch, read_header
from cockpit.store.schema import all_tables

COLLECTOR = "warnings"
_LAST = "SELECT * FROM warning_log QUALIFY row_number() OVER (PARTITION BY warning_id ORDER BY logged_at DESC, rowid DESC) = 1"


# Where a column of `warning` has another name in the log (`level` is a number in other input tables)
_RENAMED = {"level": "warning_level"}


def _columns() -> list[str]:
    return list(all_tables()["warning"].columns)


def _in_log(column: str) -> str:
    return _RENAMED.get(column, column)


def restore(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the empty table `warning` of a new database from the last change point of each warning."""
    con.execute(
        f"INSERT INTO warning BY NAME SELECT {', '.join(f'{_in_log(c)} AS {c}' for c in _columns())} FROM ({_LAST})"
    )


def log_changes(con: duckdb.DuckDBPyConnection, now: datetime) -> list[dict[str, Any]]:
    """Append a change point for each warning that opened, changed its level or due day, closed, or is no longer measured.

    A warning seen again at its level is no change: its value follows from the facts. Returns the new rows.
    """
    same = " AND ".join(f"w.{c} IS NOT DISTINCT FROM l.{_in_log(c)}" for c in _columns())
    result = con.execute(
        f"""
        SELECT $now::TIMESTAMP AS logged_at, w.* EXCLUDE (level), w.level AS warning_level FROM warning AS w LEFT JOIN ({_LAST}) AS l USING (warning_id)
        WHERE l.warning_id IS NULL
           OR (w.level, w.opened_at, w.closed_at, w.due_on) IS DISTINCT FROM (l.warning_level, l.opened_at, l.closed_at, l.due_on)
           OR (w.last_seen < $now::TIMESTAMP AND NOT ({same}))
        ORDER BY w.warning_id
        """,
        {"now": now},
    )
    names = [column[0] for column in result.description]
    changes = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    if changes:
        marks = ", ".join("?" * len(names))
        con.executemany(
            f"INSERT INTO warning_log ({', '.join(names)}) VALUES ({marks})",
            [list(c.values()) for c in changes],
        )
    return changes


def write_log(
    con: duckdb.DuckDBPyConnection, data: DataDir, now: datetime, changes: Iterable[Mapping[str, Any]]
) -> None:
    """Keep new change points as a batch in the archive, and record that batch.

    Runs on the copy before it is published; a load killed in between leaves a batch that `remove_unpublished` takes away.
    """
    batch = Batch(data, COLLECTOR)
    batch.add_rows("warning_log", changes)
    path = batch.write(now, folder=data.archive / f"{now:%Y-%m}")
    if path is not None:
        header = read_header(path)
        con.execute(
            "INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                header.batch_id,
                COLLECTOR,
                None,
                header.origin,
                header.code_version,
                now,
                now,
                header.row_count,
            ],
        )


def remove_unpublished(data: DataDir, done: set[str], pending: Iterable[object]) -> None:
    """Take away the newest log batch when the load that wrote it was never published."""
    logs = sorted(data.archive.glob(f"*/{COLLECTOR}-*.parquet"), key=lambda p: p.name)
    taken = {getattr(p, "path", None) for p in pending}
    if done and logs and logs[-1].stem not in done and logs[-1] not in taken:
        logs[-1].unlink()
