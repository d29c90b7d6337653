"""采集健康: can the data be trusted, and which collector broke?"""

from __future__ import annotations

import streamlit as st

from cockpit.ui import collecting, health, html, notified, shell

LISTS = {
    "collectors": health.collectors,
    "gaps": health.gaps,
    "waiting": health.waiting,
    "rejected": health.rejected,
    "notices": notified.listing,
    "unlooked": health.unlooked,
}

frame = shell.boot("collection")
shell.header(frame, "采集健康")
with shell.panel("结论"):
    html.show(html.lead(health.lead()), health.kpis())
asked = st.query_params.get("show") or ("gaps" if st.query_params.get("aspect") else "")
if asked in LISTS:
    with shell.panel("清单"):
        html.show(
            LISTS[asked]() or html.state("good", "✓ 没有采集缺口。"),
            html.anchor("返回采集健康", html.link("collection"), "ck-chip"),
        )
else:
    with shell.panel("立即采集"):
        collecting.panel()
    with shell.panel("采集器"):
        html.show(health.collectors())
    with shell.panel("采集器 × 天"):
        html.show(health.matrix())
    with shell.panel("每周封存"):
        html.show(health.weeks())
    with shell.panel("缺口原因"):
        html.show(health.by_cause())
    with shell.panel("采集缺口"):
        html.show(health.gaps())
    with shell.panel("拒收批次"):
        html.show(health.rejected())
    with shell.panel("通知"):
        html.show(notified.panel())
    with shell.panel("最近入库"):
        html.show(health.batches())
shell.footer(frame)
