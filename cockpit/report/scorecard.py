"""What a weekly scorecard is made of: one issue (期) of a week, or its stored scores while it is not closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cockpit.appraise import due, moves
from cockpit.appraise.due import InTime
from cockpit.appraise.indicators import Rules
from cockpit.appraise.moves import Move
from cockpit.clock import local_day, previous_week
from cockpit.store.queries import disputes, exports, issues, scores, warnings
from cockpit.store.reader import Reader
from cockpit.workdays import Calendar

HISTORY = 12


@dataclass(frozen=True)
class Change:
    """What a correction did to one unit."""

    unit_name: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Sheet:
    """One week's scores with the week before, the last twelve weeks and why each unit moved."""

    week: str
    revision: int
    issue: Mapping[str, Any] | None
    newest: int
    number: int
    rows: list[dict[str, Any]]
    before: Mapping[str, dict[str, Any]]
    history: Mapping[str, list[float | None]]
    top: Mapping[str, dict[str, Any]]
    open_warnings: list[dict[str, Any]]
    points: list[dict[str, Any]]
    deductions: int
    disputed: Mapping[str, int]
    moves: Mapping[str, list[Move]]
    changes: list[Change]
    names: Mapping[str, str]
    repaired: tuple[InTime | None, InTime | None]
    answered: tuple[InTime | None, InTime | None]
    day: date | None

    @property
    def rated(self) -> list[dict[str, Any]]:
        return [r for r in self.rows if r["score"] is not None]

    @property
    def vetoed(self) -> list[dict[str, Any]]:
        return [r for r in self.rows if r["vetoed"]]

    @property
    def title(self) -> str:
        """第47期·更正1, or 未封存."""
        if self.issue is None:
            return "未封存"
        return f"第{self.number}期" + (f"·更正{self.revision}" if self.revision else "")

    @property
    def comparable(self) -> bool:
        """Whether the week before was scored by the same rules."""
        now, old = ({r["rules_sha256"] for r in rows} for rows in (self.rows, self.before.values()))
        return bool(old) and now == old

    def change(self, row: Mapping[str, Any]) -> float | None:
        """Against last week, by the same rules only."""
        old = self.before.get(row["unit_code"])
        if row["score"] is None or old is None or old["score"] is None:
            return None
        return row["score"] - old["score"] if old["rules_sha256"] == row["rules_sha256"] else None

    def open_levels(self, unit: str) -> list[str]:
        return [w["level"] for w in self.open_warnings if w["unit_code"] == unit]

    def name(self, indicator: str) -> str:
        return self.names.get(indicator, indicator)


def read(reader: Reader, rules: Rules, calendar: Calendar, week: str, revision: int | None = None) -> Sheet:
    """The newest issue of a week, or the revision asked for."""
    known = {i["revision"]: i for i in issues.issues(reader, week)}
    newest = max(known, default=0)
    chosen = newest if revision is None or revision not in known else revision
    earlier = previous_week(week)
    rows = scores.stored_scores(reader, week, chosen)
    before = {r["unit_code"]: r for r in scores.stored_scores(reader, earlier)}
    points = scores.points_by_indicator(reader, week, chosen)
    same = {r["rules_sha256"] for r in rows} == {r["rules_sha256"] for r in before.values()}
    lost = scores.deductions(reader, week, revision=chosen)
    taken = [d for d in disputes.disputes(reader, week) if (d["revision"] or chosen + 1) <= chosen]
    issue = known.get(chosen)
    owed = due.of_week(reader, calendar, week, chosen)
    # an earlier week that nobody closed is told as this one's closing knew it
    owed_before = (
        due.of_week(reader, calendar, earlier, at=issue["closed_at"] if issue else None) if before else None
    )
    disputed: dict[str, int] = {}
    for d in lost:
        if d["dispute_state"] in {"open", "reviewing"}:
            disputed[d["unit_code"]] = disputed.get(d["unit_code"], 0) + 1
    return Sheet(
        week,
        chosen,
        issue,
        newest,
        _number(reader, week),
        rows,
        before,
        _history(reader, week),
        scores.top_deductions(reader, week, chosen),
        warnings.open_warnings(reader),
        points,
        len(lost),
        disputed,
        moves.by_indicator(scores.points_by_indicator(reader, earlier), points, taken) if same else {},
        _changes(reader, week, chosen, rows) if chosen else [],
        {i.id: i.name for i in rules.indicators.values()},
        (due.count(owed, "warning"), due.count(owed_before, "warning")),
        (due.count(owed, "application"), due.count(owed_before, "application")),
        _day(reader),
    )


def _day(reader: Reader) -> date | None:
    """The Beijing day the open warnings are told of."""
    loaded = exports.snapshot(reader).get("loaded_at")
    return local_day(datetime.fromisoformat(loaded)) if loaded else None


def _number(reader: Reader, week: str) -> int:
    """第几期: the how-manieth closed week of its year."""
    return len({i["week"] for i in issues.issues(reader) if i["week"][:4] == week[:4] and i["week"] <= week})


def _history(reader: Reader, week: str) -> dict[str, list[float | None]]:
    by_unit: dict[str, dict[str, float | None]] = {}
    for r in scores.history(reader, week, HISTORY):
        by_unit.setdefault(r["unit_code"], {})[r["week"]] = r["score"]
    weeks = sorted({w for found in by_unit.values() for w in found})
    return {unit: [found.get(w) for w in weeks] for unit, found in by_unit.items()}


def _changes(reader: Reader, week: str, revision: int, rows: list[dict[str, Any]]) -> list[Change]:
    old = {r["unit_code"]: r["score"] for r in scores.stored_scores(reader, week, revision - 1)}
    return [
        Change(r["unit_name"], old.get(r["unit_code"]), r["score"])
        for r in rows
        if old.get(r["unit_code"]) != r["score"]
    ]
