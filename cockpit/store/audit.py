"""The trail (操作留痕): every change somebody made, one line each, chained by digests, never rewritten.

`audit/trail.jsonl` is written by the loader alone, under its lock and before the version is published: entries are
derived from the event tables of each batch, in the order in which batches were first accepted. That order is kept
by the file itself, so that a rebuild gives the same chain; the table `audit` only mirrors it. After every load the
head (number and digest) is added to a second file, which may lie on another disk (`audit/heads.path`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cockpit.paths import DataDir
from cockpit.plain import escaped
from cockpit.store.batch import Header, fsync_folder, order, read_header
from cockpit.store.schema import input_tables
from cockpit.store.staging import BadBatchError, Pending

START = "0" * 64
FIELDS = (
    "seq",
    "event_at",
    "actor",
    "action",
    "object_kind",
    "object_id",
    "before",
    "after",
    "reason",
    "batch_id",
    "part",
    "previous_sha256",
)
Entry = dict[str, Any]


def trail_file(data: DataDir) -> Path:
    return data.root / "audit" / "trail.jsonl"


def heads_file(data: DataDir) -> Path:
    """Where the heads are kept apart: the path in `audit/heads.path` (another disk), else beside the trail."""
    try:
        return Path((data.root / "audit" / "heads.path").read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return data.root / "audit" / "heads.log"


@cache
def audited() -> frozenset[str]:
    """The input tables that say who did something: notes, closings, and every table of events with an actor."""
    events = {n for n, t in input_tables().items() if n.endswith("_event") and "actor" in t.columns}
    return frozenset(events | {"audit_note", "issue"})


def digest(entry: Mapping[str, Any]) -> str:
    """SHA-256 of an entry's fields, the digest of the entry before among them."""
    text = json.dumps([entry[name] for name in FIELDS], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_lines(path: Path, after: int = 0) -> Iterator[bytes]:
    """Complete lines of a trail behind the first `after`."""
    try:
        with path.open("rb") as file:
            for line in islice(file, after, None):
                if line.endswith(b"\n"):
                    yield line
    except FileNotFoundError:
        return


def derive(path: Path, header: Header) -> list[Entry]:
    """What the rows of one batch say was done, in their order; not yet chained."""
    names = [name for name in header.tables if name in audited()]
    if not names:
        return []
    table = pq.read_table(path)
    found = [
        _said(name, row)
        for name in names
        for row in table.filter(pc.equal(table["_table"], name)).to_pylist()
    ]
    return [
        {**entry, "batch_id": header.batch_id, "part": f"{number}/{len(found)}"}
        for number, entry in enumerate(found, 1)
    ]


def _said(table: str, row: Mapping[str, Any]) -> Entry:
    if table == "audit_note":
        told = {name: row[name] for name in ("action", "object_kind", "object_id", "before", "after")}
        return _entry(row, row["event_at"], told)
    if table == "issue":
        told = {
            "action": "issue.correct" if row["revision"] else "issue.close",
            "object_kind": "issue",
            "object_id": f"{row['week']} 更正{row['revision']}",
            "before": None,
            "after": f"结果摘要 {row['results_sha256'][:16]}",
        }
        return _entry(row, row["closed_at"], told)
    kind = table.removesuffix("_event")
    details = [str(row[k]) for k in ("to_state", "owner", "until") if row.get(k) is not None]
    told = {
        "action": f"{kind}.{row.get('action') or 'change'}",
        "object_kind": kind,
        "object_id": str(row.get(f"{kind}_id") or row.get("event_id") or ""),
        "before": row.get("from_state"),
        "after": " · ".join(details) or None,
    }
    return _entry(row, row.get("event_at"), told)


def _entry(row: Mapping[str, Any], at: datetime | date | None, told: Mapping[str, Any]) -> Entry:
    if at is not None and not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day)
    moment = at.isoformat() if at else None
    return {"event_at": moment, "actor": row["actor"], "reason": row.get("reason"), **told}


@dataclass
class Extension:
    """What one load adds to the trail. `size`: bytes of the file that stand; what follows is a torn rest."""

    size: int = 0
    entries: list[Entry] = field(default_factory=list)


def extend(
    con: duckdb.DuckDBPyConnection, data: DataDir, batches: Sequence[Pending], now: datetime
) -> Extension:
    """Bring the table `audit` up to the trail and the new batches; returns what must be appended to the file."""
    known, last = con.execute(
        "SELECT coalesce(max(seq), 0), arg_max(entry_sha256, seq) FROM audit"
    ).fetchone()
    waiting, size, lines = _tail(trail_file(data), known)
    made: list[Entry] = []
    previous, number = last or START, known
    if lines < known:  # the file lost lines that the database still has: they come back, and that is said
        made += _mirrored(con, lines)
        made.append(_restored(known - lines, number + 1, previous, now))
        previous, number = made[-1]["entry_sha256"], number + 1
    elif waiting:
        previous, number = waiting[-1]["entry_sha256"], waiting[-1]["seq"]
    told = {entry["batch_id"] for entry in waiting}
    for batch in [*(_earlier(con, data) if number == 0 else ()), *batches]:
        if batch.header.batch_id in told:
            continue
        for entry in _derived(batch):
            number += 1
            entry |= {"seq": number, "previous_sha256": previous}
            previous = entry["entry_sha256"] = digest(entry)
            made.append(entry)
    _insert(con, [e for e in [*waiting, *made] if e["seq"] > known])
    return Extension(size, made)


