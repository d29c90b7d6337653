"""One clock everywhere: the measures of 依申请公开, their annex and `cockpit deadline` agree on every golden vector."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cockpit import store
from cockpit.__main__ import main
from cockpit.appraise import measures_applications as measures
from cockpit.appraise.moment import Measured, Moment
from cockpit.clock import to_utc, week_days, week_of
from cockpit.paths import DataDir
from cockpit.report import annexes
from cockpit.workdays import Calendar
from tests.appraise.test_deadline import COUNTS, VECTORS

DUE = {
    date.fromisoformat(start): dict(zip(COUNTS, days.split(), strict=True)) for start, days in VECTORS.items()
}
STALE = date(1999, 1, 1)  # what a forgotten load would have left in due_on: nobody may read it


@dataclass
class Ledger:
    """The table `application` in memory, with one unit's cases as of the day that is asked for."""

    cases: list[dict[str, Any]]

    def rows(self, _sql: str, params: Any = None) -> list[dict[str, Any]]:
        return [r for r in self.cases if params["since"] < r["received_on"] <= params["day"]]


def application(received: date, **changes: Any) -> dict[str, Any]:
    dates = [
        "correction_asked",
        "correction_received",
        "accepted",
        "registered",
        "handled",
        "reviewed",
        "answered",
        "archived",
    ]
    blank: dict[str, Any] = dict.fromkeys(f"{d}_on" for d in dates)
    blank |= dict.fromkeys(f"{p}_{end}" for p in ("third_party", "partner") for end in ("from", "to"))
    blank |= {"extended": False, "extended_on": None, "result": None, "due_on": STALE}
    return {"application_id": "甲1", "unit_code": "u1", "received_on": received, **blank, **changes}


def measured(metric: str, day: date, *cases: dict[str, Any], least: int = 0) -> Measured:
    at = midnight(day) + timedelta(days=1)
    [found] = measures.METRICS[metric](Ledger(list(cases)), Moment(at, 365, least, Calendar()))
    return found


def midnight(day: date) -> datetime:
    """The beginning of a Beijing day, naive UTC."""
    return to_utc(datetime(day.year, day.month, day.day))


def told(capsys: pytest.CaptureFixture[str], *words: str) -> date:
    assert main(["deadline", *words, "--json"]) == 0
    return date.fromisoformat(json.loads(capsys.readouterr().out)["due"])


@pytest.mark.parametrize("received", DUE)
@pytest.mark.parametrize("extended", [False, True])
def test_overdue_begins_the_day_after_the_due_date_of_the_vectors(received: date, extended: bool) -> None:
    due = date.fromisoformat(DUE[received][40 if extended else 20])
    case = application(received, extended=extended)
    assert measured("applications_overdue", due, case).value == 0
    assert measured("applications_due_soon", due, case).value == 1
    late = measured("applications_overdue", due + timedelta(days=1), case)
    assert [e.fact for e in late.rows] == [f"申请 甲1 期限 {due}，尚未答复"]
    assert measured("applications_due_soon", due + timedelta(days=1), case).value == 0


@pytest.mark.parametrize("received", DUE)
def test_the_rate_counts_extension_and_asking_others(
    received: date, capsys: pytest.CaptureFixture[str]
) -> None:
    """Answered on the day `cockpit deadline` names is in time, the day after is not, whatever is stored."""
    first, last = date.fromisoformat(DUE[received][3]), date.fromisoformat(DUE[received][10])
    stop = {"third_party_from": first, "third_party_to": last, "partner_from": last, "partner_to": last}
    words = ["--received", str(received), "--third-party", f"{first}..{last}", "--partner", f"{last}..{last}"]
    for changes, asked in (
        ({}, ["--received", str(received)]),
        ({"extended": True}, ["--received", str(received), "--extended"]),
        (stop, words),
        ({**stop, "extended": True}, [*words, "--extended"]),
    ):
        due = told(capsys, *asked)
        good = application(received, answered_on=due, **changes)
        bad = application(received, answered_on=due + timedelta(days=1), **changes)
        day = due + timedelta(days=30)
        assert measured("answered_in_time", day, good, bad).value == 0.5
        assert measured("answered_in_time", day, good).value == 1
        assert measured("answered_in_time", due, application(received, **changes), least=1).cause == "no_data"
    assert told(capsys, *words) == Calendar().add(date.fromisoformat(DUE[received][20]), 8)


def test_a_corrected_application_starts_anew_and_one_that_waits_counts_nowhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked, corrected = date(2026, 9, 24), date(2026, 10, 9)
    waiting = application(date(2026, 9, 18), correction_asked_on=asked)
    assert measured("applications_overdue", date(2026, 11, 20), waiting).value == 0
    assert measured("answered_in_time", date(2026, 11, 20), waiting, least=1).cause == "no_data"
    due = told(capsys, "--received", "2026-09-18", "--corrected", str(corrected))
    again = {**waiting, "correction_received_on": corrected}
    assert measured("applications_overdue", due, again).value == 0
    assert measured("applications_overdue", due + timedelta(days=1), again).value == 1


