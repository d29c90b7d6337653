"""迎检预演: who fails today, who soon and on which day, and what was not measured."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from cockpit.__main__ import main
from cockpit.appraise.indicators import load_rules
from cockpit.appraise.judge import Result
from cockpit.appraise.moment import Evidence, Measured
from cockpit.appraise.rehearsal import rehearse
from cockpit.paths import SHIPPED, DataDir
from tests.appraise.city import Story

RULES = load_rules(SHIPPED / "rules")
DAY = date(2026, 11, 25)


def result(name: str, value: float | None, code: str = "s1") -> Result:
    i = RULES.indicators[name]
    m = Measured(code, "u1", value, "事实", (Evidence("事实"),), None if value is not None else "timeout")
    return Result(i, m, i.level(value) if value is not None else None)


def test_a_veto_fails_an_object_and_the_unmeasured_are_apart() -> None:
    found = rehearse(
        [result("V-W-03", 14), result("V-W-04c", 1), result("V-W-03", 3, "s2"), result("V-W-03", None, "s3")],
        {},
        DAY,
    )
    [sites] = [c for c in found.counts if c.object == "site"]
    assert (sites.total, sites.failing, sites.near, sites.unmeasured) == (3, 1, 0, 1)
    assert [(c.code, c.indicator) for c in found.failing] == [("s1", "V-W-03")]
    assert [(c.code, c.cause) for c in found.unmeasured] == [("s3", "timeout")]


def test_an_age_crosses_on_a_day_of_the_calendar() -> None:
    [near] = rehearse([result("V-W-03", 11)], {}, DAY).near
    assert (near.crosses_on, near.basis) == (DAY + timedelta(days=3), "按日期推算：停更一天加一天")
    assert near.distance == "红线 14 天，还差 3 天"


@pytest.mark.parametrize(
    ("weeks", "value", "days"),
    [
        ((1.0, 2.0, 3.0), 4.0, 7),
        ((4.0, 4.0, 4.0), 4.0, None),
        ((3.0, 2.0, 1.0), 1.0, None),
        ((3.0,), 4.0, None),
    ],
)
def test_a_count_crosses_by_the_trend_of_weeks(
    weeks: tuple[float, ...], value: float, days: int | None
) -> None:
    found = rehearse([result("V-W-04c", value)], {("V-W-04c", "s1"): weeks}, DAY)
    [clause] = found.clauses
    assert clause.crosses_on == (None if days is None else DAY + timedelta(days=days))
    assert bool(clause.basis) is (days is not None)


def test_the_command_tells_it_in_words_and_as_json(data: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    story = Story(data)
    story.night(home_age=15, blank=4)
    words = [
        "rehearse",
        "--data",
        str(data.root),
        "--as-of",
        f"{(story.at + timedelta(hours=1)).isoformat()}+00:00",
    ]
    assert main(words) == 0
    assert "2 个网站中 1 个不合格" in capsys.readouterr().out
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(c["code"], c["indicator"]) for c in told["failing"]] == [("s1", "V-W-03")]
    assert ("s1", "V-W-04c") in [(c["code"], c["indicator"]) for c in told["near"]]
    assert all(c["cause"] for c in told["unmeasured"])
