"""The scorecard of an issue: its own revision, why units moved, and a file that can be sent."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cockpit import store
from cockpit.__main__ import main
from cockpit.appraise.due import InTime
from cockpit.appraise.indicators import load_rules
from cockpit.appraise.moves import Move
from cockpit.clock import local_day, week_days
from cockpit.paths import DataDir
from cockpit.report import scorecard
from cockpit.report.scorecard import Sheet
from cockpit.ui import card, card_page
from cockpit.workdays import Calendar

WEEK = "2026-W47"


def sheet(city: DataDir, revision: int | None = None, week: str = WEEK) -> Sheet:
    with store.reader(city) as reader:
        return scorecard.read(reader, load_rules(city.rules), Calendar.load(city.calendar), week, revision)


def test_a_revision_shows_its_own_scores_and_what_it_changed(city: DataDir) -> None:
    first, second = sheet(city, 0), sheet(city)
    assert (first.revision, second.revision, first.newest) == (0, 1, 1)
    assert (first.title, second.title) == (f"第{first.number}期", f"第{first.number}期·更正1")
    differing = {
        r["unit_name"]: (o["score"], r["score"])
        for r, o in zip(
            sorted(second.rows, key=lambda r: r["unit_code"]), sorted(first.rows, key=lambda r: r["unit_code"]), strict=True
        )
        if r["score"] != o["score"]
    }  # fmt: skip
    assert {c.unit_name: (c.before, c.after) for c in second.changes} == differing != {}
    assert first.changes == []
    assert "已被更正1替代" in card.notices(first)
    assert "已被更正" not in card.notices(second)
    assert "撤销" in card.notices(second)


def test_why_units_moved_adds_up(city: DataDir) -> None:
    made = sheet(city)
    assert made.moves
    for row in made.rows:
        change = made.change(row)
        if change is None or row["vetoed"] or made.before[row["unit_code"]]["vetoed"] or row["bonus"]:
            continue
        moved = sum(m.points for m in made.moves.get(row["unit_code"], []))
        assert moved == pytest.approx(change, abs=0.03), row["unit_name"]


def test_other_rules_are_shown_side_by_side_and_not_compared(city: DataDir) -> None:
    made = sheet(city)
    old = {unit: {**row, "rules_sha256": "x"} for unit, row in made.before.items()}
    other = replace(made, before=old, moves={})
    assert {other.change(r) for r in other.rows} == {None}
    assert "口径已变，不与上周的" in card.lead(other)
    assert "口径已变<br>上周" in card_page.make(other, demo=False)


def test_shares_in_time_count_what_was_due_in_the_week(city: DataDir) -> None:
    made = sheet(city)
    first, last = week_days(WEEK)
    with store.reader(city) as reader:
        log = reader.rows("SELECT * FROM warning_log ORDER BY logged_at, closed_at NULLS FIRST")
        [closed] = reader.rows("SELECT closed_at FROM issue WHERE week = ? AND revision = 0", [WEEK])
        steps = reader.rows("SELECT * FROM warning_event WHERE to_state = 'ignored'")
        asked = reader.rows("SELECT * FROM application WHERE due_on BETWEEN ? AND ?", [first, last])
    ignored = {r["warning_id"] for r in steps if r["event_at"] < closed["closed_at"]}
    known = [r for r in log if r["logged_at"] < closed["closed_at"] and r["warning_id"] not in ignored]
    newest = {(r["warning_id"], r["opened_at"]): r for r in known}
    due = [r for r in newest.values() if first <= r["due_on"] <= last]
    done = [r for r in due if r["closed_at"] and local_day(r["closed_at"]) <= r["due_on"]]
    assert (made.repaired[0].done, made.repaired[0].due) == (len(done), len(due))
    asked = [r for r in asked if r["result"] != "逾期不补正"]
    answered = [r for r in asked if r["answered_on"] and r["answered_on"] <= r["due_on"]]
    assert (made.answered[0].done, made.answered[0].due) == (len(answered), len(asked))
    assert due, asked
    assert f"{len(done)}/{len(due)} 件按期" in card.kpis(made)


def test_a_share_of_nothing_is_not_a_hundred_per_cent_and_never_rounded_up(city: DataDir) -> None:
    none = InTime(0, 0)
    empty = card.kpis(replace(sheet(city), repaired=(none, none), answered=(InTime(999, 1000), InTime(1, 1))))
    assert "本周没有到期的" in empty
    assert "99.9<small>%" in empty
    assert "↓0.1 个百分点 恶化" in empty


def test_a_veto_is_named_among_the_reasons_and_a_late_matter_as_late(city: DataDir) -> None:
    made = sheet(city)
    row = next(r for r in made.rows if made.change(r) is not None)
    unit, was = row["unit_code"], made.before[row["unit_code"]]
    fresh = replace(made, rows=[{**row, "vetoed": True}], before={unit: {**was, "vetoed": False}})
    assert card.why(fresh, unit).startswith("触发单项否决")
    back = replace(made, rows=[{**row, "vetoed": False}], before={unit: {**was, "vetoed": True}})
    assert card.why(back, unit).startswith("不再单项否决")
    assert card.why(replace(made, before={}), unit) == ""
    due = made.open_warnings[0]["due_on"]
    assert "已超期" in card.boxes(
        replace(made, day=due + timedelta(days=1), open_warnings=made.open_warnings[:1])
    )
    assert "已超期" not in card.boxes(replace(made, day=due, open_warnings=made.open_warnings[:1]))


def test_what_is_not_named_among_the_reasons_is_summed(city: DataDir) -> None:
    made = sheet(city)
    unit = next(r["unit_code"] for r in made.rows if made.change(r) is not None and not r["vetoed"])
    parts = [Move("A", 1, -3.2), Move("B", 0, 2.1), Move("C", 2, -1.3), Move("D", 0, 0.02)]
    told = card.why(replace(made, moves={unit: parts}), unit, 2)
    assert [part.split()[-1] for part in told.split("；")][-3:] == ["−3.2", "+2.1", "−1.3"]
    assert "其余 2 项 −1.3" in told
    assert card.why(replace(made, moves={unit: [Move("D", 0, 0.02)]}), unit) == ""
    taken = card.why(replace(made, moves={unit: [Move("A", -1, 3.2, 1)]}), unit)
    assert taken.endswith("+3.2（含异议改判 1 条，不是整改）")


def test_a_first_week_is_compared_with_nothing(city: DataDir) -> None:
    first = card.kpis(replace(sheet(city), before={}))
    assert first.count("上周没有计分") == 3
    assert "持平" not in first.split("整改按期率")[0]


def test_disputed_units_are_marked(city: DataDir) -> None:
    made = sheet(city)
    with store.reader(city) as reader:
        waiting = reader.rows(
            "SELECT unit_code FROM dispute WHERE week = ? AND state IN ('open', 'reviewing')", [WEEK]
        )
    assert set(made.disputed) == {r["unit_code"] for r in waiting} != set()
    assert card_page.make(made, demo=True).count("◌ 异议中") == len(made.disputed)


def test_the_file_stands_alone(city: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "卡.html"
    words = ["scorecard", "--data", str(city.root), "--week", WEEK, "--out", str(out)]
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    made = sheet(city)
    assert told == {"week": WEEK, "revision": 1, "closed": True, "units": len(made.rows), "file": "卡.html"}
    text = out.read_text("utf-8")
    assert (
        re.findall(
            r"(?:src|href)=\"(?!data:)[^\"]*|url\((?!data:)[^)]*|https?://[^\s\"'<)]+",
            text.replace("http://www.w3.org", ""),
        )
        == []
    )
    assert "<script" not in text
    assert text.count("演示数据，不得用于考核") >= 2
    assert all(row["unit_name"] in text for row in made.rows)
    assert "演示数据，不得用于考核" not in card_page.make(made, demo=False)
    assert main([*words, "--revision", "9"]) == 2
    assert "没有第 9 次更正" in capsys.readouterr().err
    assert main(["scorecard", "--data", str(city.root), "--week", "2019-W01", "--out", str(out)]) == 2


def test_hostile_names_stay_text(city: DataDir) -> None:
    made = sheet(city)
    nasty = [
        {**r, "unit_name": "<script>x</script>", "short_name": "<img src=x onerror=y>"} for r in made.rows
    ]
    text = card_page.make(replace(made, rows=nasty), demo=False)
    assert "<script" not in text
    assert "<img src=x" not in text


def test_an_open_week_says_so(city: DataDir) -> None:
    made = replace(sheet(city), issue=None)
    assert "未封存" in card.heading(made, demo=False)
    assert card_page.name(made, demo=True) == "演示数据_计分卡_2026-W47_未封存.html"


def test_the_first_matters_say_how_many_stand_behind_them(city: DataDir) -> None:
    made = sheet(city)
    assert len(made.open_warnings) > 3
    told = card.boxes(made)
    assert f"另有 {len(made.open_warnings) - 3} 条未办结" in told
    assert "另有" not in card.boxes(replace(made, open_warnings=made.open_warnings[:1]))


def test_a_total_says_what_belongs_to_units_without_a_score(city: DataDir) -> None:
    made = sheet(city)
    rows = [{**r, "score": None, "deducted": 12.5} if n == 0 else {**r, "score": 90.0} for n, r in enumerate(made.rows)]  # fmt: skip
    assert "其中未评单位 12.5 分，由少量已采指标折算放大" in card.kpis(replace(made, rows=rows))
    assert "其中未评单位" not in card.kpis(replace(made, rows=rows[1:]))


def test_an_issue_without_rates_says_so(city: DataDir) -> None:
    told = card.kpis(replace(sheet(city), repaired=(None, None), answered=(None, InTime(1, 2))))
    assert told.count("这一期封存时没有保存，不再补算") == 2
