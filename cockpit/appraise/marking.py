"""Marking a finding as 属实 or 误报, and taking a mark back: each is one batch; the caller loads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from cockpit import store
from cockpit.appraise.review import Review
from cockpit.clock import local_day
from cockpit.errors import CockpitError
from cockpit.paths import DataDir

MARKS: Mapping[str, str] = MappingProxyType({"confirmed": "属实", "false_alarm": "误报"})
SCOPES: Mapping[str, str] = MappingProxyType({"place": "只这一处", "everywhere": "同一规则、同一文字处处"})
LONGEST_REASON = 300


def mark(
    data: DataDir,
    finding: Mapping[str, Any],
    what: str,
    review: Review,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
    scope: str = "place",
    until: date | None = None,
    before: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Write one mark and return its id. `before`: marks of this finding that still hold; the new one replaces them.

    Raises CockpitError when something is missing: a false alarm needs a reason and a date, as a whitelist entry does.
    """
    who = _signed(actor)
    if what == "false_alarm":
        _check_false_alarm(reason, until, review, local_day(now))
    batch = store.Batch(data, "action")
    mark_id = store.new_run_id("mark", now)
    batch.add(
        "finding_mark",
        mark_id=mark_id,
        marked_at=now,
        actor=who,
        mark=what,
        scope=scope,
        finding_id=finding["finding_id"],
        site_code=finding["site_code"],
        kind=finding["kind"],
        rule=finding["rule"] or finding["kind"],
        target=finding["target"],
        reason=reason.strip()[:LONGEST_REASON] or None,
        until=until if what == "false_alarm" else None,
    )
    for old in before:
        batch.add("finding_mark", **_undone(old, who, now))
    batch.write(now)
    return mark_id


def _check_false_alarm(reason: str, until: date | None, review: Review, today: date) -> None:
    if not reason.strip():
        raise CockpitError("标记误报必须写明理由，供复核和以后查证")
    latest = today + timedelta(days=review.false_alarm_days)
    if until is None or not today < until <= latest:
        raise CockpitError(f"误报的有效期应在明天到 {latest} 之间，到期后自动恢复检查")


def undo(data: DataDir, old: Mapping[str, Any], *, actor: str, now: datetime) -> None:
    """Take a mark back: the row stays and says when and by whom."""
    if old["undone_at"] is not None:
        raise CockpitError("这条标记已经撤销过了")
    batch = store.Batch(data, "action")
    batch.add("finding_mark", **_undone(old, _signed(actor), now))
    batch.write(now)


def _undone(old: Mapping[str, Any], actor: str, now: datetime) -> dict[str, Any]:
    columns = store.input_tables()["finding_mark"].columns
    return {name: old[name] for name in columns} | {"undone_at": now, "undone_by": actor}


def _signed(actor: str) -> str:
    if not actor.strip():
        raise CockpitError("请填写操作人")
    return actor.strip()
