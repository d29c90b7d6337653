"""`python -m cockpit registers list|template|check|import|export [NAME]`: the registers on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from cockpit import clock, pipeline, plain, store, tabular_out
from cockpit.errors import CockpitError, why
from cockpit.paths import DataDir, data_dir
from cockpit.registers import reading
from cockpit.registers.books import BOOKS
from cockpit.registers.model import Book
from cockpit.store.queries.registers import book_rows
from cockpit.usage import add_actor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="动作", title="动作")
    listed = actions.add_parser("list", help="列出全部工作台账：名称、依据、行数")
    listed.add_argument("--json", action="store_true", help="以 JSON 输出")
    template = actions.add_parser("template", help="生成模板和填写说明")
    template.add_argument("name", nargs="?", metavar="台账", help="只要一种（名称或编码）；不写则全部")
    template.add_argument("--out", type=Path, required=True, metavar="目录")
    check = actions.add_parser("check", help="只检查，不导入：列出全部错误")
    load = actions.add_parser("import", help="导入；有一处错误就什么都不导入")
    for parser_of in (check, load):
        parser_of.add_argument(
            "files", nargs="+", type=Path, metavar="文件", help="CSV 或 xlsx（UTF-8 或 GBK），按表头识别种类"
        )
        parser_of.add_argument("--json", action="store_true", help="以 JSON 输出")
    add_actor(load)
    load.add_argument("--no-load", action="store_true", help="只暂存，不立即入库")
    export = actions.add_parser("export", help="导出已入库的台账")
    export.add_argument("name", nargs="?", metavar="台账", help="只要一种；不写则全部")
    export.add_argument("--out", type=Path, required=True, metavar="目录")


def main(args: argparse.Namespace) -> int:
    return ACTIONS[args.action](args, data_dir(args.data))


def _list(args: argparse.Namespace, data: DataDir) -> int:
    counts = {}
    if store.version(data) is not None:
        with store.reader(data) as reader:
            counts = {name: len(book_rows(reader, name)) for name in BOOKS}
    rows = [
        {
            "name": b.name,
            "title": b.title,
            "group": b.group,
            "clause": b.clause,
            "rows": counts.get(b.name, 0),
        }
        for b in BOOKS.values()
    ]
    if args.json:
        print(plain.as_json(rows))
        return 0
    for row in rows:
        print(f"{row['name']:<22}{row['title']}\t{row['rows']} 行\t{row['clause']}")
    return 0


def _template(args: argparse.Namespace, _data: DataDir) -> int:
    books = [reading.find(args.name)] if args.name else list(BOOKS.values())
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        for book in books:
            path = args.out / f"{book.title}.csv"
            path.write_bytes(tabular_out.sheet_csv(book.sheet, []))
            print(f"已生成模板 {path}")
        guide = args.out / "填写说明.txt"
        guide.write_text(explained(books), encoding="utf-8-sig", newline="\r\n")
    except OSError as error:
        raise CockpitError(f"写不了 {args.out}（{why(error)}）。请检查目录和权限") from error
    print(f"已生成 {guide}")
    return 0


def explained(books: Sequence[Book]) -> str:
    """How to fill in each column, register by register."""
    lines = []
    for book in books:
        lines += [f"{book.title}（{book.name}）", f"  依据：{book.clause}"]
        lines += [f"  {f.heading}：{reading.explain(f)}" for f in book.sheet.fields]
        lines.append("")
    return "\n".join(lines)


def _check(args: argparse.Namespace, data: DataDir) -> int:
    tables = reading.read(args.files, reading.context(data, clock.now(args.as_of)))
    told = {book.name: len(rows) for book, rows in tables}
    if args.json:
        print(plain.as_json({"checked": told}))
    else:
        print(
            "没有错误：" + "；".join(f"{BOOKS[name].title} {count} 行" for name, count in told.items()) + "。"
        )
    return 0


def _import(args: argparse.Namespace, data: DataDir) -> int:
    now = clock.now(args.as_of)
    tables = reading.read(args.files, reading.context(data, now))
    source = "，".join(path.name for path in args.files)
    counts = reading.spool(data, tables, now, source, actor=args.actor)
    if not args.no_load:
        pipeline.load_all(data, now)
    if args.json:
        print(plain.as_json({"imported": counts}))
        return 0
    told = "；".join(f"{BOOKS[name].title} {count} 行" for name, count in counts.items())
    print(told + ("已暂存，运行 python -m cockpit load 入库。" if args.no_load else "已导入并入库。"))
    return 0


def _export(args: argparse.Namespace, data: DataDir) -> int:
    books = [reading.find(args.name)] if args.name else list(BOOKS.values())
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        with store.reader(data) as reader:
            for book in books:
                rows = book_rows(reader, book.name)
                path = args.out / f"{book.title}.csv"
                path.write_bytes(tabular_out.sheet_csv(book.sheet, rows))
                print(f"已导出 {path}（{len(rows)} 行）")
    except OSError as error:
        raise CockpitError(f"写不了 {args.out}（{why(error)}）。请检查目录和权限") from error
    return 0


ACTIONS = {"list": _list, "template": _template, "check": _check, "import": _import, "export": _export}
