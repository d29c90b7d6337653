"""The list of 栏目更新: what is late by how much, and what nobody could look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cockpit.causes import causes
from cockpit.report.columns import CHANNEL_STATES
from cockpit.store.queries import channels
from cockpit.ui import data, html, numbers, paging

BADGES = {
    "overdue": ("orange", "◆"),
    "blank": ("orange", "◆"),
    "undated": ("orange", "◆"),
    "due_soon": ("yellow", "■"),
    "unmeasured": ("none", "—"),
    "fresh": ("ok", "✓"),
}


def badge(state: str) -> str:
    """State as shape and word."""
    level, mark = BADGES[state]
    return f'<span class="ck-badge {level}">{mark} {CHANNEL_STATES[state]}</span>'


def left(row: dict[str, Any], today: date) -> str:
    """Days until the limit; a channel at its limit is overdue by its first day. Unmeasured has no such number.

    The state is as judged at the last look; what ran out since then waits for the next one.
    """
    if row["state"] == "unmeasured":
        cause = causes().get(row["cause"] or "")
        return f'<span class="muted">— 未采集{f"：{html.e(cause.label)}" if cause else ""}</span>'
    if row["latest"] is None:
        return numbers.NONE
    days = row["period_days"] - (today - row["latest"]).days
    if row["state"] == "overdue":
        return f"<b>超期 {max(1, 1 - days)} 天</b>"
    return f"{days} 天" if days > 0 else "检查后到期，待复检"


def listing(state: str | None, unit: str | None, kind: str | None) -> str:
    """The rows behind the numbers; without a filter only what is not in order."""
    listed = data.ask(channels.listed, state=state, unit=unit, kind=kind)
    shown = listed if state or unit or kind else [r for r in listed if r["state"] != "fresh"]
    rest = len(listed) - len(shown)
    note = f"{len(shown)} 个" + (f"；另有 {rest} 个正常，可按状态查看" if rest else "")
    head = html.title("清单", note)
    if not shown:
        text = "没有符合条件的栏目。" + html.anchor("清除筛选", html.link("updates"))
        return head + html.state("good", f"✓ {text}")
    today = data.today()
    columns = [
        html.Column("责任单位", lambda r: html.e(r["short_name"]), "nw"),
        html.Column("网站", lambda r: html.e(r["site_name"]), "ck-hide"),
        html.Column("栏目", lambda r: html.outside(r["url"], r["channel_name"] or r["url"])),
        html.Column("期限", lambda r: f"{r['period_days']} 天", "num key"),
        html.Column("上次更新", lambda r: numbers.iso(r["latest"]), "nw key"),
        html.Column("剩余", lambda r: left(r, today), "key"),
        html.Column("状态", lambda r: badge(r["state"]), "nw"),
        html.Column("条数", _items, "num ck-hide"),
    ]
    return head + paging.table(columns, shown, css="stack")


def _items(row: dict[str, Any]) -> str:
    return numbers.NONE if row["state"] == "unmeasured" else numbers.full(row["items"])


def ages(rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The calendar as a table: days since the newest item at its first day, in its middle and at its end."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["site_code"], row["url"]), []).append(row)
    days = [r["day"] for r in next(iter(found.values()))]
    picked = [0, len(days) // 2, len(days) - 1]
    heads = ["栏目", "期限（天）", *(f"{days[n]} 距上次更新（天）" for n in picked)]
    return heads, [
        (
            f"{line[0]['unit_name']} {line[0]['channel_name']}",
            line[0]["period_days"],
            *(line[n]["age"] for n in picked),
        )
        for line in found.values()
    ]
