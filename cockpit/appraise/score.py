"""Weekly scores: a lost point is a row, and the rows add up to the score.

Each deducting indicator has a weight (cap) out of 100. What was not measured or does not apply leaves the
denominator: points are scaled by 100 / (weights that were measured); without 办事服务 (25 points) that is × 4/3.
An indicator over several sites of a unit is the mean over them; each site also has a score of its own. What the
table of exclusions gives to one indicator is not taken again by another. Bonus counts only above 80, is not
scaled and never beyond its cap. A veto makes the score min(score, 59) and takes the unit out of the ranking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cockpit.appraise.exclusions import without_doubles
from cockpit.appraise.indicators import Rules
from cockpit.appraise.judge import Result, evaluate
from cockpit.appraise.moment import Evidence
from cockpit.appraise.score_rows import rows
from cockpit.appraise.scored import (
    CENT,
    VETO,
    Bonus,
    Deduction,
    ObjectScore,
    UnitScore,
    WeekResult,
    deduction_id,
    facts_until,
)
from cockpit.clock import local_day
from cockpit.workdays import Calendar

__all__ = [
    "VETO",
    "Deduction",
    "WeekResult",
    "deduction_id",
    "facts_until",
    "rows",
    "score_results",
    "score_week",
]


def score_week(
    queries: Any, rules: Rules, calendar: Calendar, week: str, now: datetime, revision: int = 0
) -> WeekResult:
    """Score all units of one week from the facts before the week's end (or `now`, for a week still running)."""
    results = evaluate(queries, rules, facts_until(week, now), calendar)
    units = queries.rows(_UNITS, {"day": local_day(facts_until(week, now) - timedelta(microseconds=1))})
    return score_results(results, units, rules, week, revision)


def score_results(
    results: list[Result], units: Iterable[Mapping[str, Any]], rules: Rules, week: str, revision: int
) -> WeekResult:
    """Score units (unit_code, unit_group) from results already evaluated, or frozen."""
    out = WeekResult(week, revision, results)
    by_unit: dict[str, list[Result]] = {}
    for result in results:
        by_unit.setdefault(result.measured.unit_code, []).append(result)
    for unit in units:
        found = by_unit.get(unit["unit_code"], [])
        score, rows = _unit(unit, found, rules)
        added = _bonuses(score, found, rules)
        out.deductions += rows
        out.bonuses += added
        out.objects += _objects(unit["unit_code"], found, rules)
        out.scores.append(_with_bonus(score, added))
    out.scores = _ranked(out.scores)
    return out


_UNITS = """
    SELECT unit_code, unit_group FROM unit
    WHERE coalesce(valid_from, DATE '1900-01-01') <= $day AND coalesce(valid_to, DATE '9999-01-01') > $day
    ORDER BY sort_order, unit_code
"""


def _unit(
    unit: Mapping[str, Any], results: Sequence[Result], rules: Rules
) -> tuple[UnitScore, list[Deduction]]:
    code = unit["unit_code"]
    measured = [r for r in results if r.measured.measured]
    weight = sum(rules.indicators[i].weight for i in {r.indicator.id for r in measured})
    vetoed = any(r.judgement == "veto" for r in measured)
    counted = without_doubles(measured, rules.exclusions)
    rows = [d for group in _grouped(counted) for d in _deductions(code, group, weight)] if weight else []
    rows += [_veto_row(code, r) for r in measured if r.judgement == "veto"]
    deducted = sum((d.points for d in rows), Decimal(0))
    enough = weight >= rules.least_weight
    plain = max(Decimal(0), Decimal(100) - deducted) if enough else None
    final = min(plain, Decimal(str(rules.veto_score))) if plain is not None and vetoed else plain
    grade = _grade(final, vetoed, rules)
    total = len({r.indicator.id for r in results if r.judgement != "na"})
    return UnitScore(
        code,
        unit["unit_group"],
        Decimal(100),
        deducted,
        final,
        plain,
        vetoed,
        grade,
        len({r.indicator.id for r in measured}),
        total,
    ), rows


def _grade(score: Decimal | None, vetoed: bool, rules: Rules) -> str:
    if vetoed:
        return "不合格"
    if score is None:
        return "未评"
    return "不合格" if score < Decimal(str(rules.pass_score)) else "合格"


