"""依申请公开 cases told day by day, their stages, and the stored due date that a running stop moves."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cockpit.appraise import applications
from cockpit.deadline import ClockError, compute, received_day
from cockpit.workdays import Calendar

CALENDAR = Calendar()
RECEIVED = date(2026, 9, 18)  # due 2026-10-22, extended 2026-11-19 (regulations §10)


def row(**changes: Any) -> dict[str, Any]:
    blank = dict.fromkeys(
        (
            "correction_asked_on",
            "correction_received_on",
            "third_party_from",
            "third_party_to",
            "partner_from",
            "partner_to",
            "extended",
            "extended_on",
            "result",
            *(f"{s}_{part}" for s in applications.STAGES for part in ("on", "post")),
        )
    )
    return {"application_id": "甲1", "unit_code": "A", "received_on": RECEIVED, **blank, **changes}


def state(day: date, **changes: Any) -> tuple[str, int | None]:
    found = applications.case(CALENDAR, row(**changes), day)
    return found.state, found.left


def test_a_case_day_by_day() -> None:
    assert state(date(2026, 10, 16)) == ("open", 4)
    assert state(date(2026, 10, 19)) == ("soon", 3)
    assert state(date(2026, 10, 22)) == ("soon", 0), "the last day is not late"
    assert state(date(2026, 10, 23)) == ("overdue", -1)
    answered = {"answered_on": date(2026, 10, 23)}
    assert state(date(2026, 10, 22), **answered) == ("soon", 0), "tomorrow's answer is not known today"
    assert state(date(2026, 10, 23), **answered) == ("late", -1)
    assert state(date(2026, 11, 20), answered_on=date(2026, 10, 22)) == ("answered", 0)


def test_an_extension_counts_from_the_day_it_was_told() -> None:
    told = {"extended": True, "extended_on": date(2026, 10, 20)}
    assert state(date(2026, 10, 19), **told) == ("soon", 3)
    assert state(date(2026, 10, 20), **told) == ("open", 22)
    assert state(date(2026, 11, 20), **told) == ("overdue", -1)


def test_waiting_for_a_correction_is_never_overdue() -> None:
    asked = {"correction_asked_on": date(2026, 9, 25)}
    assert state(date(2026, 12, 1), **asked) == ("waiting", None)
    back = {**asked, "correction_received_on": date(2026, 9, 29)}
    due = CALENDAR.add(date(2026, 9, 29), 20)
    assert state(due, **back) == ("soon", 0)
    ended = {**asked, "answered_on": date(2026, 11, 2), "result": "逾期不补正"}
    assert state(date(2026, 11, 3), **ended) == ("dropped", None)


def test_a_stop_that_still_runs_moves_the_due_date_every_working_day() -> None:
    asking = {"third_party_from": date(2026, 10, 9)}
    lefts = [state(day, **asking) for day in (date(2026, 10, 12), date(2026, 10, 20), date(2026, 11, 20))]
    assert [name for name, _ in lefts] == ["stopped"] * 3
    assert len({left for _, left in lefts}) == 1, "the working days left stand still"
    ended = {**asking, "third_party_to": date(2026, 10, 15)}
    assert state(date(2026, 10, 16), **ended)[0] == "open"


def test_dates_that_contradict_are_a_case_of_their_own() -> None:
    found = applications.case(CALENDAR, row(third_party_from=date(2026, 9, 1)), date(2026, 10, 1))
    assert (found.state, found.clock) == ("wrong", None)
    assert "征求第三方意见" in found.trouble


def test_stages_in_process_order_without_the_stops() -> None:
    marks = {
        "accepted_on": date(2026, 9, 21),
        "accepted_post": "窗口岗",
        "registered_on": date(2026, 9, 21),
        "handled_on": date(2026, 10, 20),
        "third_party_from": date(2026, 10, 9),
        "third_party_to": date(2026, 10, 15),
    }
    found = applications.case(CALENDAR, row(**marks), date(2026, 10, 21))
    told = [(s.stage, s.workdays, s.running) for s in found.stays]
    between = CALENDAR.between(date(2026, 9, 21), date(2026, 10, 20)) - 6
    assert told == [("受理", 2, False), ("登记", 0, False), ("办理", between, False), ("审核", 1, True)]
    assert (found.stage, found.stays[0].post) == ("审核", "窗口岗")
    [slow] = [b for b in applications.bottlenecks([found]) if b.stage == "审核"]
    assert (slow.now, slow.median) == (1, None)


ARRIVED = {"submitted_on": date(2026, 9, 1), "signed_on": date(2026, 9, 2), "confirmed_on": date(2026, 9, 3)}


@pytest.mark.parametrize(
    ("channel", "day"), [("当面", 1), ("邮寄", 2), ("平信", 3), ("网络", 3), ("传真", 3)]
)
def test_the_day_of_receipt_depends_on_the_channel(channel: str, day: int) -> None:
    found, why = received_day(channel, ARRIVED)
    assert found == date(2026, 9, day)
    assert "收到申请之日" in why
    with pytest.raises(ClockError, match="收到申请"):
        received_day(channel, {})


@pytest.mark.parametrize(
    ("step", "changes"),
    [
        ("补正", {"corrected": date(2026, 9, 1)}),
        ("征求第三方意见", {"third_party": (date(2026, 10, 9), date(2026, 10, 1))}),
        ("征求其他机关意见", {"partner": (date(2026, 9, 1), date(2026, 10, 1))}),
        ("延期", {"extended": True, "extended_on": date(2026, 11, 1)}),
    ],
)
def test_a_failing_clock_names_its_step(step: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ClockError, match="请核对") as caught:
        compute(CALENDAR, RECEIVED, **changes)
    assert caught.value.step == step
    assert f"“{step}”" in str(caught.value)


def test_a_day_in_two_stops_is_taken_out_once() -> None:
    third, partner = (date(2026, 10, 9), date(2026, 10, 15)), (date(2026, 10, 13), date(2026, 10, 16))
    found = compute(CALENDAR, RECEIVED, third_party=third, partner=partner)
    assert found.due == CALENDAR.add(date(2026, 10, 22), 7)
    assert "另有 3 个与前一段重叠" in found.steps[-1].text
    long = compute(CALENDAR, RECEIVED, third_party=(date(2026, 10, 9), date(2026, 11, 30)))
    assert "第三十二条" in long.steps[-1].text
