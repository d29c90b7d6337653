"""`python -m cockpit verify-audit`: prove that nothing was changed in the trail."""

from __future__ import annotations

import argparse

from cockpit import plain
from cockpit.paths import data_dir
from cockpit.store.audit_check import Verdict, verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--head", metavar="序号:摘要值", help="与另行记下的一条核对，如打印件上的 128:3fa9c2d1"
    )
    parser.add_argument("--deep", action="store_true", help="再查全部归档批次有没有漏记的改动（较慢）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


def main(args: argparse.Namespace) -> int:
    """核对留痕：任何改动、删除、换序、截断都会被发现并指出位置。退出码 0 完好，1 不符。"""
    verdict = verify(data_dir(args.data), head=args.head, deep=args.deep)
    print(plain.as_json(_answer(verdict)) if args.json else _text(verdict))
    return 0 if verdict.sound else 1


def _answer(verdict: Verdict) -> dict[str, object]:
    number, digest = verdict.head
    return {
        "sound": verdict.sound,
        "entries": verdict.entries,
        "head": {"seq": number, "sha256": digest},
        "faults": verdict.faults,
        "notes": verdict.notes,
    }


def _text(verdict: Verdict) -> str:
    number, digest = verdict.head
    head = f"留痕{'完好' if verdict.sound else '不符'}：{verdict.entries} 条，最新 {number}:{digest[:16]}"
    return "\n".join([head, *(f"  ✕ {f}" for f in verdict.faults), *(f"  ● {n}" for n in verdict.notes)])
