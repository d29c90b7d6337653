"""The parts of 预警处置: counts, deadline strip, list, and the form that moves a warning along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import streamlit as st

from cockpit import clock
from cockpit.appraise import actions
from cockpit.report.columns import STATES
from cockpit.store.queries import warnings
from cockpit.ui import (
    charts,
    common_causes,
    data,
    html,
    numbers,
    paging,
    steps,
    theme,
    tips,
    verdict,
    who,
    words,
)
from cockpit.workdays import Calendar

# Step of a warning → the act that a role must permit; the others need `handle`.
ACT_OF = {"assign": "assign", "false_alarm": "set_aside", "ignore": "set_aside", "reopen": "set_aside"}
LEVEL_NAMES = {k: theme.LEVELS[k][1] for k in ("red", "orange", "yellow", "blue")}
SYMBOLS = {"red": "triangle-up", "orange": "diamond", "yellow": "square", "blue": "circle"}
DAYS_AHEAD = 10
IGNORE_DAYS = {"7": "一周", "30": "一个月", "90": "三个月"}


@dataclass(frozen=True)
class Filters:
    """What the address asks for; None = everything."""

    unit: str | None
    level: str | None
    state: str | None
    late: bool = False
    merged: bool = False
    actor: str = ""
    owner: str | None = None

    def address(self, **changes: Any) -> str:
        """This page with these filters; a change replaces one (None takes it out) or adds a parameter."""
        kept = {
            "unit": self.unit,
            "level": self.level,
            "status": self.state,
            "late": 1 if self.late else None,
            "merge": 1 if self.merged else None,
            "who": self.actor,
            "owner": self.owner,
        }
        return html.link("alerts", **(kept | changes))

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """Arguments of the queries; a change replaces a filter."""
        level, state, late = (
            changes.get(k, v) for k, v in (("level", self.level), ("state", self.state), ("late", self.late))
        )
        return {
            "unit": self.unit,
            "owner": self.owner,
            "levels": (level,) if level else (),
            "states": (state,) if state else (),
            "late": data.today() if late else None,
        }


def rows(filters: Filters) -> list[dict[str, Any]]:
    """Open warnings with the working days left."""
    calendar, today = Calendar.load(data.data().calendar), data.today()
    found = data.ask(warnings.open_warnings, **filters.arguments())
    return [{**row, "left": calendar.between(today, row["due_on"])} for row in found]


def summary(filters: Filters) -> str:
    """Counts by state, each leading to that many rows."""
    cells = []
    for state in ("new", "ack", "doing", "verify"):
        waiting = data.ask(warnings.open_warnings, **filters.arguments(state=state, late=False))
        oldest = min((clock.local_day(r["opened_at"]) for r in waiting), default=None)
        cells.append(
            html.Kpi(
                STATES[state],
                f"{len(waiting)}",
                "条",
                f"最早发现于 {numbers.short_day(oldest)}" if oldest else "",
                filters.address(status=state, late=None, merge=None),
            )
        )
    late = data.ask(warnings.count_open, **filters.arguments(state=None, late=True))
    cells.append(
        html.Kpi(
            "超期",
            f"{late}",
            "条",
            "限期为项目默认",
            filters.address(status=None, late=1, merge=None),
        )
    )
    return html.kpis(cells, tips.of("alerts")) + _switches(filters)


def lead(filters: Filters, found: list[dict[str, Any]]) -> str:
    """The one sentence: how many, how bad, what first, and what one repair would end."""
    return html.lead(_sentence(found) + common_causes.sentence(filters.unit, found))


def _sentence(found: list[dict[str, Any]]) -> str:
    if not found:
        return "没有符合条件的未办结预警。"
    overdue, red = sum(r["left"] < 0 for r in found), sum(r["level"] == "red" for r in found)
    worst = found[0]
    return (
        f"{len(found)} 条未办结，其中 <b>红色 {red} 条</b>、已超期 {overdue} 条。"
        f"先办：<b>{html.e(worst['short_name'])}</b>——{html.e(words.plain(worst['title']))}。"
    )


def _switches(filters: Filters) -> str:
    """Ways to look at the list, as links: the address is the state."""
    parts = [
        ("合并同源", filters.merged, filters.address(merge=None if filters.merged else 1)),
        ("只看超期", filters.late, filters.address(late=None if filters.late else 1)),
    ]
    shown = [
        html.anchor(f"{'✓ ' if on else ''}{name}", href, "ck-chip late" if on else "ck-chip")
        for name, on, href in parts
    ]
    mine = filters.actor if filters.actor in data.ask(warnings.owners) else None
    if mine:
        on = filters.owner == mine
        link = filters.address(owner=None if on else mine)
        shown.append(
            html.anchor("✓ 只看我负责" if on else "只看我负责", link, "ck-chip late" if on else "ck-chip")
        )
    if filters.unit or filters.level or filters.state or filters.late or filters.owner:
        shown.append(html.anchor("清除筛选", html.link("alerts", who=filters.actor), "ck-chip"))
    return f'<p class="ck-quiet">{" ".join(shown)}</p>'


def strip(found: list[dict[str, Any]]) -> None:
    if not found:
        html.show(
            html.state("good", "✓ 没有符合条件的未办结预警。") + html.anchor("清除筛选", html.link("alerts"))
        )
        return
    late = sum(r["left"] < 0 for r in found)
    html.show(html.title("时限", "标记里是条数，位置是剩余工作日，线左侧为已超期；每级一行"))
    told = f"{len(found)} 条未办结预警，其中 {late} 条超期"
    rows = [
        {**r, "told": f"{r['short_name']} {words.plain(r['title'])}（{numbers.due(r['left'])}）"}
        for r in found
    ]
    charts.draw(
        charts.lanes(rows, "level", _looks(), DAYS_AHEAD),
        "deadlines",
        told,
        210,
        *charts.by_days_left(found, "level", LEVEL_NAMES),
    )


def _looks() -> dict[str, charts.Lane]:
    t = theme.colours()["sev"]
    return {
        level: charts.Lane(f"{theme.LEVELS[level][0]} {name}", SYMBOLS[level], t[level][0], t[level][3])
        for level, name in LEVEL_NAMES.items()
    }


def table(filters: Filters, found: list[dict[str, Any]]) -> str:
    """The list: one row a warning, or one a matter when the same source is merged."""
    if not found:
        return html.title("清单", "0 条")
    if filters.merged:
        groups = same_source(found)
        note = f"{len(found)} 条预警按同一单位、同一对象、同一方面并为 {len(groups)} 件；剩余为工作日"
        return html.title("清单", note) + paging.table(_group_columns(filters), groups, css="stack")
    return html.title("清单", f"{len(found)} 条；剩余为工作日") + paging.table(
        _columns(filters), found, css="stack queue"
    )


def same_source(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Warnings of one unit, object and aspect as one matter: the most serious leads, the least time counts."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in found:
        key = (row["unit_code"], row["site_code"], row["account_code"], row["aspect"])
        groups.setdefault(key, []).append(row)
    return [{**rows[0], "members": rows, "left": min(r["left"] for r in rows)} for rows in groups.values()]


def _left(row: dict[str, Any]) -> str:
    if row["left"] == 0:
        return "今天到期"
    return f"{row['left']} 天" if row["left"] > 0 else f"<b>超期 {-row['left']} 天</b>"


def _group_columns(filters: Filters) -> list[html.Column]:
    def members(row: dict[str, Any]) -> str:
        return "<br>".join(
            html.anchor(html.e(words.plain(r["title"])), filters.address(evidence=r["warning_id"]))
            + f"（{STATES[r['state']]}）"
            for r in row["members"]
        )

    return [
        html.Column("级别", lambda r: html.badge(r["level"])),
        html.Column("责任单位", lambda r: html.e(r["short_name"]), "nw"),
        html.Column("对象", lambda r: html.e(r["object_name"] or "单位"), "ck-hide"),
        html.Column("条数", lambda r: str(len(r["members"])), "num key"),
        html.Column("事项", members, "full"),
        html.Column("剩余", _left, "nw key"),
    ]


def _columns(filters: Filters) -> list[html.Column]:
    return [
        html.Column("级别", lambda r: html.badge(r["level"])),
        html.Column(
            "责任单位",
            lambda r: html.anchor(html.e(r["short_name"]), html.link("unit", unit=r["unit_code"])),
            "nw",
        ),
        html.Column("事项", lambda r: html.e(words.plain(r["title"])), "full"),
        html.Column("距红线", lambda r: html.e(r["distance"] or "—"), "ck-hide nw"),
        html.Column("发现", lambda r: numbers.moment(r["opened_at"])[5:], "ck-hide nw"),
        html.Column("剩余", _left, "nw key"),
        html.Column("状态", lambda r: html.e(STATES[r["state"]]), "nw"),
        html.Column("责任岗位", lambda r: html.e(r["owner"] or "—"), "ck-hide nw"),
        html.Column(
            "操作",
            lambda r: (
                html.anchor("看证据", filters.address(evidence=r["warning_id"]))
                + "　"
                + html.anchor("办理", filters.address(handle=r["warning_id"]))
            ),
            "nw ck-noprint",
        ),
    ]


def asked(found: list[dict[str, Any]]) -> bool:
    """Whether the address asks to handle one of these warnings."""
    return st.query_params.get("handle") in {r["warning_id"] for r in found}


def _choose_asked(names: dict[str, str]) -> None:
    """Put the warning of the address into the form, once."""
    wanted = st.query_params.get("handle")
    if wanted in names and st.session_state.get("handle_seen") != wanted:
        st.session_state["handle_seen"] = st.session_state["handle_id"] = wanted
    if st.session_state.get("handle_id") not in names:
        st.session_state.pop("handle_id", None)
    st.session_state.setdefault("handle_actor", st.query_params.get("who", ""))


def _remember_actor() -> None:
    who = st.session_state["handle_actor"].strip()
    if who:
        st.query_params["who"] = who
    else:
        st.query_params.pop("who", None)


def handle(found: list[dict[str, Any]]) -> None:
    """The one place where a warning is moved along: open when a row asks for it, and it stays open afterwards."""
    done = {"handled", "bulk_done"} & set(st.session_state)
    if not found and not done:
        return
    with st.expander("办理：签收、处置、转办、忽略，可批量，可立即复测", expanded=asked(found) or bool(done)):
        undo()
        steps.undo_bulk()
        if not found:
            return
        if not who.may("handle"):
            html.show(html.state("", f"{html.e(who.why('handle'))}。"))
            return
        html.show('<p class="ck-quiet">立即生效，可撤销；红色预警须复测通过后自动办结。</p>')
        one, many, again = st.tabs(["办理一条", "批量办理", "立即复测"])
        with one:
            _form(found)
        with many:
            steps.bulk(found)
        with again:
            steps.recheck_now(found)


def _form(found: list[dict[str, Any]]) -> None:
    """Choose a warning, a step and its reason; done at once, with undo."""
    names = {r["warning_id"]: f"{r['short_name']}｜{words.plain(r['title'])[:40]}" for r in found}
    _choose_asked(names)
    by_id = {r["warning_id"]: r for r in found}
    one, two = st.columns([3, 2])
    with one:
        chosen = st.selectbox("预警", list(names), format_func=names.get, key="handle_id")
    row = by_id.get(chosen) or found[0]
    options = {a: n for a, n in actions.allowed(row["state"]).items() if who.may(ACT_OF.get(a, "handle"))}
    with two:
        action = st.selectbox("操作", list(options), format_func=options.get, key="handle_action")
    step = actions.STEPS[action]
    a, b, c = st.columns(3)
    with a:
        actor = who.sign("操作人（岗位）", "handle_actor", on_change=_remember_actor)
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
        who.require(ACT_OF.get(action, "handle"))
        now = clock.now()
        event = actions.act(
            data.data(),
            row,
            action,
            actor=actor,
            now=now,
            reason=reason,
            owner=owner,
            until=data.today() + timedelta(days=int(days)) if days else None,
        )
        if action == "false_alarm" and row["finding_id"]:  # the finding falls silent too
            verdict.mark_false(row["finding_id"], actor, reason, int(days or 30))
        data.publish(step.name)
        st.session_state["handled"] = (row["warning_id"], event)
        st.query_params.pop("handle", None)
        st.rerun()


def _handled() -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The warning and the newest step of this session, unless somebody else has gone on since."""
    warning_id, event = st.session_state.get("handled", (None, None))
    row = data.ask(warnings.one, warning_id=warning_id) if warning_id else None
    trail = data.ask(warnings.trail, warning_id=warning_id) if row else []
    return (row, trail[-1]) if row and trail and trail[-1]["event_id"] == event else None


def undo() -> None:
    """What was just done, and the way back."""
    taken_back = st.session_state.pop("taken_back", None)
    with st.container():  # always there, so that what stands below keeps its place when the word goes
        if taken_back:
            html.show(html.done(html.e(taken_back), f"back {data.now():%H:%M}"))
    found = _handled()
    if found is None:
        return
    row, last = found
    name = actions.STEPS[last["action"]].name if last["action"] in actions.STEPS else last["action"]
    html.show(
        html.done(
            f"已{html.e(name)}：{html.e(words.plain(row['title']))}，现在{html.e(STATES[row['state']])}"
            + (f"，{numbers.iso(last['until'])} 到期自动重新打开。" if last["until"] else "。"),
            last["event_id"],
        )
    )
    if st.button(f"撤销“{name}”", key="undo"):
        person = who.require(ACT_OF.get(last["action"], "handle"))
        now = clock.now()
        actions.undo(data.data(), row, last, actor=person.name or last["actor"], now=now)
        if last["action"] == "false_alarm" and row["finding_id"]:
            verdict.take_back(row["finding_id"], person.name or last["actor"])
        data.publish("撤销")
        st.session_state["taken_back"] = f"已撤销“{name}”：{words.plain(row['title'])}。"
        st.rerun()
