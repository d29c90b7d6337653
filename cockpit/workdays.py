"""Working days: the State Council's holidays by `chinesecalendar`, then the local exceptions of data/calendar.

A year the library does not know yet is Monday to Friday with the exceptions, and marked provisional.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import chinese_calendar

from cockpit import tabular
from cockpit.errors import Fault, InputError
from cockpit.tabular import Field, Sheet

EXCEPTIONS = Sheet(
    "calendar",
    "工作日例外",
    (
        Field("day", "日期", "date", required=True),
        Field("is_workday", "是否工作日", "bool", required=True),
        Field("reason", "理由", required=True),
    ),
    key=("day",),
    may_be_empty=True,
)


@lru_cache(maxsize=20_000)
def _official(day: date) -> bool | None:
    """What the State Council's arrangement says of a day; None for a year that has not been published."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


@dataclass
class Calendar:
    """Working days with exceptions. `provisional` collects the years answered without official data."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    provisional: set[int] = field(default_factory=set)

    @staticmethod
    def load(folder: Path) -> Calendar:
        """Read exceptions.csv of a calendar folder. Raises InputError with every fault."""
        path = folder / "exceptions.csv"
        if not path.is_file():
            return Calendar()
        faults: list[Fault] = []
        rows = [row for raw in tabular.read(path) for row in tabular.parse(raw, EXCEPTIONS, faults)]
        if faults:
            raise InputError(faults, "工作日例外表有错误：")
        return Calendar({row.values["day"]: row.values["is_workday"] for row in rows})

    def is_workday(self, day: date) -> bool:
        if day in self.exceptions:
            return self.exceptions[day]
        official = _official(day)
        if official is None:
            self.provisional.add(day.year)
            return day.weekday() < 5
        return official

    def add(self, start: date, count: int) -> date:
        """The count-th working day after `start`; the day after it is the first."""
        day = start
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
