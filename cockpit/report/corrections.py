"""What the corrections (更正) of a closed week did to one unit: when, why, which lost points, old and new score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from cockpit.store.queries import disputes, issues, scores
from cockpit.store.reader import Reader

# The state of the dispute a lost point changed by
DECIDED: Mapping[str, str] = MappingProxyType({"cancelled": "异议成立撤销", "partial": "异议部分采纳"})


@dataclass(frozen=True)
class Line:
    """One lost point that a correction changed. before, after: points; None where it is not there."""

    what: str
    indicator_id: str
    fact: str
    is_veto: bool
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Correction:
    """One revision of a week as one unit sees it. before, after: its rows of `score`."""

    revision: int
    closed_at: datetime
    actor: str
    reason: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    lines: tuple[Line, ...]


def of_unit(reader: Reader, week: str, unit: str) -> list[Correction]:
    """The corrections that changed the score or a lost point of a unit, newest first."""
    decided = {
        (y["deduction_id"], y["revision"]): DECIDED[y["state"]]
        for y in disputes.disputes(reader, week, unit)
        if y["state"] in DECIDED
    }
    found = []
    for issue in issues.issues(reader, week):
        number = issue["revision"]
        before, after = (_score(reader, week, unit, n) for n in (number - 1, number))
        if not number or before is None or after is None:
            continue
        lines = _lines(reader, week, unit, number, decided)
        if lines or before["score"] != after["score"]:
            found.append(
                Correction(
                    number, issue["closed_at"], issue["actor"], issue["reason"], before, after, tuple(lines)
                )
            )
    return found


def _score(reader: Reader, week: str, unit: str, revision: int) -> dict[str, Any] | None:
    return next((r for r in scores.stored_scores(reader, week, revision) if r["unit_code"] == unit), None)


def _lines(
    reader: Reader, week: str, unit: str, revision: int, decided: Mapping[tuple[str, int], str]
) -> list[Line]:
    old, new = (
        {r["deduction_id"]: r for r in scores.deductions(reader, week, unit, n)}
        for n in (revision - 1, revision)
    )
    lines = []
    for key in [*old, *(k for k in new if k not in old)]:
        a, b = old.get(key), new.get(key)
        if a and b and a["points"] == b["points"]:
            continue
        row = a or new[key]
        what = decided.get((key, revision)) or _followed(a, b)
        points = (r["points"] if r else None for r in (a, b))
        lines.append(Line(what, row["indicator_id"], row["fact"], row["is_veto"], *points))
    return lines


def _followed(a: Mapping[str, Any] | None, b: Mapping[str, Any] | None) -> str:
    """What happened to a lost point that nobody disputed."""
    if a and not b:
        return "否决随之解除" if a["is_veto"] else "随之消除"
    return "封顶或折算随之变化" if a else "更正新增"
