"""The life of a warning, told day by day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cockpit import pipeline
from cockpit.appraise import actions
from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.workdays import Calendar
from tests.appraise.city import Story


def test_the_home_page_grows_old(data: DataDir) -> None:
    story = Story(data)
    story.night(home_age=9)
    assert story.warning("V-W-03") is None, "nine days are in order"
    story.night(home_age=10)
    first = story.warning("V-W-03")
    assert first is not None
    assert (first["level"], first["state"], first["distance"]) == ("yellow", "new", "红线 14 天，还差 4 天")
    assert first["due_on"] == Calendar().add(story.today, 5)
    story.night(home_age=12)
    raised = story.warning("V-W-03")
    assert raised is not None
    assert (raised["level"], raised["opened_at"]) == ("orange", first["opened_at"]), "raised, not opened anew"
    story.night(home_age=14)
    red = story.warning("V-W-03")
    assert red is not None
    assert (red["level"], red["distance"]) == ("red", "已达否决线 14 天")
    story.night(seen=False)
    assert story.warning("V-W-03")["closed_at"] is None, "a failed patrol proves nothing"
    story.night(home_age=0)
    closed = story.warning("V-W-03")
    assert (closed["state"], closed["closed_at"]) == ("closed", story.at), "a passing re-check closes it"
    story.night(home_age=11)
    again = story.warning("V-W-03")
    assert (again["state"], again["closed_at"], again["opened_at"]) == ("new", None, story.at), "it came back"
    assert [r["indicator_id"] for r in story.rows("SELECT * FROM warning")] == ["V-W-03"]


def test_one_warning_for_many_dead_links_and_one_for_each_severe_slip(data: DataDir) -> None:
    story = Story(data)
    story.night(dead=25, slips=("甲句", "乙句"))
    assert story.warning("L-DEAD")["items"] == 25
    slips = story.rows("SELECT level, finding_id FROM warning WHERE indicator_id = 'V-W-01'")
    assert [r["level"] for r in slips] == ["red", "red"]
    assert len({r["finding_id"] for r in slips}) == 2
    story.night(dead=25, slips=("乙句",))
    states = {r["state"] for r in story.rows("SELECT state FROM warning WHERE indicator_id = 'V-W-01'")}
    assert states == {"new", "closed"}


def test_people_move_it_along_and_everything_is_kept(data: DataDir) -> None:
    story = Story(data)
    story.night(blank=4)
    warning = story.warning("V-W-04c")
    assert warning["level"] == "orange"
    now = story.at + timedelta(hours=2)
    for action, state in (("ack", "ack"), ("start", "doing")):
        actions.act(data, story.warning("V-W-04c"), action, actor="值班岗", now=now)
        pipeline.load_all(data, now)
        assert story.warning("V-W-04c")["state"] == state
        now += timedelta(minutes=5)
    with pytest.raises(CockpitError, match="必须写明理由"):
        actions.act(data, story.warning("V-W-04c"), "submit", actor="值班岗", now=now)
    with pytest.raises(CockpitError, match="当前状态不能“签收”"):
        actions.act(data, story.warning("V-W-04c"), "ack", actor="值班岗", now=now)
    [ack, start] = story.rows("SELECT * FROM warning_event ORDER BY event_at")
    actions.undo(data, story.warning("V-W-04c"), start, actor="值班岗", now=now)
    pipeline.load_all(data, now)
    assert story.warning("V-W-04c")["state"] == "ack"
    trail = story.rows("SELECT action FROM warning_event ORDER BY event_at")
    assert [r["action"] for r in trail] == ["ack", "start", "undo"], "nothing is deleted"
    assert ack["actor"] == "值班岗"
    story.night(blank=4)
    assert story.warning("V-W-04c")["state"] == "ack", "the next patrol keeps the state"


def test_an_ignored_warning_comes_back_when_its_date_is_over(data: DataDir) -> None:
    story = Story(data)
    story.night(blank=4)
    now = story.at + timedelta(hours=1)
    actions.act(
        data,
        story.warning("V-W-04c"),
        "ignore",
        actor="甲岗",
        now=now,
        reason="已报备",
        until=story.today + timedelta(days=2),
    )
    pipeline.load_all(data, now)
    assert story.warning("V-W-04c")["state"] == "ignored"
    with pytest.raises(CockpitError, match="有效期"):
        actions.act(
            data,
            {**story.warning("V-W-04c"), "state": "new"},
            "ignore",
            actor="甲岗",
            now=now,
            reason="x",
            until=now.date(),
        )


def test_availability_needs_enough_visits(data: DataDir) -> None:
    story = Story(data)
    story.night()
    story.probes(failed=8, visits=50)
    assert story.warning("V-W-02") is None, "50 visits are too few to judge"
    story.probes(failed=0, visits=110)
    warning = story.warning("V-W-02")
    assert (warning["level"], round(warning["value"], 3)) == ("red", 0.05), "8 of 160 is exactly 5 %: reached"
