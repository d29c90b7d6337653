"""`python -m cockpit access`: list, set and remove accounts; every change enters the trail."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from cockpit import access, clock, pipeline, plain, trail
from cockpit.errors import CockpitError
from cockpit.paths import DataDir, data_dir
from cockpit.tabular import parse_date
from cockpit.usage import add_actor

ROLE_OF = MappingProxyType({label: role for role, label in access.ROLES.items()})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "step",
        nargs="?",
        default="list",
        choices=[*STEPS],
        metavar="步骤",
        help="list 列出（默认）、set 登记或修改、remove 删除",
    )
    parser.add_argument("account", nargs="?", metavar="账号", help="登录系统确认过的邮箱，或账号标识（sub）")
    parser.add_argument("--name", metavar="姓名", help="留痕里显示的名字，不得重复")
    parser.add_argument("--role", choices=[*ROLE_OF], metavar="角色", help="、".join(ROLE_OF))
    parser.add_argument("--unit", metavar="单位编码", help="单位联系人必填：只看得到本单位")
    parser.add_argument("--until", metavar="日期", help="失效日期，如 2027-01-01")
    add_actor(parser)
    parser.add_argument("--reason", default="", metavar="文字", help="理由")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def main(args: argparse.Namespace) -> int:
    """账号：列出、登记或修改、删除。"""
    data = data_dir(args.data)
    rows = access.read_people(access.access_file(data))
    if args.step != "list":
        if not args.account:
            raise CockpitError(f"{args.step} 需要写明账号")
        rows = STEPS[args.step](args, data, rows)
    print(plain.as_json(rows, default=str) if args.json else _text(rows))
    return 0


def _set(args: argparse.Namespace, data: DataDir, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    old = next((r for r in rows if r["account"] == args.account), None)
    given = {
        "name": args.name,
        "role": ROLE_OF[args.role] if args.role else None,
        "unit_code": args.unit,
        "valid_to": _day(args.until) if args.until else None,
    }
    new = {**dict.fromkeys(f.name for f in access.SHEET.fields), **(old or {}), "account": args.account}
    new |= {k: v for k, v in given.items() if v is not None}
    if new["role"] not in {"contact", "viewer"}:
        new["unit_code"] = None
    return _write(args, data, [r for r in rows if r is not old] + [new], old, new)


def _remove(args: argparse.Namespace, data: DataDir, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    old = next((r for r in rows if r["account"] == args.account), None)
    if old is None:
        raise CockpitError(f"没有账号「{args.account}」。全部账号见 python -m cockpit access list")
    return _write(args, data, [r for r in rows if r is not old], old, None)


def _write(
    args: argparse.Namespace,
    data: DataDir,
    rows: list[dict[str, Any]],
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
) -> list[dict[str, Any]]:
    path, now = access.access_file(data), clock.now(args.as_of)
    access.write_people(path, rows)
    trail.note(
        data,
        actor=args.actor,
        action=f"access.{args.step}",
        kind="access",
        object_id=args.account,
        now=now,
        before=_said(old),
        after=_said(new),
        reason=args.reason or None,
    )
    trail.seen(data, path)
    pipeline.load_all(data, now)
    return rows


def _said(row: Mapping[str, Any] | None) -> str | None:
    if row is None:
        return None
    parts = (
        row["name"],
        access.ROLES[row["role"]],
        row["unit_code"],
        row["valid_to"] and f"至 {row['valid_to']}",
    )
    return " · ".join(str(part) for part in parts if part)


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError as error:
        raise CockpitError(f"日期「{text}」不存在，请写成 2027-01-01") from error


def _text(rows: list[dict[str, Any]]) -> str:
    return "\n".join([f"账号 {len(rows)} 个。", *(f"  {r['account']}\t{_said(r)}" for r in rows)])


STEPS: Mapping[str, Callable[..., list[dict[str, Any]]]] = MappingProxyType(
    {"list": lambda _args, _data, rows: rows, "set": _set, "remove": _remove}
)
