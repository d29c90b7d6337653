"""Questions about disputes (异议)."""

from __future__ import annotations

from typing import Any

from cockpit.store import valid
from cockpit.store.queries.scores import LATEST
from cockpit.store.reader import Reader

_ROWS = f"""
    SELECT y.*, u.unit_name, coalesce(u.short_name, u.unit_name) AS short_name, d.indicator_id, d.fact, d.points, n.points AS points_now, d.is_veto,
           d.evidence_url, d.site_code, d.account_code, d.finding_id, coalesce(st.site_name, ac.account_name) AS object_name
    FROM dispute AS y LEFT JOIN {valid.UNITS} AS u USING (unit_code)
    LEFT JOIN (SELECT * FROM deduction QUALIFY row_number() OVER (PARTITION BY deduction_id ORDER BY revision) = 1) AS d
         ON d.deduction_id = y.deduction_id
    LEFT JOIN (SELECT deduction_id, points FROM deduction JOIN {LATEST} USING (week, revision)) AS n ON n.deduction_id = y.deduction_id
    LEFT JOIN {valid.SITES} AS st ON st.site_code = d.site_code LEFT JOIN {valid.ACCOUNTS} AS ac ON ac.account_code = d.account_code
"""


def decided(reader: Reader, week: str) -> dict[str, float]:
    """Deduction → share kept, where a decision took something back; upheld changes nothing, the newest holds."""
    rows = reader.rows(
        """
        SELECT deduction_id, CASE state WHEN 'cancelled' THEN 0.0 ELSE kept END AS kept
        FROM dispute WHERE week = ? AND state IN ('partial', 'cancelled')
        QUALIFY row_number() OVER (PARTITION BY deduction_id ORDER BY decided_at DESC, dispute_id DESC) = 1
        """,
        [week],
    )
    return {row["deduction_id"]: row["kept"] for row in rows}


def disputes(reader: Reader, week: str | None = None, unit: str | None = None) -> list[dict[str, Any]]:
    """Disputes with the lost point they are about as it was first published; open ones first, by due date."""
    return reader.rows(
        f"""{_ROWS} WHERE ($week IS NULL OR y.week = $week) AND ($unit IS NULL OR y.unit_code = $unit)
        ORDER BY CASE y.state WHEN 'open' THEN 1 WHEN 'reviewing' THEN 2 ELSE 3 END, y.due_on, y.dispute_id""",
        {"week": week, "unit": unit},
    )


def dispute(reader: Reader, dispute_id: str) -> dict[str, Any] | None:
    """One dispute."""
    return reader.one(f"{_ROWS} WHERE y.dispute_id = ?", [dispute_id])


def fact(reader: Reader, deduction_id: str, newest: bool = False) -> dict[str, Any] | None:
    """A lost point as it was first published (or in the newest issue), with its issue, and its finding as it stands now."""
    return reader.one(
        f"""
        SELECT d.*, i.closed_at, i.facts_sha256, f.gone_at, f.last_seen, f.content_sha256, f.http_status,
               coalesce(st.site_name, ac.account_name) AS object_name
        FROM deduction AS d LEFT JOIN issue AS i USING (week, revision) LEFT JOIN finding AS f ON f.finding_id = d.finding_id
        LEFT JOIN {valid.SITES} AS st ON st.site_code = d.site_code LEFT JOIN {valid.ACCOUNTS} AS ac ON ac.account_code = d.account_code
        WHERE d.deduction_id = ? ORDER BY d.revision {"DESC" if newest else ""} LIMIT 1
        """,
        [deduction_id],
    )


def newest_on(reader: Reader, deduction_id: str) -> dict[str, Any] | None:
    """The newest dispute on one lost point."""
    return reader.one(
        "SELECT * FROM dispute WHERE deduction_id = ? ORDER BY raised_at DESC, dispute_id DESC LIMIT 1",
        [deduction_id],
    )


def events(reader: Reader, dispute_id: str) -> list[dict[str, Any]]:
    """The steps of a dispute, oldest first."""
    return reader.rows(
        "SELECT * FROM dispute_event WHERE dispute_id = ? "
        "ORDER BY event_at, CASE action WHEN 'raise' THEN 1 WHEN 'accept' THEN 2 ELSE 3 END, event_id",
        [dispute_id],
    )


def statistics(reader: Reader, week: str | None = None) -> list[dict[str, Any]]:
    """Per indicator: disputes, decided, cancelled or partly granted, points that their units lose less since."""
    return reader.rows(
        f"""
        WITH y AS ({_ROWS} WHERE ($week IS NULL OR y.week = $week) AND y.state <> 'withdrawn'),
        lost AS (SELECT week, revision, unit_code, indicator_id, sum(points) AS points FROM deduction GROUP BY ALL),
        back AS (SELECT y.indicator_id, sum(a.points - coalesce(b.points, 0)) AS returned
                 FROM (SELECT DISTINCT week, unit_code, indicator_id FROM y WHERE state IN ('partial', 'cancelled')) AS y
                 JOIN lost AS a ON (a.week, a.unit_code, a.indicator_id) = (y.week, y.unit_code, y.indicator_id) AND a.revision = 0
                 LEFT JOIN (SELECT * FROM lost JOIN {LATEST} USING (week, revision)) AS b
                      ON (b.week, b.unit_code, b.indicator_id) = (y.week, y.unit_code, y.indicator_id)
                 GROUP BY y.indicator_id)
        SELECT y.indicator_id, count(*) AS raised, count(*) FILTER (y.state IN ('open', 'reviewing')) AS waiting,
               count(*) FILTER (y.state = 'upheld') AS upheld, count(*) FILTER (y.state = 'partial') AS partial,
               count(*) FILTER (y.state = 'cancelled') AS cancelled,
               any_value(back.returned) AS returned
        FROM y LEFT JOIN back USING (indicator_id) GROUP BY y.indicator_id ORDER BY raised DESC, indicator_id
        """,
        {"week": week},
    )
