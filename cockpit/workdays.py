"""Working days: the State Council's holidays by `chinesecalendar`, then the local exceptions of data/calendar.

A year the library does not know yet is Monday to Friday with the exceptions, and marked provisional.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import chinese_calendar

from cockpit import tabular
from cockpit.errors import Fault, InputError
from cockpit.tabular import Field, Sheet

_COUNTED_FROM = 1900
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


def _is_workday(day: date) -> bool:
    official = _official(day)
    return day.weekday() < 5 if official is None else official


@lru_cache(maxsize=200)
def _is_published(year: int) -> bool:
    return _official(date(year, 1, 1)) is not None


@lru_cache(maxsize=200)
def _counted(year: int) -> tuple[int, ...]:
    """Working days of a year up to and including each of its days."""
    days = (date(year, 12, 31) - date(year, 1, 1)).days + 1
    return tuple(accumulate(_is_workday(date(year, 1, 1) + timedelta(days=n)) for n in range(days)))


@lru_cache(maxsize=20_000)
def _through(day: date) -> int:
    """Working days from the beginning of the counting up to and including a day."""
    before = sum(_counted(year)[-1] for year in range(_COUNTED_FROM, day.year))
    return before + _counted(day.year)[day.timetuple().tm_yday - 1]


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
        if not _is_published(day.year):
            self.provisional.add(day.year)
        return _is_workday(day)

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
        self.provisional.update(y for y in range(start.year, end.year + 1) if not _is_published(y))
        changed = sum(work - _is_workday(day) for day, work in self.exceptions.items() if start < day <= end)
        return _through(end) - _through(start) + changed
