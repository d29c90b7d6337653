"""The life of one warning told in order: what the rules did, what people did, what ran out by itself. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cockpit.appraise.actions import STEPS
from cockpit.clock import to_utc

SYSTEM = "系统"
_LEVELS = {"red": "红", "orange": "橙", "yellow": "黄", "blue": "蓝"}
_RANK = {"blue": 1, "yellow": 2, "orange": 3, "red": 4}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `stage`: 发现 通知 签收 整改 复查 办结 or 其他."""

    at: datetime
    who: str
    what: str
    stage: str
    note: str = ""


STAGES = {
    "notify": "通知",
    "ack": "签收",
    "start": "整改",
    "submit": "复查",
    "recheck": "复查",
}


def timeline(
    changes: Sequence[Mapping[str, Any]],
    events: Sequence[Mapping[str, Any]],
    looks: Iterable[datetime],
    now: datetime,
) -> list[Entry]:
    """All that happened to a warning, oldest first.

    changes: its rows of warning_log; events: its rows of warning_event; looks: when its object was measured.
    """
    entries = [*_of_rules(changes), *_of_people(events), *_of_time(events, now)]
    entries += _failed_rechecks(events, changes, looks, now)
    return sorted(entries, key=lambda e: e.at)


def _of_rules(changes: Sequence[Mapping[str, Any]]) -> Iterable[Entry]:
    old: Mapping[str, Any] | None = None
    for row in changes:
        again = old is not None and old["closed_at"] is not None
        if old is None or again or row["opened_at"] != old["opened_at"]:
            what = f"{'再次出现' if old is not None else '发现'}，{_LEVELS[row['level']]}色预警"
            yield Entry(row["opened_at"], SYSTEM, what, "发现", row["title"])
        elif row["level"] != old["level"]:
            up = _RANK[row["level"]] > _RANK[old["level"]]
            what = f"{'升为' if up else '降为'}{_LEVELS[row['level']]}色预警"
            yield Entry(row["logged_at"], SYSTEM, what, "其他", row["title"])
        elif row["closed_at"] is None:
            yield Entry(row["logged_at"], SYSTEM, "没有采到，保持原状", "其他")
        if row["closed_at"] is not None:
            yield Entry(row["closed_at"], SYSTEM, "复查通过，办结", "办结")
        old = row


def _of_people(events: Sequence[Mapping[str, Any]]) -> Iterable[Entry]:
    for e in events:
        name = (
            "撤销"
            if e["action"] == "undo"
            else STEPS[e["action"]].name
            if e["action"] in STEPS
            else e["action"]
        )
        parts = [e["reason"] or ""]
        if e["action"] == "assign" and e["owner"]:
            parts.append(f"转给{e['owner']}")
        if e["until"]:
            parts.append(f"至 {e['until']}")
        yield Entry(
            e["event_at"], e["actor"], name, STAGES.get(e["action"], "其他"), "；".join(p for p in parts if p)
        )


def _of_time(events: Sequence[Mapping[str, Any]], now: datetime) -> Iterable[Entry]:
    """An ignore that ran out before anybody did something else."""
    for e, later in zip(events, [*events[1:], None], strict=False):
        if e["to_state"] != "ignored" or e["until"] is None:
            continue
        ends = _midnight(e["until"])
        if ends <= now and (later is None or later["event_at"] >= ends):
            yield Entry(ends, SYSTEM, "忽略到期，自动重新打开", "其他")


def _midnight(day: date) -> datetime:
    return to_utc(datetime(day.year, day.month, day.day))


def _failed_rechecks(
    events: Sequence[Mapping[str, Any]],
    changes: Sequence[Mapping[str, Any]],
    looks: Iterable[datetime],
    now: datetime,
) -> Iterable[Entry]:
    """The first look after each hand-in that did not close the warning."""
    seen = sorted(at for at in looks if at <= now)
    closed = {row["closed_at"] for row in changes if row["closed_at"] is not None}
    passing = {max((at for at in seen if at <= end), default=end) for end in closed}
    for e, later in zip(events, [*events[1:], None], strict=False):
        if e["to_state"] != "verify":
            continue
        after = next((at for at in seen if at > e["event_at"]), None)
        if after is None or (later is not None and later["event_at"] < after):
            continue
        if after not in passing:
            yield Entry(after, SYSTEM, "复查未通过，退回整改", "复查")
