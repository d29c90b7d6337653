"""Publishing: pending batches are merged into a copy, and the copy becomes the published version.

Nobody ever opens a published file for writing (architecture §5). One loader at a time holds an flock on
`spool/.lock`; it copies the current version, merges every pending batch in one transaction, checkpoints,
fsyncs, renames to `db/cockpit-<n>.duckdb` and last turns the symbolic link. A crash at any point leaves the
old version and the batches; a batch id already recorded is skipped, so nothing is doubled.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from cockpit.errors import StoreError, why
from cockpit.paths import DataDir
from cockpit.store import audit
from cockpit.store.batch import Header, discard, fsync_folder, order, read_header
from cockpit.store.findings import merge_findings
from cockpit.store.merge import merge
from cockpit.store.migrations import migrate
from cockpit.store.reader import is_outdated, loaded_at
from cockpit.store.schema import SCHEMA_VERSION, all_tables, create, create_staging, input_tables
from cockpit.store.staging import BadBatchError, Pending, stage
from cockpit.store.warning_log import log_changes, remove_unpublished, restore, write_log

KEPT_VERSIONS = 3
AfterMerge = Callable[[duckdb.DuckDBPyConnection, DataDir, datetime], None]
Register = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass
class LoadReport:
    """What one load did."""

    batches: int = 0
    rows: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)
    version: str | None = None
    seconds: float = 0.0


@dataclass
class _Job:
    """One load: where, when, what is done besides merging, and what it adds to the trail."""

    data: DataDir
    now: datetime
    register: Register | None
    after_merge: AfterMerge | None
    report: LoadReport
    trail: audit.Extension = field(default_factory=audit.Extension)
    changes: list[dict[str, Any]] = field(default_factory=list)  # of the warnings, to be logged
    replay_at: datetime | None = None  # a rebuild does the rule work of the last load again before its own
    clock: datetime | None = None  # what the clock says, where `now` may be an asked-for time


def load(
    data: DataDir,
    now: datetime,
    *,
    register: Register | None = None,
    after_merge: AfterMerge | None = None,
    force: bool = False,
    clock: datetime | None = None,
) -> LoadReport:
    """Merge all pending batches and publish a new version; without any, nothing is published unless `force`.

    `register`: rows of unit, site, channel and account that replace the mirrored ones.
    `after_merge`: rule work on the merged data inside the same transaction (e.g. warnings).
    `clock`: then a `now` before the published moment does not judge the past again (see `not_before`).
    Raises StoreError when the disk refuses; the batches stay pending and the old version published.
    """
    started = time.monotonic()
    job = _Job(data, now, register, after_merge, LoadReport(), clock=clock)
    with exclusive(data):
        _clear_leftovers(data)
        pending = _accept(job, data.spool.glob("*.parquet"))
        if pending or force or is_outdated(data):
            _publish(job, pending, _current(data))
        job.report.seconds = time.monotonic() - started
    return job.report


def rebuild(
    data: DataDir, now: datetime, *, register: Register | None = None, after_merge: AfterMerge | None = None
) -> LoadReport:
    """Make the database again from every archived and pending batch, ignoring the published one."""
    started = time.monotonic()
    with exclusive(data):
        _clear_leftovers(data)
        job = _Job(data, now, register, after_merge, LoadReport(), replay_at=loaded_at(data))
        pending = _accept(job, [*data.archive.glob("*/*.parquet"), *data.spool.glob("*.parquet")])
        _publish(job, pending, base=None)
        job.report.seconds = time.monotonic() - started
    return job.report


def not_before(published: datetime | None, now: datetime, clock: datetime | None) -> datetime:
    """The moment a load judges at. What was judged once is history: time goes on from the published moment.

    A published moment ahead of the clock came of a clock that was wrong and has been put right: then `now` counts.
    """
    if published is None or clock is None or published > clock:
        return now
    return max(now, published)


def pending_batches(data: DataDir) -> int:
    """How many batches wait to be loaded."""
    return sum(1 for _ in data.spool.glob("*.parquet"))


@contextmanager
def exclusive(data: DataDir) -> Iterator[None]:
    """Hold the loader's lock of a data folder."""
    try:
        data.spool.mkdir(parents=True, exist_ok=True)
        lock = (data.spool / ".lock").open("w")
    except OSError as error:
        raise StoreError(f"数据目录 {data.root} 不可写（{why(error)}）。请检查权限和磁盘空间") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _clear_leftovers(data: DataDir) -> None:
    """Half-built copies of a loader that was killed."""
    for leftover in data.versions.glob(".building-*"):
        leftover.unlink(missing_ok=True)


