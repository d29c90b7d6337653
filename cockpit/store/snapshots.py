"""Snapshots on disk: masked copies of pages with findings, compressed, named by the digest of what they hold.

`data/snapshots/ab/abcdef….gz`. The name can be checked against the content by anybody. A page is kept anew when its
findings are others or a week has passed; a limit on all of them drops the oldest, those behind an open deduction last.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tomllib
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cockpit.errors import CockpitError, StoreError, why
from cockpit.paths import SHIPPED, DataDir
from cockpit.store.batch import fsync_folder
from cockpit.store.queries.snapshots import newest_snapshots
from cockpit.store.reader import Reader

MOST_OF_A_SITE = 200  # in one patrol
FRESH = timedelta(days=6)


Key = tuple[str, str]  # address and form


@dataclass(frozen=True)
class Taken:
    """A snapshot that is known: when it was taken, and which findings it shows."""

    sha256: str
    at: datetime
    signature: str


@dataclass(frozen=True)
class Wanted:
    """A page or attachment with findings. `content` gives it masked, and is asked only where it is written."""

    url: str
    form: str
    content: Callable[[], bytes]
    signature: str
    http_status: int | None
    content_sha256: str | None


def folder(data: DataDir) -> Path:
    return data.root / "snapshots"


def path_of(data: DataDir, sha256: str) -> Path:
    """Where a snapshot lies. The digest is checked, because it comes from an address."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError("not a digest")
    return folder(data) / sha256[:2] / f"{sha256}.gz"


def read(data: DataDir, sha256: str) -> bytes | None:
    """The content, only when it is what its name says; None when it is gone or was changed."""
    try:
        content = gzip.decompress(path_of(data, sha256).read_bytes())
    except (OSError, EOFError, zlib.error, ValueError):
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def keep(
    data: DataDir,
    wanted: Sequence[Wanted],
    known: Mapping[Key, Taken],
    now: datetime,
) -> tuple[dict[Key, str], list[dict[str, Any]]]:
    """Write what is new of one site. Returns address and form → digest, and rows of the table `snapshot`."""
    digests: dict[Key, str] = {}
    rows = []
    for one in wanted:
        key = (one.url, one.form)
        old = known.get(key)
        if (
            old
            and old.signature == one.signature
            and now - old.at < FRESH
            and path_of(data, old.sha256).is_file()
        ):
            digests[key] = old.sha256
            continue
        if len(rows) >= MOST_OF_A_SITE:
            continue
        content = one.content()
        sha256 = digests[key] = write(data, content)
        rows.append(
            {
                "url": one.url,
                "snapshot_sha256": sha256,
                "form": one.form,
                "signature": one.signature,
                "http_status": one.http_status,
                "content_sha256": one.content_sha256,
                "size_bytes": len(content),
            }
        )
    return digests, rows


def write(data: DataDir, content: bytes) -> str:
    """Store masked content under its digest; the same content is stored once. Raises StoreError for a full disk."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(data, sha256)
    if path.is_file():
        return sha256
    beside = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(gzip.compress(content, 6, mtime=0))
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
        fsync_folder(path.parent)
    except OSError as error:
        if beside.exists():
            beside.unlink()
        raise StoreError(f"快照没有写成：{path.parent}（{why(error)}）。请检查磁盘空间和写权限") from error
    return sha256


def known(reader: Reader) -> dict[str, dict[Key, Taken]]:
    """Site → address and form → its newest snapshot."""
    found: dict[str, dict[Key, Taken]] = {}
    for row in newest_snapshots(reader):
        taken = Taken(row["snapshot_sha256"], row["measured_at"], row["signature"])
        found.setdefault(row["site_code"], {})[row["url"], row["form"]] = taken
    return found


def limit_bytes(rules: Path) -> int:
    """The limit on all snapshots, from snapshots.toml. Raises CockpitError naming the field."""
    path = rules / "snapshots.toml"
    if not path.is_file():
        path = SHIPPED / "rules" / "snapshots.toml"
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8")).get("limit_mb")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CockpitError(f"{path} 不是正确的 TOML：{error}") from error
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10_000_000:
        raise CockpitError(f"{path}：limit_mb 应是 1 到 10000000 之间的整数（MB）")
    return value * 1_000_000


def prune(data: DataDir, most: int, guarded: Collection[str]) -> int:
    """Drop the oldest until all fit into `most` bytes; those guarded (an open deduction needs them) go last."""
    files = sorted(_files(data), key=lambda f: (f[0].stem in guarded, f[2], f[0].name))
    total, dropped = sum(size for _, size, _ in files), 0
    for path, size, _ in files:
        if total <= most:
            break
        path.unlink(missing_ok=True)
        total -= size
        dropped += 1
    return dropped


def _files(data: DataDir) -> Iterator[tuple[Path, int, float]]:
    for path in folder(data).glob("??/*.gz"):
        try:
            told = path.stat()
        except OSError:
            continue
        yield path, told.st_size, told.st_mtime
