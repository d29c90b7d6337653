"""依申请公开 cases at a day: the clock of each, its state, and how long each of the six stages took.

《2023年新余市政务公开工作要点》四（二）names the stages 受理、登记、办理、审核、答复、归档 and wants a responsible post for each.
Nothing that happened after the day looked at is known to these functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from types import MappingProxyType
from typing import Any

from cockpit.appraise.moment import Queries
from cockpit.deadline import ClockError, Deadline, compute
from cockpit.workdays import Calendar

Row = Mapping[str, Any]
SOON_WORKDAYS = 3
STAGES: Mapping[str, str] = MappingProxyType(
    {
        "accepted": "受理",
        "registered": "登记",
        "handled": "办理",
        "reviewed": "审核",
        "answered": "答复",
        "archived": "归档",
    }
)
STATES: Mapping[str, str] = MappingProxyType(
    {
        "overdue": "逾期未答复",
        "soon": "临期",
        "wrong": "日期有误",
        "waiting": "待补正",
        "stopped": "征求意见中",
        "open": "办理中",
        "late": "逾期答复",
        "answered": "按期答复",
        "dropped": "补正逾期终结",
    }
)
RUNNING = ("overdue", "soon", "wrong", "waiting", "stopped", "open")
_DATED = (
    "correction_asked_on",
    "correction_received_on",
    "third_party_from",
    "third_party_to",
    "partner_from",
    "partner_to",
    "extended_on",
    *(f"{stage}_on" for stage in STAGES),
)


@dataclass(frozen=True)
class Stay:
    """How long a case was in one stage, in working days without the stops; `running` = it is there now."""

    stage: str
    post: str | None
    first: date
    last: date
    workdays: int
    running: bool


@dataclass(frozen=True)
class Case:
    """One application as it stood on a day."""

    row: Row
    state: str
    clock: Deadline | None
    left: int | None
    trouble: str
    stays: tuple[Stay, ...]

    @property
    def running(self) -> bool:
        return self.state in RUNNING

    @property
    def stage(self) -> str:
        """The stage the case is in; archived ones are 归档."""
        return next((s.stage for s in self.stays if s.running), "归档" if not self.running else "受理")


def known_on(row: Row, day: date) -> dict[str, Any]:
    """The row as it was known on a day: what came later is not there yet."""
    out = {**row, **{name: _until(row.get(name), day) for name in _DATED}}
    out["extended"] = bool(row.get("extended")) and not (row.get("extended_on") and not out["extended_on"])
    return out


def _until(value: date | None, day: date) -> date | None:
    return value if value is not None and value <= day else None


def clock(calendar: Calendar, row: Row, day: date) -> Deadline:
    """The clock of one case on a day; a stop still running lasts until that day. Raises ClockError."""
    known = known_on(row, day)
    end = known["answered_on"] or day
    return compute(
        calendar,
        row["received_on"],
        extended=known["extended"],
        extended_on=known["extended_on"],
        third_party=_period(known, "third_party", end),
        partner=_period(known, "partner", end),
        corrected=known["correction_received_on"],
        asked=known["correction_asked_on"],
    )


def _period(row: Row, name: str, end: date) -> tuple[date, date] | None:
    first = row[f"{name}_from"]
    return None if first is None else (first, row[f"{name}_to"] or max(first, end))


def case(calendar: Calendar, row: Row, day: date) -> Case:
    """Clock, state and stages of one application on a day."""
    known = known_on(row, day)
    try:
        ran = clock(calendar, row, day)
    except ClockError as error:
        state = "answered" if known["answered_on"] else "wrong"
        return Case(known, state, None, None, str(error), _stays(calendar, known, day, ()))
    answered = known["answered_on"]
    left = _left(calendar, answered or day, ran.due)
    state = _state(row, known, ran, day, left)
    stays = _stays(calendar, known, day, tuple((s.first, s.last) for s in ran.stops))
    return Case(known, state, ran, None if state in {"waiting", "dropped"} else left, "", stays)


def _left(calendar: Calendar, day: date, due: date) -> int:
    """Working days left; past the due date at least one is gone, on the Saturday after a Friday too."""
    left = calendar.between(day, due)
    return min(left, -1) if day > due else left


def _state(row: Row, known: Row, ran: Deadline, day: date, left: int) -> str:
    waiting = known["correction_asked_on"] is not None and known["correction_received_on"] is None
    if known["answered_on"]:
        if row.get("result") == "逾期不补正":
            return "dropped"
        return "late" if left < 0 and not waiting else "answered"
    if waiting:
        return "waiting"
    if left < 0:
        return "overdue"
    if any(stop.first <= day and known[f"{_KEYS[stop.name]}_to"] is None for stop in ran.stops):
        return "stopped"
    return "soon" if left <= SOON_WORKDAYS else "open"


_KEYS = {"征求第三方意见": "third_party", "征求其他机关意见": "partner"}


def _stays(calendar: Calendar, row: Row, day: date, stops: Sequence[tuple[date, date]]) -> tuple[Stay, ...]:
    """The stages gone through, in process order; a stage without a date is skipped when a later one has one."""
    done = [(key, row.get(f"{key}_on")) for key in STAGES]
    last = max((n for n, (_, on) in enumerate(done) if on), default=-1)
    first, out = row.get("correction_received_on") or row["received_on"], []
    for number, (key, on) in enumerate(done):
        if on is None and number <= last:
            continue
        end = on or day
        if end < first:
            continue
        out.append(
            Stay(
                STAGES[key], row.get(f"{key}_post"), first, end, _net(calendar, first, end, stops), on is None
            )
        )
        first = end
        if on is None:
            break
    return tuple(out)


def _net(calendar: Calendar, first: date, last: date, stops: Sequence[tuple[date, date]]) -> int:
    """Working days after `first` up to `last` that lie in no stop; stops may overlap."""
    total, seen = calendar.between(first, last), first
    for a, b in sorted(stops):
        begin, end = max(a - timedelta(days=1), seen), min(b, last)
        if end > begin:
            total -= calendar.between(begin, end)
            seen = end
    return total


def cases(calendar: Calendar, rows: Sequence[Row], day: date) -> list[Case]:
    """All applications received up to a day, the most urgent first."""
    found = [case(calendar, row, day) for row in rows if row["received_on"] <= day]
    order = {state: number for number, state in enumerate(STATES)}
    return sorted(
        found,
        key=lambda c: (order[c.state], 9999 if c.left is None else c.left, str(c.row["application_id"])),
    )


@dataclass(frozen=True)
class Bottleneck:
    """One stage over many cases: how many are in it, its median and longest stay, and the post of the longest."""

    stage: str
    now: int
    median: float | None
    longest: int | None
    post: str | None
    samples: int


def bottlenecks(found: Sequence[Case]) -> list[Bottleneck]:
    """The six stages in process order."""
    out = []
    for stage in STAGES.values():
        stays = [s for c in found for s in c.stays if s.stage == stage]
        ended = [s for s in stays if not s.running]
        worst = max(ended, key=lambda s: s.workdays, default=None)
        now = sum(c.running and c.stage == stage for c in found)
        out.append(
            Bottleneck(
                stage,
                now,
                median(s.workdays for s in ended) if ended else None,
                worst.workdays if worst else None,
                worst.post if worst else None,
                len(ended),
            )
        )
    return out


def mean_workdays(calendar: Calendar, found: Sequence[Case]) -> float | None:
    """Mean working days from the start of the clock to the answer, stops taken out."""
    spent = [
        _net(
            calendar,
            c.row.get("correction_received_on") or c.row["received_on"],
            c.row["answered_on"],
            [(s.first, s.last) for s in c.clock.stops],
        )
        for c in found
        if c.clock and c.state in {"answered", "late"}
    ]
    return sum(spent) / len(spent) if spent else None


def refresh(queries: Queries, write: Any, calendar: Calendar, day: date) -> int:
    """Bring the stored due date of every case up to the day: a stop that still runs moves it. Returns the changes."""
    rows = queries.rows(
        "SELECT * FROM application WHERE answered_on IS NULL OR due_on IS NULL ORDER BY application_id"
    )
    changed = 0
    for row in rows:
        found = case(calendar, row, day)
        due = found.clock.due if found.clock and found.state not in {"waiting", "dropped"} else None
        if due != row["due_on"]:
            write("UPDATE application SET due_on = ? WHERE application_id = ?", [due, row["application_id"]])
            changed += 1
    return changed
