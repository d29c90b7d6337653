"""Rows of the appraisal export, in their stable order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cockpit.store import valid
from cockpit.store.queries.channels import NOW as CHANNELS_NOW
from cockpit.store.queries.scores import DISPUTES, SUNDAY
from cockpit.store.reader import Reader

_NAMES = f"""
    LEFT JOIN {valid.UNITS} AS u ON u.unit_code = t.unit_code
    LEFT JOIN {valid.SITES} AS st ON st.site_code = t.site_code
    LEFT JOIN {valid.ACCOUNTS} AS ac ON ac.account_code = t.account_code
"""
_NAME_COLUMNS = (
    "u.unit_name, u.sort_order, coalesce(st.site_name, ac.account_name) AS object_name, st.site_id_code"
)


def names(
    reader: Reader, week: str
) -> tuple[dict[str, list[Any]], dict[str, list[Any]], dict[str, list[Any]]]:
    """Units (name, place), sites (name, identification code) and accounts (name) by code, as of a week's last day."""
    of = {"week": week}
    unit = reader.rows(f"SELECT unit_code, unit_name, sort_order FROM {valid.on('unit', SUNDAY)} AS u", of)
    site = reader.rows(f"SELECT site_code, site_name, site_id_code FROM {valid.on('site', SUNDAY)} AS s", of)
    account = reader.rows(f"SELECT account_code, account_name FROM {valid.on('account', SUNDAY)} AS a", of)
    return (
        {row["unit_code"]: [row["unit_name"], row["sort_order"]] for row in unit},
        {row["site_code"]: [row["site_name"], row["site_id_code"]] for row in site},
        {row["account_code"]: [row["account_name"]] for row in account},
    )


def revision_at(reader: Reader, week: str, closed_at: datetime | None) -> int:
    """The newest revision of a week, at the time another week was closed if that is given."""
    row = reader.one(
        """
        SELECT coalesce(max(s.revision), 0) AS revision FROM score AS s LEFT JOIN issue AS i USING (week, revision)
        WHERE s.week = $week AND ($at IS NULL OR s.revision = 0 OR i.closed_at <= $at::TIMESTAMP)
        """,
        {"week": week, "at": closed_at},
    )
    return int(row["revision"]) if row else 0


def scores(
    reader: Reader, week: str, revision: int, previous: str, previous_revision: int
) -> list[dict[str, Any]]:
    """Scores of a week with last week's beside them."""
    return reader.rows(
        f"""
        SELECT t.*, p.score AS previous_score, t.score - p.score AS change, o.disputes_open,
               (SELECT string_agg(DISTINCT d.indicator_id, '；' ORDER BY d.indicator_id) FROM deduction AS d
                WHERE d.week = t.week AND d.revision = t.revision AND d.unit_code = t.unit_code AND d.is_veto) AS veto_indicators
        FROM score AS t LEFT JOIN score AS p ON p.week = $previous AND p.revision = $earlier AND p.unit_code = t.unit_code
        LEFT JOIN (SELECT d.unit_code, count(*) AS disputes_open FROM deduction AS d JOIN {DISPUTES} AS y USING (deduction_id)
                   WHERE y.state IN ('open', 'reviewing') AND d.week = $week AND d.revision = $revision GROUP BY ALL) AS o
             ON o.unit_code = t.unit_code
        WHERE t.week = $week AND t.revision = $revision
        """,
        {"week": week, "revision": revision, "previous": previous, "earlier": previous_revision},
    )


def deductions(reader: Reader, week: str, revision: int) -> list[dict[str, Any]]:
    """Every lost point of a week, with the state of its dispute."""
    return reader.rows(
        f"""
        SELECT t.*, y.state AS dispute_state, CASE WHEN t.finding_id IS NULL THEN 0 ELSE 1 END AS evidence_count
        FROM deduction AS t LEFT JOIN {DISPUTES} AS y ON y.deduction_id = t.deduction_id
        WHERE t.week = ? AND t.revision = ?
        """,
        [week, revision],
    )


def bonuses(reader: Reader, week: str, revision: int) -> list[dict[str, Any]]:
    """Every added point of a week."""
    return reader.rows("SELECT * FROM bonus_row WHERE week = ? AND revision = ?", [week, revision])


def object_scores(reader: Reader, week: str, revision: int) -> list[dict[str, Any]]:
    """The score of every site and account of a week by itself."""
    return reader.rows("SELECT * FROM object_score WHERE week = ? AND revision = ?", [week, revision])


def findings(reader: Reader, ids: list[str]) -> list[dict[str, Any]]:
    """Findings as evidence; personal data is masked since before it was stored."""
    return reader.rows(
        """
        SELECT f.finding_id, coalesce(f.page_url, f.target) AS url, f.last_seen, f.http_status,
               coalesce(f.excerpt, f.text) AS excerpt, f.content_sha256, f.rule, f.places,
               (SELECT max(b.code_version) FROM batch AS b WHERE b.run_id = f.run_id) AS code_version
        FROM finding AS f WHERE f.finding_id IN (SELECT unnest($ids::VARCHAR[])) ORDER BY f.finding_id
        """,
        {"ids": ids},
    )


_LOGGED = """
    SELECT * EXCLUDE (logged_at, warning_level), warning_level AS level FROM (
        SELECT * FROM warning_log
        QUALIFY row_number() OVER (PARTITION BY warning_id, opened_at ORDER BY logged_at DESC, closed_at DESC NULLS LAST) = 1) AS l
    WHERE NOT EXISTS (SELECT 1 FROM warning AS w WHERE w.warning_id = l.warning_id AND w.opened_at = l.opened_at)
"""


