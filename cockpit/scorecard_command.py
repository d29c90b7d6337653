"""`python -m cockpit scorecard`: the weekly scorecard as one HTML file to send or print."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from cockpit import clock, plain, store, trail
from cockpit.appraise.indicators import load_rules
from cockpit.errors import CockpitError
from cockpit.export_command import person, save
from cockpit.paths import data_dir
from cockpit.report import scorecard
from cockpit.workdays import Calendar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--week", metavar="周次", help="如 2026-W47（默认最近一个完整的周）")
    parser.add_argument("--revision", type=int, metavar="号", help="第几次更正（默认最新；0 为首次封存）")
    parser.add_argument("--out", type=Path, required=True, metavar="文件", help="写到这个 .html 文件")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


def main(args: argparse.Namespace) -> int:
    """计分卡：一周的计分卡，写成一个不联网也能看、能打印的网页文件。"""
    data, now = data_dir(args.data), clock.now(args.as_of)
    week = clock.parse_week(args.week) if args.week else clock.last_complete_week(now)
    with store.reader(data) as reader:
        calendar = Calendar.load(data.calendar)
        sheet = scorecard.read(reader, load_rules(data.rules), calendar, week, args.revision)
    if not sheet.rows:
        raise CockpitError(f"{week} 还没有计分。请先运行 python -m cockpit score --week {week}")
    if args.revision is not None and sheet.revision != args.revision:
        raise CockpitError(f"{week} 没有第 {args.revision} 次更正，最新是第 {sheet.newest} 次")
    importlib.import_module("streamlit.logger").set_log_level(
        "ERROR"
    )  # on import it says there is no browser
    page = importlib.import_module("cockpit.ui.card_page")
    content = page.make(sheet, demo=data.is_demo).encode()
    save(args.out, content)
    trail.handed_out(data, f"计分卡 {week} {sheet.title}", content, actor=person(), now=now)
    told = {
        "week": week,
        "revision": sheet.revision,
        "closed": sheet.issue is not None,
        "units": len(sheet.rows),
        "file": args.out.name,
    }
    text = f"已写出 {args.out}：{week} {sheet.title}，{len(sheet.rows)} 个单位" + (
        "（演示数据，不得用于考核）" if data.is_demo else ""
    )
    print(plain.as_json(told) if args.json else text)
    return 0
