"""`python -m cockpit close-week` and `recompute`: freeze a week, correct it, prove it again."""

from __future__ import annotations

import argparse
import getpass
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any

from cockpit import autoclose, clock, closing, plain, store
from cockpit.appraise.issues import Difference
from cockpit.closing import Closed, Proof
from cockpit.errors import CockpitError
from cockpit.paths import DataDir, data_dir
from cockpit.store.queries import scores
from cockpit.store.schema import all_tables

SHOWN = 20  # differences told in full


def add_close_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--week", metavar="周次", help="如 2026-W47（默认最近一个完整的周）")
    parser.add_argument("--actor", default=getpass.getuser(), metavar="姓名", help="封存人（默认当前用户）")
    parser.add_argument(
        "--due",
        action="store_true",
        help="按日程封存：到点、采齐的周都封存，没采齐的说明缺什么（可反复运行）",
    )
    parser.add_argument("--correct", action="store_true", help="对已封存的周出更正：并入异议结论")
    parser.add_argument("--late-facts", action="store_true", help="更正时也并入封存后才到的数据")
    parser.add_argument("--reason", default="", metavar="理由", help="更正理由（更正时必填）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def close_week(args: argparse.Namespace) -> int:
    """封存一周，或对已封存的周出更正。"""
    data, now = data_dir(args.data), clock.now(args.as_of)
    if args.due:
        return _close_due(data, now, args)
    week = clock.parse_week(args.week) if args.week else clock.last_complete_week(now)
    if args.correct:
        done = closing.correct(
            data, week, actor=args.actor, reason=args.reason, now=now, late_facts=args.late_facts
        )
    else:
        done = closing.close(data, week, actor=args.actor, now=now)
    if args.json:
        print(plain.as_json(asdict(done), default=str))
        return 0
    print(closed_text(done, names_of(data)))
    return 0


def _close_due(data: DataDir, now: datetime, args: argparse.Namespace) -> int:
    """Exit code 1 while a week that is due waits for its collection."""
    if args.week or args.correct or args.late_facts:
        raise CockpitError("--due 按日程封存，不与 --week、--correct、--late-facts 同用")
    weeks = autoclose.run(data, now)
    if args.json:
        rows = [{**asdict(w), "told": autoclose.told(w)} for w in weeks]
        print(plain.as_json(rows, default=str))
    else:
        for w in weeks:
            print(f"{w.week} {autoclose.STATES[w.state]}：{autoclose.told(w)}")
        if not weeks:
            print("还没有采集过，没有可以封存的周。")
    return 1 if any(w.state == "waiting" for w in weeks) else 0


def names_of(data: DataDir) -> dict[str, str]:
    """Code → name of every unit, site and account."""
    with store.reader(data) as reader:
        return scores.object_names(reader)


def closed_text(done: Closed, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """One closing or correction in words. `names`: of units, sites and accounts by their codes."""
    name = f"第 {done.revision} 次更正" if done.revision else "封存"
    lines = [
        f"{done.week} 已{name}：{done.units} 个单位，单项否决 {done.vetoed} 个，扣分 {done.deductions} 条。",
        f"  事实摘要 {done.facts_sha256[:16]}…  结果摘要 {done.results_sha256[:16]}…",
    ]
    if done.changes:
        lines += [f"  与上一次相比有 {len(done.changes)} 处变化：", *_told(done.changes, names)]
    return "\n".join(lines)


def add_recompute_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--week", metavar="周次", help="如 2026-W47（默认最近一个完整的周）")
    parser.add_argument("--revision", type=int, metavar="号", help="第几次更正（默认最新；0 为首次封存）")
    parser.add_argument(
        "--deep", action="store_true", help="从封存时已入库的归档批次重新测量，最彻底，也最慢"
    )
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def recompute(args: argparse.Namespace) -> int:
    """复算：用封存的事实和口径重新计分，与封存的结果逐项比较。"""
    data, now = data_dir(args.data), clock.now(args.as_of)
    week = clock.parse_week(args.week) if args.week else clock.last_complete_week(now)
    proof = closing.recompute(data, week, now, revision=args.revision, deep=args.deep)
    print(plain.as_json(answer(proof), default=str) if args.json else proof_text(proof))
    return 0 if proof.same else 1


def answer(proof: Proof) -> dict[str, Any]:
    return {**asdict(proof), "same": proof.same}


def proof_text(proof: Proof) -> str:
    """A recomputation in words."""
    name = f"{proof.week} 第 {proof.revision} 次更正" if proof.revision else f"{proof.week} 首次封存"
    wrong = len(proof.tampered) + len(proof.differences)
    lines = [f"{name}：{'一致' if not wrong else f'{wrong} 处不同'}。"]
    lines += [f"  ✗ {part}与封存时的摘要不符，可能被改动过。" for part in proof.tampered]
    lines += _told(proof.differences)
    if proof.deep is not None:
        lines.append(f"  从归档批次重新测量：{'一致' if not proof.deep else f'{len(proof.deep)} 处不同'}。")
        lines += _told(proof.deep)
    if proof.late:
        lines.append(
            f"  封存以后到的数据会带来 {len(proof.late)} 处变化，不影响本期；"
            "需要更正的用 close-week --correct --late-facts --reason 理由"
        )
    return "\n".join(lines)


def _told(found: Sequence[Difference], names: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    lines = [
        f"    {_key(d.key, names)} {_field(d)}：{_value(d.stored)} → {_value(d.again)}" for d in found[:SHOWN]
    ]
    return lines + ([f"    ……另有 {len(found) - SHOWN} 处"] if len(found) > SHOWN else [])


def _key(key: str, names: Mapping[str, str]) -> str:
    """The codes of a row with the names that are known."""
    return " ".join(f"{names[part]}（{part}）" if part in names else part for part in key.split(" "))


def _field(d: Difference) -> str:
    """A field by its meaning in the schema, without what stands in brackets or behind a colon."""
    if not d.field:
        return "整行"
    columns = all_tables()[d.table].columns
    return re.split(r"[(（:：;；]", columns[d.field].comment)[0] if d.field in columns else d.field


def _value(value: Any) -> str:
    return "无" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
