"""试算 and version diff: what another rule table would change, before it is published. Pure functions.

A trial judges the values that were measured by other limits and points; it changes nothing that is stored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from cockpit.appraise.indicators import LIMITS, Indicator, RuleError, Rules, check_limits
from cockpit.appraise.judge import Result
from cockpit.appraise.score import score_results
from cockpit.appraise.scored import UnitScore

# What a trial may change: everything that judges a measured value, nothing that measures.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "veto": "否决线",
        "warn": "预警线",
        "near": "临近线",
        "notice": "提示线",
        "deduct_at": "起扣线",
        "points_each": "单位扣分",
        "cap": "分值上限",
    }
)
_CHANGE = re.compile(r"([\w-]+)\.(\w+)=(-?[\d.]+%?|无)")


@dataclass(frozen=True)
class Change:
    """One changed field of one indicator; None takes a limit away."""

    indicator: str
    field: str
    value: float | None


@dataclass(frozen=True)
class Move:
    """A site, account or unit whose judgement changes."""

    indicator: str
    code: str
    unit_code: str
    value: float | None
    level_before: str | None
    level_after: str | None
    judgement_before: str
    judgement_after: str


@dataclass(frozen=True)
class UnitMove:
    """A unit whose score, grade, rank or veto changes."""

    unit_code: str
    before: UnitScore
    after: UnitScore


@dataclass(frozen=True)
class Trial:
    """Everything a changed table would do to one week."""

    moves: tuple[Move, ...]
    units: tuple[UnitMove, ...]


@dataclass(frozen=True)
class RuleChange:
    """One field in which two rule tables differ; field "" = the indicator exists in one of them only."""

    indicator: str
    name: str
    field: str
    before: Any
    after: Any


def parse_change(text: str) -> Change:
    """Read `V-W-02.veto=0.04` (or 4%, or 无 for no limit). Raises RuleError."""
    match = _CHANGE.fullmatch(text.strip())
    if not match:
        raise RuleError(f"「{text}」看不懂。请写成 指标.字段=数值，如 V-W-02.veto=0.04")
    name, field, value = match.groups()
    if field not in FIELDS:
        raise RuleError(f"「{text}」：{field} 不能试算，可以试算 {'、'.join(FIELDS)}")
    return Change(name, field, parse_value(value))


def parse_value(text: str) -> float | None:
    """0.04, 4% or 无 (no limit: None). Raises RuleError."""
    value = text.strip()
    if value == "无":
        return None
    try:
        number = float(value.rstrip("%"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise RuleError(f"「{value}」不是数值。请写数字、百分数（如 4%）或 无")
    return number / 100 if value.endswith("%") else number


def along(rules: Rules, change: Change) -> list[Change]:
    """A change with what must follow it: milder limits that would be reached after the new one come down to it."""
    indicator, value = rules.indicators.get(change.indicator), change.value
    if indicator is None or value is None or change.field not in LIMITS:
        return [change]
    milder = LIMITS[: LIMITS.index(change.field)]
    beyond = (lambda limit: limit > value) if indicator.compare == ">=" else (lambda limit: limit < value)
    return [
        change,
        *(
            replace(change, field=name)
            for name in milder
            if (limit := getattr(indicator, name)) is not None and beyond(limit)
        ),
    ]


def with_changes(rules: Rules, changes: Iterable[Change]) -> Rules:
    """The table with some fields changed. The sum of weights may differ from 100: points are scaled anyway."""
    table = dict(rules.indicators)
    for change in changes:
        if change.indicator not in table:
            raise RuleError(f"没有指标 {change.indicator}。编号见 python -m cockpit indicators")
        _check_share(table[change.indicator], change)
        table[change.indicator] = replace(table[change.indicator], **{change.field: change.value})

    for indicator in table.values():
        check_limits(indicator, _wrong(indicator))
    return replace(rules, indicators=MappingProxyType(table))


def _check_share(indicator: Indicator, change: Change) -> None:
    if change.value is None or indicator.unit != "%" or change.field not in {*LIMITS, "deduct_at"}:
        return
    if not 0 <= change.value <= 1:
        raise RuleError(
            f"指标 {indicator.id} 的{FIELDS[change.field]}是占比，应在 0 到 100% 之间。四个百分点请写 4% 或 0.04"
        )


def _wrong(indicator: Indicator) -> Any:
    """Complaints of `check_limits` with the Chinese names of the fields."""

    def wrong(field: str, message: str) -> RuleError:
        told = re.sub("|".join(FIELDS), lambda m: FIELDS[m[0]], f"{field}{message}")
        return RuleError(f"试算的指标 {indicator.id}：{told}")

    return wrong


def judge_again(results: Iterable[Result], rules: Rules) -> list[Result]:
    """The same measured values judged by another table."""
    out = []
    for r in results:
        indicator = rules.indicators.get(r.indicator.id)
        if indicator is None:
            continue
        value = r.measured.value
        out.append(
            replace(r, indicator=indicator, level=indicator.level(value) if value is not None else None)
        )
    return out


def try_out(
    results: Sequence[Result], units: Sequence[Mapping[str, Any]], old: Rules, new: Rules, week: str
) -> Trial:
    """What changes for whom when the measured results are judged by `new` instead of `old`."""
    now = judge_again(results, old)
    then = judge_again(results, new)
    after = {(r.indicator.id, r.measured.code): r for r in then}
    moves = []
    for r in now:
        other = after.get((r.indicator.id, r.measured.code))
        if other and (other.level, other.judgement) != (r.level, r.judgement):
            m = r.measured
            moves.append(
                Move(
                    r.indicator.id,
                    m.code,
                    m.unit_code,
                    m.value,
                    r.level,
                    other.level,
                    r.judgement,
                    other.judgement,
                )
            )
    before = {s.unit_code: s for s in score_results(now, units, old, week, 0).scores}
    scored = score_results(then, units, new, week, 0).scores
    changed = tuple(
        UnitMove(s.unit_code, before[s.unit_code], s)
        for s in scored
        if _shape(s) != _shape(before[s.unit_code])
    )
    return Trial(tuple(moves), changed)


def _shape(s: UnitScore) -> tuple[Any, ...]:
    return s.score, s.vetoed, s.grade, s.rank


def differences(old: Rules, new: Rules) -> list[RuleChange]:
    """Every field in which two tables differ, indicators that came and went included; by indicator."""
    out = [
        RuleChange("", "全表", f, getattr(old, f), getattr(new, f))
        for f in ("version", "pass_score", "bonus_above", "veto_score", "least_weight", "bonus_cap")
        if getattr(old, f) != getattr(new, f)
    ]
    for name in sorted(old.indicators.keys() | new.indicators.keys()):
        a, b = old.indicators.get(name), new.indicators.get(name)
        if a is None or b is None:
            title = (a or b).name  # type: ignore[union-attr]
            out.append(RuleChange(name, title, "", a and a.name, b and b.name))
            continue
        out += [
            RuleChange(name, b.name, f.name, _told(getattr(a, f.name)), _told(getattr(b, f.name)))
            for f in fields(Indicator)
            if getattr(a, f.name) != getattr(b, f.name)
        ]
    return out


def _told(value: Any) -> Any:
    """A field as people read it: natures as `near=local`."""
    return "，".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, Mapping) else value


def as_rows(rules: Rules) -> list[dict[str, Any]]:
    """Every indicator with all its fields, dates as text: what the command and the exports list."""
    return [
        {f.name: _plain(getattr(i, f.name)) for f in fields(Indicator)} for i in rules.indicators.values()
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
