"""Disputes (异议): a unit asks for one lost point to be looked at again; someone else than its confirmer decides.

raise → accept → decide (维持、部分采纳、撤销), or withdraw. Every step is one batch with the new state of the dispute
and one event; nothing is deleted. What a decision changes reaches the scores by relief.py.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cockpit import store
from cockpit.appraise.handling import Handling
from cockpit.clock import local_day
from cockpit.errors import CockpitError, why
from cockpit.paths import DataDir
from cockpit.plain import same_name
from cockpit.workdays import Calendar

MOST_BYTES = 10_000_000
# Suffix → how a file of that kind begins; text has no mark of its own.
ATTACHMENTS: Mapping[str, bytes] = MappingProxyType(
    {
        ".pdf": b"%PDF-",
        ".png": b"\x89PNG",
        ".jpg": b"\xff\xd8\xff",
        ".jpeg": b"\xff\xd8\xff",
        ".docx": b"PK\x03\x04",
        ".xlsx": b"PK\x03\x04",
        ".txt": b"",
        ".csv": b"",
    }
)
OPEN = frozenset({"open", "reviewing"})
STATES: Mapping[str, str] = MappingProxyType(
    {
        "open": "待受理",
        "reviewing": "复核中",
        "upheld": "维持",
        "partial": "部分采纳",
        "cancelled": "撤销",
        "withdrawn": "已撤回",
    }
)
KEPT = MappingProxyType({"upheld": 1.0, "cancelled": 0.0})


@dataclass(frozen=True)
class Step:
    """One action on a dispute: Chinese name, from which states, to which (None: the decision says)."""

    name: str
    sources: frozenset[str]
    target: str | None


STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "accept": Step("受理", frozenset({"open"}), "reviewing"),
        "decide": Step("作出结论", frozenset({"reviewing"}), None),
        "withdraw": Step("撤回", OPEN, "withdrawn"),
    }
)


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a dispute: its own name and the name it is kept under (digest and suffix)."""

    name: str
    kept_as: str


def keep_attachment(data: DataDir, path: Path) -> Attachment:
    """Copy a file into the data folder. Raises CockpitError for a kind, size or content that is not taken."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CockpitError(f"附件 {path.name} 超过 {MOST_BYTES // 1_000_000} MB")
        return keep_bytes(data, path.name, path.read_bytes())
    except OSError as error:
        raise CockpitError(f"附件 {path} 读不了（{why(error)}）。请检查路径和权限") from error


def attachment(data: DataDir, kept_as: str) -> bytes:
    """A kept file, unchanged. Raises CockpitError when it is lost or no longer what its name says."""
    try:
        content = (data.attachments / Path(kept_as).name).read_bytes()
    except OSError as error:
        raise CockpitError(f"附件 {kept_as} 读不了（{why(error)}）。请从备份恢复") from error
    if hashlib.sha256(content).hexdigest() != Path(kept_as).stem:
        raise CockpitError(f"附件 {kept_as} 与提出时的摘要不符，可能被改动过")
    return content


def keep_bytes(data: DataDir, name: str, content: bytes) -> Attachment:
    """Keep the content of an uploaded file under its digest."""
    suffix = Path(name).suffix.lower()
    if suffix not in ATTACHMENTS:
        raise CockpitError(f"附件 {name} 的类型不收，可以是 {'、'.join(ATTACHMENTS)}")
    if len(content) > MOST_BYTES:
        raise CockpitError(f"附件 {name} 超过 {MOST_BYTES // 1_000_000} MB")
    if not content.startswith(ATTACHMENTS[suffix]):
        raise CockpitError(f"附件 {name} 的内容不是 {suffix} 文件")
    kept_as = hashlib.sha256(content).hexdigest() + suffix
    try:
        data.attachments.mkdir(parents=True, exist_ok=True)
        beside = data.attachments / f".{kept_as}.{os.getpid()}"
        beside.write_bytes(content)
        beside.rename(data.attachments / kept_as)
    except OSError as error:
        raise CockpitError(f"附件存不进 {data.attachments}（{why(error)}）。请检查磁盘空间和权限") from error
    return Attachment(re.sub(r"[\x00-\x1f/\\]", "_", name)[:120], kept_as)


def raise_dispute(
    data: DataDir,
    deduction: Mapping[str, Any],
    known: Mapping[str, Any] | None,
    *,
    actor: str,
    reason: str,
    now: datetime,
    handling: Handling,
    calendar: Calendar,
    published: datetime | None,
    attachment: Attachment | None = None,
) -> str:
    """A unit disputes one lost point; returns the dispute's number. `known`: the newest dispute on it.

    `published`: when the week was closed, None while it is open (then there is no deadline yet).
    """
    _need(actor, "提出人")
    _need(reason, "理由")
    if known is not None and known["state"] in OPEN:
        raise CockpitError(
            f"这条扣分已有异议 {known['dispute_id']}（{STATES[known['state']]}），不能重复提出"
        )
    if known is not None and known["state"] != "withdrawn":
        raise CockpitError(
            f"这条扣分的异议 {known['dispute_id']} 已有结论（{STATES[known['state']]}），一条扣分只复核一次"
        )
    if published is not None:
        last = calendar.add(local_day(published), handling.raise_within)
        if local_day(now) > last:
            raise CockpitError(f"异议期已过：应在封存后 {handling.raise_within} 个工作日内（{last} 前）提出")
    number = _number(deduction, known)
    row = {
        "dispute_id": number,
        "deduction_id": deduction["deduction_id"],
        "week": deduction["week"],
        "unit_code": deduction["unit_code"],
        "raised_at": now,
        "actor": actor.strip(),
        "reason": reason.strip(),
        "attachment": attachment.name if attachment else None,
        "attachment_sha256": attachment.kept_as if attachment else None,
        "state": "open",
        "due_on": calendar.add(local_day(now), handling.decide_within),
    }
    _write(data, row, "raise", None, actor, reason, now)
    return number


def _number(deduction: Mapping[str, Any], known: Mapping[str, Any] | None) -> str:
    """Y + the deduction's own number, and a count from the second dispute on it."""
    plain = "Y" + str(deduction["deduction_id"])[1:]
    if known is None:
        return plain
    before = str(known["dispute_id"]).removeprefix(plain)
    return f"{plain}-{int(before[1:] or 1) + 1 if before else 2}"


