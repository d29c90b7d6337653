"""`python -m cockpit indicators`: the rule table, its difference from a closed issue's, and 试算 of other limits."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cockpit import clock, plain, store
from cockpit.appraise import issues, trial
from cockpit.appraise.indicators import (
    DIMENSIONS,
    LIMIT_NAMES,
    LIMITS,
    NATURES,
    ROLES,
    SECTIONS,
    Rules,
    load_rules,
)
from cockpit.appraise.judge import Result, evaluate, shown, unofficial
from cockpit.errors import CockpitError
from cockpit.paths import DataDir, data_dir
from cockpit.report.columns import JUDGEMENTS, LEVELS
from cockpit.store.queries import issues as stored
from cockpit.store.queries.scores import units
from cockpit.workdays import Calendar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--id", metavar="指标", help="只看一项")
    parser.add_argument(
        "--against", metavar="周次", help="与已封存的一周所用的口径比较，如 2026-W46 或 2026-W46.1（更正号）"
    )
    parser.add_argument(
        "--try",
        dest="changes",
        action="append",
        default=[],
        metavar="指标.字段=值",
        help=f"试算，可重复；字段：{'、'.join(trial.FIELDS)}；值可写 4%% 或 无",
    )
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def main(args: argparse.Namespace) -> int:
    data, now = data_dir(args.data), clock.now(args.as_of)
    rules = load_rules(data.rules)
    if args.changes:
        return _try(data, rules, [trial.parse_change(c) for c in args.changes], now, args.json)
    if args.against:
        return _against(data, rules, args.against, args.json)
    rows = [r for r in trial.as_rows(rules) if args.id in (None, r["id"])]
    if not rows:
        raise CockpitError(f"没有指标 {args.id}。全部指标：{'、'.join(rules.indicators)}")
    if args.json:
        table = [vars(e) for e in rules.exclusions]
        print(
            plain.as_json(
                {"version": rules.version, "sha256": rules.sha256, "indicators": rows, "exclusions": table},
            )
        )
    else:
        print(_table(rules, [r["id"] for r in rows]))
    return 0


def _table(rules: Rules, names: Sequence[str]) -> str:
    lines = [f"口径 v{rules.version}，规则集 sha256 {rules.sha256[:12]}，{len(names)} 项指标"]
    for name in names:
        i = rules.indicators[name]
        limits = "，".join(
            f"{LIMIT_NAMES[f]} {shown(i, getattr(i, f))}{unofficial(i, f)}"
            for f in reversed(LIMITS)
            if getattr(i, f) is not None
        )
        each = f"，每处 {i.points_each:g}{unofficial(i, 'points_each')}" if i.points_each is not None else ""
        points = f"{ROLES[i.role]}上限 {i.cap:g}{unofficial(i, 'cap')}{each}" if i.cap else "不计分"
        lines.append(
            f"{i.id}\t{i.name}\t{SECTIONS.get(i.section or '', DIMENSIONS[i.dimension])}\t{limits or '—'}\t{points}"
            f"\t{NATURES[i.nature]}\t{i.source}\t{i.valid_from or '长期'} 起"
        )
    if rules.exclusions:
        lines.append("不重复扣分：")
        lines += [f"  {e.winner} 扣了的 {e.loser} 不再扣：{e.reason}" for e in rules.exclusions]
    return "\n".join(lines)


def _against(data: DataDir, rules: Rules, text: str, as_json: bool) -> int:
    name, _, number = text.partition(".")
    week = clock.parse_week(name)
    with store.reader(data) as reader:
        known = [i["revision"] for i in stored.issues(reader, week)]
        if not known:
            raise CockpitError(f"{week} 还没有封存，没有可以比较的口径")
        revision = int(number) if number.isdigit() else max(known)
        if revision not in known:
            raise CockpitError(f"{week} 没有第 {revision} 次更正，现有：{'、'.join(map(str, sorted(known)))}")
        old = issues.rules_of(reader, week, revision)
    changes = trial.differences(old, rules)
    if as_json:
        rows = [vars(c) | {"before": _text(c.before, False), "after": _text(c.after, False)} for c in changes]
        print(plain.as_json({"week": week, "revision": revision, "changes": rows}))
        return 0
    print(
        f"与 {week}{f' 更正{revision}' if revision else ''} 封存的口径 v{old.version} 相比，现行 v{rules.version} 有 {len(changes)} 处不同。"
    )
    for c in changes:
        what = c.field or ("新增" if c.before is None else "取消")
        print(f"  {c.indicator or '全表'} {c.name}\t{what}\t{_text(c.before)} → {_text(c.after)}")
    return 0


def _text(value: Any, dash: bool = True) -> Any:
    if value is None:
        return "—" if dash else None
    return value.isoformat() if hasattr(value, "isoformat") else value


def measured_now(data: DataDir, rules: Rules, now: datetime) -> tuple[list[Result], list[dict[str, Any]]]:
    """Every indicator measured at this instant, and the units in their order."""
    with store.reader(data) as reader:
        return evaluate(reader, rules, now, Calendar.load(data.calendar)), units(reader)


def _try(data: DataDir, rules: Rules, changes: Sequence[trial.Change], now: datetime, as_json: bool) -> int:
    changed = trial.with_changes(rules, changes)
    results, all_units = measured_now(data, rules, now)
    found = trial.try_out(results, all_units, rules, changed, clock.week_of(now))
    names = {u["unit_code"]: u["unit_name"] for u in all_units}
    if as_json:
        print(plain.as_json(_trial_json(found)))
        return 0
    told = "；".join(f"{c.indicator}.{c.field}={'无' if c.value is None else c.value}" for c in changes)
    print(
        f"试算 {told}：{len(found.moves)} 个对象的判断会变，"
        f"{len(found.units)} 个单位的得分、等级或名次会变。没有改动任何数据。"
    )
    for m in found.moves:
        print(
            f"  {m.indicator} {m.code}（{names.get(m.unit_code, m.unit_code)}）："
            f"{_judged(m.level_before, m.judgement_before)} → {_judged(m.level_after, m.judgement_after)}"
        )
    for u in found.units:
        print(f"  {names.get(u.unit_code, u.unit_code)}：{_scored(u.before)} → {_scored(u.after)}")
    return 0


def _judged(level: str | None, judgement: str) -> str:
    return JUDGEMENTS[judgement] + (f"（{LEVELS[level]}）" if level else "")


def _scored(s: Any) -> str:
    value = "未评" if s.score is None else f"{s.score:.2f}"
    return f"{value} {'否决' if s.vetoed else s.grade}" + (f" 第 {s.rank} 名" if s.rank else "")


def _trial_json(found: trial.Trial) -> dict[str, Any]:
    def score(s: Any) -> dict[str, Any]:
        return {
            "score": None if s.score is None else float(s.score),
            "vetoed": s.vetoed,
            "grade": s.grade,
            "rank": s.rank,
        }

    return {
        "moves": [vars(m) for m in found.moves],
        "units": [
            {"unit_code": u.unit_code, "before": score(u.before), "after": score(u.after)}
            for u in found.units
        ],
    }
