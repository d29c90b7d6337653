"""How right the detectors are, by what people said: precision per rule, and rules that drop to the review queue.

The intervals in which a rule is dropped follow from the marks alone, so they come out the same after a rebuild.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import duckdb

from cockpit.appraise.indicators import RuleError
from cockpit.clock import local_day
from cockpit.paths import SHIPPED, DataDir
from cockpit.store import marks

Said = tuple[str, str, str, datetime, datetime | None]  # rule, kind, mark, marked at, undone at


@dataclass(frozen=True)
class Review:
    """Settings of data/rules/review.toml; all are 项目默认."""

    window_days: int
    least_marks: int
    floor: float
    false_alarm_days: int
    floors: Mapping[str, float]

    def floor_of(self, kind: str) -> float:
        """The floor of a kind of finding: the longest beginning that is named."""
        named = [prefix for prefix in self.floors if kind.startswith(prefix)]
        return self.floors[max(named, key=len)] if named else self.floor


def load_review(folder: Path) -> Review:
    """Read review.toml of a rules folder, the shipped one where a folder has none. Raises RuleError."""
    path = folder / "review.toml"
    if not path.is_file():
        path = SHIPPED / "rules" / "review.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{path} 不是正确的 TOML：{error}") from error
    floors = raw.get("floors", {})
    if not isinstance(floors, dict):
        raise RuleError(f"{path}：[floors] 应是一张表")
    return Review(
        _whole(path, raw, "window_days"),
        _whole(path, raw, "least_marks"),
        _share(path, raw, "floor"),
        _whole(path, raw, "false_alarm_days"),
        MappingProxyType({name: _share(path, floors, name) for name in floors}),
    )


def _whole(path: Path, raw: Mapping[str, object], name: str) -> int:
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 3660:
        raise RuleError(f"{path}：{name} 应是 1 到 3660 之间的整数")
    return value


def _share(path: Path, raw: Mapping[str, object], name: str) -> float:
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise RuleError(f"{path}：{name} 应在 0 到 1 之间")
    return float(value)


def refresh(con: duckdb.DuckDBPyConnection, data: DataDir, at: datetime) -> None:
    """Bring dropped rules and states of findings up to date inside a load. `at` is naive UTC."""
    review = load_review(data.rules)
    moment = at + timedelta(microseconds=1)  # marks of this very instant count
    marks.write_drops(con, list(drops(marks.marked(con, at), review, at)))
    marks.write_states(con, moment, local_day(at))


def drops(said: Sequence[Said], review: Review, until: datetime) -> Iterator[tuple[object, ...]]:
    """Rows of rule_drop: when each rule fell below its floor and when it came back."""
    by_rule: dict[str, list[Said]] = {}
    for row in said:
        by_rule.setdefault(row[0], []).append(row)
    for rule, rows in by_rule.items():
        start: tuple[object, ...] | None = None
        floor = review.floor_of(rows[0][1])
        for moment in _moments(rows, review, until):
            right, wrong = count(rows, review, moment)
            below = right + wrong >= review.least_marks and right < floor * (right + wrong)
            if below and start is None:
                start = (moment, floor, right, wrong)
            elif not below and start is not None:
                yield (rule, start[0], moment, *start[1:])
                start = None
        if start is not None:
            yield (rule, start[0], None, *start[1:])


def _moments(rows: Sequence[Said], review: Review, until: datetime) -> list[datetime]:
    """Every instant at which the counts of a rule can change."""
    window = timedelta(days=review.window_days)
    found = {moment for _, _, _, made, undone in rows for moment in (made, made + window, undone) if moment}
    return sorted(moment for moment in found if moment <= until)


def count(rows: Sequence[Said], review: Review, at: datetime) -> tuple[int, int]:
    """Confirmed and false marks of the window before an instant, without those taken back by then."""
    since = at - timedelta(days=review.window_days)
    valid = [r for r in rows if since < r[3] <= at and (r[4] is None or r[4] > at)]
    right = sum(r[2] == "confirmed" for r in valid)
    return right, len(valid) - right
