"""What a person says of a finding: 属实 or 误报, in the evidence drawer and in the review queue; each with undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from cockpit import clock, trail
from cockpit.appraise import marking
from cockpit.appraise.marking import MARKS, SCOPES
from cockpit.detect import reader, reader_state
from cockpit.errors import CockpitError
from cockpit.paths import READER_MODEL, data_dir
from cockpit.store.queries import content, warnings
from cockpit.ui import data, html, numbers, who
from cockpit.ui.content import review, severity, snippet

UNTIL = {"30": "一个月", "90": "三个月", "365": "一年"}
QUEUE_PAGE = 12
NOT_A_PROBLEM = "复核：此处不是问题"


def state(finding_id: str) -> str:
    """What has been said of a finding so far, as HTML; empty where nothing was."""
    said, drop = (
        data.ask(content.marks_of, finding_id=finding_id),
        data.ask(content.dropped, finding_id=finding_id),
    )
    parts = []
    if drop:
        parts.append(
            html.state(
                "",
                f"◆ 这条规则近期准确率低于 {drop['precision_floor']:.0%}（属实 {drop['confirmed']}、误报 {drop['false_alarms']}），"
                f"自 {numbers.moment(drop['from_at'])} 起只进复核队列，不预警、不扣分。",
            )
        )
    if said:
        columns = [
            html.Column("时间", lambda r: numbers.moment(r["marked_at"]), "nw"),
            html.Column("谁", lambda r: html.e(r["actor"]), "nw"),
            html.Column("结论", _told),
            html.Column("理由", lambda r: html.e(r["reason"] or "—")),
        ]
        parts.append(html.title("人工复核", f"{len(said)} 条") + html.table(columns, said))
    return "".join(parts)


def _told(row: Mapping[str, Any]) -> str:
    more = f"，{SCOPES[row['scope']]}，至 {numbers.iso(row['until'])}" if row["mark"] == "false_alarm" else ""
    back = (
        f"；{html.e(row['undone_by'])} 于 {numbers.moment(row['undone_at'])} 撤销" if row["undone_at"] else ""
    )
    return f"{MARKS[row['mark']]}{more}{back}"


def controls(finding_id: str) -> None:
    """Buttons for a finding in the drawer; left out where the person may not."""
    finding = data.ask(warnings.finding, finding_id=finding_id)
    if finding is None or not who.may("set_aside"):
        return
    valid = _valid(finding_id)
    actor = who.sign("操作人（岗位）", f"mark_actor_{finding_id}")
    if valid:
        last = valid[-1]
        if st.button(f"撤销“{MARKS[last['mark']]}”", key=f"mark_undo_{finding_id}"):
            with _said("已撤销"):
                who.require("set_aside")
                _take_back(last, actor)
        return
    reason = st.text_input(
        "理由（误报必填）", key=f"mark_reason_{finding_id}", max_chars=marking.LONGEST_REASON
    )
    a, b = st.columns(2)
    scope = a.selectbox("误报范围", list(SCOPES), format_func=SCOPES.get, key=f"mark_scope_{finding_id}")
    lasting = b.selectbox(
        "误报有效期", list(UNTIL), index=1, format_func=UNTIL.get, key=f"mark_until_{finding_id}"
    )
    a, b = st.columns(2)
    if a.button("误报：以后不再提示", key=f"mark_false_{finding_id}", width="stretch"):
        with _said("已标记误报：不再预警、不再扣分，在“误报”里仍看得到"):
            say(finding, "false_alarm", actor, reason, scope, int(lasting))
    if b.button("属实", key=f"mark_right_{finding_id}", width="stretch"):
        with _said("已确认属实"):
            say(finding, "confirmed", actor, reason)


def say(
    finding: Mapping[str, Any], what: str, actor: str, reason: str = "", scope: str = "place", days: int = 365
) -> str:
    """Write a mark and publish it."""
    who.require("set_aside")
    now = clock.now()
    mark_id = marking.mark(
        data.data(),
        finding,
        what,
        review(),
        actor=actor,
        now=now,
        reason=reason,
        scope=scope,
        until=data.today() + timedelta(days=days) if what == "false_alarm" else None,
        before=[m for m in _valid(finding["finding_id"]) if m["finding_id"] == finding["finding_id"]],
    )
    told = f"{MARKS[what]}，{SCOPES[scope]}" if what == "false_alarm" else MARKS[what]
    _note(finding["finding_id"], "finding.mark", actor, now, after=told, reason=reason or None)
    return mark_id


def _note(finding_id: str, action: str, actor: str, now: datetime, **told: str | None) -> None:
    """A line in the trail."""
    trail.note(data.data(), actor=actor, action=action, kind="finding", object_id=finding_id, now=now, **told)


def _take_back(mark: Mapping[str, Any], actor: str) -> None:
    now = clock.now()
    marking.undo(data.data(), mark, actor=actor, now=now)
    _note(mark["finding_id"], "finding.undo", actor, now, before=MARKS[mark["mark"]])


def mark_false(finding_id: str, actor: str, reason: str, days: int) -> None:
    """The finding behind a warning that was marked 误报; the caller loads."""
    finding = data.ask(warnings.finding, finding_id=finding_id)
    if finding is not None:
        say(finding, "false_alarm", actor, reason, days=days)


def take_back(finding_id: str, actor: str) -> None:
    """Take back the newest mark of a finding; the caller loads."""
    valid = _valid(finding_id)
    if valid:
        _take_back(valid[-1], actor)


class _said:  # noqa: N801 - reads as a verb
    """Publish what was said inside, tell it and draw anew; tell what was missing instead."""

    def __init__(self, told: str) -> None:
        self._told = told

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> bool:
        if isinstance(error, CockpitError):
            html.show(html.state("error", html.e(error)))
            return True
        if error is None:
            data.publish("保存")
            st.session_state["content_told"] = self._told
            st.rerun()
        return False


def _valid(finding_id: str) -> list[dict[str, Any]]:
    said = data.ask(content.marks_of, finding_id=finding_id)
    return [m for m in said if m["undone_at"] is None and (m["until"] is None or m["until"] > data.today())]


def told() -> None:
    """What was just done, once."""
    text = st.session_state.pop("content_told", None)
    if text:
        st.toast(text, icon="✅")


def queue(found: Sequence[Mapping[str, Any]]) -> None:
    """The review queue: a person confirms or dismisses; both can be undone from the evidence."""
    html.show(
        html.title("复核队列", f"{len(found)} 处：把握不大的发现和已降级规则的发现；确认前不预警、不扣分")
        + about_reader()
    )
    if not found:
        html.show(html.state("good", "✓ 没有等待复核的发现。"))
        return
    allowed = who.may("set_aside")
    if not allowed:
        html.show(html.state("", f"{html.e(who.why('set_aside'))}。"))
    actor = who.sign("操作人（岗位）", "queue_actor") if allowed else ""
    for row in found[:QUEUE_PAGE]:
        _queued(row, actor, allowed)
    if len(found) > QUEUE_PAGE:
        rest = html.anchor(f"看全部 {len(found)} 处 →", html.link("content", group="review"), "ck-chip")
        html.show(f"<p>处理完这 {QUEUE_PAGE} 处后接着显示后面的。{rest}</p>")


def about_reader() -> str:
    """The statistical reader, which fills the queue: whether it takes part, how good it is, what it cannot find."""
    folder = data.data()
    known = (folder.reader_model, reader_state.lexicon_file(folder, reader_state.JUDGEMENT))
    state = _reader(str(folder.root), tuple(p.stat().st_mtime_ns for p in known if p.is_file()))
    warned = html.state("none", f"◆ {_with_code(state.warning)}") if state.warning else ""
    if not state.trained:
        told = f"统计复核没有训练，新的巡查只按词库查错字；训练：{reader_state.TRAIN}（见说明文档）。"
    elif state.trouble:
        told = ""
    else:
        m = state.measured
        told = (
            f"统计复核：本地文本 {m['characters'] / 1e4:.0f} 万字，{'用了' if state.background else '没有用'}背景词语模型；"
            f"留出的 {m['lines']:.0f} 句（一半各植入一处错字）查准率 {m['precision']:.1%}、查全率 {m['recall']:.1%}，"
            f"真实的错字难找得多{_fitted(state)}。找不到：{reader.CANNOT}。"
        )
    return warned + (f'<p class="ck-quiet">{_with_code(told)}</p>' if told else "")


def _with_code(text: str) -> str:
    """The command and the file as what they are."""
    shown = html.e(text)
    for word in (reader_state.TRAIN, READER_MODEL):
        shown = shown.replace(word, f"<code>{word}</code>")
    return shown


def _fitted(state: reader_state.State) -> str:
    if state.fitted is None:
        return ""
    precision, recall = state.fitted
    return f"：自带判据在有真实错字的公文句上查准率 {precision:.1%}、查全率 {recall:.1%}"


@st.cache_data(max_entries=4, show_spinner=False)
def _reader(root: str, stamps: tuple[int, ...]) -> reader_state.State:  # noqa: ARG001 - the key
    return reader_state.load(data_dir(root))[1]


def _queued(row: Mapping[str, Any], actor: str, allowed: bool) -> None:
    a, b, c = st.columns([7, 1, 1.4], vertical_alignment="center")
    where = html.anchor("看证据", html.link("content", evidence=row["finding_id"]))
    with a:
        html.show(
            f'<div class="ck-alert"><span>{severity(row)}</span><span>{snippet(row)}<br><span class="d">'
            f"{html.e(row['unit_name'] or '—')} · 首次发现 {numbers.moment(row['first_seen'])[:10]} · {where}</span></span></div>"
        )
    if not allowed:
        return
    if b.button("属实", key=f"q_right_{row['finding_id']}", width="stretch"):
        with _said("已确认属实，按一般错误计"):
            say(row, "confirmed", actor)
    if c.button("不是问题", key=f"q_false_{row['finding_id']}", width="stretch"):
        with _said("已标记误报，可从证据里撤销"):
            say(row, "false_alarm", actor, NOT_A_PROBLEM)
