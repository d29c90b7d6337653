"""清单: the rows behind a number, exactly as many as the number says."""

from __future__ import annotations

import streamlit as st

from cockpit.ui import evidence, html, paging, rowlists, shell

frame = shell.boot("lists")
asked = st.query_params.get("list", "")
if asked not in rowlists.LISTS:
    shell.header(frame, "清单")
    html.show(html.state("none", "没有这份清单。请从页面上的数字点进来。"))
else:
    with shell.panel("清单"):
        found = rowlists.LISTS[asked](st.query_params)
        shell.header(frame, found.title)
        html.show(html.lead(f"共 <b>{len(found.rows)}</b> {found.unit}。{html.e(found.note)}"))
        html.show(
            paging.table(found.columns, found.rows)
            if found.rows
            else html.state("good", "✓ 没有符合条件的记录。")
        )
evidence.drawer()
shell.footer(frame)
