"""清单: the rows behind a number, exactly as many as the number says."""

from __future__ import annotations

import streamlit as st

from cockpit.store.queries import scores
from cockpit.ui import data, evidence, html, paging, rowlists, shell

frame = shell.boot("lists")
asked = st.query_params.get("list", "")
if asked not in rowlists.LISTS:
    shell.header(frame, "清单")
    html.show(html.state("none", "没有这份清单。请从页面上的数字点进来。"))
else:
    with shell.panel("清单"):
        found = rowlists.LISTS[asked](st.query_params)
        shell.header(frame, found.title)
        period = st.query_params.get("period")
        if period and period not in data.ask(scores.weeks):
            html.show(html.state("error", f"没有“{html.e(period[:20])}”这一周，下面是最近一周。"))
        html.show(html.lead(f"共 <b>{len(found.rows)}</b> {found.unit}。{html.e(found.note)}"))
        html.show(
            paging.table(found.columns, found.rows)
            if found.rows
            else html.state("good", "✓ 没有符合条件的记录。")
        )
evidence.drawer()
shell.footer(frame)
