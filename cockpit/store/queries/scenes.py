"""What rows of the registers are judged against, in one question each: units, accounts, channel states, tasks."""

from __future__ import annotations

from datetime import date
from typing import Any

from cockpit.store import valid
from cockpit.store.schema import all_tables


def units(q: Any, day: date) -> list[dict[str, Any]]:
    """Units in force on a day."""
    return q.rows(
        """
        SELECT unit_code, unit_name, coalesce(short_name, unit_name) AS short_name, unit_group, has_service FROM unit
        WHERE coalesce(valid_from, DATE '1900-01-01') <= $day AND coalesce(valid_to, DATE '9999-01-01') > $day
        ORDER BY sort_order, unit_code
        """,
        {"day": day},
    )


def accounts(q: Any, day: date) -> list[dict[str, Any]]:
    """Every account that had been opened by a day, with its state on that day."""
    return q.rows(
        f"""
        SELECT a.account_code, a.account_name, a.unit_code, a.platform, a.url, a.valid_from, a.valid_to,
               CASE WHEN a.state = 'closed' AND a.valid_to > $day THEN 'active' ELSE a.state END AS state,
               u.unit_name, coalesce(u.short_name, u.unit_name) AS short_name, u.has_service
        FROM {valid.on("account", "$day")} AS a LEFT JOIN {valid.on("unit", "$day")} AS u USING (unit_code)
        WHERE coalesce(a.valid_from, DATE '1900-01-01') <= $day ORDER BY u.sort_order, a.account_code
        """,
        {"day": day},
    )


def channel_states(q: Any) -> dict[str, str]:
    """Channel address → state at its newest check."""
    rows = q.rows("SELECT url, state FROM channel_check")
    return {row["url"]: row["state"] for row in rows}


def tasks(q: Any) -> dict[str, dict[str, Any]]:
    """Tasks of the document by their number."""
    return {row["task_code"]: row for row in q.rows("SELECT * FROM clause_task")}


def register(q: Any, table: str) -> list[dict[str, Any]]:
    """All rows of a register in a stable order, with the unit (through the account where there is no other way)."""
    columns = all_tables()[table].columns
    order = ", ".join(f"t.{c}" for c in columns if c != "measured_at")
    if "unit_code" in columns or "account_code" not in columns:
        return q.rows(f"SELECT * FROM {table} AS t ORDER BY {order}")
    return q.rows(
        f"SELECT t.*, a.unit_code, a.account_name FROM {table} AS t LEFT JOIN {valid.ACCOUNTS} AS a USING (account_code) ORDER BY {order}"
    )
