"""The parts of 政务新媒体: which accounts fall silent, which lack boards or filing, and what was closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from cockpit.appraise.register_judges import account_check
from cockpit.appraise.register_rules import Judged, Scene
from cockpit.store.queries import media
from cockpit.ui import charts, charts_registers, data, html, numbers, paging, tips
from cockpit.workdays import Calendar

STATES = {
    "veto": "已达否决线",
    "near": "接近否决线",
    "weekly": "一周未更新",
    "fresh": "正常更新",
    "unmeasured": "没有发文台账",
    "suspended": "停更报备",
    "closed": "已注销",
}
LOOKS = {
    "veto": ("red", "▲"),
    "near": ("orange", "◆"),
    "weekly": ("yellow", "■"),
    "fresh": ("ok", "✓"),
    "unmeasured": ("none", "—"),
    "suspended": ("none", "—"),
    "closed": ("none", "—"),
}
FLAGS = {"board": "板块或互动不合要求", "finger": "“指尖上的形式主义”", "filing": "备案注销不全"}
QUIET = ("fresh", "suspended", "closed")
STRIP_ROWS = 24


@dataclass(frozen=True)
class Filters:
    """What the address asks for."""

    unit: str | None
    platform: str | None
    state: str | None

    def address(self, **changes: Any) -> str:
        kept = {"unit": self.unit, "platform": self.platform, "state": self.state}
        return html.link("new_media", **(kept | changes))


def found() -> list[dict[str, Any]]:
    """Every account with its state, boards and filing as of today."""
    day, rule = data.today(), data.rules().indicators["V-M-02"]
    rows = data.ask(media.account_list, day=day)
    at = Scene(
        day,
        Calendar.load(data.data().calendar),
        [{"unit_code": r["unit_code"], "has_service": r["has_service"]} for r in rows],
        rows,
    )
    out = []
    for row in rows:
        age = (day - row["latest"]).days if row["latest"] else None
        boards = _boards(row, at)
        state = _state(row, age, rule.near or 10, rule.veto or 14)
        filing = _filing(row)
        flags = _flags(row, boards, filing)
        name = f"{row['account_name']}（{row['platform']}）"
        more = {"age": age, "status": state, "boards": boards, "filing": filing, "flags": flags, "name": name}
        out.append({**row, **more, "level": LOOKS[state][0]})
    order = list(STATES)
    return sorted(out, key=lambda r: (order.index(r["status"]), -(r["age"] or 0), r["account_code"]))


def _state(row: dict[str, Any], age: int | None, near: float, veto: float) -> str:
    """Closed and suspended accounts are not judged; without a ledger nothing is known."""
    if row["state"] != "active":
        return "closed" if row["state"] == "closed" else "suspended"
    if age is None:
        return "unmeasured"
    return (
        "veto"
        if age >= veto
        else "near"
        if age >= near
        else "weekly"
        if age >= charts_registers.WEEKLY
        else "fresh"
    )


def _boards(row: dict[str, Any], at: Scene) -> Judged:
    if row["state"] != "active":
        return Judged("none", "不评")
    if row["checked_on"] is None:
        return Judged("none", "没有巡查记录")
    return account_check(row, at)


def _filing(row: dict[str, Any]) -> str:
    """Life cycle in words; empty where there is nothing to put right."""
    if not row["events_kept"]:
        return ""
    if row["state"] == "active" and not row["filed_on"]:
        return "备案办理中" if row["pending"] else "没有备案记录"
    if row["state"] == "closed" and not row["deregistered_on"]:
        return "没有注销记录"
    return ""


def _flags(row: dict[str, Any], boards: Judged, filing: str) -> list[str]:
    forced = bool(row["vote_found"] or row["like_found"]) and boards.state == "bad"
    wrong = {"board": boards.state == "bad", "finger": forced, "filing": filing.startswith("没有")}
    return [flag for flag, on in wrong.items() if on]


def kept(rows: list[dict[str, Any]], filters: Filters) -> list[dict[str, Any]]:
    """Accounts of the list: by state or flag; without one, what is not in order."""
    mine = [
        r
        for r in rows
        if (filters.unit is None or r["unit_code"] == filters.unit)
        and (filters.platform is None or r["platform"] == filters.platform)
    ]
    if filters.state == "all":
        return mine
    if filters.state in FLAGS:
        return [r for r in mine if filters.state in r["flags"]]
    if filters.state:
        return [r for r in mine if r["status"] == filters.state]
    return [r for r in mine if r["status"] not in QUIET or r["flags"]]


def summary(rows: list[dict[str, Any]], filters: Filters) -> str:
    """One sentence and the numbers, each leading to its rows."""
    every = [*STATES, *FLAGS]
    count = {s: len(kept(rows, Filters(filters.unit, filters.platform, s))) for s in every}
    mine = kept(rows, Filters(filters.unit, filters.platform, "all"))
    active = sum(r["state"] == "active" for r in mine)
    veto, near = count["veto"], count["near"]
    lead = f"在用账号 {active} 个，<b>{veto} 个已达 14 天否决线</b>、{near} 个接近，另有 {count['weekly']} 个一周没有更新。"
    worst = next((r for r in mine if r["status"] in {"veto", "near"}), None)
    if worst:
        lead += f"先办：<b>{html.e(worst['short_name'])}</b> {html.e(worst['name'])}，已 {worst['age']} 天没有发文。"
    if count["finger"]:
        lead += f"{count['finger']} 个账号发现“指尖上的形式主义”。"
    notes = {
        "veto": "14 天无更新，单项否决",
        "near": "10—13 天",
        "weekly": "7—9 天（每周一次为项目默认）",
        "unmeasured": "未采集，不评",
        "fresh": "7 天内有发文",
        "suspended": "不评",
        "closed": "不评",
        "board": "缺板块、互动无效",
        "finger": "强制投票、点赞打卡",
        "filing": "在用未备案、停用未注销",
    }
    shown = ("veto", "near", "weekly", "unmeasured", *FLAGS, "fresh", "suspended", "closed")
    cells = [
        html.Kpi((STATES | FLAGS)[s], f"{count[s]}", "个", notes[s], filters.address(state=s))
        for s in shown
        if count[s] or s in {"veto", "near", "board", "filing"}
    ]
    return html.lead(lead) + html.kpis(cells, tips.of("new_media"))


def strip(rows: list[dict[str, Any]], filters: Filters) -> None:
    """Days since the newest post of the accounts in use, the most silent on top."""
    mine = kept(rows, Filters(filters.unit, filters.platform, "all"))
    judged = sorted(
        (r for r in mine if r["state"] == "active" and r["age"] is not None), key=lambda r: -r["age"]
    )
    shown = [r for r in judged if r["age"] >= 1][:STRIP_ROWS] or judged[:STRIP_ROWS]
    rest = len(judged) - len(shown)
    note = "横轴为距最近发文的天数（21 天封顶），形状为平台，颜色为更新状态；注销、停更报备的不画"
    html.show(html.title("更新间隔条", note + (f"；另有 {rest} 个账号更新更近，见清单" if rest else "")))
    if not judged:
        html.show(html.state("none", "— 没有发文台账，不评。"))
        return
    charts.draw(
        charts_registers.media_strip(shown),
        "media_strip",
        f"{len(judged)} 个账号距最近发文的天数，{sum(r['status'] == 'veto' for r in judged)} 个达到 14 天",
        90 + 22 * len(shown),
        ("账号", "平台", "距最近发文（天）"),
        [(r["account_name"], r["platform"], r["age"]) for r in shown],
    )


def badge(status: str) -> str:
    level, mark = LOOKS[status]
    return f'<span class="ck-badge {level}">{mark} {STATES[status]}</span>'


def listing(rows: list[dict[str, Any]], filters: Filters) -> str:
    """The rows behind the numbers."""
    shown = kept(rows, filters)
    rest = len(kept(rows, Filters(filters.unit, filters.platform, "all"))) - len(shown)
    more = f"；另有 {rest} 个没有问题，可按状态查看" if rest and not filters.state else ""
    head = html.title("清单", f"{len(shown)} 个{more}；近 {media.WINDOW_DAYS} 天发文和互动")
    if filters.state:
        head += f'<p class="ck-quiet">{html.anchor("清除筛选", filters.address(state=None), "ck-chip")}</p>'
    if not shown:
        return head + html.state("good", "✓ 没有符合条件的账号。")
    columns = [
        html.Column("更新", lambda r: badge(r["status"])),
        html.Column("责任单位", lambda r: html.e(r["short_name"] or "—"), "nw"),
        html.Column("账号", lambda r: html.e(r["account_name"])),
        html.Column("平台", lambda r: html.e(r["platform"]), "nw"),
        html.Column("最近发文", lambda r: numbers.iso(r["latest"]), "nw ck-hide"),
        html.Column("距今", lambda r: "—" if r["age"] is None else f"{r['age']} 天", "num key"),
        html.Column("发文", lambda r: str(r["posts"]), "num ck-hide"),
        html.Column("互动", lambda r: numbers.full(r["interactions"]), "num ck-hide"),
        html.Column("板块与互动", lambda r: _judged(r["boards"])),
        html.Column("开办注销", lambda r: html.e(r["filing"] or _life(r)), "nw"),
        html.Column(
            "明细", lambda r: html.anchor("看明细", filters.address(account=r["account_code"])), "nw"
        ),
    ]
    return head + paging.table(columns, shown, css="stack accounts")


def _judged(boards: Judged) -> str:
    mark = {"ok": "✓", "bad": "▲", "late": "■"}.get(boards.state, "—")
    return f"{mark} {html.e(boards.text)}"


def _life(row: dict[str, Any]) -> str:
    if row["state"] == "closed":
        return f"注销 {numbers.iso(row['deregistered_on'] or row['valid_to'])}"
    return f"备案 {numbers.iso(row['filed_on'])}" if row["filed_on"] else "—"


def drawer(rows: list[dict[str, Any]]) -> None:
    """Open the drawer of ?account=CODE; call once at the end of the page."""
    asked = st.query_params.get("account")
    if asked and st.session_state.get("account_shown") != asked:
        st.session_state["account_shown"] = asked
        _dialog(next((r for r in rows if r["account_code"] == asked), None))


BOARDS = {
    "board_disclosure": "政务公开",
    "board_service": "办事服务",
    "board_interaction": "政民互动",
    "board_interpretation": "政策解读",
    "interaction_works": "互动功能有效",
    "vote_found": "发现强制网络投票",
    "like_found": "发现点赞打卡摊派",
}
WORDS = {True: "是", False: "否", None: "—"}


@st.dialog("账号", position="right", width="large")
def _dialog(row: dict[str, Any] | None) -> None:
    if row is None:
        html.show(html.state("none", "没有这个账号。"))
        return
    indicator = data.rules().indicators["V-M-02"]
    facts = [
        ("账号", html.e(row["name"])),
        ("责任单位", html.e(row["unit_name"] or "—")),
        ("状态", badge(row["status"])),
        ("依据", html.e(f"{indicator.clause}（{indicator.source}）")),
        ("最近发文", numbers.iso(row["latest"])),
        ("开设日期", numbers.iso(row["valid_from"])),
        ("备案", numbers.iso(row["filed_on"])),
        ("注销", numbers.iso(row["deregistered_on"])),
        ("巡查", f"{numbers.iso(row['checked_on'])}　{_judged(row['boards'])}"),
        *((label, WORDS[row[name]]) for name, label in BOARDS.items()),
        ("地址", html.outside(row["url"])),
    ]
    events = data.ask(media.events_of, account=row["account_code"])
    posts = data.ask(media.posts_of, account=row["account_code"])
    html.show(html.facts(facts), html.title("开办与注销", f"{len(events)} 条"), _events(events))
    html.show(html.title("最近发文", f"{len(posts)} 篇"), _posts(posts))


def _events(rows: list[dict[str, Any]]) -> str:
    columns = [
        html.Column("事项", lambda r: html.e(r["event_kind"])),
        html.Column("申请", lambda r: numbers.iso(r["applied_on"]), "nw"),
        html.Column("办结", lambda r: numbers.iso(r["approved_on"]) if r["approved_on"] else "办理中", "nw"),
        html.Column("批准单位", lambda r: html.e(r["approved_by"] or "—")),
    ]
    return html.table(columns, rows) if rows else html.state("none", "— 没有登记。")


def _posts(rows: list[dict[str, Any]]) -> str:
    columns = [
        html.Column("日期", lambda r: numbers.iso(r["posted_on"]), "nw"),
        html.Column(
            "标题", lambda r: html.outside(r["url"], r["title"]) if r["url"] else html.e(r["title"] or "—")
        ),
        html.Column("互动", lambda r: numbers.full(r["interactions"]), "num"),
    ]
    return html.table(columns, rows) if rows else html.state("none", "— 没有发文台账。")
