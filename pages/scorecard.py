"""每周计分卡: who is good and who is not, better or worse, and what must I do? Thirty seconds, or one A4 page."""

from __future__ import annotations

import streamlit as st

from cockpit.store.queries import scores
from cockpit.ui import card, card_page, card_table, data, door, evidence, html, numbers, shell

frame = shell.boot("scorecard")
weeks = data.ask(scores.weeks)
if not weeks:
    shell.header(frame, "每周计分卡")
    html.show(
        html.state(
            "none",
            "还没有任何一周计过分。满一周后运行 <code>python -m cockpit score</code>；演示数据由 make run 自动计分。",
        )
    )
    st.stop()
with st.columns(2)[0]:
    week = shell.choose("周次", "period", {w: numbers.week(w) for w in weeks}) or weeks[0]
asked = st.query_params.get("revision", "")
sheet = card.read(week, int(asked) if asked.isdecimal() and len(asked) < 4 else None)
demo = frame.get("origin") == "demo"
html.show(card.heading(sheet, demo=demo), card.neighbours(sheet, weeks))
if asked and asked != str(sheet.revision):
    html.show(html.state("error", f"这一周没有“{html.e(asked[:20])}”这一版，下面是{html.e(sheet.title)}。"))
with shell.panel("更正"):
    html.show(card.notices(sheet))
with shell.panel("结论"):
    html.show(html.lead(card.lead(sheet)))
with shell.panel("关键数字"):
    html.show(card.kpis(sheet))
with shell.panel("需要关注"):
    html.show(card.boxes(sheet))
with shell.panel("各单位得分"):
    html.show(card_table.table(sheet))
html.show(card.proof(sheet), card.print_style(sheet, demo=demo))
with shell.panel("下载"):
    door.download(
        "下载计分卡（网页文件）",
        card_page.make(sheet, demo=demo).encode(),
        card_page.name(sheet, demo=demo),
        "text/html",
        key="card_file",
        about=f"计分卡 {week} {sheet.title}",
    )
evidence.drawer()
shell.footer(frame, margin=False)
