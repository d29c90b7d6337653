"""Working days and 依申请公开 due dates: the golden vectors of the regulations, and every turn of the clock."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from cockpit.__main__ import main
from cockpit.deadline import compute
from cockpit.errors import CockpitError
from cockpit.workdays import Calendar

COUNTS = (1, 3, 5, 7, 10, 15, 20, 40)
# regulations §10: start → the n-th working day for each of COUNTS
VECTORS = {
    "2023-08-07": "2023-08-08 2023-08-10 2023-08-14 2023-08-16 2023-08-21 2023-08-28 2023-09-04 2023-10-08",
    "2023-09-25": "2023-09-26 2023-09-28 2023-10-08 2023-10-10 2023-10-13 2023-10-20 2023-10-27 2023-11-24",
    "2024-01-31": "2024-02-01 2024-02-04 2024-02-06 2024-02-08 2024-02-19 2024-02-26 2024-03-04 2024-04-01",
    "2024-09-10": "2024-09-11 2024-09-13 2024-09-18 2024-09-20 2024-09-25 2024-10-08 2024-10-14 2024-11-11",
    "2025-01-20": "2025-01-21 2025-01-23 2025-01-26 2025-02-05 2025-02-08 2025-02-14 2025-02-21 2025-03-21",
    "2025-09-26": "2025-09-28 2025-09-30 2025-10-10 2025-10-13 2025-10-16 2025-10-23 2025-10-30 2025-11-27",
    "2026-02-10": "2026-02-11 2026-02-13 2026-02-24 2026-02-26 2026-03-02 2026-03-09 2026-03-16 2026-04-14",
    "2026-09-18": "2026-09-20 2026-09-22 2026-09-24 2026-09-29 2026-10-09 2026-10-15 2026-10-22 2026-11-19",
}


@pytest.mark.parametrize("start", VECTORS)
def test_golden_vectors(start: str) -> None:
    days = [Calendar().add(date.fromisoformat(start), n).isoformat() for n in COUNTS]
    assert days == VECTORS[start].split()


def test_a_year_without_data_is_provisional() -> None:
    calendar = Calendar()
    assert calendar.add(date(2027, 3, 5), 1) == date(2027, 3, 8)
    assert calendar.provisional == {2027}
    assert compute(Calendar(), date(2026, 12, 20)).provisional
    assert "暂算" in compute(Calendar(), date(2026, 12, 20)).steps[-1].text


def test_local_exceptions_win(tmp_path: Path) -> None:
    (tmp_path / "exceptions.csv").write_text(
        "日期,是否工作日,理由\n2026-11-24,否,停电\n2026-11-28,是,补班\n", encoding="utf-8"
    )
    calendar = Calendar.load(tmp_path)
    assert calendar.add(date(2026, 11, 23), 1) == date(2026, 11, 25)
    assert calendar.is_workday(date(2026, 11, 28))


def test_between_is_the_inverse_of_add() -> None:
    calendar, start = Calendar(), date(2026, 9, 18)
    assert [calendar.between(start, calendar.add(start, n)) for n in range(30)] == list(range(30))
    assert calendar.between(date(2026, 11, 25), date(2026, 11, 23)) == -2


def test_each_turn_of_the_clock() -> None:
    received = date(2026, 9, 18)
    assert compute(Calendar(), received).due == date(2026, 10, 22)
    assert compute(Calendar(), received, extended=True).due == date(2026, 11, 19)
    corrected = compute(Calendar(), received, corrected=date(2026, 9, 29))
    assert corrected.due == Calendar().add(date(2026, 9, 29), 20)
    away = compute(Calendar(), received, third_party=(date(2026, 10, 9), date(2026, 10, 15)))
    assert away.due == Calendar().add(date(2026, 10, 22), 6), "2026-10-10 is a make-up working day"
    assert [str(s.day) in s.text for s in away.steps] == [True] * 3


@pytest.mark.parametrize(
    "changes",
    [
        {"corrected": date(2026, 9, 1)},
        {"third_party": (date(2026, 10, 9), date(2026, 10, 1))},
        {"third_party": (date(2026, 9, 1), date(2026, 9, 9))},
    ],
)
def test_dates_that_contradict_each_other(changes: dict) -> None:
    with pytest.raises(CockpitError, match="请核对"):
        compute(Calendar(), date(2026, 9, 18), **changes)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadline", "--received", "2026-09-18", "--extended", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["due"], row["workdays"], len(row["steps"])) == ("2026-11-19", 40, 3)


@pytest.mark.parametrize(
    "words",
    [
        ["--received", "2026-02-30"],
        ["--received", "2026-09-18", "--third-party", "2026-10-01"],
        ["--received", "x"],
    ],
)
def test_bad_dates_exit_2_in_chinese(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadline", *words]) == 2
    error = capsys.readouterr().err
    assert "请写成" in error or "应写成" in error


def test_counting_is_the_same_as_looking_at_every_day() -> None:
    calendar = Calendar({date(2026, 10, 11): True, date(2026, 9, 21): False, date(2027, 1, 4): False})
    for start in (date(2026, 9, 18), date(2026, 9, 21), date(2026, 12, 20)):
        for days in range(60):
            end = start + timedelta(days=days)
            one_by_one = sum(calendar.is_workday(start + timedelta(days=n)) for n in range(1, days + 1))
            assert calendar.between(start, end) == one_by_one
    assert calendar.provisional == {2027}
