"""From measures to judgements: every indicator for every object at one instant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb

from cockpit.appraise.indicators import NATURES, OFFICIAL, Indicator, Rules
from cockpit.appraise.metrics import METRICS
from cockpit.appraise.moment import NOT_APPLICABLE, Measured, Moment, Queries
from cockpit.clock import local_day
from cockpit.store import valid
from cockpit.workdays import Calendar


class Connection:
    """A DuckDB connection as measures want it (inside a load, where there is no reader)."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def rows(self, sql: str, params: Any = None) -> list[dict[str, Any]]:
        result = self._con.execute(sql, params)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


class Asked:
    """Queries of one evaluation: indicators that ask the same share the answer. Rows are not to be changed."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self._known: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def rows(self, sql: str, params: Any = None) -> list[dict[str, Any]]:
        key = (sql, repr(params))
        if key not in self._known:
            self._known[key] = self._queries.rows(sql, params)
        return list(self._known[key])


@dataclass(frozen=True)
class Result:
    """One indicator of one object. judgement: ok notice deduct veto bonus unmeasured na."""

    indicator: Indicator
    measured: Measured
    level: str | None
    veto_lifted: bool = False  # by a dispute

    @property
    def judgement(self) -> str:
        i, value = self.indicator, self.measured.value
        if value is None:
            return "na" if self.measured.cause == NOT_APPLICABLE else "unmeasured"
        if i.role == "bonus":
            return "bonus" if i.worse(value, i.deduct_at) else "ok"
        if i.worse(value, i.veto) and not self.veto_lifted:
            return "veto"
        if i.cap > 0 and i.worse(value, i.deduct_at):
            return "deduct"
        return "notice" if self.level else "ok"


def evaluate(queries: Queries, rules: Rules, at: datetime, calendar: Calendar) -> list[Result]:
    """Every indicator valid that day for every object it applies to, from the facts before `at` (naive UTC)."""
    day = local_day(at - timedelta(microseconds=1))
    queries = Asked(queries)
    without_service = {
        row["unit_code"]
        for row in queries.rows(
            f"SELECT unit_code FROM {valid.on('unit', '$day')} AS u WHERE has_service = false", {"day": day}
        )
    }
    confirms = {c.kind: (c.seen, c.of) for c in rules.confirms}
    return [
        result
        for indicator in rules.indicators.values()
        for result in _evaluate(queries, indicator, at, calendar, without_service, confirms)
    ]


def _evaluate(
    queries: Any,
    indicator: Indicator,
    at: datetime,
    calendar: Calendar,
    without_service: Set[str],
    confirms: Mapping[str, tuple[int, int]],
) -> Iterator[Result]:
    moment = moment_of(indicator, at, calendar, confirms)
    if not indicator.valid_on(moment.day):
        return
    for found in METRICS[indicator.metric](queries, moment):
        measured = found
        if indicator.only_service and found.unit_code in without_service:
            measured = Measured(found.code, found.unit_code, None, "", (), NOT_APPLICABLE)
        level = indicator.level(measured.value) if measured.value is not None else None
        yield Result(indicator, measured, level)


def moment_of(
    indicator: Indicator, at: datetime, calendar: Calendar, confirms: Mapping[str, tuple[int, int]]
) -> Moment:
    """What a measure of an indicator looks at: the facts before `at`, its window and its line."""
    line = indicator.near if indicator.veto is None else indicator.veto
    return Moment(at, indicator.window_days, indicator.least_samples or 0, calendar, confirms, line)


def measure_one(
    queries: Any, indicator: Indicator, code: str, at: datetime, calendar: Calendar
) -> Measured | None:
    """One indicator of one object as the facts stand before `at`; None where it does not apply."""
    moment = moment_of(indicator, at, calendar, {})
    return next((m for m in METRICS[indicator.metric](queries, moment) if m.code == code), None)


def distance(indicator: Indicator, value: float) -> str:
    """How far a value is from the veto, or else from the next line, in words."""
    if indicator.veto is None:
        return distance_to_line(indicator, value)
    limit = shown(indicator, indicator.veto) + unofficial(indicator, "veto")
    if indicator.worse(value, indicator.veto):
        return f"已达否决线 {limit}"
    return f"红线 {limit}，还差 {shown(indicator, abs(indicator.veto - value))}"


LINES = (("notice", "提示线"), ("near", "临近线"), ("warn", "预警线"))


def distance_to_line(indicator: Indicator, value: float) -> str:
    """How far a value is from the first line it has not reached, or which was the last one it passed."""
    passed = ""
    for field, name in LINES:
        limit = getattr(indicator, field)
        if limit is None:
            continue
        line = f"{name} {shown(indicator, limit)}{unofficial(indicator, field)}"
        if not indicator.worse(value, limit):
            return f"{line}，还差 {shown(indicator, abs(limit - value))}"
        passed = f"已达{line}"
    return passed


def unofficial(indicator: Indicator, field: str) -> str:
    """（项目默认）or（原文未核实）for a value without an official source; nothing for one that has it."""
    nature = indicator.nature_of(field)
    return "" if nature in OFFICIAL else f"（{NATURES[nature]}）"


def shown(indicator: Indicator, value: float) -> str:
    """A value of an indicator with its unit."""
    if indicator.unit == "%":
        return f"{value * 100:.2f}".rstrip("0").rstrip(".") + "%"
    return f"{value:g} {indicator.unit}"


def unknown_metrics(rules: Rules) -> Sequence[str]:
    """Indicators whose metric does not exist; empty in a right installation."""
    return [i.id for i in rules.indicators.values() if i.metric not in METRICS]
