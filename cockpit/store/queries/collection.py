"""Questions of 采集健康: can the data be trusted, and which collector broke?"""

from __future__ import annotations

from datetime import date
from typing import Any

from cockpit.store.reader import Reader


def runs_by_day(reader: Reader, last: date, days: int = 14) -> list[dict[str, Any]]:
    """Collector × day: the worst state of the day's runs, and how many."""
    return reader.rows(
        """
        SELECT collector, (started_at + INTERVAL 8 HOUR)::DATE AS day, count(*) AS runs, max(targets_failed) AS worst,
               arg_max(state, CASE state WHEN 'failed' THEN 3 WHEN 'stopped' THEN 2 WHEN 'partial' THEN 1 ELSE 0 END) AS state
        FROM run WHERE (started_at + INTERVAL 8 HOUR)::DATE > $last::DATE - to_days($days::INTEGER) AND started_at IS NOT NULL
        GROUP BY ALL ORDER BY collector, day
        """,
        {"last": last, "days": days},
    )


def collectors(reader: Reader) -> list[dict[str, Any]]:
    """Newest run of every collector, with its newest success."""
    return reader.rows(
        """
        SELECT r.*, date_diff('second', r.started_at, r.ended_at) AS seconds,
               (SELECT max(ended_at) FROM run AS k WHERE k.collector = r.collector AND k.state IN ('ok', 'partial')) AS succeeded_at
        FROM run AS r QUALIFY row_number() OVER (PARTITION BY collector ORDER BY started_at DESC, run_id DESC) = 1 ORDER BY collector
        """
    )


def gaps(reader: Reader) -> list[dict[str, Any]]:
    """Objects whose newest look at an aspect failed: what is not measured now, since when and why."""
    return reader.rows(
        """
        SELECT g.*, s.site_name, u.unit_name, u.unit_code FROM (
            SELECT site_code, aspect, max(measured_at) AS measured_at, arg_max(ok, measured_at) AS ok, arg_max(cause, measured_at) AS cause,
                   max(measured_at) FILTER (ok) AS last_ok
            FROM coverage WHERE site_code IS NOT NULL GROUP BY site_code, aspect) AS g
        LEFT JOIN site AS s USING (site_code) LEFT JOIN unit AS u USING (unit_code)
        WHERE NOT g.ok AND s.state = 'active' ORDER BY u.sort_order, g.aspect
        """
    )


def batches(reader: Reader, limit: int = 20) -> list[dict[str, Any]]:
    """The newest loaded batches."""
    return reader.rows("SELECT * FROM batch ORDER BY loaded_at DESC, batch_id DESC LIMIT ?", [limit])
