"""From a file to checked rows: every fault with file, row, field and remedy, and nothing unless all is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cockpit import clock, registry, store, tabular
from cockpit.detect import privacy
from cockpit.errors import CockpitError, Fault, InputError
from cockpit.paths import DataDir
from cockpit.registers.books import BOOKS
from cockpit.registers.model import Book, Context, Values
from cockpit.store.queries.registers import stored_keys
from cockpit.tabular import Field, RawTable, Row, Sheet
from cockpit.workdays import Calendar

PLACES = {"unit": "责任单位台账", "account": "政务新媒体台账", "site": "网站台账"}
Tables = list[tuple[Book, list[Values]]]


def context(data: DataDir, now: datetime) -> Context:
    """What rows are checked against. Raises where there is no register of units yet."""
    known = registry.load_register(data)
    units = {
        name: u.unit_code for u in known.units for name in (u.unit_code, u.unit_name, u.short_name) if name
    }
    accounts = {a.account_code: a.account_code for a in known.accounts}
    sites = {s.site_code: s.site_code for s in known.sites}
    return Context(units, accounts, sites, Calendar.load(data.calendar), clock.local_day(now), _stored(data))


def _stored(data: DataDir) -> Callable[[str, str], set[str]]:
    def keys(table: str, column: str) -> set[str]:
        if store.version(data) is None:
            return set()
        with store.reader(data) as reader:
            return stored_keys(reader, table, column)

    return keys


def read(paths: Iterable[Path], known: Context, books: Sequence[Book] = tuple(BOOKS.values())) -> Tables:
    """Checked rows of all files; the kind of each table is known by its headings. Raises InputError."""
    faults: list[Fault] = []
    raws: list[RawTable] = []
    for path in paths:
        try:
            raws += tabular.read(path)
        except InputError as error:
            faults += error.faults
    tables = check(raws, known, faults, books)
    if faults:
        raise InputError(faults)
    return tables


def check(
    raws: Iterable[RawTable],
    known: Context,
    faults: list[Fault],
    books: Sequence[Book] = tuple(BOOKS.values()),
) -> Tables:
    """Rows of tables as read; every fault is added to `faults`."""
    parsed: list[tuple[Book, list[Row]]] = []
    for raw in raws:
        try:
            sheet = tabular.recognise(raw, [book.sheet for book in books])
        except InputError as error:
            faults += error.faults
            continue
        book = next(b for b in books if b.sheet is sheet)
        parsed.append((book, tabular.parse(raw, sheet, faults)))
    given = {
        (book.name, name): {str(r.values[name]) for r in rows if r.values.get(name) is not None}
        for book, rows in parsed
        for name in book.sheet.key
    }
    return [(book, _rows(book, rows, known, given, faults)) for book, rows in parsed]


def _rows(
    book: Book,
    rows: Sequence[Row],
    known: Context,
    given: dict[tuple[str, str], set[str]],
    faults: list[Fault],
) -> list[Values]:
    out, resolved = [], []
    for row in rows:
        values = dict(row.values)
        _references(book, row, values, known, given, faults)
        _past(book.sheet, row, book.past, known.today, faults)
        for first, second in book.ordered:
            _ordered(book.sheet, row, first, second, faults)
        if book.check:
            book.check(book.sheet, row, values, known, faults)
        resolved.append(Row(row.file, row.number, values))
        out.append(_masked(book.sheet, values))
    if book.whole:
        book.whole(book.sheet, resolved, faults)
    return out


def _references(
    book: Book,
    row: Row,
    values: Values,
    known: Context,
    given: dict[tuple[str, str], set[str]],
    faults: list[Fault],
) -> None:
    names = {"unit": known.units, "account": known.accounts, "site": known.sites}
    for name, kind in book.references.items():
        value = values.get(name)
        if value is None:
            continue
        if kind in names:
            if value in names[kind]:
                values[name] = names[kind][value]
                continue
            message, remedy = f"「{value}」不在{PLACES[kind]}里", "请先登记，或更正编码、名称"
        else:
            table, column = kind.split(".")
            if value in given.get((table, column), set()) or value in known.stored(table, column):
                continue
            message, remedy = f"「{value}」在{BOOKS[table].title}里找不到", "请先导入被引用的台账，或更正编号"
        faults.append(row.fault(book.sheet, name, message, remedy))


def _past(sheet: Sheet, row: Row, names: Sequence[str], today: date, faults: list[Fault]) -> None:
    for name in names:
        value = row.values[name]
        if value and value > today:
            faults.append(row.fault(sheet, name, f"{value} 晚于今天 {today}", "请核对日期"))


def _ordered(sheet: Sheet, row: Row, first: str, second: str, faults: list[Fault]) -> None:
    a, b = row.values[first], row.values[second]
    if a and b and b < a:
        faults.append(row.fault(sheet, second, f"{b} 早于{sheet.field(first).heading} {a}", "请核对先后"))


def _masked(sheet: Sheet, values: Values) -> Values:
    """Free text with personal data masked; codes, dates and choices as they are."""
    free = {f.name for f in sheet.fields if f.kind == "text"}
    return {k: privacy.masked(v) if k in free and isinstance(v, str) else v for k, v in values.items()}


def spool(
    data: DataDir, tables: Tables, now: datetime, source: str, *, actor: str, collector: str = "ledgers"
) -> dict[str, int]:
    """Write checked rows as one batch, with what was covered and an entry of the trail; returns rows by register.

    source: the files, as they are told; actor: who brings them in.
    """
    run_id, actor = store.new_run_id(collector, now), actor.strip() or "未知"
    batch = store.Batch(data, collector, run_id)
    counts: dict[str, int] = {}
    for book, rows in tables:
        counts[book.name] = counts.get(book.name, 0) + len(rows)
        for row in rows:
            batch.add(book.name, measured_at=now, **row)
        _cover(batch, book, rows, now)
    for name, rows in counts.items():
        batch.add(
            "audit_note",
            event_id=f"{run_id}-{name}",
            event_at=now,
            actor=actor,
            action="register.import",
            object_kind="register",
            object_id=BOOKS[name].title,
            after=f"{rows} 行",
            reason=source,
        )
    batch.add(
        "run",
        collector=collector,
        started_at=now,
        ended_at=now,
        state="ok",
        targets=len(tables),
        targets_measured=len(tables),
        targets_failed=0,
        row_count=sum(counts.values()),
        note=f"{actor} 导入 {source}",
    )
    batch.write(now)
    return counts


def _cover(batch: store.Batch, book: Book, rows: Sequence[Values], now: datetime) -> None:
    owner = "unit_code" if any(f.name == "unit_code" for f in book.sheet.fields) else "account_code"
    if not any(f.name == owner for f in book.sheet.fields):
        return
    for code in dict.fromkeys(row[owner] for row in rows if row[owner]):
        batch.add(
            "coverage",
            measured_at=now,
            collector="ledgers",
            aspect=book.aspect,
            ok=True,
            complete=True,
            items=sum(row[owner] == code for row in rows),
            **{owner: code},
        )


def explain(spec: Field) -> str:
    """How a column is filled in, for templates and help."""
    kinds = {
        "date": "日期，如 2026-11-23",
        "bool": "是 或 否",
        "url": "以 http:// 或 https:// 开头",
        "int": "整数",
        "number": "数字",
    }
    words = "可选：" + "、".join(spec.choices.values()) if spec.choices else kinds.get(spec.kind, "")
    return "；".join(part for part in ("必填" if spec.required else "", words, spec.note) if part)


def find(name: str) -> Book:
    """A register by its name or Chinese title. Raises CockpitError naming those there are."""
    for book in BOOKS.values():
        if name in {book.name, book.title}:
            return book
    raise CockpitError(f"没有台账「{name}」。可用：{'、'.join(b.title for b in BOOKS.values())}")


def shown_row(book: Book, row: dict[str, Any]) -> dict[str, Any]:
    """Only the columns people see, for export."""
    return {f.name: row.get(f.name) for f in book.sheet.fields}
