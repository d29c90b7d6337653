"""`python -m cockpit warnings`: list warnings and move them along; every step is kept, nothing is deleted."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from cockpit import clock, pipeline, plain, recheck, store, tabular
from cockpit.appraise import actions, common
from cockpit.appraise.handling import Handling, load_handling, rung
from cockpit.appraise.timeline import timeline
from cockpit.errors import CockpitError
from cockpit.paths import DataDir, data_dir
from cockpit.report.columns import LEVELS, STATES
from cockpit.store.queries import common as stored
from cockpit.store.queries import warnings
from cockpit.ui import numbers
from cockpit.workdays import Calendar

SHARED = 5  # common causes told before the list


# Word on the command line → step
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "ack": "ack",
        "start": "start",
        "submit": "submit",
        "assign": "assign",
        "ignore": "ignore",
        "false-alarm": "false_alarm",
        "reopen": "reopen",
    }
)
IGNORE_DAYS = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(unit=None, level=None, state=None, owner=None, late=False)
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    tasks = parser.add_subparsers(dest="task", metavar="动作", title="动作（默认 list）")
    listing = tasks.add_parser("list", help="列出预警（默认未办结）")
    listing.add_argument("--unit", metavar="单位", help="单位编码或名称")
    listing.add_argument("--level", action="append", choices=list(LEVELS), help="级别，可重复")
    listing.add_argument("--state", choices=[*STATES, "all"], help="状态；all 为全部")
    listing.add_argument("--owner", metavar="岗位", help="只看某岗位负责的")
    listing.add_argument("--late", action="store_true", help="只看已超期的")
    show = tasks.add_parser("show", help="一条预警的全过程")
    show.add_argument("ids", nargs=1, metavar="编号")
    for word, step in WORDS.items():
        own = tasks.add_parser(word, help=actions.STEPS[step].name + "，可一次写多个编号，全部成功或全部不动")
        _for_ids(own)
        own.add_argument("--reason", metavar="理由", help="理由")
        if actions.STEPS[step].needs_owner:
            own.add_argument("--owner", metavar="岗位", required=True, help="转给哪个岗位")
        if actions.STEPS[step].needs_until:
            own.add_argument(
                "--until", metavar="日期", help=f"有效期（默认 {IGNORE_DAYS} 天），到期自动重新打开"
            )
    _for_ids(tasks.add_parser("undo", help="撤销最近一步"))
    again = tasks.add_parser("recheck", help="立即复测：运行对应的采集器并入库")
    _for_ids(again)
    again.add_argument("--allow-private", action="store_true", help="允许访问本机和内网地址")
    again.add_argument("--hosts", metavar="文件", help="优先使用的主机名文件")


def _for_ids(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="+", metavar="编号", help="预警编号")
    parser.add_argument("--actor", metavar="姓名", required=True, help="操作人（岗位）")


def main(args: argparse.Namespace) -> int:
    data, now = data_dir(args.data), clock.now(args.as_of)
    if store.pending_batches(data):
        pipeline.load_all(data, now)
    if args.task in WORDS:
        return _act(data, args, now)
    task = args.task or "list"
    return {"list": _list, "show": _show, "undo": _undo, "recheck": _recheck}[task](data, args, now)


def described(row: Mapping[str, Any], handling: Handling, calendar: Calendar, today: date) -> dict[str, Any]:
    """A warning as the command tells it: with the working days left and the rung of the ladder it stands on."""
    opened = clock.local_day(row["opened_at"])
    is_open = row["closed_at"] is None and row["state"] != "ignored"
    return {
        **row,
        "left": calendar.between(today, row["due_on"]) if is_open else None,
        "escalated_to": rung(handling.ladder, opened, row["due_on"], today, calendar) if is_open else None,
    }


def _list(data: DataDir, args: argparse.Namespace, now: datetime) -> int:
    today = clock.local_day(now)
    with store.reader(data) as reader:
        unit = _unit(reader, args.unit)
        found = warnings.listed(
            reader,
            state=args.state,
            owner=args.owner,
            unit=unit,
            levels=args.level or (),
            late=today if args.late else None,
        )
        shared = [
            c
            for c in common.causes(stored.findings(reader))
            if unit is None or any(f["unit_code"] == unit for f in c.findings)
        ]
    handling, calendar = load_handling(data.rules), Calendar.load(data.calendar)
    rows = [described(row, handling, calendar, today) for row in found]
    if args.json:
        print(plain.as_json(rows, default=str))
        return 0
    print(f"{len(rows)} 条预警。")
    for c in shared[:SHARED]:
        print(
            f"  同源：{common.WHAT[c.rule][0]} {c.key}，{c.sites} 个网站 {c.places} 处，{common.WHAT[c.rule][1]}"
        )
    for r in rows:
        print(
            f"{r['warning_id']}\t{LEVELS[r['level']]}\t{r['unit_name']}\t{r['title']}\t{STATES[r['state']]}\t{numbers.due(r['left'])}"
            + (f"\t应知会{r['escalated_to']}" if r["escalated_to"] else "")
        )
    return 0


def _unit(reader: store.Reader, given: str | None) -> str | None:
    if given is None:
        return None
    rows = reader.rows("SELECT unit_code, unit_name, short_name FROM unit")
    found = [r["unit_code"] for r in rows if given in r.values()]
    if not found:
        raise CockpitError(
            f"台账里没有单位「{given}」。编码和名称可用 python -m cockpit registry export 查看"
        )
    return found[0]


def _found(data: DataDir, ids: Sequence[str]) -> list[dict[str, Any]]:
    with store.reader(data) as reader:
        rows = [(i, warnings.one(reader, i)) for i in dict.fromkeys(ids)]
    lost = [i for i, row in rows if row is None]
    if lost:
        raise CockpitError(f"没有预警 {'、'.join(lost)}。编号见 python -m cockpit warnings list")
    return [row for _, row in rows if row is not None]


def _act(data: DataDir, args: argparse.Namespace, now: datetime) -> int:
    action = WORDS[args.task]
    step = actions.STEPS[action]
    actions.act_all(
        data,
        _found(data, args.ids),
        action,
        actor=args.actor,
        now=now,
        reason=args.reason,
        owner=getattr(args, "owner", None),
        until=_until(args.until, now) if step.needs_until else None,
    )
    pipeline.load_all(data, now)
    return _tell(data, args, f"已{step.name}")


def _until(text: str | None, now: datetime) -> date:
    if text is None:
        return clock.local_day(now) + timedelta(days=IGNORE_DAYS)
    try:
        return tabular.parse_date(text)
    except ValueError as error:
        raise CockpitError(f"日期「{text}」看不懂，请写成 2026-12-31") from error


def _tell(data: DataDir, args: argparse.Namespace, done: str) -> int:
    rows = _found(data, args.ids)
    if args.json:
        print(plain.as_json(rows, default=str))
        return 0
    print(f"{done} {len(rows)} 条：")
    for row in rows:
        print(f"  {row['warning_id']}\t{row['title']}\t现在{STATES[row['state']]}")
    return 0


def _undo(data: DataDir, args: argparse.Namespace, now: datetime) -> int:
    for row in _found(data, args.ids):
        with store.reader(data) as reader:
            trail = warnings.trail(reader, row["warning_id"])
        event = actions.undoable(trail)
        if event is None:
            raise CockpitError(f"预警 {row['warning_id']} 没有可以撤销的一步")
        actions.undo(data, row, event, actor=args.actor, now=now, trail=trail)
        pipeline.load_all(data, now)
    return _tell(data, args, "已撤销")


def _recheck(data: DataDir, args: argparse.Namespace, now: datetime) -> int:
    outcomes = [
        recheck.recheck(
            data,
            row["warning_id"],
            actor=args.actor,
            now=now,
            allow_private=args.allow_private,
            hosts=args.hosts,
        )
        for row in _found(data, args.ids)
    ]
    if args.json:
        print(plain.as_json([asdict(o) for o in outcomes]))
    else:
        for o in outcomes:
            print(f"{o.warning_id}\t{recheck.OUTCOMES[o.result]}\t{o.told}\t现在{STATES[o.state]}")
    return 1 if any(o.result == "unmeasured" for o in outcomes) else 0


def _show(data: DataDir, args: argparse.Namespace, now: datetime) -> int:
    [row] = _found(data, args.ids)
    with store.reader(data) as reader:
        changes, events, looks = (
            question(reader, row["warning_id"]) for question in (warnings.log, warnings.trail, warnings.looks)
        )
    entries = timeline(changes, events, looks, now)
    if args.json:
        told = {**row, "timeline": [asdict(e) for e in entries]}
        print(plain.as_json(told, default=str))
        return 0
    print(
        f"{row['warning_id']} {LEVELS[row['level']]} {row['unit_name']} {row['title']}（{STATES[row['state']]}）"
    )
    for e in entries:
        print(f"  {clock.to_local(e.at):%Y-%m-%d %H:%M}\t{e.stage}\t{e.who}\t{e.what}\t{e.note}")
    return 0
