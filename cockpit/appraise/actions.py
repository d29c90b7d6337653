"""What people do with a warning: a table of allowed steps; each step is one immutable event in a batch.

A red warning is closed by the facts alone (a passing re-check), never by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from cockpit import store
from cockpit.clock import local_day
from cockpit.errors import CockpitError
from cockpit.paths import DataDir


@dataclass(frozen=True)
class Step:
    """One action: its Chinese name, from which states, to which state, and what it needs."""

    name: str
    sources: frozenset[str]
    target: str | None
    needs_reason: bool = False
    needs_until: bool = False
    needs_owner: bool = False


_OPEN = frozenset({"new", "ack", "doing", "verify"})
STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "ack": Step("签收", frozenset({"new"}), "ack"),
        "start": Step("开始处置", frozenset({"new", "ack"}), "doing"),
        "submit": Step("提交复核", frozenset({"ack", "doing"}), "verify", needs_reason=True),
        "assign": Step("转办", _OPEN, None, needs_owner=True),
        "false_alarm": Step("标记误报", _OPEN, "ignored", needs_reason=True, needs_until=True),
        "ignore": Step("忽略", _OPEN, "ignored", needs_reason=True, needs_until=True),
        "notify": Step("通知", _OPEN, None),
        "recheck": Step("复测", _OPEN | {"ignored"}, None, needs_reason=True),
        "reopen": Step("重新打开", frozenset({"ignored", "verify"}), "new", needs_reason=True),
    }
)


# Steps that the machinery writes; nobody takes them by hand or takes them back.
BY_SYSTEM = frozenset({"notify", "recheck"})


def allowed(state: str) -> dict[str, str]:
    """Action → Chinese name of what people may do with a warning in a state."""
    return {
        action: step.name
        for action, step in STEPS.items()
        if state in step.sources and action not in BY_SYSTEM
    }


def check(
    warning: Mapping[str, Any],
    action: str,
    *,
    actor: str,
    now: datetime,
    reason: str | None = None,
    owner: str | None = None,
    until: date | None = None,
) -> None:
    """Whether a step may be taken. Raises CockpitError that says why not and what may be done."""
    step = STEPS.get(action)
    if step is None or warning["state"] not in step.sources:
        raise CockpitError(
            f"当前状态不能“{step.name if step else action}”，可以：{'、'.join(allowed(warning['state']).values()) or '无'}"
        )
    if not actor.strip():
        raise CockpitError("请填写操作人")
    if step.needs_reason and not (reason or "").strip():
        raise CockpitError(f"“{step.name}”必须写明理由")
    if step.needs_owner and not (owner or "").strip():
        raise CockpitError(f"“{step.name}”必须写明转给哪个岗位")
    if step.needs_until and (until is None or until <= local_day(now)):
        raise CockpitError(f"“{step.name}”必须写明有效期，且晚于今天")


def act(
    data: DataDir,
    warning: Mapping[str, Any],
    action: str,
    *,
    actor: str,
    now: datetime,
    reason: str | None = None,
    owner: str | None = None,
    until: date | None = None,
) -> str:
    """Write one step as a batch and return the event id; the caller loads. Raises CockpitError for a wrong step."""
    return act_all(data, [warning], action, actor=actor, now=now, reason=reason, owner=owner, until=until)[0]


def act_all(
    data: DataDir,
    found: Sequence[Mapping[str, Any]],
    action: str,
    *,
    actor: str,
    now: datetime,
    reason: str | None = None,
    owner: str | None = None,
    until: date | None = None,
) -> list[str]:
    """The same step on several warnings, as one batch: all or none. Returns the event ids; the caller loads."""
    for warning in found:
        try:
            check(warning, action, actor=actor, now=now, reason=reason, owner=owner, until=until)
        except CockpitError as error:
            raise CockpitError(
                f"{warning['warning_id']}：{error}" if len(found) > 1 else str(error)
            ) from error
    step = STEPS[action]
    batch = store.Batch(data, "action")
    ids = []
    for warning in found:
        ids.append(store.new_run_id("event", now))
        batch.add(
            "warning_event",
            event_id=ids[-1],
            warning_id=warning["warning_id"],
            event_at=now,
            actor=actor.strip(),
            action=action,
            from_state=warning["state"],
            to_state=None if action in BY_SYSTEM else step.target or warning["state"],
            owner=(owner or "").strip() or None,
            reason=(reason or "").strip() or None,
            until=until if step.needs_until else None,
        )
    batch.write(now)
    return ids


def undoable(trail: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The step of a trail (oldest first) that an undo would take back: the newest one, if people took it."""
    by_people = [event for event in trail if event["action"] not in BY_SYSTEM]
    return by_people[-1] if by_people and by_people[-1]["action"] != "undo" else None


def undo(
    data: DataDir,
    warning: Mapping[str, Any],
    event: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
    trail: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Take back the newest step: a new event that leads to the state before; nothing is deleted.

    `trail`: the events of the warning, oldest first; it tells until when an ignore held and who the owner was.
    """
    before = [e for e in trail if e["event_id"] != event["event_id"]]
    until = next((e["until"] for e in reversed(before) if e["until"]), None)
    owner = next((e["owner"] for e in reversed(before) if e["owner"] is not None), "")
    batch = store.Batch(data, "action")
    batch.add(
        "warning_event",
        event_id=store.new_run_id("event", now),
        warning_id=warning["warning_id"],
        event_at=now,
        actor=actor,
        action="undo",
        from_state=warning["state"],
        to_state=event["from_state"],
        owner=owner if event["action"] == "assign" else None,
        reason=f"撤销“{STEPS[event['action']].name}”" if event["action"] in STEPS else "撤销",
        until=until if event["from_state"] == "ignored" else None,
    )
    batch.write(now)
