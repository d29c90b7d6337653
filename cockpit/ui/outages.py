"""Interruptions and altered pages of 可用性与安全: when a site did not open, for how long and why; what somebody changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cockpit.store.queries import availability
from cockpit.ui import data, html, numbers, paging
from cockpit.ui.uptime import WINDOW, Rows, cause

C = html.Column

KINDS: Mapping[str, str] = {
    "hidden.link": "暗链",
    "hidden.text": "隐藏文字",
    "hidden.script": "外来脚本",
    "hidden.iframe": "外来框架",
    "hidden.cloaking": "因人变脸",
    "hidden.title_hijack": "标题被改",
    "hidden.sold_link": "站内卖链",
    "hidden.external_bad": "外链变异",
}
STATES: Mapping[str, str] = {"new": "待签收", "ack": "已签收", "doing": "处置中", "verify": "待复核"}


def longest(found: Rows) -> str:
    return f"最长 {_length(max(r['minutes'] for r in found))}" if found else "没有打不开的访问"


def _length(minutes: float) -> str:
    whole = max(1, round(minutes))
    return f"{whole} 分钟" if whole < 120 else f"{whole / 60:.1f} 小时"


def failures(site: str) -> str:
    rows = data.ask(availability.failures, at=data.now(), site=site, window=WINDOW)
    columns = [
        C("访问时间", lambda r: numbers.moment(r["measured_at"]), "nw"),
        C("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
        C("网站", lambda r: html.e(r["site_name"]), "ck-hide"),
        C("原因", lambda r: cause(r["cause"])),
        C("等待", lambda r: "—" if r["seconds"] is None else f"{r['seconds']:.1f} 秒", "num"),
    ]
    return html.title("打不开的访问", f"近 {WINDOW} 天 {len(rows)} 次") + paging.table(columns, rows)


def incidents(rows: Rows, name: str) -> str:
    head = html.title("中断记录", f"{name} {len(rows)} 起；时长按相邻两次访问推算")
    if not rows:
        return head + html.state("good", f"✓ {name}没有打不开的访问。")
    columns = [
        C("状态", _ended, "nw"),
        C("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
        C("网站", lambda r: html.e(r["site_name"]), "ck-hide"),
        C("开始", lambda r: numbers.moment(r["began_at"])[5:], "nw key"),
        C("恢复", lambda r: numbers.moment(r["ended_at"])[5:] if r["ended_at"] else "—", "nw key"),
        C("时长", lambda r: _length(r["minutes"]), "num key"),
        C("打不开", lambda r: f"{r['failed']} 次", "num"),
        C("原因", lambda r: cause(r["cause"]), "nw"),
    ]
    return head + paging.table(columns, rows, css="stack")


def short_incidents(rows: Rows, most: int) -> str:
    """For the wall: the newest interruptions."""
    head = html.title("近 7 天中断", f"{len(rows)} 起，最新 {min(most, len(rows))} 起")
    if not rows:
        return head + html.state("good", "✓ 近 7 天没有打不开的访问。")
    columns = [
        C("责任单位", lambda r: html.e(r["name"]), "nw"),
        C("开始", lambda r: numbers.moment(r["began_at"])[5:], "nw"),
        C("时长", lambda r: _length(r["minutes"]) if r["ended_at"] else "▲ 仍打不开", "num"),
        C("原因", lambda r: cause(r["cause"]), "nw"),
    ]
    return head + html.table(columns, rows[:most])


def _ended(row: Mapping[str, Any]) -> str:
    if row["ended_at"] is None:
        return '<span class="ck-badge red">▲ 仍打不开</span>'
    return '<span class="ck-badge ok">✓ 已恢复</span>'


def tampered(rows: Rows, unit: str | None) -> str:
    head = html.title("页面异动", f"{len(rows)} 处待确认：暗链、外来脚本、因人变脸、外链变异")
    if not rows:
        return head + html.state("good", "✓ 最近一次巡查没有发现页面被改动。")
    columns = [
        C("级别", lambda r: html.badge(r["level"] or ("red" if r["severity"] == "critical" else "orange"))),
        C("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
        C("种类", lambda r: html.e(KINDS.get(r["kind"], "其他异动")), "nw"),
        C("指向", lambda r: html.e(r["target"]), "full"),
        C("首次发现", lambda r: numbers.moment(r["first_seen"]), "nw key"),
        C("处置", lambda r: html.e(STATES.get(r["state"] or "", "没有预警")), "nw"),
        C(
            "证据",
            lambda r: html.anchor(
                "看证据", html.link("availability", unit=unit, evidence=r["warning_id"] or r["finding_id"])
            ),
            "nw",
        ),
    ]
    return head + paging.table(columns, rows, css="stack")
