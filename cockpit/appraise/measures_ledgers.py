"""Measures of the ledgers of 网民留言 and 政务新媒体."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from cockpit.appraise.by_unit import by_unit, window
from cockpit.appraise.moment import Evidence, Measured, Moment, Queries, unmeasured


def message_months(q: Queries, m: Moment) -> list[Measured]:
    """Whole calendar months that the oldest unanswered valid message of the last year has waited."""
    rows = q.rows(
        """
        SELECT unit_code, message_id, received_on, CASE WHEN answered_on <= $day THEN answered_on END AS answered_on, valid
        FROM message WHERE received_on <= $day AND received_on > $since ORDER BY received_on, message_id
        """,
        window(m),
    )
    out = []
    for unit, own in by_unit(rows).items():
        waiting = [row for row in own if row["answered_on"] is None and row["valid"] is not False]
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
        "message_months": message_months,
        "account_age_days": account_age_days,
    }
)
