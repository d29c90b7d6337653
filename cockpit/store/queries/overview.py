"""Questions of 运行总览 and of the frame around every page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from cockpit.store import valid
from cockpit.store.marks import HEARD
from cockpit.store.queries.scores import LATEST
from cockpit.store.reader import Reader

LOOKING = frozenset(
    {"probe", "patrol", "ipv6", "certificate"}
)  # collectors that visit sites; imports are no look
ACTIVE_SITE = "state = 'active' AND coalesce(valid_from, DATE '1900-01-01') <= $day AND coalesce(valid_to, DATE '9999-01-01') > $day"
_ACTIVE_T = ACTIVE_SITE.replace("state", "t.state").replace("valid_", "t.valid_")
# The newest IPv6 check of each site, unless a later try failed: then nothing is known of the site now.
IPV6_NOW = """
    (SELECT i.* FROM (SELECT * FROM ipv6_check WHERE has_aaaa IS NOT NULL
                      QUALIFY row_number() OVER (PARTITION BY site_code ORDER BY measured_at DESC) = 1) AS i
     LEFT JOIN (SELECT site_code, max(measured_at) AS tried_at, arg_max(ok, measured_at) AS ok FROM coverage
                WHERE aspect = 'ipv6' GROUP BY site_code) AS v USING (site_code)
     WHERE v.ok IS DISTINCT FROM false OR v.tried_at <= i.measured_at)
"""
_BEGAN = f"coalesce({{0}}.valid_from, DATE '1900-01-01') <= coalesce({valid.TODAY}, DATE '9999-01-01')"
# Sites in use that nobody ever visited: nothing is known of whether they open
UNPROBED = f"""
    (SELECT t.site_code FROM {valid.SITES} AS t WHERE t.state = 'active' AND {_BEGAN.format("t")}
     AND t.site_code NOT IN (SELECT site_code FROM probe UNION ALL SELECT site_code FROM coverage WHERE aspect = 'availability' AND site_code IS NOT NULL))
