"""The list side of 异议复核: counts that lead to their rows, the cases, and how fair the deductions were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cockpit.appraise import disputes as arguing
from cockpit.clock import local_day
from cockpit.store.queries import disputes
from cockpit.ui import data, html, numbers, paging, tips
from cockpit.workdays import Calendar

GROUPS = {"waiting": "未办结", "late": "超期", "granted": "采纳", "decided": "已有结论", **arguing.STATES}
GRANTED, DECIDED = {"partial", "cancelled"}, {"upheld", "partial", "cancelled"}


@dataclass(frozen=True)
class Filters:
    """What the address asks for; None = everything."""

    unit: str | None
    week: str | None
    state: str | None

    def address(self, **changes: Any) -> str:
        kept = {"unit": self.unit, "period": self.week, "status": self.state}
        return html.link("review", **(kept | changes))


def rows(filters: Filters) -> list[dict[str, Any]]:
    """All cases of the unit and week, with working days left and whether they are late."""
    calendar, today = Calendar.load(data.data().calendar), data.today()
    found = data.ask(disputes.disputes, week=filters.week, unit=filters.unit)
    return [
        {
            **row,
            "left": calendar.between(today, row["due_on"]) if row["due_on"] else None,
            "late": arguing.late(row, today) and row["state"] != "withdrawn",
            "took": calendar.between(local_day(row["raised_at"]), local_day(row["decided_at"]))
            if row["decided_at"]
            else None,
        }
        for row in found
    ]


def belongs(row: dict[str, Any], state: str | None) -> bool:
    """Whether a case is in a state or a group of states."""
    tests = {
        "waiting": row["state"] in arguing.OPEN,
        "late": row["late"],
        "granted": row["state"] in GRANTED,
        "decided": row["state"] in DECIDED,
    }
    return state is None or tests.get(state, row["state"] == state)


def summary(filters: Filters, found: list[dict[str, Any]]) -> str:
    """One sentence and the counts; each count leads to that many cases."""

    def kpi(name: str, state: str, note: str = "") -> html.Kpi:
        count = sum(belongs(r, state) for r in found)
        return html.Kpi(name, f"{count}", "件", note, filters.address(status=state))

    decided = [r for r in found if r["state"] in DECIDED]
    granted = sum(r["state"] in GRANTED for r in decided)
    took = [r["took"] for r in decided if r["took"] is not None]
    rate = numbers.percent(granted / len(decided)) if decided else numbers.NONE
    mean = f"{sum(took) / len(took):.1f} 个工作日" if took else numbers.NONE
    waiting = [r for r in found if r["state"] in arguing.OPEN]
    soonest = min((r for r in waiting if r["left"] is not None), key=lambda r: r["left"], default=None)
    first = (
        "没有待办的异议。"
        if not waiting
        else f"{len(waiting)} 件异议待办结，{sum(r['late'] for r in waiting)} 件已超期。"
    )
    if soonest:
        first += f"最近到期的是<b>{html.e(soonest['short_name'])}</b>，{left(soonest)}。"
    return html.lead(f"{first}已有结论 {len(decided)} 件，采纳率 {rate}，平均用时 {mean}。") + html.kpis(
        [
            kpi("待受理", "open"),
            kpi("复核中", "reviewing"),
            kpi("超期", "late", "限期为项目默认"),
            kpi("已有结论", "decided", f"平均 {mean}"),
            kpi("采纳", "granted", f"采纳率 {rate}（含部分采纳）"),
        ],
        tips.of("review"),
    )


def left(row: dict[str, Any]) -> str:
    if row["state"] not in arguing.OPEN:
        return numbers.NONE
    return numbers.due(row["left"])


def indicator_name(code: str | None) -> str:
    found = data.rules().indicators.get(code or "")
    return found.name if found else (code or numbers.NONE)


def points(row: dict[str, Any]) -> str:
    if row["is_veto"]:
        return "<b>否决</b>"
    if row["points"] is None:
        return numbers.NONE
    now = row.get("points_now")
    if row.get("state") in arguing.OPEN and now is not None and abs(now - row["points"]) >= 0.005:
        return f"−{now:.2f}<small>（首次封存 −{row['points']:.2f}）</small>"
    return f"−{row['points']:.2f}"


def table(filters: Filters, found: list[dict[str, Any]]) -> str:
    shown = [r for r in found if belongs(r, filters.state)]
    name = GROUPS.get(filters.state or "", "全部")
    head = html.title("案件", f"{name} {len(shown)} 件")
    if not shown:
        return head + html.state(
            "good", "✓ 没有符合条件的异议。" + html.anchor("清除筛选", html.link("review"))
        )
    columns = [
        html.Column("案号", lambda r: html.e(r["dispute_id"]), "nw"),
        html.Column("责任单位", lambda r: html.e(r["short_name"]), "nw"),
        html.Column("扣分项", lambda r: html.e(indicator_name(r["indicator_id"]))),
        html.Column("事实", lambda r: html.e(r["fact"] or numbers.NONE), "ck-hide"),
        html.Column("扣分", points, "num key"),
        html.Column("提出", lambda r: numbers.moment(r["raised_at"])[:10], "ck-hide nw"),
        html.Column("时限", lambda r: f"<b>{left(r)}</b>" if r["late"] else left(r), "nw"),
        html.Column("状态", lambda r: html.e(arguing.STATES[r["state"]]), "nw"),
        html.Column("", lambda r: html.anchor("打开", filters.address(case=r["dispute_id"])), "nw"),
    ]
    return head + paging.table(columns, shown, css="stack")


def statistics(filters: Filters) -> str:
    """Per indicator: how many were disputed and how many of these granted."""
    found = data.ask(disputes.statistics, week=filters.week)
    head = html.title(
        "按指标统计", "不含已撤回；退回分数：最新一期比首次封存，这些单位在该指标上合计少扣的分"
    )
    if not found:
        return head + html.state("", "还没有异议。")
    columns = [
        html.Column("指标", lambda r: html.e(indicator_name(r["indicator_id"]))),
        html.Column("异议", lambda r: str(r["raised"]), "num"),
        html.Column("待办", lambda r: str(r["waiting"]), "num"),
        html.Column("维持", lambda r: str(r["upheld"]), "num"),
        html.Column("部分采纳", lambda r: str(r["partial"]), "num"),
        html.Column("撤销", lambda r: str(r["cancelled"]), "num"),
        html.Column("退回分数", lambda r: f"{r['returned'] or 0:.2f}", "num"),
    ]
    return head + html.table(columns, found)