def _bonuses(score: UnitScore, results: Iterable[Result], rules: Rules) -> list[Bonus]:
    """Rows of added points: only above `bonus_above` and without a veto, each indicator and all together capped."""
    if score.score is None or score.vetoed or score.score <= Decimal(str(rules.bonus_above)):
        return []
    out: list[Bonus] = []
    left = Decimal(str(rules.bonus_cap))
    for r in results:
        i, value = r.indicator, r.measured.value
        if i.role != "bonus" or value is None or not i.worse(value, i.deduct_at):
            continue
        own = Decimal(str(i.cap))
        for e in r.measured.rows:
            raw = Decimal(str(i.points_each)) * Decimal(str(e.quantity * e.kept))
            points = min(raw, own, left).quantize(CENT, ROUND_HALF_UP)
            own, left = own - points, left - points
            if points > 0:
                out.append(Bonus(r, score.unit_code, e, raw, points))
    return out


def _with_bonus(score: UnitScore, added: Iterable[Bonus]) -> UnitScore:
    points = sum((b.points for b in added), Decimal(0))
    return replace(score, bonus=points, score=score.score + points) if score.score is not None else score


def _objects(unit_code: str, results: Iterable[Result], rules: Rules) -> list[ObjectScore]:
    """Every site and account of a unit scored by what was measured on it alone."""
    by_object: dict[tuple[str, str], list[Result]] = {}
    for r in results:
        if r.indicator.object != "unit":
            by_object.setdefault((r.indicator.object, r.measured.code), []).append(r)
    out = []
    for (kind, code), found in by_object.items():
        alone, _ = _unit({"unit_code": unit_code, "unit_group": ""}, found, rules)
        if kind == "account":
            grade = "不合格" if alone.vetoed else "合格" if alone.measured else "未评"
            alone = replace(alone, score=None, grade=grade)
        out.append(
            ObjectScore(
                unit_code, kind, code, alone.score, alone.vetoed, alone.grade, alone.measured, alone.total
            )
        )
    return out


def _grouped(results: Iterable[Result]) -> list[list[Result]]:
    """Measured results by indicator: the objects of one unit together."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.indicator.id, []).append(result)
    return list(groups.values())


def _deductions(unit_code: str, group: Sequence[Result], weight: float) -> list[Deduction]:
    """Rows of one indicator of one unit: capped per object, shared over the objects, scaled to the weights measured."""
    i = group[0].indicator
    if i.weight <= 0 or i.points_each is None:
        return []
    share = Decimal(str(100 / weight / len(group)))
    rows = []
    for result in group:
        if not i.worse(result.measured.value or 0.0, i.deduct_at):
            continue
        evidence = result.measured.rows
        kept = sum((Decimal(str(e.kept)) for e in evidence), Decimal(0))
        capped = min(Decimal(str(i.points_each)) * kept, Decimal(str(i.cap)))
        rows += _spread(unit_code, result, capped, share)
    return rows


def _spread(unit_code: str, result: Result, capped: Decimal, share: Decimal) -> list[Deduction]:
    """The capped points of one object over its evidence rows, in cents that add up exactly."""
    evidence = [e for e in result.measured.rows if e.kept > 0]
    if not evidence:
        return []
    total = (capped * share).quantize(CENT, ROUND_HALF_UP)
    whole = sum((Decimal(str(e.kept)) for e in evidence), Decimal(0))
    rows, passed, given = [], Decimal(0), Decimal(0)
    for e in evidence:  # rounding the running total keeps every row within a cent and the sum exact
        passed += Decimal(str(e.kept))
        points = (total * passed / whole).quantize(CENT, ROUND_HALF_UP) - given
        given += points
        rows.append(_row(unit_code, result, e, points))
    return [row for row in rows if row.points > 0]


def _row(unit_code: str, result: Result, e: Evidence, points: Decimal) -> Deduction:
    raw = Decimal(str(result.indicator.points_each)) * Decimal(str(e.kept))
    return Deduction(
        result, unit_code, e.fact, e.finding_id, e.url, e.first_seen, e.quantity, raw, points, False
    )


def _veto_row(unit_code: str, result: Result) -> Deduction:
    first = result.measured.rows[0] if result.measured.rows else None
    return Deduction(
        result,
        unit_code,
        f"单项否决：{result.measured.fact}",
        None,
        first.url if first else None,
        first.first_seen if first else None,
        result.measured.value or 0.0,
        Decimal(0),
        Decimal(0),
        True,
    )


def _ranked(scores: list[UnitScore]) -> list[UnitScore]:
    """Ranks within groups, ties share a rank (1, 2, 2, 4); vetoed and unrated units have none."""
    out = []
    for score in scores:
        peers = [
            s.score
            for s in scores
            if s.unit_group == score.unit_group and s.score is not None and not s.vetoed
        ]
        takes_part = score.score is not None and not score.vetoed
        rank = 1 + sum(p > score.score for p in peers) if takes_part and score.score is not None else None
        out.append(replace(score, rank=rank, ranked=len(peers)))
    return out
