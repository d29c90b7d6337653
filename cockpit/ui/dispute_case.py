"""One case of 异议复核: the frozen fact, the unit's statement and today's measurement side by side, and the next step."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cockpit import clock, closing, plain
from cockpit.appraise import disputes as arguing
from cockpit.appraise.handling import load_handling
from cockpit.appraise.indicators import NATURES
from cockpit.appraise.judge import measure_one
from cockpit.appraise.moment import Measured
from cockpit.errors import CockpitError
from cockpit.store.queries import disputes, scores
from cockpit.store.queries import issues as stored
from cockpit.ui import data, dispute_cases, door, html, numbers, sums, who
from cockpit.workdays import Calendar

DECISIONS = {"upheld": "维持", "partial": "部分采纳", "cancelled": "撤销"}
SHARES = {0.75: "保留四分之三", 0.5: "保留一半", 0.25: "保留四分之一"}
ACTIONS = {"raise": "提出", "accept": "受理", "decide": "作出结论", "withdraw": "撤回"}


def show(case_id: str) -> None:
    """Everything about one case."""
    row = data.ask(disputes.dispute, dispute_id=case_id)
    fact = None
    if row:  # before the conclusion, a correction meanwhile may have changed the points
        undecided = row["state"] in arguing.OPEN
        fact = data.ask(disputes.fact, deduction_id=row["deduction_id"], newest=undecided)
    if row is None or fact is None:
        html.show(html.state("none", f"没有异议 {html.e(case_id)}，或它不属于本单位。"))
        return
    html.show(
        html.title(
            f"案件 {case_id}", f"{row['unit_name']} · {dispute_cases.indicator_name(row['indicator_id'])}"
        )
    )
    told = st.session_state.pop("case_done", None)
    if told:
        html.show(html.done(told, case_id + told))
    one, two, three = st.columns(3, gap="medium")
    with one:
        html.show(
            html.title("扣分事实", f"封存于 {numbers.moment(fact['closed_at'])}"), html.facts(_frozen(fact))
        )
    with two:
        html.show(html.title("单位说明与佐证", numbers.moment(row["raised_at"])), html.facts(_statement(row)))
        _attachment(row)
    with three:
        html.show(html.title("当前复测", numbers.moment(data.now())), html.facts(_now(fact)))
        html.show('<p class="ck-quiet">统计时点以后的整改不改变本期扣分，只供参考。</p>')
    html.show(html.facts(_rule(fact)))
    _next_step(row)
    html.show(_trail(case_id))


def _frozen(f: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("扣分编号", html.anchor(html.e(f["deduction_id"]), html.link("review", evidence=f["deduction_id"]))),
        ("对象", html.e(f["object_name"] or "单位")),
        ("事实", html.e(f["fact"])),
        ("证据页面", html.outside(f["evidence_url"])),
        ("HTTP 状态", html.e(f["http_status"] or "—")),
        ("首次发现", numbers.moment(f["first_seen"])),
        ("快照摘要", f'<span class="ck-hash">{html.e(f["content_sha256"] or "—")}</span>'),
        ("封存摘要", f'<span class="ck-hash">{html.e((f["facts_sha256"] or "未封存")[:16])}</span>'),
    ]


def _statement(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("提出人", html.e(row["actor"] or "—")),
        ("理由", html.e(row["reason"])),
        ("附件", html.e(row["attachment"] or "没有附件")),
        ("受理", f"{numbers.moment(row['accepted_at'])} {html.e(row['accepter'] or '')}"),
        ("复核限期", f"{numbers.iso(row['due_on'])}（项目默认）"),
    ]


def _attachment(row: dict[str, Any]) -> None:
    if not row["attachment_sha256"]:
        return
    try:
        content = arguing.attachment(data.data(), row["attachment_sha256"])
    except CockpitError as error:
        html.show(html.state("error", html.e(error)))
        return
    door.download(
        f"下载附件：{html.label(row['attachment'])}",
        content,
        row["attachment"],
        "application/octet-stream",
        key="attached",
        about=f"异议附件 {row['dispute_id']}",
    )


def _now(f: dict[str, Any]) -> list[tuple[str, str]]:
    """The finding as it stands, and the indicator measured again for the object."""
    found = _measured(f)
    value = "未采集" if found is None or found.value is None else html.e(found.fact or f"{found.value:g}")
    pairs = [("指标现值", value)]
    if f["finding_id"]:
        gone = f["gone_at"]
        state = f"已于 {numbers.moment(gone)} 消失" if gone else "仍然存在"
        pairs += [("这一条", f"<b>{state}</b>"), ("最近见到", numbers.moment(f["last_seen"]))]
    return pairs


def _measured(f: dict[str, Any]) -> Measured | None:
    indicator = data.rules().indicators.get(f["indicator_id"])
    if indicator is None:
        return None
    code = f["site_code"] or f["account_code"] or f["unit_code"]
    with data.reading() as reader:
        return measure_one(reader, indicator, code, data.now(), Calendar.load(data.data().calendar))


def _rule(f: dict[str, Any]) -> list[tuple[str, str]]:
    nature = html.e(NATURES.get(f["nature"], f["nature"] or "—"))
    return [
        ("条款", html.e(f["clause"])),
        ("计算", f'{html.e(sums.told(f))} <span class="ck-tag">{nature}</span>'),
    ]


def _trail(case_id: str) -> str:
    found = data.ask(disputes.events, dispute_id=case_id)
    columns = [
        html.Column("时间", lambda r: numbers.moment(r["event_at"]), "nw"),
        html.Column("谁", lambda r: html.e(r["actor"]), "nw"),
        html.Column("做了什么", lambda r: html.e(ACTIONS.get(r["action"], r["action"])), "nw"),
        html.Column("到", lambda r: html.e(arguing.STATES.get(r["to_state"], r["to_state"])), "nw"),
        html.Column("说明", lambda r: html.e(r["reason"] or "—"), "full"),
    ]
    return html.title("办理留痕", f"{len(found)} 条") + html.table(columns, found, css="stack")


def _next_step(row: dict[str, Any]) -> None:
    if row["state"] not in arguing.OPEN:
        html.show(_concluded(row))
        return
    if row["state"] == "open":
        _accept(row)
    else:
        _decide(row)
    if who.may("dispute_raise"):
        with st.expander("撤回这件异议"):
            actor = who.sign("操作人", "withdraw_actor")
            if st.button("撤回", key="withdraw_go"):
                who.require("dispute_raise")
                arguing.withdraw(data.data(), row, actor=actor, now=clock.now())
                _done(f"已撤回 {html.e(row['dispute_id'])}。")


def _concluded(row: dict[str, Any]) -> str:
    parts = [f"<b>{html.e(arguing.STATES[row['state']])}</b>"]
    if row["reviewer"]:
        parts.append(
            f"{html.e(row['reviewer'])} 于 {numbers.moment(row['decided_at'])}：{html.e(row['decision'])}"
        )
    if row["revision"]:
        target = html.link("scorecard", period=row["week"])
        parts.append(html.anchor(f"已进入更正{row['revision']}", target))
    still = (
        html.state(
            "",
            "结论只改这一周的扣分。同一件事今天仍在的，预警照常办理，以后各周照常计；属误判的请标记误报，属台账漏登的请补录台账。",
        )
        if row["state"] in {"cancelled", "partial"}
        else ""
    )
    return html.title("结论") + html.state("", "　".join(parts)) + still + _by_hand(row)


def _by_hand(row: dict[str, Any]) -> str:
    """Four eyes rest on names; where they were typed and not signed in, that is said."""
    names = [row[k] for k in ("actor", "accepter", "reviewer") if row[k] and plain.TYPED in row[k]]
    if not names:
        return ""
    told = "、".join(html.e(name) for name in dict.fromkeys(names))
    return html.state("", f"■ {told}：姓名由本人填写，没有经过登录核实；是否为不同的人，请核对。")


def _accept(row: dict[str, Any]) -> None:
    html.show(html.title("受理", "受理后由另一人复核"))
    if not who.may("dispute_accept"):
        html.show(html.state("", f"{html.e(who.why('dispute_accept'))}。"))
        return
    actor = who.sign("受理人", "accept_actor")
    if st.button("受理", type="primary", key="accept_go"):
        who.require("dispute_accept")
        try:
            arguing.accept(data.data(), row, actor=actor, now=clock.now())
        except CockpitError as error:
            html.show(html.state("error", html.e(error)))
            return
        _done(f"已受理 {html.e(row['dispute_id'])}。")


def _decide(row: dict[str, Any]) -> None:
    html.show(
        html.title("作出结论", "复核人不能是封存人、提出人或受理人；采纳后自动出更正，原来的一期仍可查看")
    )
    if not who.may("dispute_decide"):
        html.show(html.state("", f"{html.e(who.why('dispute_decide'))}。"))
        return
    options = [k for k in DECISIONS if not (k == "partial" and row["is_veto"])]
    a, b, c = st.columns([2, 2, 3])
    with a:
        state = st.selectbox("结论", options, format_func=DECISIONS.get, key="decide_state")
    with b:
        kept = (
            st.selectbox("保留扣分", list(SHARES), index=1, format_func=SHARES.get, key="decide_kept")
            if state == "partial"
            else None
        )
    with c:
        actor = who.sign("复核人", "decide_actor")
    reason = st.text_area("结论说明（必填，单位看得到）", key="decide_reason", max_chars=1000)
    if st.button("作出结论" if state == "upheld" else "作出结论并出更正", type="primary", key="decide_go"):
        who.require("dispute_decide")
        with data.awaited("记下结论" if state == "upheld" else "记下结论、重算这一周并出更正"):
            done = closing.decide(
                data.data(),
                row["dispute_id"],
                state=state,
                reviewer=actor,
                decision=reason,
                now=clock.now(),
                kept=kept,
            )
        more = (
            ""
            if done is None
            else f"{html.e(done.week)} 已出更正{done.revision}，哪些分变了见"
            + html.anchor("单位档案", html.link("unit", unit=row["unit_code"], period=done.week))
            + "。"
        )
        _done(f"结论：{DECISIONS[state]}。{more}", load=False)


def _done(text: str, *, load: bool = True) -> None:
    if load:
        data.publish("保存")
    st.session_state["case_done"] = text
    st.rerun()


def _until(week: str) -> str:
    """The last day on which a lost point of a week may be disputed."""
    with data.reading() as reader:
        closed = stored.issues(reader, week)
    if not closed:
        return "这一周还没有封存，封存后才起算期限"
    within = load_handling(data.data().rules).raise_within
    last = Calendar.load(data.data().calendar).add(clock.local_day(closed[-1]["closed_at"]), within)
    passed = "，已过期" if data.today() > last else ""
    return f"封存后 {within} 个工作日内提出，最迟 {numbers.iso(last)}{passed}（项目默认）"


def raise_form(deduction_id: str) -> None:
    """A unit disputes one lost point."""
    row = data.ask(scores.deduction, deduction_id=deduction_id)
    if row is None:
        html.show(html.state("none", f"没有扣分 {html.e(deduction_id)}，或它不属于本单位。"))
        return
    known = data.ask(disputes.newest_on, deduction_id=deduction_id)
    if known and known["state"] != "withdrawn":
        target = html.link("review", case=known["dispute_id"])
        html.show(html.state("", f"这条扣分已有异议：{html.anchor(html.e(known['dispute_id']), target)}"))
        return
    html.show(
        html.title("提出异议", f"一条扣分一件；{_until(row['week'])}"),
        html.facts(
            [
                ("扣分编号", html.e(deduction_id)),
                ("单位·对象", html.e(f"{row['unit_name']} · {row['object_name'] or '单位'}")),
                ("指标", html.e(dispute_cases.indicator_name(row["indicator_id"]))),
                ("事实", html.e(row["fact"])),
                ("扣分", dispute_cases.points(row)),
                *_rule(row),
            ]
        ),
    )
    if not who.may("dispute_raise"):
        html.show(html.state("", f"{html.e(who.why('dispute_raise'))}。"))
        return
    actor = who.sign("提出人", "raise_actor")
    reason = st.text_area("理由（必填）", key="raise_reason", max_chars=1000)
    kinds = [kind.removeprefix(".") for kind in arguing.ATTACHMENTS]
    file = st.file_uploader(
        f"佐证附件（不超过 {arguing.MOST_BYTES // 1_000_000} MB：{'、'.join(kinds)}）",
        type=kinds,
        key="raise_file",
        max_upload_size=arguing.MOST_BYTES // 1_000_000,
    )
    if st.button("提出异议", type="primary", key="raise_go"):
        who.require("dispute_raise")
        kept = (
            arguing.keep_bytes(data.data(), file.name, file.getvalue()) if file and reason.strip() else None
        )
        with data.awaited("提出异议"):
            number = closing.raise_on(
                data.data(), deduction_id, actor=actor, reason=reason, now=clock.now(), attachment=kept
            )
        st.query_params.pop("raise", None)
        st.query_params["case"] = number
        _done(f"已提出异议 {html.e(number)}。", load=False)
