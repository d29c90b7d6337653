"""What enters the trail besides the event tables: exports, and files edited through the program or by hand.

Everything goes through a batch, so it is kept, chained and rebuilt like any other event.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cockpit import store
from cockpit.errors import StoreError, why
from cockpit.paths import DataDir

MOST_SHOWN = 1500
KINDS = {"registry": "register", "lexicon": "lexicon", "rules": "rules", "calendar": "calendar"}


def note(
    data: DataDir,
    *,
    actor: str,
    action: str,
    kind: str,
    object_id: str,
    now: datetime,
    before: str | None = None,
    after: str | None = None,
    reason: str | None = None,
    batch_id: str | None = None,
) -> None:
    """Spool one entry; the next load chains it. `now` is naive UTC."""
    batch = store.Batch(data, "audit")
    batch.add(
        "audit_note",
        event_id=batch_id or store.new_run_id("note", now),
        event_at=now,
        actor=actor.strip() or "未知",
        action=action,
        object_kind=kind,
        object_id=object_id,
        before=before,
        after=after,
        reason=reason,
    )
    batch.write(now, batch_id)


def exported(data: DataDir, sums: bytes, week: str, unit: str | None, *, actor: str, now: datetime) -> None:
    """Spool who took an appraisal bundle out, of which week and unit, and the digest of its checksums."""
    note(
        data,
        actor=actor,
        action="export.bundle",
        kind="export",
        object_id=f"{week} {unit or '全部单位'}",
        now=now,
        after=f"SHA256SUMS {_sha(sums)[:16]}",
    )


def handed_out(
    data: DataDir, about: str, content: bytes, *, actor: str, now: datetime, unit: str | None = None
) -> None:
    """Spool who took a file out: what it is, of which unit, and its digest."""
    note(
        data,
        actor=actor,
        action="export.file",
        kind="export",
        object_id=f"{about} {unit or '全部单位'}",
        now=now,
        after=f"SHA256 {_sha(content)[:16]}，{len(content)} 字节",
    )


def file_edit(
    data: DataDir,
    path: Path,
    before: bytes | None,
    after: bytes | None,
    *,
    actor: str,
    now: datetime,
    action: str = "file.edit",
    reason: str | None = None,
) -> None:
    """Spool what a change of a file by the program did to its lines; call it after the file is written."""
    gone, come = changed_lines(before or b"", after or b"")
    name, kind = _name(data, path), KINDS.get(path.parent.name, "access")
    if before == after:
        return
    note(
        data,
        actor=actor,
        action=action,
        kind=kind,
        object_id=name,
        now=now,
        before=gone,
        after=come,
        reason=reason,
    )
    _remember(data, {name: _sha(after)})


def seen(data: DataDir, path: Path) -> None:
    """A file was changed by the program and its entry written: it is not strange any more."""
    _remember(data, {_name(data, path): _sha(path.read_bytes())})


def changed_lines(before: bytes, after: bytes) -> tuple[str, str]:
    """Lines that went and lines that came, each cut to a readable length."""
    old, new = (content.decode("utf-8-sig", "replace").splitlines() for content in (before, after))
    lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]
    return tuple(  # type: ignore[return-value]
        _cut([line[1:] for line in lines if line.startswith(mark)]) for mark in ("-", "+")
    )


def _cut(lines: list[str]) -> str:
    text = "\n".join(lines)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…（共 {len(lines)} 行）"


def watch(data: DataDir, now: datetime) -> None:
    """Notice files of the register, rules, lexicon and calendar that were changed past the program.

    Who did it cannot be known; that it happened, to which file and when it was noticed, can.
    """
    try:
        _notice(data, now)
    except OSError as error:
        raise StoreError(f"数据目录 {data.root} 不可写（{why(error)}）。请检查权限和磁盘空间") from error


def _notice(data: DataDir, now: datetime) -> None:
    known, found = _remembered(data), {_name(data, path): _sha(path.read_bytes()) for path in _watched(data)}
    changed = {n for n in known.keys() | found.keys() if known.get(n) != found.get(n)} if known else set()
    for name in sorted(changed):
        before, after = known.get(name), found.get(name)
        note(
            data,
            actor="未登录（直接改文件）",
            action="file.changed",
            kind=KINDS.get(name.split("/")[0], "access"),
            object_id=name,
            now=now,
            before=before and f"sha256 {before[:16]}",
            after=after and f"sha256 {after[:16]}",
            reason=None if after else "文件不见了",
            batch_id=f"audit-file-{_sha(f'{name} {before} {after} {now:%Y%m%d}'.encode())[:24]}",
        )
    if changed or not known:
        _remember(data, found, forget=changed - found.keys())


def _watched(data: DataDir) -> Iterable[Path]:
    for folder, suffix in (
        (data.registry, "csv"),
        (data.rules, "toml"),
        (data.lexicon, "csv"),
        (data.calendar, "csv"),
    ):
        yield from sorted(folder.glob(f"*.{suffix}"))
    if (data.root / "access.csv").exists():
        yield data.root / "access.csv"


def _name(data: DataDir, path: Path) -> str:
    return path.name if path.parent == data.root else f"{path.parent.name}/{path.name}"


def _sha(content: bytes | None) -> str:
    return hashlib.sha256(content or b"").hexdigest()


def _memory(data: DataDir) -> Path:
    return data.root / "audit" / "files.json"


def _remembered(data: DataDir) -> dict[str, str]:
    try:
        found = json.loads(_memory(data).read_text(encoding="utf-8"))
        return {str(k): str(v) for k, v in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _remember(data: DataDir, digests: dict[str, str], forget: Iterable[str] = ()) -> None:
    kept = {k: v for k, v in (_remembered(data) | digests).items() if k not in set(forget)}
    path = _memory(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.tmp")
    beside.write_text(json.dumps(kept, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    beside.rename(path)