def _current(data: DataDir) -> Path | None:
    try:
        path = data.database.parent / data.database.readlink()
    except OSError:
        return None
    return path if path.exists() else None


def _accept(job: _Job, paths: Iterable[Path]) -> list[Pending]:
    """Read every header; what cannot be read or must not be mixed goes to rejected/ with its reason."""
    accepted = []
    for path in sorted(paths, key=order):
        try:
            header = read_header(path)
            _refuse_foreign(header, "demo" if job.data.is_demo else "collected")
        except ValueError as error:
            _reject(job, path, str(error))
        else:
            accepted.append(Pending(path, header))
    return accepted


def _refuse_foreign(header: Header, expected: str) -> None:
    names = {"demo": "演示数据", "collected": "采集数据"}
    if header.origin != expected:
        raise ValueError(
            f"批次是{names.get(header.origin, header.origin)}，本目录存放{names[expected]}，不得混入"
        )
    if header.schema_version > SCHEMA_VERSION:
        raise ValueError("批次由更新版本的程序写出，请先升级本系统")


def _reject(job: _Job, path: Path, reason: str) -> None:
    folder = job.data.rejected
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{path.name}.reason.txt").write_text(reason + "\n", encoding="utf-8")
    path.rename(folder / path.name)
    job.report.rejected.append((path.name, reason))


def _publish(job: _Job, pending: list[Pending], base: Path | None) -> None:
    data = job.data
    number = _next_number(data)
    building = data.versions / f".building-{number}.duckdb"
    final = data.versions / f"cockpit-{number}.duckdb"
    try:
        data.versions.mkdir(parents=True, exist_ok=True)
        if base:
            shutil.copyfile(base, building)
        _merge_all(job, building, pending)
        with building.open("rb") as file:
            os.fsync(file.fileno())
        audit.append(data, job.trail, job.now)
        building.rename(final)
        fsync_folder(data.versions)
        _turn_link(data, final)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        _discard(building)
        raise StoreError(
            f"入库没有完成（{why(error) if isinstance(error, OSError) else error}）。待入库批次原样保留在 {data.spool}，已发布的数据不受影响。"
            "请检查磁盘空间和写权限后再运行 python -m cockpit load"
        ) from error
    except BaseException:
        _discard(building)
        raise
    _archive(data, pending)
    _drop_old_versions(data, final)
    job.report.version = final.name


def _discard(building: Path) -> None:
    discard(building)
    discard(Path(f"{building}.wal"))


def _merge_all(job: _Job, building: Path, pending: list[Pending]) -> None:
    """Merge in one transaction. A batch whose rows cannot be read leaves `pending` and is rejected."""
    fresh = not building.exists()
    con = duckdb.connect(str(building), config={"threads": "2"})
    try:
        if fresh:
            create(con)
            _set_meta(con, schema_version=str(SCHEMA_VERSION))
        migrate(con)
        job.now = not_before(_judged_at(con), job.now, job.clock)
        done = {row[0] for row in con.execute("SELECT batch_id FROM batch").fetchall()}
        new = [p for p in pending if p.header.batch_id not in done]
        remove_unpublished(job.data, done, pending)
        while (bad := _try_merge(job, con, new, fresh)) is not None:
            new.remove(bad.batch)
            pending.remove(bad.batch)
            _reject(job, bad.batch.path, bad.reason)
        write_log(con, job.data, job.now, job.changes)
        con.execute("CHECKPOINT")
    finally:
        con.close()
    job.report.batches += len(new)
    job.report.rows += sum(p.header.row_count for p in new)


