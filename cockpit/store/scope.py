"""One unit's rows and nobody else's: every table is seen through a view, so no query can forget the filter.

The views are temporary, live in the reader's own connection and bear the tables' names; the queries stay as
they are. A table that is neither public nor tied to a unit by its columns is empty for a unit: closed unless opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import duckdb

from cockpit.store import valid
from cockpit.store.schema import Table, all_tables

# Tables without anybody's rows: runs, batches, issues, the tasks of the published document, what the database says.
PUBLIC = frozenset({"meta", "batch", "run", "issue", "rule_drop", "clause_task"})
# A column that ties a row to a row of another table, which is tied to a unit itself.
LINKS: Mapping[str, str] = MappingProxyType(
    {
        "finding_id": "finding",
        "warning_id": "warning",
        "deduction_id": "deduction",
        "dispute_id": "dispute",
        "application_id": "application",
    }
)
CLOSED = "false"


def apply(con: duckdb.DuckDBPyConnection, unit: str) -> None:
    """Cover every table of this connection with a view of the unit's rows."""
    (database,) = con.execute("SELECT current_database()").fetchone()
    home = f'"{database}".main'
    code = "'" + unit.replace("'", "''") + "'"
    found = {
        row[0] for row in con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()
    }
    for name in found - PUBLIC:
        table = all_tables().get(name)
        clause = condition(table, home, code) if table else CLOSED
        con.execute(f'CREATE TEMP VIEW "{name}" AS SELECT * FROM {home}."{name}" WHERE {clause}')


def condition(table: Table, home: str, unit: str) -> str:
    """The WHERE clause that keeps one unit's rows of a table; `unit` is an SQL literal."""
    columns = table.columns
    if table.name in PUBLIC:
        return "true"
    if "unit_code" in columns and columns["unit_code"].required:
        return f"unit_code = {unit}"
    parts = [f"unit_code = {unit}"] if "unit_code" in columns else []
    parts += [
        f"{key} IN (SELECT {key} FROM {valid.on(register, home=f'{home}.')} WHERE unit_code = {unit})"
        for key, register in (("site_code", "site"), ("account_code", "account"))
        if key in columns
    ]
    linked = next((key for key in LINKS if key in columns and LINKS[key] != table.name), None)
    if linked and not parts[1:]:  # a site or account decides alone
        other = all_tables()[LINKS[linked]]
        parts.append(
            f"{linked} IN (SELECT {linked} FROM {home}.{other.name} WHERE {condition(other, home, unit)})"
        )
    return " OR ".join(f"({part})" for part in parts) or CLOSED
