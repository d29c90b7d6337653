"""采集健康: can the data be trusted, and which collector broke?"""

from __future__ import annotations

from cockpit.ui import health, html, shell

frame = shell.boot("collection")
shell.header(frame, "采集健康")
with shell.panel("结论"):
    html.show(html.lead(health.lead()))
with shell.panel("采集器 × 天"):
    html.show(health.matrix())
with shell.panel("采集器"):
    html.show(health.collectors())
with shell.panel("采集缺口"):
    html.show(health.gaps())
with shell.panel("拒收批次"):
    html.show(health.rejected())
with shell.panel("最近入库"):
    html.show(health.batches())
shell.footer(frame)
