"""Questions of IPv6 支持度: support of second- and third-level links by site, and the links that fail."""

from __future__ import annotations

from datetime import date
from typing import Any

from cockpit.store import valid
from cockpit.store.queries.overview import ACTIVE_SITE, IPV6_NOW
from cockpit.store.reader import Reader


def sites(reader: Reader, day: date, goal: float, unit: str | None = None) -> list[dict[str, Any]]:
    """Every active site with its newest measurement, the lowest support first; last those whose newest try failed.

    `rate2` and `rate3` are None where there is no link of that level (no data, never 0); `short2` and `short3`
    are how many more links must answer to reach `goal`.
    """
    return reader.rows(
        f"""
        SELECT s.site_code, s.site_name, s.unit_code, u.unit_name, coalesce(u.short_name, u.unit_name) AS name,
               c.measured_at, c.has_aaaa, c.home_ok, c.level2_total, c.level2_ok, c.level3_total, c.level3_ok,
               c.level2_ok / nullif(c.level2_total, 0) AS rate2, c.level3_ok / nullif(c.level3_total, 0) AS rate3,
               greatest(0, ceil($goal * c.level2_total - 1e-9) - c.level2_ok)::INTEGER AS short2,
               greatest(0, ceil($goal * c.level3_total - 1e-9) - c.level3_ok)::INTEGER AS short3,
               (c.level2_total - c.level2_ok + c.level3_total - c.level3_ok)::INTEGER AS failing,
               CASE WHEN c.site_code IS NULL THEN coalesce(v.cause, 'not_due') ELSE c.cause END AS cause,
               v.ok AS seen, v.cause AS coverage_cause, v.measured_at AS tried_at
        FROM (SELECT * FROM site WHERE {ACTIVE_SITE}) AS s LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        LEFT JOIN {IPV6_NOW} AS c USING (site_code)
        LEFT JOIN (SELECT * FROM coverage WHERE aspect = 'ipv6'
                   QUALIFY row_number() OVER (PARTITION BY site_code ORDER BY measured_at DESC) = 1) AS v USING (site_code)
        WHERE $unit IS NULL OR s.unit_code = $unit
        ORDER BY least(coalesce(rate2, 2), coalesce(rate3, 2)), c.site_code IS NULL, u.sort_order, s.site_code
        """,
        {"day": day, "goal": goal, "unit": unit},
    )


def hosts(reader: Reader, day: date, unit: str | None = None) -> list[dict[str, Any]]:
    """Failing links by target host and cause: how many, and on how many sites."""
    return reader.rows(
        f"""
        SELECT l.host, l.cause, count(*)::INTEGER AS links, count(DISTINCT l.site_code)::INTEGER AS sites,
               string_agg(DISTINCT coalesce(u.short_name, u.unit_name), '、' ORDER BY coalesce(u.short_name, u.unit_name)) AS names
        FROM ipv6_link AS l SEMI JOIN {IPV6_NOW} AS i USING (site_code)
        JOIN (SELECT * FROM site WHERE {ACTIVE_SITE}) AS s USING (site_code) LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        WHERE $unit IS NULL OR s.unit_code = $unit
        GROUP BY l.host, l.cause ORDER BY links DESC, l.host, l.cause
        """,
        {"day": day, "unit": unit},
    )


def links(
    reader: Reader,
    day: date,
    unit: str | None = None,
    site: str | None = None,
    host: str | None = None,
    cause: str | None = None,
) -> list[dict[str, Any]]:
    """The failing links themselves."""
    return reader.rows(
        f"""
        SELECT l.url, l.level, l.host, l.cause, l.measured_at, s.site_name, u.unit_name
        FROM ipv6_link AS l SEMI JOIN {IPV6_NOW} AS i USING (site_code)
        JOIN (SELECT * FROM site WHERE {ACTIVE_SITE}) AS s USING (site_code) LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        WHERE ($unit IS NULL OR s.unit_code = $unit) AND ($site IS NULL OR l.site_code = $site)
          AND ($host IS NULL OR l.host = $host) AND ($cause IS NULL OR l.cause = $cause)
        ORDER BY u.sort_order, l.site_code, l.level, l.host, l.url
        """,
        {"day": day, "unit": unit, "site": site, "host": host, "cause": cause},
    )