"""
LEVEL_ORDER = "CASE level WHEN 'red' THEN 1 WHEN 'orange' THEN 2 WHEN 'yellow' THEN 3 ELSE 4 END"


def frame(reader: Reader) -> dict[str, Any]:
    """What the header and footer tell: newest collection, newest load, kind of data, sites without a gap, never probed ones, any visit."""
    meta = {row["key"]: row["value"] for row in reader.rows("SELECT key, value FROM meta")}
    runs = reader.rows(
        "SELECT collector, max(ended_at) AS at FROM run WHERE state <> 'failed' GROUP BY collector"
    )
    newest = {row["collector"]: row["at"] for row in runs if row["at"]}
    looked = reader.one(
        f"""
        SELECT count(*)::INTEGER AS targets, count(*) FILTER (coalesce(l.whole, true) AND n.site_code IS NULL)::INTEGER AS targets_measured,
               count(n.site_code)::INTEGER AS unprobed
        FROM {valid.SITES} AS s LEFT JOIN {UNPROBED} AS n USING (site_code) LEFT JOIN (
            SELECT site_code, bool_and(ok) AS whole FROM (
                SELECT site_code, arg_max(ok, measured_at) AS ok FROM coverage WHERE site_code IS NOT NULL GROUP BY site_code, aspect)
            GROUP BY site_code) AS l USING (site_code) WHERE s.state = 'active' AND {_BEGAN.format("s")}
        """
    )
    rules = reader.one(
        "SELECT rules_version, rules_sha256, week FROM score ORDER BY week DESC, revision DESC LIMIT 1"
    )
    visited = reader.one(
        "SELECT EXISTS (FROM probe) OR EXISTS (FROM coverage WHERE site_code IS NOT NULL) AS visited"
    )
    return {
        **meta,
        **(visited or {}),
        "collected_at": max((at for name, at in newest.items() if name in LOOKING), default=None),
        "newest": newest,
        "version": reader.version,
        **(looked or {}),
        **(rules or {}),
    }


def open_counts(reader: Reader) -> dict[str, int]:
    """Screen → what waits there for somebody: warnings to handle, disputes to decide, collection gaps."""
    row = reader.one(
        """
        SELECT (SELECT count(*) FROM warning WHERE closed_at IS NULL AND state <> 'ignored') AS alerts,
               (SELECT count(*) FROM dispute WHERE state IN ('open', 'reviewing')) AS review
        """
    )
    return row or {}


def targets(reader: Reader, day: date) -> dict[str, int]:
    """How many sites and accounts are in use."""
    row = reader.one(
        f"SELECT (SELECT count(*) FROM site WHERE {ACTIVE_SITE}) AS sites, (SELECT count(*) FROM account WHERE {ACTIVE_SITE}) AS accounts",
        {"day": day},
    )
    return row or {"sites": 0, "accounts": 0}


def target_list(reader: Reader, day: date) -> list[dict[str, Any]]:
    """The sites and accounts counted by `targets`."""
    return reader.rows(
        f"""
        SELECT '网站' AS kind, site_code AS code, site_name AS name, unit_name, url, t.note FROM site AS t LEFT JOIN {valid.on("unit", "$day")} AS u USING (unit_code)
        WHERE {_ACTIVE_T}
        UNION ALL
        SELECT platform, account_code, account_name, unit_name, url, t.note FROM account AS t LEFT JOIN {valid.on("unit", "$day")} AS u USING (unit_code)
        WHERE {_ACTIVE_T}
        ORDER BY 1, 4, 2
        """,
        {"day": day},
    )


def availability_now(reader: Reader, day: date) -> list[dict[str, Any]]:
    """Every active site's newest visit (IPv4), the failing and unmeasured first."""
    return reader.rows(
        f"""
        SELECT s.site_code, s.site_name, s.unit_code, u.unit_name, p.ok, p.measured, p.cause, p.seconds, p.measured_at
        FROM (SELECT * FROM site WHERE {ACTIVE_SITE}) AS s LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        LEFT JOIN (SELECT * FROM probe WHERE family = '4'
                   QUALIFY row_number() OVER (PARTITION BY site_code ORDER BY measured_at DESC) = 1) AS p USING (site_code)
        ORDER BY coalesce(p.ok, false), coalesce(p.measured, false) DESC, u.sort_order
        """,
        {"day": day},
    )


def availability_strips(reader: Reader, at: datetime, limit: int = 8) -> list[dict[str, Any]]:
    """The last 24 hours of the clock of the sites that failed or were not measured in them; slot 0 is this hour.

    Hours of the clock, not spans from now: hourly visits drift by minutes, and each must fall into an hour of its own.
    """
    return reader.rows(
        f"""
        WITH recent AS (
            SELECT site_code, date_diff('hour', measured_at, $at::TIMESTAMP)::INTEGER AS slot, ok, measured
            FROM probe WHERE family = '4' AND measured_at >= date_trunc('hour', $at::TIMESTAMP) - INTERVAL 23 HOUR AND measured_at <= $at::TIMESTAMP
        ), worst AS (
            SELECT site_code, count(*) FILTER (measured AND NOT ok) AS failed, count(*) FILTER (NOT measured) AS unmeasured
            FROM recent GROUP BY site_code HAVING failed > 0 OR unmeasured > 0 ORDER BY failed DESC, unmeasured DESC, site_code LIMIT $limit
        )
        SELECT r.site_code, coalesce(u.short_name, u.unit_name) AS name, u.unit_code, r.slot,
               count(*) FILTER (measured AND NOT ok) AS failed, count(*) FILTER (measured) AS visits, count(*) AS tries
        FROM recent AS r JOIN worst USING (site_code) JOIN {valid.SITES} AS s USING (site_code) JOIN {valid.UNITS} AS u ON u.unit_code = s.unit_code
        GROUP BY ALL ORDER BY max(worst.failed) DESC, r.site_code, r.slot
        """,
        {"at": at, "limit": limit},
    )


