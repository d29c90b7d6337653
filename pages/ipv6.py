"""IPv6 支持度: which links are missing to 99 %, and on which hosts?"""

from __future__ import annotations

import streamlit as st

from cockpit.store.queries import scores
from cockpit.ui import data, html, reach, shell

SHOWN = {
    "measured": ("已测的网站", ("met", "short", "none")),
    "met": ("达标的网站", ("met",)),
    "short": ("未达标的网站", ("short",)),
    "unknown": ("无数据和未采集的网站", ("none", "away")),
    "all": ("全部网站", ("met", "short", "none", "away")),
}

frame = shell.boot("ipv6")
shell.header(frame, "IPv6 支持度")
units = {u["unit_code"]: u["unit_name"] for u in data.ask(scores.units)}
top = st.container()
unit = shell.choose("责任单位", "unit", units, all_label="全部单位")
show = st.query_params.get("show", "")
with top, shell.panel("关键数字"):
    rows = reach.sites(unit)
    html.show(html.lead(reach.lead(rows)), reach.kpis(rows, unit))
if show == "links":
    with shell.panel("链接"):
        asked = st.query_params
        html.show(reach.links(unit, asked.get("site"), asked.get("host"), asked.get("cause")))
elif show in SHOWN or show == "dark":
    with shell.panel("网站"):
        title, groups = SHOWN.get(show, ("没有 AAAA 记录的网站", ()))
        chosen = reach.pick(rows, *groups) if groups else [r for r in rows if r["has_aaaa"] is False]
        html.show(html.title(title, f"{len(chosen)} 个"), reach.dots(chosen, unit))
else:
    with shell.panel("支持度"):
        chosen, met = reach.pick(rows, "short", "none", "away"), reach.pick(rows, "met")
        note = f"未达标、无数据和未采集 {len(chosen)} 个；口径：{reach.scope()}，YD/T 3118-2016 连通性"
        html.show(html.title("二级、三级链接支持度", note), reach.dots(chosen, unit))
        if met:
            html.show(
                html.state(
                    "good",
                    f"✓ 其余 {len(met)} 个网站二级、三级都达到 {reach.goal():.0%}。"
                    + html.anchor("看全部", html.link("ipv6", show="all", unit=unit), "ck-chip"),
                )
            )
    with shell.panel("主机"):
        html.show(reach.hosts(unit))
if show:
    html.show(html.anchor("← 返回 IPv6 支持度", html.link("ipv6", unit=unit), "ck-chip"))
shell.footer(frame)
