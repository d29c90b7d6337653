"""预警处置: what is still open, who is late?"""

from __future__ import annotations

import streamlit as st

from cockpit.report.columns import LEVELS, STATES
from cockpit.store.queries import scores, warnings
from cockpit.ui import common_causes, data, evidence, html, queue, shell

frame = shell.boot("alerts")
units = {u["unit_code"]: u["unit_name"] for u in data.ask(scores.units)}
shell.header(frame, "预警处置")
answer, form, counts = st.container(), st.container(), st.container()
a, b, c, d = st.columns(4)
with a:
    unit = shell.choose("责任单位", "unit", units, all_label="全部单位")
with b:
    level = shell.choose("级别", "level", LEVELS, all_label="全部级别")
with c:
    state = shell.choose(
        "状态", "status", {k: STATES[k] for k in ("new", "ack", "doing", "verify")}, all_label="全部状态"
    )
with d:
    owners = {o: o for o in data.ask(warnings.owners)}
    owner = shell.choose("责任岗位", "owner", owners, all_label="全部责任岗位")
filters = queue.Filters(
    unit,
    level,
    state,
    late=st.query_params.get("late") == "1",
    merged=st.query_params.get("merge") == "1",
    actor=st.query_params.get("who", ""),
    owner=owner,
)
rows = queue.rows(filters)
with answer, shell.panel("结论"):
    html.show(queue.lead(filters, rows))
with form, shell.panel("处理"):
    queue.handle(rows)
with counts, shell.panel("关键数字"):
    html.show(queue.summary(filters))
with shell.panel("时限"):
    queue.strip(rows)
with shell.panel("清单"):
    html.show((common_causes.panel(unit) if filters.merged else "") + queue.table(filters, rows))
evidence.drawer()
shell.footer(frame)
