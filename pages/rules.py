"""规则口径: by which clause, limit and value is everything judged, what changed, and what would a change do?"""

from __future__ import annotations

from cockpit.ui import html, rulebook, shell

frame = shell.boot("rules")
shell.header(frame, "规则口径")
with shell.panel("结论"):
    html.show(rulebook.summary())
view = shell.choose("看什么", "view", rulebook.VIEWS) or "table"
with shell.panel(rulebook.VIEWS[view]):
    if view == "table":
        rulebook.table()
    elif view == "diff":
        rulebook.diff()
    else:
        rulebook.trial_form()
shell.footer(frame)
