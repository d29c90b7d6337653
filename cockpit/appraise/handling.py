"""How long things may take (data/rules/handling.toml), in working days; a wrong field stops with its name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from cockpit.appraise.indicators import RuleError
from cockpit.paths import SHIPPED

LEVELS = ("red", "orange", "yellow", "blue")


@dataclass(frozen=True)
class Handling:
    """Working days: level → for a warning; for raising a dispute after publication; for deciding one."""

    warning: Mapping[str, int]
    raise_within: int
    decide_within: int


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
    )


def _days(path: Path, raw: Mapping[str, object], section: str, name: str) -> int:
    table = raw.get(section)
    value = table.get(name) if isinstance(table, dict) else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 250:
        raise RuleError(f"{path}：[{section}] {name} 应是 1 到 250 之间的整数（工作日）")
    return value
