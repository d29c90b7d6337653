"""Closing a week, correcting it and proving it again: the judgement's rules put together with storage.

A week is closed once (更正号 0). What disputes or late facts change comes as a new revision with its reason; the
old one stays as it was. Commands and pages call these functions; each leaves its result published.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cockpit import pipeline, registry, store
from cockpit.appraise import disputes as arguing
from cockpit.appraise import due, issues
from cockpit.appraise.handling import load_handling
from cockpit.appraise.indicators import Rules, load_rules
from cockpit.appraise.issues import Difference, Kept
from cockpit.appraise.relief import relieve
from cockpit.appraise.score import WeekResult, rows, score_results, score_week
from cockpit.clock import to_local, week_bounds
from cockpit.detect.privacy import masked
from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.report import annexes
from cockpit.store.queries import collection, disputes, scores
from cockpit.store.queries import issues as stored
from cockpit.workdays import Calendar

_OURS = (
    "revision",
    "closed_at",
    "actor",
    "facts_sha256",
    "results_sha256",
    "due_sha256",
)  # whose closing it is


@dataclass(frozen=True)
class Closed:
    """What one closing or correction came to. changes: against the revision before, empty for the first."""

    week: str
    revision: int
    units: int
    vetoed: int
    deductions: int
    facts_sha256: str
    results_sha256: str
    changes: tuple[Difference, ...] = ()


@dataclass
class Proof:
    """What a recomputation came to. late: facts that arrived after the closing; they change nothing."""

    week: str
    revision: int
    tampered: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    late: list[Difference] = field(default_factory=list)
    deep: list[Difference] | None = None

    @property
    def same(self) -> bool:
        return not (self.tampered or self.differences or self.deep)


def newest(data: DataDir, week: str) -> dict[str, Any] | None:
    """The newest issue of a week, None while it is open."""
    with store.reader(data) as reader:
        found = stored.issues(reader, week)
    return found[0] if found else None


def close(data: DataDir, week: str, *, actor: str, now: datetime) -> Closed:
    """Freeze a week that is over. Raises CockpitError for one that is running or already closed."""
    if now < week_bounds(week)[1]:
        raise CockpitError(
            f"{week} 还没有结束（{to_local(week_bounds(week)[1]):%Y-%m-%d %H:%M} 结束），不能封存"
        )
    pipeline.refuse_the_past(data, now, "封存", "请去掉 --as-of（和 COCKPIT_NOW）再运行")
    if store.pending_batches(data):
        pipeline.load_all(data, now)
    already = newest(data, week)
    if already:
        raise CockpitError(
            f"{week} 已于 {to_local(already['closed_at']):%Y-%m-%d %H:%M} 由{already['actor']}封存，不能再封存。"
            "有异议结论或迟到数据请用 --correct 出更正"
        )
    rules = load_rules(data.rules)
    with store.reader(data) as reader:
        seen = collection.first_look(reader)
        if seen is None or seen >= week_bounds(week)[1]:
            raise CockpitError(f"{week} 还没有开始采集，没有可以封存的。请核对 --week")
        first = score_week(reader, rules, Calendar.load(data.calendar), week, now)
        kept = disputes.decided(reader, week)
        result = score_results(relieve(first.results, week, kept), _units(first), rules, week, 0)
        whole = keep(data, reader, result, now)
    return _freeze(data, result, rules, whole, actor, now, None)


def keep(data: DataDir, reader: store.Reader, result: WeekResult, at: datetime) -> Kept:
    """What an issue closed at `at` keeps: what it is judged by, what was due, the other files of its bundle as they stand."""
    calendar = Calendar.load(data.calendar)
    ids = [e.finding_id for r in result.results for e in r.measured.rows if e.finding_id]
    owed = due.matters(reader, calendar, result.week, at)
    files = annexes.freeze(reader, result.week, ids, masked, calendar, owed)
    return Kept(issues.frozen_files(data) | files, owed)


def correct(
    data: DataDir,
    week: str,
    *,
    actor: str,
    reason: str,
    now: datetime,
    late_facts: bool = False,
    load_at: datetime | None = None,
) -> Closed:
    """Make the next revision of a closed week: dispute decisions, and with `late_facts` what arrived later.

    Frozen facts are scored by the frozen rules; the rules of today never reach a closed week.
    """
    if not reason.strip():
        raise CockpitError("更正必须写明理由（--reason）")
    if store.pending_batches(data):
        pipeline.load_all(data, load_at or now)
    issue = newest(data, week)
    if issue is None:
        raise CockpitError(
            f"{week} 还没有封存，不需要更正。请先运行 python -m cockpit close-week --week {week}"
        )
    with store.reader(data) as reader:
        _refuse_tampered(reader, issue)
        old = issues.stored_rows(reader, week, issue["revision"], issues.RESULT_TABLES)
        rules = issues.rules_of(reader, week, issue["revision"])
        same = Kept(
            stored.files(reader, week, issue["revision"]),
            due.of_week(reader, Calendar.load(data.calendar), week, issue["revision"]),
        )
        first, _ = issues.score_frozen(reader, week, issue["revision"])
        if late_facts:
            first = score_week(reader, rules, Calendar.load(data.calendar), week, now)
        kept = disputes.decided(reader, week)
    results = relieve(first.results, week, kept)
    result = score_results(results, _units(first), rules, week, issue["revision"] + 1)
    changes = issues.differences(old, rows(result, rules, now))
    if not changes:
        raise CockpitError(f"{week} 没有需要更正的内容：没有新的异议结论，事实也没有变化")
    return _freeze(data, result, rules, same, actor, now, reason.strip(), changes, load_at)


def _refuse_tampered(reader: store.Reader, issue: Mapping[str, Any]) -> None:
    wrong = issues.tampered(reader, issue)
    if wrong:
        raise CockpitError(
            f"{issue['week']} 封存的{'、'.join(wrong)}与摘要不符，不能在它上面出更正。"
            "请用 python -m cockpit rebuild 从归档批次重建后再试"
        )


def _units(result: WeekResult) -> list[dict[str, Any]]:
    return [{"unit_code": s.unit_code, "unit_group": s.unit_group} for s in result.scores]


def _freeze(
    data: DataDir,
    result: WeekResult,
    rules: Rules,
    kept: Kept,
    actor: str,
    now: datetime,
    reason: str | None,
    changes: list[Difference] | None = None,
    load_at: datetime | None = None,
) -> Closed:
    head = spool(data, result, rules, kept, actor, now, reason)
    pipeline.load_all(data, load_at or now)
    issue = newest(data, result.week)
    if issue is None or any(issue[k] != head[k] for k in _OURS):
        raise CockpitError(f"{result.week} 已被另一个封存抢先，以先封存的为准，本次未生效")
    return Closed(
        result.week,
        result.revision,
        len(result.scores),
        sum(s.vetoed for s in result.scores),
        len(result.deductions),
        issue["facts_sha256"],
        issue["results_sha256"],
        tuple(changes or ()),
    )


def spool(
    data: DataDir,
    result: WeekResult,
    rules: Rules,
    kept: Kept,
    actor: str,
    now: datetime,
    reason: str | None = None,
) -> dict[str, Any]:
    """Write one closing as one batch; it holds once it is loaded. Returns the row of `issue`."""
    if not actor.strip():
        raise CockpitError("请写明封存人（--actor）")
    found = issues.issue_rows(result, rules, kept, actor=actor.strip(), now=now, reason=reason)
    batch = store.Batch(data, "close", store.new_run_id("close", now))
    for table, row in found:
        batch.add(table, **row)
    batch.write(now)
    return found[-1][1]


def decide(
    data: DataDir,
    dispute_id: str,
    *,
    state: str,
    reviewer: str,
    decision: str,
    now: datetime,
    kept: float | None = None,
    load_at: datetime | None = None,
) -> Closed | None:
    """Conclude a dispute; where that changes a closed week, its correction follows by itself and is returned.

    `load_at`: the moment of the load, where it is not `now` (a decision told afterwards must not judge the warnings as of then).
    """
    with store.reader(data) as reader:
        dispute = disputes.dispute(reader, dispute_id)
        known = stored.issues(reader, dispute["week"]) if dispute else []
    issue = known[0] if known else None
    if dispute is None:
        raise CockpitError(f"没有异议「{dispute_id}」")
    follows = issue is not None and state != "upheld"
    arguing.decide(
        data,
        dispute,
        state=state,
        reviewer=reviewer,
        confirmer=known[-1]["actor"] if known else None,
        decision=decision,
        now=now,
        kept=kept,
        revision=issue["revision"] + 1 if issue and follows else None,
    )
    pipeline.load_all(data, load_at or now)
    if not follows:
        return None
    reason = f"异议 {dispute_id} {arguing.STATES[state]}：{decision.strip()}"
    return correct(data, dispute["week"], actor=reviewer, reason=reason, now=now, load_at=load_at)


def raise_on(
    data: DataDir,
    deduction_id: str,
    *,
    actor: str,
    reason: str,
    now: datetime,
    attachment: arguing.Attachment | None = None,
) -> str:
    """Raise a dispute on one lost point and publish it; returns its number."""
    with store.reader(data) as reader:
        deduction = scores.deduction(reader, deduction_id)
        known = disputes.newest_on(reader, deduction_id)
        closed = stored.issues(reader, deduction["week"]) if deduction else []
    if deduction is None:
        raise CockpitError(f"没有扣分「{deduction_id}」，编号见考核包 02_扣分明细")
    number = arguing.raise_dispute(
        data,
        deduction,
        known,
        actor=actor,
        reason=reason,
        now=now,
        handling=load_handling(data.rules),
        calendar=Calendar.load(data.calendar),
        published=closed[-1]["closed_at"] if closed else None,
        attachment=attachment,
    )
    pipeline.load_all(data, now)
    return number


def recompute(
    data: DataDir, week: str, now: datetime, *, revision: int | None = None, deep: bool = False
) -> Proof:
    """Prove an issue: digests, then the scores of its frozen facts; `deep` goes back to the archived batches."""
    with store.reader(data) as reader:
        known = {issue["revision"]: issue for issue in stored.issues(reader, week)}
        if not known:
            raise CockpitError(
                f"{week} 还没有封存。未封存的周请用 python -m cockpit score --week {week} --check"
            )
        number = max(known) if revision is None else revision
        if number not in known:
            raise CockpitError(f"{week} 没有第 {number} 次更正，现有：{'、'.join(map(str, sorted(known)))}")
        issue = known[number]
        proof = Proof(week, number, issues.tampered(reader, issue))
        if any("原文" in part for part in proof.tampered):
            return proof  # nothing can be scored by rules that are not the frozen ones
        again, rules = issues.score_frozen(reader, week, number)
        kept = issues.stored_rows(reader, week, number, issues.RESULT_TABLES)
        proof.differences = issues.differences(kept, rows(again, rules, now))
        if number == 0:
            calendar = Calendar.load(data.calendar)
            today = score_week(reader, rules, calendar, week, now)
            owed = due.matters(reader, calendar, week, issue["closed_at"])
            proof.late = _facts_differ(reader, issue, today, rules, now, owed)
    if deep:
        proof.deep = _from_batches(data, issue)
    return proof


def _facts_differ(
    reader: store.Reader,
    first: Mapping[str, Any],
    again: WeekResult,
    rules: Rules,
    now: datetime,
    owed: Sequence[Mapping[str, Any]],
) -> list[Difference]:
    """The indicators and the due matters of a week's first issue against those found again."""
    tables = ("indicator_result", *(issues.DUE_TABLES if first["due_sha256"] is not None else ()))
    found = rows(again, rules, now) + [(due.TABLE, dict(row)) for row in owed]
    kept = issues.stored_rows(reader, first["week"], 0, tables)
    return issues.differences(kept, found, tables)


