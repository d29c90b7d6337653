"""One file that holds an installation: database, archive, registers, rules, attachments, snapshots, reader, trail.

A tar with a manifest of every file's size and digest as its first entry. It is taken under the loader's lock, so
it is one moment. Secrets (secrets.toml), caches and older versions stay out. Restoring reads and proves everything
beside the data folder first and only then changes places; what was there is kept beside.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from cockpit import __version__
from cockpit.errors import StoreError, why
from cockpit.paths import DEMO_MARKER, SHIPPED, DataDir
from cockpit.store.audit_check import verify
from cockpit.store.batch import discard, fsync_folder
from cockpit.store.load import exclusive
from cockpit.store.reader import version
from cockpit.store.schema import SCHEMA_VERSION

FOLDERS = (
    "registry",
    "rules",
    "lexicon",
    "calendar",
    "attachments",
    "snapshots",
    "corpus",
    "reader",
    "archive",
    "spool",
    "audit",
    "history",
    "db",
)
STAY = frozenset(
    {"registry", "rules", "lexicon", "calendar", "corpus", "reader"}
)  # if a backup has none of it
FILES = ("access.csv", DEMO_MARKER)
MANIFEST = "MANIFEST.json"
MOST_MANIFEST = 200_000_000
CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. files: path → [bytes, sha256]."""

    origin: str
    created_at: str
    code_version: str
    schema_version: int
    published: str | None
    audit_head: str
    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(size for size, _ in self.files.values())


def backup(data: DataDir, out: Path, now: datetime) -> Manifest:
    """Write a backup. Raises StoreError when the disk refuses; then no file is left."""
    if Path(os.path.realpath(out)).is_relative_to(data.root):
        raise StoreError(f"备份不要放在数据目录 {data.root} 里，请放到别的磁盘")
    beside = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(data):
            manifest = _manifest(data, now)
            _write(data, manifest, beside)
        beside.rename(out)
        fsync_folder(out.parent)
    except OSError as error:
        raise StoreError(f"备份没有写成：{out}（{why(error)}）。请检查磁盘空间和权限") from error
    finally:
        discard(beside)
    return manifest


def _manifest(data: DataDir, now: datetime) -> Manifest:
    number, digest = verify(data).head
    files = {path.relative_to(data.root).as_posix(): _measure(path) for path in _chosen(data)}
    return Manifest(
        "demo" if data.is_demo else "collected",
        now.isoformat(),
        __version__,
        SCHEMA_VERSION,
        version(data),
        f"{number}:{digest}",
        files,
    )


def _chosen(data: DataDir) -> Iterator[Path]:
    """The files of a backup: of the database only the published version."""
    for name in FILES:
        if (data.root / name).is_file():
            yield data.root / name
    published = version(data)
    for folder in FOLDERS:
        for path in sorted((data.root / folder).rglob("*")):
            kept = path.name == published if folder == "db" else not path.name.startswith(".")
            if kept and path.is_file() and not path.is_symlink():
                yield path


