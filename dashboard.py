"""运行总览: where is something wrong now, and what comes first? Live; `?kiosk=1` for the wall."""

from __future__ import annotations

import streamlit as st

from cockpit.ui import data, evidence, html, kiosk, shell, wall

frame = shell.boot("overview")


@st.fragment(run_every=kiosk.pace())
def live() -> None:
    """Everything that changes with new data; unchanged data draws the same HTML."""
    now = shell.current(frame)
    if shell.is_kiosk():
        with shell.panel("大屏"):
            kiosk.draw(now)
        return
    shell.header(now, "运行总览", wall.clock_line())
    with shell.panel("结论"):
        html.show(html.lead(data.drawn(wall.lead)))
    with shell.panel("关键数字"):
        html.show(data.drawn(wall.kpis))
    left, middle, right = st.columns([27, 46, 27], gap="medium")
    with right, shell.panel("最新预警"):
        html.show(data.drawn(wall.alerts, wall.DESK_ALERTS))
    with middle, shell.panel("责任单位状态"):
        html.show(data.drawn(wall.matrix))
    with left:
        with shell.panel("近 24 小时可用性"):
            html.show(data.drawn(wall.availability, 8))
        with shell.panel("近 30 天新增问题"):
            html.show(data.drawn(wall.findings))
        with shell.panel("县区分布"):
            html.show(data.drawn(wall.locator))


live()
if not shell.is_kiosk():
    evidence.drawer()
    shell.footer(frame)
