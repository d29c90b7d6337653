"""An address that names what is not there says so, and says what is shown instead."""

from __future__ import annotations

import re

import pytest

from cockpit import clock
from cockpit.paths import DataDir
from cockpit.ui import numbers
from tests.browser.screens import run, text


@pytest.fixture(autouse=True)
def _shown(demo_folder: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_DATA", str(demo_folder.root))


def told(address: str) -> list[str]:
    """The errors of a screen, as text."""
    at = run(address)
    assert not at.exception, address
    return [
        re.sub("<[^>]+>", "", body)
        for body in re.findall(r'<div class="ck-state error">(.*?)</div>', text(at))
    ]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/unit?unit=nowhere", "没有“nowhere”这个责任单位，下面显示的是“渝水区政府”。"),
        ("/updates?unit=nowhere", "没有“nowhere”这个责任单位，下面显示的是“全部单位”。"),
        ("/unit?period=2001-W01", "没有“2001-W01”这个周次，下面显示的是“2026年第47周"),
        ("/workbook?book=nothing", "没有“nothing”这个台账，下面显示的是“"),
        ("/scorecard?revision=99", "这一周没有“99”这一版，下面是"),
        ("/lists?list=rated&period=2001-W01", "没有“2001-W01”这一周，下面是最近一周。"),
    ],
)
def test_an_unknown_code_is_named(address: str, said: str) -> None:
    [error] = told(address)
    assert re.sub(r"2026年第\d+周", "2026年第47周", error).startswith(said)


def test_a_name_that_is_nearly_right_is_offered() -> None:
    at = run("/updates?unit=市水利&state=overdue")
    assert re.search(
        r'是不是要找：<a class="ck-chip" href="\?state=overdue&amp;unit=360500-SLJ" target="_self">市水利局</a>',
        text(at),
    )


def test_what_is_typed_is_never_markup() -> None:
    [error] = told("/updates?unit=<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)" in error


def test_a_known_address_says_nothing() -> None:
    assert told("/updates?unit=360500-SLJ&state=unmeasured") == []


def test_the_chinese_name_of_one_unit_is_its_code() -> None:
    named, coded = (run(f"/updates?unit={unit}") for unit in ("市水利局", "360500-SLJ"))
    assert told("/updates?unit=市水利局") == []
    assert named.selectbox(key="filter_unit").value == "360500-SLJ"
    assert re.findall(r"<tbody>.*?</tbody>", text(named), re.S) == re.findall(
        r"<tbody>.*?</tbody>", text(coded), re.S
    )


def test_the_breadcrumb_names_only_a_week_that_the_page_shows() -> None:
    week = clock.previous_week(clock.week_of(clock.now()))

    def crumbs(address: str) -> str:
        return re.search(r'<nav aria-label="所在位置">(.*?)</nav>', text(run(address)))[1]

    assert numbers.week(week)[:8] in crumbs(f"/scorecard?period={week}")
    assert "周" not in crumbs(f"/rules?view=diff&period={week}")  # compares with the week of `against`
    assert "99" not in crumbs("/scorecard?period=2026-W99")