def _derived(batch: Pending) -> list[Entry]:
    try:
        return derive(batch.path, batch.header)
    except (pa.ArrowException, OSError) as error:
        raise BadBatchError(batch, f"留痕读不出来（{type(error).__name__}）") from error


def _earlier(con: duckdb.DuckDBPyConnection, data: DataDir) -> list[Pending]:
    """Archived batches that were loaded before there was a trail."""
    done = {row[0] for row in con.execute("SELECT batch_id FROM batch").fetchall()}
    paths = [p for p in data.archive.glob("*/*.parquet") if p.stem in done]
    found = [Pending(path, read_header(path)) for path in sorted(paths, key=order)]
    return [p for p in found if audited() & set(p.header.tables)]


def _tail(path: Path, known: int) -> tuple[list[Entry], int, int]:
    """Entries behind the first `known`, bytes that stand, and how many lines there are.

    A crash may leave a torn line, or a batch of which only some entries were written; these, and whatever does
    not continue the chain, do not stand.
    """
    entries: list[tuple[Entry, int, int]] = []
    size = lines = 0
    for line in read_lines(path):
        if lines >= known:
            entry = parsed(line)
            if entry is None or (entries and entry["previous_sha256"] != entries[-1][0]["entry_sha256"]):
                break
            entries.append((entry, size, size + len(line)))
        lines += 1
        size += len(line)
    while entries and not _is_last(entries[-1][0]["part"]):
        _, size, _ = entries.pop()
    return [entry for entry, *_ in entries], size, known + len(entries) if lines >= known else lines


def parsed(line: bytes) -> Entry | None:
    """The entry of one line; None where it is not exactly what was written, or its digest is not its own."""
    try:
        entry = json.loads(line)
        return entry if entry["entry_sha256"] == digest(entry) and line in _forms(entry) else None
    except (ValueError, KeyError, TypeError):
        return None


def _line(entry: Entry) -> bytes:
    return _forms(entry)[0]


def _forms(entry: Entry) -> tuple[bytes, bytes]:
    """An entry as it is written, hidden characters as \\uXXXX, and as it was written before that."""
    ordered = {name: entry[name] for name in (*FIELDS, "entry_sha256")}
    text = json.dumps(ordered, ensure_ascii=False)
    return escaped(text).encode() + b"\n", text.encode("utf-8", "replace") + b"\n"


def _is_last(part: str) -> bool:
    number, _, total = part.partition("/")
    return number == total


def _mirrored(con: duckdb.DuckDBPyConnection, after: int) -> list[Entry]:
    cursor = con.execute("SELECT * FROM audit WHERE seq > ? ORDER BY seq", [after])
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [row | {"event_at": row["event_at"].isoformat() if row["event_at"] else None} for row in rows]


def _restored(lost: int, number: int, previous: str, now: datetime) -> Entry:
    entry = {
        "seq": number,
        "event_at": now.isoformat(),
        "actor": "系统",
        "action": "audit.restore",
        "object_kind": "audit",
        "object_id": "trail.jsonl",
        "before": f"缺 {lost} 条",
        "after": "由数据库补回",
        "reason": "留痕文件比数据库短",
        "batch_id": "",
        "part": "1/1",
        "previous_sha256": previous,
    }
    return entry | {"entry_sha256": digest(entry)}


def _insert(con: duckdb.DuckDBPyConnection, entries: Iterable[Entry]) -> None:
    columns = (*FIELDS, "entry_sha256")
    rows = [[entry[name] for name in columns] for entry in entries]
    if rows:
        marks = ", ".join("?" * len(columns))
        con.executemany(f"INSERT INTO audit ({', '.join(columns)}) VALUES ({marks})", rows)


def append(data: DataDir, added: Extension, now: datetime) -> None:
    """Write the new entries and the new head, durably. Raises OSError; then the load is not published."""
    if not added.entries:
        return
    path, heads = trail_file(data), heads_file(data)
    for folder in {path.parent, heads.parent}:
        folder.mkdir(parents=True, exist_ok=True)
    _keep_rest(path, added)
    with path.open("ab") as file:
        file.truncate(added.size)
        file.write(b"".join(map(_line, added.entries)))
        file.flush()
        os.fsync(file.fileno())
    last = added.entries[-1]
    with heads.open("ab") as file:
        file.write(f"{last['seq']} {last['entry_sha256']} {now.isoformat()}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    for folder in {path.parent, heads.parent}:
        fsync_folder(folder)


def _keep_rest(path: Path, added: Extension) -> None:
    """Whole lines that do not stand are evidence of a change by hand: they are put aside, not lost."""
    if not path.exists() or path.stat().st_size <= added.size:
        return
    rest = path.read_bytes()[added.size :]
    written_before = b"".join(map(_line, added.entries)).startswith(rest)  # a load that was killed
    if b"\n" in rest and not written_before:
        path.with_name(f"trail.rest-{added.entries[0]['seq']}.jsonl").write_bytes(rest)
