"""How a cell of an export file is written: a column's type, its text, and what an empty cell means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from cockpit.appraise.indicators import NATURES
from cockpit.causes import causes
from cockpit.clock import to_local
from cockpit.tabular_out import neutral


@dataclass(frozen=True)
class Col:
    """One column: heading (unit in brackets), source field, type, meaning, and what an empty cell means."""

    heading: str
    field: str
    type: str
    meaning: str
    empty: str = "不适用"
    labels: Mapping[str, str] | None = None

    @property
    def unit(self) -> str:
        """The unit in the brackets of the heading, or nothing."""
        found = re.search(r"（(分|次|秒|天|件)）$", self.heading)
        return found[1] if found else ""

    @property
    def values(self) -> str:
        """The values a cell can have, where they can be listed."""
        if self.labels is not None:
            return "、".join(dict.fromkeys(self.labels.values()))
        return RANGES.get(self.type, "")


def _number(digits: int) -> Callable[[Any], str]:
    return lambda value: f"{value:.{digits}f}"


def _exact(value: float) -> str:
    """Up to six decimals without an exponent: 0.142857, 24, 0.000001."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


def _raw(value: float) -> str:
    """Every digit the number has, never rounded and without an exponent: what a recomputation needs."""
    return format(Decimal(repr(float(value))), "f")


SHOWN: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "文字": lambda v: neutral(str(v)),
        "整数": lambda v: str(int(v)),
        "小数": _number(2),
        "数值": _exact,
        "比例": _exact,
        "原值": _raw,
        "日期": lambda v: v.isoformat() if isinstance(v, date) else str(v),
        "时间": lambda v: to_local(v).strftime("%Y-%m-%d %H:%M:%S") if isinstance(v, datetime) else str(v),
        "是否": lambda v: "是" if v else "否",
        "原因": lambda v: causes()[v].label if v in causes() else neutral(str(v)),
        "性质": lambda v: NATURES.get(v, neutral(str(v))),
    }
)
RANGES: Mapping[str, str] = MappingProxyType(
    {
        "比例": "0—1",
        "是否": "是、否",
        "日期": "YYYY-MM-DD",
        "时间": "YYYY-MM-DD HH:MM:SS（+08:00）",
        "原因": "见 data/rules/causes.toml",
        "性质": "、".join(NATURES.values()),
    }
)


def cell(col: Col, row: Mapping[str, Any], mask: Callable[[str], str] = str) -> str:
    """The text of one cell; an empty value is an empty cell. `mask` is applied to scraped prose (type 脱敏文字)."""
    value = row.get(col.field)
    if value is None or value == "":
        return ""
    if col.labels is not None:
        return col.labels.get(value, neutral(str(value)))
    if col.type == "脱敏文字":
        return neutral(mask(str(value)))
    return SHOWN[col.type](value)
