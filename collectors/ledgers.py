"""`python -m collectors ledgers import|template`: 依申请公开, 网民留言 and 政务新媒体 posts from CSV or xlsx.

The three ledgers that indicators have always been taken from; all registers, these among them, are also read
by `python -m cockpit registers`. Free text is masked before it is stored; due dates are by working days.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from cockpit import clock, plain, tabular_out
from cockpit.errors import CockpitError, why
from cockpit.paths import data_dir
from cockpit.registers import reading
from cockpit.registers.books import BOOKS
from cockpit.usage import add_actor

LEDGERS = tuple(BOOKS[name] for name in ("application", "message", "post"))
SHEETS = tuple(book.sheet for book in LEDGERS)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="动作", title="动作")
    load = actions.add_parser("import", help="导入台账；有一处错误就什么都不导入")
    load.add_argument("files", nargs="+", type=Path, metavar="文件", help="CSV 或 xlsx，按表头识别种类")
    add_actor(load)
    template = actions.add_parser("template", help="生成空模板")
    template.add_argument("--out", type=Path, required=True, metavar="目录")


def main(args: argparse.Namespace) -> int:
    return _template(args) if args.action == "template" else _import(args)


def _template(args: argparse.Namespace) -> int:
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        for sheet in SHEETS:
            path = args.out / f"{sheet.title}.csv"
            path.write_bytes(tabular_out.sheet_csv(sheet, []))
            print(f"已生成模板 {path}")
    except OSError as error:
        raise CockpitError(f"写不了 {args.out}（{why(error)}）。请检查目录和权限") from error
    return 0


def _import(args: argparse.Namespace) -> int:
    data, now = data_dir(args.data), clock.now(args.as_of)
    tables = reading.read(args.files, reading.context(data, now), LEDGERS)
    source = "，".join(p.name for p in args.files)
    counts = reading.spool(data, tables, now, source, actor=args.actor)
    if args.json:
        print(plain.as_json({"imported": counts}))
    else:
        told = "；".join(f"{BOOKS[name].title} {count} 行" for name, count in counts.items())
        print(f"{told} 已暂存，运行 python -m cockpit load 入库。")
    return 0
