"""The parts of IPv6 支持度."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from cockpit.causes import causes
from cockpit.paths import SHIPPED
from cockpit.store.queries import ipv6
from cockpit.ui import data, html, numbers, paging, tips

C = html.Column

LOW = 0.90  # where the axis is cut
SCOPES = {"internal": "只计站内链接", "all": "站内站外链接都计"}
Rows = Sequence[Mapping[str, Any]]


def goal() -> float:
    """The line both levels must reach."""
    return data.rules().indicators["I-01"].near or 0.99


def scope() -> str:
    """Which links are counted, in words, and that this is our choice."""
    folder = data.data().rules / "ipv6.toml"
    path = folder if folder.is_file() else SHIPPED / "rules" / "ipv6.toml"
    return SCOPES.get(tomllib.loads(path.read_text(encoding="utf-8"))["ipv6"]["scope"], "") + "（项目默认）"


def sites(unit: str | None) -> list[dict[str, Any]]:
    return data.ask(ipv6.sites, day=data.today(), goal=goal(), unit=unit)


def group(row: Mapping[str, Any]) -> str:
    """met, short, none (no link to count) or away (not measured)."""
    if row["has_aaaa"] is None:
        return "away"
    if row["rate2"] is None and row["rate3"] is None:
        return "none"
    return "short" if row["short2"] or row["short3"] else "met"


def pick(rows: Rows, *groups: str) -> list[Mapping[str, Any]]:
    return [r for r in rows if group(r) in groups]


def total(rows: Rows) -> float | None:
    """Reached share of all counted links together."""
    counted = [r for r in rows if r["has_aaaa"] is not None]
    reached = sum(r["level2_ok"] + r["level3_ok"] for r in counted)
    links = sum(r["level2_total"] + r["level3_total"] for r in counted)
    return reached / links if links else None


def lead(rows: Rows) -> str:
    line = goal()
    short, none, away = pick(rows, "short"), pick(rows, "none"), pick(rows, "away")
    measured = len(rows) - len(away)
    if not measured:
        return "还没有 IPv6 检测结果。"
    missing = sum(r["short2"] + r["short3"] for r in short)
    dark = [r for r in rows if r["has_aaaa"] is False]
    head = (
        f"{measured} 个已测网站中 <b>{len(short)} 个没有达到 {line:.0%}</b>，合计还差 {missing} 条链接。"
        if short
        else f"{measured} 个已测网站全部达到 {line:.0%}。"
    )
    cause = (
        f"{'、'.join(html.e(r['name']) for r in dark[:3])}域名没有 AAAA 记录，全部链接不可达。"
        if dark
        else ""
    )
    rest = f"无数据 {len(none)} 个（没有可计的链接，不算零分）。" if none else ""
    told = (
        f"<br>— 未采集 {len(away)} 个网站（{'、'.join(html.e(r['name']) for r in away[:3])}）："
        + html.anchor("看原因", html.link("collection", aspect="ipv6"))
        if away
        else ""
    )
    return head + cause + rest + told


def kpis(rows: Rows, unit: str | None) -> str:
    line = goal()

    def at(show: str) -> str:
        return html.link("ipv6", show=show, unit=unit)

    measured = len(rows) - len(pick(rows, "away"))
    whole = total(rows)
    return html.kpis(
        [
            html.Kpi(
                "合计支持度",
                numbers.percent(whole, line).rstrip("%"),
                "%",
                f"目标 {line:.0%} · 已测 {measured} 个网站",
                at("measured"),
            ),
            html.Kpi(
                "达标", f"{len(pick(rows, 'met'))}", f"/{measured}", f"二级、三级都达到 {line:.0%}", at("met")
            ),
            html.Kpi("未达标", f"{len(pick(rows, 'short'))}", "个网站", "差得多的在前", at("short")),
            html.Kpi(
                "没有 AAAA",
                f"{sum(r['has_aaaa'] is False for r in rows)}",
                "个网站",
                "域名不能用 IPv6 访问",
                at("dark"),
            ),
            html.Kpi(
                "打不开的链接",
                numbers.whole(len(data.ask(ipv6.links, day=data.today(), unit=unit))),
                "条",
                "经 IPv6 不可达",
                at("links"),
            ),
            html.Kpi(
                "无数据·未采集",
                f"{len(pick(rows, 'none', 'away'))}",
                "个网站",
                f"无数据 {len(pick(rows, 'none'))} · 未采集 {len(pick(rows, 'away'))}",
                at("unknown"),
            ),
        ],
        tips.of("ipv6"),
    )


def dots(rows: Rows, unit: str | None) -> str:
    """One row a site: two dots on an axis that is cut at 90 %, the line of the goal, and how many links are missing."""
    if not rows:
        return html.state("", "没有符合条件的网站。" + html.anchor("清除筛选", html.link("ipv6")))
    columns = [
        C(
            "网站",
            lambda r: html.anchor(html.e(r["name"]), html.link("unit", unit=r["unit_code"]), "ck-plain"),
            "nw",
        ),
        C(f"{LOW:.0%} 到 100%：○ 二级　● 三级　粗线 {goal():.0%}，每格 2%", _track, "full wide"),
        C("二级", lambda r: _rate(r, 2), "num key"),
        C("三级", lambda r: _rate(r, 3), "num key"),
        C(f"距 {goal():.0%}", _short, "nw"),
        C("打不开", lambda r: _failing(r, unit), "num key"),
        C("检测时间", lambda r: numbers.moment(r["measured_at"])[5:], "ck-hide nw"),
    ]
    return paging.table(columns, rows, css="stack ck-reach")


def _place(rate: float) -> float:
    return max(0.0, (rate - LOW) / (1 - LOW) * 100)


def _track(row: Mapping[str, Any]) -> str:
    kind = group(row)
    if kind == "away":
        cause = row["coverage_cause"] or row["cause"]
        return f'<span class="ck-badge none">— 未采集</span> <span class="muted">{_cause(cause)}</span>'
    if kind == "none":
        return '<span class="ck-badge none">— 无数据</span> <span class="muted">没有二三级链接可计，不算零分</span>'
    marks = "".join(
        f'<i class="l{level}{" low" if rate < LOW else ""}" style="left:{_place(rate):.1f}%"></i>'
        for level, rate in ((2, row["rate2"]), (3, row["rate3"]))
        if rate is not None
    )
    told = f"{row['name']}二级 {_shown(row['rate2'])}，三级 {_shown(row['rate3'])}，目标 {goal():.0%}"
    return (
        f'<span class="ck-track" role="img" aria-label="{html.e(told)}" title="{html.e(told)}">'
        f'<u style="left:{_place(goal()):.1f}%"></u>{marks}</span>'
    )


def _shown(rate: float | None) -> str:
    return "无数据" if rate is None else numbers.percent(rate, goal())


def _rate(row: Mapping[str, Any], level: int) -> str:
    if row["has_aaaa"] is None:
        return "—"
    rate = row[f"rate{level}"]
    counts = (
        ""
        if rate is None
        else f' <span class="muted">{row[f"level{level}_ok"]}/{row[f"level{level}_total"]}</span>'
    )
    return f"{_shown(rate)}{counts}"


def _short(row: Mapping[str, Any]) -> str:
    kind = group(row)
    if kind in {"away", "none"}:
        return "—"
    if kind == "met":
        return '<span class="ck-badge ok">✓ 达标</span>'
    level, mark = ("red", "▲") if row["has_aaaa"] is False else ("orange", "◆")
    return f'<span class="ck-badge {level}">{mark} 差 {row["short2"] + row["short3"]} 条</span>'


def _failing(row: Mapping[str, Any], unit: str | None) -> str:
    if row["failing"] is None:
        return "—"
    if not row["failing"]:
        return "0"
    return html.anchor(
        f"{row['failing']} 条", html.link("ipv6", show="links", site=row["site_code"], unit=unit)
    )


def _cause(code: str | None) -> str:
    return html.e(causes()[code].label if code in causes() else "没有说明原因")


def hosts(unit: str | None) -> str:
    """Failing links by host: mending one host mends its links everywhere."""
    rows = data.ask(ipv6.hosts, day=data.today(), unit=unit)
    head = html.title(
        "打不开的链接按主机归并",
        f"{len(rows)} 组 {sum(r['links'] for r in rows)} 条；修一个主机，它的链接一起恢复",
    )
    if not rows:
        return head + html.state("good", "✓ 最近一次检测，所有二三级链接都能经 IPv6 打开。")
    columns = [
        C("主机", lambda r: html.e(r["host"]), "full nw"),
        C("原因", lambda r: _cause(r["cause"]), "nw"),
        C("怎么办", lambda r: html.e(causes()[r["cause"]].remedy if r["cause"] in causes() else "—"), "full"),
        C("涉及网站", lambda r: html.e(r["names"]), "ck-hide"),
        C(
            "链接",
            lambda r: html.anchor(
                f"{r['links']} 条",
                html.link("ipv6", show="links", host=r["host"], cause=r["cause"], unit=unit),
            ),
            "num nw",
        ),
    ]
    return head + paging.table(columns, rows, css="stack")


def links(unit: str | None, site: str | None, host: str | None, cause: str | None) -> str:
    rows = data.ask(ipv6.links, day=data.today(), unit=unit, site=site, host=host, cause=cause)
    columns = [
        C("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
        C("链接", lambda r: html.outside(r["url"]), "full"),
        C("层级", lambda r: {2: "二级", 3: "三级"}.get(r["level"], "—"), "nw"),
        C("主机", lambda r: html.e(r["host"]), "ck-hide"),
        C("原因", lambda r: _cause(r["cause"]), "nw"),
        C("检测时间", lambda r: numbers.moment(r["measured_at"]), "ck-hide nw"),
    ]
    head = html.title("经 IPv6 打不开的链接", f"{len(rows)} 条" + (f"，指向 {host}" if host else ""))
    return head + (paging.table(columns, rows, css="stack") if rows else html.state("good", "✓ 没有。"))
