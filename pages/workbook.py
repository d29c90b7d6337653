"""工作台账: one register at a time: what is late, what is missing, and how is it brought up to date?"""

from __future__ import annotations

import streamlit as st

from cockpit.registers.books import BOOKS
from cockpit.store.queries import scores
from cockpit.ui import book_import, books, data, evidence, html, shell

frame = shell.boot("workbook")
shell.header(frame, "工作台账")
units = {u["unit_code"]: u["unit_name"] for u in data.ask(scores.units)}
a, b, c = st.columns(3)
with a:
    options = books.names()
    first = {books.DEFAULT: options[books.DEFAULT]}
    book = BOOKS[shell.choose("台账", "book", first | options) or books.DEFAULT]
with b:
    unit = shell.choose("责任单位", "unit", units, all_label="全部单位")
with c:
    state = shell.choose(
        "状态", "state", {"all": "全部状态", **books.states(book)}, all_label="不合要求和临期"
    )
filters = books.Filters(book.name, unit, state)
entries = books.found(book, unit)
with shell.panel("结论"):
    html.show(books.summary(book, entries, filters))
with shell.panel("限期条"):
    books.strip(book, entries)
with shell.panel("清单"):
    html.show(books.listing(book, entries, filters))
with shell.panel("模板与导入"):
    book_import.panel(book)
books.drawer(book, entries)
evidence.drawer()
shell.footer(frame)
