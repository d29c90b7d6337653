"""Questions about warnings; all share the same filters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from cockpit.store import valid
from cockpit.store.queries.overview import LEVEL_ORDER
from cockpit.store.reader import Reader

OPEN = "w.closed_at IS NULL AND w.state <> 'ignored'"
_FILTER = """
    ($levels IS NULL OR w.level IN (SELECT unnest($levels))) AND ($states IS NULL OR w.state IN (SELECT unnest($states)))
    AND ($unit IS NULL OR w.unit_code = $unit) AND ($late IS NULL OR w.due_on < $late)
    AND ($owner IS NULL OR w.owner = $owner) AND ($vetoed IS NULL OR (w.veto_at IS NOT NULL AND w.level IN ('red', 'orange')))
"""
_NAMES = f"""
    LEFT JOIN {valid.UNITS} AS u ON u.unit_code = w.unit_code LEFT JOIN {valid.SITES} AS s ON s.site_code = w.site_code
    LEFT JOIN {valid.ACCOUNTS} AS a ON a.account_code = w.account_code
"""


def _params(
    levels: Sequence[str] = (),
    states: Sequence[str] = (),
    unit: str | None = None,
    late: Any = None,
    vetoed: bool | None = None,
    owner: str | None = None,
) -> dict[str, Any]:
    return {
        "levels": list(levels) or None,
        "states": list(states) or None,
        "unit": unit,
        "late": late,
        "vetoed": vetoed,
        "owner": owner,
    }


def open_warnings(reader: Reader, **filters: Any) -> list[dict[str, Any]]:
    """Open warnings, most serious and oldest due date first."""
    return reader.rows(
        f"""
        SELECT w.*, u.unit_name, coalesce(u.short_name, u.unit_name) AS short_name, coalesce(s.site_name, a.account_name) AS object_name
        FROM warning AS w {_NAMES} WHERE {OPEN} AND {_FILTER}
        ORDER BY {LEVEL_ORDER.replace("level", "w.level")}, w.due_on, w.opened_at, w.warning_id
        """,
        _params(**filters),
    )


def count_open(reader: Reader, **filters: Any) -> int:
    """How many rows `open_warnings` has."""
    row = reader.one(f"SELECT count(*) AS n FROM warning AS w WHERE {OPEN} AND {_FILTER}", _params(**filters))
    return row["n"] if row else 0


def count_open_at(reader: Reader, at: datetime) -> int:
    """How many warnings were open at an instant (state changes since are not looked at)."""
    row = reader.one(
        "SELECT count(*) AS n FROM warning WHERE opened_at <= $at AND (closed_at IS NULL OR closed_at > $at)",
        {"at": at},
    )
    return row["n"] if row else 0


def veto_units(reader: Reader) -> list[dict[str, Any]]:
    """Units with an open warning at or near a veto."""
    return reader.rows(
        f"""
        SELECT w.unit_code, u.unit_name, count(*) AS warnings, min({LEVEL_ORDER.replace("level", "w.level")}) AS worst
        FROM warning AS w {_NAMES} WHERE {OPEN} AND w.veto_at IS NOT NULL AND w.level IN ('red', 'orange') GROUP BY ALL ORDER BY worst, u.unit_name
        """
    )


def one(reader: Reader, warning_id: str) -> dict[str, Any] | None:
    """One warning with names."""
    return reader.one(
        f"SELECT w.*, u.unit_name, coalesce(s.site_name, a.account_name) AS object_name FROM warning AS w {_NAMES} WHERE w.warning_id = ?",
        [warning_id],
    )


def trail(reader: Reader, warning_id: str) -> list[dict[str, Any]]:
    """Everything that was done about a warning, oldest first."""
    return reader.rows(
        "SELECT * FROM warning_event WHERE warning_id = ? ORDER BY event_at, event_id", [warning_id]
    )


def finding(reader: Reader, finding_id: str) -> dict[str, Any] | None:
    """One finding with names."""
    return reader.one(
        f"SELECT f.*, s.site_name, u.unit_name FROM finding AS f LEFT JOIN {valid.SITES} AS s USING (site_code) "
        f"LEFT JOIN {valid.UNITS} AS u USING (unit_code) WHERE finding_id = ?",
        [finding_id],
    )


def findings_of(reader: Reader, warning: dict[str, Any], kinds: Sequence[str]) -> list[dict[str, Any]]:
    """Open findings behind a warning of a site."""
    return reader.rows(
        """
        SELECT finding_id, kind, target, text, suggestion, excerpt, page_url, places, first_seen FROM finding
        WHERE gone_at IS NULL AND site_code = $site AND ($one IS NULL OR finding_id = $one) AND kind IN (SELECT unnest($kinds))
        ORDER BY first_seen, finding_id
        """,
        {"site": warning["site_code"], "one": warning["finding_id"], "kinds": list(kinds)},
    )


def listed(reader: Reader, *, state: str | None = None, **filters: Any) -> list[dict[str, Any]]:
    """Warnings of any state: the open ones by default, `closed`, `ignored`, `all` or one state; with names."""
    where = {None: OPEN, "all": "true", "closed": "w.closed_at IS NOT NULL"}.get(state, "w.state = $state")
    return reader.rows(
        f"""
        SELECT w.*, u.unit_name, coalesce(u.short_name, u.unit_name) AS short_name, coalesce(s.site_name, a.account_name) AS object_name
        FROM warning AS w {_NAMES} WHERE {where} AND {_FILTER} AND ($state IS NULL OR true)
        ORDER BY w.closed_at IS NOT NULL, {LEVEL_ORDER.replace("level", "w.level")}, w.due_on, w.opened_at, w.warning_id
        """,
        {**_params(**filters), "state": state},
    )


def log(reader: Reader, warning_id: str) -> list[dict[str, Any]]:
    """The change points of a warning, oldest first."""
    return reader.rows(
        "SELECT *, warning_level AS level FROM warning_log WHERE warning_id = ? ORDER BY logged_at, closed_at NULLS FIRST",
        [warning_id],
    )


def looks(reader: Reader, warning_id: str) -> list[datetime]:
    """When the object of a warning was measured since it opened."""
    rows = reader.rows(
        """
        SELECT c.measured_at FROM warning AS w JOIN coverage AS c ON c.ok AND c.aspect = w.aspect AND c.measured_at >= w.opened_at
             AND coalesce(c.site_code, c.account_code, c.unit_code) IN (w.site_code, w.account_code, w.unit_code)
        WHERE w.warning_id = $id
        UNION SELECT p.measured_at FROM warning AS w JOIN probe AS p ON p.measured AND w.aspect = 'availability'
              AND p.site_code = w.site_code AND p.measured_at >= w.opened_at WHERE w.warning_id = $id
        ORDER BY 1
        """,
        {"id": warning_id},
    )
    return [row["measured_at"] for row in rows]


def owners(reader: Reader) -> list[str]:
    """Everybody who answers for an open warning."""
    rows = reader.rows(
        "SELECT DISTINCT owner FROM warning WHERE owner IS NOT NULL AND closed_at IS NULL ORDER BY owner"
    )
    return [row["owner"] for row in rows]


def last_cause(reader: Reader, warning: dict[str, Any]) -> str | None:
    """Why the newest look at the object of a warning failed; None where it did not."""
    row = reader.one(
        """
        SELECT ok, cause FROM (
            SELECT ok, cause, measured_at FROM coverage WHERE aspect = $aspect AND site_code = $site
            UNION ALL SELECT measured, cause, measured_at FROM probe WHERE $aspect = 'availability' AND site_code = $site)
        ORDER BY measured_at DESC LIMIT 1
        """,
        {"aspect": warning["aspect"], "site": warning["site_code"]},
    )
    return row["cause"] if row and not row["ok"] else None


def due_between(reader: Reader, first: date, last: date, at: datetime) -> list[dict[str, Any]]:
    """Warnings that were due in a span of Beijing days, as they were known before the instant `at`.

    One row for each time a warning opened, as its last change tells; what was ignored or marked a false alarm then
    is not asked for. Steps and changes from `at` on are not looked at: the answer for a past instant stays the same.
    """
    return reader.rows(
        """
        WITH opening AS (
            SELECT warning_id, warning_level, unit_code, site_code, account_code, title, opened_at, due_on, closed_at
            FROM warning_log WHERE logged_at < $at::TIMESTAMP
            QUALIFY row_number() OVER (PARTITION BY warning_id, opened_at ORDER BY logged_at DESC, closed_at DESC NULLS LAST) = 1
        ), step AS (
            SELECT o.warning_id, o.opened_at, arg_max(e.to_state, (e.event_at, e.event_id)) AS to_state,
                   arg_max(coalesce(e.until, DATE '9999-01-01'), (e.event_at, e.event_id)) AS until
            FROM opening AS o JOIN warning_event AS e ON e.warning_id = o.warning_id AND e.event_at >= o.opened_at AND e.event_at < $at::TIMESTAMP
            WHERE o.closed_at IS NULL AND e.to_state IS NOT NULL AND e.action <> 'assign' GROUP BY ALL
        )
        SELECT o.* FROM opening AS o LEFT JOIN step AS s USING (warning_id, opened_at)
        WHERE o.due_on BETWEEN $first AND $last AND NOT coalesce(s.to_state = 'ignored' AND s.until > ($at::TIMESTAMP + INTERVAL 8 HOUR)::DATE, false)
        ORDER BY o.due_on, o.warning_id, o.opened_at
        """,
        {"first": first, "last": last, "at": at},
    )
