"""依申请公开: which applications come due, and in which stage are they stuck?"""

from __future__ import annotations

import streamlit as st

from cockpit.store.queries import scores
from cockpit.ui import annual_tables, cases, data, evidence, html, mocks, shell

frame = shell.boot("requests")
shell.header(frame, "依申请公开")
today = data.today()
units = {u["unit_code"]: u["unit_name"] for u in data.ask(scores.units)}
everything = cases.found(None)
top = st.container()
a, b, c = st.columns(3)
with a:
    unit = shell.choose("责任单位", "unit", units, all_label="全部单位")
with b:
    year = int(shell.choose("年度", "year", cases.years(everything, today)) or today.year)
with c:
    table = shell.choose("年报表", "table", annual_tables.TABLES) or "3"
filters = cases.Filters(unit, st.query_params.get("state"), st.query_params.get("stage"), year)
found = [case for case in everything if unit is None or case.row["unit_code"] == unit]
if not everything:
    html.show(
        html.state(
            "none",
            "— 还没有依申请公开台账。模板：python -m collectors ledgers template --out 目录；也可在工作台账页导入。",
        )
    )
with top, shell.panel("关键数字"):
    html.show(cases.summary(found, filters))
with shell.panel("到期时间条"):
    cases.strip(found)
left, right = st.columns(2)
with left, shell.panel("环节"):
    html.show(cases.stages(found, filters))
with right, shell.panel("结果构成"):
    html.show(cases.results(found, filters))
with shell.panel("清单"):
    html.show(cases.listing(found, filters))
with shell.panel("复议诉讼"):
    closed = cases.kept(found, cases.Filters(unit, "closed", None, year))
    html.show(annual_tables.reviews(unit, year, len(closed), today))
with shell.panel("模拟测评"):
    html.show(mocks.listing(unit, today))
with shell.panel("年报表"):
    annual_tables.show(table, unit, units.get(unit or "", "全市"), year, today)
with shell.panel("年报核对"):
    html.show(annual_tables.filed(year, today))
cases.drawer(found)
evidence.drawer()
shell.footer(frame)
