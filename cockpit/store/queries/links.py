"""Questions about links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cockpit.store import valid
from cockpit.store.marks import HEARD
from cockpit.store.reader import Reader

GROUPS = {
    "dead": f"f.kind = 'link.dead' AND {HEARD}",
    "soft": f"f.kind = 'link.soft_404' AND {HEARD}",
    "hidden": f"f.kind LIKE 'hidden.%' AND f.kind <> 'hidden.external_bad' AND {HEARD}",
    "external": f"f.kind = 'hidden.external_bad' AND {HEARD}",
}
_HOST = "regexp_extract(f.target, '^https?://([^/:?]+)', 1)"
# A dead link without a stored place counts as one: the page it was first found on.
_PLACES = f"""
    (SELECT * FROM finding AS f WHERE f.gone_at IS NULL AND {GROUPS["dead"]}) AS f LEFT JOIN {valid.SITES} AS s USING (site_code)
    LEFT JOIN link_place AS p ON p.site_code = f.site_code AND p.url = f.target
    SEMI JOIN (SELECT site_code FROM {valid.SITES} WHERE $unit IS NULL OR unit_code = $unit) AS kept ON kept.site_code = f.site_code
"""


def failing_links(reader: Reader) -> list[dict[str, Any]]:
    """Site and address of every link that the last patrols saw fail."""
    return reader.rows("SELECT site_code, url FROM link WHERE verdict IN ('dead', 'unsure')")


def counts(reader: Reader, unit: str | None = None) -> dict[str, int]:
    """How many open findings each group has; the same rows as `listed`."""
    return {name: len(listed(reader, name, unit)) for name in GROUPS}


def listed(reader: Reader, group: str, unit: str | None = None) -> list[dict[str, Any]]:
    """Open findings of one group, the most widespread first."""
    return reader.rows(
        f"""
        SELECT f.finding_id, f.kind, f.target, f.text, f.excerpt, f.technique, f.places, f.page_url, f.cause, f.http_status, f.severity,
               f.first_seen, s.site_name, u.unit_name, {_HOST} AS host
        FROM finding AS f LEFT JOIN {valid.SITES} AS s USING (site_code) LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        WHERE f.gone_at IS NULL AND {GROUPS[group]} AND ($unit IS NULL OR s.unit_code = $unit)
        ORDER BY f.places DESC, f.first_seen, f.finding_id
        """,
        {"unit": unit},
    )


def by_host(reader: Reader, unit: str | None = None, limit: int = 12) -> list[dict[str, Any]]:
    """Dead links by target host: how many addresses, and on how many pages they stand (the rows of `host_places`)."""
    return reader.rows(
        f"""
        SELECT {_HOST} AS host, count(DISTINCT f.finding_id) AS links, count(*) AS places
        FROM {_PLACES} GROUP BY host ORDER BY places DESC, host LIMIT $limit
        """,
        {"unit": unit, "limit": limit},
    )


def host_places(reader: Reader, host: str, unit: str | None = None) -> list[dict[str, Any]]:
    """Every page on which a dead link to a host stands."""
    return reader.rows(
        f"""
        SELECT f.finding_id, f.target, f.first_seen, coalesce(p.source, f.page_url) AS source, coalesce(p.text, f.text) AS text,
               s.site_name, u.unit_name
        FROM {_PLACES} LEFT JOIN {valid.UNITS} AS u ON u.unit_code = s.unit_code WHERE {_HOST} = $host
        ORDER BY f.target, s.site_name, source
        """,
        {"host": host, "unit": unit},
    )


def places(reader: Reader, url: str) -> list[dict[str, Any]]:
    """The pages on which a bad link stands."""
    return reader.rows(
        f"SELECT p.source, p.text, s.site_name FROM link_place AS p LEFT JOIN {valid.SITES} AS s USING (site_code) WHERE p.url = ? ORDER BY p.source",
        [url],
    )


def trend(reader: Reader, at: datetime, days: int, unit: str | None = None) -> list[dict[str, Any]]:
    """Open dead links at the end of each of the last `days` days."""
    return reader.rows(
        f"""
        WITH spans AS (
            SELECT p.opened_at, p.closed_at FROM finding_span AS p JOIN finding AS f USING (finding_id)
            LEFT JOIN {valid.SITES} AS st USING (site_code) WHERE f.kind = 'link.dead' AND ($unit IS NULL OR st.unit_code = $unit)
        ), moments AS (
            SELECT unnest(generate_series($at::TIMESTAMP - to_days($days::INTEGER - 1), $at::TIMESTAMP, INTERVAL 1 DAY)) AS moment
        ), changes AS (
            SELECT opened_at AS happened, 1 AS n FROM spans WHERE opened_at <= $at
            UNION ALL SELECT closed_at, -1 FROM spans WHERE closed_at <= $at
        ), steps AS (
            SELECT ceil(greatest(0, $days::INTEGER - 1 - (epoch($at::TIMESTAMP) - epoch(happened)) / 86400))::INTEGER AS step, sum(n) AS n FROM changes GROUP BY step
        ), numbered AS (SELECT moment, row_number() OVER (ORDER BY moment) - 1 AS step FROM moments)
        SELECT (m.moment + INTERVAL 8 HOUR)::DATE AS day, coalesce(sum(s.n) OVER (ORDER BY m.step), 0)::INTEGER AS n
        FROM numbered AS m LEFT JOIN steps AS s USING (step) ORDER BY m.moment
        """,
        {"at": at, "days": days, "unit": unit},
    )


def checked(reader: Reader) -> dict[str, Any]:
    """How many links the newest patrols checked and when."""
    return reader.one("SELECT count(*) AS n, max(measured_at) AS at FROM link") or {"n": 0, "at": None}
