"""A correction as the unit sees it: which issue, when, what changed; and why a unit has no score."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cockpit import store
from cockpit.appraise.indicators import load_rules
from cockpit.paths import CHECKOUT, DataDir
from cockpit.report import corrections, unrated
from cockpit.store.queries import disputes, issues, scores
from tests.report.test_appraisal_screen import run, shown

WEEK = "2026-W47"


def cancelled(city: DataDir) -> dict[str, Any]:
    """The dispute that the demonstration's correction rests on."""
    with store.reader(city) as reader:
        return next(y for y in disputes.disputes(reader, WEEK) if y["state"] == "cancelled")


def test_a_unit_learns_what_a_correction_changed(city: DataDir) -> None:
    case = cancelled(city)
    with store.reader(city) as reader:
        [found] = corrections.of_unit(reader, WEEK, case["unit_code"])
        newest = issues.issues(reader, WEEK)[0]
        before, after = (
            next(r for r in scores.stored_scores(reader, WEEK, n) if r["unit_code"] == case["unit_code"])
            for n in (0, 1)
        )
        other = next(
            u["unit_code"]
            for u in scores.units(reader)
            if not corrections.of_unit(reader, WEEK, u["unit_code"])
        )
    assert (found.revision, found.closed_at, found.actor, found.reason) == (
        1, newest["closed_at"], newest["actor"], newest["reason"],
    )  # fmt: skip
    assert (found.before["score"], found.after["score"]) == (before["score"], after["score"])
    assert before["score"] < after["score"] or before["vetoed"]
    [line] = [x for x in found.lines if x.what == "异议成立撤销"]
    assert (line.fact, line.before, line.after) == (case["fact"], case["points"], None)
    assert other != case["unit_code"]


def test_the_page_of_the_unit_tells_it(city: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    case = cancelled(city)
    monkeypatch.setattr("cockpit.ui.who.is_local", lambda: True)
    monkeypatch.setenv("COCKPIT_DATA", str(city.root))
    monkeypatch.setenv("COCKPIT_NOW", "2026-11-24T12:00")
    at = AppTest.from_file(str(CHECKOUT / "dashboard.py"), default_timeout=90)
    at.switch_page("pages/unit.py")
    at.query_params["unit"], at.query_params["period"] = case["unit_code"], WEEK
    text = shown(run(at))
    assert "更正1</a></b>（2026-11-2" in text
    assert "异议成立撤销" in text
    assert case["decision"] in text
    assert "这一周已经结束，不会再补采" in text


def result(indicator: str, cause: str | None, site: str | None = "s") -> dict[str, Any]:
    return {"indicator_id": indicator, "measured": cause is None, "cause": cause, "site_code": site}


def test_why_a_unit_has_no_score(city: DataDir) -> None:
    rules = load_rules(city.rules)
    known = [i.id for i in rules.indicators.values() if i.weight]
    rows = [result(i, "timeout") for i in known[1:]] + [result(known[0], None)]
    told = unrated.reason(rows, rules)
    assert told == (
        f"已采指标 1/{len(known)}，权重 {rules.indicators[known[0]].weight:g}，不足 {rules.least_weight:g}，不评分；"
        f"没有采到的原因：超时 {len(known) - 1} 项"
    )
    few = unrated.reason([result(known[0], None, None), result(known[1], "not_applicable")], rules)
    assert few.startswith("台账里没有这个单位在用的网站，适用的指标只有 1 项")
    assert "全部采到也不足" in few
