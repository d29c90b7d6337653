"""Loading: exactly once, in order of measurement, bad batches aside, the old version until the new is whole."""

from __future__ import annotations

import resource
import signal
from datetime import datetime, timedelta

import duckdb
import pytest

from cockpit import store
from cockpit.errors import StoreError
from cockpit.paths import DataDir
from tests.store.story import findings, night, spans

DAY = timedelta(days=1)


def test_nothing_published_yet_is_a_clear_message(data: DataDir) -> None:
    with pytest.raises(StoreError, match="还没有数据"), store.reader(data):
        pass
    assert store.version(data) is None


def test_a_load_without_batches_publishes_nothing(data: DataDir, noon: datetime) -> None:
    assert store.load(data, noon).version is None
    assert store.load(data, noon, force=True).version == "cockpit-1.duckdb"


def test_a_batch_is_loaded_once_even_when_it_comes_back(data: DataDir, noon: datetime) -> None:
    path = night(data, noon, dead=["/1"])
    content = path.read_bytes()
    assert store.load(data, noon).batches == 1
    path.write_bytes(content)  # a crash after publishing, before archiving
    again = store.load(data, noon)
    assert (again.batches, again.rejected) == (0, [])
    assert findings(data) == {"/1": (1, noon, noon, None)}
    assert list(data.spool.glob("*.parquet")) == []
    assert [p.name for p in (data.archive / "2026-11").iterdir()] == [path.name]


def test_the_life_of_a_finding_night_by_night(data: DataDir, noon: datetime) -> None:
    night(data, noon, dead=["/1", "/2"])
    night(data, noon + DAY, dead=["/1"])
    store.load(data, noon + DAY)
    assert findings(data)["/2"] == (1, noon, noon, noon + DAY), "seen once, gone on the second night"
    night(data, noon + 2 * DAY, ok=False)
    store.load(data, noon + 2 * DAY)
    assert findings(data)["/1"][3] is None, "a walk that failed proves nothing"
    night(data, noon + 3 * DAY, dead=["/2"])
    store.load(data, noon + 3 * DAY)
    assert findings(data) == {
        "/1": (2, noon, noon + DAY, noon + 3 * DAY),
        "/2": (2, noon, noon + 3 * DAY, None),
    }
    assert spans(data, "/2") == [(noon, noon + DAY), (noon + 3 * DAY, None)]


def test_several_nights_in_one_load_give_the_same_history(data: DataDir, noon: datetime) -> None:
    night(data, noon, dead=["/1", "/2"])
    night(data, noon + DAY, dead=["/1"])
    night(data, noon + 2 * DAY, ok=False)
    night(data, noon + 3 * DAY, dead=["/2"])
    store.load(data, noon + 3 * DAY)
    assert spans(data, "/1") == [(noon, noon + 3 * DAY)]
    assert spans(data, "/2") == [(noon, noon + DAY), (noon + 3 * DAY, None)]


def test_a_cut_walk_closes_only_what_it_looked_at(data: DataDir, noon: datetime) -> None:
    night(data, noon, dead=["/1", "/2"])
    night(data, noon + DAY, complete=False, pages=["/p/1"])
    store.load(data, noon + DAY)
    assert {target: gone for target, (_, _, _, gone) in findings(data).items()} == {
        "/1": noon + DAY,
        "/2": None,
    }


def test_another_site_is_not_touched(data: DataDir, noon: datetime) -> None:
    night(data, noon, dead=["/1"], site="a")
    night(data, noon + DAY, site="b")
    store.load(data, noon + DAY)
    assert findings(data)["/1"][3] is None


def test_a_file_that_is_no_batch_is_set_aside_and_the_rest_go_on(data: DataDir, noon: datetime) -> None:
    good = night(data, noon, dead=["/1"])
    junk = data.spool / "patrol-1-1.parquet"
    junk.write_bytes(b"PAR1 this is not parquet")
    half = data.spool / "patrol-2-1.parquet"
    half.write_bytes(good.read_bytes()[:-100])
    report = store.load(data, noon)
    assert (report.batches, [name for name, _ in report.rejected]) == (1, [junk.name, half.name])
    assert (data.rejected / f"{junk.name}.reason.txt").read_text("utf-8").startswith("不是完整的批次文件")


