"""台账、词库、白名单 as books that people edit in the browser: validated as a whole, compared, saved at once, undone.

A save keeps the whole old file beside its entry in `history/` of the data folder, so the last one can be taken
back. Nobody's work is overwritten unseen: a save names the version it started from.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cockpit import clock, tabular, tabular_out
from cockpit.detect import lexicon
from cockpit.errors import CockpitError, Fault, InputError, why
from cockpit.paths import SHIPPED, DataDir
from cockpit.registry import files
from cockpit.registry.sheets import FILES
from cockpit.store.batch import fsync_folder
from cockpit.tabular import RawTable, Sheet

Values = list[dict[str, Any]]
MOST_ROWS = 20_000


@dataclass(frozen=True)
class Book:
    """One editable table: where it lies and which act a role must permit."""

    key: str
    folder: str
    file: str
    sheet: Sheet
    act: str

    @property
    def title(self) -> str:
        return self.sheet.title


def _books() -> dict[str, Book]:
    found = {
        sheet.name: Book(sheet.name, "registry", name, sheet, "register") for name, sheet in FILES.items()
    }
    for name, sheet in lexicon.SHEETS.items():
        found[f"lexicon-{sheet.name}"] = Book(f"lexicon-{sheet.name}", "lexicon", name, sheet, "lexicon")
    return found


BOOKS: Mapping[str, Book] = MappingProxyType(_books())


@dataclass(frozen=True)
class Change:
    """One cell that differs between two versions of a row."""

    row: str
    heading: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """What a save would do: rows by their key, cells by their heading."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def told(self) -> str:
        rows = len({c.row for c in self.changed})
        return (
            f"新增 {len(self.added)} 行、删除 {len(self.removed)} 行、修改 {rows} 行 {len(self.changed)} 处"
        )


@dataclass(frozen=True)
class Proposal:
    """Rows that somebody wants to save, with every fault; without faults they may be saved."""

    book: Book
    rows: Values
    faults: tuple[Fault, ...]
    difference: Difference
    base: str


@dataclass(frozen=True)
class Saved:
    """One entry of the history."""

    id: str
    at: str
    actor: str
    book: str
    action: str
    told: str
    before_sha256: str
    after_sha256: str
    undone: bool = field(default=False)


# --- reading -------------------------------------------------------------------------------------------


def path_of(data: DataDir, book: Book) -> Path:
    """Where a book is read from: the folder's own file, else the shipped one for lexicons and channel types."""
    own = data.root / book.folder / book.file
    shipped = book.folder == "lexicon" or book.key == "channel_type"
    return own if own.is_file() or not shipped else SHIPPED / book.folder / book.file


def rows(data: DataDir, book: Book) -> Values:
    """The rows of a book as they stand; none where there is no file yet. Raises InputError for a damaged one."""
    path = path_of(data, book)
    if not path.is_file() or not path.read_bytes().strip():
        return []
    faults: list[Fault] = []
    found = [dict(r.values) for raw in tabular.read(path) for r in tabular.parse(raw, book.sheet, faults)]
    if faults and not found:
        raise InputError(faults, f"{book.title}有 {len(faults)} 处错误：")
    return found


def version(data: DataDir, book: Book) -> str:
    """Digest of the file as it stands; empty where there is none."""
    path = path_of(data, book)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


# --- proposing -----------------------------------------------------------------------------------------


def propose(data: DataDir, book: Book, cells: Sequence[Mapping[str, Any]], base: str) -> Proposal:
    """Rows typed in the browser, by heading; row numbers are those that Excel would show."""
    headings = [f.heading for f in book.sheet.fields]
    lines = [(n, [row.get(h) for h in headings]) for n, row in enumerate(cells, 2)]
    kept = [(n, line) for n, line in lines if any(str(cell or "").strip() for cell in line)]
    faults: list[Fault] = []
    parsed = tabular.parse(RawTable(book.title, headings, kept), book.sheet, faults)
    return _proposal(data, book, [dict(r.values) for r in parsed], faults, base)


