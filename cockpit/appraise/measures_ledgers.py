"""Measures of the ledgers: 依申请公开, 网民留言, 政务新媒体."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from cockpit.appraise.applications import SOON_WORKDAYS, Case, case
from cockpit.appraise.moment import Evidence, Measured, Moment, Queries, unmeasured


def applications_overdue(q: Queries, m: Moment) -> list[Measured]:
    """Applications past their due date: unanswered, or answered late within the last seven days."""
    week_ago = m.day - timedelta(days=7)
    return _applications(
        q,
        m,
        "逾期",
        lambda c: c.state == "overdue" or (c.state == "late" and c.row["answered_on"] > week_ago),
    )


def applications_due_soon(q: Queries, m: Moment) -> list[Measured]:
    """Unanswered applications due within three working days."""
    return _applications(q, m, f"{SOON_WORKDAYS} 个工作日内到期", lambda c: c.state == "soon")


def _applications(q: Queries, m: Moment, noun: str, hit: Callable[[Case], bool]) -> list[Measured]:
    rows = q.rows(
        """
        SELECT * FROM application WHERE received_on <= $day AND received_on > $since ORDER BY application_id
        """,
        {"day": m.day, "since": m.day - timedelta(days=m.window_days)},
    )
    units: dict[str, list[Evidence]] = {}
    for row in rows:
        hits = units.setdefault(row["unit_code"], [])
        if row["answered_on"] and row["answered_on"] <= m.day - timedelta(days=7):
            continue
        found = case(m.calendar, row, m.day)
        if found.clock and hit(found):
            answered = row["answered_on"] if found.state == "late" else None
            state = f"{answered} 才答复" if answered else "尚未答复"
            hits.append(Evidence(f"申请 {row['application_id']} 期限 {found.clock.due}，{state}"))
    return [
        Measured(u, u, float(len(hits)), f"依申请公开{noun} {len(hits)} 件", tuple(hits))
        for u, hits in units.items()
    ]


def message_months(q: Queries, m: Moment) -> list[Measured]:
    """Whole calendar months that the oldest unanswered valid message of the last year has waited."""
    rows = q.rows(
        """
        SELECT unit_code, message_id, received_on, CASE WHEN answered_on <= $day THEN answered_on END AS answered_on, valid
        FROM message WHERE received_on <= $day AND received_on > $since ORDER BY received_on, message_id
        """,
        {"day": m.day, "since": m.day - timedelta(days=m.window_days)},
    )
    units: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        waiting = units.setdefault(row["unit_code"], [])
        if row["answered_on"] is None and row["valid"] is not False:
            waiting.append(row)
    out = []
    for unit, waiting in units.items():
        months = max((_months(row["received_on"], m.day) for row in waiting), default=0)
        late = [row for row in waiting if _months(row["received_on"], m.day) >= 1]
        evidence = tuple(
            Evidence(
                f"留言 {r['message_id']}（{r['received_on']}）{_months(r['received_on'], m.day)} 个月未回应"
            )
            for r in late
        )
        out.append(
            Measured(
                unit, unit, float(months), f"未回应有效留言 {len(waiting)} 条，最久 {months} 个月", evidence
            )
        )
    return out


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def account_age_days(q: Queries, m: Moment) -> list[Measured]:
    """Days since the newest post of each account in use."""
    rows = q.rows(
        """
        SELECT a.account_code, a.account_name, a.unit_code, a.valid_from, a.url, max(p.posted_on) AS latest
        FROM account AS a LEFT JOIN post AS p ON p.account_code = a.account_code AND p.posted_on <= $day
        WHERE a.state = 'active' AND coalesce(a.valid_from, DATE '1900-01-01') <= $day AND coalesce(a.valid_to, DATE '9999-01-01') > $day
        GROUP BY ALL ORDER BY a.account_code
        """,
        {"day": m.day},
    )
    out = []
    for row in rows:
        if row["latest"] is None:
            out.append(unmeasured(row, "no_data"))
            continue
        age = (m.day - row["latest"]).days
        fact = f"“{row['account_name']}”最近发文 {row['latest']}，已 {age} 天未更新"
        out.append(
            Measured(
                row["account_code"], row["unit_code"], float(age), fact, (Evidence(fact, url=row["url"]),)
            )
        )
    return out


METRICS: Mapping[str, Callable[[Queries, Moment], list[Measured]]] = MappingProxyType(
    {
        "applications_overdue": applications_overdue,
        "applications_due_soon": applications_due_soon,
        "message_months": message_months,
        "account_age_days": account_age_days,
    }
)
