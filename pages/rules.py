"""规则口径: by which clause, limit and value is everything judged, what changed, and what would a change do?"""

from __future__ import annotations

from cockpit import store
from cockpit.ui import data, html, rulebook, shell

frame = shell.boot("rules")
shell.header(frame, "规则口径")
with shell.panel("结论"):
    html.show(rulebook.summary())
view = shell.choose("看什么", "view", rulebook.VIEWS) or "table"
with shell.panel(rulebook.VIEWS[view]):
    if view == "table":
        rulebook.table()
    elif store.version(data.data()) is None:
        html.show(html.state("none", f"— {rulebook.NEEDS[view]}"))
    elif view == "diff":
        rulebook.diff()
    else:
        rulebook.trial_form()
shell.footer(frame)
