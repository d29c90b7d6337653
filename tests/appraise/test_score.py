"""Scores: rows add up, unmeasured leaves the denominator, vetoes cap, ties share a rank, a week comes out the same again."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cockpit import score_command, store
from cockpit.__main__ import main
from cockpit.appraise.indicators import Indicator, RuleError, load_rules
from cockpit.appraise.judge import Result, evaluate, unknown_metrics
from cockpit.appraise.metrics import METRICS
from cockpit.appraise.moment import NOT_APPLICABLE, Evidence, Measured, too_few
from cockpit.appraise.score import _unit, score_results, score_week
from cockpit.appraise.score import rows as score_rows
from cockpit.clock import week_of
from cockpit.paths import SHIPPED, DataDir
from cockpit.workdays import Calendar
from tests.appraise.city import Story

RULES = load_rules(SHIPPED / "rules")
UNIT = {"unit_code": "u", "unit_group": "county"}
GOOD = {n: 1.0 if i.compare == "<" else 0.0 for n, i in RULES.indicators.items()}


@pytest.mark.parametrize("name", list(RULES.indicators))
def test_every_indicator_is_documented_and_can_be_measured(name: str) -> None:
    i = RULES.indicators[name]
    assert i.metric in METRICS
    assert all(getattr(i, f) for f in ("name", "clause", "source", "remedy", "explain", "unit"))
    assert (i.nature == "national") is (
        "〔" in i.source or "条例" in i.source or "YD/T" in i.source
    ) or i.nature != "national"
    assert i.section
    assert i.version
    verified = {
        "D-POLICY",
        "D-STAT",
        "D-REPLY",
    }  # regulations §1.4, §1.6: the only values with a source
    assert (i.nature_of_points == "national") is (name in verified)


def test_the_weights_are_a_hundred_and_no_metric_is_unknown() -> None:
    assert sum(i.weight for i in RULES.indicators.values()) == 100
    service = [i for i in RULES.indicators.values() if i.section == "service"]
    assert (sum(i.weight for i in service), {i.only_service for i in service}) == (25, {True})
    assert unknown_metrics(RULES) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('compare = ">="', 'compare = ">"', "V-W-02：compare"), ("veto = 0.05", 'veto = "5%"', "V-W-02：veto 应是数字"), ("cap = 6", "cap = 7", "合计为 101"),
        ('metric = "failed_share"\n', "", "V-W-02：metric 缺少"), ("warn = 0.03", "warn = 0.3", "应比 veto=0.05 先到"), ("window_days = 7", "window = 7", "window 是不认识的字段"),
        ('id = "A-SLOW"', 'id = "V-W-02"', "V-W-02 出现了两次"), ("pass_score = 60", "pass_score = true", "pass_score"), ("[[indicator]]", "[[indicator", "TOML"),
    ],
)  # fmt: skip
def test_a_wrong_field_stops_with_its_name(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (SHIPPED / "rules" / "indicators.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "indicators.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    assert message in str(caught.value)


def result(name: str, value: float | None, rows: int = 0, code: str = "s") -> Result:
    i = RULES.indicators[name]
    evidence = tuple(Evidence(f"事实{n}", f"F{n}") for n in range(rows))
    measured = Measured(code, "u", value, "事实", evidence, None if value is not None else "not_due")
    return Result(i, measured, i.level(value) if value is not None else None)


def everything(**changes: tuple[float, int]) -> list[Result]:
    """All indicators measured and in order but for the changed ones (underscores stand for hyphens)."""
    named = {k.replace("_", "-"): v for k, v in changes.items()}
    return [result(n, *named.get(n, (GOOD[n], 0))) for n in RULES.indicators]


def test_a_unit_in_order_has_a_hundred_points() -> None:
    score, rows = _unit(UNIT, everything(), RULES)
    assert (score.score, score.grade, rows) == (Decimal(100), "合格", [])


def test_points_are_capped_and_each_is_a_row() -> None:
    score, rows = _unit(UNIT, everything(L_DEAD=(30, 30)), RULES)
    assert sum(r.points for r in rows) == Decimal(5)
    assert (len(rows), score.score) == (30, Decimal(95))


def test_what_was_not_measured_leaves_the_denominator() -> None:
    some = [r if r.indicator.id != "V-W-04a" else result("V-W-04a", None) for r in everything(L_DEAD=(4, 4))]
    score, rows = _unit(UNIT, some, RULES)
    assert sum(r.points for r in rows) == Decimal("2.13"), "2 points × 100 / 94"
    assert score.score == Decimal("97.87")
    nothing, _ = _unit(UNIT, [result(n, None) for n in RULES.indicators], RULES)
    assert (nothing.score, nothing.grade, nothing.vetoed) == (None, "未评", False)


def test_a_veto_caps_at_59_and_keeps_the_score_it_would_have() -> None:
    score, rows = _unit(UNIT, everything(V_W_04c=(5, 5)), RULES)
    assert (score.score, score.score_unvetoed, score.vetoed, score.grade) == (
        Decimal(59),
        Decimal(94),
        True,
        "不合格",
    )
    assert [r.points for r in rows if r.is_veto] == [Decimal(0)]


@pytest.mark.parametrize("count", [1, 7, 29, 60, 333])
def test_rounding_never_passes_the_cap(count: int) -> None:
    _, rows = _unit(UNIT, everything(T_01=(count, count)), RULES)
    assert sum(r.points for r in rows) == min(Decimal("0.5") * count, Decimal(2))


@pytest.mark.parametrize(("share", "vetoed"), [(0.05, True), (0.049999, False)])
def test_five_percent_is_reached_at_exactly_five(share: float, vetoed: bool) -> None:
    assert _unit(UNIT, everything(V_W_02=(share, 1)), RULES)[0].vetoed is vetoed


@pytest.mark.parametrize(("share", "lost"), [(0.99, 0), (0.98999, 2)])
def test_ipv6_is_judged_by_the_raw_ratio(share: float, lost: int) -> None:
    assert 100 - _unit(UNIT, everything(I_01=(share, 1)), RULES)[0].score == lost


def test_several_sites_are_averaged() -> None:
    two = [
        *everything(L_DEAD=(4, 4)),
        *(result(n, GOOD[n], 0, "t") for n in RULES.indicators),
    ]
    assert _unit(UNIT, two, RULES)[0].score == Decimal(99), "2 points on one of two sites"


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(["L-DEAD", "W-ERR", "T-01", "P-01", "L-SOFT", "L-HIDDEN"]), st.integers(0, 60)
    ),
    st.sets(st.sampled_from(sorted(RULES.indicators))),
)
def test_the_score_always_equals_the_sum_of_its_rows(counts: dict[str, int], missing: set[str]) -> None:
    results = [
        result(n, None)
        if n in missing
        else result(n, float(counts[n]) if n in counts else GOOD[n], counts.get(n, 0))
        for n in RULES.indicators
    ]
    score, rows = _unit(UNIT, results, RULES)
    if score.score is not None:
        assert score.score_unvetoed == max(Decimal(0), 100 - sum((r.points for r in rows), Decimal(0)))
        assert all(r.points >= 0 for r in rows)


def test_ties_share_a_rank_and_a_week_is_the_same_again(data: DataDir) -> None:
    story = Story(data)
    for _ in range(7):
        story.night(dead=3)
    week = week_of(story.at)
    now = story.at + timedelta(hours=1)
    with store.reader(data) as reader:
        first = score_week(reader, RULES, Calendar(), week, now)
        again = score_week(reader, RULES, Calendar(), week, now)
    assert [(s.unit_code, s.score, s.rank) for s in first.scores] == [
        (s.unit_code, s.score, s.rank) for s in again.scores
    ]
    assert [d.id(week) for d in first.deductions] == [d.id(week) for d in again.deductions]
    by_unit = {s.unit_code: s for s in first.scores}
    assert by_unit["u3"].score is None, "a unit without a site is not rated"
    assert by_unit["u2"].rank == 1
    assert len({d.id(week) for d in first.deductions}) == len(first.deductions)


def test_a_past_week_is_scored_from_the_facts_of_then(data: DataDir) -> None:
    story = Story(data)
    for _ in range(7):
        story.night(dead=4)
    first_week = week_of(story.at - timedelta(days=1))
    with store.reader(data) as reader:
        before = {
            s.unit_code: s.score for s in score_week(reader, RULES, Calendar(), first_week, story.at).scores
        }
    for _ in range(7):
        story.night(dead=0)
    with store.reader(data) as reader:
        after = {
            s.unit_code: s.score for s in score_week(reader, RULES, Calendar(), first_week, story.at).scores
        }
    assert before == after


def test_the_command_scores_checks_and_is_idempotent(
    data: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    story = Story(data)
    for _ in range(7):
        story.night(dead=2)
    words = ["score", "--data", str(data.root), "--week", "2026-W45", "--as-of", "2026-11-12T12:00"]
    assert main(words) == 0
    assert "2026-W45：3 个单位" in capsys.readouterr().out
    assert main(words) == 0
    assert [r["n"] for r in story.rows("SELECT count(*) AS n FROM score GROUP BY week, unit_code")] == [
        1,
        1,
        1,
    ]
    assert main([*words, "--check"]) == 0
    assert "复算一致" in capsys.readouterr().out
    assert main(["score", "--data", str(data.root), "--week", "2026-W60"]) == 2


def test_the_default_week_is_the_last_complete_one(data: DataDir) -> None:
    Story(data).night()
    result_of = score_command.compute(data, RULES, "2026-W45", datetime(2026, 11, 12))
    assert result_of.week == "2026-W45"
    assert {f.name for f in fields(Indicator)} >= {"clause", "nature"}
    assert date(2026, 11, 8).isocalendar().week == 45


def test_without_service_the_rest_counts_four_thirds() -> None:
    na = [
        replace(r, measured=replace(r.measured, value=None, cause=NOT_APPLICABLE))
        if r.indicator.only_service
        else r
        for r in everything(L_DEAD=(6, 6))
    ]
    assert {r.judgement for r in na if r.indicator.only_service} == {"na"}
    score, rows = _unit(UNIT, na, RULES)
    assert score.score == Decimal(96), "3 points × 4/3"
    assert score.measured == score.total == sum(not i.only_service for i in RULES.indicators.values())
    assert sum(r.points for r in rows) == Decimal(4)


def test_what_one_indicator_took_points_for_another_does_not_take_again() -> None:
    core, every = result("V-W-04a", 1.0, 1), result("V-W-04b", 2.0, 2)
    good = [r for r in everything() if r.indicator.id not in {"V-W-04a", "V-W-04b"}]
    _, rows = _unit(UNIT, [*good, core, every], RULES)
    assert [(r.result.indicator.id, r.finding_id, r.points) for r in rows] == [
        ("V-W-04a", "F0", Decimal(3)),
        ("V-W-04b", "F1", Decimal(1)),
    ]
    cancelled = replace(core.measured, value=0.0, rows=(replace(core.measured.rows[0], kept=0.0),))
    _, rows = _unit(UNIT, [*good, replace(core, measured=cancelled), every], RULES)
    assert [r.finding_id for r in rows] == ["F1"], (
        "a point a dispute cancelled does not return under another name"
    )


@pytest.mark.parametrize(
    ("changes", "bonus"),
    [({}, 3), ({"W_ERR": (20, 20), "L_DEAD": (20, 20), "P_01": (9, 9), "L_HIDDEN": (9, 9)}, 0), ({"V_W_04c": (5, 5)}, 0)],
)  # fmt: skip
def test_bonus_counts_only_above_eighty_and_without_a_veto(
    changes: dict[str, tuple[float, int]], bonus: int
) -> None:
    results = everything(B_CONSULT=(6.0, 1), **changes)
    made = score_results(results, [UNIT], RULES, "2026-W47", 0)
    assert sum(b.points for b in made.bonuses) == made.scores[0].bonus == bonus
    plain = 100 - sum(d.points for d in made.deductions)
    assert made.scores[0].score == (Decimal(59) if made.scores[0].vetoed else plain + bonus)
    kept = [row for name, row in score_rows(made, RULES, datetime(2026, 11, 23)) if name == "bonus_row"]
    assert sum(row["points"] for row in kept) == bonus


def test_every_site_and_account_has_a_result_of_its_own() -> None:
    two = [*everything(L_DEAD=(4, 4)), *(result(n, GOOD[n], 0, "t") for n in RULES.indicators)]
    made = score_results(two, [UNIT], RULES, "2026-W47", 0)
    sites = {o.code: o.score for o in made.objects if o.object == "site"}
    assert sites["t"] == Decimal(100)
    assert sites["s"] < Decimal(98), "the worst site is seen beside the mean"
    assert {o.grade for o in made.objects if o.object == "account"} == {"合格"}


def test_a_rate_with_too_few_cases_is_shown_and_not_judged() -> None:
    few = too_few({"unit_code": "u"}, 12, 30)
    assert (few.value, few.cause, few.fact) == (None, "too_few", "样本 12 件（少于 30 件），不评级")
    assert Result(RULES.indicators["A-RATE"], few, None).judgement == "unmeasured"


def test_an_indicator_holds_only_in_its_period(data: DataDir) -> None:
    Story(data).night()
    with store.reader(data) as reader:
        early = {r.indicator.id for r in evaluate(reader, RULES, datetime(2018, 1, 1), Calendar())}
        now = {r.indicator.id for r in evaluate(reader, RULES, datetime(2026, 11, 3), Calendar())}
    assert "T-01" in early
    assert "V-W-02" not in early
    assert "V-W-02" in now
