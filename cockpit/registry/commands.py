"""`python -m cockpit registry check|import|export|template|init`."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cockpit import plain, tabular, tabular_out
from cockpit.errors import CockpitError, InputError, why
from cockpit.paths import SHIPPED, DataDir, data_dir
from cockpit.registry import files
from cockpit.registry.sheets import FILES
from cockpit.tabular import Row, Sheet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="动作", title="动作")
    check = actions.add_parser("check", help="检查台账（或指定文件），列出全部错误")
    check.add_argument("files", nargs="*", type=Path, metavar="文件", help="要检查的文件；不写则检查现有台账")
    check.add_argument("--json", action="store_true", help="以 JSON 输出")
    load = actions.add_parser("import", help="导入台账；有一处错误就什么都不改")
    load.add_argument("files", nargs="+", type=Path, metavar="文件", help="CSV 或 xlsx，按表头识别种类")
    load.add_argument("--merge", action="store_true", help="按编码合并；不加则整表替换")
    export = actions.add_parser("export", help="导出台账")
    export.add_argument("--out", type=Path, required=True, metavar="目录")
    export.add_argument("--xlsx", action="store_true", help="导出为一个 xlsx 工作簿")
    template = actions.add_parser("template", help="生成空模板（含填写说明）")
    template.add_argument("--out", type=Path, required=True, metavar="目录")
    actions.add_parser("init", help="把自带的新余市责任单位台账复制到数据目录")


def main(args: argparse.Namespace) -> int:
    return ACTIONS[args.action](args, data_dir(args.data))


def _check(args: argparse.Namespace, data: DataDir) -> int:
    tables = (
        _with_current(files.read_files(args.files), data) if args.files else files.read_folder(data.registry)
    )
    files.check(tables)
    if args.json:
        print(plain.as_json([vars(fault) for fault in tables.faults]))
    elif not tables.faults:
        counts = "、".join(f"{s.title} {len(tables.rows.get(s.name, []))} 行" for s in FILES.values())
        print(f"台账没有错误：{counts}。")
    if tables.faults and not args.json:
        raise InputError(tables.faults, f"台账有 {len(tables.faults)} 处错误：")
    return 2 if tables.faults else 0


def _with_current(given: files.Tables, data: DataDir) -> files.Tables:
    """Tables that were not given are taken from the register as it stands, for their references."""
    if (data.registry / "units.csv").is_file():
        current = files.read_folder(data.registry)
        for name, rows in current.rows.items():
            given.rows.setdefault(name, rows)
    return given


def _import(args: argparse.Namespace, data: DataDir) -> int:
    given = files.read_files(args.files)
    names = set(given.rows)
    if args.merge:
        _merge(given, data)
    files.check(_with_current(given, data))
    if given.faults:
        raise InputError(given.faults)
    tables: dict[Sheet, list[dict[str, Any]]] = {
        sheet: given.values(sheet) for sheet in FILES.values() if sheet.name in names
    }
    written = files.write_tables(data.registry, tables)
    for sheet, path in zip(tables, written, strict=True):
        print(f"已导入{sheet.title} {len(tables[sheet])} 行 → {path}")
    print("请运行 python -m cockpit load --force 使台账在驾驶舱生效。")
    return 0


def _merge(given: files.Tables, data: DataDir) -> None:
    if not (data.registry / "units.csv").is_file():
        return
    current = files.read_folder(data.registry)
    for sheet in FILES.values():
        if sheet.name in given.rows:
            merged = {_key(sheet, row): row for row in current.rows.get(sheet.name, [])}
            merged |= {_key(sheet, row): row for row in given.rows[sheet.name]}
            given.rows[sheet.name] = list(merged.values())


def _key(sheet: Sheet, row: Row) -> tuple[Any, ...]:
    return tuple(row.values[name] for name in sheet.key)


def _export(args: argparse.Namespace, data: DataDir) -> int:
    tables = files.read_folder(data.registry)
    if tables.faults:
        raise InputError(tables.faults, "台账有错误，未导出：")
    values: Mapping[Sheet, list[dict[str, Any]]] = {sheet: tables.values(sheet) for sheet in FILES.values()}
    _make_folder(args.out)
    if args.xlsx:
        tabular_out.write_xlsx(args.out / "台账.xlsx", values)
        print(f"已导出 {args.out / '台账.xlsx'}")
    else:
        for path in files.write_tables(args.out, values):
            print(f"已导出 {path}")
    return 0


def _template(args: argparse.Namespace, _data: DataDir) -> int:
    _make_folder(args.out)
    for path in files.write_tables(args.out, {sheet: [] for sheet in FILES.values()}):
        print(f"已生成模板 {path}")
    lines = []
    for name, sheet in FILES.items():
        lines.append(f"{name} {sheet.title}")
        lines += [
            f"  {f.heading}{'（必填）' if f.required else ''} {_explain(f)}".rstrip() for f in sheet.fields
        ]
    (args.out / "填写说明.txt").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")
    print(f"已生成 {args.out / '填写说明.txt'}")
    return 0


def _explain(field: tabular.Field) -> str:
    kinds = {
        "date": "日期，如 2026-11-23",
        "time": "北京时间，如 2026-11-23 08:00",
        "bool": "是 或 否",
        "url": "以 http:// 或 https:// 开头",
        "int": "整数",
    }
    choices = "可选：" + "、".join(field.choices.values()) if field.choices else kinds.get(field.kind, "")
    return "；".join(part for part in (choices, field.note) if part)


def _init(_args: argparse.Namespace, data: DataDir) -> int:
    if (data.registry / "units.csv").exists():
        raise CockpitError(f"{data.registry} 已有台账，没有覆盖。要替换请用 registry import")
    data.registry.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(SHIPPED / "registry" / name, data.registry / name)
    print(f"已把自带台账复制到 {data.registry}；网站域名请先核实再采集。")
    return 0


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CockpitError(f"建不了目录 {folder}（{why(error)}）。请检查路径和权限") from error


ACTIONS = {"check": _check, "import": _import, "export": _export, "template": _template, "init": _init}
