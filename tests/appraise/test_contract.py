"""The contract of every indicator: triggered by facts, quiet without, its distance told, its row exported; and 试算."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit import store
from cockpit.__main__ import main
from cockpit.appraise import measures_registers, trial
from cockpit.appraise.indicators import RuleError, load_rules
from cockpit.appraise.judge import Result, distance, evaluate
from cockpit.appraise.score import score_results
from cockpit.appraise.score_rows import rows as score_rows
from cockpit.paths import SHIPPED, DataDir
from cockpit.report.columns import JUDGEMENTS
from cockpit.workdays import Calendar
from tests.appraise import facts

RULES = load_rules(SHIPPED / "rules")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataDir]:
    data = DataDir(tmp_path_factory.mktemp("contract") / "data")
    facts.load(data)
    yield data


@pytest.fixture(scope="module")
def results(city: DataDir) -> list[Result]:
    with store.reader(city) as reader:
        return evaluate(reader, RULES, facts.NOW, Calendar())


@pytest.fixture(scope="module")
def exported(results: list[Result]) -> list[tuple[str, dict[str, object]]]:
    units = [{"unit_code": u["unit_code"], "unit_group": u["unit_group"]} for u in facts.REGISTER["unit"]]
    return score_rows(score_results(results, units, RULES, "2026-W48", 0), RULES, facts.NOW)


# Indicators of the registers have facts and tests of their own (test_register_rules.py)
OF_REGISTERS = {i.id for i in RULES.indicators.values() if i.metric in measures_registers.METRICS}


@pytest.mark.parametrize("name", [n for n in RULES.indicators if n not in OF_REGISTERS])
def test_every_indicator_is_reachable_quiet_told_and_exported(
    name: str, results: list[Result], exported: list[tuple[str, dict[str, object]]]
) -> None:
    i = RULES.indicators[name]
    own = [r for r in results if r.indicator.id == name and r.measured.measured]
    bad = [r for r in own if r.level or r.judgement in {"deduct", "bonus"}]
    quiet = [r for r in own if r.level is None and r.judgement == "ok"]
    assert bad, f"{name}: no facts in tests/appraise/facts*.py trigger it"
    assert quiet, f"{name}: no object of tests/appraise/facts*.py is in order"
    worst = bad[0]
    assert worst.measured.fact
    assert worst.measured.rows, "every value has rows behind it"
    assert i.role == "bonus" or distance(i, worst.measured.value or 0.0)
    assert {r.judgement for r in own} <= JUDGEMENTS.keys()
    rows = [row for table, row in exported if table == "indicator_result" and row["indicator_id"] == name]
    assert len(rows) == len([r for r in results if r.indicator.id == name])
    assert any(row["value"] == worst.measured.value for row in rows)


def test_every_limit_of_every_indicator_is_a_level_at_exactly_its_value() -> None:
    names = {"veto": "red", "warn": "orange", "near": "yellow", "notice": "blue"}
    for i in RULES.indicators.values():
        for field, level in names.items():
            limit = getattr(i, field)
            if limit is None:
                continue
            step = 1e-9
            reached = limit if i.compare == ">=" else limit - step
            assert i.level(reached) in {level, *_stricter(i, field, limit)}, (i.id, field)
            missed = limit - step if i.compare == ">=" else limit
            assert i.level(missed) != level, (i.id, field)


def _stricter(i: object, field: str, limit: float) -> set[str]:
    """Levels of stricter limits that have the same value."""
    order = ("veto", "warn", "near", "notice")
    names = ("red", "orange", "yellow", "blue")
    return {
        n
        for f, n in zip(order, names, strict=True)
        if order.index(f) < order.index(field) and getattr(i, f) == limit
    }


def test_no_evidence_row_loses_points_twice(exported: list[tuple[str, dict[str, object]]]) -> None:
    lost = [row for table, row in exported if table == "deduction" and row["finding_id"]]
    pairs = {(e.winner, e.loser) for e in RULES.exclusions if e.by == "finding"}
    by_finding: dict[object, set[object]] = {}
    for row in lost:
        by_finding.setdefault(row["finding_id"], set()).add(row["indicator_id"])
    assert any(len(v) == 1 and v & {"D-POLICY"} for v in by_finding.values())
    assert not [v for v in by_finding.values() if any({a, b} <= v for a, b in pairs)]


def test_a_trial_names_who_changes_and_changes_nothing(city: DataDir, results: list[Result]) -> None:
    units = [{"unit_code": u["unit_code"], "unit_group": u["unit_group"]} for u in facts.REGISTER["unit"]]
    same = trial.try_out(results, units, RULES, RULES, "2026-W48")
    assert (same.moves, same.units) == ((), ())
    looser = trial.with_changes(RULES, [trial.parse_change("L-DEAD.warn=21")])
    [move] = trial.try_out(results, units, RULES, looser, "2026-W48").moves
    assert (move.code, move.value, move.level_before, move.level_after) == ("s1", 20.0, "orange", "yellow")
    dearer = trial.with_changes(RULES, [trial.parse_change("L-SOFT.points_each=0.1")])
    found = trial.try_out(results, units, RULES, dearer, "2026-W48")
    assert {u.unit_code for u in found.units} <= {"u1"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("V-W-02.veto", "看不懂"),
        ("V-W-02.window_days=3", "不能试算"),
        ("X.veto=3", "没有指标 X"),
        ("V-W-02.warn=0.2", "预警线=0.2 应比 否决线=0.05 先到"),
        ("V-W-02.veto=4", "是占比，应在 0 到 100% 之间"),
        ("V-W-02.veto=1.2.3", "不是数值"),
    ],
)
def test_a_wrong_trial_is_told(text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        trial.with_changes(RULES, [trial.parse_change(text)])


def test_milder_limits_come_along_when_a_stricter_one_is_tried_before_them() -> None:
    changes = trial.along(RULES, trial.Change("V-W-02", "veto", 0.02))
    assert [(c.field, c.value) for c in changes] == [("veto", 0.02), ("warn", 0.02)]
    tried = trial.with_changes(RULES, changes).indicators["V-W-02"]
    assert (tried.veto, tried.warn, tried.near) == (0.02, 0.02, 0.015)
    assert len(trial.along(RULES, trial.Change("V-W-02", "cap", 1.0))) == 1


def test_a_percentage_and_no_limit_can_be_tried() -> None:
    assert trial.parse_change("V-W-02.veto=4%").value == pytest.approx(0.04)
    assert trial.with_changes(RULES, [trial.parse_change("V-W-02.veto=无")]).indicators["V-W-02"].veto is None


def test_two_tables_differ_by_name_field_and_value(tmp_path: Path) -> None:
    text = (SHIPPED / "rules" / "indicators.toml").read_text("utf-8")
    (tmp_path / "indicators.toml").write_text(text.replace("veto = 0.05", "veto = 0.06", 1), encoding="utf-8")
    [change] = trial.differences(RULES, load_rules(tmp_path))
    assert (change.indicator, change.field, change.before, change.after) == ("V-W-02", "veto", 0.05, 0.06)


def test_the_command_lists_tries_and_compares(city: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["indicators", "--data", str(city.root), "--as-of", "2026-11-25T12:00"]
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [i["id"] for i in told["indicators"]] == list(RULES.indicators)
    assert all(
        {"clause", "source", "nature", "version", "valid_from", "valid_to"} <= set(i)
        for i in told["indicators"]
    )
    assert main([*words, "--try", "V-W-02.veto=0.04", "--try", "L-DEAD.warn=21", "--json"]) == 0
    assert [m["indicator"] for m in json.loads(capsys.readouterr().out)["moves"]] == ["L-DEAD"]
    assert main([*words, "--id", "V-W-02"]) == 0
    assert "站点无法访问" in capsys.readouterr().out
    assert main([*words, "--against", "2026-W40"]) == 2
    assert "还没有封存" in capsys.readouterr().err
