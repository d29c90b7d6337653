"""A load at an earlier time never judges the past again: warnings keep their history, closings cannot be backdated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cockpit import clock, pipeline, store
from cockpit.__main__ import main
from cockpit.paths import DataDir
from tests.faults.town import NOW, settle_town, sites

DAY = timedelta(days=1)
EARLIER = "2026-11-20T12:00"


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataDir]:
    """Loaded at NOW while the clock on the wall says an hour later."""
    monkeypatch.delenv("COCKPIT_NOW", raising=False)
    monkeypatch.setattr(clock, "real", lambda: NOW + timedelta(hours=1))
    yield settle_town(DataDir(tmp_path / "data"))


def history(data: DataDir) -> dict[str, list[dict[str, Any]]]:
    with store.reader(data) as reader:
        return {
            "warning": reader.rows("SELECT * FROM warning ORDER BY warning_id"),
            "log": reader.rows("SELECT * FROM warning_log ORDER BY ALL"),
            "judged": reader.rows("SELECT value FROM meta WHERE key = 'loaded_at'"),
        }


def visit(data: DataDir, at: datetime) -> None:
    batch = store.Batch(data, "probe", "late")
    batch.add(
        "probe", measured_at=at, site_code=sites(data)[0], family="4", ok=True, measured=True, seconds=1.0
    )
    batch.write(NOW)


@pytest.mark.parametrize(
    ("words", "deed"),
    [
        (["load", "--force"], "入库"),
        (["rebuild"], "重建"),
        (["close-week", "--week", "2026-W46", "--actor", "甲"], "封存"),
    ],
)
def test_the_commands_refuse_the_past_and_change_nothing(
    town: DataDir, capsys: pytest.CaptureFixture[str], words: list[str], deed: str
) -> None:
    before = history(town)
    assert before["warning"], "a town with warnings"
    visit(town, NOW - DAY)
    assert main([*words, "--data", str(town.root), "--as-of", EARLIER]) == 2
    said = capsys.readouterr().err
    assert f"{deed}的时间 2026-11-20 12:00 早于已发布的数据（判断到 2026-11-23 12:00）" in said
    assert "去掉 --as-of" in said
    assert (history(town), store.pending_batches(town)) == (before, 1)


def test_other_commands_bring_the_batch_in_and_leave_the_warnings_alone(town: DataDir) -> None:
    before = history(town)
    visit(town, NOW - DAY)
    assert main(["rehearse", "--json", "--data", str(town.root), "--as-of", EARLIER]) == 0
    assert store.pending_batches(town) == 0
    after = history(town)
    assert after["judged"] == before["judged"]
    assert after["log"] == before["log"], "no change point was written"
    unchanged = ("warning_id", "level", "opened_at", "closed_at", "state", "due_on", "last_seen")
    assert [[w[k] for k in unchanged] for w in after["warning"]] == [
        [w[k] for k in unchanged] for w in before["warning"]
    ]
    with store.reader(town) as reader:
        assert reader.one("SELECT count(*) AS n FROM probe WHERE run_id = 'late'") == {"n": 1}
        [loaded] = reader.rows("SELECT loaded_at FROM batch ORDER BY loaded_at DESC LIMIT 1")
        assert loaded["loaded_at"] == NOW, "a batch is never recorded as known before it was"


def test_the_present_goes_on_as_ever(town: DataDir) -> None:
    assert pipeline.load_all(town, NOW + timedelta(minutes=30), force=True).version
    assert history(town)["judged"] == [{"value": (NOW + timedelta(minutes=30)).isoformat()}]


def test_a_clock_that_ran_ahead_and_was_put_right_is_no_past(
    town: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.load_all(town, NOW + 400 * DAY, force=True)
    assert main(["load", "--force", "--data", str(town.root), "--as-of", "2026-11-23T12:30"]) == 0
    assert history(town)["judged"] == [{"value": (NOW + timedelta(minutes=30)).isoformat()}]
