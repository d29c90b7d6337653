"""`python -m cockpit deadline`: the due date of one application, step by step."""

from __future__ import annotations

import argparse
import json
from datetime import date

from cockpit import deadline
from cockpit.errors import CockpitError
from cockpit.paths import data_dir
from cockpit.tabular import parse_date
from cockpit.workdays import Calendar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--received", required=True, metavar="日期", help="收到申请之日，如 2026-09-18")
    parser.add_argument("--extended", action="store_true", help="已办理延期（再加 20 个工作日）")
    parser.add_argument(
        "--third-party",
        metavar="起..止",
        help="征求第三方或其他机关意见的起止日期，如 2026-09-21..2026-09-30",
    )
    parser.add_argument("--corrected", metavar="日期", help="收到补正申请之日（期限重新起算）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def main(args: argparse.Namespace) -> int:
    result = deadline.compute(
        Calendar.load(data_dir(args.data).calendar),
        _day(args.received, "--received"),
        extended=args.extended,
        third_party=_period(args.third_party),
        corrected=_day(args.corrected, "--corrected") if args.corrected else None,
    )
    steps = [step.text for step in result.steps]
    if args.json:
        row = {
            "due": result.due.isoformat(),
            "workdays": result.workdays,
            "steps": steps,
            "provisional": result.provisional,
        }
        print(json.dumps(row, ensure_ascii=False))
    else:
        print("\n".join([*(f"{n}. {text}" for n, text in enumerate(steps, 1)), f"答复期限：{result.due}"]))
    return 0


def _day(text: str, option: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        raise CockpitError(f"{option} 的「{text}」不是存在的日期。请写成 2026-09-18") from error


def _period(text: str | None) -> tuple[date, date] | None:
    if not text:
        return None
    first, dots, last = text.partition("..")
    if not dots:
        raise CockpitError(f"--third-party 的「{text}」应写成 起..止，如 2026-09-21..2026-09-30")
    return _day(first, "--third-party"), _day(last, "--third-party")
