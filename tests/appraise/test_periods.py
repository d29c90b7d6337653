"""Weeks put together: which week belongs where, means of rated weeks, bonus only above 80 and by its approval."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cockpit import closing, store
from cockpit.__main__ import main
from cockpit.appraise.indicators import load_rules
from cockpit.appraise.periods import Accumulated, accumulate, parse_period
from cockpit.errors import CockpitError
from cockpit.paths import SHIPPED, DataDir
from tests.appraise.city import REGISTER

RULES = load_rules(SHIPPED / "rules")


@pytest.mark.parametrize(
    ("text", "name", "first", "last", "before", "year_before"),
    [
        ("2026-W47", "2026年第47周", "2026-W47", "2026-W47", "2026-W46", "2025-W47"),
        ("2026w1", "2026年第1周", "2026-W01", "2026-W01", "2025-W52", "2025-W01"),
        ("2026-11", "2026年11月", "2026-W45", "2026-W48", "2026-10", "2025-11"),
        ("2026-01", "2026年1月", "2026-W01", "2026-W05", "2025-12", "2025-01"),
        ("2026Q4", "2026年第4季度", "2026-W40", "2026-W53", "2026Q3", "2025Q4"),
        ("2026-q1", "2026年第1季度", "2026-W01", "2026-W13", "2025Q4", "2025Q1"),
        ("2026", "2026年", "2026-W01", "2026-W53", "2025", "2025"),
    ],
)  # fmt: skip
def test_a_week_belongs_to_the_period_of_its_thursday(
    text: str, name: str, first: str, last: str, before: str, year_before: str
) -> None:
    period = parse_period(text)
    weeks, earlier = period.weeks, period.year_before()
    assert (period.name, weeks[0], weeks[-1], period.before().code) == (name, first, last, before)
    assert earlier is not None
    assert earlier.code == year_before


def test_every_week_belongs_to_one_month_one_quarter_one_year() -> None:
    whole = parse_period("2026").weeks
    assert [w for n in range(1, 13) for w in parse_period(f"2026-{n:02d}").weeks] == whole
    assert [w for n in range(1, 5) for w in parse_period(f"2026Q{n}").weeks] == whole
    assert (len(whole), parse_period("2026-W53").year_before()) == (53, None)


@pytest.mark.parametrize("text", ["2026-13", "2026Q5", "2026-00", "2026-W54", "11", "", "去年"])
def test_a_period_that_does_not_exist_is_named(text: str) -> None:
    with pytest.raises(CockpitError, match="不存在"):
        parse_period(text)


WEEKS = ("2026-W45", "2026-W46", "2026-W47")


def item(number: int, points: int, day: date, state: str = "approved", unit: str = "u1") -> dict[str, Any]:
    return {"bonus_id": f"J{number}", "unit_code": unit, "kind": "model", "title": "事项", "points": points, "evidence": "文号", "declared_on": date(2026, 10, 1), "state": state, "approved_by": "岗", "approved_on": day}  # fmt: skip


def close(
    data: DataDir,
    week: str,
    scores: dict[str, tuple[float | None, bool]],
    revision: int = 0,
    rules: str = "r",
) -> None:
    batch = store.Batch(data, "close", f"{week}-{revision}")
    batch.add("issue", week=week, revision=revision, closed_at=datetime(2026, 11, 30), actor="甲", facts_until=datetime(2026, 11, 30), rules_version="1", rules_sha256=rules, code_version="1", facts_sha256="f", results_sha256="s")  # fmt: skip
    for unit, (score, vetoed) in scores.items():
        batch.add("score", week=week, revision=revision, unit_code=unit, unit_group="dept_service", score=score, vetoed=vetoed, rules_sha256=rules)  # fmt: skip
    batch.write(datetime(2026, 11, 30))


DECEMBER = datetime(2026, 12, 1)


def of(
    data: DataDir,
    period: str,
    bonus: list[dict[str, Any]] = (),
    now: datetime = DECEMBER,  # type: ignore[assignment]
) -> Accumulated:
    store.load(data, datetime(2026, 12, 1), register={**REGISTER, "bonus": list(bonus)}, force=True)
    with store.reader(data) as reader:
        return accumulate(reader, RULES, parse_period(period), now)


def test_a_week_that_is_not_over_is_not_missing(data: DataDir) -> None:
    close(data, WEEKS[0], {"u1": (90.0, False)})
    friday = of(data, "2026-11", now=datetime(2026, 11, 20, 4))  # of 2026-W47
    assert (friday.missing, friday.unfinished) == (("2026-W46",), ("2026-W47", "2026-W48"))
    midnight = of(data, "2026-11", now=datetime(2026, 11, 22, 16))  # the week ends with its Sunday in Beijing
    assert (midnight.missing, midnight.unfinished) == (("2026-W46", "2026-W47"), ("2026-W48",))


def test_the_mean_of_rated_weeks_and_the_newest_revision(data: DataDir) -> None:
    close(data, WEEKS[0], {"u1": (90.0, False), "u2": (70.0, False), "u3": (None, False)})
    close(data, WEEKS[1], {"u1": (59.0, True), "u2": (None, False), "u3": (None, False)})
    close(data, WEEKS[1], {"u1": (80.0, False), "u2": (None, False), "u3": (None, False)}, revision=1)
    month = of(data, "2026-11")
    assert (month.weeks, month.missing) == (["2026-W45", "2026-W46"], ("2026-W47", "2026-W48"))
    told = {
        u.unit_code: (u.mean, u.rated_weeks, u.vetoed_weeks, u.grade, u.rank, u.ranked) for u in month.units
    }
    assert told == {
        "u1": (Decimal("85.00"), 2, (), "合格", 1, 2),
        "u2": (Decimal("70.00"), 1, (), "合格", 2, 2),
        "u3": (None, 0, (), "未评", None, 2),
    }
    assert (month.pass_rate, month.coverage, month.average, month.comparable) == (1.0, 2 / 3, 77.5, True)


def test_a_veto_fails_the_period_only_while_it_stands(data: DataDir) -> None:
    close(data, WEEKS[0], {"u1": (59.0, True), "u2": (95.0, False)})
    close(data, WEEKS[1], {"u1": (99.0, False), "u2": (59.0, True)})
    one, two = of(data, "2026Q4").units
    assert (one.grade, one.vetoed_weeks, one.rank) == ("合格", ("2026-W45",), 1)
    assert (two.grade, two.vetoed_last, two.rank, two.mean) == ("不合格", True, None, Decimal("77.00"))


@pytest.mark.parametrize(("score", "counted"), [(80.0, 0), (80.01, 5), (96.0, 5), (59.0, 0), (None, 0)])
def test_bonus_counts_only_above_eighty(data: DataDir, score: float | None, counted: int) -> None:
    close(data, WEEKS[0], {"u1": (score, False)})
    bonus = [
        item(1, 3, date(2026, 11, 1)), item(2, 2, date(2026, 11, 30)), item(3, 9, date(2026, 10, 31)),
        item(4, 9, date(2026, 12, 1)), item(5, 9, date(2026, 11, 5), "rejected"), item(6, 9, date(2026, 11, 5), unit="u2"),
    ]  # fmt: skip
    [unit] = [u for u in of(data, "2026-11", bonus).units if u.unit_code == "u1"]
    assert (unit.bonus_approved, unit.bonus) == (Decimal(5), Decimal(counted))
    assert unit.score == (None if score is None else Decimal(str(score)) + counted)


def test_bonus_adds_up_over_the_year_to_its_cap(data: DataDir) -> None:
    close(data, WEEKS[0], {"u1": (90.0, False)})
    bonus = [item(n, 20, date(2026, n, 1)) for n in (1, 6)]
    assert [u.bonus for u in of(data, "2026", bonus).units] == [Decimal(30)]


def test_two_rule_versions_are_told(data: DataDir) -> None:
    close(data, WEEKS[0], {"u1": (90.0, False)}, rules="a")
    close(data, WEEKS[1], {"u1": (90.0, False)}, rules="b")
    month = of(data, "2026-11")
    assert (month.comparable, month.rules) == (False, ("a", "b"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("J1,市教育局,示范点建设,事项,3,文号,2026-10-01,已批准,,", "已批准的加分没有填"),
        ("J1,市教育局,示范点建设,事项,3,文号,2026-10-01,已批准,岗,2026-09-01", "早于申报日期"),
        ("J1,没有的局,示范点建设,事项,3,文号,2026-10-01,已申报,,", "不在责任单位台账里"),
        ("J1,市教育局,评优,事项,3,文号,2026-10-01,已申报,,", "事项类别"),
        ("J1,市教育局,示范点建设,事项,0,文号,2026-10-01,已申报,,", "加分（分）"),
    ],
)  # fmt: skip
def test_a_wrong_bonus_item_is_refused_whole(
    data: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, message: str
) -> None:
    assert main(["registry", "--data", str(data.root), "init"]) == 0
    before = (data.registry / "bonus.csv").read_bytes()
    file = tmp_path / "加分.csv"
    heads = "加分编号,责任单位编码,事项类别,事项,加分（分）,佐证,申报日期,状态,批准岗位,批准日期"
    good = "J0,市教育局,经验交流,事项,3,文号,2026-10-01,已批准,岗,2026-10-09"
    file.write_text(f"{heads}\n{good}\n{line}\n", encoding="utf-8")
    assert main(["registry", "--data", str(data.root), "import", str(file)]) == 2
    told = capsys.readouterr()
    assert message in told.out + told.err
    assert "第 3 行" in told.out + told.err
    assert (data.registry / "bonus.csv").read_bytes() == before


def test_a_closing_keeps_the_bonus_register_of_then(data: DataDir) -> None:
    assert main(["registry", "--data", str(data.root), "init"]) == 0
    batch = store.Batch(data, "patrol", "seen")
    seen = datetime(2026, 11, 7)
    batch.add(
        "coverage",
        measured_at=seen,
        collector="patrol",
        aspect="links",
        site_code="x",
        ok=True,
        complete=True,
    )
    batch.write(seen)
    closing.close(data, "2026-W45", actor="甲", now=datetime(2026, 11, 9, 1))
    with store.reader(data) as reader:
        kept = reader.rows("SELECT file_name FROM issue_file WHERE file_name = 'registry/bonus.csv'")
    assert len(kept) == 1
