"""One immutable batch: the only way anything measured or clicked reaches the database.

A batch is one Parquet file that may carry rows of several tables (each its own row group, told apart by the
column `_table`), so that what belongs together arrives together. It is written beside its final name,
fsynced and renamed; the rename is the acknowledgement. Names: `<collector>-<utc ns>-<pid>.parquet`.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cockpit import __version__
from cockpit.errors import StoreError, why
from cockpit.paths import DataDir
from cockpit.store.schema import SCHEMA_VERSION, Column, Table, input_tables

HEADER_KEY = b"cockpit"
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "VARCHAR": (str,),
    "BOOLEAN": (bool,),
    "INTEGER": (int,),
    "BIGINT": (int,),
    "DOUBLE": (float, int),
    "DATE": (date,),
    "TIMESTAMP": (datetime,),
}
_sequence = itertools.count()


@dataclass(frozen=True)
class Header:
    """What a batch says of itself; kept in the Parquet key-value metadata."""

    batch_id: str
    collector: str
    run_id: str | None
    origin: str
    code_version: str
    created_at: str
    schema_version: int
    tables: Mapping[str, int]

    @property
    def row_count(self) -> int:
        return sum(self.tables.values())


def new_run_id(collector: str, now: datetime) -> str:
    """A run id that sorts by time and is unique on this machine: 'probe-20261123T020000-4242-0'."""
    return f"{collector}-{now:%Y%m%dT%H%M%S}-{os.getpid()}-{next(_sequence)}"


class Batch:
    """Collects rows and writes them as one file. Not thread-safe: one batch, one thread."""

    def __init__(
        self, data: DataDir, collector: str, run_id: str | None = None, origin: str | None = None
    ) -> None:
        self.data = data
        self.collector = collector
        self.run_id = run_id
        self.origin = origin or ("demo" if data.is_demo else "collected")
        self._rows: dict[str, dict[str, list[Any]]] = {}
        self._counts: dict[str, int] = {}

    def __len__(self) -> int:
        return sum(self._counts.values())

    def add(self, table: str, **row: Any) -> None:
        """Add one row. An unknown table or column, a missing required value or a wrong type raises at once."""
        spec = _spec(table)
        if "run_id" in spec.columns and "run_id" not in row:
            row["run_id"] = self.run_id
        unknown = row.keys() - spec.columns.keys()
        if unknown:
            raise KeyError(f"table {table} has no column {', '.join(sorted(unknown))}")
        values = {name: _checked(table, column, row.get(name)) for name, column in spec.columns.items()}
        columns = self._rows.setdefault(table, {name: [] for name in spec.columns})
        for name, value in values.items():
            columns[name].append(value)
        self._counts[table] = self._counts.get(table, 0) + 1

    def add_rows(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add many rows of one table."""
        for row in rows:
            self.add(table, **row)

    def write(self, now: datetime, batch_id: str | None = None, folder: Path | None = None) -> Path | None:
        """Write the batch (to the spool, or a folder) and return its path; an empty batch writes nothing.

        `now` is naive UTC.

        A `batch_id` of the caller's makes a repeated piece of work (after a kill) replace itself: the same id
        is loaded once. Raises StoreError (Chinese) when the disk refuses; then nothing is left behind.
        """
        if not len(self):
            return None
        name = batch_id or f"{self.collector}-{time.time_ns()}{next(_sequence) % 1000:03d}-{os.getpid()}"
        header = Header(
            name,
            self.collector,
            self.run_id,
            self.origin,
            __version__,
            now.isoformat(),
            SCHEMA_VERSION,
            self._counts,
        )
        return _write(folder or self.data.spool, header, self._tables())

    def _tables(self) -> list[pa.Table]:
        fields: dict[str, pa.DataType] = {"_table": pa.string()}
        for table in self._rows:
            fields |= {c.name: c.arrow for c in _spec(table).columns.values()}
        schema = pa.schema(list(fields.items()))
        return [self._arrow(table, schema) for table in self._rows]

    def _arrow(self, table: str, schema: pa.Schema) -> pa.Table:
        count, columns = self._counts[table], self._rows[table]
        arrays = [
            pa.array([table] * count, pa.string())
            if field.name == "_table"
            else pa.array(columns[field.name], field.type)
            if field.name in columns
            else pa.nulls(count, field.type)
            for field in schema
        ]
        return pa.Table.from_arrays(arrays, schema=schema)


def order(path: Path) -> tuple[int, str]:
    """Order of writing: the nanoseconds in the name."""
    stamp = path.stem.rsplit("-", 2)[1:2]
    return (int(stamp[0]) if stamp and stamp[0].isdigit() else 0, path.name)


def read_header(path: Path) -> Header:
    """The header of a spooled or archived batch. Raises ValueError when it is not one of ours."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise ValueError("不是完整的批次文件（内容损坏、被截断或读不出来）") from error
    raw = (schema.metadata or {}).get(HEADER_KEY)
    if raw is None:
        raise ValueError("没有批次说明，不是本系统写出的文件")
    try:
        header = Header(**json.loads(raw))
    except (ValueError, TypeError) as error:
        raise ValueError("批次说明损坏") from error
    _check_columns(header, schema)
    return header


def _check_columns(header: Header, schema: pa.Schema) -> None:
    expected = {}
    for name in header.tables:
        if name not in input_tables():
            raise ValueError(f"含有未知的数据表 {name}")
        expected |= {c.name: c.arrow for c in input_tables()[name].columns.values()}
    for field in schema:
        if field.name in expected and field.type != expected[field.name]:
            raise ValueError(f"列 {field.name} 的类型 {field.type} 与结构不符")


def _spec(table: str) -> Table:
    if table not in input_tables():
        raise KeyError(f"no input table called {table}")
    return input_tables()[table]


def _checked(table: str, column: Column, value: Any) -> Any:
    if value is None:
        if column.required:
            raise ValueError(f"{table}.{column.name} is required")
        return None
    wrong_bool = isinstance(value, bool) and column.type != "BOOLEAN"
    wrong_date = column.type == "DATE" and isinstance(value, datetime)
    if wrong_bool or wrong_date or not isinstance(value, _PYTHON_TYPES[column.type]):
        raise TypeError(f"{table}.{column.name} wants {column.type}, got {value!r}")
    return _clean(value) if isinstance(value, str) else value


def _clean(text: str) -> str:
    """Scraped text may hold lone surrogates and NUL, which no file format takes."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _write(spool: Path, header: Header, tables: list[pa.Table]) -> Path:
    final = spool / f"{header.batch_id}.parquet"
    beside = spool / f".{header.batch_id}.tmp"
    try:
        spool.mkdir(parents=True, exist_ok=True)
        metadata = {HEADER_KEY: json.dumps(asdict(header), ensure_ascii=False).encode()}
        schema = tables[0].schema.with_metadata(metadata)
        with beside.open("wb") as file:
            with pq.ParquetWriter(file, schema, compression="zstd") as writer:
                for table in tables:
                    writer.write_table(table.replace_schema_metadata(metadata))
            file.flush()
            os.fsync(file.fileno())
        beside.rename(final)
        fsync_folder(spool)
    except OSError as error:
        discard(beside)
        raise StoreError(
            f"批次没有写成：{spool}（{why(error)}）。请检查磁盘空间和写权限，已写成的批次不受影响"
        ) from error
    return final


def discard(path: Path) -> None:
    """Remove a file that may not be there; a disk that refuses (read-only) has told its own error before."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def fsync_folder(folder: Path) -> None:
    """Make renames inside a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
