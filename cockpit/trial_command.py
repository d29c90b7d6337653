"""`python -m cockpit score --trial`: weeks that were scored by other rules, scored by today's; nothing is written.

A closed week keeps its scores for ever, and an open one until `score --week` scores it again. Both can be told beside
what today's rules would make of them, so that two weeks of different rules can be compared honestly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from cockpit import plain, store
from cockpit.appraise import issues
from cockpit.appraise.indicators import Rules, load_rules
from cockpit.appraise.score import score_week
from cockpit.clock import week_bounds
from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.store.queries import issues as stored
from cockpit.store.queries import scores
from cockpit.workdays import Calendar

SHOWN = 10


@dataclass(frozen=True)
class Line:
    """One unit in one week: as it stands and as today's rules would have it."""

    unit_code: str
    unit_name: str
    stored: float | None
    trial: float | None
    grade: str | None
    trial_grade: str


@dataclass(frozen=True)
class Trial:
    """One week tried by today's rules. closed: its scores are frozen and stay."""

    week: str
    closed: bool
    rules_version: str | None
    same_rules: bool
    lines: tuple[Line, ...]

    @property
    def changed(self) -> list[Line]:
        return [x for x in self.lines if (x.stored, x.grade) != (x.trial, x.trial_grade)]


def try_weeks(data: DataDir, now: datetime, count: int, week: str | None = None) -> list[Trial]:
    """The last scored weeks that are over (or one week) by today's rules, newest first. Raises CockpitError."""
    rules, calendar = load_rules(data.rules), Calendar.load(data.calendar)
    with store.reader(data) as reader:
        known = [w for w in scores.weeks(reader) if week_bounds(w)[1] <= now]
        if week is not None and week not in known:
            raise CockpitError(f"{week} 还没有计分，不能试算。请先运行 python -m cockpit score --week {week}")
        return [_try(reader, rules, calendar, w, now) for w in ([week] if week else known[:count])]


def _try(reader: store.Reader, rules: Rules, calendar: Calendar, week: str, now: datetime) -> Trial:
    kept, closed = scores.stored_scores(reader, week), stored.issues(reader, week)
    if closed:
        tried = issues.score_by(reader, rules, week, closed[0]["revision"])
    else:
        tried = score_week(reader, rules, calendar, week, now)
    again = {s.unit_code: s for s in tried.scores}
    lines = tuple(
        Line(
            row["unit_code"],
            row["unit_name"] or row["unit_code"],
            row["score"],
            None
            if (found := again.get(row["unit_code"])) is None or found.score is None
            else float(found.score),
            row["grade"],
            found.grade if found else "未评",
        )
        for row in kept
    )
    digests = {row["rules_sha256"] for row in kept}
    version = kept[0]["rules_version"] if kept else None
    return Trial(week, bool(closed), version, digests == {rules.sha256}, lines)


def as_json(found: Sequence[Trial]) -> str:
    rows: list[dict[str, Any]] = [{**asdict(t), "changed": len(t.changed)} for t in found]
    return plain.as_json(rows)


def told(found: Sequence[Trial], version: str) -> str:
    """The weeks in words: what each was scored by, and who would stand elsewhere."""
    lines = [
        f"试算：用现行口径 v{version} 重新计分，只算不写；已封存的周用封存的事实，得分不改，以封存的为准。"
    ]
    for t in found:
        state = "已封存" if t.closed else "未封存，可用 score --week 重新计分"
        rules = "同一口径" if t.same_rules else f"原口径 v{t.rules_version}"
        lines.append(f"{t.week}（{state}；{rules}）：{len(t.lines)} 个单位，{len(t.changed)} 个不同。")
        by_size = sorted(t.changed, key=lambda x: (x.grade == x.trial_grade, x.unit_code))
        lines += [
            f"  {x.unit_name}\t{_score(x.stored)} {x.grade} → 试算 {_score(x.trial)} {x.trial_grade}"
            for x in by_size[:SHOWN]
        ]
        if len(t.changed) > SHOWN:
            lines.append(f"  只列前 {SHOWN} 个，共 {len(t.changed)} 个；--json 列出全部")
    return "\n".join(lines if found else [*lines, "还没有计过分的周。"])


def _score(value: float | None) -> str:
    return "未评" if value is None else f"{value:.2f}"
