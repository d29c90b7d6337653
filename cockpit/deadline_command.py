"""`python -m cockpit deadline`: the due date of one application, step by step."""

from __future__ import annotations

import argparse
from datetime import date

from cockpit import deadline, plain
from cockpit.errors import CockpitError
from cockpit.paths import data_dir
from cockpit.tabular import parse_date
from cockpit.workdays import Calendar

ARRIVAL_OPTIONS = ("submitted", "signed", "confirmed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--received", metavar="日期", help="收到申请之日，如 2026-09-18")
    parser.add_argument(
        "--channel",
        choices=list(deadline.ARRIVALS),
        metavar="方式",
        help=f"申请方式（{'、'.join(deadline.ARRIVALS)}）；不写 --received 时据此推定收到申请之日（第三十一条）",
    )
    parser.add_argument("--submitted", metavar="日期", help="提交日期（当面）")
    parser.add_argument("--signed", metavar="日期", help="签收日期（需签收的邮寄）")
    parser.add_argument("--confirmed", metavar="日期", help="与申请人确认日期（平信、网络、传真）")
    parser.add_argument("--extended", action="store_true", help="已办理延期（再加 20 个工作日）")
    parser.add_argument(
        "--third-party", metavar="起..止", help="征求第三方意见的起止日期，如 2026-09-21..2026-09-30"
    )
    parser.add_argument("--partner", metavar="起..止", help="征求其他机关意见（协办）的起止日期")
    parser.add_argument("--corrected", metavar="日期", help="收到补正申请之日（期限重新起算）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def main(args: argparse.Namespace) -> int:
    received, why = _received(args)
    result = deadline.compute(
        Calendar.load(data_dir(args.data).calendar),
        received,
        extended=args.extended,
        third_party=_period(args.third_party, "--third-party"),
        partner=_period(args.partner, "--partner"),
        corrected=_day(args.corrected, "--corrected") if args.corrected else None,
        why=why,
    )
    steps = [step.text for step in result.steps]
    if args.json:
        row = {
            "due": result.due.isoformat(),
            "workdays": result.workdays,
            "steps": steps,
            "provisional": result.provisional,
        }
        print(plain.as_json(row))
    else:
        print("\n".join([*(f"{n}. {text}" for n, text in enumerate(steps, 1)), f"答复期限：{result.due}"]))
    return 0


def _received(args: argparse.Namespace) -> tuple[date, str]:
    """The day of receipt: given, or by the rule of the way the application came in. Both must agree."""
    given = _day(args.received, "--received") if args.received else None
    dates = {
        f"{name}_on": _day(getattr(args, name), f"--{name}")
        for name in ARRIVAL_OPTIONS
        if getattr(args, name)
    }
    if given and not dates:
        return given, ""
    if not given and not args.channel:
        raise CockpitError("请写 --received 日期，或写 --channel 申请方式和相应的提交、签收、确认日期")
    found, why = deadline.received_day(args.channel, dates)
    if given and given != found:
        raise deadline.ClockError(
            "收到申请", f"--received {given} 与推定的收到申请之日 {found} 不同（{why}）"
        )
    return found, why


def _day(text: str, option: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        raise CockpitError(f"{option} 的「{text}」不是存在的日期。请写成 2026-09-18") from error


def _period(text: str | None, option: str) -> tuple[date, date] | None:
    if not text:
        return None
    first, dots, last = text.partition("..")
    if not dots:
        raise CockpitError(f"{option} 的「{text}」应写成 起..止，如 2026-09-21..2026-09-30")
    return _day(first, option), _day(last, option)
