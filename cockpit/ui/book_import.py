"""Templates and import of a register on screen: a file is checked first, and nothing is taken unless all is right."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from cockpit import clock, tabular, tabular_out
from cockpit.errors import Fault, InputError
from cockpit.registers import reading
from cockpit.registers.books import BOOKS
from cockpit.registers.model import Book
from cockpit.ui import data, door, html, who
from cockpit.ui.books import shown

FAULTS_SHOWN, PREVIEW_ROWS = 50, 5


def panel(book: Book) -> None:
    """Template, how to fill it in, and the import with its preview."""
    html.show(html.title("模板与导入", "CSV 或 xlsx，UTF-8 或 GBK；有一处错误就什么都不导入"))
    one, two = st.columns([1, 3])
    with one:
        door.download(
            "下载模板（CSV）",
            tabular_out.sheet_csv(book.sheet, []),
            f"{book.title}.csv",
            "text/csv",
            key=f"template_{book.name}",
            about=f"空模板 {book.title}",
        )
    with two, st.expander("怎么填"):
        html.show(_guide(book))
    if not who.may("register"):
        html.show(html.state("", f"{html.e(who.why('register'))}。"))
        return
    number = st.session_state.get("book_files", 0)
    done = st.session_state.pop("book_imported", None)
    if done:
        html.show(html.done(html.e(done), f"{done} {number}"))
    given = st.file_uploader(
        "选择填好的文件",
        type=["csv", "xlsx"],
        key=f"book_file_{number}",
        max_upload_size=tabular.MAX_BYTES // 1_000_000,
    )
    if given is not None:
        _preview(given.name, given.getvalue())


def _guide(book: Book) -> str:
    columns = [
        html.Column("列", lambda f: html.e(f["heading"]), "nw"),
        html.Column("填写", lambda f: html.e(f["how"])),
    ]
    rows = [{"heading": f.heading, "how": reading.explain(f) or "文字"} for f in book.sheet.fields]
    return html.table(columns, rows, css="guide")


def _preview(name: str, content: bytes) -> None:
    """What the file holds, or every fault of it."""
    now = clock.now()
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / (Path(name).name or "上传.csv")
            path.write_bytes(content)
            tables = reading.read([path], reading.context(data.data(), now))
    except InputError as error:
        html.show(_faults(error.faults))
        return
    for book, rows in tables:
        html.show(
            html.state("good", f"✓ 识别为{html.e(book.title)}，{len(rows)} 行，没有错误。"),
            _sample(book, rows),
        )
    total = sum(len(rows) for _, rows in tables)
    actor = who.sign("操作人（岗位）", "book_actor")
    if st.button(f"导入 {total} 行", type="primary", key="book_go", disabled=not actor.strip()):
        who.require("register")
        counts = reading.spool(data.data(), tables, now, Path(name).name, actor=actor)
        data.publish("导入")
        told = "；".join(f"{BOOKS[n].title} {c} 行" for n, c in counts.items())
        st.session_state["book_imported"] = f"已导入：{told}"
        st.session_state["book_files"] = st.session_state.get("book_files", 0) + 1  # a new, empty box
        st.rerun()


def _faults(faults: list[Fault]) -> str:
    columns = [
        html.Column("文件", lambda f: html.e(f["file"]), "nw"),
        html.Column("行", lambda f: html.e(f["row"] or "—"), "num"),
        html.Column("列", lambda f: html.e(f["field"] or "—"), "nw"),
        html.Column("错在哪里", lambda f: html.e(f["message"])),
        html.Column("怎么改", lambda f: html.e(f["remedy"])),
    ]
    rest = len(faults) - FAULTS_SHOWN
    more = f"，只列前 {FAULTS_SHOWN} 处" if rest > 0 else ""
    head = html.state("error", f"{len(faults)} 处错误，没有导入任何一行{more}。")
    return head + html.table(columns, [vars(f) for f in faults[:FAULTS_SHOWN]], css="faults")


def _sample(book: Book, rows: list[dict[str, Any]]) -> str:
    columns = [
        html.Column(f.heading, lambda r, f=f: html.e(shown(f, r.get(f.name))), "nw")
        for f in book.sheet.fields
    ]
    note = f"前 {min(PREVIEW_ROWS, len(rows))} 行预览"
    return html.title(note) + html.table(columns, rows[:PREVIEW_ROWS], css="wide")
