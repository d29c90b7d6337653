"""What a register (工作台账) is: one declaration from which template, import, storage check and screen come.

A register has a sheet (columns, types, key), what its rows refer to, which dates must not lie in the future or
out of order, and the clause that asks for it. Its table in schema.sql has the same columns plus `measured_at`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from cockpit.errors import Fault
from cockpit.tabular import Field, Row, Sheet
from cockpit.workdays import Calendar

Values = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """What rows are checked against: units, accounts and sites by every name, the calendar, today, and stored keys."""

    units: Mapping[str, str]
    accounts: Mapping[str, str]
    sites: Mapping[str, str]
    calendar: Calendar
    today: date
    stored: Callable[[str, str], set[str]] = lambda _table, _column: set()


Check = Callable[[Sheet, Row, Values, Context, list[Fault]], None]
WholeCheck = Callable[[Sheet, Sequence[Row], list[Fault]], None]


@dataclass(frozen=True)
class Book:
    """One register. `references`: field → unit, account, site or table.column; `past`: dates up to today."""

    sheet: Sheet
    group: str
    clause: str
    question: str
    nature: str = "local"
    references: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({"unit_code": "unit"}))
    past: tuple[str, ...] = ()
    ordered: tuple[tuple[str, str], ...] = ()
    check: Check | None = None
    whole: WholeCheck | None = None
    aspect: str = "register"
    derived: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.sheet.name

    @property
    def title(self) -> str:
        return self.sheet.title


def choice(*words: str) -> Mapping[str, str]:
    """A choice whose stored value is the word people see."""
    return MappingProxyType({word: word for word in words})


UNIT = Field(
    "unit_code",
    "责任单位",
    "code",
    required=True,
    aliases=("责任单位编码", "单位编码", "单位"),
    note="可填单位编码、名称或简称",
)
NOTE = Field("note", "备注", aliases=("说明",))
