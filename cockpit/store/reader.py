"""Reading: any number of processes and threads open the published version read-only.

The symbolic link is resolved once; the version's name is the cache key of every result. One cursor a call.
DuckDB shares one instance per path in a process, so instances are kept for the newest few versions.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from cockpit.errors import StoreError
from cockpit.paths import DataDir
from cockpit.store import scope
from cockpit.store.migrations import stored_version
from cockpit.store.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    import pandas as pd

_KEPT_INSTANCES = 4
_instances: OrderedDict[Path, duckdb.DuckDBPyConnection] = OrderedDict()
_lock = threading.Lock()

Params = Sequence[Any] | Mapping[str, Any] | None


class Reader:
    """One consistent published version."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, version: str) -> None:
        self._cursor = cursor
        self.version = version

    def rows(self, sql: str, params: Params = None) -> list[dict[str, Any]]:
        """All rows as dictionaries."""
        result = self._cursor.execute(sql, params)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def one(self, sql: str, params: Params = None) -> dict[str, Any] | None:
        """The first row, or None."""
        found = self.rows(sql, params)
        return found[0] if found else None

    def frame(self, sql: str, params: Params = None) -> pd.DataFrame:
        """All rows as a DataFrame."""
        return self._cursor.execute(sql, params).df()


def version(data: DataDir) -> str | None:
    """Name of the published version, None before the first load. Cheap: one readlink."""
    path = _published(data)
    return path.name if path else None


def is_outdated(data: DataDir) -> bool:
    """Whether the published version was made by an older program, so that a load is due to upgrade it."""
    path = _published(data)
    if path is None or path in _instances:
        return False
    try:
        with _connect(path) as con:
            return stored_version(con) < SCHEMA_VERSION
    except duckdb.Error:
        return False  # damaged: the load or the reader that needs it says so


def loaded_at(data: DataDir) -> datetime | None:
    """The moment the published version was judged at; None where there is none or it cannot be read."""
    path = _published(data)
    if path is None:
        return None
    try:
        with _connect(path) as con:
            row = con.execute("SELECT value FROM meta WHERE key = 'loaded_at'").fetchone()
    except duckdb.Error:
        return None
    return datetime.fromisoformat(row[0]) if row else None


@contextmanager
def reader(data: DataDir, unit: str | None = None) -> Iterator[Reader]:
    """Open the published version for reading. Raises StoreError when there is none or it is damaged.

    `unit`: only the rows of this unit can be seen, whatever is asked.
    """
    cursor, name = _cursor(data)
    try:
        if unit is not None:
            scope.apply(cursor, unit)
        yield Reader(cursor, name)
    finally:
        cursor.close()


def _published(data: DataDir) -> Path | None:
    try:
        path = data.database.parent / data.database.readlink()
    except OSError:
        return None
    return path if path.exists() else None


def _cursor(data: DataDir) -> tuple[duckdb.DuckDBPyConnection, str]:
    for attempt in range(3):
        path = _published(data)
        if path is None:
            raise StoreError(
                f"数据目录 {data.root} 里还没有数据。请先采集并入库：python -m collectors all，"
                "再 python -m cockpit load；或用 make run 打开演示数据"
            )
        try:
            return _instance(path).cursor(), path.name
        except duckdb.Error as error:
            # The version was removed between readlink and open (three loads in a row): look again.
            if attempt == 2:
                raise StoreError(
                    f"数据库 {path} 打不开（{type(error).__name__}）。请运行 python -m cockpit doctor 查看，"
                    "并用 python -m cockpit rebuild 从归档批次重建"
                ) from error
    raise AssertionError("unreachable")


def _instance(path: Path) -> duckdb.DuckDBPyConnection:
    with _lock:
        if path not in _instances:
            _instances[path] = _opened(path)
            while len(_instances) > _KEPT_INSTANCES:
                _instances.popitem(last=False)[1].close()
        _instances.move_to_end(path)
        return _instances[path]


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    con = _connect(path)
    if stored_version(con) < SCHEMA_VERSION:
        con.close()
        raise StoreError(
            f"数据库 {path.name} 是旧版本程序留下的。请运行一次 python -m cockpit load，数据会原样升级"
        )
    return con


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        str(path), read_only=True, config={"enable_external_access": "false", "threads": "2"}
    )
