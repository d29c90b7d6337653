"""Questions about registers (工作台账): their rows with unit names, and the keys others refer to."""

from __future__ import annotations

from typing import Any

from cockpit.store import valid
from cockpit.store.reader import Reader
from cockpit.store.schema import all_tables


def _checked(table: str, column: str | None = None) -> str:
    """A table name of the schema; anything else is a programming error."""
    spec = all_tables()[table]
    if column is not None and column not in spec.columns:
        raise KeyError(column)
    return table


def stored_keys(reader: Reader, table: str, column: str) -> set[str]:
    """All values of a key column."""
    name = _checked(table, column)
    return {str(row["key"]) for row in reader.rows(f"SELECT DISTINCT {column} AS key FROM {name}")}


def book_rows(reader: Any, table: str, unit: str | None = None) -> list[dict[str, Any]]:
    """Rows of a register with the unit's names, by unit and key; of one unit where one is given."""
    name = _checked(table)
    if "unit_code" not in all_tables()[table].columns:
        return reader.rows(f"SELECT * FROM {name} ORDER BY ALL")
    order = ", ".join(f"t.{c}" for c in all_tables()[table].columns if c not in {"unit_code", "measured_at"})
    return reader.rows(
        f"""
        SELECT t.*, u.unit_name, coalesce(u.short_name, u.unit_name, t.unit_code) AS short_name
        FROM {name} AS t LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        WHERE $unit IS NULL OR t.unit_code = $unit ORDER BY u.sort_order NULLS LAST, t.unit_code, {order}
        """,
        {"unit": unit},
    )
