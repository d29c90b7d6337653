"""Closing a week: frozen is frozen, a correction is a new revision, and both can be proved again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cockpit import closing, store
from cockpit.__main__ import main
from cockpit.errors import CockpitError
from cockpit.paths import CHECKOUT, DataDir
from cockpit.store.queries import issues
from tests.appraise.city import Story

WEEK = "2026-W45"  # 2–8 November, Beijing
MONDAY = datetime(2026, 11, 9, 1)
FROZEN = ("score", "deduction", "indicator_result", "frozen_evidence", "issue_file")


@pytest.fixture
def story(data: DataDir) -> Story:
    """A week with three dead links and two slips on s1, nothing on s2."""
    told = Story(data)
    told.day = 5  # Sunday's patrol is enough
    told.night(dead=3, slips=("甲", "乙"))
    return told


def frozen(story: Story) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the first closing, as text-comparable tuples."""
    return {
        table: sorted(
            tuple(map(str, row.values()))
            for row in story.rows(f"SELECT * FROM {table} WHERE week = '{WEEK}' AND revision = 0")
        )
        for table in (*FROZEN, "issue")
    }


def test_a_closing_freezes_everything_and_proves_it(story: Story) -> None:
    done = closing.close(story.data, WEEK, actor="封存员", now=MONDAY)
    assert (done.week, done.revision, done.units, done.changes) == (WEEK, 0, 3, ())
    assert all(frozen(story).values())
    with store.reader(story.data) as reader:
        [issue] = issues.issues(reader)
        files = issues.files(reader, WEEK, 0)
    assert (issue["actor"], issue["closed_at"], issue["facts_until"]) == (
        "封存员", MONDAY, datetime(2026, 11, 8, 16),
    )  # fmt: skip
    assert {"rules/indicators.toml", "rules/handling.toml", "calendar/exceptions.csv"} <= set(files)
    proof = closing.recompute(story.data, WEEK, MONDAY)
    assert (proof.same, proof.tampered, proof.differences, proof.late) == (True, [], [], [])


def test_what_cannot_be_closed_says_why(story: Story) -> None:
    with pytest.raises(CockpitError, match="还没有结束（2026-11-09 00:00 结束）"):
        closing.close(story.data, WEEK, actor="甲", now=datetime(2026, 11, 8, 15, 59))
    with pytest.raises(CockpitError, match="请写明封存人"):
        closing.close(story.data, WEEK, actor=" ", now=MONDAY)
    closing.close(story.data, WEEK, actor="甲", now=MONDAY)
    with pytest.raises(CockpitError, match="已于 2026-11-09 09:00 由甲封存"):
        closing.close(story.data, WEEK, actor="乙", now=MONDAY + timedelta(hours=1))
    with pytest.raises(CockpitError, match="没有需要更正的内容"):
        closing.correct(story.data, WEEK, actor="乙", reason="想再看看", now=MONDAY)
    with pytest.raises(CockpitError, match="更正必须写明理由"):
        closing.correct(story.data, WEEK, actor="乙", reason=" ", now=MONDAY)
    with pytest.raises(CockpitError, match="还没有封存，不需要更正"):
        closing.correct(story.data, "2026-W44", actor="乙", reason="x", now=MONDAY)
    with pytest.raises(CockpitError, match="没有第 3 次更正，现有：0"):
        closing.recompute(story.data, WEEK, MONDAY, revision=3)


def test_late_facts_never_change_a_closed_week(story: Story) -> None:
    closing.close(story.data, WEEK, actor="甲", now=MONDAY)
    before = frozen(story)
    late = store.Batch(story.data, "patrol", "late")
    at = datetime(2026, 11, 8, 12)  # of the closed week, arriving after it
    late.add(
        "coverage", measured_at=at, collector="patrol", aspect="links", site_code="s1", ok=True, complete=True
    )
    for n in range(5):
        late.add(
            "sighting",
            measured_at=at,
            aspect="links",
            kind="link.dead",
            site_code="s1",
            target=f"/d{n}",
            severity="medium",
            places=1,
        )
    late.write(MONDAY)
    assert main(["load", "--data", str(story.data.root), "--as-of", "2026-11-09T10:00"]) == 0
    assert frozen(story) == before
    proof = closing.recompute(story.data, WEEK, MONDAY + timedelta(hours=1))
    assert proof.same
    assert [d.key for d in proof.late if d.field == "value"] == ["L-DEAD u1 s1"], "told, not counted"
    done = closing.correct(
        story.data, WEEK, actor="乙", reason="补采", now=MONDAY + timedelta(hours=2), late_facts=True
    )
    assert done.revision == 1
    assert frozen(story) == before
    [newest, first] = story.rows(f"SELECT * FROM issue WHERE week = '{WEEK}' ORDER BY revision DESC")
    assert (newest["reason"], newest["actor"], first["reason"]) == ("补采", "乙", None)
    assert {(d.key, d.field) for d in done.changes} >= {("u1", "deducted"), ("u1", "score_unvetoed")}
    for revision in (0, 1):
        assert closing.recompute(story.data, WEEK, MONDAY + timedelta(hours=3), revision=revision).same


def test_rules_of_today_never_reach_a_closed_week(story: Story) -> None:
    closing.close(story.data, WEEK, actor="甲", now=MONDAY)
    own = story.data.root / "rules"
    own.mkdir()
    text = (CHECKOUT / "data/rules/indicators.toml").read_text("utf-8")
    (own / "indicators.toml").write_text(text.replace("pass_score = 60", "pass_score = 99"), "utf-8")
    assert closing.recompute(story.data, WEEK, MONDAY + timedelta(hours=1)).same


