"""Further measures of the ledgers: limits inside a procedure, rates with enough cases, 找错 and 办事指南."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from cockpit.appraise.moment import Evidence, Measured, Moment, Queries, too_few

CORRECTION_WORKDAYS, THIRD_PARTY_WORKDAYS, REPORT_WORKDAYS = 7, 15, 3
REPORTS = "我为政府网站找错"
OPENED = ("予以公开", "部分公开")
POOR = 4  # 办事指南缺失 4 类及以上要素


def _applications(q: Queries, m: Moment) -> dict[str, list[dict[str, Any]]]:
    """Unit → its applications of the window as they stood that day."""
    return _by_unit(
        q.rows(
            """
            SELECT unit_code, application_id, received_on, correction_asked_on, third_party_from, due_on, result,
                   CASE WHEN third_party_to <= $day THEN third_party_to END AS third_party_to,
                   CASE WHEN answered_on <= $day THEN answered_on END AS answered_on
            FROM application WHERE received_on <= $day AND received_on > $since ORDER BY application_id
            """,
            _window(m),
        )
    )


def _messages(q: Queries, m: Moment) -> dict[str, list[dict[str, Any]]]:
    return _by_unit(
        q.rows(
            """
            SELECT unit_code, message_id, channel_in, received_on,
                   CASE WHEN answered_on <= $day THEN answered_on END AS answered_on
            FROM message WHERE received_on <= $day AND received_on > $since AND valid IS DISTINCT FROM false ORDER BY message_id
            """,
            _window(m),
        )
    )


def _window(m: Moment) -> dict[str, date]:
    return {"day": m.day, "since": m.day - timedelta(days=m.window_days)}


def _by_unit(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    units: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        units.setdefault(row["unit_code"], []).append(row)
    return units


def _counted(unit: str, facts: list[str], noun: str) -> Measured:
    evidence = tuple(Evidence(fact) for fact in facts)
    return Measured(unit, unit, float(len(facts)), f"{noun} {len(facts)} 件", evidence)


def corrections_late(q: Queries, m: Moment) -> list[Measured]:
    """Applications whose applicant was asked for a correction later than seven working days."""
    out = []
    for unit, rows in _applications(q, m).items():
        facts = [
            f"申请 {r['application_id']} {r['received_on']} 收到，{r['correction_asked_on']} 才告知补正"
            for r in rows
            if r["correction_asked_on"]
            and r["correction_asked_on"] <= m.day
            and r["correction_asked_on"] > m.calendar.add(r["received_on"], CORRECTION_WORKDAYS)
        ]
        out.append(_counted(unit, facts, "补正告知逾期"))
    return out


def third_parties_late(q: Queries, m: Moment) -> list[Measured]:
    """Unanswered applications that wait for another's opinion for more than fifteen working days."""
    out = []
    for unit, rows in _applications(q, m).items():
        facts = [
            f"申请 {r['application_id']} {r['third_party_from']} 起征求意见，已超过 {THIRD_PARTY_WORKDAYS} 个工作日"
            for r in rows
            if r["third_party_from"]
            and not r["third_party_to"]
            and not r["answered_on"]
            and m.calendar.add(r["third_party_from"], THIRD_PARTY_WORKDAYS) < m.day
        ]
        out.append(_counted(unit, facts, "征求意见超期"))
    return out


def _rate(
    unit: str, rows: list[dict[str, Any]], good: Callable[[dict[str, Any]], bool], m: Moment, noun: str
) -> Measured:
    """Share of the rows that are good; too few rows are shown and not judged."""
    if len(rows) < max(1, m.least_samples):
        return too_few({"unit_code": unit}, len(rows), m.least_samples)
    ok = sum(good(r) for r in rows)
    fact = f"{noun} {ok}/{len(rows)}，{ok / len(rows) * 100:.1f}%"
    return Measured(unit, unit, ok / len(rows), fact, (Evidence(fact),))


def answered_in_time(q: Queries, m: Moment) -> list[Measured]:
    """按时办结率: answered by the due date ÷ (answered or past due)."""
    out = []
    for unit, rows in _applications(q, m).items():
        due = [r for r in rows if r["due_on"] and (r["answered_on"] or r["due_on"] < m.day)]
        on_time = lambda r: r["answered_on"] is not None and r["answered_on"] <= r["due_on"]  # noqa: E731
        out.append(_rate(unit, due, on_time, m, "依申请公开按时办结"))
    return out


def opened_share(q: Queries, m: Moment) -> list[Measured]:
    """实质公开率: 予以公开 and 部分公开 ÷ answered."""
    return [
        _rate(
            unit,
            [r for r in rows if r["answered_on"] and r["result"]],
            lambda r: r["result"] in OPENED,
            m,
            "实质公开",
        )
        for unit, rows in _applications(q, m).items()
    ]


