"""Weekly scores: a lost point is a row, and the rows add up to the score.

Each deducting indicator has a weight (cap) out of 100. What was not measured or does not apply leaves the
denominator: points are scaled by 100 / (weights that were measured). An indicator over several sites of a
unit is the mean over them. A veto makes the score min(score, 59) and takes the unit out of the ranking.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cockpit import __version__
from cockpit.appraise.indicators import Rules
from cockpit.appraise.judge import Result, evaluate
from cockpit.appraise.moment import Evidence
from cockpit.clock import week_bounds
from cockpit.workdays import Calendar

CENT = Decimal("0.01")
VETO = "veto"  # the key of a veto's row


@dataclass(frozen=True)
class Deduction:
    """One lost amount (or a veto with its would-be 0 points). All points are points of the final 100."""

    result: Result
    unit_code: str
    fact: str
    finding_id: str | None
    url: str | None
    first_seen: datetime | None
    quantity: float
    raw: Decimal
    points: Decimal
    is_veto: bool

    def id(self, week: str) -> str:
        return deduction_id(week, self.result, VETO if self.is_veto else self.finding_id or self.fact)


def deduction_id(week: str, result: Result, key: str) -> str:
    """The number of a lost point; `key` is its finding, its fact where there is none, or VETO."""
    parts = (week, result.indicator.id, result.measured.code, key)
    return f"D-{week.replace('-', '')}-" + hashlib.md5("\x1f".join(parts).encode()).hexdigest()[:8].upper()


@dataclass(frozen=True)
class UnitScore:
    """The score of one unit; `score` None when too little was measured."""

    unit_code: str
    unit_group: str
    base: Decimal
    deducted: Decimal
    score: Decimal | None
    score_unvetoed: Decimal | None
    vetoed: bool
    grade: str
    measured: int
    total: int
    rank: int | None = None
    ranked: int | None = None


@dataclass
class WeekResult:
    """Everything a week's scoring gives."""

    week: str
    revision: int
    results: list[Result]
    deductions: list[Deduction] = field(default_factory=list)
    scores: list[UnitScore] = field(default_factory=list)


def score_week(
    queries: Any, rules: Rules, calendar: Calendar, week: str, now: datetime, revision: int = 0
) -> WeekResult:
    """Score all units of one week from the facts before the week's end (or `now`, for a week still running)."""
    results = evaluate(queries, rules, facts_until(week, now), calendar)
    units = queries.rows(_UNITS, {"day": week_bounds(week)[0].date()})
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
        score, rows = _unit(unit, by_unit.get(unit["unit_code"], []), rules)
        out.deductions += rows
        out.scores.append(score)
    out.scores = _ranked(out.scores)
    return out


def facts_until(week: str, now: datetime) -> datetime:
    """Facts before this instant count: the week's end, or just after `now` in a week still running."""
    return min(week_bounds(week)[1], now + timedelta(microseconds=1))


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
    weight = sum(rules.indicators[i].cap for i in {r.indicator.id for r in measured})
    vetoed = any(r.judgement == "veto" for r in measured)
    rows = [d for group in _grouped(measured) for d in _deductions(code, group, weight)] if weight else []
    rows += [_veto_row(code, r) for r in measured if r.judgement == "veto"]
    deducted = sum((d.points for d in rows), Decimal(0))
    enough = weight >= rules.least_weight
    plain = max(Decimal(0), Decimal(100) - deducted) if enough else None
    final = min(plain, Decimal(str(rules.veto_score))) if plain is not None and vetoed else plain
    grade = (
        "未评"
        if final is None and not vetoed
        else "不合格"
        if vetoed or final < Decimal(str(rules.pass_score))
        else "合格"
    )
    total = len({r.indicator.id for r in results})
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


def _grouped(results: Iterable[Result]) -> list[list[Result]]:
    """Measured results by indicator: the objects of one unit together."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.indicator.id, []).append(result)
    return list(groups.values())


def _deductions(unit_code: str, group: Sequence[Result], weight: float) -> list[Deduction]:
    """Rows of one indicator of one unit: capped per object, shared over the objects, scaled to the weights measured."""
    i = group[0].indicator
    if i.cap <= 0 or i.points_each is None:
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


def rows(result: WeekResult, rules: Rules, now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """A week's scoring as rows of score, deduction and indicator_result."""
    at = facts_until(result.week, now)
    head = {"week": result.week, "revision": result.revision}
    out: list[tuple[str, dict[str, Any]]] = [
        ("score", {**head, **_score_row(s, rules, now, at)}) for s in result.scores
    ]
    out += [("deduction", {**head, **_deduction_row(d, result.week)}) for d in result.deductions]
    out += [("indicator_result", {**head, **_result_row(r)}) for r in result.results]
    return out


def _score_row(s: UnitScore, rules: Rules, now: datetime, at: datetime) -> dict[str, Any]:
    return {
        "unit_code": s.unit_code,
        "unit_group": s.unit_group,
        "base": float(s.base),
        "deducted": float(s.deducted),
        "bonus": 0.0,
        "score": None if s.score is None else float(s.score),
        "score_unvetoed": None if s.score_unvetoed is None else float(s.score_unvetoed),
        "vetoed": s.vetoed,
        "grade": s.grade,
        "rank_in_group": s.rank,
        "ranked_in_group": s.ranked,
        "indicators_measured": s.measured,
        "indicators_total": s.total,
        "rules_version": rules.version,
        "rules_sha256": rules.sha256,
        "code_version": __version__,
        "computed_at": now,
        "facts_until": at,
    }


def _object(result: Result) -> dict[str, Any]:
    i, code = result.indicator, result.measured.code
    return {
        "site_code": code if i.object == "site" else None,
        "account_code": code if i.object == "account" else None,
    }


def _deduction_row(d: Deduction, week: str) -> dict[str, Any]:
    i = d.result.indicator
    return {
        "deduction_id": d.id(week),
        "indicator_id": i.id,
        "unit_code": d.unit_code,
        **_object(d.result),
        "finding_id": d.finding_id,
        "clause": i.clause,
        "nature": i.nature if d.is_veto else i.nature_of_points,
        "fact": d.fact,
        "evidence_url": d.url,
        "quantity": d.quantity,
        "points_each": i.points_each,
        "points_raw": float(d.raw),
        "points": float(d.points),
        "first_seen": d.first_seen,
        "is_veto": d.is_veto,
        "state": "confirmed",
    }


def _result_row(r: Result) -> dict[str, Any]:
    m = r.measured
    return {
        "indicator_id": r.indicator.id,
        "unit_code": m.unit_code,
        **_object(r),
        "measured": m.measured,
        "cause": m.cause,
        "value": m.value,
        "judgement": r.judgement,
        "fact": m.fact or None,
        "items": len(m.rows),
        "veto_lifted": r.veto_lifted or None,
    }