def tamper(data: DataDir, sql: str) -> None:
    """Change the published file behind the program's back."""
    path = data.database.resolve()
    other = path.with_name("cockpit-9999.duckdb")
    other.write_bytes(path.read_bytes())
    con = duckdb.connect(str(other))
    con.execute(sql)
    con.close()
    data.database.unlink()
    data.database.symlink_to(Path("db") / other.name)


@pytest.mark.parametrize(
    ("sql", "part"),
    [
        ("UPDATE score SET score = 99 WHERE unit_code = 'u1'", "得分与扣分明细"),
        ("DELETE FROM deduction WHERE rowid = (SELECT min(rowid) FROM deduction)", "得分与扣分明细"),
        ("UPDATE frozen_evidence SET kept = 0", "封存的事实"),
        ("UPDATE indicator_result SET value = value - 1 WHERE indicator_id = 'L-DEAD'", "封存的事实"),
        ("UPDATE issue_file SET content = replace(content, 'cap = 8', 'cap = 2')", "rules/indicators.toml 的原文"),
        ("UPDATE issue_file SET content = content || '2026-11-04,否,改' WHERE file_name LIKE 'calendar%'", "calendar/exceptions.csv 的原文"),
    ],
)  # fmt: skip
def test_tampering_is_found_and_named(
    story: Story, capsys: pytest.CaptureFixture[str], sql: str, part: str
) -> None:
    closing.close(story.data, WEEK, actor="甲", now=MONDAY)
    tamper(story.data, sql)
    assert closing.recompute(story.data, WEEK, MONDAY).tampered == [part]
    assert main(["recompute", "--data", str(story.data.root), "--week", WEEK]) == 1
    assert f"{part}与封存时的摘要不符" in capsys.readouterr().out
    with pytest.raises(CockpitError, match="不能在它上面出更正"):
        closing.correct(story.data, WEEK, actor="乙", reason="x", now=MONDAY, late_facts=True)
    assert main(["rebuild", "--data", str(story.data.root)]) == 0
    assert closing.recompute(story.data, WEEK, MONDAY).same, "the archived batches are the truth"


def test_of_two_closings_at_once_the_first_holds(story: Story) -> None:
    told: dict[str, str] = {}
    ready = threading.Barrier(2)

    def close(actor: str) -> None:
        ready.wait()
        try:
            closing.close(story.data, WEEK, actor=actor, now=MONDAY)
            told[actor] = "封存"
        except CockpitError as error:
            told[actor] = str(error)

    threads = [threading.Thread(target=close, args=(name,)) for name in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [issue] = story.rows("SELECT * FROM issue")
    assert told[issue["actor"]] == "封存"
    other = {"甲": "乙", "乙": "甲"}[issue["actor"]]
    assert "抢先" in told[other] or "不能再封存" in told[other]
    assert [r["n"] for r in story.rows("SELECT count(*) AS n FROM score GROUP BY unit_code")] == [1, 1, 1]
    assert closing.recompute(story.data, WEEK, MONDAY).same


def test_a_rebuild_gives_the_closed_week_again(story: Story) -> None:
    closing.close(story.data, WEEK, actor="甲", now=MONDAY)
    before = frozen(story)
    main(["rebuild", "--data", str(story.data.root), "--as-of", "2026-11-10T09:00"])
    assert frozen(story) == before


def test_kill_nine_while_closing_loses_and_doubles_nothing(story: Story) -> None:
    command = [sys.executable, "-m", "cockpit", "close-week", "--data", str(story.data.root), "--week", WEEK, "--actor", "甲", "--as-of", "2026-11-09T09:00"]  # fmt: skip
    started = time.monotonic()
    subprocess.run([*command, "-h"], cwd=CHECKOUT, stdout=subprocess.DEVNULL, check=True)
    start_up = time.monotonic() - started
    for part in (0.9, 1.1, 1.3):  # before, while and after the batch is written
        process = subprocess.Popen(
            command, cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
        )
        time.sleep(start_up * part)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with contextlib.suppress(CockpitError):  # the closing that was killed may have been written
        closing.close(story.data, WEEK, actor="甲", now=MONDAY)
    assert [r["n"] for r in story.rows("SELECT count(*) AS n FROM issue")] == [1]
    assert {r["n"] for r in story.rows("SELECT count(*) AS n FROM score GROUP BY unit_code")} == {1}
    assert closing.recompute(story.data, WEEK, MONDAY).same


def test_the_commands_answer_in_json(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    def ask(*words: str) -> tuple[int, Any]:
        code = main([*words, "--data", str(story.data.root), "--as-of", "2026-11-09T09:00", "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, closed = ask("close-week", "--week", WEEK, "--actor", "甲")
    assert code == 0
    assert set(closed) == {"week", "revision", "units", "vetoed", "deductions", "facts_sha256", "results_sha256", "changes"}  # fmt: skip
    assert (closed["week"], closed["revision"], closed["units"], closed["changes"]) == (WEEK, 0, 3, [])
    code, proof = ask("recompute", "--week", WEEK)
    expected = {"week": WEEK, "revision": 0, "tampered": [], "differences": [], "late": [], "deep": None, "same": True}  # fmt: skip
    assert (code, proof) == (0, expected)
    assert ask("score", "--week", WEEK, "--check") == (0, expected)
    assert ask("score", "--week", "2026-W44", "--check")[1]["week"] == "2026-W44"
    assert main(["score", "--data", str(story.data.root), "--week", WEEK]) == 2
    assert "已经封存，不再重新计分" in capsys.readouterr().err
