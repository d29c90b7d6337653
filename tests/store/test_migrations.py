"""A database and batches of an older version: upgraded by the next load, nothing lost; a newer one is refused."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pyarrow.parquet as pq
import pytest

from cockpit import store
from cockpit.errors import StoreError
from cockpit.paths import DataDir
from cockpit.store import migrations
from cockpit.store.schema import SCHEMA_VERSION, all_tables, create
from tests.store.story import findings, night


def _aged(data: DataDir) -> None:
    """Make the published version look like one of an older program: a table and a column are missing."""
    with duckdb.connect(str(data.database.resolve())) as con:
        con.execute("DROP TABLE dispute")
        con.execute("ALTER TABLE finding DROP COLUMN content_sha256")
        con.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")


def test_an_older_database_is_upgraded_by_a_load(data: DataDir, noon: datetime) -> None:
    night(data, noon, dead=["/1"])
    store.load(data, noon)
    _aged(data)
    with pytest.raises(StoreError, match="旧版本程序.*cockpit load"), store.reader(data):
        pass
    assert store.load(data, noon).version == "cockpit-2.duckdb", "a load is due although no batch waits"
    assert findings(data) == {"/1": (1, noon, noon, None)}
    with store.reader(data) as reader:
        assert reader.rows("SELECT dispute_id FROM dispute") == []
        assert reader.one("SELECT content_sha256 FROM finding") == {"content_sha256": None}
    assert store.load(data, noon).version is None, "and only once"


def test_a_batch_of_an_older_version_lacks_newer_columns_and_is_still_read(
    data: DataDir, noon: datetime
) -> None:
    path = night(data, noon, dead=["/1"])
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["content_sha256"]), path)
    assert store.load(data, noon).rejected == []
    assert findings(data) == {"/1": (1, noon, noon, None)}


def test_a_batch_without_a_column_it_needs_is_rejected_by_name(data: DataDir, noon: datetime) -> None:
    path = night(data, noon, dead=["/1"])
    pq.write_table(pq.read_table(path).drop_columns(["target"]), path)
    [(name, reason)] = store.load(data, noon).rejected
    assert name == path.name
    assert "sighting" in reason
    assert "target" in reason


def test_numbered_steps_run_once_and_a_newer_database_is_refused() -> None:
    con = duckdb.connect()
    create(con)
    con.execute("INSERT INTO meta VALUES ('schema_version', '1')")
    steps = {SCHEMA_VERSION + 1: ("INSERT INTO meta VALUES ('step', 'done')",)}
    for _ in range(2):
        migrations.migrate(con, steps)
    assert con.execute("SELECT count(*) FROM meta WHERE key = 'step'").fetchone() == (1,)
    with pytest.raises(StoreError, match="先升级"):
        migrations.migrate(con, {})


def test_an_upgraded_database_has_the_schema_of_a_new_one(data: DataDir, noon: datetime) -> None:
    store.load(data, noon, force=True)
    _aged(data)
    store.load(data, noon)
    with store.reader(data) as reader:
        rows = reader.rows("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal")
    columns = {(r["table_name"], r["column_name"]) for r in rows}
    assert columns == {
        (t.name, c) for t in all_tables().values() if "transient" not in t.roles for c in t.columns
    }