def test_a_batch_with_damaged_pages_is_set_aside(data: DataDir, noon: datetime) -> None:
    night(data, noon, dead=["/1"])
    bad = night(
        data, noon + DAY, dead=[f"/{n}" for n in range(500)], pages=[f"/{n * 7919}" for n in range(500)]
    )
    content = bytearray(bad.read_bytes())
    content[4 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4)
    bad.write_bytes(content)
    report = store.load(data, noon)
    assert [name for name, _ in report.rejected] == [bad.name]
    assert list(findings(data)) == ["/1"]


def test_demonstration_and_collected_data_never_mix(data: DataDir, noon: datetime) -> None:
    collected = night(data, noon, dead=["/1"])
    data.mark_demo()
    report = store.load(data, noon)
    assert report.rejected == [(collected.name, "批次是采集数据，本目录存放演示数据，不得混入")]


def test_readers_keep_their_version_while_a_new_one_is_published(data: DataDir, noon: datetime) -> None:
    night(data, noon, dead=["/1"])
    store.load(data, noon)
    with store.reader(data) as old:
        night(data, noon + DAY, dead=["/1", "/2"])
        store.load(data, noon + DAY)
        assert old.one("SELECT count(*) AS n FROM finding") == {"n": 1}
    with store.reader(data) as new:
        assert new.one("SELECT count(*) AS n FROM finding") == {"n": 2}


def test_two_older_versions_are_kept(data: DataDir, noon: datetime) -> None:
    for number in range(5):
        night(data, noon + number * DAY)
        store.load(data, noon)
    assert sorted(p.name for p in data.versions.iterdir()) == [f"cockpit-{n}.duckdb" for n in (3, 4, 5)]
    assert store.version(data) == "cockpit-5.duckdb"


def test_a_failing_rule_publishes_nothing_and_keeps_the_batches(data: DataDir, noon: datetime) -> None:
    night(data, noon)

    def fail(*_: object) -> None:
        raise RuntimeError("a rule is broken")

    with pytest.raises(RuntimeError, match="a rule is broken"):
        store.load(data, noon, after_merge=fail)
    assert store.version(data) is None
    assert store.pending_batches(data) == 1
    assert list(data.versions.iterdir()) == []


def test_a_full_disk_keeps_batches_and_the_old_version(data: DataDir, noon: datetime) -> None:
    night(data, noon, dead=["/1"])
    store.load(data, noon)
    night(data, noon + DAY, dead=[f"/{n}" for n in range(5000)])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (data.database.stat().st_size - 1, before[1]))
        with pytest.raises(StoreError, match="入库没有完成"):
            store.load(data, noon + DAY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert store.version(data) == "cockpit-1.duckdb"
    assert list(findings(data)) == ["/1"]
    assert store.load(data, noon + DAY).batches == 1


def test_rebuild_gives_the_same_tables(data: DataDir, noon: datetime) -> None:
    for number, dead in enumerate((["/1", "/2"], ["/1"], ["/2"])):
        night(data, noon + number * DAY, dead=dead)
        store.load(data, noon + number * DAY)
    before = findings(data)
    report = store.rebuild(data, noon + 3 * DAY)
    assert (report.batches, findings(data)) == (3, before)


def test_the_register_is_mirrored(data: DataDir, noon: datetime) -> None:
    unit = {"unit_code": "360500-JYJ", "unit_name": "市教育局", "unit_group": "dept_service"}
    store.load(data, noon, register={"unit": [unit]}, force=True)
    store.load(data, noon, register={"unit": [unit]}, force=True)
    with store.reader(data) as reader:
        assert reader.rows("SELECT unit_code, unit_name, contact FROM unit") == [
            {"unit_code": "360500-JYJ", "unit_name": "市教育局", "contact": None}
        ]


def test_a_damaged_database_is_named_with_its_remedy(data: DataDir, noon: datetime) -> None:
    night(data, noon)
    store.load(data, noon)
    target = data.database.resolve()
    target.write_bytes(b"x" * 20000)
    with pytest.raises(StoreError, match="rebuild"), store.reader(data):
        pass


def test_a_published_version_cannot_be_written(data: DataDir, noon: datetime) -> None:
    night(data, noon)
    store.load(data, noon)
    with store.reader(data) as reader, pytest.raises(duckdb.Error, match="read-only"):
        reader.rows("DELETE FROM finding")
