"""The parts of 操作留痕: is the trail whole, who did what, and one object's part of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import streamlit as st

from cockpit import clock, store
from cockpit.paths import data_dir
from cockpit.report.columns import DISPUTES, STATES
from cockpit.store.audit_check import Verdict, verify
from cockpit.store.queries import audit
from cockpit.ui import data, html, numbers, paging, tips, words

MOST = 500
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "warning": "预警",
        "dispute": "异议",
        "issue": "封存的周",
        "register": "台账",
        "lexicon": "词库",
        "rules": "口径",
        "calendar": "日历",
        "access": "账号",
        "export": "导出",
        "finding": "问题",
        "audit": "留痕",
    }
)
ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "ack": "签收",
        "start": "开始处置",
        "submit": "提交复核",
        "assign": "转办",
        "false_alarm": "标记误报",
        "ignore": "忽略",
        "reopen": "重新打开",
        "undo": "撤销",
        "raise": "提出",
        "accept": "受理",
        "decide": "作出结论",
        "withdraw": "撤回",
        "close": "封存",
        "correct": "更正",
        "import": "导入",
        "init": "初始化",
        "edit": "修改",
        "set": "登记或修改",
        "remove": "删除",
        "bundle": "导出考核包",
        "file": "下载文件",
        "changed": "文件被改动",
        "restore": "补回",
        "notify": "通知",
        "recheck": "复测",
        "undone": "撤销改动",
        "mark": "复核标记",
    }
)
# What an object of a kind opens.
OPENS: Mapping[str, str] = MappingProxyType({"warning": "alerts", "finding": "content"})


def action(entry: Mapping[str, Any]) -> str:
    """An action in Chinese; one that is not in the table stands as it is."""
    name = str(entry["action"]).rpartition(".")[2]
    return ACTIONS.get(name, str(entry["action"]))


def wholeness() -> str:
    """Whether the chain holds, and its head to write down."""
    verdict = _verified(str(data.data().root), store.version(data.data()) or "")
    number, digest = verdict.head
    if verdict.sound:
        state = html.state(
            "good",
            f"✓ 留痕完好：{verdict.entries} 条逐条相连。最新一条 <b>{number}:{digest[:16]}</b>，"
            "可抄在别处，日后用 <code>python -m cockpit verify-audit --head</code> 核对。",
        )
    else:
        told = "".join(f"<li>{html.e(fault)}</li>" for fault in verdict.faults)
        state = html.state("error", f"▲ 留痕不符，请保留现场并查明：<ul>{told}</ul>")
    notes = "".join(f'<p class="ck-quiet">{html.e(note)}</p>' for note in verdict.notes)
    return state + notes


@st.cache_data(max_entries=8, ttl=300, show_spinner=False)
def _verified(root: str, version: str) -> Verdict:  # noqa: ARG001 - the key
    return verify(data_dir(root))


def kpis() -> str:
    """Counts, each leading to that many rows."""
    start = _midnight()
    spans = (("今天", 0, "1"), ("近 7 天", 6, "7"), ("近 30 天", 29, "30"))
    cells = [
        html.Kpi(
            name,
            f"{data.ask(audit.count, since=start - timedelta(days=days)):,}",
            "条",
            "",
            html.link("trail", days=asked),
        )
        for name, days, asked in spans
    ]
    cells.append(html.Kpi("全部", f"{data.ask(audit.count):,}", "条", "", html.link("trail")))
    return html.kpis(cells, tips.of("trail"))


def _midnight() -> datetime:
    """The beginning of this Beijing day, naive UTC."""
    return clock.to_utc(clock.to_local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0))


def since() -> Any:
    """The start of what the address asks for; None = from the beginning."""
    days = st.query_params.get("days", "")
    start = _midnight()
    return start - timedelta(days=int(days) - 1) if days in {"1", "7", "30"} else None


def table(kind: str | None, actor: str | None) -> str:
    """The entries the filters ask for, newest first."""
    start = since()
    rows = data.ask(audit.listed, kind=kind, actor=actor, since=start, limit=MOST)
    total = data.ask(audit.count, kind=kind, actor=actor, since=start)
    note = f"{total} 条" + (f"，列出最新 {MOST} 条" if total > MOST else "")
    if not rows:
        return html.title("留痕", note) + html.state("", "没有符合条件的记录。")
    return html.title("留痕", note) + paging.table(
        [_WHEN, _WHO, _WHAT, _OBJECT, *_CHANGE, _DIGEST], rows, css="stack trail"
    )


def of_object(kind: str, object_id: str) -> str:
    """One object's entries, for the drawer."""
    rows = data.ask(audit.listed, kind=kind, object_id=object_id)
    if not rows:
        return ""
    return html.title("操作留痕", f"{len(rows)} 条，不可改动") + html.table(
        [_WHEN, _WHO, _WHAT, *_CHANGE, _DIGEST], rows
    )


def _object(entry: Mapping[str, Any]) -> str:
    shown = f"{KINDS.get(entry['object_kind'], entry['object_kind'])} {entry['object_id']}"
    page = OPENS.get(entry["object_kind"])
    return html.anchor(html.e(shown), html.link(page, evidence=entry["object_id"])) if page else html.e(shown)


def _value(field: str) -> Any:
    def show(entry: Mapping[str, Any]) -> str:
        text = str(entry[field] or "—")
        head, separator, rest = text.partition(" · ")
        names = STATES if entry["object_kind"] == "warning" else DISPUTES
        return html.e(words.plain(names.get(head, head) + separator + rest)).replace("\n", "<br>")

    return show


_WHEN = html.Column("时间", lambda r: numbers.moment(r["event_at"]), "nw")
_WHO = html.Column("谁", lambda r: html.e(r["actor"]), "nw")
_WHAT = html.Column("做了什么", lambda r: html.e(action(r)), "nw")
_OBJECT = html.Column("对象", _object)
_CHANGE = (
    html.Column("改动前", _value("before"), "ck-hide"),
    html.Column("改动后", _value("after")),
    html.Column("理由", lambda r: html.e(r["reason"] or "—"), "full"),
)
_DIGEST = html.Column(
    "序号:摘要",
    lambda r: f'<span class="sub">{r["seq"]}:{html.e(r["entry_sha256"][:8])}</span>',
    "ck-hide nw",
)