@pytest.mark.parametrize("received", DUE)
def test_a_correction_may_be_asked_for_up_to_the_seventh_working_day(received: date) -> None:
    limit = date.fromisoformat(DUE[received][7])
    day = limit + timedelta(days=5)
    assert measured("corrections_late", day, application(received, correction_asked_on=limit)).value == 0
    late = application(received, correction_asked_on=limit + timedelta(days=1))
    assert measured("corrections_late", day, late).value == 1
    assert measured("corrections_late", limit, late).value == 0, "tomorrow's letter is not known today"


@pytest.mark.parametrize("first", DUE)
@pytest.mark.parametrize(("key", "word"), [("third_party", "征求意见"), ("partner", "征求其他机关意见")])
def test_asking_others_is_late_after_the_fifteenth_working_day(first: date, key: str, word: str) -> None:
    limit = date.fromisoformat(DUE[first][15])
    case = application(first, **{f"{key}_from": first})
    assert measured("third_parties_late", limit, case).value == 0
    late = measured("third_parties_late", limit + timedelta(days=1), case)
    assert [e.fact for e in late.rows] == [f"申请 甲1 {first} 起{word}，已超过 15 个工作日"]
    answered = {**case, "answered_on": limit}
    assert measured("third_parties_late", limit + timedelta(days=1), answered).value == 0


def test_the_annex_of_a_week_counts_by_the_same_clock_at_its_sunday(data: DataDir) -> None:
    """Due 2026-10-22 (Thursday) by the vectors; the answer of the Monday after is not known in that week."""
    received, due = date(2026, 9, 18), date(2026, 10, 22)
    week = week_of(due)
    monday_after = week_days(week)[1] + timedelta(days=1)
    now = midnight(monday_after) + timedelta(hours=9)
    batch = store.Batch(data, "ledgers", "ledgers-1")
    batch.add(
        "application", measured_at=now, **application(received, answered_on=monday_after, result="予以公开")
    )
    batch.write(now)
    unit = {"unit_code": "u1", "unit_name": "甲局", "unit_group": "dept_service", "sort_order": 1}
    store.load(data, now, register={"unit": [unit]})
    with store.reader(data) as reader:
        [row] = annexes.live(reader, week, Calendar(), [])["05_依申请公开"]
        [after] = annexes.live(reader, week_of(monday_after), Calendar(), [])["05_依申请公开"]
    keys = ("due_on", "answered_on", "result", "late")
    assert [row[k] for k in keys] == [due, None, None, True]
    assert [after[k] for k in keys] == [due, monday_after, "予以公开", True]


def test_the_annex_tells_one_moment_and_no_later_stage(data: DataDir) -> None:
    """Stage, extension, answer and result are those of the week's end, whatever the ledger says afterwards."""
    received, due = date(2026, 9, 18), date(2026, 10, 22)
    week, after = week_of(due), due + timedelta(days=6)
    now = midnight(after) + timedelta(hours=9)
    batch = store.Batch(data, "ledgers", "ledgers-1")
    later = {"stage": "归档", "answered_on": after, "archived_on": after, "result": "予以公开"}
    dated = application(received, **later, accepted_on=received, registered_on=received, handled_on=after)
    dated |= {"extended": True, "extended_on": after}
    batch.add("application", measured_at=now, **dated)
    batch.add("application", measured_at=now, **application(received, stage="归档", application_id="甲2"))
    batch.write(now)
    unit = {"unit_code": "u1", "unit_name": "甲局", "unit_group": "dept_service", "sort_order": 1}
    store.load(data, now, register={"unit": [unit]})
    with store.reader(data) as reader:
        rows = {r["application_id"]: r for r in annexes.live(reader, week, Calendar(), [])["05_依申请公开"]}
    keys = ("stage", "extended", "answered_on", "result")
    assert [rows["甲1"][k] for k in keys] == ["办理", False, None, None]
    assert rows["甲2"]["stage"] is None, "no day of any stage: nobody knows where it was"


def test_an_application_nobody_answered_is_owed_for_ever(data: DataDir) -> None:
    """A year after its receipt it is still overdue; once answered it is history a week later."""
    batch = store.Batch(data, "ledgers", "ledgers-1")
    noon = datetime(2026, 11, 23, 4)
    answers = {"旧1": None, "旧2": date(2026, 11, 20), "旧3": date(2026, 6, 1)}
    for number, answered in answers.items():
        batch.add(
            "application", measured_at=noon, application_id=number, unit_code="u1", received_on=date(2025, 3, 3),
            stage="办理", extended=False, answered_on=answered, result="予以公开" if answered else None,
        )  # fmt: skip
    batch.write(noon)
    unit = {"unit_code": "u1", "unit_name": "甲局", "unit_group": "dept_service", "sort_order": 1}
    store.load(data, noon, register={"unit": [unit]})
    with store.reader(data) as reader:
        [found] = measures.applications_overdue(reader, Moment(noon, 365, 0, Calendar.load(data.calendar)))
    assert found.value == 2
    assert [e.fact[:5] for e in found.rows] == ["申请 旧1", "申请 旧2"]
