"""Reads schema.sql: the tables, their columns, types, meanings and roles.

Settings: none. The file is the only place where a table is described; the data dictionary, the batch
writer, the loader and the comments inside DuckDB all come from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import duckdb
import pyarrow as pa

SCHEMA_FILE = Path(__file__).with_name("schema.sql")
SCHEMA_VERSION = 10

ARROW_TYPES: Mapping[str, pa.DataType] = MappingProxyType(
    {
        "VARCHAR": pa.string(),
        "BOOLEAN": pa.bool_(),
        "INTEGER": pa.int32(),
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
    }
)

_TABLE = re.compile(r"CREATE TABLE (\w+) \( -- ([^\n]*)\n(.*?)\n\);", re.DOTALL)
_COLUMN = re.compile(r"\s*(\w+) (\w+)( NOT NULL)?,? -- (.*)")


@dataclass(frozen=True)
class Column:
    """One column: DuckDB type and Chinese meaning (unit in brackets)."""

    name: str
    type: str
    required: bool
    comment: str

    @property
    def arrow(self) -> pa.DataType:
        return ARROW_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    """One table. Roles: input (batches may carry it), derived, register, transient (merged, not kept)."""

    name: str
    comment: str
    roles: frozenset[str]
    columns: Mapping[str, Column]


def _table(match: re.Match[str]) -> Table:
    name, remark, body = match.groups()
    columns = {}
    for line in body.splitlines():
        found = _COLUMN.fullmatch(line)
        if not found:
            raise ValueError(f"schema.sql, table {name}: cannot read {line!r}")
        columns[found[1]] = Column(found[1], found[2], bool(found[3]), found[4].strip())
    roles = frozenset(re.findall(r"#(\w+)", remark))
    return Table(name, re.sub(r"\s*#\w+", "", remark).strip(), roles, MappingProxyType(columns))


@cache
def all_tables() -> Mapping[str, Table]:
    """Every table of the schema by name, in the order of the file."""
    text = SCHEMA_FILE.read_text(encoding="utf-8")
    return MappingProxyType({m[1]: _table(m) for m in _TABLE.finditer(text)})


@cache
def input_tables() -> Mapping[str, Table]:
    """The tables a batch may carry. A column name has one type in all of them: they share one file."""
    return MappingProxyType({name: t for name, t in all_tables().items() if "input" in t.roles})


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Create every kept table, with its comments, in an empty database."""
    for table in all_tables().values():
        if "transient" not in table.roles:
            create_table(con, table)


def create_table(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create one kept table with its comments."""
    con.execute(_ddl(table, table.name))
    con.execute(f"COMMENT ON TABLE {table.name} IS {_quoted(table.comment)}")
    for column in table.columns.values():
        con.execute(f"COMMENT ON COLUMN {table.name}.{column.name} IS {_quoted(column.comment)}")


def create_staging(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """Create the empty temporary table `in_<name>` that pending rows are read into."""
    con.execute(_ddl(table, f"in_{table.name}", "TEMP "))
    return f"in_{table.name}"


def _ddl(table: Table, name: str, kind: str = "") -> str:
    columns = ", ".join(
        f"{c.name} {c.type}" + (" NOT NULL" if c.required else "") for c in table.columns.values()
    )
    return f"CREATE {kind}TABLE {name} ({columns})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
