"""政务新媒体: which accounts are about to fall silent?"""

from __future__ import annotations

import streamlit as st

from cockpit.store.queries import scores
from cockpit.ui import data, evidence, html, media, shell

frame = shell.boot("new_media")
shell.header(frame, "政务新媒体")
units = {u["unit_code"]: u["unit_name"] for u in data.ask(scores.units)}
rows = media.found()
top = st.container()
a, b, c = st.columns(3)
with a:
    unit = shell.choose("责任单位", "unit", units, all_label="全部单位")
with b:
    platforms = {p: p for p in dict.fromkeys(r["platform"] for r in rows)}
    platform = shell.choose("平台", "platform", platforms, all_label="全部平台")
with c:
    choices = {"all": "全部账号", **media.STATES, **media.FLAGS}
    state = shell.choose("状态", "state", choices, all_label="有问题的账号")
filters = media.Filters(unit, platform, state)
if rows:
    with top, shell.panel("关键数字"):
        html.show(media.summary(rows, filters))
    with shell.panel("更新间隔条"):
        media.strip(rows, filters)
    with shell.panel("清单"):
        html.show(media.listing(rows, filters))
else:
    html.show(
        html.state("none", "— 还没有政务新媒体台账。模板：python -m cockpit registry template --out 目录")
    )
media.drawer(rows)
evidence.drawer()
shell.footer(frame)
