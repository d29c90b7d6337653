"""Questions of 错敏与隐私: wording and privacy findings, what people said of them, attachments.

State of a finding: `open` speaks for itself, `review` waits for a person, `false_alarm` is silent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cockpit.store import valid
from cockpit.store.reader import Reader

# Group of the screen → condition on `finding AS f` and its state `m.state`.
GROUPS = {
    "critical": "{open} AND f.aspect = 'wording' AND f.severity = 'critical'",
    "general": "{open} AND f.aspect = 'wording' AND f.severity <> 'critical'",
    "privacy": "{open} AND f.aspect = 'privacy'",
    "review": "m.state = 'review'",
    "false_alarm": "m.state = 'false_alarm'",
    "confirmed": "m.state = 'confirmed'",
    "open": "{open}",
}
_OPEN = "(m.state IS NULL OR m.state = 'confirmed')"
_FROM = f"""
    FROM finding AS f LEFT JOIN finding_state AS m USING (finding_id)
    LEFT JOIN {valid.SITES} AS s ON s.site_code = f.site_code LEFT JOIN {valid.UNITS} AS u ON u.unit_code = s.unit_code
    WHERE f.gone_at IS NULL AND f.aspect IN ('wording', 'privacy')
      AND ($unit IS NULL OR s.unit_code = $unit) AND ($kind IS NULL OR f.kind = $kind)
"""


def _where(group: str) -> str:
    return GROUPS[group].format(open=_OPEN)


def counts(reader: Reader, unit: str | None = None, kind: str | None = None) -> dict[str, int]:
    """How many findings stand in each group."""
    columns = ", ".join(f"count(*) FILTER ({_where(group)}) AS {group}" for group in GROUPS)
    row = reader.one(f"SELECT {columns} {_FROM}", {"unit": unit, "kind": kind})
    return row or dict.fromkeys(GROUPS, 0)


def listed(
    reader: Reader,
    group: str,
    unit: str | None = None,
    kind: str | None = None,
    older_than: datetime | None = None,
) -> list[dict[str, Any]]:
    """The rows of a group, the most serious and the oldest first. `older_than`: first seen before."""
    return reader.rows(
        f"""
        SELECT f.*, m.state AS mark_state, m.cause AS why, m.mark_id, s.site_name, u.unit_name,
               coalesce(u.short_name, u.unit_name) AS short_name
        {_FROM} AND {_where(group)} AND ($older IS NULL OR f.first_seen < $older)
        ORDER BY CASE f.severity WHEN 'critical' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 ELSE 4 END,
                 f.first_seen, f.finding_id
        """,
        {"unit": unit, "kind": kind, "older": older_than},
    )


def kinds(reader: Reader) -> list[str]:
    """Kinds of wording and privacy findings there have been."""
    rows = reader.rows(
        "SELECT DISTINCT kind FROM finding WHERE aspect IN ('wording', 'privacy') ORDER BY kind"
    )
    return [row["kind"] for row in rows]


def by_kind(reader: Reader, at: datetime, days: int = 30, unit: str | None = None) -> list[dict[str, Any]]:
    """Findings that stood at an instant and `days` before, by kind; false alarms and the review queue are not counted."""
    return reader.rows(
        f"""
        SELECT f.kind, count(DISTINCT f.finding_id) FILTER (p.opened_at <= $at AND (p.closed_at IS NULL OR p.closed_at > $at)) AS now,
               count(DISTINCT f.finding_id) FILTER (p.opened_at <= $then AND (p.closed_at IS NULL OR p.closed_at > $then)) AS before
        FROM finding_span AS p JOIN finding AS f USING (finding_id) LEFT JOIN finding_state AS m USING (finding_id)
        LEFT JOIN {valid.SITES} AS s ON s.site_code = f.site_code
        WHERE f.aspect IN ('wording', 'privacy') AND (m.state IS NULL OR m.state = 'confirmed')
          AND ($unit IS NULL OR s.unit_code = $unit)
        GROUP BY f.kind HAVING now > 0 OR before > 0 ORDER BY now DESC, before DESC, f.kind
        """,
        {"at": at, "then": at - timedelta(days=days), "unit": unit},
    )


def repair(reader: Reader, at: datetime, days: int = 30, unit: str | None = None) -> dict[str, Any]:
    """Of what was repaired in the last `days` days: how many, and the median days it stood."""
    row = reader.one(
        f"""
        SELECT count(*) AS gone, median(date_diff('hour', p.opened_at, p.closed_at)) / 24 AS days
        FROM finding_span AS p JOIN finding AS f USING (finding_id) LEFT JOIN finding_state AS m USING (finding_id)
        LEFT JOIN {valid.SITES} AS s ON s.site_code = f.site_code
        WHERE f.aspect IN ('wording', 'privacy') AND p.closed_at > $since AND p.closed_at <= $at
          AND (m.state IS NULL OR m.state = 'confirmed') AND ($unit IS NULL OR s.unit_code = $unit)
        """,
        {"at": at, "since": at - timedelta(days=days), "unit": unit},
    )
    return row or {"gone": 0, "days": None}


def said(reader: Reader, at: datetime, days: int) -> list[dict[str, Any]]:
    """Precision per rule: confirmed and false marks of the window, and whether the rule is dropped now."""
    return reader.rows(
        """
        WITH said AS (
            SELECT rule, any_value(kind) AS kind, count(*) FILTER (mark = 'confirmed') AS confirmed,
                   count(*) FILTER (mark = 'false_alarm') AS false_alarms, max(marked_at) AS last_at
            FROM finding_mark WHERE undone_at IS NULL AND marked_at > $since AND marked_at <= $at GROUP BY rule)
        SELECT said.*, said.confirmed / (said.confirmed + said.false_alarms) AS share, d.from_at AS dropped_at
        FROM said LEFT JOIN rule_drop AS d ON d.rule = said.rule AND d.to_at IS NULL
        ORDER BY d.from_at IS NULL, share, said.confirmed + said.false_alarms DESC, said.rule
        """,
        {"at": at, "since": at - timedelta(days=days)},
    )


def marks_of(reader: Reader, finding_id: str) -> list[dict[str, Any]]:
    """Everything said of a finding, also by a mark that holds everywhere, oldest first."""
    return reader.rows(
        """
        SELECT m.* FROM finding_mark AS m, (SELECT finding_id, coalesce(rule, kind) AS rule, target FROM finding WHERE finding_id = $id) AS f
        WHERE m.finding_id = f.finding_id OR (m.scope = 'everywhere' AND m.rule = f.rule AND m.target = f.target)
        ORDER BY m.marked_at, m.mark_id
        """,
        {"id": finding_id},
    )


def dropped(reader: Reader, finding_id: str) -> dict[str, Any] | None:
    """The drop of a finding's rule that holds now, None where the rule speaks."""
    return reader.one(
        """
        SELECT d.* FROM rule_drop AS d JOIN finding AS f ON d.rule = coalesce(f.rule, f.kind)
        WHERE f.finding_id = $id AND d.to_at IS NULL
        """,
        {"id": finding_id},
    )