def _from_batches(data: DataDir, issue: Mapping[str, Any]) -> list[Difference]:
    """Build a database of the batches known at the closing, with the frozen registers, and measure it again."""
    week = issue["week"]
    with store.reader(data) as reader:
        first = stored.issues(reader, week)[-1]  # corrections rest on the facts of the first closing
        names, files = stored.batches_until(reader, first["closed_at"]), stored.files(reader, week, 0)
        with tempfile.TemporaryDirectory() as folder:
            copy = _copy(data, Path(folder), names, files)
            store.load(copy, first["closed_at"], register=registry.rows(registry.load_register(copy)))
            with store.reader(copy) as old:
                rules, calendar = issues.rules_of(reader, week, 0), Calendar.load(copy.calendar)
                again = score_week(old, rules, calendar, week, first["closed_at"])
                owed = due.matters(old, calendar, week, first["closed_at"])
        return _facts_differ(reader, first, again, rules, first["closed_at"], owed)


def _copy(data: DataDir, folder: Path, names: list[str], files: Mapping[str, str]) -> DataDir:
    """A data folder of links to archived batches and of the frozen texts. Raises CockpitError for a lost batch."""
    copy = DataDir(folder)
    if data.is_demo:
        copy.mark_demo()
    copy.spool.mkdir(parents=True)
    archived = {path.stem: path for path in data.archive.glob("*/*.parquet")}
    lost = [name for name in names if name not in archived]
    if lost:
        raise CockpitError(f"归档里缺少 {len(lost)} 个批次（如 {lost[0]}），不能从批次复算")
    for name in names:
        os.symlink(archived[name], copy.spool / archived[name].name)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return copy
