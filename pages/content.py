"""错敏与隐私: which words are wrong, whose data leaked, what is old, and can the detectors be trusted?"""

from __future__ import annotations

import streamlit as st

from cockpit.store.queries import content as questions
from cockpit.store.queries import scores
from cockpit.ui import content, data, evidence, html, shell, verdict

frame = shell.boot("content")
shell.header(frame, "错敏与隐私")
verdict.told()
units = {u["unit_code"]: u["unit_name"] for u in data.ask(scores.units)}
top = st.container()
a, b, c = st.columns(3)
with a:
    unit = shell.choose("责任单位", "unit", units, all_label="全部单位")
with b:
    kinds = {k: content.kind_name(k) for k in data.ask(questions.kinds)}
    kind = shell.choose("种类", "kind", kinds, all_label="全部种类")
with c:
    group = shell.choose("状态", "group", content.GROUPS, all_label="未改（不含误报、待复核）")
asked = st.query_params
filters = content.Filters(unit, kind, group, asked.get("age"))
with top, shell.panel("关键数字"):
    html.show(html.lead(content.lead(filters)), content.kpis(filters))
if asked.get("rule"):
    with shell.panel("人工结论"):
        html.show(content.marks(asked["rule"], asked.get("mark")))
elif asked.get("show") == "attachments":
    with shell.panel("附件"):
        state = asked.get("state") if asked.get("state") in {"read", "unread"} else None
        html.show(content.attachments(filters, state))
elif group == "review":
    with shell.panel("复核队列"):
        verdict.queue(content.rows(filters))
    with shell.panel("清单"):
        html.show(content.listing(filters, content.rows(filters)))
elif group or filters.age or kind:
    with shell.panel("清单"):
        html.show(content.listing(filters, content.rows(filters)))
else:
    left, right = st.columns(2, gap="medium")
    with left, shell.panel("按种类"):
        html.show(content.by_kind(filters))
    with right, shell.panel("超期未改"):
        html.show(content.by_age(filters), content.attachment_summary(filters))
    with shell.panel("清单"):
        html.show(content.listing(filters, content.rows(filters)))
    with shell.panel("规则准确率"):
        html.show(content.precision())
    with shell.panel("复核队列"):
        verdict.queue(data.ask(questions.listed, group="review", unit=unit))
if asked.get("rule") or asked.get("show") or group or filters.age:
    html.show(html.anchor("← 返回错敏与隐私", html.link("content", unit=unit), "ck-chip"))
evidence.drawer()
shell.footer(frame)
