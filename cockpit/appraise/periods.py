"""Weeks accumulated to months, quarters and years: from closed issues only, with the bonus register of clause 六(一).

A week belongs to the month, quarter and year of its Thursday. A period's score of a unit is the mean of its
rated weeks plus the approved bonus of the period, which counts only above `bonus_above` (国办秘函〔2019〕19号).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cockpit.appraise.indicators import Rules
from cockpit.clock import parse_week, previous_week, week_bounds, week_days
from cockpit.errors import CockpitError
from cockpit.store.queries import periods as stored
from cockpit.store.reader import Reader

CENT = Decimal("0.01")
KINDS = {"week": "周", "month": "月", "quarter": "季度", "year": "年"}
_FORMS = (
    ("week", re.compile(r"(\d{4})-?[Ww](\d{1,2})")),
    ("month", re.compile(r"(\d{4})-(\d{1,2})")),
    ("quarter", re.compile(r"(\d{4})-?[Qq]([1-4])")),
    ("year", re.compile(r"(\d{4})()")),
)


@dataclass(frozen=True)
class Period:
    """A week, month, quarter or year. number: of the month or quarter; 0 for a year; of the week for a week."""

    kind: str
    year: int
    number: int

    @property
    def code(self) -> str:
        shown = {"week": f"-W{self.number:02d}", "month": f"-{self.number:02d}", "quarter": f"Q{self.number}"}
        return f"{self.year}{shown.get(self.kind, '')}"

    @property
    def name(self) -> str:
        """2026年第3季度."""
        shown = {"week": f"第{self.number}周", "month": f"{self.number}月", "quarter": f"第{self.number}季度"}
        return f"{self.year}年{shown.get(self.kind, '')}"

    @property
    def days(self) -> tuple[date, date]:
        """First day and the day after the last."""
        if self.kind == "week":
            monday, sunday = week_days(self.code)
            return monday, sunday + timedelta(days=1)
        months = {"month": 1, "quarter": 3, "year": 12}[self.kind]
        first = (self.number - 1) * months if self.number else 0
        end = first + months
        return date(self.year, first + 1, 1), date(self.year + end // 12, end % 12 + 1, 1)

    @property
    def weeks(self) -> list[str]:
        """The weeks whose Thursday lies in the period."""
        start, end = self.days
        thursday = start + timedelta(days=(3 - start.weekday()) % 7)
        count = max(0, (end - thursday + timedelta(days=6)).days // 7)
        return [_week(thursday + timedelta(weeks=n)) for n in range(count)]

    def before(self) -> Period:
        """The period of the same kind before this one (环比)."""
        if self.kind == "week":
            return parse_period(previous_week(self.code))
        if self.kind == "year" or self.number > 1:
            return replace(self, year=self.year - (self.kind == "year"), number=max(0, self.number - 1))
        return replace(self, year=self.year - 1, number=12 if self.kind == "month" else 4)

    def year_before(self) -> Period | None:
        """The same period last year (同比); a 53rd week has none."""
        try:
            return parse_period(replace(self, year=self.year - 1).code)
        except CockpitError:
            return None


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def parse_period(text: str) -> Period:
    """Read 2026-W47, 2026-11, 2026Q3 or 2026. Raises CockpitError."""
    for kind, form in _FORMS:
        found = form.fullmatch(text.strip())
        if not found:
            continue
        number = int(found[2] or 0)
        if kind == "week":
            parse_week(text)
        if kind != "month" or 1 <= number <= 12:
            return Period(kind, int(found[1]), number)
    raise CockpitError(
        f"周期「{text}」不存在。请写成 2026Q3（季度）、2026-11（月）、2026-W47（周）或 2026（年）"
    )


@dataclass(frozen=True)
class UnitPeriod:
    """One unit over a period; score None when no week was rated."""

    unit_code: str
    unit_name: str
    short_name: str
    unit_group: str
    mean: Decimal | None
    bonus_approved: Decimal
    bonus: Decimal
    score: Decimal | None
    rated_weeks: int
    vetoed_weeks: tuple[str, ...]
    vetoed_last: bool
    grade: str
    rank: int | None = None
    ranked: int | None = None


@dataclass(frozen=True)
class Accumulated:
    """A period of closed weeks."""

    period: Period
    closed: tuple[Mapping[str, Any], ...]  # the issue that counts of each closed week, oldest first
    missing: tuple[str, ...]  # weeks that are over and not closed
    unfinished: tuple[str, ...]  # weeks that are not over yet: nothing is missing there
    rules: tuple[str, ...]  # digests of the rules in force, in their order
    units: tuple[UnitPeriod, ...] = field(default=())

    @property
    def weeks(self) -> list[str]:
        return [issue["week"] for issue in self.closed]

    @property
    def comparable(self) -> bool:
        """Whether one rule version held throughout; means over two versions are told as such."""
        return len(self.rules) <= 1

    @property
    def rated(self) -> list[UnitPeriod]:
        return [u for u in self.units if u.score is not None]

    @property
    def passed(self) -> list[UnitPeriod]:
        return [u for u in self.units if u.grade == "合格"]

    @property
    def failed(self) -> list[UnitPeriod]:
        return [u for u in self.units if u.grade == "不合格"]

    @property
    def pass_rate(self) -> float | None:
        judged = len(self.passed) + len(self.failed)
        return len(self.passed) / judged if judged else None

    @property
    def coverage(self) -> float | None:
        return len(self.rated) / len(self.units) if self.units else None

    @property
    def average(self) -> float | None:
        scores = [float(u.score) for u in self.rated if u.score is not None]
        return sum(scores) / len(scores) if scores else None


def accumulate(reader: Reader, rules: Rules, period: Period, now: datetime) -> Accumulated:
    """Scores of a period from the newest issue of each closed week; weeks not over at `now` are told apart."""
    issues = stored.closed(reader, period.weeks)
    known = {issue["week"] for issue in issues}
    bonus = _bonus(stored.bonus(reader, *period.days))
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in stored.scores(reader, period.weeks):
        rows.setdefault(row["unit_code"], []).append(row)
    last = issues[-1]["week"] if issues else None
    units = [_unit(found, bonus.get(code, Decimal(0)), rules, last) for code, found in rows.items()]
    return Accumulated(
        period,
        tuple(issues),
        tuple(week for week in period.weeks if week not in known and week_bounds(week)[1] <= now),
        tuple(week for week in period.weeks if week_bounds(week)[1] > now),
        tuple(dict.fromkeys(issue["rules_sha256"] for issue in issues)),
        tuple(_ranked(units, len(issues))),
    )


def _bonus(rows: Sequence[Mapping[str, Any]]) -> dict[str, Decimal]:
    out: dict[str, Decimal] = {}
    for row in rows:
        out[row["unit_code"]] = out.get(row["unit_code"], Decimal(0)) + Decimal(str(row["points"]))
    return out


def _unit(rows: Sequence[Mapping[str, Any]], approved: Decimal, rules: Rules, last: str | None) -> UnitPeriod:
    scores = [Decimal(str(r["score"])) for r in rows if r["score"] is not None]
    mean = (sum(scores, Decimal(0)) / len(scores)).quantize(CENT, ROUND_HALF_UP) if scores else None
    vetoed = tuple(r["week"] for r in rows if r["vetoed"])
    vetoed_last = last in vetoed
    above = mean is not None and mean > Decimal(str(rules.bonus_above)) and not vetoed_last
    bonus = min(approved, Decimal(str(rules.bonus_cap))) if above else Decimal(0)
    score = None if mean is None else mean + bonus
    if score is None and not vetoed_last:
        grade = "未评"
    else:
        low = score is not None and score < Decimal(str(rules.pass_score))
        grade = "不合格" if vetoed_last or low else "合格"
    newest = rows[-1]
    return UnitPeriod(
        newest["unit_code"],
        newest["unit_name"] or newest["unit_code"],
        newest["short_name"] or newest["unit_code"],
        newest["unit_group"],
        mean,
        approved,
        bonus,
        score,
        len(scores),
        vetoed,
        vetoed_last,
        grade,
    )


def _ranked(units: Sequence[UnitPeriod], weeks: int) -> list[UnitPeriod]:
    """Ranks within groups; ties share a rank.

    None for units failed by veto, and (项目默认) for those rated in fewer than half of the weeks.
    """
    fair = [u for u in units if u.score is not None and not u.vetoed_last and u.rated_weeks * 2 >= weeks]
    out = []
    for unit in units:
        peers = [u.score for u in fair if u.unit_group == unit.unit_group]
        rank = 1 + sum(p > unit.score for p in peers) if unit in fair else None
        out.append(replace(unit, rank=rank, ranked=len(peers)))
    return out
