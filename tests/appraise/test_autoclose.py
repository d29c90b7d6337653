"""Closing by the schedule: when, only once collected, once, by one of two, and off by a setting."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cockpit import autoclose, closing, store
from cockpit.__main__ import main
from cockpit.errors import CockpitError
from cockpit.paths import CHECKOUT, SHIPPED, DataDir
from collectors.schedule import describe
from collectors.schedule_plan import load_plan
from tests.appraise.city import Story

WEEK = "2026-W45"  # 2–8 November, Beijing
DUE = datetime(2026, 11, 9, 1)  # Monday 09:00 in Beijing
PLAN = """
[close]
enabled = {enabled}
weekday = "mon"
at = "09:00"
fresh_days = 2
[[job]]
name = "夜间巡查"
command = ["collectors", "patrol"]
at = "01:30"
[[job]]
name = "可用性探测"
command = ["collectors", "probe"]
at = "02:00"
"""


@pytest.fixture
def story(data: DataDir) -> Story:
    """A city with two sites whose week has five nights of patrols, none of them in its last two days."""
    shutil.copytree(SHIPPED / "rules", data.root / "rules")
    plan(data)
    told = Story(data)
    for _ in range(5):
        told.night()
    return told


def plan(data: DataDir, enabled: str = "true") -> None:
    (data.root / "rules" / "schedule.toml").write_text(PLAN.format(enabled=enabled), encoding="utf-8")


def visits(story: Story, *sites: str) -> None:
    """A visit of Sunday evening."""
    at = datetime(2026, 11, 8, 12)
    batch = store.Batch(story.data, "probe", f"sunday-{len(sites)}")
    for site in sites:
        batch.add("probe", measured_at=at, site_code=site, family="4", ok=True, measured=True, seconds=1.0)
    batch.write(at)


def due(story: Story, capsys: pytest.CaptureFixture[str], at: datetime) -> tuple[int, dict[str, Any]]:
    """What `close-week --due` makes of the week at a moment."""
    stamp = f"{at.isoformat()}+00:00"
    code = main(["close-week", "--due", "--json", "--data", str(story.data.root), "--as-of", stamp])
    found = {w["week"]: w for w in json.loads(capsys.readouterr().out)}
    return code, found[WEEK]


def test_a_week_waits_for_its_collection_and_says_what_is_missing(
    story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    code, week = due(story, capsys, DUE)
    assert (code, week["state"]) == (1, "waiting")
    assert [(m["collector"], m["site_code"]) for m in week["missing"]] == [
        ("patrol", "s1"), ("patrol", "s2"), ("probe", "s1"), ("probe", "s2"),
    ]  # fmt: skip
    assert "还缺 4 项：逐站巡查未看 1网、2网；打开每个首页未看 1网、2网" in week["told"]
    assert f"close-week --week {WEEK}" in week["told"]
    story.day = 5
    story.night(seen=False)  # s1 does not answer on Sunday's patrol: looked at all the same
    visits(story, "s1")
    code, week = due(story, capsys, DUE)
    assert (code, [(m["collector"], m["site_code"]) for m in week["missing"]]) == (1, [("probe", "s2")])
    visits(story, "s1", "s2")
    code, week = due(story, capsys, DUE)
    assert (code, week["state"], week["issue"]["actor"]) == (0, "closed", "自动封存")
    assert closing.recompute(story.data, WEEK, DUE).same


def test_not_before_its_moment_and_only_once(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    story.day = 5
    story.night()
    visits(story, "s1", "s2")
    code, week = due(story, capsys, DUE - timedelta(minutes=1))
    assert (code, week["state"], week["issue"]) == (0, "early", None)
    assert week["told"] == "2026-11-09 09:00 起采齐即封"
    assert due(story, capsys, DUE)[1]["state"] == "closed"
    before = story.rows("SELECT * FROM issue")
    version = store.version(story.data)
    for hours in (1, 24):
        assert due(story, capsys, DUE + timedelta(hours=hours))[0] == 0
    assert story.rows("SELECT * FROM issue") == before
    assert store.version(story.data) == version, "nothing to do publishes nothing"


def test_a_machine_that_did_not_get_there_did_not_look(story: Story) -> None:
    """Stopped, or without a network: that the site is fine or not is not known, so the week waits."""
    at = datetime(2026, 11, 8, 12)
    batch = store.Batch(story.data, "patrol", "cut")
    for site, cause in (("s1", "stopped"), ("s2", "timeout")):
        batch.add(
            "coverage", measured_at=at, collector="patrol", aspect="links", site_code=site, ok=False, cause=cause
        )  # fmt: skip
    batch.write(at)
    visits(story, "s1", "s2")
    [week] = [w for w in autoclose.run(story.data, DUE) if w.week == WEEK]
    assert [(m.collector, m.site_code) for m in week.missing] == [("patrol", "s1")]


def test_it_is_off_by_a_setting_and_in_an_older_folder(
    story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    plan(story.data, "false")
    code, week = due(story, capsys, DUE)
    assert (code, week["state"]) == (0, "manual")
    assert week["told"] == f"自动封存已关闭，请运行 close-week --week {WEEK}"
    path = story.data.root / "rules" / "schedule.toml"
    path.write_text(
        PLAN.split("weekday", maxsplit=1)[0].replace("{enabled}", "false")
        + "[[job]]"
        + PLAN.split("[[job]]")[1]
    )
    assert load_plan(story.data.rules).closing is None
    path.write_text("[[job]]" + PLAN.split("[[job]]")[1], encoding="utf-8")
    assert load_plan(story.data.rules).closing is None, "a folder from before closes nothing by itself"


def test_two_schedulers_close_once(story: Story) -> None:
    story.day = 5
    story.night()
    visits(story, "s1", "s2")
    store.load(story.data, DUE)
    command = [sys.executable, "-m", "cockpit", "close-week", "--due", "--data", str(story.data.root)]
    env = {**os.environ, "COCKPIT_NOW": "2026-11-09T09:00"}
    both = [
        subprocess.Popen(
            command, cwd=CHECKOUT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    done = [p.communicate(timeout=120) for p in both]
    assert [p.returncode for p in both] == [0, 0], done
    assert all(f"{WEEK} 已封存：2026-11-09 09:00 自动封存" in out for out, _ in done), done
    assert story.rows("SELECT count(*) AS n FROM issue") == [{"n": 1}]
    assert closing.recompute(story.data, WEEK, DUE).same


def test_the_shipped_schedule_closes_on_monday_after_the_scores() -> None:
    shipped = load_plan(SHIPPED / "rules")
    assert shipped.closing is not None
    assert shipped.collectors == ("probe", "patrol", "ipv6", "certificate")
    [score] = [job for job in shipped.jobs if job.command == ("cockpit", "score")]
    assert (shipped.closing.weekday, shipped.closing.minute) > (score.weekday, score.minutes[0])
    assert "每周封存\t每周一 09:00 起每小时看一次，采齐即封" in describe(shipped)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("enabled = 1", "enabled=「1」应是 true 或 false"),
        ('enabled = true\nweekday = "monday"', "weekday=「monday」"),
        ('enabled = true\nat = "24:61"', "at=「24:61」"),
        ("enabled = true\nfresh_days = 8", "fresh_days=「8」应是 1 至 7"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, wrong: str, message: str) -> None:
    job = '[[job]]\nname = "甲"\ncommand = ["collectors", "probe"]\nat = "01:00"\n'
    (tmp_path / "schedule.toml").write_text(f"[close]\n{wrong}\n{job}", encoding="utf-8")
    with pytest.raises(CockpitError, match="每周封存") as caught:
        load_plan(tmp_path)
    assert message in str(caught.value)


def test_due_goes_with_nothing_else(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["close-week", "--due", "--week", WEEK, "--data", str(story.data.root)]) == 2
    assert "--due 按日程封存" in capsys.readouterr().err
