"""The parts of 预警处置: counts, deadline strip, list, and the form that moves a warning along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import streamlit as st

from cockpit import clock, pipeline
from cockpit.appraise import actions
from cockpit.report.columns import STATES
from cockpit.store.queries import warnings
from cockpit.ui import charts, data, html, numbers
from cockpit.workdays import Calendar

IGNORE_DAYS = {"7": "一周", "30": "一个月", "90": "三个月"}


@dataclass(frozen=True)
class Filters:
    """What the address asks for; None = everything."""

    unit: str | None
    level: str | None
    state: str | None
    late: bool = False

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """Arguments of the queries; a change replaces a filter."""
        level, state, late = (
            changes.get(k, v) for k, v in (("level", self.level), ("state", self.state), ("late", self.late))
        )
        return {
            "unit": self.unit,
            "levels": (level,) if level else (),
            "states": (state,) if state else (),
            "late": data.today() if late else None,
        }


def rows(filters: Filters) -> list[dict[str, Any]]:
    """Open warnings with the working days left."""
    calendar, today = Calendar.load(data.data().calendar), data.today()
    found = data.ask(warnings.open_warnings, **filters.arguments())
    return [{**row, "left": calendar.between(today, row["due_on"])} for row in found]


def summary(filters: Filters, found: list[dict[str, Any]]) -> str:
    """Counts by state, each leading to that many rows."""
    cells = []
    for state in ("new", "ack", "doing", "verify"):
        count = data.ask(warnings.count_open, **filters.arguments(state=state, late=False))
        cells.append(
            html.Kpi(
                STATES[state],
                f"{count}",
                "条",
                "",
                html.link("alerts", unit=filters.unit, level=filters.level, status=state),
            )
        )
    late = data.ask(warnings.count_open, **filters.arguments(state=None, late=True))
    cells.append(
        html.Kpi(
            "超期",
            f"{late}",
            "条",
            "限期为项目默认",
            html.link("alerts", unit=filters.unit, level=filters.level, late=1),
        )
    )
    worst = found[0] if found else None
    text = (
        f"当前筛选 {len(found)} 条未办结"
        + (f"，最急：{html.e(worst['short_name'])}——{html.e(worst['title'])}" if worst else "")
        + "。"
    )
    return html.lead(text) + html.kpis(cells)


def strip(found: list[dict[str, Any]]) -> None:
    if not found:
        html.show(
            html.state("good", "✓ 没有符合条件的未办结预警。") + html.anchor("清除筛选", html.link("alerts"))
        )
        return
    late = sum(r["left"] < 0 for r in found)
    html.show(html.title("时限", "每点一条预警，左侧为已超期；形状表示级别"))
    charts.draw(charts.deadlines(found), "deadlines", f"{len(found)} 条未办结预警，其中 {late} 条超期", 190)


def table(found: list[dict[str, Any]]) -> str:
    columns = [
        html.Column("级别", lambda r: html.badge(r["level"])),
        html.Column(
            "责任单位",
            lambda r: html.anchor(html.e(r["short_name"]), html.link("unit", unit=r["unit_code"])),
            "nw",
        ),
        html.Column("事项", lambda r: html.e(r["title"])),
        html.Column("距红线", lambda r: html.e(r["distance"] or "—"), "ck-hide"),
        html.Column("发现", lambda r: numbers.moment(r["opened_at"])[5:], "ck-hide nw"),
        html.Column(
            "剩余", lambda r: f"{r['left']} 天" if r["left"] >= 0 else f"<b>超期 {-r['left']} 天</b>", "nw"
        ),
        html.Column("状态", lambda r: html.e(STATES[r["state"]]), "nw"),
        html.Column("责任岗位", lambda r: html.e(r["owner"] or "—"), "ck-hide"),
        html.Column(
            "证据", lambda r: html.anchor("看证据", html.link("alerts", evidence=r["warning_id"])), "nw"
        ),
    ]
    return html.title("清单", f"{len(found)} 条；剩余为工作日") + (
        html.table(columns, found) if found else ""
    )


def handle(found: list[dict[str, Any]]) -> None:
    """Choose a warning, a step and its reason; done at once, with undo."""
    html.show(html.title("处理一条预警", "立即生效，可撤销；红色预警须复测通过后自动办结"))
    names = {r["warning_id"]: f"{r['short_name']}｜{r['title'][:40]}" for r in found}
    by_id = {r["warning_id"]: r for r in found}
    one, two = st.columns([3, 2])
    with one:
        chosen = st.selectbox("预警", list(names), format_func=names.get, key="handle_id")
    row = by_id.get(chosen) or found[0]
    options = actions.allowed(row["state"])
    with two:
        action = st.selectbox("操作", list(options), format_func=options.get, key="handle_action")
    step = actions.STEPS[action]
    a, b, c = st.columns(3)
    with a:
        actor = st.text_input("操作人（岗位）", key="handle_actor", max_chars=40)
    with b:
        reason = st.text_input(
            "理由（必填）" if step.needs_reason else "理由", key="handle_reason", max_chars=300
        )
    with c:
        owner = st.text_input("转给岗位", key="handle_owner", max_chars=40) if step.needs_owner else None
        days = (
            st.selectbox("有效期", list(IGNORE_DAYS), format_func=IGNORE_DAYS.get, key="handle_until")
            if step.needs_until
            else None
        )
    if st.button(step.name, type="primary", key="handle_go"):
        now = clock.now()
        actions.act(
            data.data(),
            row,
            action,
            actor=actor,
            now=now,
            reason=reason,
            owner=owner,
            until=data.today() + timedelta(days=int(days)) if days else None,
        )
        pipeline.load_all(data.data(), now)
        st.session_state["handled"] = row["warning_id"]
        st.rerun()
    _undo()


def _undo() -> None:
    """The newest step of this session can be taken back."""
    warning_id = st.session_state.get("handled")
    row = data.ask(warnings.one, warning_id=warning_id) if warning_id else None
    trail = data.ask(warnings.trail, warning_id=warning_id) if row else []
    if not row or not trail or trail[-1]["action"] == "undo":
        return
    last = trail[-1]
    name = actions.STEPS[last["action"]].name if last["action"] in actions.STEPS else last["action"]
    html.show(
        html.state(
            "good", f"✓ 已{html.e(name)}：{html.e(row['title'])}，现在{html.e(STATES[row['state']])}。"
        )
    )
    if st.button(f"撤销“{name}”", key="undo"):
        now = clock.now()
        actions.undo(data.data(), row, last, actor=last["actor"], now=now)
        pipeline.load_all(data.data(), now)
        st.rerun()
