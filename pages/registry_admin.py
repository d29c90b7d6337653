"""台账管理: units, sites, channels, accounts, lexicons and whitelist, edited with validation, preview and undo."""

from __future__ import annotations

import streamlit as st

from cockpit.ui import html, ledger_books, shell

frame = shell.boot("registry_admin")
shell.header(frame, "台账管理", ledger_books.as_of())
with shell.panel("关键数字"):
    html.show(html.lead(ledger_books.lead()), ledger_books.kpis())
titles = {
    key: ("词库 · " if book.folder == "lexicon" else "") + book.title
    for key, book in ledger_books.BOOKS.items()
}
chosen = ledger_books.BOOKS[shell.choose("表", "book", titles) or next(iter(ledger_books.BOOKS))]
if st.session_state.get("proposal") and st.session_state["proposal"].book.key != chosen.key:
    st.session_state.pop("proposal")
if st.query_params.get("show") == "list":
    with shell.panel("清单"):
        html.show(ledger_books.whole(chosen))
else:
    with shell.panel("撤销"):
        ledger_books.undo(chosen)
    with shell.panel("编辑"):
        ledger_books.editor(chosen)
    with shell.panel("历史"):
        html.show(ledger_books.history())
shell.footer(frame)
