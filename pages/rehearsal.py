"""迎检预演: who would fail if sampled today, and who soon?"""

from __future__ import annotations

import streamlit as st

from cockpit.ui import evidence, html, preview, shell

frame = shell.boot("rehearsal")
shell.header(frame, "迎检预演")
with shell.panel("结论"):
    found = preview.today()
    html.show(preview.summary(found))
    chosen = st.query_params.get("show", "failing")
    html.show(preview.listing(found, chosen, st.query_params.get("clause", "")))
    html.show(preview.by_clause(found))
evidence.drawer()
shell.footer(frame)
