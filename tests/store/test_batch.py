"""A batch is written whole or not at all, and wrong rows are refused where they are made."""

from __future__ import annotations

import resource
import signal
from datetime import date, datetime

import pytest

from cockpit import store
from cockpit.errors import StoreError
from cockpit.paths import DataDir


def test_rows_of_several_tables_travel_in_one_file(data: DataDir, noon: datetime) -> None:
    batch = store.Batch(data, "probe", "run-1")
    batch.add("probe", measured_at=noon, site_code="a", family="4", ok=True, measured=True, seconds=1)
    batch.add("run", collector="probe", started_at=noon, state="ok")
    path = batch.write(noon)
    header = store.read_header(path)
    assert (header.collector, header.run_id, header.origin, header.tables) == (
        "probe",
        "run-1",
        "collected",
        {"probe": 1, "run": 1},
    )
    assert [p.name for p in data.spool.iterdir()] == [path.name]


def test_an_empty_batch_writes_nothing(data: DataDir, noon: datetime) -> None:
    assert store.Batch(data, "probe").write(noon) is None
    assert not data.spool.exists()


def test_a_demonstration_folder_marks_its_batches(data: DataDir, noon: datetime) -> None:
    data.mark_demo()
    batch = store.Batch(data, "samples", "r")
    batch.add("run", collector="samples", started_at=noon, state="ok")
    assert store.read_header(batch.write(noon)).origin == "demo"


@pytest.mark.parametrize(
    ("table", "row", "error"),
    [
        ("prob", {}, KeyError),
        ("warning", {"warning_id": "w"}, KeyError),  # derived: no batch may carry it
        ("probe", {"site": "a"}, KeyError),
        ("probe", {"site_code": "a"}, ValueError),
        ("run", {"run_id": "r", "collector": "c", "started_at": date(2026, 1, 1), "state": "ok"}, TypeError),
        ("post", {"posted_on": datetime(2026, 1, 1)}, (TypeError, ValueError)),
        (
            "run",
            {
                "run_id": "r",
                "collector": "c",
                "started_at": datetime(2026, 1, 1),
                "state": "ok",
                "targets": True,
            },
            TypeError,
        ),
    ],
)
def test_wrong_rows_are_refused_at_once(data: DataDir, table: str, row: dict, error: type) -> None:
    with pytest.raises(error):
        store.Batch(data, "probe", "r").add(table, **row)


def test_scraped_text_with_surrogates_and_nul_is_stored(data: DataDir, noon: datetime) -> None:
    batch = store.Batch(data, "patrol", "r")
    batch.add("page", measured_at=noon, site_code="a", url="http://x/\x00", title="坏\ud800字")
    batch.write(noon)
    store.load(data, noon)
    with store.reader(data) as reader:
        assert reader.one("SELECT url, title FROM page") == {"url": "http://x/\ufffd", "title": "坏?字"}


def test_a_full_disk_leaves_nothing_and_says_so(data: DataDir, noon: datetime) -> None:
    """A file-size limit of the process stands for the full disk: write() fails half-way."""
    batch = store.Batch(data, "patrol", "r")
    for number in range(2000):
        batch.add("page", measured_at=noon, site_code="a", url=f"http://x/{hash(str(number))}")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        with pytest.raises(StoreError, match="磁盘空间"):
            batch.write(noon)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(data.spool.iterdir()) == []
    assert batch.write(noon) is not None
