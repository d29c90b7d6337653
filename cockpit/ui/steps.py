"""More of 预警处置: one step on many warnings with undo of the lot, a re-check now, and the timeline of one warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import streamlit as st

from cockpit import clock, recheck
from cockpit.appraise import actions
from cockpit.appraise.handling import load_handling, rung
from cockpit.appraise.timeline import timeline
from cockpit.errors import CockpitError
from cockpit.report.columns import STATES
from cockpit.store.queries import warnings
from cockpit.ui import data, html, numbers, who, words
from cockpit.workdays import Calendar

# Step → the act that a role must permit; the same table as for one warning.
ACT_OF = {"assign": "assign", "ignore": "set_aside", "reopen": "set_aside"}
BULK = ("ack", "start", "submit", "assign", "ignore")
DAYS = {"7": "一周", "30": "一个月", "90": "三个月"}


def bulk(found: Sequence[Mapping[str, Any]]) -> None:
    """The same step on several warnings, all or none."""
    offered = {a: actions.STEPS[a].name for a in BULK if who.may(ACT_OF.get(a, "handle"))}
    if len(found) < 2:
        html.show(html.state("", "这里只有一条预警，请在“办理一条”里办。"))
        return
    a, b = st.columns([1, 3])
    with a:
        action = st.selectbox("操作", list(offered), format_func=offered.get, key="bulk_action")
    step = actions.STEPS[action]
    fitting = {
        r["warning_id"]: f"{r['short_name']}｜{words.plain(r['title'])[:40]}"
        for r in found
        if r["state"] in step.sources
    }
    st.session_state["bulk_ids"] = [i for i in st.session_state.get("bulk_ids", []) if i in fitting]
    with b:
        ids = st.multiselect(
            f"预警（可选 {len(fitting)} 条）",
            list(fitting),
            format_func=fitting.get,
            key="bulk_ids",
            placeholder="请选择",
        )
    c, d, e = st.columns(3)
    with c:
        actor = who.sign("操作人（岗位）", "bulk_actor")
    with d:
        reason = st.text_input(
            "理由（必填）" if step.needs_reason else "理由", key="bulk_reason", max_chars=300
        )
    with e:
        owner = st.text_input("转给岗位", key="bulk_owner", max_chars=40) if step.needs_owner else None
        days = (
            st.selectbox("有效期", list(DAYS), format_func=DAYS.get, key="bulk_days")
            if step.needs_until
            else None
        )
    if st.button(f"{step.name} {len(ids)} 条", key="bulk_go", disabled=not ids):
        who.require(ACT_OF.get(action, "handle"))
        now = clock.now()
        chosen = [r for r in found if r["warning_id"] in ids]
        until = data.today() + timedelta(days=int(days)) if days else None
        events = actions.act_all(
            data.data(), chosen, action, actor=actor, now=now, reason=reason, owner=owner, until=until
        )
        data.publish(f"{step.name} {len(ids)} 条")
        st.session_state["bulk_done"] = (
            action,
            dict(zip([r["warning_id"] for r in chosen], events, strict=True)),
        )
        st.rerun()


def undo_bulk() -> None:
    """The newest bulk step of this session can be taken back as a whole, where nobody has gone on since."""
    action, events = st.session_state.get("bulk_done", (None, {}))
    trails = {i: data.ask(warnings.trail, warning_id=i) for i in events}
    mine = {i: t for i, t in trails.items() if t and t[-1]["event_id"] == events[i]}
    if not mine:
        return
    name = actions.STEPS[action].name
    html.show(html.done(f"已{html.e(name)} {len(mine)} 条。", " ".join(events.values())))
    if st.button(f"撤销这 {len(mine)} 条“{name}”", key="bulk_undo"):
        person = who.require(ACT_OF.get(action, "handle"))
        now = clock.now()
        for warning_id, trail in mine.items():
            row = data.ask(warnings.one, warning_id=warning_id)
            actions.undo(
                data.data(), row, trail[-1], actor=person.name or trail[-1]["actor"], now=now, trail=trail
            )
        data.publish("撤销")
        st.session_state.pop("bulk_done")
        st.rerun()


def recheck_now(found: Sequence[Mapping[str, Any]]) -> None:
    """Measure the matter of one warning at once with its collector."""
    able = {
        r["warning_id"]: f"{r['short_name']}｜{words.plain(r['title'])[:40]}"
        for r in found
        if r["aspect"] in recheck.COLLECTOR and r["site_code"]
    }
    refused = (
        (data.data().is_demo, recheck.NOT_IN_DEMO),
        (not able, "这里没有采集器能复测的预警，台账类预警由新导入的台账判断"),
        (not who.may("recheck"), who.why("recheck")),
    )
    if why := next((told for hit, told in refused if hit), None):
        html.show(html.state("", f"{html.e(why)}。"))
        return
    html.show(html.state("", "现在就运行对应的采集器并入库；通过即自动办结。整站巡查可能要几分钟。"))
    chosen = st.selectbox("预警", list(able), format_func=able.get, key="recheck_id")
    actor = who.sign("操作人（岗位）", "recheck_actor")
    if st.button("立即复测", key="recheck_go"):
        who.require("recheck")
        if not actor.strip():
            raise CockpitError("请填写操作人")
        with st.status("正在复测……") as status:
            try:
                outcome = recheck.recheck(data.data(), chosen, actor=actor, now=clock.now())
            except CockpitError:
                status.update(label="没有复测", state="error")
                raise
            status.update(label=recheck.OUTCOMES[outcome.result], state="complete")
        told = f"{recheck.OUTCOMES[outcome.result]}：{html.e(words.plain(outcome.told))}，现在{STATES[outcome.state]}。"
        html.show(html.state("good" if outcome.result == "passed" else "", told))


def history(warning_id: str) -> str:
    """The whole life of one warning: 发现→通知→签收→整改→复查→办结."""
    changes, events, looks = (
        data.ask(question, warning_id=warning_id)
        for question in (warnings.log, warnings.trail, warnings.looks)
    )
    entries = [vars(e) for e in timeline(changes, events, looks, clock.now())]
    columns = [
        html.Column("时间", lambda r: numbers.moment(r["at"]), "nw"),
        html.Column("环节", lambda r: html.e(r["stage"]), "nw"),
        html.Column("谁", lambda r: html.e(r["who"]), "nw"),
        html.Column("做了什么", lambda r: html.e(r["what"])),
        html.Column("说明", lambda r: html.e(words.plain(r["note"]) or "—"), "full"),
    ]
    body = html.title("全过程", f"{len(entries)} 条")
    return body + (html.table(columns, entries) if entries else html.state("", "还没有记录。"))


def ladder(warning: Mapping[str, Any]) -> str:
    """Whom the warning has to be known to by now."""
    if warning["closed_at"] is not None or warning["state"] == "ignored":
        return "—"
    calendar = Calendar.load(data.data().calendar)
    steps = load_handling(data.data().rules).ladder
    reached = rung(steps, clock.local_day(warning["opened_at"]), warning["due_on"], data.today(), calendar)
    return f"{reached}（项目默认）" if reached else "尚未到提醒时点"
