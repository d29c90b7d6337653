"""考核导出: how did this week's numbers come about, and can they be recomputed?"""

from __future__ import annotations

import streamlit as st

from cockpit import clock
from cockpit.store.queries import scores
from cockpit.ui import bundle, data, door, handouts, html, numbers, shell

frame = shell.boot("appraisal")
shell.header(frame, "考核导出")
weeks = data.ask(scores.weeks)
if not weeks:
    html.show(
        html.state(
            "none",
            "还没有任何一周计过分，没有可以导出的内容。满一周后运行 <code>python -m cockpit score</code>。",
        )
    )
    st.stop()
week = shell.choose("周次", "period", {w: numbers.week(w) for w in weeks}) or weeks[0]
with shell.panel("导出前检查"):
    html.show(bundle.preflight(week, clock.now()))
with shell.panel("下载"):
    made = bundle.make(week)
    html.show(
        html.lead(
            f"{numbers.week(week)}考核包：{len(made.files)} 个文件，{sum(made.rows.values()):,} 行。电子表格软件双击即可打开，中文不乱码。"
        )
    )
    agreed = bundle.confirmed(week)
    door.download(
        "下载考核包（ZIP）",
        lambda: bundle.archive(made),
        bundle.name(made),
        "application/zip",
        key="download",
        about=f"考核包 {week}",
        record=bundle.taken(made),
        disabled=not agreed,
        on_click=handouts.pressed,
        type="primary",
    )
with shell.panel("历次导出"):
    handouts.history(made)
with shell.panel("通报"):
    handouts.bulletins(week)
with shell.panel("累计"):
    html.show(handouts.accumulated(week))
with shell.panel("预览"):
    bundle.preview(made)
with shell.panel("包内文件"):
    html.show(bundle.contents(made))
shell.footer(frame)
