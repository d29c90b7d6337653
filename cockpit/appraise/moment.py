"""What every measure works with: the instant, the evidence and the measured value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from cockpit.clock import local_day
from cockpit.workdays import Calendar

AFTER_DAYS = 7
NOT_APPLICABLE = "not_applicable"  # the cause of what need not be measured: judged 不适用


class Queries(Protocol):
    """What a measure needs: rows of a query (a connection inside load, or a reader)."""

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class Evidence:
    """One row behind a value: a finding, or a fact without one."""

    fact: str
    finding_id: str | None = None
    url: str | None = None
    first_seen: datetime | None = None
    quantity: float = 1.0
    kept: float = 1.0  # share left after a dispute: 1 all, 0 cancelled


@dataclass(frozen=True)
class Measured:
    """The value of a metric for one object. `rows` are what points are taken for."""

    code: str
    unit_code: str
    value: float | None
    fact: str
    rows: tuple[Evidence, ...] = ()
    cause: str | None = None

    @property
    def measured(self) -> bool:
        return self.value is not None


@dataclass(frozen=True)
class Moment:
    """The instant a measure looks at (naive UTC) and the window of its indicator in days."""

    at: datetime
    window_days: int
    least_samples: int
    calendar: Calendar
    confirms: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # kind → seen, of
    line: float | None = None  # the limit that a share is told against

    @property
    def day(self) -> date:
        """The Beijing day that is looked at; the end of a week belongs to its Sunday."""
        return local_day(self.at - timedelta(microseconds=1))

    @property
    def told_until(self) -> datetime:
        """Links and pages are kept as they are now: a look up to a week later still tells what stood at the instant."""
        return self.at + timedelta(days=AFTER_DAYS)

    @property
    def start(self) -> datetime:
        return self.at - timedelta(days=self.window_days)


def unmeasured(row: Mapping[str, Any], cause: str | None) -> Measured:
    """An object that was not measured, and why."""
    code = row.get("site_code") or row.get("account_code") or row["unit_code"]
    return Measured(code, row["unit_code"], None, "", (), cause or "no_data")


def too_few(
    row: Mapping[str, Any], count: int, least: int, none: str = "no_data", noun: str = "件"
) -> Measured:
    """An object with fewer cases than a rate needs: shown, not judged. `none`: the cause without any case."""
    told = unmeasured(row, "too_few" if count else none)
    return replace(told, fact=f"样本 {count} {noun}（少于 {least} {noun}），不评级" if count else "")
