"""可用性与安全: do the sites open, are their certificates in order, were pages tampered with?"""

from __future__ import annotations

import streamlit as st

from cockpit.store.queries import availability, scores
from cockpit.ui import data, evidence, html, outages, papers, shell, standing, uptime

frame = shell.boot("availability")
shell.header(frame, "可用性与安全")
units = {u["unit_code"]: u["unit_name"] for u in data.ask(scores.units)}
top = st.container()
a, b = st.columns(2)
with a:
    unit = shell.choose("责任单位", "unit", units, all_label="全部单位")
with b:
    period = shell.choose("中断记录", "days", uptime.PERIODS) or "7"
where = {"at": data.now(), "day": data.today(), "unit": unit}
rows = uptime.sites(unit)
checks = data.ask(availability.certificates, **where)
altered = data.ask(availability.tampered, unit=unit)
with top, shell.panel("关键数字"):
    week = data.ask(availability.incidents, days=uptime.WINDOW, **where)
    html.show(html.lead(standing.lead(rows, altered, unit)), standing.kpis(rows, week, checks, altered, unit))
show = st.query_params.get("show", "")
bad = [r for r in checks if papers.problem(r)]
warn, _ = uptime.limits()


def sites_part(title: str, chosen: list, note: str) -> None:
    """A table of sites with their days."""
    html.show(html.title(title, note), uptime.legend(), uptime.strips(chosen, unit))


if show == "up":
    with shell.panel("可用的网站"):
        chosen = [r for r in rows if r["ok"]]
        sites_part("现在可用的网站", chosen, f"{len(chosen)} 个")
elif show == "over":
    with shell.panel("达到预警线的网站"):
        chosen = uptime.reached(rows, warn)
        sites_part("近 7 天打不开占比达到预警线的网站", chosen, f"{len(chosen)} 个")
elif show == "failures":
    with shell.panel("打不开的访问"):
        html.show(outages.failures(st.query_params.get("site", "")))
elif show == "headers":
    with shell.panel("响应头"):
        chosen = [r for r in checks if r["missing_headers"]]
        html.show(papers.certificates(chosen, f"{len(chosen)} 个网站缺少安全响应头"))
elif show == "all":
    with shell.panel("全部网站"):
        sites_part("全部网站", rows, f"{len(rows)} 个，最差的在前")
elif show not in {"incidents", "certificates", "tampered"}:
    with shell.panel("网站"):
        worst = [r for r in rows if r["measured"]][: uptime.WORST]
        shown = [*worst, *uptime.unmeasured(rows)]
        sites_part("逐日可用性", shown, f"最差 {len(worst)} 个和未采集 {len(shown) - len(worst)} 个")
        if len(shown) < len(rows):
            html.show(
                html.anchor(
                    f"看全部 {len(rows)} 个 →", html.link("availability", show="all", unit=unit), "ck-chip"
                )
            )
if show in {"", "tampered"}:
    with shell.panel("页面异动"):
        html.show(outages.tampered(altered, unit))
if show in {"", "certificates"}:
    with shell.panel("证书"):
        html.show(
            papers.certificates(
                bad, f"{len(bad)} 个有问题，共检 {sum(r['https'] is not None for r in checks)} 个"
            )
        )
if show in {"", "incidents"}:
    with shell.panel("中断记录"):
        found = data.ask(availability.incidents, days=int(period), **where)
        html.show(outages.incidents(found, uptime.PERIODS[period]))
if show:
    html.show(html.anchor("← 返回可用性与安全", html.link("availability", unit=unit), "ck-chip"))
evidence.drawer()
shell.footer(frame)
