"""Questions about channels."""

from __future__ import annotations

from datetime import date
from typing import Any

from cockpit.store import valid
from cockpit.store.reader import Reader

STATES = ("overdue", "blank", "undated", "due_soon", "unmeasured", "fresh")
_NAMES = f"LEFT JOIN {valid.SITES} AS s USING (site_code) LEFT JOIN {valid.UNITS} AS u ON u.unit_code = s.unit_code"
# What is not looked at now is not judged: a failed newest look makes every channel of the site 未采集.
NOW = """
    (SELECT k.* EXCLUDE (state, cause), CASE WHEN look.ok THEN k.state ELSE 'unmeasured' END AS state,
            CASE WHEN look.ok THEN k.cause ELSE look.cause END AS cause
     FROM channel_check AS k LEFT JOIN (
         SELECT site_code, ok, cause FROM coverage WHERE aspect = 'channels'
         QUALIFY row_number() OVER (PARTITION BY site_code ORDER BY measured_at DESC) = 1) AS look USING (site_code))
"""
_FILTER = """
    ($state IS NULL OR c.state = $state) AND ($unit IS NULL OR s.unit_code = $unit) AND ($kind IS NULL OR c.channel_type = $kind)
    AND coalesce(s.state, 'active') = 'active'
"""


def counts(reader: Reader, unit: str | None = None, kind: str | None = None) -> dict[str, int]:
    """State → number of channels; the same rows as `listed`."""
    rows = reader.rows(
        f"SELECT c.state, count(*) AS n FROM {NOW} AS c {_NAMES} WHERE {_FILTER} GROUP BY c.state",
        {"state": None, "unit": unit, "kind": kind},
    )
    return dict.fromkeys(STATES, 0) | {row["state"]: row["n"] for row in rows}


def kinds(reader: Reader) -> list[str]:
    """Channel types that occur, the most frequent first."""
    rows = reader.rows(
        "SELECT channel_type FROM channel_check WHERE channel_type IS NOT NULL GROUP BY channel_type ORDER BY count(*) DESC, channel_type"
    )
    return [row["channel_type"] for row in rows]


def listed(
    reader: Reader, state: str | None = None, unit: str | None = None, kind: str | None = None
) -> list[dict[str, Any]]:
    """Channels, the most overdue (age against period) first."""
    return reader.rows(
        f"""
        SELECT c.*, s.site_name, u.unit_name, coalesce(u.short_name, u.unit_name) AS short_name FROM {NOW} AS c {_NAMES} WHERE {_FILTER}
        ORDER BY CASE c.state WHEN 'overdue' THEN 1 WHEN 'blank' THEN 2 WHEN 'undated' THEN 3 WHEN 'due_soon' THEN 4 WHEN 'unmeasured' THEN 5 ELSE 6 END,
                 c.latest, u.sort_order, c.url
        """,
        {"state": state, "unit": unit, "kind": kind},
    )


def matrix(
    reader: Reader, last: date, days: int, limit: int, unit: str | None = None, kind: str | None = None
) -> list[dict[str, Any]]:
    """Age against period of the `limit` worst channels on each of the last `days` days."""
    return reader.rows(
        f"""
        WITH chosen AS (
            SELECT c.site_code, c.url, c.channel_name, c.period_days, coalesce(u.short_name, u.unit_name) AS unit_name, c.state,
                   date_diff('day', c.latest, $last::DATE) / c.period_days AS ratio
            FROM {NOW} AS c {_NAMES} WHERE {_FILTER} AND c.latest IS NOT NULL AND c.state <> 'unmeasured'
            ORDER BY ratio DESC, c.url LIMIT $limit
        ), days AS (SELECT unnest(generate_series($last::DATE - to_days($days::INTEGER - 1), $last::DATE, INTERVAL 1 DAY))::DATE AS day)
        SELECT d.day, k.site_code, k.url, k.unit_name, k.channel_name, k.period_days, k.ratio AS now_ratio,
               date_diff('day', h.latest, d.day) AS age
        FROM days AS d CROSS JOIN chosen AS k
        ASOF LEFT JOIN (SELECT site_code, url, latest, (measured_at + INTERVAL 8 HOUR)::DATE AS known FROM channel_history WHERE latest IS NOT NULL AND (site_code, url) IN (SELECT (site_code, url) FROM chosen)) AS h
             ON h.site_code = k.site_code AND h.url = k.url AND d.day >= h.known
        ORDER BY k.ratio DESC, k.url, d.day
        """,
        {"last": last, "days": days, "limit": limit, "state": None, "unit": unit, "kind": kind},
    )