def upload(data: DataDir, book: Book, name: str, content: bytes, base: str, *, merge: bool) -> Proposal:
    """A CSV or xlsx as people upload it. `merge`: rows with a known key replace theirs, the others are added."""
    faults: list[Fault] = []
    given: Values = []
    told: set[str] = set()  # columns the file has; the others keep what they hold
    with tempfile.TemporaryDirectory() as folder:
        bare = "".join(c for c in Path(name).name if c.isprintable() and c not in "/\\")[:100] or "上传"
        path = Path(folder) / bare
        path.write_bytes(content)
        try:
            for raw in tabular.read(path):
                given += [dict(r.values) for r in tabular.parse(raw, book.sheet, faults)]
                told |= {
                    f.name for f in book.sheet.fields if {f.heading, f.name, *f.aliases} & set(raw.headings)
                }
        except InputError as error:
            faults.extend(error.faults)
    if merge and not faults:
        merged = {_key(book.sheet, row): row for row in rows(data, book)}
        for row in given:
            key = _key(book.sheet, row)
            merged[key] = {**merged.get(key, row), **{n: v for n, v in row.items() if n in told}}
        given = list(merged.values())
    return _proposal(data, book, given, faults, base)


def _proposal(data: DataDir, book: Book, found: Values, faults: list[Fault], base: str) -> Proposal:
    if len(found) > MOST_ROWS:
        faults.append(Fault(book.title, None, None, f"超过 {MOST_ROWS} 行", "请拆分"))
    if book.folder == "registry" and not faults:
        faults += _register_faults(data, book, found)
    told = difference(book.sheet, rows(data, book), found)
    return Proposal(book, found, tuple(faults), told, base)


def _register_faults(data: DataDir, book: Book, found: Values) -> list[Fault]:
    """Faults that span tables: the other tables are taken as they stand."""
    tables = files.Tables()
    for name, sheet in FILES.items():
        own = data.registry / name
        source = (
            own if own.is_file() else SHIPPED / "registry" / name if sheet.name == "channel_type" else own
        )
        if sheet is book.sheet or not source.is_file():
            continue
        for raw in tabular.read(source):
            tables.rows.setdefault(sheet.name, []).extend(tabular.parse(raw, sheet, []))
    tables.rows[book.sheet.name] = [tabular.Row(book.title, n, row) for n, row in enumerate(found, 2)]
    files.check(tables)
    found[:] = tables.values(book.sheet)
    return tables.faults


def _key(sheet: Sheet, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in sheet.key)


def difference(sheet: Sheet, old: Values, new: Values) -> Difference:
    """What changes from one version to another, in the words of the table."""
    before, after = ({_key(sheet, row): row for row in version} for version in (old, new))

    def named(key: tuple[Any, ...]) -> str:
        return " / ".join(str(part) for part in key if part is not None) or "（无编码）"

    changed = [
        Change(
            named(key),
            f.heading,
            tabular_out.shown(f, before[key][f.name]),
            tabular_out.shown(f, row[f.name]),
        )
        for key, row in after.items()
        if key in before
        for f in sheet.fields
        if before[key][f.name] != row[f.name]
    ]
    added = tuple(named(key) for key in after if key not in before)
    removed = tuple(named(key) for key in before if key not in after)
    return Difference(added, removed, tuple(changed))


# --- saving --------------------------------------------------------------------------------------------


def save(data: DataDir, proposal: Proposal, *, actor: str, now: datetime) -> Saved:
    """Write a proposal without faults. Raises CockpitError when somebody saved in between, or nothing changes."""
    if proposal.faults:
        raise InputError(list(proposal.faults))
    if not proposal.difference:
        raise CockpitError("没有改动，不用保存")
    book = proposal.book
    with _locked(data):
        if version(data, book) != proposal.base:
            raise CockpitError(f"{book.title}刚被别人改过，没有保存。请刷新页面，在新内容上再改")
        content = tabular_out.sheet_csv(book.sheet, proposal.rows)
        return _write(data, book, content, actor, now, "save", proposal.difference.told())


