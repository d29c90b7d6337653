"""What was due in a week is frozen with it: a step taken after the closing changes no rate of a card that was sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cockpit import closing, pipeline, store
from cockpit.appraise import actions, due
from cockpit.appraise.due import InTime
from cockpit.appraise.indicators import load_rules
from cockpit.paths import DataDir
from cockpit.report import scorecard
from cockpit.workdays import Calendar
from tests.appraise.city import Story
from tests.appraise.test_closing import tamper

WEEK = "2026-W45"  # 2–8 November, Beijing
MONDAY = datetime(2026, 11, 9, 1)
LATER = datetime(2026, 11, 10, 3)


@pytest.fixture
def story(data: DataDir) -> Story:
    """Two slips due within the week: 甲 is repaired the next night, 乙 stays."""
    told = Story(data)
    told.night(slips=("甲", "乙"))
    told.night(slips=("乙",))
    told.day = 5
    told.night(slips=("乙",))
    return told


def slips(story: Story) -> dict[str, dict[str, Any]]:
    rows = story.rows("SELECT * FROM warning WHERE indicator_id = 'V-W-03' OR finding_id IS NOT NULL")
    return {word: next(r for r in rows if word in r["title"]) for word in ("甲", "乙")}


def repaired(data: DataDir, revision: int | None = None) -> InTime | None:
    with store.reader(data) as reader:
        return scorecard.read(reader, load_rules(data.rules), Calendar(), WEEK, revision).repaired[0]


def ignore(story: Story, at: datetime) -> None:
    words = {"reason": "报备", "until": date(2026, 12, 31)}
    actions.act(story.data, slips(story)["乙"], "ignore", actor="值班岗", now=at, **words)
    pipeline.load_all(story.data, at)


def test_an_ignore_after_the_closing_changes_nothing(story: Story) -> None:
    closing.close(story.data, WEEK, actor="甲", now=MONDAY)
    before = repaired(story.data)
    assert before is not None
    assert (before.done, before.due) == (1, 2)
    ignore(story, LATER)
    assert story.rows("SELECT state FROM warning WHERE state = 'ignored'"), "it is ignored now"
    assert repaired(story.data) == before
    proof = closing.recompute(story.data, WEEK, LATER)
    assert (proof.same, proof.late) == (True, []), "found again as of the closing, from the facts of today"


def test_an_ignore_before_the_closing_is_not_asked_for(story: Story) -> None:
    ignore(story, MONDAY - timedelta(hours=1))
    closing.close(story.data, WEEK, actor="甲", now=MONDAY)
    assert repaired(story.data) == InTime(1, 1)


def test_an_open_week_is_told_as_it_stands(story: Story) -> None:
    assert repaired(story.data) == InTime(1, 2)
    ignore(story, LATER)
    assert repaired(story.data) == InTime(1, 1)


def test_a_correction_keeps_what_was_due(story: Story) -> None:
    closing.close(story.data, WEEK, actor="甲", now=MONDAY)
    ignore(story, LATER)
    batch = store.Batch(story.data, "patrol", "late")
    at = datetime(2026, 11, 8, 12)
    batch.add("coverage", measured_at=at, collector="patrol", aspect="links", site_code="s1", ok=True, complete=True)  # fmt: skip
    for n in range(5):
        batch.add("sighting", measured_at=at, aspect="links", kind="link.dead", site_code="s1", target=f"/d{n}", severity="medium", places=1)  # fmt: skip
    batch.write(LATER)
    pipeline.load_all(story.data, LATER)
    done = closing.correct(story.data, WEEK, actor="乙", reason="补采", now=LATER, late_facts=True)
    assert done.revision == 1
    assert repaired(story.data) == repaired(story.data, 0) == InTime(1, 2)
    for revision in (0, 1):
        assert closing.recompute(story.data, WEEK, LATER, revision=revision).tampered == []


def test_a_changed_day_is_found_and_named(story: Story) -> None:
    closing.close(story.data, WEEK, actor="甲", now=MONDAY)
    tamper(story.data, "UPDATE due_matter SET closed_at = opened_at")
    proof = closing.recompute(story.data, WEEK, LATER)
    assert proof.tampered == ["到期事项"]
    assert {d.field for d in proof.late} == {"closed_at"}


def test_an_issue_of_before_keeps_none_and_is_not_made_up(story: Story) -> None:
    closing.close(story.data, WEEK, actor="甲", now=MONDAY)
    tamper(story.data, "UPDATE issue SET due_sha256 = NULL; DELETE FROM due_matter")
    assert repaired(story.data) is None
    assert closing.recompute(story.data, WEEK, LATER).same


def test_an_application_counts_by_its_clock_on_sunday(data: DataDir) -> None:
    """An answer entered after the closing, and one given after the week, are both not known in it."""
    batch = store.Batch(data, "ledgers", "ledgers-1")
    received = date(2026, 10, 9)  # due on 5 or 6 November, by the exceptions of the calendar
    for number, answered in (("甲1", date(2026, 11, 3)), ("甲2", None), ("甲3", date(2026, 11, 9))):
        batch.add(
            "application", measured_at=MONDAY, application_id=number, unit_code="u1", received_on=received,
            stage="办理", extended=False, answered_on=answered, result="予以公开" if answered else None,
        )  # fmt: skip
    batch.write(MONDAY)
    unit = {"unit_code": "u1", "unit_name": "甲局", "unit_group": "dept_service", "sort_order": 1}
    store.load(data, MONDAY, register={"unit": [unit]})
    with store.reader(data) as reader:
        rows = due.matters(reader, Calendar.load(data.calendar), WEEK, MONDAY)
    told = {r["application_id"]: (r["answered_on"], due.in_time(r)) for r in rows}
    assert {r["due_on"] for r in rows} <= {date(2026, 11, n) for n in range(2, 9)}
    assert told == {"甲1": (date(2026, 11, 3), True), "甲2": (None, False), "甲3": (None, False)}
