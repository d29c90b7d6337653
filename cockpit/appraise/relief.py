"""What disputes (异议) changed: the share of a lost point that is kept, put into the facts before scoring again.

A cancelled finding no longer counts towards the limit of its indicator either, so a veto that rested on it
falls by itself; a veto can also be cancelled as such, by its own row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cockpit.appraise.judge import Result
from cockpit.appraise.score import VETO, deduction_id

NOTE = "，其中异议撤销"


def relieve(results: Sequence[Result], week: str, kept: Mapping[str, float]) -> list[Result]:
    """Results with the decisions of disputes in them. `kept`: deduction → share kept, 0 cancelled to 1 upheld."""
    return [_relieve(result, week, kept) for result in results]


def _relieve(result: Result, week: str, kept: Mapping[str, float]) -> Result:
    old = result.measured.rows
    rows = tuple(
        replace(e, kept=kept.get(deduction_id(week, result, e.finding_id or e.fact), e.kept)) for e in old
    )
    standing = 0.0 if result.veto_lifted else 1.0
    lifted = kept.get(deduction_id(week, result, VETO), standing) == 0
    if rows == old and lifted == result.veto_lifted:
        return result
    gone = sum(e.kept == 0 for e in rows)
    value = result.measured.value
    if value is not None and result.indicator.per == "finding":
        value -= gone - sum(e.kept == 0 for e in old)
    measured = replace(result.measured, value=value, rows=rows, fact=_told(result.measured.fact, gone))
    level = result.indicator.level(value) if value is not None else None
    return replace(result, measured=measured, level=level, veto_lifted=lifted)


def _told(fact: str, gone: int) -> str:
    plain = fact.split(NOTE, maxsplit=1)[0]
    return f"{plain}{NOTE} {gone} 条" if gone else plain
