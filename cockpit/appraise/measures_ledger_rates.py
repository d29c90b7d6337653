"""Further measures of the ledgers: 答复率, 找错 and 办事指南."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from cockpit.appraise.by_unit import by_unit, counted, rates, window
from cockpit.appraise.moment import Evidence, Measured, Moment, Queries

REPORT_WORKDAYS = 3
REPORTS = "我为政府网站找错"
POOR = 4  # 办事指南缺失 4 类及以上要素


def _messages(q: Queries, m: Moment) -> dict[str, list[dict[str, Any]]]:
    return by_unit(
        q.rows(
            """
            SELECT unit_code, message_id, channel_in, received_on,
                   CASE WHEN answered_on <= $day THEN answered_on END AS answered_on
            FROM message WHERE received_on <= $day AND received_on > $since AND valid IS DISTINCT FROM false ORDER BY message_id
            """,
            window(m),
        )
    )


def messages_answered(q: Queries, m: Moment) -> list[Measured]:
    """答复率: answered ÷ valid messages."""
    return rates(_messages(q, m), lambda r: r["answered_on"] is not None, m, "留言答复")


def _reports(q: Queries, m: Moment) -> dict[str, list[dict[str, Any]]]:
    return {u: [r for r in rows if r["channel_in"] == REPORTS] for u, rows in _messages(q, m).items()}


def reports_open(q: Queries, m: Moment) -> list[Measured]:
    """找错 messages past three working days without an answer."""

    def told(r: dict[str, Any]) -> str | None:
        late = r["answered_on"] is None and m.calendar.add(r["received_on"], REPORT_WORKDAYS) < m.day
        return f"找错 {r['message_id']}（{r['received_on']}）未办结" if late else None

    return counted(_reports(q, m), told, f"找错留言超过 {REPORT_WORKDAYS} 个工作日未答复")


def reports_month(q: Queries, m: Moment) -> list[Measured]:
    """找错 messages that took more than a month, answered or not."""

    def told(r: dict[str, Any]) -> str | None:
        if _month_later(r["received_on"]) >= (r["answered_on"] or m.day):
            return None
        ended = f"{r['answered_on']} 才办结" if r["answered_on"] else "至今未办结"
        return f"找错 {r['message_id']}（{r['received_on']}）{ended}"

    return counted(_reports(q, m), told, "找错留言超过 1 个月办结")


def _month_later(day: date) -> date:
    first = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    last = date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
    return min(last, first + timedelta(days=day.day - 1))


def _guides(q: Queries, m: Moment) -> dict[str, list[dict[str, Any]]]:
    return by_unit(
        q.rows(
            "SELECT * FROM service_guide WHERE checked_on <= $day AND checked_on > $since ORDER BY item_id",
            window(m),
        )
    )


def _told(r: Mapping[str, Any]) -> str:
    return f"{r['item_name']}缺 {r['missing_count']} 类要素（{r['missing'] or '未写明'}）"


def poor_guides(q: Queries, m: Moment) -> list[Measured]:
    """办事指南 that lack four or more of the eight elements."""
    return _faulty(q, m, _is_poor, _told, f"检查 {{n}} 个事项，缺 {POOR} 类及以上要素的")


def all_guides_poor(q: Queries, m: Moment) -> list[Measured]:
    """1 where a unit has fewer than five matters and every one lacks four or more elements."""
    out = []
    for unit, rows in _guides(q, m).items():
        poor = [r for r in rows if _is_poor(r)]
        hit = len(rows) < 5 and len(poor) == len(rows)
        fact = f"事项 {len(rows)} 个，缺 {POOR} 类及以上要素的 {len(poor)} 个"
        evidence = tuple(Evidence(_told(r), url=r["url"]) for r in poor) if hit else ()
        out.append(Measured(unit, unit, float(hit), fact, evidence))
    return out


def incomplete_guides(q: Queries, m: Moment) -> list[Measured]:
    """办事指南 that lack any element; those with four or more are poor_guides' by the table of exclusions."""
    return _faulty(q, m, lambda r: bool(r["missing_count"]), _told, "检查 {n} 个事项，要素不全的")


def missing_forms(q: Queries, m: Moment) -> list[Measured]:
    """Matters that need a form and offer none."""
    return _faulty(
        q,
        m,
        lambda r: not r["has_form"],
        lambda r: f"{r['item_name']}没有提供表格样表",
        "需要表格的事项 {n} 个，没有提供的",
        among=lambda r: bool(r["needs_form"]),
    )


def _is_poor(r: Mapping[str, Any]) -> bool:
    return r["missing_count"] >= POOR


def _faulty(
    q: Queries,
    m: Moment,
    bad: Callable[[Mapping[str, Any]], bool],
    told: Callable[[Mapping[str, Any]], str],
    head: str,
    among: Callable[[Mapping[str, Any]], bool] = lambda _r: True,
) -> list[Measured]:
    """Per unit the matters with a fault; `head` says what was looked at, {n} how many."""
    out = []
    for unit, rows in _guides(q, m).items():
        looked = [r for r in rows if among(r)]
        evidence = tuple(Evidence(told(r), url=r["url"]) for r in looked if bad(r))
        fact = f"{head.format(n=len(looked))} {len(evidence)} 个"
        out.append(Measured(unit, unit, float(len(evidence)), fact, evidence))
    return out


METRICS: Mapping[str, Callable[[Queries, Moment], list[Measured]]] = MappingProxyType(
    {
        "messages_answered": messages_answered,
        "reports_open": reports_open,
        "reports_month": reports_month,
        "poor_guides": poor_guides,
        "all_guides_poor": all_guides_poor,
        "incomplete_guides": incomplete_guides,
        "missing_forms": missing_forms,
    }
)
