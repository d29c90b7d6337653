"""`python -m cockpit bulletin`: the bulletin (通报) of a week, month, quarter or year as a Word document."""

from __future__ import annotations

import argparse
from pathlib import Path

from cockpit import clock, plain, store, trail
from cockpit.appraise.indicators import load_rules
from cockpit.appraise.periods import parse_period
from cockpit.detect.privacy import masked
from cockpit.errors import CockpitError
from cockpit.export_command import person, save
from cockpit.paths import data_dir
from cockpit.report import bulletin, bulletin_docx


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--period", required=True, metavar="周期", help="如 2026Q3、2026-11、2026-W47、2026")
    parser.add_argument("--out", type=Path, required=True, metavar="文件", help="写到这个 .docx 文件")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


def main(args: argparse.Namespace) -> int:
    """通报：只用已封存的期，写成 Word 文档。"""
    data, now = data_dir(args.data), clock.now(args.as_of)
    if args.out.suffix.lower() != ".docx":
        raise CockpitError(f"{args.out} 应以 .docx 结尾")
    period = parse_period(args.period)
    with store.reader(data) as reader:
        made = bulletin.build(reader, load_rules(data.rules), period, now, mask=masked)
    content = bulletin_docx.make(made, now)
    save(args.out, content)
    trail.handed_out(data, f"通报 {args.period}", content, actor=person(), now=now)
    if args.json:
        print(plain.as_json({"file": args.out.name, **made.figures}))
        return 0
    print(f"已写出 {args.out}" + (f"（{bulletin_docx.DEMO}）" if made.demo else "") + f"：{made.title}")
    print(f"  {made.notice}")
    return 0