def _try_merge(
    job: _Job, con: duckdb.DuckDBPyConnection, batches: list[Pending], fresh: bool
) -> BadBatchError | None:
    con.execute("BEGIN")
    try:
        _merge_once(job, con, batches, fresh)
    except BadBatchError as bad:
        con.execute("ROLLBACK")
        return bad
    con.execute("COMMIT")
    return None


def _merge_once(job: _Job, con: duckdb.DuckDBPyConnection, batches: list[Pending], fresh: bool) -> None:
    present = {table for p in batches for table in p.header.tables}
    for name in input_tables():
        if name in present:
            stage(con, name, [p for p in batches if name in p.header.tables])
    merge(con, present)
    if present & {"sighting", "coverage"}:
        if "sighting" not in present:
            create_staging(con, input_tables()["sighting"])
        merge_findings(con, "coverage" in present, "page" in present)
    job.trail = audit.extend(con, job.data, batches, job.now)
    _record(con, batches, job.now)
    if job.register is not None:
        _mirror(con, job.register)
    _set_meta(con, origin="demo" if job.data.is_demo else "collected", loaded_at=job.now.isoformat())
    if job.after_merge:
        if fresh:
            restore(con)
            if job.replay_at and job.replay_at < job.now:
                job.after_merge(con, job.data, job.replay_at)
        job.after_merge(con, job.data, job.now)
        job.changes[:] = log_changes(con, job.now)
    for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall():
        con.execute(f'DROP TABLE temp."{name}"')


def _record(con: duckdb.DuckDBPyConnection, batches: list[Pending], now: datetime) -> None:
    rows = [
        (
            h.batch_id,
            h.collector,
            h.run_id,
            h.origin,
            h.code_version,
            datetime.fromisoformat(h.created_at),
            now,
            h.row_count,
        )
        for h in (p.header for p in batches)
    ]
    if rows:
        con.executemany("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _mirror(con: duckdb.DuckDBPyConnection, register: Register) -> None:
    for name, rows in register.items():
        columns = list(all_tables()[name].columns)
        con.execute(f"DELETE FROM {name}")
        if rows:
            marks = ", ".join("?" * len(columns))
            con.executemany(
                f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})",
                [[row.get(column) for column in columns] for row in rows],
            )


def _set_meta(con: duckdb.DuckDBPyConnection, **values: str) -> None:
    for key, value in values.items():
        con.execute("DELETE FROM meta WHERE key = ?", [key])
        con.execute("INSERT INTO meta VALUES (?, ?)", [key, value])


def _judged_at(con: duckdb.DuckDBPyConnection) -> datetime | None:
    row = con.execute("SELECT value FROM meta WHERE key = 'loaded_at'").fetchone()
    return datetime.fromisoformat(row[0]) if row else None


def _next_number(data: DataDir) -> int:
    numbers = [int(p.stem.rsplit("-", 1)[1]) for p in data.versions.glob("cockpit-*.duckdb")]
    return max(numbers, default=0) + 1


def _turn_link(data: DataDir, final: Path) -> None:
    beside = data.root / f".cockpit-{os.getpid()}.link"
    beside.unlink(missing_ok=True)
    beside.symlink_to(Path(data.versions.name) / final.name)
    beside.rename(data.database)
    fsync_folder(data.root)


def _archive(data: DataDir, merged: list[Pending]) -> None:
    """Raw truth: merged batches are kept by the month they were made in."""
    for batch in merged:
        if batch.path.parent == data.spool:
            folder = data.archive / batch.header.created_at[:7]
            folder.mkdir(parents=True, exist_ok=True)
            batch.path.rename(folder / batch.path.name)


def _drop_old_versions(data: DataDir, final: Path) -> None:
    versions = sorted(
        data.versions.glob("cockpit-*.duckdb"), key=lambda p: int(p.stem.rsplit("-", 1)[1]), reverse=True
    )
    for old in versions[KEPT_VERSIONS:]:
        if old != final:
            old.unlink(missing_ok=True)
