"""Questions of 可用性与安全: days, interruptions, the veto share, certificates, tampered pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from cockpit.store import valid
from cockpit.store.queries.overview import ACTIVE_SITE
from cockpit.store.reader import Reader

_SITES = f"""
    (SELECT s.site_code, s.site_name, s.url, s.unit_code, u.unit_name, coalesce(u.short_name, u.unit_name) AS name, u.sort_order
     FROM (SELECT * FROM site WHERE {ACTIVE_SITE}) AS s LEFT JOIN {valid.UNITS} AS u USING (unit_code)
     WHERE $unit IS NULL OR s.unit_code = $unit) AS s
"""


def sites(
    reader: Reader, at: datetime, day: date, days: int = 90, window: int = 7, unit: str | None = None
) -> list[dict[str, Any]]:
    """Every active site: newest visit, today, `days` days and the veto window of `window` days, the worst first.

    The window is the same as in the indicator V-W-02: measured visits over IPv4 of the last days to the minute.
    """
    return reader.rows(
        f"""
        WITH newest AS (
            SELECT site_code, ok, measured, cause, seconds, measured_at FROM probe WHERE family = '4' AND measured_at <= $at
            QUALIFY row_number() OVER (PARTITION BY site_code ORDER BY measured_at DESC) = 1
        ), week AS (
            SELECT site_code, count(*) FILTER (measured)::INTEGER AS window_visits,
                   count(*) FILTER (measured AND NOT ok)::INTEGER AS window_failed,
                   quantile_cont(seconds, 0.95) FILTER (ok) AS p95
            FROM probe WHERE family = '4' AND measured_at >= $at::TIMESTAMP - to_days($window::INTEGER) AND measured_at < $at GROUP BY site_code
        ), long AS (
            SELECT site_code, sum(visits)::INTEGER AS visits, sum(failed)::INTEGER AS failed,
                   coalesce(sum(visits) FILTER (day = $day), 0)::INTEGER AS today_visits, coalesce(sum(failed) FILTER (day = $day), 0)::INTEGER AS today_failed
            FROM probe_daily WHERE family = '4' AND day > $day::DATE - $days::INTEGER AND day <= $day GROUP BY site_code
        )
        SELECT s.*, n.ok, n.measured, n.cause, n.seconds, n.measured_at, l.visits, l.failed, l.today_visits, l.today_failed,
               w.window_visits, w.window_failed, w.p95, w.window_failed / nullif(w.window_visits, 0) AS window_share,
               1 - l.failed / nullif(l.visits, 0) AS rate
        FROM {_SITES} LEFT JOIN newest AS n USING (site_code) LEFT JOIN week AS w USING (site_code) LEFT JOIN long AS l USING (site_code)
        ORDER BY coalesce(n.measured AND NOT n.ok, false) DESC, window_share DESC NULLS LAST, rate NULLS LAST, s.sort_order, s.site_code
        """,
        {"at": at, "day": day, "days": days, "window": window, "unit": unit},
    )


def days(reader: Reader, day: date, days: int = 90, unit: str | None = None) -> list[dict[str, Any]]:
    """Site and Beijing day: visits and failures; a day without visits has no row, or one with none."""
    return reader.rows(
        f"""
        SELECT p.site_code, p.day, p.visits, p.failed FROM probe_daily AS p SEMI JOIN {_SITES} ON s.site_code = p.site_code
        WHERE p.family = '4' AND p.day > $day::DATE - $days::INTEGER AND p.day <= $day ORDER BY p.site_code, p.day
        """,
        {"day": day, "days": days, "unit": unit},
    )


def failures(reader: Reader, at: datetime, site: str, window: int = 7) -> list[dict[str, Any]]:
    """The failed visits that `window_failed` of `sites` counts."""
    return reader.rows(
        f"""
        SELECT p.measured_at, p.cause, p.http_status, p.seconds, s.site_name, u.unit_name
        FROM probe AS p LEFT JOIN {valid.SITES} AS s USING (site_code) LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        WHERE p.site_code = $site AND p.family = '4' AND p.measured AND NOT p.ok
          AND p.measured_at >= $at::TIMESTAMP - to_days($window::INTEGER) AND p.measured_at < $at ORDER BY p.measured_at DESC
        """,
        {"at": at, "site": site, "window": window},
    )


def incidents(
    reader: Reader, at: datetime, day: date, days: int = 7, unit: str | None = None
) -> list[dict[str, Any]]:
    """Runs of failed visits, one row each: from the first failed one to the next that opened (None: still failing).

    Visits that could not be measured are not failures; they neither begin nor end an interruption.
    """
    return reader.rows(
        f"""
        WITH visits AS (
            SELECT p.site_code, p.measured_at, p.ok, p.cause, lead(p.measured_at) OVER w AS next_at,
                   count(*) FILTER (p.ok) OVER (w ROWS UNBOUNDED PRECEDING) AS stretch
            FROM probe AS p SEMI JOIN {_SITES} ON s.site_code = p.site_code
            WHERE p.family = '4' AND p.measured AND p.measured_at <= $at AND p.measured_at > $at::TIMESTAMP - to_days($days::INTEGER)
            WINDOW w AS (PARTITION BY p.site_code ORDER BY p.measured_at)
        ), runs AS (
            SELECT site_code, min(measured_at) AS began_at, arg_max(next_at, measured_at) AS ended_at, max(measured_at) AS last_at,
                   count(*)::INTEGER AS failed, mode(cause) AS cause
            FROM visits WHERE NOT ok GROUP BY site_code, stretch
        )
        SELECT s.site_name, s.name, s.unit_name, s.unit_code, r.site_code, r.began_at, r.ended_at, r.last_at, r.failed, r.cause,
               (epoch(coalesce(r.ended_at, $at::TIMESTAMP)) - epoch(r.began_at)) / 60 AS minutes
        FROM runs AS r JOIN {_SITES} USING (site_code) ORDER BY r.ended_at IS NOT NULL, r.began_at DESC, r.site_code
        """,
        {"at": at, "day": day, "days": days, "unit": unit},
    )


def certificates(reader: Reader, at: datetime, day: date, unit: str | None = None) -> list[dict[str, Any]]:
    """Every active site's newest certificate check; days left are counted to today, sites without a check come last.

    A check that a later try could not repeat is no longer known to hold: the site counts as not measured.

    `cause` is why it is not trusted, or, where `https` is unknown, why there is no check.
    """
    return reader.rows(
        f"""
        SELECT s.*, c.measured_at, c.https, c.chain_ok, c.not_after, c.issuer, c.tls_version, c.redirects_to_https, c.missing_headers,
               trunc((epoch(c.not_after) - epoch($at::TIMESTAMP)) / 86400)::INTEGER AS days_left, c.not_after < $at AS expired,
               coalesce(c.cause, CASE WHEN c.site_code IS NULL THEN coalesce(v.cause, 'not_due') END) AS cause,
               v.ok AS seen, v.cause AS coverage_cause, v.measured_at AS tried_at
        FROM {_SITES} LEFT JOIN (
            SELECT * FROM coverage WHERE aspect = 'certificate' AND measured_at <= $at
            QUALIFY row_number() OVER (PARTITION BY site_code ORDER BY measured_at DESC) = 1
        ) AS v USING (site_code) LEFT JOIN (
            SELECT * FROM certificate_check WHERE measured_at <= $at QUALIFY row_number() OVER (PARTITION BY site_code ORDER BY measured_at DESC) = 1
        ) AS c ON c.site_code = s.site_code AND (v.ok IS DISTINCT FROM false OR v.measured_at <= c.measured_at)
        ORDER BY c.https IS NULL, c.https, c.chain_ok, c.not_after, s.sort_order
        """,
        {"at": at, "day": day, "unit": unit},
    )


def tampered(reader: Reader, unit: str | None = None) -> list[dict[str, Any]]:
    """Open findings of pages that somebody else seems to have changed: hidden links, foreign scripts, cloaking, lost domains."""
    return reader.rows(
        f"""
        SELECT f.finding_id, f.kind, f.severity, f.target, f.page_url, f.excerpt, f.technique, f.first_seen, f.last_seen, f.places,
               st.site_name, st.unit_code, u.unit_name, w.warning_id, w.state, w.level
        FROM finding AS f LEFT JOIN {valid.SITES} AS st USING (site_code) LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        LEFT JOIN (SELECT * FROM warning WHERE closed_at IS NULL QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY opened_at DESC) = 1) AS w
             ON w.finding_id = f.finding_id
        WHERE f.gone_at IS NULL AND f.aspect = 'hidden' AND ($unit IS NULL OR st.unit_code = $unit)
        ORDER BY CASE f.severity WHEN 'critical' THEN 1 WHEN 'high' THEN 2 ELSE 3 END, f.first_seen, f.finding_id
        """,
        {"unit": unit},
    )
