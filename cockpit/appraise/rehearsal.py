"""迎检预演: if 国办 or the province sampled today, which sites, accounts and units would fail, and which soon. Pure.

Only vetoes (单项否决) fail an object. What was not measured is told apart and counts neither way. The day on which a
red line will be crossed if nothing is done comes from the calendar for ages, else from the trend of closed weeks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from statistics import median

from cockpit.appraise.indicators import Indicator
from cockpit.appraise.judge import Result, distance

AGES = frozenset({"home_age_days", "account_age_days"})  # one more every day that nothing is done
LEAST_WEEKS = 3
TREND = "按近"  # how the basis of a date from the trend begins
FARTHEST_DAYS = 90
_NEAR = frozenset({"orange", "yellow"})

History = Mapping[tuple[str, str], Sequence[float]]  # (indicator, object) → values of weeks, oldest first


@dataclass(frozen=True)
class Clause:
    """One veto of one object: reached, or how far it is and when it will be reached."""

    indicator: str
    name: str
    clause: str
    nature: str  # of the red line: a key of NATURES
    object: str
    code: str
    unit_code: str
    value: float | None
    fact: str
    distance: str
    failing: bool
    level: str | None
    crosses_on: date | None
    basis: str
    cause: str | None


@dataclass(frozen=True)
class Count:
    """How one kind of object would come out: site, account or unit."""

    object: str
    total: int
    failing: int
    near: int
    unmeasured: int


@dataclass(frozen=True)
class Rehearsal:
    """The whole figure."""

    day: date
    counts: tuple[Count, ...]
    clauses: tuple[Clause, ...]

    @property
    def failing(self) -> list[Clause]:
        return [c for c in self.clauses if c.failing]

    @property
    def near(self) -> list[Clause]:
        """Not yet reached, but warned of or growing week by week: by the day of crossing, those without one last."""
        found = [c for c in self.clauses if not c.failing and (c.level in _NEAR or c.basis.startswith(TREND))]
        return sorted(
            found, key=lambda c: (c.crosses_on or date.max, c.level != "orange", c.indicator, c.code)
        )

    @property
    def unmeasured(self) -> list[Clause]:
        return [c for c in self.clauses if c.cause is not None]


def rehearse(results: Iterable[Result], history: History, day: date) -> Rehearsal:
    """Judge every veto of every object as if it were sampled on `day`."""
    clauses = tuple(
        _clause(r, history, day) for r in results if r.indicator.veto is not None and r.judgement != "na"
    )
    return Rehearsal(day, tuple(_count(kind, clauses) for kind in ("site", "account", "unit")), clauses)


def _clause(r: Result, history: History, day: date) -> Clause:
    i, m = r.indicator, r.measured
    failing = r.judgement == "veto"
    crosses, basis = (None, "")
    if m.value is not None and not failing and not r.veto_lifted:
        crosses, basis = _projected(i, m.value, history.get((i.id, m.code), ()), day)
    return Clause(
        i.id,
        i.name,
        i.clause,
        i.nature_of("veto"),
        i.object,
        m.code,
        m.unit_code,
        m.value,
        m.fact,
        distance(i, m.value) if m.value is not None else "",
        failing,
        r.level,
        crosses,
        basis,
        m.cause if m.value is None else None,
    )


def _projected(i: Indicator, value: float, weeks: Sequence[float], day: date) -> tuple[date | None, str]:
    """When the red line will be reached if nothing is done, and what that rests on."""
    left = (i.veto or 0.0) - value if i.compare == ">=" else value - (i.veto or 0.0)
    if i.metric in AGES:
        return day + timedelta(days=math.ceil(left)), "按日期推算：停更一天加一天"
    values = [*weeks, value]
    if len(values) < LEAST_WEEKS + 1:
        return None, ""
    slope = _slope(values) * (1 if i.compare == ">=" else -1)
    if slope <= 1e-9:
        return None, ""
    days = math.ceil(left / slope * 7)
    if days > FARTHEST_DAYS:
        return None, ""
    return day + timedelta(days=days), f"{TREND} {len(weeks)} 周趋势推算"


def _slope(values: Sequence[float]) -> float:
    """Change a week: the median of the slopes of all pairs (Sen 1968), which one bad week does not move."""
    return median((b - a) / (y - x) for (x, a), (y, b) in combinations(enumerate(values), 2))


def _count(kind: str, clauses: Sequence[Clause]) -> Count:
    by_code: dict[str, list[Clause]] = {}
    for c in clauses:
        if c.object == kind:
            by_code.setdefault(c.code, []).append(c)
    measured = {code: [c for c in own if c.cause is None] for code, own in by_code.items()}
    failing = {code for code, own in measured.items() if any(c.failing for c in own)}
    near = {
        code for code, own in measured.items() if code not in failing and any(c.level in _NEAR for c in own)
    }
    return Count(kind, len(by_code), len(failing), len(near), sum(not own for own in measured.values()))
