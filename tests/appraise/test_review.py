"""Marks told day by day: a false alarm falls silent and comes back, a wrong rule drops by itself and recovers."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cockpit import pipeline, store
from cockpit.appraise import marking, review
from cockpit.appraise.indicators import RuleError
from cockpit.errors import CockpitError
from cockpit.paths import SHIPPED, DataDir
from tests.appraise.city import REGISTER, Story

SETTINGS = review.load_review(SHIPPED / "rules")
DAY = datetime(2026, 11, 1)


def load(story: Story) -> None:
    store.load(story.data, story.at, register=REGISTER, after_merge=pipeline.after_merge, force=True)


def finding(story: Story, target: str) -> dict[str, Any]:
    return story.rows(f"SELECT * FROM finding WHERE target = '{target}'")[0]


def say(story: Story, target: str, what: str = "false_alarm", **more: Any) -> None:
    until = {"until": story.today + timedelta(days=30)} if what == "false_alarm" else {}
    marking.mark(
        story.data,
        finding(story, target),
        what,
        SETTINGS,
        actor="值班",
        now=story.at,
        reason="引文",
        **(until | more),
    )
    load(story)


def alerts(story: Story) -> list[str]:
    rows = story.rows(
        "SELECT f.target FROM warning AS w JOIN finding AS f USING (finding_id) WHERE w.closed_at IS NULL ORDER BY 1"
    )
    return [row["target"] for row in rows]


def states(story: Story) -> dict[str, str]:
    rows = story.rows("SELECT f.target, m.state FROM finding_state AS m JOIN finding AS f USING (finding_id)")
    return {row["target"]: row["state"] for row in rows}


def test_a_false_alarm_is_silent_but_seen_and_can_be_taken_back(data: DataDir) -> None:
    story = Story(data)
    story.night(slips=("甲句", "乙句"))
    load(story)
    assert alerts(story) == ["乙句", "甲句"]
    say(story, "甲句")
    assert (alerts(story), states(story)) == (["乙句"], {"甲句": "false_alarm"})
    story.night(slips=("甲句", "乙句"))
    load(story)
    assert alerts(story) == ["乙句"], "seen again, still silent"
    [row] = story.rows("SELECT * FROM finding_mark")
    marking.undo(data, row, actor="复核", now=story.at)
    load(story)
    assert (alerts(story), states(story)) == (["乙句", "甲句"], {})
    [row] = story.rows("SELECT undone_by, reason FROM finding_mark")
    assert row == {"undone_by": "复核", "reason": "引文"}, "nothing is deleted"
    with pytest.raises(CockpitError, match="已经撤销"):
        marking.undo(data, story.rows("SELECT * FROM finding_mark")[0], actor="复核", now=story.at)


def test_a_false_alarm_ends_on_its_date(data: DataDir) -> None:
    story = Story(data)
    story.night(slips=("甲句",))
    say(story, "甲句", until=story.today + timedelta(days=2))
    assert alerts(story) == []
    for _ in range(2):
        story.night(slips=("甲句",))
    load(story)
    assert alerts(story) == ["甲句"]


def test_everywhere_means_the_same_rule_and_text_on_other_sites(data: DataDir) -> None:
    story = Story(data)
    story.night(slips=("甲句",))
    batch = store.Batch(data, "patrol", f"night-{story.day}")
    batch.add("sighting", measured_at=story.at, aspect="wording", kind="wording.formulation", site_code="s2", target="甲句", severity="critical")  # fmt: skip
    batch.write(story.at)
    load(story)
    assert alerts(story) == ["甲句", "甲句"]
    say(story, "甲句", scope="everywhere")
    assert alerts(story) == []


def test_a_past_week_is_measured_as_it_was(data: DataDir) -> None:
    """The mark of Thursday does not change what Wednesday's measure says."""
    from cockpit.appraise.measures import critical_wording
    from cockpit.appraise.moment import Moment
    from cockpit.workdays import Calendar

    story = Story(data)
    story.night(slips=("甲句",))
    wednesday = story.at + timedelta(hours=1)
    story.night(slips=("甲句",))
    say(story, "甲句")
    with store.reader(data) as reader:
        values = [
            {m.code: m.value for m in critical_wording(reader, Moment(at, 7, 0, Calendar()))}["s1"]
            for at in (wednesday, story.at + timedelta(hours=1))
        ]
    assert values == [1.0, 0.0]


