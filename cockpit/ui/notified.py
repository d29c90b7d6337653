"""The notification record: on 采集健康 as a list, in a warning's drawer as its own part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cockpit.report.notices import OCCASIONS
from cockpit.report.notify_rules import AUDIENCES
from cockpit.store.queries import deliveries
from cockpit.ui import data, html, numbers, tips

STATES: Mapping[str, tuple[str, str]] = {
    "sent": ("ok", "✓ 已送达"),
    "retry": ("yellow", "■ 待重试"),
    "failed": ("red", "▲ 未送达"),
}
MOST = 200


def panel() -> str:
    """Counts, each with its list, and the newest messages."""
    counts = data.ask(deliveries.counts)
    if not sum(counts.values()):
        return html.title("通知", "按 data/rules/notify.toml 发送") + html.state(
            "", "还没有发过通知。配置通道后由 <code>python -m cockpit notify</code> 按日程发送。"
        )
    cells = [
        html.Kpi(
            label[2:], f"{counts[state]}", "条", "", html.link("collection", show="notices", delivery=state)
        )
        for state, (_, label) in STATES.items()
    ]
    rows = data.ask(deliveries.listed, limit=8)
    more = html.anchor("看全部通知", html.link("collection", show="notices"), "ck-chip")
    return (
        html.title("通知", f"最新 {len(rows)} 条")
        + html.kpis(cells, tips.of("collection"))
        + _table(rows)
        + more
    )


def listing() -> str:
    """All messages, or those of one outcome that the address asks for."""
    asked = st.query_params.get("delivery")
    state = asked if asked in STATES else None
    rows = data.ask(deliveries.listed, state=state, limit=MOST)
    total = data.ask(deliveries.counts)
    n = total[state] if state else sum(total.values())
    note = f"{n} 条" + (f"，列出最新 {MOST} 条" if n > MOST else "")
    return html.title(STATES[state][1][2:] + "的通知" if state else "通知", note) + (
        _table(rows) if rows else html.state("", "没有这样的通知。")
    )


def of_warning(warning_id: str) -> str:
    """Who was told of a warning, when and with what outcome."""
    rows = data.ask(deliveries.of_warning, warning_id=warning_id)
    if not rows:
        return ""
    why = html.Column("为什么", lambda r: html.e(OCCASIONS.get(r["occasion"], r["occasion"])), "nw")
    return html.title("通知", f"{len(rows)} 条") + html.table([_WHEN, why, _WHOM, _WAY, _STATE], rows)


def _outcome(row: Mapping[str, Any]) -> str:
    css, label = STATES[row["delivery_state"]]
    told = f'<span class="ck-badge {css}">{label}</span>'
    if row["failure"]:
        told += f" {html.e(row['failure'])}，第 {row['attempt']} 次"
    if row["next_at"]:
        told += f"，{numbers.moment(row['next_at'])[5:]} 再试"
    return told


_WHEN = html.Column("时间", lambda r: numbers.moment(r["attempted_at"]), "nw")
_WHOM = html.Column("对象", lambda r: html.e(AUDIENCES.get(r["audience"], r["audience"])), "nw")
_WAY = html.Column("通道", lambda r: html.e(r["channel"]), "nw")
_STATE = html.Column("结果", _outcome)


def _table(rows: list[dict[str, Any]]) -> str:
    columns = [
        _WHEN,
        html.Column("级别", lambda r: html.badge(r["notice_level"])),
        html.Column("责任单位", lambda r: html.e(r["unit_name"] or r["unit_code"]), "nw"),
        _WHOM,
        html.Column("标题", lambda r: html.e(r["title"]), "full"),
        _WAY,
        _STATE,
    ]
    return html.table(columns, rows, css="stack")