def undo(data: DataDir, book: Book, *, actor: str, now: datetime) -> Saved:
    """Take the last save of a book back, unless the file has changed since."""
    last = undoable(data, book)
    if last is None:
        raise CockpitError(f"{book.title}没有可以撤销的保存")
    with _locked(data):
        if version(data, book) != last.after_sha256:
            raise CockpitError(f"{book.title}在这次保存之后又改过，不能撤销")
        kept = _folder(data) / f"{last.id}.gz"
        content = gzip.decompress(kept.read_bytes())
        return _write(data, book, content, actor, now, "undo", f"撤销 {last.actor} 的保存（{last.told}）")


def undoable(data: DataDir, book: Book) -> Saved | None:
    """The save that would be taken back; an undo itself is not undone."""
    entries = [e for e in history(data) if e.book == book.key]
    return entries[0] if entries and entries[0].action == "save" else None


def history(data: DataDir, most: int = 200) -> list[Saved]:
    """Saves and undos of all books, newest first; an unreadable line is left out."""
    path = _folder(data) / "history.jsonl"
    if not path.is_file():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines()[-most:]:
        try:
            found.append(Saved(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found[::-1]


def _folder(data: DataDir) -> Path:
    return data.root / "history"


@contextmanager
def _locked(data: DataDir) -> Iterator[None]:
    try:
        _folder(data).mkdir(parents=True, exist_ok=True)
        lock = (_folder(data) / ".lock").open("w")
    except OSError as error:
        raise CockpitError(f"没有保存：写不了 {data.root}（{why(error)}）。请检查权限和磁盘空间") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(
    data: DataDir, book: Book, content: bytes, actor: str, now: datetime, action: str, told: str
) -> Saved:
    """Old file kept, new one written beside, fsynced and renamed, entry added; in that order."""
    if not actor.strip():
        raise CockpitError("请填写操作人")
    source, final = path_of(data, book), data.root / book.folder / book.file
    before = source.read_bytes() if source.is_file() else b""
    entry = Saved(
        f"{now:%Y%m%dT%H%M%S%f}-{book.key}",
        clock.to_local(now).isoformat(timespec="seconds"),
        actor.strip(),
        book.key,
        action,
        told,
        hashlib.sha256(before).hexdigest() if before else "",
        hashlib.sha256(content).hexdigest(),
    )
    try:
        _own_folder(data, book)
        _put(_folder(data) / f"{entry.id}.gz", gzip.compress(before, mtime=0))
        _put(final, content)
        with (_folder(data) / "history.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
            log.flush()
            os.fsync(log.fileno())
    except OSError as error:
        raise CockpitError(f"没有保存：写不了 {final}（{why(error)}）。请检查磁盘空间和权限") from error
    return entry


def _own_folder(data: DataDir, book: Book) -> None:
    """A folder's own lexicon stands in for the whole shipped one, so it begins as its copy."""
    folder = data.root / book.folder
    if book.folder == "lexicon" and not folder.is_dir():
        beside = folder.with_name(f".{book.folder}.{os.getpid()}.tmp")
        shutil.copytree(SHIPPED / book.folder, beside)
        beside.rename(folder)
    folder.mkdir(parents=True, exist_ok=True)


def _put(final: Path, content: bytes) -> None:
    beside = final.with_name(f".{final.name}.{os.getpid()}.tmp")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(final)
    fsync_folder(final.parent)


def template(book: Book) -> bytes:
    """An empty table with its headings, as Excel opens it."""
    return tabular_out.sheet_csv(book.sheet, [])


def start_with_shipped(data: DataDir) -> None:
    """Copy the shipped register into a data folder that has none."""
    if (data.registry / "units.csv").exists():
        raise CockpitError("已有台账，没有覆盖")
    data.registry.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        if (SHIPPED / "registry" / name).is_file():
            shutil.copyfile(SHIPPED / "registry" / name, data.registry / name)