def test_a_wrong_rule_drops_by_itself_and_a_confirmed_finding_still_counts(data: DataDir) -> None:
    story = Story(data)
    words = tuple(f"句{n}" for n in range(8))
    story.night(slips=words)
    load(story)
    for word in words[:4]:
        say(story, word)
    assert len(alerts(story)) == 4, "four marks are too few to judge a rule"
    say(story, words[4], "confirmed")
    assert alerts(story) == [words[4]], "one of five is below the floor: only what a person confirmed speaks"
    assert states(story)["句6"] == "review"
    [drop] = story.rows("SELECT * FROM rule_drop")
    assert (drop["rule"], drop["to_at"], drop["confirmed"], drop["false_alarms"]) == (
        "wording.formulation",
        None,
        1,
        4,
    )


def test_a_rule_recovers_with_right_marks_and_with_time() -> None:
    said = [("r", "wording.typo", "false_alarm", DAY, None)] * 2
    said += [("r", "wording.typo", "confirmed", DAY, None)] * 3
    said += [("r", "wording.typo", "confirmed", DAY + timedelta(days=n), None) for n in range(1, 7)]
    rows = list(review.drops(said, SETTINGS, DAY + timedelta(days=10)))
    assert rows == [("r", DAY, DAY + timedelta(days=5), 0.8, 3, 2)], "eight of ten are at the floor again"
    old = list(review.drops(said[:5], SETTINGS, DAY + timedelta(days=200)))
    assert old == [("r", DAY, DAY + timedelta(days=90), 0.8, 3, 2)], "after the window nothing is known of it"


def test_a_mark_taken_back_does_not_count() -> None:
    said = [("r", "hidden.link", "false_alarm", DAY, DAY + timedelta(days=1))] * 5
    assert list(review.drops(said, SETTINGS, DAY + timedelta(days=9))) == [
        ("r", DAY, DAY + timedelta(days=1), 0.7, 0, 5)
    ]


def test_a_low_finding_waits_for_a_person_and_counts_when_confirmed(data: DataDir) -> None:
    story = Story(data)
    story.night()
    batch = store.Batch(data, "patrol", f"night-{story.day}")
    batch.add("sighting", measured_at=story.at, aspect="wording", kind="wording.typo", site_code="s1", target="後", severity="low", rule="traditional")  # fmt: skip
    batch.write(story.at)
    load(story)
    assert states(story) == {"後": "review"}
    assert story.warning("W-ERR") is None
    say(story, "後", "confirmed")
    assert states(story) == {"後": "confirmed"}
    with store.reader(data) as reader:
        from cockpit.appraise.measures import other_wording
        from cockpit.appraise.moment import Moment
        from cockpit.workdays import Calendar

        at = story.at + timedelta(hours=1)
        found = {m.code: m.value for m in other_wording(reader, Moment(at, 7, 0, Calendar()))}
    assert found["s1"] == 1.0


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"reason": " "}, "理由"),
        ({"until": None}, "有效期"),
        ({"until": DAY.date()}, "有效期"),
        ({"until": DAY.date() + timedelta(days=4000)}, "有效期"),
        ({"actor": " "}, "操作人"),
    ],
)
def test_a_false_alarm_needs_what_a_whitelist_entry_needs(
    data: DataDir, more: dict[str, Any], message: str
) -> None:
    what = {"finding_id": "F1", "site_code": "s1", "kind": "wording.typo", "rule": None, "target": "甲"}
    given = {"actor": "值班", "now": DAY, "reason": "引文", "until": DAY.date() + timedelta(days=9)} | more
    with pytest.raises(CockpitError, match=message):
        marking.mark(data, what, "false_alarm", SETTINGS, **given)
    assert not list(data.spool.glob("*.parquet"))


@pytest.mark.parametrize("line", ["floor = 2", "least_marks = true", 'window_days = "x"'])
def test_a_wrong_setting_stops_with_its_name(tmp_path: Path, line: str) -> None:
    name = line.split(" ", maxsplit=1)[0]
    text = (SHIPPED / "rules" / "review.toml").read_text(encoding="utf-8").split("\n")
    kept = [row for row in text if not row.startswith(f"{name} ")]
    (tmp_path / "review.toml").write_text("\n".join([line, *kept]), encoding="utf-8")
    with pytest.raises(RuleError, match=name):
        review.load_review(tmp_path)
