"""Measures of 依申请公开: every one reads the cases of `applications.case`, so that one clock counts everywhere.

The stored due date is the clock at the last load; a week is judged by the clock at its Sunday, which is another day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from cockpit.appraise.applications import SOON_WORKDAYS, Case, case
from cockpit.appraise.by_unit import by_unit, counted, rates, window
from cockpit.appraise.moment import Evidence, Measured, Moment, Queries
from cockpit.deadline import CORRECTION_NOTICE_DAYS, PARTNER_DAYS, THIRD_PARTY_DAYS

OPENED = ("予以公开", "部分公开")
LATE_DAYS = 7  # a late answer is a lost point of the week it was given in
_STOPS = MappingProxyType({"third_party": "征求意见", "partner": "征求其他机关意见"})
_LIMIT = MappingProxyType({"third_party": THIRD_PARTY_DAYS, "partner": PARTNER_DAYS})


def cases_of(q: Queries, m: Moment) -> dict[str, list[Case]]:
    """Unit → its applications as they stood that day: of the window, and older ones that nobody answered until lately."""
    rows = q.rows(
        "SELECT * FROM application WHERE received_on <= $day"
        " AND (received_on > $since OR answered_on IS NULL OR answered_on > $lately) ORDER BY application_id",
        {**window(m), "lately": m.day - timedelta(days=LATE_DAYS)},
    )
    return {unit: [case(m.calendar, row, m.day) for row in own] for unit, own in by_unit(rows).items()}


def answered_late_lately(c: Case, day: date) -> bool:
    """Whether an application was answered after its due date, within the last seven days."""
    return c.state == "late" and c.row["answered_on"] > day - timedelta(days=LATE_DAYS)


def overdue_words(waiting: int, late: int) -> str:
    """Both kinds of being late, told apart: what is still owed, and what came too late."""
    return f"逾期未答复 {waiting} 件、近 {LATE_DAYS} 天逾期答复 {late} 件"


def applications_overdue(q: Queries, m: Moment) -> list[Measured]:
    """Applications past their due date: unanswered, or answered late within the last seven days."""
    out = []
    for unit, found in cases_of(q, m).items():
        bad = [c for c in found if PICKS["applications_overdue"](c, m)]
        waiting = sum(c.running for c in bad)
        fact = f"依申请公开{overdue_words(waiting, len(bad) - waiting)}"
        out.append(Measured(unit, unit, float(len(bad)), fact, tuple(Evidence(_due(c)) for c in bad)))
    return out


def applications_due_soon(q: Queries, m: Moment) -> list[Measured]:
    """Unanswered applications due within three working days."""
    return _picked(q, m, "applications_due_soon", _due, f"依申请公开 {SOON_WORKDAYS} 个工作日内到期")


def _picked(q: Queries, m: Moment, metric: str, told: Callable[[Case], str], noun: str) -> list[Measured]:
    """Per unit the number of the cases that a metric picks."""
    pick = PICKS[metric]
    return counted(cases_of(q, m), lambda c: told(c) if pick(c, m) else None, noun)


def _due(c: Case) -> str:
    answered = c.row["answered_on"] if c.state == "late" else None
    state = f"{answered} 才答复" if answered else "尚未答复"
    return f"申请 {c.row['application_id']} 期限 {c.clock.due if c.clock else '不明'}，{state}"


def corrections_late(q: Queries, m: Moment) -> list[Measured]:
    """Applications whose applicant was asked for a correction later than seven working days (第三十条)."""

    def told(c: Case) -> str:
        row = c.row
        return (
            f"申请 {row['application_id']} {row['received_on']} 收到，{row['correction_asked_on']} 才告知补正"
        )

    return _picked(q, m, "corrections_late", told, "补正告知逾期")


def _asked_late(c: Case, m: Moment) -> bool:
    asked = c.row["correction_asked_on"]
    return bool(asked and asked > m.calendar.add(c.row["received_on"], CORRECTION_NOTICE_DAYS))


def third_parties_late(q: Queries, m: Moment) -> list[Measured]:
    """Unanswered applications that wait for another's opinion for more than fifteen working days (第三十二、三十四条)."""

    def told(c: Case) -> str:
        waits = [_wait(c, key) for key in _STOPS if _waits_too_long(c, key, m)]
        return f"申请 {c.row['application_id']} {'，'.join(waits)}"

    return _picked(q, m, "third_parties_late", told, "征求意见超期")


def _waits_too_long(c: Case, key: str, m: Moment) -> bool:
    first = c.row[f"{key}_from"]
    return bool(first and not c.row[f"{key}_to"] and m.calendar.add(first, _LIMIT[key]) < m.day)


def _wait(c: Case, key: str) -> str:
    return f"{c.row[f'{key}_from']} 起{_STOPS[key]}，已超过 {_LIMIT[key]} 个工作日"


def answered_in_time(q: Queries, m: Moment) -> list[Measured]:
    """按时办结率: answered in time ÷ (answered or past due), extension and stops of the clock counted."""
    due = {
        unit: [c for c in found if c.clock and c.state in {"answered", "late", "overdue"}]
        for unit, found in cases_of(q, m).items()
    }
    return rates(due, lambda c: not PICKS["answered_in_time"](c, m), m, "依申请公开按时办结")


def opened_share(q: Queries, m: Moment) -> list[Measured]:
    """实质公开率: 予以公开 and 部分公开 ÷ answered."""
    answered = {
        unit: [c for c in found if c.row["answered_on"] and c.row["result"]]
        for unit, found in cases_of(q, m).items()
    }
    return rates(answered, lambda c: not PICKS["opened_share"](c, m), m, "实质公开")


# Metric → whether an application is one of those that its number stands for (of a rate: those that lower it)
PICKS: Mapping[str, Callable[[Case, Moment], bool]] = MappingProxyType(
    {
        "applications_overdue": lambda c, m: c.state == "overdue" or answered_late_lately(c, m.day),
        "applications_due_soon": lambda c, _m: c.state == "soon",
        "corrections_late": _asked_late,
        "third_parties_late": lambda c, m: (
            not c.row["answered_on"] and any(_waits_too_long(c, key, m) for key in _STOPS)
        ),
        "answered_in_time": lambda c, _m: bool(c.clock) and c.state in {"late", "overdue"},
        "opened_share": lambda c, _m: (
            bool(c.row["answered_on"] and c.row["result"]) and c.row["result"] not in OPENED
        ),
    }
)

METRICS: Mapping[str, Callable[[Queries, Moment], list[Measured]]] = MappingProxyType(
    {
        "applications_overdue": applications_overdue,
        "applications_due_soon": applications_due_soon,
        "corrections_late": corrections_late,
        "third_parties_late": third_parties_late,
        "answered_in_time": answered_in_time,
        "opened_share": opened_share,
    }
)