def findings_by_aspect(reader: Reader, at: datetime, days: int = 30) -> list[dict[str, Any]]:
    """Findings that appeared in the last `days` days and in the days before, by aspect."""
    return reader.rows(
        f"""
        SELECT f.aspect, count(*) FILTER (s.opened_at > $at::TIMESTAMP - to_days($days::INTEGER)) AS now,
               count(*) FILTER (s.opened_at <= $at::TIMESTAMP - to_days($days::INTEGER)) AS before
        FROM finding_span AS s JOIN finding AS f USING (finding_id)
        WHERE s.opened_at > $at::TIMESTAMP - to_days(2 * $days::INTEGER) AND s.opened_at <= $at::TIMESTAMP AND {HEARD}
        GROUP BY f.aspect ORDER BY now DESC
        """,
        {"at": at, "days": days},
    )


def findings_list(reader: Reader, at: datetime, aspect: str, days: int = 30) -> list[dict[str, Any]]:
    """The findings that one bar of `findings_by_aspect` counts."""
    return reader.rows(
        f"""
        SELECT f.finding_id, f.kind, f.target, f.text, f.places, f.page_url, f.severity, s.opened_at, s.closed_at, u.unit_name, st.site_name
        FROM finding_span AS s JOIN finding AS f USING (finding_id)
        LEFT JOIN {valid.SITES} AS st ON st.site_code = f.site_code LEFT JOIN {valid.UNITS} AS u ON u.unit_code = st.unit_code
        WHERE f.aspect = $aspect AND s.opened_at > $at::TIMESTAMP - to_days($days::INTEGER) AND s.opened_at <= $at::TIMESTAMP
          AND {HEARD}
        ORDER BY s.opened_at DESC, f.finding_id
        """,
        {"at": at, "aspect": aspect, "days": days},
    )


def unit_matrix(reader: Reader, day: date) -> list[dict[str, Any]]:
    """Every unit with its newest weekly score and its highest open warning level."""
    return reader.rows(
        f"""
        SELECT u.unit_code, u.unit_name, coalesce(u.short_name, u.unit_name) AS name, u.unit_group, s.score, s.vetoed, s.grade, s.week,
               w.level, coalesce(w.open, 0) AS open_warnings,
               (SELECT count(*) FROM site AS t WHERE t.unit_code = u.unit_code AND {_ACTIVE_T}) AS sites
        FROM (SELECT * FROM unit WHERE coalesce(valid_from, DATE '1900-01-01') <= $day AND coalesce(valid_to, DATE '9999-01-01') > $day) AS u
        LEFT JOIN (SELECT s.* FROM score AS s JOIN {LATEST} USING (week, revision) WHERE s.week = (SELECT max(week) FROM score)) AS s
             ON s.unit_code = u.unit_code
        LEFT JOIN (SELECT unit_code, arg_min(level, {LEVEL_ORDER}) AS level, count(*) AS open FROM warning
                   WHERE closed_at IS NULL AND state <> 'ignored' GROUP BY unit_code) AS w ON w.unit_code = u.unit_code
        ORDER BY CASE w.level WHEN 'red' THEN 1 WHEN 'orange' THEN 2 WHEN 'yellow' THEN 3 WHEN 'blue' THEN 4 ELSE 5 END,
                 s.score NULLS LAST, u.sort_order
        """,
        {"day": day},
    )


def ipv6_total(reader: Reader) -> dict[str, Any]:
    """Second- and third-level links of all sites together: newest measurement of each."""
    row = reader.one(
        f"""
        SELECT sum(level2_ok + level3_ok) AS ok, sum(level2_total + level3_total) AS total, count(*) AS sites FROM {IPV6_NOW}
        """
    )
    return row or {"ok": None, "total": None, "sites": 0}


def ipv6_sites(reader: Reader) -> list[dict[str, Any]]:
    """The sites that `ipv6_total` sums, worst first."""
    return reader.rows(
        f"""
        SELECT s.site_name, u.unit_name, i.level2_ok, i.level2_total, i.level3_ok, i.level3_total, i.cause, i.measured_at,
               (i.level2_ok + i.level3_ok) / nullif(i.level2_total + i.level3_total, 0) AS rate
        FROM {IPV6_NOW} AS i
        LEFT JOIN {valid.SITES} AS s USING (site_code) LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        ORDER BY rate NULLS FIRST, u.sort_order
        """
    )
