"""What is fuzzed: a function of bytes that raises where a promise is broken, and the seeds it starts from.

Promises: nothing but our own errors, every offset points at the found text, nothing personal comes through, a fault
names its place, and what was accepted fits the table it goes into.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cockpit import registry, store, tabular, tabular_out
from cockpit.detect import documents, forged, hidden, homepage, privacy, scan, wording
from cockpit.detect import page as pages
from cockpit.detect.lexicon import Lexicon
from cockpit.errors import Fault, InputError
from cockpit.paths import SHIPPED, DataDir
from cockpit.registers import reading
from cockpit.registers.books import BOOKS
from cockpit.registers.model import Context
from cockpit.registry import files as register_files
from cockpit.tabular import RawTable, Sheet
from cockpit.workdays import Calendar
from tests.sites import files
from tests.sites.hostile.markup import pages as hostile_pages
from tests.sites.hostile.strings import EVERYTHING

URL = "http://www.a.gov.cn/dt/202611/t20261105_1.html"
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 4)
# Cells that no CSV holds and every xlsx may: a cell "#n" of the fuzzed table is the n-th of these.
ODD: tuple[Any, ...] = (
    True, False, 1.5, float("nan"), float("inf"), 10**30, -(10**400), datetime(2026, 11, 3, 4, 5), datetime.max,
    datetime.min, date(2026, 11, 3), date.min, time(3, 4), timedelta(days=3), -0.0, 45000, 45000.7, "", " ", None,
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """`run` raises when a promise is broken; `words` help a fuzzer to get past the first check."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    words: Callable[[], Iterator[str]] = lambda: iter(())


@cache
def _matcher() -> wording.Matcher:
    return wording.Matcher(Lexicon.load(SHIPPED / "lexicon"))


@cache
def _context() -> Context:
    known = registry.load_register(DataDir(SHIPPED))
    return Context(
        {u.unit_code: u.unit_code for u in known.units},
        {"A1": "A1"},
        {s.site_code: s.site_code for s in known.sites},
        Calendar.load(SHIPPED / "calendar"),
        TODAY,
    )


# --- detectors -----------------------------------------------------------------------------------------


def text(data: bytes) -> None:
    """Wording and privacy: offsets are those of the text, masks hold, the masked text leaks nothing again."""
    given = data.decode("utf-8", "replace")
    for finding in _matcher().find(given, TODAY):
        assert given[finding.start : finding.end] == finding.text, finding
    raw = [given[f.start : f.end] for f in privacy.find(given)]
    assert all(raw)
    assert all("*" in f.text for f in privacy.find(given))
    masked = privacy.masked(given)
    for finding, was in zip(privacy.find(given), raw, strict=True):
        assert finding.text != was
        assert len(was) < 8 or was not in masked, "a masked text still holds what it masks"
    json.dumps(scan.scan_text(given, _matcher(), TODAY))


def page(data: bytes) -> None:
    """A page of any bytes: what is said of it fits the contract of the command line."""
    content, _ = pages.decode(data, None)
    found = pages.parse(content, URL)
    assert all(h.line >= 1 and h.why for h in hidden.find(found, {"http://a/a.css": content}))
    forged.within(found, TODAY)
    homepage.check(found)
    told = scan.scan_html(data, URL, _matcher())
    json.dumps(told)
    shown = found.text
    for finding in scan.text_findings(shown, _matcher(), TODAY):
        assert 0 <= finding.start < finding.end <= len(shown)


def document(data: bytes) -> None:
    """An attachment: the ending is the first letter's choice, the rest its content."""
    name = ("a.pdf", "a.docx", "a.xlsx", "a.zip", "a.doc", "a.xls", "a.txt", "a")[data[0] % 8 if data else 0]
    found = documents.read(data[1:], name)
    assert found.characters <= documents.MAX_TEXT
    assert found.parts or found.cause
    for part in found.parts:
        part.text.encode("utf-8", "surrogatepass")


# --- ledgers and registers -----------------------------------------------------------------------------


def _sheets() -> list[Sheet]:
    return [*register_files.FILES.values(), *(book.sheet for book in BOOKS.values())]


