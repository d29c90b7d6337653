"""What was due in a week, warnings to repair and applications to answer: rows of due_matter without week and revision.

整改按期率 and 按期答复率 are counted from these rows alone. The closing freezes them, so that a step taken afterwards
(an ignore, an answer entered late) changes no card that was sent; of an open week they are asked for anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cockpit.appraise.applications import case
from cockpit.clock import local_day, week_bounds, week_days
from cockpit.store.queries import exports, issues, warnings
from cockpit.store.reader import Reader
from cockpit.workdays import Calendar

Row = Mapping[str, Any]
TABLE = "due_matter"
NO_TERM = frozenset({"waiting", "dropped"})  # states in which no answer is due
_COLUMNS = (
    "matter", "unit_code", "site_code", "account_code", "warning_id", "application_id", "title", "warning_level",
    "opened_at", "received_on", "due_on", "closed_at", "answered_on",
)  # fmt: skip


@dataclass(frozen=True)
class InTime:
    """How many matters were due in a week, and how many of them were done by their due day."""

    done: int
    due: int

    @property
    def share(self) -> float | None:
        return self.done / self.due if self.due else None


def matters(reader: Reader, calendar: Calendar, week: str, at: datetime) -> list[dict[str, Any]]:
    """What was due in a week: warnings as known before `at`, applications by their clock on the week's Sunday."""
    first, last = week_days(week)
    found = [_row("warning", row) for row in warnings.due_between(reader, first, last, at)]
    for row in exports.applications(reader, week_bounds(week)[1]):
        ran = case(calendar, row, last)
        if ran.clock and ran.state not in NO_TERM and first <= ran.clock.due <= last:
            own = {**row, "due_on": ran.clock.due, "answered_on": ran.row["answered_on"]}
            found.append(_row("application", own))
    return found


def _row(matter: str, row: Row) -> dict[str, Any]:
    return {**{name: row.get(name) for name in _COLUMNS}, "matter": matter}


def of_week(
    reader: Reader, calendar: Calendar, week: str, revision: int | None = None, at: datetime | None = None
) -> list[dict[str, Any]] | None:
    """The frozen rows of a closed week, None for an issue that kept none; of an open week as known before `at`.

    `revision`: the newest where it is not given or not there. `at`: the published moment where it is not given.
    """
    known = {issue["revision"]: issue for issue in issues.issues(reader, week)}
    if not known:
        return matters(reader, calendar, week, at or published(reader))
    issue = known.get(max(known) if revision is None else revision, known[max(known)])
    if issue["due_sha256"] is None:
        return None
    return issues.frozen(reader, TABLE, week, issue["revision"])


def published(reader: Reader) -> datetime:
    """The instant up to which the published version knows anything (exclusive)."""
    return datetime.fromisoformat(exports.snapshot(reader)["loaded_at"]) + timedelta(microseconds=1)


def in_time(row: Row) -> bool:
    """Whether a matter was done by the end of its due day (Beijing)."""
    done = local_day(row["closed_at"]) if row["closed_at"] else row["answered_on"]
    return done is not None and done <= row["due_on"]


def count(rows: Iterable[Row] | None, matter: str) -> InTime | None:
    """The matters of one kind and how many were in time; None where none were kept."""
    if rows is None:
        return None
    own = [in_time(row) for row in rows if row["matter"] == matter]
    return InTime(sum(own), len(own))
