"""What people said of findings, as conditions on `finding AS f` at an instant ($at) of a Beijing day ($day).

A false alarm silences its finding, or the same rule and text everywhere, until its date; a rule that was dropped
is silent too, but for findings that a person confirmed.
"""

from __future__ import annotations

from datetime import date, datetime

import duckdb

RULE = "coalesce(f.rule, f.kind)"
_VALID = "m.marked_at < $at AND (m.undone_at IS NULL OR m.undone_at >= $at)"
_FALSE = f"m.mark = 'false_alarm' AND {_VALID} AND (m.until IS NULL OR m.until > $day)"
CONFIRMED = (
    f"f.finding_id IN (SELECT m.finding_id FROM finding_mark AS m WHERE m.mark = 'confirmed' AND {_VALID})"
)
FALSE_ALARM = (
    f"(f.finding_id IN (SELECT m.finding_id FROM finding_mark AS m WHERE {_FALSE}) OR ({RULE}, f.target) IN "
    f"(SELECT (m.rule, m.target) FROM finding_mark AS m WHERE m.scope = 'everywhere' AND {_FALSE}))"
)
DROPPED = f"{RULE} IN (SELECT d.rule FROM rule_drop AS d WHERE d.from_at < $at AND (d.to_at IS NULL OR d.to_at >= $at))"
SPEAKS = f"NOT ({FALSE_ALARM}) AND (NOT ({DROPPED}) OR {CONFIRMED})"
# What counts for a measure: of some severities ($severities), where a confirmed weak finding is a medium one.
COUNTED = (
    "($severities IS NULL OR f.severity IN (SELECT unnest($severities)) "
    f"OR (f.severity = 'low' AND list_contains($severities, 'medium') AND {CONFIRMED})) AND {SPEAKS}"
)
# For lists of the present: without what is a false alarm or waits for a person.
HEARD = "f.finding_id NOT IN (SELECT finding_id FROM finding_state WHERE state IN ('false_alarm', 'review'))"
REVIEWED = "f.aspect IN ('wording', 'privacy')"  # aspects whose weak findings a person looks at


def marked(
    con: duckdb.DuckDBPyConnection, until: datetime
) -> list[tuple[str, str, str, datetime, datetime | None]]:
    """(rule, kind, mark, marked at, undone at) of every mark made before an instant, oldest first."""
    return con.execute(
        "SELECT rule, kind, mark, marked_at, undone_at FROM finding_mark WHERE marked_at <= ? ORDER BY marked_at, mark_id",
        [until],
    ).fetchall()


def write_drops(con: duckdb.DuckDBPyConnection, rows: list[tuple[object, ...]]) -> None:
    """Replace the intervals in which rules were dropped."""
    con.execute("DELETE FROM rule_drop")
    if rows:
        con.executemany("INSERT INTO rule_drop VALUES (?, ?, ?, ?, ?, ?)", rows)


def write_states(con: duckdb.DuckDBPyConnection, at: datetime, day: date) -> None:
    """Bring `finding_state` up to date: one row for each finding that is not simply a finding."""
    con.execute("DELETE FROM finding_state")
    con.execute(
        f"""
        INSERT INTO finding_state
        WITH judged AS (
            SELECT f.finding_id, {FALSE_ALARM} AS wrong, {CONFIRMED} AS upheld, {DROPPED} AS dropped,
                   f.severity = 'low' AND {REVIEWED} AS low
            FROM finding AS f
        ), newest AS (
            SELECT finding_id, mark_id FROM finding_mark WHERE undone_at IS NULL
            QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY marked_at DESC, mark_id DESC) = 1
        )
        SELECT finding_id, CASE WHEN wrong THEN 'false_alarm' WHEN upheld THEN 'confirmed' ELSE 'review' END,
               CASE WHEN wrong OR upheld THEN NULL WHEN dropped THEN 'dropped' ELSE 'low' END,
               CASE WHEN wrong OR upheld THEN mark_id END
        FROM judged LEFT JOIN newest USING (finding_id) WHERE wrong OR upheld OR dropped OR low
        """,
        {"at": at, "day": day},
    )