def cells(data: bytes) -> None:
    """A table under right headings: the first byte chooses the sheet, lines are rows, tabs part cells."""
    if not data:
        return
    sheet = _sheets()[data[0] % len(_sheets())]
    rows = [
        [_cell(c) for c in row.split("\t")] for row in data[1:].decode("utf-8", "replace").split("\n")[:40]
    ]
    raw = RawTable("试.xlsx", [f.heading for f in sheet.fields], list(enumerate(rows, 2)))
    faults: list[Fault] = []
    if sheet in [book.sheet for book in BOOKS.values()]:
        tables = reading.check([raw], _context(), faults)
        if not faults:
            _fits(tables)
    else:
        tables_of = register_files.Tables()
        tables_of.rows[sheet.name] = tabular.parse(raw, sheet, tables_of.faults)
        register_files.check(tables_of)
        faults = tables_of.faults
        if not faults:
            tabular_out.sheet_csv(sheet, [dict(r.values) for r in tables_of.rows[sheet.name]])
    _named(faults)


def _cell(text_of: str) -> Any:
    if text_of[:1] == "#" and text_of[1:].isascii() and text_of[1:].isdigit() and len(text_of) < 4:
        return ODD[int(text_of[1:]) % len(ODD)]
    return text_of


def _fits(tables: reading.Tables) -> None:
    """Accepted rows go into their table and out again as a file that is accepted."""
    for book, rows in tables:
        batch = store.Batch(DataDir(Path("/nonexistent")), "ledgers", "fuzz")
        for row in rows:
            batch.add(book.name, measured_at=NOW, **row)
        content = tabular_out.sheet_csv(book.sheet, rows)
        lines = tabular.decode(content).count("\r\n")
        assert lines >= len(rows)


def _named(faults: list[Fault]) -> None:
    for fault in faults:
        assert fault.file
        assert fault.message
        assert len(str(fault)) < 6000


def file(data: bytes) -> None:
    """A file as somebody uploads it: read, recognised, checked; every refusal is ours and names its place."""
    try:
        raws = tabular.read_bytes("试.csv", data)
    except InputError as error:
        _named(error.faults)
        return
    faults: list[Fault] = []
    tables = reading.check(raws, _context(), faults)
    _named(faults)
    if not faults:
        _fits(tables)


# --- seeds ---------------------------------------------------------------------------------------------


def _texts() -> Iterator[bytes]:
    for word in EVERYTHING:
        yield word.encode("utf-8", "replace")
    yield "身份证号11010519491231002X，电话13912345678，家住长青路3组12号，银行卡6222021234567890128".encode()
    yield "截止目前为止，中华人民共合国，习近平总书记，做为，1３９１２３４５６７８".encode()


def _pages() -> Iterator[bytes]:
    yield from (body[:4000] for body, _ in hostile_pages().values())


def _documents() -> Iterator[bytes]:
    yield b"\x00" + files.pdf(["身份证 11010519491231002X"])
    yield b"\x01" + files.docx(["截止目前为止"])
    yield b"\x02" + files.xlsx({"表": [["姓名", "电话"], ["甲", 13912345678]]})
    yield b"\x03" + files.packed({"a.txt": "甲".encode(), "b.docx": files.docx(["乙"])})
    yield b"\x04" + files.doc("正文")
    yield b"\x06" + "一行\n二行".encode("gb18030")


def _rows() -> Iterator[bytes]:
    words = {"date": "2026-11-03", "bool": "是", "int": "3", "number": "1.5", "url": "http://a.gov.cn/"}
    for number, sheet in enumerate(_sheets()):
        row = [
            next(iter(f.choices.values()), "") if f.choices else words.get(f.kind, "编1")
            for f in sheet.fields
        ]
        odd = [f"#{n % len(ODD)}" for n in range(len(row))]
        yield bytes([number]) + "\t".join(row).encode() + b"\n" + "\t".join(odd).encode()


def _files() -> Iterator[bytes]:
    for book in BOOKS.values():
        yield tabular_out.sheet_csv(book.sheet, [])
    for path in sorted((SHIPPED / "registry").glob("*.csv"))[:4]:
        yield path.read_bytes()[:2000]
    yield files.xlsx({"表": [[f.heading for f in BOOKS["message"].sheet.fields], ["1", "2"]]})


def _headings() -> Iterator[str]:
    yield from {f.heading for sheet in _sheets() for f in sheet.fields}


def _markup() -> Iterator[str]:
    yield from ("<a href=", "<style>", "</style>", "display:none", "<script>", "document.write(", "<meta name=", "content=", "发布时间：", "<![CDATA[", "url(", "@media", "<iframe ", "&#x", "position:absolute")  # fmt: skip


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        "text": Target(text, _texts),
        "page": Target(page, _pages, _markup),
        "document": Target(document, _documents),
        "cells": Target(cells, _rows),
        "file": Target(file, _files, _headings),
    }
)
