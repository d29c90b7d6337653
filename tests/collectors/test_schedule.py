"""The schedule: its file, its moments, one instance, and catching up after a stop."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cockpit.errors import CockpitError
from cockpit.paths import CHECKOUT, SHIPPED, DataDir
from collectors.schedule import Keeper, describe, only_instance, trigger
from collectors.schedule_plan import Job, Plan, load_plan


def plan_of(tmp_path: Path, text: str) -> Plan:
    (tmp_path / "schedule.toml").write_text(text, encoding="utf-8")
    return load_plan(tmp_path)


def test_the_shipped_schedule_visits_every_site_at_least_twenty_times_a_day() -> None:
    plan = load_plan(SHIPPED / "rules")
    [probe] = [job for job in plan.jobs if job.command == ("collectors", "probe")]
    assert len(probe.minutes) >= 20
    gaps = {b - a for a, b in zip(probe.minutes, probe.minutes[1:], strict=False)}
    assert gaps == {60}, "spread evenly"
    assert "每周一 08:30" in describe(plan)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('command = ["collectors", "prob"]\nat = "01:30"', "command"),
        ('command = ["rm", "-rf"]\nat = "01:30"', "command"),
        ('command = ["collectors", "probe"]', "at 与 per_day"),
        ('command = ["collectors", "probe"]\nat = "25:30"', "at=「25:30」"),
        ('command = ["collectors", "probe"]\nat = "01:30"\nweekday = "monday"', "weekday"),
        ('command = ["collectors", "probe"]\nper_day = 0', "per_day"),
        ('command = ["collectors", "probe"]\nper_day = 20\nwindow = "08:00-08:10"', "window=08:00-08:10"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, entry: str, message: str) -> None:
    with pytest.raises(CockpitError, match=message) as caught:
        plan_of(tmp_path, f'[[job]]\nname = "甲"\n{entry}\n')
    assert "「甲」" in str(caught.value)


@pytest.mark.parametrize("text", ["", "[[job", "[schedule]\ngrace_minutes = 5"])
def test_a_file_without_jobs_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CockpitError, match=r"schedule\.toml"):
        plan_of(tmp_path, text)


def test_the_newest_planned_moment() -> None:
    daily = Job("甲", ("collectors", "probe"), (60, 600))
    monday = Job("乙", ("cockpit", "score"), (510,), weekday=0)
    local = datetime(2026, 11, 24, 0, 30)  # a Tuesday
    assert daily.previous(local) == datetime(2026, 11, 23, 10, 0)
    assert daily.previous(local + timedelta(hours=1)) == datetime(2026, 11, 24, 1, 0)
    assert monday.previous(local) == datetime(2026, 11, 23, 8, 30)
    assert monday.previous(datetime(2026, 11, 23, 8, 29)) == datetime(2026, 11, 16, 8, 30)


def test_the_trigger_fires_at_those_moments_in_beijing_time() -> None:
    fire = trigger(Job("甲", ("collectors", "probe"), (90,), weekday=0))
    moment = fire.get_next_fire_time(None, datetime.fromisoformat("2026-11-24T00:00+08:00"))
    assert moment == datetime.fromisoformat("2026-11-30T01:30+08:00")


def test_what_was_missed_is_caught_up_once(data: DataDir) -> None:
    data.cache.mkdir(parents=True)
    job = Job("每日体检", ("cockpit", "load"), (60,))
    keeper = Keeper(data, Plan((job,), False, timedelta(minutes=30)), quiet=True)
    assert keeper.missed(datetime(2026, 11, 23, 4)) == [job], "never run"
    keeper._remember(job)
    now = keeper.finished()["每日体检"]
    assert keeper.missed(now) == []
    assert keeper.missed(now + timedelta(days=1, hours=1)) == [job]


def test_an_unreadable_state_file_counts_as_never(data: DataDir) -> None:
    data.cache.mkdir(parents=True)
    (data.cache / "schedule.json").write_text("[1, 2", encoding="utf-8")
    assert Keeper(data, Plan((), False, timedelta())).finished() == {}


def test_only_one_scheduler_per_data_folder(data: DataDir) -> None:
    with only_instance(data), pytest.raises(CockpitError, match="另一个采集调度"), only_instance(data):
        pass
    with only_instance(data):
        pass  # free again


def test_the_real_command_runs_what_is_missed_and_stops_on_sigterm(data: DataDir) -> None:
    """A rules folder whose only job is a load; the process is stopped like systemd stops it."""
    rules = data.root / "rules"
    rules.mkdir(parents=True)
    for source in (SHIPPED / "rules").iterdir():
        (rules / source.name).write_bytes(source.read_bytes())
    (rules / "schedule.toml").write_text(
        '[[job]]\nname = "入库"\ncommand = ["cockpit", "load"]\nat = "00:00"\n', encoding="utf-8"
    )
    command = [sys.executable, "-m", "collectors", "schedule", "--data", str(data.root)]
    process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    state = data.cache / "schedule.json"
    for _ in range(600):
        if state.exists():
            break
        time.sleep(0.1)
    assert "入库" in state.read_text(encoding="utf-8")
    second = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (second.returncode, "另一个采集调度" in second.stderr) == (2, True)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "入库：完成" in output
    assert "补采" in output
