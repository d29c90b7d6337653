"""Bringing a database made by an older version up to the schema of today, inside the loader, on the copy.

schema.sql always shows the newest schema. What was only added there, a table or a column that may be empty, is
added to an older database by itself. A change of another kind is a numbered step here. Either way
SCHEMA_VERSION counts up, so that an older program refuses the database and a reader knows that a load is due.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import duckdb

from cockpit.errors import StoreError
from cockpit.store.schema import SCHEMA_VERSION, all_tables, create_table

# version → statements that lead to it, for what is more than an addition
STEPS: Mapping[int, tuple[str, ...]] = MappingProxyType({})


def stored_version(con: duckdb.DuckDBPyConnection) -> int:
    """The schema version a database was left at."""
    row = con.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    return int(row[0]) if row else 0


def migrate(con: duckdb.DuckDBPyConnection, steps: Mapping[int, tuple[str, ...]] = STEPS) -> None:
    """Run the missing steps and add what is missing, in one transaction. A newer database is refused."""
    version, newest = stored_version(con), max((SCHEMA_VERSION, *steps))
    if version > newest:
        raise StoreError(f"数据库结构版本 {version} 比程序支持的 {newest} 新，请先升级本系统")
    if version == newest:
        return
    con.execute("BEGIN")
    for number in sorted(n for n in steps if n > version):
        for statement in steps[number]:
            con.execute(statement)
    _add_missing(con)
    con.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", [str(newest)])
    con.execute("COMMIT")


def _add_missing(con: duckdb.DuckDBPyConnection) -> None:
    """Tables of schema.sql that the database lacks, and columns its tables lack."""
    found: dict[str, set[str]] = {}
    for table, column in con.execute("SELECT table_name, column_name FROM duckdb_columns()").fetchall():
        found.setdefault(table, set()).add(column)
    for table in all_tables().values():
        if "transient" in table.roles:
            continue
        if table.name not in found:
            create_table(con, table)
            continue
        for column in table.columns.values():
            if column.name not in found[table.name]:
                con.execute(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {column.type}")
