"""How long things may take (data/rules/handling.toml), in working days; a wrong field stops with its name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from cockpit.appraise.indicators import RuleError
from cockpit.paths import SHIPPED
from cockpit.workdays import Calendar

LEVELS = ("red", "orange", "yellow", "blue")


@dataclass(frozen=True)
class Rung:
    """One step of the escalation ladder: reached at a share of the time allowed, or so many working days after it."""

    to: str
    share: float | None = None
    overdue_days: int | None = None

    def reached(self, used: int, allowed: int) -> bool:
        """Whether it is reached after `used` of `allowed` working days."""
        if self.overdue_days is not None:
            return used - allowed >= self.overdue_days
        return used >= allowed * (self.share or 0.0)


@dataclass(frozen=True)
class Handling:
    """Working days: level → for a warning; for raising a dispute after publication; for deciding one."""

    warning: Mapping[str, int]
    raise_within: int
    decide_within: int
    ladder: tuple[Rung, ...] = ()


def load_handling(folder: Path) -> Handling:
    """Read handling.toml of a rules folder, the shipped one where a folder has none. Raises RuleError."""
    path = folder / "handling.toml"
    if not path.is_file():
        path = SHIPPED / "rules" / "handling.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{path} 不是正确的 TOML：{error}") from error
    days = {
        (section, name): _days(path, raw, section, name)
        for section, names in (("warning", LEVELS), ("dispute", ("raise_within", "decide_within")))
        for name in names
    }
    return Handling(
        MappingProxyType({level: days["warning", level] for level in LEVELS}),
        days["dispute", "raise_within"],
        days["dispute", "decide_within"],
        tuple(_rung(path, entry) for entry in raw.get("escalation", [])),
    )


def rung(
    ladder: Sequence[Rung], opened_on: date, due_on: date, today: date, calendar: Calendar
) -> str | None:
    """Whom a warning has to be known to today: the highest rung reached, None before the first."""
    used, allowed = calendar.between(opened_on, today), calendar.between(opened_on, due_on)
    reached = [step.to for step in ladder if step.reached(used, allowed)]
    return reached[-1] if reached else None


def _rung(path: Path, entry: Mapping[str, object]) -> Rung:
    to, share, days = entry.get("to"), entry.get("share"), entry.get("overdue_days")
    by_share = isinstance(share, int | float) and not isinstance(share, bool) and 0 < share <= 1
    by_days = isinstance(days, int) and not isinstance(days, bool) and 0 < days <= 250
    if (
        not isinstance(to, str)
        or not to.strip()
        or by_share == by_days
        or set(entry) - {"to", "share", "overdue_days"}
    ):
        raise RuleError(
            f"{path}：[[escalation]] 应写 to（岗位），以及 share（0 到 1）或 overdue_days（1 到 250）之一"
        )
    return Rung(to, float(share) if by_share else None, days if by_days else None)  # type: ignore[arg-type]


def _days(path: Path, raw: Mapping[str, object], section: str, name: str) -> int:
    table = raw.get(section)
    value = table.get(name) if isinstance(table, dict) else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 250:
        raise RuleError(f"{path}：[{section}] {name} 应是 1 到 250 之间的整数（工作日）")
    return value
