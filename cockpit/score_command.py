"""`python -m cockpit score`: compute, keep and publish one week's scores; or check that they come out the same."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from cockpit import clock, close_command, closing, pipeline, plain, store, trial_command
from cockpit.appraise.indicators import Rules, load_rules
from cockpit.appraise.score import WeekResult, rows, score_week
from cockpit.errors import CockpitError
from cockpit.paths import DataDir, data_dir
from cockpit.store.queries import scores
from cockpit.store.queries.issues import issues
from cockpit.store.queries.scores import stored_scores
from cockpit.workdays import Calendar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--week", metavar="周次", help="如 2026-W47（默认最近一个完整的周）")
    parser.add_argument("--check", action="store_true", help="只复算，与已存的得分比较，不写入")
    parser.add_argument(
        "--trial", action="store_true", help="试算：用现行口径重算旧周，与已存的得分并列，只算不写"
    )
    parser.add_argument(
        "--weeks", type=int, default=4, metavar="周", help="试算最近几周（默认 4；写了 --week 就只算那一周）"
    )
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def main(args: argparse.Namespace) -> int:
    data, now = data_dir(args.data), clock.now(args.as_of)
    if args.trial:
        return _trial(data, now, args)
    week = clock.parse_week(args.week) if args.week else clock.last_complete_week(now)
    rules = load_rules(data.rules)
    if store.pending_batches(data) and not args.check:
        pipeline.load_all(data, now)
    if _closed(data, week):
        return _of_closed(data, week, now, args)
    result = compute(data, rules, week, now)
    if args.check:
        return _check(data, result, args.json)
    save(data, rules, result, now)
    pipeline.load_all(data, now)
    print(_json(result) if args.json else _told(data, result))
    return 0


def _trial(data: DataDir, now: datetime, args: argparse.Namespace) -> int:
    if args.check or args.weeks < 1:
        raise CockpitError("--trial 不与 --check 同用，--weeks 至少为 1")
    asked = clock.parse_week(args.week) if args.week else None
    found = trial_command.try_weeks(data, now, args.weeks, asked)
    version = load_rules(data.rules).version
    print(trial_command.as_json(found) if args.json else trial_command.told(found, version))
    return 0


def _closed(data: DataDir, week: str) -> bool:
    with store.reader(data) as reader:
        return bool(issues(reader, week))


def _of_closed(data: DataDir, week: str, now: datetime, args: argparse.Namespace) -> int:
    """A closed week is proved by its frozen facts, and never scored again."""
    if not args.check:
        raise CockpitError(
            f"{week} 已经封存，不再重新计分。复算：python -m cockpit recompute --week {week}；"
            f"更正：python -m cockpit close-week --week {week} --correct --reason 理由"
        )
    proof = closing.recompute(data, week, now)
    shown = plain.as_json(close_command.answer(proof), default=str)
    print(shown if args.json else close_command.proof_text(proof))
    return 0 if proof.same else 1


def compute(data: DataDir, rules: Rules, week: str, now: datetime) -> WeekResult:
    """Score a week from the published version."""
    with store.reader(data) as reader:
        return score_week(reader, rules, Calendar.load(data.calendar), week, now)


def save(data: DataDir, rules: Rules, result: WeekResult, now: datetime) -> None:
    """Spool a week's scores as one batch."""
    batch = store.Batch(data, "score", store.new_run_id("score", now))
    for table, row in rows(result, rules, now):
        batch.add(table, **row)
    batch.write(now)


def _check(data: DataDir, result: WeekResult, as_json: bool) -> int:
    with store.reader(data) as reader:
        stored = {row["unit_code"]: row["score"] for row in stored_scores(reader, result.week)}
    again = {s.unit_code: None if s.score is None else float(s.score) for s in result.scores}
    different = sorted(
        code for code in stored.keys() | again.keys() if stored.get(code, "无") != again.get(code, "无")
    )
    if as_json:
        changes = [{"unit_code": c, "stored": stored.get(c), "again": again.get(c)} for c in different]
        print(plain.as_json({"week": result.week, "same": not different, "differences": changes}))
        return 1 if different else 0
    if not different:
        print(f"{result.week} 复算一致：{len(again)} 个单位。")
        return 0
    print(f"{result.week} 复算有 {len(different)} 处不同：")
    for code in different:
        print(f"  {code}：已存 {stored.get(code, '无')}，复算 {again.get(code, '无')}")
    return 1


def _json(result: WeekResult) -> str:
    units: list[dict[str, Any]] = [
        {
            "unit_code": s.unit_code,
            "group": s.unit_group,
            "score": None if s.score is None else float(s.score),
            "vetoed": s.vetoed,
            "grade": s.grade,
            "rank": s.rank,
            "deducted": float(s.deducted),
            "measured": s.measured,
            "total": s.total,
        }
        for s in result.scores
    ]
    return plain.as_json({"week": result.week, "units": units, "deductions": len(result.deductions)})


def _told(data: DataDir, result: WeekResult) -> str:
    with store.reader(data) as reader:
        names = {row["unit_code"]: row["unit_name"] for row in scores.units(reader)}
    rated = [s for s in result.scores if s.score is not None]
    vetoed = [s for s in result.scores if s.vetoed]
    lines = [
        f"{result.week}：{len(result.scores)} 个单位，评分 {len(rated)} 个，单项否决 {len(vetoed)} 个，扣分 {len(result.deductions)} 条。"
    ]
    for s in sorted(result.scores, key=lambda s: (s.score is None, -(s.score or 0))):
        shown = "未评" if s.score is None else f"{s.score:.2f}" + ("（否决）" if s.vetoed else "")
        lines.append(f"  {names.get(s.unit_code, s.unit_code)}\t{shown}\t已采指标 {s.measured}/{s.total}")
    return "\n".join(lines)
