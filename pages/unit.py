"""单位档案: why does this unit have this score?"""

from __future__ import annotations

import streamlit as st

from cockpit.store.queries import scores
from cockpit.ui import card, data, dossier, evidence, html, numbers, shell

frame = shell.boot("unit")
units = {u["unit_code"]: u["unit_name"] for u in data.ask(scores.units)}
weeks = data.ask(scores.weeks)
a, b = st.columns(2)
with a:
    unit = shell.choose("责任单位", "unit", units) or next(iter(units))
with b:
    week = shell.choose("周次", "period", {w: numbers.week(w) for w in weeks}) if weeks else None
sheet = dossier.read(unit, week or (weeks[0] if weeks else None))
html.show(dossier.heading(sheet, units[unit]))
with shell.panel("更正"):
    html.show(dossier.corrections(sheet))
if sheet.score is not None:
    with shell.panel("得分构成与走势"):
        dossier.draw(sheet)
    with shell.panel("扣分明细"):
        html.show(dossier.deductions(sheet))
    with shell.panel("加分明细"):
        html.show(dossier.bonuses(sheet))
    with shell.panel("较上周变化"):
        html.show(dossier.changes(sheet))
    with shell.panel("未采集"):
        html.show(dossier.unmeasured(sheet))
with shell.panel("未办结预警"):
    html.show(dossier.warnings_table(sheet))
with shell.panel("网站与账号"):
    html.show(dossier.objects(sheet))
if sheet.week is not None:
    issue = card.read(sheet.week)
    html.show(card.proof(issue), card.print_style(issue, demo=frame.get("origin") == "demo"))
evidence.drawer()
shell.footer(frame, margin=sheet.week is None)
