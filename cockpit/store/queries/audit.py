"""Questions about the trail (操作留痕): a count and its list share one WHERE clause."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cockpit.store.reader import Reader

_FILTER = """
    ($kind IS NULL OR object_kind = $kind) AND ($actor IS NULL OR actor = $actor)
    AND ($object IS NULL OR object_id = $object) AND ($since IS NULL OR event_at >= $since)
"""


def listed(
    reader: Reader,
    kind: str | None = None,
    actor: str | None = None,
    object_id: str | None = None,
    since: datetime | None = None,
    limit: int = 500,
) -> list[dict[str, Any]]:
    """Entries, the newest first."""
    return reader.rows(
        f"SELECT * FROM audit WHERE {_FILTER} ORDER BY seq DESC LIMIT $limit",
        {"kind": kind, "actor": actor, "object": object_id, "since": since, "limit": limit},
    )


def count(
    reader: Reader,
    kind: str | None = None,
    actor: str | None = None,
    object_id: str | None = None,
    since: datetime | None = None,
) -> int:
    """How many entries `listed` has without its limit."""
    row = reader.one(
        f"SELECT count(*) AS n FROM audit WHERE {_FILTER}",
        {"kind": kind, "actor": actor, "object": object_id, "since": since},
    )
    return row["n"] if row else 0


def kinds(reader: Reader) -> list[str]:
    """Kinds of objects that occur."""
    return [r["k"] for r in reader.rows("SELECT DISTINCT object_kind AS k FROM audit ORDER BY k")]


def actors(reader: Reader) -> list[str]:
    """People who did something, the busiest first."""
    rows = reader.rows("SELECT actor FROM audit GROUP BY actor ORDER BY count(*) DESC, actor")
    return [r["actor"] for r in rows]
