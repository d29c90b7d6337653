"""Proving the trail: every edit, deletion, reordering or truncation is found and named."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.store import audit
from cockpit.store.audit import Entry
from cockpit.store.batch import read_header
from cockpit.store.reader import reader, version

MOST_TOLD = 20


@dataclass
class Verdict:
    """What a check of the trail found. `head`: number and digest of the newest entry."""

    entries: int = 0
    head: tuple[int, str] = (0, audit.START)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.faults


def verify(data: DataDir, *, head: str | None = None, deep: bool = False) -> Verdict:
    """Check chain, heads, mirror and the batches behind; `head` ("number:digest") is one noted elsewhere."""
    verdict = Verdict()
    entries = _chain(data, verdict)
    verdict.entries = len(entries)
    if entries:
        verdict.head = (entries[-1]["seq"], entries[-1]["entry_sha256"])
    _heads(data, entries, verdict)
    if head:
        _noted(head, entries, verdict)
    _mirror(data, entries, verdict)
    _batches(data, entries, verdict, deep)
    if len(verdict.faults) > MOST_TOLD:
        verdict.faults[MOST_TOLD:] = [f"另有 {len(verdict.faults) - MOST_TOLD} 处不符"]
    return verdict


def _chain(data: DataDir, verdict: Verdict) -> list[Entry]:
    path, previous, entries = audit.trail_file(data), audit.START, []
    for number, line in enumerate(audit.read_lines(path), 1):
        entry = audit.parsed(line)
        if entry is None:
            verdict.faults.append(f"第 {number} 条的内容与它的摘要值不符，被改动过")
            previous = ""
            continue
        if entry["seq"] != number:
            verdict.faults.append(f"第 {number} 条的序号是 {entry['seq']}，有缺失或顺序被改")
        if previous and entry["previous_sha256"] != previous:
            verdict.faults.append(f"第 {number} 条接不上前一条，有缺失、插入或顺序被改")
        previous = entry["entry_sha256"]
        entries.append(entry)
    if path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size:
        verdict.notes.append("最后一行没有写完（入库被中断），下次入库自动补齐")
    verdict.notes += [
        f"{rest.name} 是被替换下来的内容，请查明原因" for rest in sorted(path.parent.glob("trail.rest-*"))
    ]
    return entries


def heads(data: DataDir) -> Iterator[tuple[int, str, str]]:
    """Number, digest and time of every head that was kept."""
    try:
        lines = audit.heads_file(data).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        number, _, rest = line.partition(" ")
        found, _, at = rest.partition(" ")
        if number.isdigit():
            yield int(number), found, at


def _heads(data: DataDir, entries: list[Entry], verdict: Verdict) -> None:
    kept = list(heads(data))
    if entries and not kept:
        verdict.faults.append(f"没有留痕摘要 {audit.heads_file(data)}，无法证明没有截断")
    known = {entry["seq"]: entry["entry_sha256"] for entry in entries}
    for number, found, at in kept:
        if number not in known:
            verdict.faults.append(f"{at} 时已有第 {number} 条，现在没有：末尾被截断或中间被删")
        elif not hmac.compare_digest(known[number], found):
            verdict.faults.append(f"第 {number} 条与 {at} 记下的摘要不同：整条链被重写过")
    if kept and entries and kept[-1][0] < entries[-1]["seq"]:
        verdict.notes.append(
            f"最新 {entries[-1]['seq'] - kept[-1][0]} 条还没有记入摘要（入库被中断），下次入库自动补齐"
        )


def _noted(head: str, entries: list[Entry], verdict: Verdict) -> None:
    number, _, found = head.partition(":")
    if not number.isdigit() or len(found) < 8:
        raise CockpitError("--head 请写成 序号:摘要值，摘要值至少 8 位")
    known = {entry["seq"]: entry["entry_sha256"] for entry in entries}
    if not known.get(int(number), "").startswith(found.lower()):
        verdict.faults.append(f"第 {number} 条的摘要值不是 {found}：与另行记下的不符")


def _mirror(data: DataDir, entries: list[Entry], verdict: Verdict) -> None:
    if version(data) is None:
        verdict.notes.append("还没有发布数据库，没有与数据库核对")
        return
    columns = ", ".join((*audit.FIELDS, "entry_sha256"))
    with reader(data) as published:
        rows = published.rows(f"SELECT {columns} FROM audit ORDER BY seq")
    wrong = [
        row["seq"]
        for row, entry in zip(rows, entries, strict=False)
        if row | {"event_at": row["event_at"].isoformat() if row["event_at"] else None} != entry
    ]
    verdict.faults += [f"数据库里的第 {number} 条与留痕文件不同" for number in wrong]
    if len(rows) > len(entries):
        verdict.faults.append(f"数据库里有 {len(rows)} 条，留痕文件只有 {len(entries)} 条：文件被截断")
    elif len(rows) < len(entries):
        verdict.notes.append(f"最新 {len(entries) - len(rows)} 条还没有入库，下次入库自动补上")


def _batches(data: DataDir, entries: list[Entry], verdict: Verdict, deep: bool) -> None:
    """The batches the entries came from say the same; `deep`: no batch was left out either."""
    places = {path.stem: path for path in [*data.archive.glob("*/*.parquet"), *data.spool.glob("*.parquet")]}
    by_batch: dict[str, list[Entry]] = {}
    for entry in entries:
        by_batch.setdefault(entry["batch_id"], []).append(entry)
    for batch_id, told in by_batch.items():
        if batch_id and batch_id not in places:
            verdict.faults.append(f"第 {told[0]['seq']} 条所依据的批次 {batch_id} 不在归档里")
        elif batch_id:
            verdict.faults += _differs(places[batch_id], told)
    if deep:
        for batch_id, path in places.items():
            if batch_id not in by_batch and path.parent != data.spool and _derive(path):
                verdict.faults.append(f"归档批次 {batch_id} 有改动记录，却不在留痕里")


def _differs(path: Path, told: list[Entry]) -> list[str]:
    said = _derive(path)
    if said is None:
        return [f"第 {told[0]['seq']} 条所依据的批次 {path.stem} 读不出来"]
    same = ("event_at", "actor", "action", "object_kind", "object_id", "before", "after", "reason", "part")
    if [[e[k] for k in same] for e in said] != [[e[k] for k in same] for e in told]:
        return [f"第 {told[0]['seq']} 条与归档批次 {path.stem} 的内容不同"]
    return []


def _derive(path: Path) -> list[Entry] | None:
    try:
        return audit.derive(path, read_header(path))
    except (ValueError, OSError):
        return None
