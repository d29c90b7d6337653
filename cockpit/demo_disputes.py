"""Disputes of the demonstration city: one in every state, two of them with the correction that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cockpit import closing, pipeline, store
from cockpit.appraise import disputes as arguing
from cockpit.appraise.handling import load_handling
from cockpit.paths import DataDir
from cockpit.store.queries import disputes, scores
from cockpit.store.queries import issues as stored
from cockpit.workdays import Calendar

CLOSER, UNIT, ACCEPTER, REVIEWER = "演示封存员", "演示单位联络员", "演示受理员", "演示复核员"
NOTE = ("说明.txt", "演示附件：统计期内按计划割接网络，已于割接前报备。".encode())
# How far a case of the newest closed week goes, and with which words.
NEWEST = (
    ("open", "统计时点前已恢复访问，请复测", ""),
    ("reviewing", "栏目改版期间已报备，请予考虑", ""),
    ("withdrawn", "与上一条重复", ""),
    ("upheld", "已在统计时点后整改完成", "封存时的快照与规则相符，事后整改不影响本期，维持"),
    ("cancelled", "统计期内按计划割接网络，已提前报备", "经核对报备记录属实，撤销"),
)
BEFORE = (("partial", "三处中有一处属于转载", "部分内容属转载且已注明来源，保留一半"),)
SHARE = 0.5


def argue(data: DataDir, now: datetime) -> None:
    """Raise, accept and conclude the cases; every correction follows by itself as in the real city."""
    with store.reader(data) as reader:
        weeks = {issue["week"]: issue["closed_at"] for issue in reversed(stored.issues(reader))}
        newest = sorted(weeks, reverse=True)
        plan = [
            (row, case, _Times.between(weeks[week], now if week == newest[0] else weeks[newest[0]]))
            for week, cases in zip(newest, (NEWEST, BEFORE), strict=False)
            for row, case in _chosen(reader, week, cases)
        ]
    numbers = [
        _raise(data, times.raised, row, reason, attach=state == "cancelled")
        for row, (state, reason, _), times in plan
    ]
    pipeline.load_all(data, now)
    for number, (_, (state, _, _), times) in zip(numbers, plan, strict=True):
        _go_on(data, number, state, times.accepted)
    pipeline.load_all(data, now)
    for number, (_, (state, _, words), times) in zip(numbers, plan, strict=True):
        if state in {"upheld", "partial", "cancelled"}:
            kept = SHARE if state == "partial" else None
            at = times.decided
            told = {"state": state, "reviewer": REVIEWER, "decision": words, "kept": kept}
            closing.decide(data, number, **told, now=at, load_at=now)  # the warnings stay those of now


@dataclass(frozen=True)
class _Times:
    """When the steps of a case were taken."""

    raised: datetime
    accepted: datetime
    decided: datetime

    @staticmethod
    def between(closed: datetime, end: datetime) -> _Times:
        return _Times(*(closed + (end - closed) * share / 4 for share in (1, 2, 3)))


def _chosen(reader: store.Reader, week: str, cases: Any) -> list[tuple[dict[str, Any], Any]]:
    """The dearest lost point of as many units as there are cases."""
    dearest: dict[str, dict[str, Any]] = {}
    for row in scores.deductions(reader, week):
        if not row["is_veto"]:
            dearest.setdefault(row["unit_code"], row)
    return list(zip(dearest.values(), cases, strict=False))


def _raise(data: DataDir, now: datetime, row: dict[str, Any], reason: str, *, attach: bool) -> str:
    return arguing.raise_dispute(
        data,
        row,
        None,
        actor=UNIT,
        reason=reason,
        now=now,
        handling=load_handling(data.rules),
        calendar=Calendar.load(data.calendar),
        published=None,
        attachment=arguing.keep_bytes(data, *NOTE) if attach else None,
    )


def _go_on(data: DataDir, number: str, state: str, now: datetime) -> None:
    with store.reader(data) as reader:
        dispute = disputes.dispute(reader, number)
    if dispute is None or state == "open":
        return
    if state == "withdrawn":
        arguing.withdraw(data, dispute, actor=UNIT, now=now)
    else:
        arguing.accept(data, dispute, actor=ACCEPTER, now=now)