def warnings(reader: Reader, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Warnings that were open at some time of a period or due in it, with the times of their handling.

    One row for each time a warning opened: what was closed and opened again has an earlier row of the log beside it.
    """
    return reader.rows(
        f"""
        SELECT t.*, {_NAME_COLUMNS}, e.acked_at, e.submitted_at,
               coalesce((t.closed_at + INTERVAL 8 HOUR)::DATE, ($end::TIMESTAMP + INTERVAL 8 HOUR)::DATE) > t.due_on AS late
        FROM (SELECT * FROM warning UNION ALL BY NAME {_LOGGED}) AS t {_NAMES}
        LEFT JOIN (SELECT o.warning_id, o.opened_at, min(e.event_at) FILTER (e.to_state = 'ack') AS acked_at,
                          max(e.event_at) FILTER (e.to_state = 'verify') AS submitted_at
                   FROM (SELECT warning_id, opened_at, closed_at FROM warning UNION ALL SELECT warning_id, opened_at, closed_at FROM ({_LOGGED})) AS o
                   JOIN warning_event AS e ON e.warning_id = o.warning_id AND e.event_at >= o.opened_at
                                          AND (o.closed_at IS NULL OR e.event_at <= o.closed_at) GROUP BY ALL) AS e
             ON e.warning_id = t.warning_id AND e.opened_at = t.opened_at
        WHERE t.opened_at < $end AND (t.closed_at IS NULL OR t.closed_at >= $start
              OR t.due_on BETWEEN ($start::TIMESTAMP + INTERVAL 8 HOUR)::DATE AND ($end::TIMESTAMP + INTERVAL 8 HOUR)::DATE - 1)
        ORDER BY u.sort_order, t.unit_code, t.opened_at, t.warning_id
        """,
        {"start": start, "end": end},
    )


def applications(reader: Reader, end: datetime) -> list[dict[str, Any]]:
    """Applications received before an instant, as the ledger stands now."""
    return reader.rows(
        f"SELECT t.*, u.unit_name FROM application AS t LEFT JOIN {valid.UNITS} AS u USING (unit_code) "
        "WHERE t.received_on < (?::TIMESTAMP + INTERVAL 8 HOUR)::DATE "
        "ORDER BY u.sort_order, t.unit_code, t.received_on, t.application_id",
        [end],
    )


def availability(reader: Reader, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Every site in use on every day of a period up to the newest load (Beijing days), visited or not.

    A day without a row of probe_daily comes with empty visits: not measured, which is neither 0 nor fine.
    """
    return reader.rows(
        f"""
        WITH days AS (
            SELECT unnest(generate_series(($start::TIMESTAMP + INTERVAL 8 HOUR)::DATE,
                   least(($end::TIMESTAMP + INTERVAL 8 HOUR)::DATE - 1, (SELECT (max(loaded_at) + INTERVAL 8 HOUR)::DATE FROM batch)),
                   INTERVAL 1 DAY))::DATE AS day
        ), expected AS (
            SELECT d.day, s.site_code, '4' AS family FROM days AS d CROSS JOIN site AS s
            WHERE s.state = 'active' AND coalesce(s.valid_from <= d.day, TRUE) AND coalesce(s.valid_to > d.day, TRUE)
            UNION SELECT p.day, p.site_code, p.family FROM probe_daily AS p JOIN days USING (day)
        )
        SELECT x.day, x.site_code, x.family, t.visits, t.failed, t.seconds_p95, s.site_name, s.unit_code, u.unit_name,
               t.failed / nullif(t.visits, 0) AS share, t.seconds_sum / nullif(t.visits - t.failed, 0) AS seconds_mean
        FROM expected AS x LEFT JOIN probe_daily AS t USING (day, site_code, family)
        LEFT JOIN {valid.SITES} AS s ON s.site_code = x.site_code LEFT JOIN {valid.UNITS} AS u ON u.unit_code = s.unit_code
        ORDER BY u.sort_order, x.site_code, x.day, x.family
        """,
        {"start": start, "end": end},
    )


def ipv6(reader: Reader, end: datetime) -> list[dict[str, Any]]:
    """The newest IPv6 measurement of every site before an instant."""
    return reader.rows(
        f"""
        SELECT t.*, s.site_name, s.unit_code, u.unit_name, t.level2_ok / nullif(t.level2_total, 0) AS level2_rate,
               t.level3_ok / nullif(t.level3_total, 0) AS level3_rate
        FROM ipv6_check AS t LEFT JOIN {valid.SITES} AS s USING (site_code) LEFT JOIN {valid.UNITS} AS u ON u.unit_code = s.unit_code
        WHERE t.measured_at < ? QUALIFY row_number() OVER (PARTITION BY t.site_code ORDER BY t.measured_at DESC) = 1
        ORDER BY u.sort_order, t.site_code
        """,
        [end],
    )


def channels(reader: Reader) -> list[dict[str, Any]]:
    """Channels of the sites in use, judged as the screen judges them: a failed newest look is 未采集."""
    return reader.rows(
        f"SELECT t.*, s.site_name, s.unit_code, u.unit_name FROM {CHANNELS_NOW} AS t LEFT JOIN {valid.SITES} AS s USING (site_code) "
        f"LEFT JOIN {valid.UNITS} AS u ON u.unit_code = s.unit_code WHERE coalesce(s.state, 'active') = 'active' "
        "ORDER BY u.sort_order, t.site_code, t.level, t.url"
    )


def results(reader: Reader, week: str, revision: int) -> list[dict[str, Any]]:
    """Every indicator of every object, measured or not."""
    return reader.rows("SELECT * FROM indicator_result WHERE week = ? AND revision = ?", [week, revision])


def snapshot(reader: Reader) -> dict[str, Any]:
    """When the published version was made and what kind of data it holds."""
    rows = reader.rows("SELECT key, value FROM meta")
    return {row["key"]: row["value"] for row in rows}
