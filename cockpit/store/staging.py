"""Reading the rows of pending batches into temporary tables; a batch that cannot be read is named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from cockpit.store.batch import Header
from cockpit.store.schema import Table, create_staging, input_tables


@dataclass(frozen=True)
class Pending:
    """A batch whose header was read and that may be merged."""

    path: Path
    header: Header


class BadBatchError(Exception):
    """A batch whose rows cannot be read."""

    def __init__(self, batch: Pending, reason: str) -> None:
        super().__init__(reason)
        self.batch = batch
        self.reason = reason


def stage(con: duckdb.DuckDBPyConnection, name: str, batches: list[Pending]) -> None:
    """Fill `in_<name>` from all batches that carry rows of it. Raises BadBatchError for the one to blame."""
    table = input_tables()[name]
    staging = create_staging(con, table)
    con.execute(f"ALTER TABLE {staging} ADD COLUMN _batch INTEGER")
    try:
        _insert(con, table, batches)
    except duckdb.Error:
        for batch in batches:
            _try(con, table, batch)
        raise


def _insert(con: duckdb.DuckDBPyConnection, table: Table, batches: list[Pending]) -> None:
    columns = _columns(con, table, batches)
    con.execute(
        f"INSERT INTO in_{table.name} ({columns}, _batch) SELECT {columns}, file_index "
        "FROM read_parquet(?, union_by_name = true) WHERE _table = ?",
        [[str(p.path) for p in batches], table.name],
    )


def _try(con: duckdb.DuckDBPyConnection, table: Table, batch: Pending) -> None:
    try:
        columns = _columns(con, table, [batch])
        con.execute(
            f"SELECT {columns} FROM read_parquet(?) WHERE _table = ?", [str(batch.path), table.name]
        ).fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise BadBatchError(batch, f"数据表 {table.name} 读不出来：{reason}") from error


def _columns(con: duckdb.DuckDBPyConnection, table: Table, batches: list[Pending]) -> str:
    """The table's columns that the batches have: those of an older version lack the newer ones."""
    described = con.execute(
        "DESCRIBE SELECT * FROM read_parquet(?, union_by_name = true)", [[str(p.path) for p in batches]]
    )
    held = {row[0] for row in described.fetchall()}
    needed = [c.name for c in table.columns.values() if c.required and c.name not in held]
    if needed:
        raise duckdb.BinderException(f"missing columns {', '.join(needed)}")
    return ", ".join(c for c in table.columns if c in held)
