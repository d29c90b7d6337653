"""More of a warning's life: rebuilt exactly, ignored for a time, handed in and failed, escalated, confirmed, planned."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cockpit import store
from cockpit.__main__ import main
from cockpit.appraise import actions, handling, warnings
from cockpit.appraise.indicators import RuleError
from cockpit.appraise.timeline import timeline
from cockpit.clock import local_day
from cockpit.errors import CockpitError
from cockpit.paths import SHIPPED, DataDir
from cockpit.store.queries import warnings as asked
from cockpit.workdays import Calendar
from tests.appraise.city import REGISTER, Story

ALL = "SELECT * FROM warning ORDER BY warning_id"
LOG = "SELECT * FROM warning_log ORDER BY logged_at, warning_id"
EVENTS = "SELECT * FROM warning_event ORDER BY event_id"


def load(story: Story, at: datetime) -> None:
    store.load(story.data, at, register=REGISTER, after_merge=warnings.refresh, force=True)


def act(story: Story, indicator: str, action: str, hours: int = 1, **words: Any) -> datetime:
    now = story.at + timedelta(hours=hours)
    actions.act(story.data, story.warning(indicator), action, actor="值班岗", now=now, **words)
    load(story, now)
    return now


def told(story: Story, indicator: str, now: datetime) -> list[str]:
    """The timeline in words."""
    warning_id = story.warning(indicator)["warning_id"]
    with store.reader(story.data) as reader:
        parts = (
            asked.log(reader, warning_id),
            asked.trail(reader, warning_id),
            asked.looks(reader, warning_id),
        )
    return [e.what for e in timeline(*parts, now)]


def busy_month(data: DataDir) -> Story:
    """Warnings that open, rise, fall, close, come back, are ignored, and are no longer measured."""
    story = Story(data)
    for blank, age, dead in ((3, 1, 0), (4, 10, 12), (5, 12, 25), (4, 14, 25), (0, 1, 8), (0, 11, 30)):
        story.night(blank=blank, home_age=age, dead=dead, slips=("甲句",) if blank == 4 else ())
    act(story, "V-W-03", "ack")
    act(story, "V-W-03", "assign", 2, owner="信息岗")
    act(story, "L-DEAD", "ignore", 3, reason="报备", until=story.today + timedelta(days=2))
    story.night(home_age=12, dead=30)
    for _ in range(9):
        story.night(seen=False)
    return story


def test_a_rebuild_gives_the_same_warnings_with_their_history(data: DataDir) -> None:
    story = busy_month(data)
    now = story.at + timedelta(hours=5)
    load(story, now)
    before = {sql: story.rows(sql) for sql in (ALL, LOG, EVENTS)}
    assert {r["state"] for r in before[ALL]} == {"closed", "ack", "new"}
    assert any(r["last_seen"] < now for r in before[ALL] if r["closed_at"] is None), (
        "one is no longer measured"
    )
    store.rebuild(data, now, register=REGISTER, after_merge=warnings.refresh)
    assert {sql: story.rows(sql) for sql in before} == before
    shutil.rmtree(data.versions)
    data.database.unlink()
    store.rebuild(data, now, register=REGISTER, after_merge=warnings.refresh)
    after = story.rows(ALL)
    assert [
        (r["warning_id"], r["level"], r["state"], r["opened_at"], r["closed_at"], r["owner"]) for r in after
    ] == [
        (r["warning_id"], r["level"], r["state"], r["opened_at"], r["closed_at"], r["owner"])
        for r in before[ALL]
    ], "without any published version too"


def test_a_log_batch_of_a_load_that_was_never_published_is_taken_away(data: DataDir) -> None:
    story = Story(data)
    story.night(blank=4)
    [kept] = data.archive.glob("*/warnings-*.parquet")
    orphan = kept.with_name("warnings-9999999999999999999000-1.parquet")
    shutil.copy(kept, orphan)
    story.night(blank=4)
    assert not orphan.exists()
    assert kept.exists()


def test_an_ignored_warning_reopens_by_itself(data: DataDir) -> None:
    story = Story(data)
    story.night(blank=4)
    act(story, "V-W-04c", "ack")
    act(story, "V-W-04c", "ignore", 2, reason="已报备", until=story.today + timedelta(days=2))
    for state in ("ignored", "new"):
        story.night(blank=4)
        assert story.warning("V-W-04c")["state"] == state
    assert told(story, "V-W-04c", story.at) == ["发现，橙色预警", "签收", "忽略", "忽略到期，自动重新打开"]


def test_what_was_handed_in_and_fails_the_recheck_goes_back_to_work(data: DataDir) -> None:
    story = Story(data)
    story.night(blank=5)
    act(story, "V-W-04c", "start")
    act(story, "V-W-04c", "submit", 2, reason="已补充")
    assert story.warning("V-W-04c")["state"] == "verify"
    story.night(seen=False)
    assert story.warning("V-W-04c")["state"] == "verify", "an unmeasured night proves nothing"
    story.night(blank=5)
    assert story.warning("V-W-04c")["state"] == "doing"
    act(story, "V-W-04c", "submit", 2, reason="这次真的")
    story.night(blank=0)
    assert story.warning("V-W-04c")["state"] == "closed"
    assert told(story, "V-W-04c", story.at) == [
        "发现，红色预警",
        "开始处置",
        "提交复核",
        "复查未通过，退回整改",
        "提交复核",
        "复查通过，办结",
    ]


def test_a_red_warning_is_not_closed_by_hand() -> None:
    assert "close" not in actions.STEPS
    assert all(step.target != "closed" for step in actions.STEPS.values())


def test_undo_gives_back_the_owner_and_the_date_of_an_ignore(data: DataDir) -> None:
    story = Story(data)
    story.night(blank=4)
    until = story.today + timedelta(days=9)
    act(story, "V-W-04c", "assign", 1, owner="甲岗")
    act(story, "V-W-04c", "assign", 2, owner="乙岗")
    now = story.at + timedelta(hours=3)

    def undo() -> None:
        warning = story.warning("V-W-04c")
        trail = story.rows("SELECT * FROM warning_event ORDER BY event_at, event_id")
        actions.undo(data, warning, actions.undoable(trail), actor="值班岗", now=now, trail=trail)
        load(story, now)

    undo()
    assert story.warning("V-W-04c")["owner"] == "甲岗"
    act(story, "V-W-04c", "ignore", 4, reason="报备", until=until)
    act(story, "V-W-04c", "reopen", 5, reason="又看了一遍")
    now = story.at + timedelta(hours=6)
    undo()
    assert story.warning("V-W-04c")["state"] == "ignored"
    [last] = story.rows("SELECT until FROM warning_event ORDER BY event_at DESC, event_id DESC LIMIT 1")
    assert last["until"] == until
    with pytest.raises(CockpitError, match="不能“签收”"):
        actions.act(data, story.warning("V-W-04c"), "ack", actor="值班岗", now=now)


def test_the_ladder_is_climbed_by_working_days() -> None:
    ladder, calendar = handling.load_handling(SHIPPED / "rules").ladder, Calendar()
    opened = local_day(datetime(2026, 11, 2, 4))
    due = calendar.add(opened, 4)
    reached = [handling.rung(ladder, opened, due, calendar.add(opened, n), calendar) for n in range(8)]
    contact, deputy, office = "单位联系岗位", "单位分管负责同志", "市政府办"
    assert reached == [None, None, contact, contact, deputy, deputy, deputy, office]


@pytest.mark.parametrize("line", ['to = ""\nshare = 0.5', 'to = "甲"', 'to = "甲"\nshare = 0.5\noverdue_days = 3', 'to = "甲"\nshare = 1.5'])  # fmt: skip
def test_a_wrong_rung_stops_with_its_name(tmp_path: Path, line: str) -> None:
    text = (SHIPPED / "rules" / "handling.toml").read_text("utf-8")
    (tmp_path / "handling.toml").write_text(f"{text}\n[[escalation]]\n{line}\n", encoding="utf-8")
    with pytest.raises(RuleError, match="escalation"):
        handling.load_handling(tmp_path)


def see_soft_404(story: Story, seen: bool) -> None:
    """One more look at the links of s1, with or without its soft page."""
    story.day += 1
    batch = store.Batch(story.data, "patrol", f"soft-{story.day}")
    batch.add(
        "coverage",
        measured_at=story.at,
        collector="patrol",
        aspect="links",
        site_code="s1",
        ok=True,
        complete=True,
    )
    for n in range(10 if seen else 0):
        batch.add(
            "sighting",
            measured_at=story.at,
            aspect="links",
            kind="link.soft_404",
            site_code="s1",
            target=f"/soft{n}",
            severity="medium",
        )
    batch.write(story.at)
    load(story, story.at)


def test_what_flaps_is_confirmed_first_and_warned_of_once(data: DataDir) -> None:
    story = Story(data)
    see_soft_404(story, True)
    assert story.warning("L-SOFT") is None, "seen once: not confirmed"
    for seen in (False, True, False, True, False):
        see_soft_404(story, seen)
        if seen:
            assert story.warning("L-SOFT")["level"] == "orange"
    opened = {
        r["opened_at"] for r in story.rows("SELECT opened_at FROM warning_log WHERE indicator_id = 'L-SOFT'")
    }
    assert len(opened) == 1, "two looks of four: it did not close and open with every night"
    see_soft_404(story, False)
    see_soft_404(story, False)
    assert story.warning("L-SOFT")["state"] == "closed"


def test_a_planned_window_is_out_of_the_denominator_and_shown(data: DataDir) -> None:
    story = Story(data)
    story.night()
    story.probes(failed=8)
    assert story.warning("V-W-02")["level"] == "red"
    window = {
        "site_code": "s1",
        "starts_at": story.at - timedelta(hours=8, minutes=30),
        "ends_at": story.at,
        "reason": "机房停电",
        "approved_by": "值班岗",
    }
    now = story.at + timedelta(hours=1)
    store.load(
        data, now, register={**REGISTER, "maintenance": [window]}, after_merge=warnings.refresh, force=True
    )
    assert story.warning("V-W-02")["state"] == "closed"
    assert story.warning("A-DOWN")["closed_at"] is not None
    from cockpit.appraise.indicators import load_rules
    from cockpit.appraise.judge import evaluate

    with store.reader(data) as reader:
        found = evaluate(reader, load_rules(SHIPPED / "rules"), now, Calendar())
    [fact] = [r.measured.fact for r in found if r.indicator.id == "V-W-02" and r.measured.code == "s1"]
    assert fact == "7 天访问 152 次，打不开 0 次，占 0.00%；计划停机期间 8 次不计入"


def test_the_command_lists_moves_undoes_and_refuses(
    data: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    story = Story(data)
    story.night(blank=4, dead=25)
    now = f"{(story.at + timedelta(hours=9)).isoformat()}"
    words = ["--data", str(data.root), "--as-of", now]

    def run(task: str, *rest: str) -> Any:
        code = main(["warnings", task, *rest, *words, "--json"])
        out = capsys.readouterr()
        return json.loads(out.out) if code == 0 else (code, out.err.strip())

    rows = run("list")
    assert [r["indicator_id"] for r in rows] == ["L-DEAD", "V-W-04c"] or len(rows) == 2
    ids = [r["warning_id"] for r in rows]
    assert all(r["left"] == 3 and r["escalated_to"] is None for r in rows)
    assert [r["state"] for r in run("ack", *ids, "--actor", "值班岗")] == ["ack", "ack"]
    code, error = run("ack", ids[0], "--actor", "值班岗")
    assert (code, "当前状态不能“签收”" in error) == (2, True)
    assert {r["owner"] for r in run("assign", *ids, "--actor", "值班岗", "--owner", "信息岗")} == {"信息岗"}
    assert len(run("list", "--owner", "信息岗", "--unit", "u1局")) == 2
    assert run("ignore", ids[0], "--actor", "值班岗", "--reason", "报备")[0]["state"] == "ignored"
    assert [r["warning_id"] for r in run("list", "--state", "ignored")] == [ids[0]]
    assert run("undo", ids[0], "--actor", "值班岗")[0]["state"] == "ack"
    stages = [e["stage"] for e in run("show", ids[0])["timeline"]]
    assert stages[:2] == ["发现", "签收"]
    assert run("ack", "W404", "--actor", "值班岗")[0] == 2
    assert run("list", "--unit", "没有的局")[0] == 2
