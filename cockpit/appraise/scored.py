"""What a week's scoring consists of: lost points, bonus, the scores of units and of their sites and accounts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from cockpit.appraise.judge import Result
from cockpit.appraise.moment import Evidence
from cockpit.clock import week_bounds

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


@dataclass(frozen=True)
class Bonus:
    """One added amount."""

    result: Result
    unit_code: str
    evidence: Evidence
    raw: Decimal
    points: Decimal

    def id(self, week: str) -> str:
        return "B" + deduction_id(week, self.result, self.evidence.finding_id or self.evidence.fact)[1:]


@dataclass(frozen=True)
class ObjectScore:
    """One site or account of a unit by itself; an account passes or fails and has no score."""

    unit_code: str
    object: str
    code: str
    score: Decimal | None
    vetoed: bool
    grade: str
    measured: int
    total: int


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
    bonus: Decimal = Decimal(0)


@dataclass
class WeekResult:
    """Everything a week's scoring gives."""

    week: str
    revision: int
    results: list[Result]
    deductions: list[Deduction] = field(default_factory=list)
    scores: list[UnitScore] = field(default_factory=list)
    bonuses: list[Bonus] = field(default_factory=list)
    objects: list[ObjectScore] = field(default_factory=list)


def facts_until(week: str, now: datetime) -> datetime:
    """Facts before this instant count: the week's end, or just after `now` in a week still running."""
    return min(week_bounds(week)[1], now + timedelta(microseconds=1))
