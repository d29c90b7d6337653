"""schema.sql is the vocabulary of everything: it must be readable, documented and free of contradictions."""

from __future__ import annotations

import duckdb
import pytest

from cockpit.store import all_tables, input_tables
from cockpit.store.merge import POLICY
from cockpit.store.schema import SCHEMA_FILE, create


def test_every_table_of_the_file_is_read() -> None:
    text = SCHEMA_FILE.read_text(encoding="utf-8")
    assert len(all_tables()) == text.count("CREATE TABLE")


@pytest.mark.parametrize("name", list(all_tables()))
def test_every_table_and_column_says_what_it_means(name: str) -> None:
    table = all_tables()[name]
    assert table.comment
    assert table.roles & {"input", "derived", "register"}
    assert all(column.comment for column in table.columns.values())


def test_a_column_name_has_one_type_in_all_input_tables() -> None:
    types: dict[str, set[str]] = {}
    for table in input_tables().values():
        for column in table.columns.values():
            types.setdefault(column.name, set()).add(column.type)
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_every_kept_input_table_has_a_merge_policy() -> None:
    kept = {name for name, table in input_tables().items() if "transient" not in table.roles}
    assert kept == set(POLICY)


def test_comments_reach_the_database() -> None:
    con = duckdb.connect()
    create(con)
    [(comment,)] = con.execute(
        "SELECT comment FROM duckdb_columns() WHERE table_name = 'probe' AND column_name = 'seconds'"
    ).fetchall()
    assert comment == "响应时间（秒）".replace("（", "(").replace("）", ")")
