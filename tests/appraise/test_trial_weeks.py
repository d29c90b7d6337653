"""Old weeks by today's rules, beside what is stored: closed ones stay, nothing is written."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from typing import Any

import pytest

from cockpit import closing, store
from cockpit.__main__ import main
from cockpit.paths import SHIPPED, DataDir
from tests.appraise.city import Story

WEEK, NEXT = "2026-W45", "2026-W46"
NOW = "2026-11-16T09:00"


@pytest.fixture
def story(data: DataDir) -> Story:
    """Two weeks with three dead links; the first is closed, the second scored; then a dead link costs four times as much."""
    shutil.copytree(SHIPPED / "rules", data.root / "rules")
    told = Story(data)
    for day in (5, 12):
        told.day = day
        told.night(dead=3)
        if day == 5:
            closing.close(data, WEEK, actor="甲", now=datetime(2026, 11, 9, 1))
    assert main(["score", "--week", NEXT, "--data", str(data.root), "--as-of", NOW]) == 0
    path = data.root / "rules" / "indicators.toml"
    text = path.read_text(encoding="utf-8")
    start = text.index('id = "L-DEAD"')
    path.write_text(
        text[:start] + text[start:].replace("points_each = 0.5", "points_each = 1.5", 1), encoding="utf-8"
    )
    return told


def ask(story: Story, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert main(["score", "--trial", *words, "--json", "--data", str(story.data.root), "--as-of", NOW]) == 0
    return json.loads(capsys.readouterr().out)


def test_both_scores_side_by_side_and_nothing_written(
    story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = ("score", "deduction", "issue", "warning")
    before = {t: story.rows(f"SELECT * FROM {t} ORDER BY ALL") for t in tables}
    version = store.version(story.data)
    found = {t["week"]: t for t in ask(story, capsys)}
    assert {w: (t["closed"], t["same_rules"], t["changed"]) for w, t in found.items()} == {
        WEEK: (True, False, 1), NEXT: (False, False, 1),
    }  # fmt: skip
    for week, trial in found.items():
        [row] = [x for x in trial["lines"] if x["unit_code"] == "u1"]
        [kept] = story.rows(f"SELECT score, deducted FROM score WHERE week = '{week}' AND unit_code = 'u1'")
        assert row["stored"] == kept["score"]
        if row["stored"] is not None:
            assert 100 - row["trial"] == pytest.approx(3 * (100 - row["stored"]), abs=0.02)
    assert {t: story.rows(f"SELECT * FROM {t} ORDER BY ALL") for t in tables} == before
    assert (store.version(story.data), store.pending_batches(story.data)) == (version, 0)
    assert closing.recompute(story.data, WEEK, datetime(2026, 11, 16, 1)).same, (
        "the closed week proves as before"
    )


def test_one_week_in_words(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    assert [t["week"] for t in ask(story, capsys, "--week", WEEK)] == [WEEK]
    assert main(["score", "--trial", "--data", str(story.data.root), "--as-of", NOW]) == 0
    said = capsys.readouterr().out
    assert "只算不写；已封存的周用封存的事实，得分不改" in said
    assert f"{WEEK}（已封存；原口径 v" in said
    assert f"{NEXT}（未封存，可用 score --week 重新计分；原口径 v" in said
    assert "u1局\t" in said


def test_a_week_without_scores_cannot_be_tried(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["score", "--trial", "--week", "2026-W40", "--data", str(story.data.root), "--as-of", NOW]
    assert main(words) == 2
    assert "2026-W40 还没有计分" in capsys.readouterr().err
