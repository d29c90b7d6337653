"""Migrations by number: each entry brings the database from the version before to its own.

schema.sql always shows the newest schema; a database made by an older version runs the steps it lacks,
inside the loader, on the copy that will be published. Version 1 is the first schema and has no step.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import duckdb

from cockpit.errors import StoreError
from cockpit.store.schema import SCHEMA_VERSION

# version → statements that lead to it
STEPS: Mapping[int, tuple[str, ...]] = MappingProxyType({})


def stored_version(con: duckdb.DuckDBPyConnection) -> int:
    """The schema version a database was left at."""
    row = con.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    return int(row[0]) if row else 0


def migrate(con: duckdb.DuckDBPyConnection, steps: Mapping[int, tuple[str, ...]] = STEPS) -> None:
    """Run the missing steps, each in its own transaction. A newer database is refused."""
    version = stored_version(con)
    if version > max((SCHEMA_VERSION, *steps)):
        raise StoreError(f"数据库结构版本 {version} 比程序支持的 {SCHEMA_VERSION} 新，请先升级本系统")
    for number in sorted(n for n in steps if n > version):
        con.execute("BEGIN")
        for statement in steps[number]:
            con.execute(statement)
        con.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", [str(number)])
        con.execute("COMMIT")