def attachments(reader: Reader, unit: str | None = None) -> list[dict[str, Any]]:
    """Every attachment of the last patrols, the unread ones first."""
    return reader.rows(
        f"""
        SELECT a.*, s.site_name, u.unit_name FROM attachment AS a LEFT JOIN {valid.SITES} AS s USING (site_code)
        LEFT JOIN {valid.UNITS} AS u ON u.unit_code = s.unit_code WHERE $unit IS NULL OR s.unit_code = $unit
        ORDER BY CASE a.state WHEN 'unmeasured' THEN 1 WHEN 'partial' THEN 2 ELSE 3 END, a.cause, u.sort_order, a.url
        """,
        {"unit": unit},
    )


def looked(reader: Reader, unit: str | None = None) -> dict[str, Any]:
    """What the newest looks at wording covered: sites, pages, when."""
    row = reader.one(
        f"""
        SELECT count(*) AS sites, sum(pages) AS pages, max(measured_at) AS at FROM (
            SELECT c.site_code, c.pages, c.measured_at FROM coverage AS c LEFT JOIN {valid.SITES} AS s USING (site_code)
            WHERE c.aspect = 'wording' AND c.ok AND ($unit IS NULL OR s.unit_code = $unit)
            QUALIFY row_number() OVER (PARTITION BY c.site_code ORDER BY c.measured_at DESC) = 1)
        """,
        {"unit": unit},
    )
    return row or {"sites": 0, "pages": 0, "at": None}


def marks_of_rule(reader: Reader, rule: str, since: datetime) -> list[dict[str, Any]]:
    """The marks that `said` counts for a rule, newest first."""
    return reader.rows(
        f"""
        SELECT m.*, u.unit_name FROM finding_mark AS m LEFT JOIN {valid.SITES} AS s USING (site_code)
        LEFT JOIN {valid.UNITS} AS u ON u.unit_code = s.unit_code
        WHERE m.rule = $rule AND m.undone_at IS NULL AND m.marked_at > $since ORDER BY m.marked_at DESC, m.mark_id
        """,
        {"rule": rule, "since": since},
    )