def messages_answered(q: Queries, m: Moment) -> list[Measured]:
    """答复率: answered ÷ valid messages."""
    return [
        _rate(unit, rows, lambda r: r["answered_on"] is not None, m, "留言答复")
        for unit, rows in _messages(q, m).items()
    ]


def _reports(q: Queries, m: Moment) -> dict[str, list[dict[str, Any]]]:
    return {u: [r for r in rows if r["channel_in"] == REPORTS] for u, rows in _messages(q, m).items()}


def reports_open(q: Queries, m: Moment) -> list[Measured]:
    """找错 messages past three working days without an answer."""
    out = []
    for unit, rows in _reports(q, m).items():
        facts = [
            f"找错 {r['message_id']}（{r['received_on']}）未办结"
            for r in rows
            if r["answered_on"] is None and m.calendar.add(r["received_on"], REPORT_WORKDAYS) < m.day
        ]
        out.append(_counted(unit, facts, "找错留言超过 3 个工作日未答复"))
    return out


def reports_month(q: Queries, m: Moment) -> list[Measured]:
    """找错 messages that took more than a month, answered or not."""
    out = []
    for unit, rows in _reports(q, m).items():
        facts = [
            f"找错 {r['message_id']}（{r['received_on']}）"
            + (f"{r['answered_on']} 才办结" if r["answered_on"] else "至今未办结")
            for r in rows
            if _month_later(r["received_on"]) < (r["answered_on"] or m.day)
        ]
        out.append(_counted(unit, facts, "找错留言超过 1 个月办结"))
    return out


def _month_later(day: date) -> date:
    first = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    last = date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
    return min(last, first + timedelta(days=day.day - 1))


def _guides(q: Queries, m: Moment) -> dict[str, list[dict[str, Any]]]:
    return _by_unit(
        q.rows(
            "SELECT * FROM service_guide WHERE checked_on <= $day AND checked_on > $since ORDER BY item_id",
            _window(m),
        )
    )


def _told(r: Mapping[str, Any]) -> str:
    return f"{r['item_name']}缺 {r['missing_count']} 类要素（{r['missing'] or '未写明'}）"


def poor_guides(q: Queries, m: Moment) -> list[Measured]:
    """办事指南 that lack four or more of the eight elements."""
    out = []
    for unit, rows in _guides(q, m).items():
        evidence = tuple(Evidence(_told(r), url=r["url"]) for r in rows if r["missing_count"] >= POOR)
        fact = f"检查 {len(rows)} 个事项，缺 {POOR} 类及以上要素的 {len(evidence)} 个"
        out.append(Measured(unit, unit, float(len(evidence)), fact, evidence))
    return out


def all_guides_poor(q: Queries, m: Moment) -> list[Measured]:
    """1 where a unit has fewer than five matters and every one lacks four or more elements."""
    out = []
    for unit, rows in _guides(q, m).items():
        poor = [r for r in rows if r["missing_count"] >= POOR]
        hit = len(rows) < 5 and len(poor) == len(rows)
        fact = f"事项 {len(rows)} 个，缺 {POOR} 类及以上要素的 {len(poor)} 个"
        evidence = tuple(Evidence(_told(r), url=r["url"]) for r in poor) if hit else ()
        out.append(Measured(unit, unit, float(hit), fact, evidence))
    return out


def incomplete_guides(q: Queries, m: Moment) -> list[Measured]:
    """办事指南 that lack any element; those with four or more are poor_guides' by the table of exclusions."""
    out = []
    for unit, rows in _guides(q, m).items():
        evidence = tuple(Evidence(_told(r), url=r["url"]) for r in rows if r["missing_count"])
        fact = f"检查 {len(rows)} 个事项，要素不全的 {len(evidence)} 个"
        out.append(Measured(unit, unit, float(len(evidence)), fact, evidence))
    return out


def missing_forms(q: Queries, m: Moment) -> list[Measured]:
    """Matters that need a form and offer none."""
    out = []
    for unit, rows in _guides(q, m).items():
        needed = [r for r in rows if r["needs_form"]]
        evidence = tuple(
            Evidence(f"{r['item_name']}没有提供表格样表", url=r["url"]) for r in needed if not r["has_form"]
        )
        fact = f"需要表格的事项 {len(needed)} 个，没有提供的 {len(evidence)} 个"
        out.append(Measured(unit, unit, float(len(evidence)), fact, evidence))
    return out


METRICS: Mapping[str, Callable[[Queries, Moment], list[Measured]]] = MappingProxyType(
    {
        "corrections_late": corrections_late,
        "third_parties_late": third_parties_late,
        "answered_in_time": answered_in_time,
        "opened_share": opened_share,
        "messages_answered": messages_answered,
        "reports_open": reports_open,
        "reports_month": reports_month,
        "poor_guides": poor_guides,
        "all_guides_poor": all_guides_poor,
        "incomplete_guides": incomplete_guides,
        "missing_forms": missing_forms,
    }
)
