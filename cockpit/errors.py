"""The whole family of errors a user can meet.

CockpitError             message is Chinese and complete; the command line prints it and exits 2
├── InputError           an input file is wrong; carries every fault, not only the first
├── StoreError           nothing published yet, a damaged database, a data folder that must not be mixed
└── (RuleError)          a wrong field in data/rules, defined beside the loader
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class CockpitError(Exception):
    """Anything the user can mend. The message says what is wrong and what to do, in Chinese."""


class StoreError(CockpitError):
    """The published database cannot be used as asked."""


@dataclass(frozen=True)
class Fault:
    """One wrong place in one input file, as the user sees it in Excel (first row = 1)."""

    file: str
    row: int | None
    field: str | None
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = (
            self.file
            + (f" 第 {self.row} 行" if self.row else "")
            + (f"「{self.field}」" if self.field else "")
        )
        return f"{place}：{self.message}" + (f"。{self.remedy}" if self.remedy else "")


class InputError(CockpitError):
    """An input file with faults; nothing of it was used."""

    def __init__(self, faults: Sequence[Fault], headline: str = "") -> None:
        self.faults = list(faults)
        self.headline = headline or f"输入有 {len(self.faults)} 处错误，未做任何改动："
        super().__init__("\n".join([self.headline, *(f"  {fault}" for fault in self.faults)]))
