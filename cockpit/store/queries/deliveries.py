"""Questions about notifications: what was said to whom, what is still to be tried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cockpit.store import valid
from cockpit.store.reader import Reader

# The newest attempt of each message.
_NEWEST = "(SELECT * FROM delivery QUALIFY row_number() OVER (PARTITION BY notice_id ORDER BY attempt DESC, attempted_at DESC) = 1)"


def subjects(reader: Reader, since: datetime) -> list[dict[str, Any]]:
    """Warnings that are open, and those closed since an instant, with their unit's name."""
    return reader.rows(
        f"""
        SELECT w.*, coalesce(u.short_name, u.unit_name) AS unit_name FROM warning AS w LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        WHERE w.closed_at IS NULL OR w.closed_at >= ? ORDER BY u.sort_order, w.unit_code, w.warning_id
        """,
        [since],
    )


def told(reader: Reader) -> dict[tuple[str, str, str, str], datetime]:
    """(channel, audience, warning, occasion) → when it was last said or tried; a message that failed for good too."""
    rows = reader.rows(
        "SELECT d.channel, d.audience, i.warning_id, i.occasion, max(d.attempted_at) AS at "
        "FROM delivery AS d JOIN delivery_item AS i USING (notice_id) GROUP BY ALL"
    )
    return {(r["channel"], r["audience"], r["warning_id"], r["occasion"]): r["at"] for r in rows}


def waiting(reader: Reader, at: datetime) -> list[dict[str, Any]]:
    """Messages whose next try is due, oldest first."""
    return reader.rows(
        f"SELECT * FROM {_NEWEST} WHERE delivery_state = 'retry' AND next_at <= ? ORDER BY next_at, notice_id",
        [at],
    )


def sent_since(reader: Reader, since: datetime) -> dict[str, int]:
    """Channel → attempts since an instant."""
    rows = reader.rows(
        "SELECT channel, count(*) AS n FROM delivery WHERE attempted_at > ? GROUP BY channel", [since]
    )
    return {r["channel"]: r["n"] for r in rows}


def listed(reader: Reader, state: str | None = None, limit: int = 200) -> list[dict[str, Any]]:
    """Messages by their newest attempt, newest first, with the unit's name."""
    return reader.rows(
        f"""
        SELECT d.*, coalesce(u.short_name, u.unit_name) AS unit_name FROM {_NEWEST} AS d LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        WHERE $state IS NULL OR d.delivery_state = $state ORDER BY d.attempted_at DESC, d.notice_id LIMIT $limit
        """,
        {"state": state, "limit": limit},
    )


def counts(reader: Reader) -> dict[str, int]:
    """State → messages by their newest attempt."""
    rows = reader.rows(f"SELECT delivery_state AS s, count(*) AS n FROM {_NEWEST} GROUP BY 1")
    return dict.fromkeys(("sent", "retry", "failed"), 0) | {r["s"]: r["n"] for r in rows}


def of_warning(reader: Reader, warning_id: str) -> list[dict[str, Any]]:
    """Every message that spoke of a warning, oldest first."""
    return reader.rows(
        f"SELECT d.*, i.occasion FROM {_NEWEST} AS d JOIN delivery_item AS i USING (notice_id) WHERE i.warning_id = ? ORDER BY d.attempted_at",
        [warning_id],
    )
