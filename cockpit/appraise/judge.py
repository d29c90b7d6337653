"""From measures to judgements: every indicator for every object at one instant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from cockpit.appraise.indicators import Indicator, Rules
from cockpit.appraise.measures import METRICS
from cockpit.appraise.moment import Measured, Moment
from cockpit.workdays import Calendar


class Connection:
    """A DuckDB connection as measures want it (inside a load, where there is no reader)."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def rows(self, sql: str, params: Any = None) -> list[dict[str, Any]]:
        result = self._con.execute(sql, params)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@dataclass(frozen=True)
class Result:
    """One indicator of one object. judgement: ok notice deduct veto unmeasured."""

    indicator: Indicator
    measured: Measured
    level: str | None
    veto_lifted: bool = False  # by a dispute

    @property
    def judgement(self) -> str:
        i, value = self.indicator, self.measured.value
        if value is None:
            return "unmeasured"
        if i.worse(value, i.veto) and not self.veto_lifted:
            return "veto"
        if i.cap > 0 and i.worse(value, i.deduct_at):
            return "deduct"
        return "notice" if self.level else "ok"


def evaluate(queries: Any, rules: Rules, at: datetime, calendar: Calendar) -> list[Result]:
    """Every indicator for every object it applies to, looking at the facts before `at` (naive UTC)."""
    return [
        result
        for indicator in rules.indicators.values()
        for result in _evaluate(queries, indicator, at, calendar)
    ]


def _evaluate(queries: Any, indicator: Indicator, at: datetime, calendar: Calendar) -> Iterator[Result]:
    moment = Moment(at, indicator.window_days, indicator.least_samples or 0, calendar)
    for measured in METRICS[indicator.metric](queries, moment):
        level = indicator.level(measured.value) if measured.value is not None else None
        yield Result(indicator, measured, level)


def distance(indicator: Indicator, value: float) -> str:
    """How far a value is from the veto, in words; '' where the indicator has none."""
    if indicator.veto is None:
        return ""
    limit = _shown(indicator, indicator.veto)
    if indicator.worse(value, indicator.veto):
        return f"已达否决线 {limit}"
    left = abs(indicator.veto - value)
    return f"红线 {limit}，还差 {_shown(indicator, left)}"


def _shown(indicator: Indicator, value: float) -> str:
    if indicator.unit == "%":
        return f"{value * 100:.2f}".rstrip("0").rstrip(".") + "%"
    return f"{value:g} {indicator.unit}"


def unknown_metrics(rules: Rules) -> Sequence[str]:
    """Indicators whose metric does not exist; empty in a right installation."""
    return [i.id for i in rules.indicators.values() if i.metric not in METRICS]
