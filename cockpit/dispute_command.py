"""`python -m cockpit disputes`: list, raise, accept, decide and withdraw disputes (异议), and their statistics."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cockpit import clock, closing, pipeline, plain, store
from cockpit.appraise import disputes as arguing
from cockpit.appraise.indicators import load_rules
from cockpit.close_command import closed_text, names_of
from cockpit.errors import CockpitError
from cockpit.paths import DataDir, data_dir
from cockpit.store.queries import disputes
from cockpit.usage import add_actor

DECISIONS: Mapping[str, str] = MappingProxyType(
    {"维持": "upheld", "部分采纳": "partial", "撤销": "cancelled"}
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "step",
        nargs="?",
        default="list",
        choices=[*ACTIONS],
        metavar="步骤",
        help="list 列出（默认）、raise 提出、accept 受理、decide 结论、withdraw 撤回、stats 统计",
    )
    parser.add_argument(
        "number", nargs="?", metavar="编号", help="提出时为扣分编号（D-…），其余为异议编号（Y-…）"
    )
    add_actor(parser)
    parser.add_argument("--reason", default="", metavar="文字", help="理由或结论说明")
    parser.add_argument("--attach", type=Path, metavar="文件", help="附件（提出时）")
    parser.add_argument("--decision", choices=[*DECISIONS], metavar="结论", help="维持、部分采纳、撤销")
    parser.add_argument("--keep", type=float, metavar="比例", help="部分采纳时保留扣分的比例，如 0.5")
    parser.add_argument("--week", metavar="周次", help="只看这一周")
    parser.add_argument("--unit", metavar="单位编码", help="只看这个责任单位")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def main(args: argparse.Namespace) -> int:
    """异议：列出、提出、受理、结论、撤回、统计。"""
    data = data_dir(args.data)
    if args.week:
        args.week = clock.parse_week(args.week)
    if args.step not in {"list", "stats"} and not args.number:
        raise CockpitError(f"{args.step} 需要写明编号")
    answer, text = ACTIONS[args.step](args, data)
    print(plain.as_json(answer, default=str) if args.json else text)
    return 0


def _list(args: argparse.Namespace, data: DataDir) -> tuple[Any, str]:
    with store.reader(data) as reader:
        rows = disputes.disputes(reader, args.week, args.unit)
    lines = [f"异议 {len(rows)} 件，未办结 {sum(r['state'] in arguing.OPEN for r in rows)} 件。"]
    lines += [
        f"  {r['dispute_id']}\t{arguing.STATES[r['state']]}\t{r['unit_name']}\t限 {r['due_on']}\t{r['fact'] or ''}"
        for r in rows
    ]
    return rows, "\n".join(lines)


def _raise(args: argparse.Namespace, data: DataDir) -> tuple[Any, str]:
    now = clock.now(args.as_of)
    attachment = arguing.keep_attachment(data, args.attach) if args.attach else None
    number = closing.raise_on(
        data, args.number, actor=args.actor, reason=args.reason, now=now, attachment=attachment
    )
    return {"dispute_id": number}, f"已提出异议 {number}。"


def _accept(args: argparse.Namespace, data: DataDir) -> tuple[Any, str]:
    now = clock.now(args.as_of)
    arguing.accept(data, _one(data, args.number), actor=args.actor, now=now)
    pipeline.load_all(data, now)
    return {"dispute_id": args.number, "state": "reviewing"}, f"已受理 {args.number}。"


def _decide(args: argparse.Namespace, data: DataDir) -> tuple[Any, str]:
    if not args.decision:
        raise CockpitError("请写明结论：--decision 维持、部分采纳 或 撤销")
    done = closing.decide(
        data,
        args.number,
        state=DECISIONS[args.decision],
        reviewer=args.actor,
        decision=args.reason,
        now=clock.now(args.as_of),
        kept=args.keep,
    )
    text = f"{args.number} 结论：{args.decision}。" + (
        f"\n{closed_text(done, names_of(data))}" if done else ""
    )
    return {"dispute_id": args.number, "revision": done.revision if done else None}, text


def _withdraw(args: argparse.Namespace, data: DataDir) -> tuple[Any, str]:
    now = clock.now(args.as_of)
    arguing.withdraw(data, _one(data, args.number), actor=args.actor, now=now)
    pipeline.load_all(data, now)
    return {"dispute_id": args.number, "state": "withdrawn"}, f"已撤回 {args.number}。"


def _stats(args: argparse.Namespace, data: DataDir) -> tuple[Any, str]:
    names = load_rules(data.rules).indicators
    with store.reader(data) as reader:
        rows = disputes.statistics(reader, args.week)
    lines = ["指标\t异议\t待办\t维持\t部分采纳\t撤销\t退回分数"]
    for r in rows:
        name = names[r["indicator_id"]].name if r["indicator_id"] in names else r["indicator_id"]
        numbers = "\t".join(str(r[k]) for k in ("raised", "waiting", "upheld", "partial", "cancelled"))
        lines.append(f"{name}\t{numbers}\t{r['returned'] or 0:.2f}")
    return rows, "\n".join(lines)


def _one(data: DataDir, number: str) -> dict[str, Any]:
    with store.reader(data) as reader:
        found = disputes.dispute(reader, number)
    if found is None:
        raise CockpitError(f"没有异议「{number}」。用 python -m cockpit disputes 列出全部")
    return found


ACTIONS: Mapping[str, Callable[[argparse.Namespace, DataDir], tuple[Any, str]]] = MappingProxyType(
    {
        "list": _list,
        "raise": _raise,
        "accept": _accept,
        "decide": _decide,
        "withdraw": _withdraw,
        "stats": _stats,
    }
)