def _measure(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _write(data: DataDir, manifest: Manifest, beside: Path) -> None:
    with beside.open("wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            content = json.dumps(asdict(manifest), ensure_ascii=False).encode()
            tar.addfile(_entry(MANIFEST, len(content)), io.BytesIO(content))
            for name, (size, _) in manifest.files.items():
                with (data.root / name).open("rb") as source:
                    tar.addfile(_entry(name, size), source)
        file.flush()
        os.fsync(file.fileno())
    beside.chmod(0o600)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def restore(data: DataDir, source: Path, now: datetime, *, replace: bool = False) -> Manifest:
    """Put a backup in place. Raises StoreError for a file that does not prove right, or data that must not mix."""
    staged = data.root.with_name(f".{data.root.name}.restore-{os.getpid()}")
    try:
        with tarfile.open(source, "r:") as tar:
            manifest = _read_manifest(source, tar)
            _refuse(data, manifest, replace)
            _check_space(data, manifest)
            _unpack(source, tar, manifest, staged)
        with exclusive(data):
            _change_places(data, manifest, staged, now)
    except tarfile.TarError as error:
        raise StoreError(f"{source} 不是完整的备份文件，没有改动任何数据。请换一份备份") from error
    except OSError as error:
        raise StoreError(
            f"恢复没有完成：{error.filename or source}（{why(error)}）。请检查路径、权限和磁盘空间"
        ) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return manifest


def _read_manifest(source: Path, tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    held = (
        tar.extractfile(first) if first and first.name == MANIFEST and first.size <= MOST_MANIFEST else None
    )
    try:
        raw: dict[str, Any] = json.loads(held.read()) if held else {}
        files = {str(k): (int(v[0]), str(v[1])) for k, v in raw.pop("files").items()}
        manifest = Manifest(**raw, files=files)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise StoreError(f"{source} 不是本系统的备份文件") from error
    wrong = [name for name in manifest.files if not _is_safe(name)]
    if wrong:
        raise StoreError(f"{source} 里的路径 {wrong[0]!r} 不正常，拒绝恢复")
    if manifest.schema_version > SCHEMA_VERSION:
        raise StoreError(f"{source} 由更新版本的程序备份，请先升级本系统")
    return manifest


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    inside = not path.is_absolute() and ".." not in path.parts and "\\" not in name
    return inside and (name in FILES or (path.parts[:1] and path.parts[0] in FOLDERS and len(path.parts) > 1))


def _refuse(data: DataDir, manifest: Manifest, replace: bool) -> None:
    names = {"demo": "演示数据", "collected": "采集数据"}
    filled = version(data) is not None or any(data.archive.glob("*/*")) or any(data.spool.glob("*.parquet"))
    here = "demo" if data.is_demo else "collected"
    if (filled or data.root == SHIPPED) and here != manifest.origin:
        raise StoreError(
            f"备份是{names.get(manifest.origin, manifest.origin)}，{data.root} 存放{names[here]}，不得混合。请用 --data 另指目录"
        )
    if filled and not replace:
        raise StoreError(f"{data.root} 已有数据。确认要替换请加 --replace（原有数据会移到旁边保留）")


def _check_space(data: DataDir, manifest: Manifest) -> None:
    place = next(p for p in (data.root, *data.root.parents) if p.exists())
    free = shutil.disk_usage(place).free
    if free < manifest.size * 1.05:
        raise StoreError(f"磁盘空间不够：需要 {manifest.size / 1e6:.0f} MB，{place} 只剩 {free / 1e6:.0f} MB")


def _unpack(source: Path, tar: tarfile.TarFile, manifest: Manifest, staged: Path) -> None:
    """Every file of the manifest, once, with its size and digest; anything else refuses the whole."""
    left = dict(manifest.files)
    while (entry := tar.next()) is not None:
        size, digest = left.pop(entry.name, (-1, ""))
        held = tar.extractfile(entry) if entry.isreg() and entry.size == size else None
        if held is None:
            raise StoreError(f"{source} 里的 {entry.name} 与清单不符，没有改动任何数据")
        target = staged / entry.name
        target.parent.mkdir(parents=True, exist_ok=True)
        if _copy(held, target) != digest:
            raise StoreError(f"{source} 里的 {entry.name} 已损坏，没有改动任何数据")
    if left:
        raise StoreError(f"{source} 缺少 {len(left)} 个文件，如 {next(iter(left))}，没有改动任何数据")


def _copy(held: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as out:
        while chunk := held.read(CHUNK):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _change_places(data: DataDir, manifest: Manifest, staged: Path, now: datetime) -> None:
    """Old things move aside, new ones in, the published link last."""
    aside = data.root.with_name(f"{data.root.name}.replaced-{now:%Y%m%dT%H%M%S}-{os.getpid()}")
    data.database.unlink(missing_ok=True)
    for name in (*FILES, *FOLDERS):
        old, new = data.root / name, staged / name
        if name == "spool":
            _change_spool(old, new, aside / name)
        elif new.exists() or (old.exists() and name not in STAY):
            if old.exists():
                aside.mkdir(parents=True, exist_ok=True)
                old.rename(aside / name)
            if new.exists():
                new.rename(old)
    if manifest.published:
        beside = data.root / f".cockpit-{os.getpid()}.link"
        beside.symlink_to(Path(data.versions.name) / manifest.published)
        beside.rename(data.database)
    fsync_folder(data.root)


def _change_spool(old: Path, new: Path, aside: Path) -> None:
    """The spool keeps its lock; its batches change places."""
    for path in [p for p in old.iterdir() if p.name != ".lock"] if old.is_dir() else []:
        aside.mkdir(parents=True, exist_ok=True)
        path.rename(aside / path.name)
    for path in new.iterdir() if new.is_dir() else []:
        path.rename(old / path.name)
