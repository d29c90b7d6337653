"""异议复核: a unit disagrees with a lost point; somebody else looks again and decides."""

from __future__ import annotations

import streamlit as st

from cockpit.appraise.disputes import STATES
from cockpit.store.queries import scores
from cockpit.ui import data, dispute_case, dispute_cases, evidence, html, numbers, shell

frame = shell.boot("review")
shell.header(frame, "异议复核")
units = {u["unit_code"]: u["unit_name"] for u in data.ask(scores.units)}
asked, raising = st.query_params.get("case"), st.query_params.get("raise")
if raising:
    with shell.panel("提出异议"):
        dispute_case.raise_form(raising)
elif asked:
    html.show(html.anchor("← 全部案件", html.link("review")))
    with shell.panel("案件"):
        dispute_case.show(asked)
else:
    counts = st.container()
    a, b, c = st.columns(3)
    with a:
        unit = shell.choose("责任单位", "unit", units, all_label="全部单位")
    with b:
        weeks = {w: numbers.week(w) for w in data.ask(scores.weeks)}
        week = shell.choose("周次", "period", weeks, all_label="全部周次")
    with c:
        groups = {k: dispute_cases.GROUPS[k] for k in ("waiting", "late", "granted", "decided", *STATES)}
        state = shell.choose("状态", "status", groups, all_label="全部状态")
    filters = dispute_cases.Filters(unit, week, state)
    found = dispute_cases.rows(filters)
    with counts, shell.panel("结论"):
        html.show(dispute_cases.summary(filters, found))
    with shell.panel("案件"):
        html.show(dispute_cases.table(filters, found))
    with shell.panel("统计"):
        html.show(dispute_cases.statistics(filters))
    html.show(
        '<p class="ck-quiet">提出异议：在单位档案的扣分明细里点“提异议”，或在任何一条扣分的证据里点“提出异议”。</p>'
    )
evidence.drawer()
shell.footer(frame)
