"""操作留痕: who changed what, when and why, and can it be trusted?"""

from __future__ import annotations

import streamlit as st

from cockpit.store.queries import audit
from cockpit.ui import data, evidence, html, shell, trailing

frame = shell.boot("trail")
shell.header(frame, "操作留痕")
with shell.panel("完好"):
    html.show(trailing.wholeness())
with shell.panel("关键数字"):
    html.show(trailing.kpis())
a, b = st.columns(2)
with a:
    kind = shell.choose(
        "对象", "kind", {k: trailing.KINDS.get(k, k) for k in data.ask(audit.kinds)}, all_label="全部对象"
    )
with b:
    actor = shell.choose("谁", "actor", {name: name for name in data.ask(audit.actors)}, all_label="所有人")
with shell.panel("清单"):
    html.show(trailing.table(kind, actor))
evidence.drawer()
shell.footer(frame)
