"""Questions of 采集健康: can the data be trusted, and which collector broke?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from cockpit.store import valid
from cockpit.store.queries.overview import UNPROBED
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
    """Objects whose newest look at an aspect failed, or that were never visited: what is not measured now, since when and why."""
    return reader.rows(
        f"""
        SELECT g.*, s.site_name, u.unit_name, u.unit_code FROM (
            SELECT site_code, aspect, max(measured_at) AS measured_at, arg_max(ok, measured_at) AS ok, arg_max(cause, measured_at) AS cause,
                   max(measured_at) FILTER (ok) AS last_ok
            FROM coverage WHERE site_code IS NOT NULL GROUP BY site_code, aspect
            UNION ALL SELECT site_code, 'availability', NULL, false, 'not_due', NULL FROM {UNPROBED} AS n) AS g
        LEFT JOIN {valid.SITES} AS s USING (site_code) LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        WHERE NOT g.ok AND s.state = 'active' ORDER BY u.sort_order, g.aspect
        """
    )


# Causes of a look that did not take place: the machine, not the site, was in the way
NOT_LOOKED = ("stopped", "internal_error", "no_route", "not_due")


def looked(reader: Reader, since: datetime, until: datetime) -> set[tuple[str, str]]:
    """(collector, site) that was looked at in a span of time; a site that did not answer was looked at."""
    rows = reader.rows(
        """
        SELECT DISTINCT collector, site_code FROM coverage
        WHERE site_code IS NOT NULL AND measured_at >= $since AND measured_at < $until
          AND (ok OR coalesce(cause, '') NOT IN (SELECT unnest($causes)))
        UNION SELECT DISTINCT 'probe', site_code FROM probe WHERE measured AND measured_at >= $since AND measured_at < $until
        """,
        {"since": since, "until": until, "causes": list(NOT_LOOKED)},
    )
    return {(row["collector"], row["site_code"]) for row in rows}


def first_look(reader: Reader) -> datetime | None:
    """When anything was looked at for the first time."""
    row = reader.one(
        "SELECT least((SELECT min(measured_at) FROM coverage), (SELECT min(measured_at) FROM probe)) AS first"
    )
    return row["first"] if row else None


def sites_in_use(reader: Reader, day: date) -> list[dict[str, Any]]:
    """Sites in use on a day, with their units as they were named then."""
    return reader.rows(
        f"""
        SELECT s.site_code, s.site_name, s.unit_code, u.unit_name FROM site AS s LEFT JOIN {valid.on("unit", "$day")} AS u USING (unit_code)
        WHERE s.state = 'active' AND coalesce(s.valid_from, DATE '1900-01-01') <= $day AND coalesce(s.valid_to, DATE '9999-01-01') > $day
        ORDER BY u.sort_order, s.site_code
        """,
        {"day": day},
    )


def batches(reader: Reader, limit: int = 20) -> list[dict[str, Any]]:
    """The newest loaded batches."""
    return reader.rows("SELECT * FROM batch ORDER BY loaded_at DESC, batch_id DESC LIMIT ?", [limit])
