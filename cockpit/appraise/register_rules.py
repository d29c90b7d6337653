"""How rows of the registers (工作台账) are judged at a day: one rule a register, and what a register lacks.

A row is judged bad, soon, open, none, late, ok or done. Nothing that happened after the day is known. What should
be there and is not (a department without an interpreter, a county without a zone) is a row of its own, `missing`,
but only in a register that is in use: an empty one is not measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from cockpit.workdays import Calendar

Row = Mapping[str, Any]
STATES: Mapping[str, str] = MappingProxyType(
    {
        "bad": "不合要求",
        "soon": "临期",
        "open": "办理中",
        "none": "不评",
        "late": "逾期办结",
        "ok": "符合要求",
        "done": "按期办结",
    }
)
SOON_WORKDAYS = 5  # 项目默认
EXPIRY_DAYS = 90  # 项目默认: a document is near its end this long before


@dataclass(frozen=True)
class Judged:
    """State of one row, why, and the date by which something must be done."""

    state: str
    text: str
    due: date | None = None


@dataclass(frozen=True)
class Scene:
    """What rows are judged against: the day, the calendar, units, accounts, channel states and tasks."""

    day: date
    calendar: Calendar
    units: Sequence[Row] = ()
    accounts: Sequence[Row] = ()
    channels: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, Row] = field(default_factory=dict)
    counted: dict[date, int] = field(default_factory=dict)

    def left(self, due: date) -> int:
        """Working days from the day to a due date, counted once for all rows that share it."""
        if due not in self.counted:
            self.counted[due] = self.calendar.between(self.day, due)
        return self.counted[due]

    def unit(self, code: str | None) -> Row:
        return next((u for u in self.units if u["unit_code"] == code), {})

    def account(self, code: str | None) -> Row:
        return next((a for a in self.accounts if a["account_code"] == code), {})


@dataclass(frozen=True)
class Rule:
    """One register's rule. `start`: a row exists from this day; `past`: dates not known before they come."""

    table: str
    judge: Callable[[Row, Scene], Judged]
    start: str | None = None
    past: tuple[str, ...] = ()
    missing: Callable[[Scene, Sequence[Row]], Iterable[dict[str, Any]]] | None = None
    limit: str = ""


@dataclass(frozen=True)
class Entry:
    """A row of a register with its judgement; `missing` rows are not in the register but should be."""

    row: Row
    judged: Judged
    missing: bool = False

    @property
    def state(self) -> str:
        return self.judged.state


def entries(rule: Rule, rows: Sequence[Row], scene: Scene) -> list[Entry]:
    """All rows of a register at a day, judged, the most urgent first; then what is missing."""
    known = [
        {**row, **_unknown(row, rule, scene.day)}
        for row in rows
        if rule.start is None or row[rule.start] is None or row[rule.start] <= scene.day
    ]
    found = [Entry(row, rule.judge(row, scene)) for row in known]
    if rule.missing and known:
        found += [Entry(row, Judged("bad", row["reason"]), True) for row in rule.missing(scene, known)]
    order = {state: number for number, state in enumerate(STATES)}
    return sorted(found, key=lambda e: (order[e.state], e.judged.due or date.max))


def _unknown(row: Row, rule: Rule, day: date) -> dict[str, None]:
    return {name: None for name in rule.past if row[name] is not None and row[name] > day}


def timed(scene: Scene, due: date | None, done: date | None, what: str) -> Judged:
    """The usual judgement of something with a due date."""
    if due is None:
        return (
            Judged("done", f"{what}已于 {done} 完成") if done else Judged("open", f"{what}未完成，没有限期")
        )
    if done:
        late = scene.calendar.between(due, done)
        if late > 0:
            return Judged("late", f"{what}于 {done} 完成，晚 {late} 个工作日", due)
        return Judged("done", f"{what}已于 {done} 完成", due)
    left = scene.left(due)
    if due < scene.day:
        return Judged("bad", f"{what}超期 {max(1, -left)} 个工作日", due)
    if left <= SOON_WORKDAYS:
        return Judged("soon", f"{what}剩 {left} 个工作日", due)
    return Judged("open", f"{what}剩 {left} 个工作日", due)


def faulty(problems: Sequence[tuple[Any, str]], fine: str) -> Judged:
    """Bad with every problem that is true, else ok."""
    told = [text for wrong, text in problems if wrong]
    return Judged("bad", "、".join(told)) if told else Judged("ok", fine)


def lacking(unit: Row, reason: str, **more: Any) -> dict[str, Any]:
    """A row that should be there."""
    name = unit.get("short_name") or unit.get("unit_name")
    return {
        "unit_code": unit["unit_code"],
        "unit_name": unit.get("unit_name"),
        "short_name": name,
        "reason": reason,
        **more,
    }
