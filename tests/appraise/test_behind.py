"""The objects behind a warning: every indicator has some, as many as its number says, as they stood then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from cockpit import store
from cockpit.appraise import behind, measures_registers
from cockpit.appraise.indicators import load_rules
from cockpit.appraise.judge import evaluate
from cockpit.appraise.metrics import METRICS
from cockpit.paths import SHIPPED, DataDir
from cockpit.workdays import Calendar
from tests.appraise import facts
from tests.appraise.city import Story

RULES = load_rules(SHIPPED / "rules")
# Units of a value that is no number of objects: shares, days, seconds, and the months of the oldest message
NO_COUNT = {"%", "天", "秒", "个月"}
Told = tuple[str, float, behind.Objects]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Told]]:
    """(indicator, value, objects) of every bad object of the small city that has each indicator go wrong."""
    data = DataDir(tmp_path_factory.mktemp("behind") / "data")
    facts.load(data)
    out = []
    with store.reader(data) as reader:
        for result in evaluate(reader, RULES, facts.NOW, Calendar()):
            i, m = result.indicator, result.measured
            if result.level is None or m.value is None:
                continue
            warning = {
                "indicator_id": i.id,
                "site_code": m.code if i.object == "site" else None,
                "account_code": m.code if i.object == "account" else None,
                "unit_code": m.unit_code,
                "finding_id": None,
                "closed_at": None,
                "last_seen": facts.NOW - timedelta(microseconds=1),
            }
            found = behind.of_warning(reader, warning, RULES, Calendar())
            assert found is not None
            out.append((i.id, m.value, found))
    yield out


def test_every_metric_has_its_objects() -> None:
    assert behind.SOURCES.keys() == METRICS.keys()
    fields = {field for source in behind.SOURCES.values() for field in source.shape}
    assert fields == behind.FIELDS.keys()


def test_every_indicator_that_can_warn_shows_the_objects_of_its_number(told: list[Told]) -> None:
    of_registers = measures_registers.METRICS  # they have facts of their own (test_register_measures.py)
    warned = {i.id for i in RULES.indicators.values() if i.role != "bonus" and i.metric not in of_registers}
    assert {name for name, _, _ in told} >= warned
    for name, value, found in told:
        assert found.rows, name
        assert found.why == ""
        assert all(set(found.shape) <= row.keys() for row in found.rows), name
        indicator = RULES.indicators[name]
        if indicator.unit not in NO_COUNT and name != "V-W-06c":  # which says whether, not how many
            assert (name, len(found.rows)) == (name, value)


def test_an_application_says_its_due_date_and_how_late_it_is(told: list[Told]) -> None:
    late = next(found for name, _, found in told if name == "A-01")
    row = late.rows[0]
    assert row["application_id"]
    assert isinstance(row["due"], date)
    assert row["overdue"] >= 1
    assert row["state"] in {"逾期未答复", "逾期答复"}


def test_of_a_share_the_objects_are_those_that_lower_it(told: list[Told]) -> None:
    for name in ("I-01", "I-02"):
        value, found = next((value, found) for n, value, found in told if n == name)
        assert len(found.rows) == round(100 * (1 - value))
        assert {row["cause"] for row in found.rows} == {"no_aaaa"}


def test_a_channel_says_by_how_many_days_it_is_late(data: DataDir) -> None:
    at, today = facts.NIGHT, facts.TODAY
    batch = store.Batch(data, "patrol", "late")
    batch.add("coverage", measured_at=at, collector="patrol", aspect="channels", site_code="s1", ok=True)
    ages = {"http://s1/a/": 14, "http://s1/b/": 40, "http://s1/c/": 20}
    for url, age in ages.items():
        latest = today - timedelta(days=age)
        told = {"measured_at": at, "site_code": "s1"}
        batch.add(
            "channel_check",
            **told,
            url=url,
            channel_type="news",
            latest=latest,
            period_days=14,
            state="overdue",
            level=2,
        )
        batch.add(
            "sighting",
            **told,
            aspect="channels",
            kind="channel.overdue",
            target=url,
            text=url[-2],
            rule="news",
            severity="medium",
        )
    batch.write(at)
    store.load(data, at, register=facts.REGISTER)
    warning = {
        "indicator_id": "V-W-04a",
        "site_code": "s1",
        "account_code": None,
        "unit_code": "u1",
        "finding_id": None,
        "closed_at": None,
        "last_seen": at,
    }
    with store.reader(data) as reader:
        found = behind.of_warning(reader, warning, RULES, Calendar())
    assert found is not None
    assert [(row["text"], row["late"], row["target"]) for row in found.rows] == [
        ("b", 27, "http://s1/b/"),
        ("c", 7, "http://s1/c/"),
        ("a", 1, "http://s1/a/"),
    ]


def test_objects_are_those_of_the_instant_and_a_lost_one_is_told(data: DataDir) -> None:
    story = Story(data)
    story.night(blank=4)
    story.night(blank=3)  # still a warning, of three
    open_ = story.warning("V-W-04c")
    story.night(blank=0)
    closed = story.warning("V-W-04c")
    assert open_
    assert closed
    assert closed["closed_at"] is not None
    with store.reader(data) as reader:
        then = behind.of_warning(reader, closed, RULES, Calendar())
        assert then is not None
        assert sorted(row["text"] for row in then.rows) == ["/c0", "/c1", "/c2"]
        lost = behind.of_warning(reader, {**closed, "last_seen": datetime(2026, 1, 1)}, RULES, Calendar())
    assert lost is not None
    assert (lost.rows, "预警已办结" in lost.why) == ((), True)


def test_a_warning_of_one_finding_shows_that_one(data: DataDir) -> None:
    story = Story(data)
    story.night(slips=("错甲", "错乙"))
    with store.reader(data) as reader:
        rows = reader.rows("SELECT * FROM warning WHERE indicator_id = 'V-W-01' ORDER BY warning_id")
        shown = [behind.of_warning(reader, w, RULES, Calendar()) for w in rows]
    assert [[row["finding_id"] for row in found.rows] for found in shown if found] == [
        [w["finding_id"]] for w in rows
    ]
    assert len(rows) == 2
