"""A week's scoring as rows of the tables score, deduction, indicator_result, bonus_row and object_score."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cockpit import __version__
from cockpit.appraise.indicators import Rules
from cockpit.appraise.judge import Result
from cockpit.appraise.scored import Bonus, Deduction, ObjectScore, UnitScore, WeekResult, facts_until


def rows(result: WeekResult, rules: Rules, now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """A week's scoring as rows of score, deduction and indicator_result."""
    at = facts_until(result.week, now)
    head = {"week": result.week, "revision": result.revision}
    out: list[tuple[str, dict[str, Any]]] = [
        ("score", {**head, **_score_row(s, rules, now, at)}) for s in result.scores
    ]
    out += [("deduction", {**head, **_deduction_row(d, result.week)}) for d in result.deductions]
    out += [("indicator_result", {**head, **_result_row(r)}) for r in result.results]
    out += [("bonus_row", {**head, **_bonus_row(b, result.week)}) for b in result.bonuses]
    out += [("object_score", {**head, **_object_row(o)}) for o in result.objects]
    return out


def _score_row(s: UnitScore, rules: Rules, now: datetime, at: datetime) -> dict[str, Any]:
    return {
        "unit_code": s.unit_code,
        "unit_group": s.unit_group,
        "base": float(s.base),
        "deducted": float(s.deducted),
        "bonus": float(s.bonus),
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
        "nature": i.nature_of("veto" if d.is_veto else "points_each"),
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


def _bonus_row(b: Bonus, week: str) -> dict[str, Any]:
    i = b.result.indicator
    return {
        "bonus_id": b.id(week),
        "indicator_id": i.id,
        "unit_code": b.unit_code,
        **_object(b.result),
        "clause": i.clause,
        "nature": i.nature_of_points,
        "fact": b.evidence.fact,
        "evidence_url": b.evidence.url,
        "quantity": b.evidence.quantity,
        "points_each": i.points_each,
        "points_raw": float(b.raw),
        "points": float(b.points),
    }


def _object_row(o: ObjectScore) -> dict[str, Any]:
    return {
        "unit_code": o.unit_code,
        "site_code": o.code if o.object == "site" else None,
        "account_code": o.code if o.object == "account" else None,
        "score": None if o.score is None else float(o.score),
        "vetoed": o.vetoed,
        "grade": o.grade,
        "indicators_measured": o.measured,
        "indicators_total": o.total,
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