def accept(data: DataDir, dispute: Mapping[str, Any], *, actor: str, now: datetime) -> None:
    """Take a dispute on for review."""
    _check(dispute, "accept")
    _need(actor, "受理人")
    if same_name(actor, dispute["actor"] or ""):
        raise CockpitError(f"受理人不能是提出人{actor.strip()}，请由另一人受理（--actor）")
    row = {**_kept(dispute), "state": "reviewing", "accepted_at": now, "accepter": actor.strip()}
    _write(data, row, "accept", dispute["state"], actor, None, now)


def decide(
    data: DataDir,
    dispute: Mapping[str, Any],
    *,
    state: str,
    reviewer: str,
    confirmer: str | None,
    decision: str,
    now: datetime,
    kept: float | None = None,
    revision: int | None = None,
) -> None:
    """Conclude a dispute: upheld, partial (with the share kept, between 0 and 1) or cancelled.

    `confirmer`: who first closed the week. That person, who raised the dispute and who accepted it may not decide.
    """
    _check(dispute, "decide")
    _need(reviewer, "复核人")
    _need(decision, "结论说明")
    if state not in {"upheld", "partial", "cancelled"}:
        raise CockpitError(f"结论「{state}」应是 维持、部分采纳、撤销 之一")
    _four_eyes(dispute, reviewer, confirmer)
    if state == "partial" and dispute.get("is_veto"):
        raise CockpitError("单项否决没有“部分采纳”，只能维持或撤销")
    share = KEPT.get(state, kept)
    if share is None or not 0 <= share <= 1 or (state == "partial" and share in {0, 1}):
        raise CockpitError("部分采纳必须写明保留扣分的比例，大于 0 小于 1，如 0.5")
    row = {
        **_kept(dispute),
        "state": state,
        "decided_at": now,
        "reviewer": reviewer.strip(),
        "decision": decision.strip(),
        "kept": float(share),
        "revision": revision,
    }
    _write(data, row, "decide", dispute["state"], reviewer, decision, now)


def _four_eyes(dispute: Mapping[str, Any], reviewer: str, confirmer: str | None) -> None:
    others = ((confirmer, "封存人"), (dispute["actor"], "提出人"), (dispute["accepter"], "受理人"))
    for other, what in others:
        if other and same_name(other, reviewer):
            raise CockpitError(f"复核人不能是这条扣分的{what}（{other}），请由另一人复核")


def withdraw(data: DataDir, dispute: Mapping[str, Any], *, actor: str, now: datetime) -> None:
    """The unit takes its dispute back."""
    _check(dispute, "withdraw")
    _need(actor, "操作人")
    row = {**_kept(dispute), "state": "withdrawn", "decided_at": now}
    _write(data, row, "withdraw", dispute["state"], actor, None, now)


def late(dispute: Mapping[str, Any], day: date) -> bool:
    """Whether a dispute was not decided within its time."""
    end = local_day(dispute["decided_at"]) if dispute["decided_at"] else day
    return dispute["due_on"] is not None and end > dispute["due_on"]


def _check(dispute: Mapping[str, Any], action: str) -> None:
    step = STEPS[action]
    if dispute["state"] not in step.sources:
        raise CockpitError(
            f"异议 {dispute['dispute_id']} 当前是“{STATES[dispute['state']]}”，不能{step.name}"
        )


def _need(text: str | None, name: str) -> None:
    if not (text or "").strip():
        raise CockpitError(f"请填写{name}")


def _kept(dispute: Mapping[str, Any]) -> dict[str, Any]:
    """The stored columns of a dispute, without what a query joined to it."""
    columns = store.all_tables()["dispute"].columns
    return {name: dispute.get(name) for name in columns}


def _write(
    data: DataDir,
    row: Mapping[str, Any],
    action: str,
    before: str | None,
    actor: str,
    reason: str | None,
    now: datetime,
) -> None:
    batch = store.Batch(data, "action")
    batch.add("dispute", **row)
    batch.add(
        "dispute_event",
        event_id=store.new_run_id("dispute", now),
        dispute_id=row["dispute_id"],
        event_at=now,
        actor=actor.strip(),
        action=action,
        from_state=before,
        to_state=row["state"],
        reason=(reason or "").strip() or None,
    )
    batch.write(now)
