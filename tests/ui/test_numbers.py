"""Numbers speak Chinese, and rounding never makes a result look better."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from cockpit.ui import numbers


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "—"), (0, "0"), (12840, "1.28万"), (123456789, "1.23亿"), (9999, "9,999"), (34, "34")],
)
def test_whole(value: float | None, shown: str) -> None:
    assert numbers.whole(value) == shown


@pytest.mark.parametrize(
    ("share", "threshold", "shown"),
    [
        (0.98964, 0.99, "98.9%"),
        (0.98996, 0.99, "98.9%"),
        (0.99, 0.99, "99.0%"),
        (0.5, 0.99, "50.0%"),
        (1.0, 0.99, "100.0%"),
        (None, 0.99, "—"),
        (0.12345, None, "12.3%"),
    ],
)
def test_percent_is_cut_near_its_threshold(share: float | None, threshold: float | None, shown: str) -> None:
    assert numbers.percent(share, threshold) == shown


@pytest.mark.parametrize(("value", "shown"), [(-3.14, "↓3.1"), (0.4, "↑0.4"), (0.04, "→ 持平"), (None, "—")])
def test_change(value: float | None, shown: str) -> None:
    assert numbers.change(value) == shown


def test_a_change_is_rounded_alike_however_the_floats_came_about() -> None:
    assert {numbers.change(98.3 - 97.75), numbers.change(0.55), numbers.change(98.35 - 97.8)} == {"↑0.6"}
    assert numbers.change(-0.04999) == "→ 持平"
    assert numbers.change(0.4, 0) == "→ 持平"


@pytest.mark.parametrize(
    ("value", "shown"), [(88.49, "88.4"), (59.99, "59.9"), (100.0, "100.0"), (None, "—")]
)
def test_scores_are_never_rounded_up(value: float | None, shown: str) -> None:
    assert numbers.score(value) == shown


def test_dates_and_weeks() -> None:
    assert numbers.day(date(2025, 11, 3)) == "2025年11月3日"
    assert numbers.moment(datetime(2025, 11, 23, 5, 50)) == "2025-11-23 13:50"
    assert numbers.week("2025-W47") == "2025年第47周（11月17日—11月23日）"
    assert numbers.ago(datetime(2026, 1, 1), datetime(2026, 1, 1, 3)) == "3 小时前"


def test_better_is_a_word_not_a_colour() -> None:
    assert (numbers.better(-4, up_is_good=False), numbers.better(1, up_is_good=False), numbers.better(0)) == (
        "改善",
        "恶化",
        "",
    )


@pytest.mark.parametrize(
    ("left", "shown"), [(None, ""), (3, "剩 3 个工作日"), (0, "今天到期"), (-2, "超期 2 个工作日")]
)
def test_the_last_day_is_named(left: int | None, shown: str) -> None:
    assert numbers.due(left) == shown


def test_no_change_is_neither_better_nor_worse() -> None:
    assert (numbers.change(-0.04), numbers.better(-0.04)) == ("→ 持平", "")
    assert (numbers.better(0.06), numbers.better(-0.06)) == ("改善", "恶化")


def test_how_long_something_is_valid() -> None:
    first, last = date(2024, 6, 9), date(2025, 1, 31)
    assert numbers.span(first, last) == "2024-06-09 至 2025-01-31"
    assert numbers.span(first, None) == "2024-06-09 起长期有效"
    assert numbers.span(None, last) == "至 2025-01-31"
    assert numbers.span(None, None) == "长期有效"
