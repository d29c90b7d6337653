"""`python -m collectors samples`: facts of the demonstration city, as the real collectors would have written them.

Only into a folder of its own that is marked 演示数据; deterministic for one last day. `python -m cockpit demo`
runs this week by week, loading and scoring in between.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from cockpit import clock, registry, store
from cockpit.errors import CockpitError
from cockpit.paths import SHIPPED, DataDir, data_dir
from cockpit.registry import Register
from cockpit.registry.files import write_tables
from cockpit.registry.sheets import ACCOUNTS, BONUS, CHANNELS, MAINTENANCE, SITES, UNITS
from cockpit.workdays import Calendar
from collectors import samples_pages
from collectors.samples_city import Actor, cast
from collectors.samples_facts import day_rows
from collectors.samples_ledgers import ledger_rows
from collectors.samples_rules import guide_rows, windows

WEEKS = 26


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--weeks", type=int, default=WEEKS, metavar="周", help=f"生成多少周（默认 {WEEKS}）")


def check_weeks(weeks: int) -> None:
    """Raise CockpitError for a number of weeks that cannot be made."""
    if not 1 <= weeks <= 160:
        raise CockpitError(f"--weeks 应在 1 到 160 之间，不能是 {weeks}")


def main(args: argparse.Namespace) -> int:
    check_weeks(args.weeks)
    data, now = demo_folder(args.data), clock.now(args.as_of)
    actors = prepare(data, now, args.weeks)
    days = (args.weeks + 1) * 7
    last = clock.local_day(now)
    written = spool(data, actors, last - timedelta(days=days), last, now)
    written += spool_ledgers(data, actors, days, now)
    print(
        f"演示数据已暂存 {written} 行（{args.weeks} 周，截至 {last}），目录 {data.root}。演示数据，不得用于考核。"
    )
    print("运行 python -m cockpit load 入库；或用 python -m cockpit demo 一次完成入库与计分。")
    return 0


def demo_folder(arg: str | None) -> DataDir:
    """The folder for demonstration data; never one that holds, or is meant for, collected data."""
    data = data_dir(arg or os.environ.get("COCKPIT_DATA") or SHIPPED / "samples")
    if data.root == SHIPPED:
        raise CockpitError(
            f"{SHIPPED} 存放采集数据，演示数据不能写在这里。请用默认目录或 --data 另指一个目录"
        )
    if not data.is_demo and (store.version(data) or data.spool.is_dir() or data.registry.is_dir()):
        raise CockpitError(f"{data.root} 已有采集数据或台账，演示数据不能混入。请用 --data 另指一个空目录")
    return data


def prepare(data: DataDir, now: datetime, weeks: int) -> list[Actor]:
    """Mark the folder, write its register, and draw the cast."""
    data.mark_demo()
    shipped = registry.load_register(DataDir(SHIPPED))
    actors = cast(shipped.units, clock.local_day(now), weeks)
    write_register(data, shipped, actors, clock.local_day(now))
    write_tables(data.registry, {BONUS: bonus_items(shipped, clock.local_day(now))})
    return actors


# Kind, title, points, days since the declaration, state, days from the declaration to the approval
BONUS_ITEMS = (
    ("model", "政务公开示范点建设通过验收", 3, 40, "approved", 10),
    ("exchange", "经验做法在全市会议上交流", 2, 26, "approved", 6),
    ("pilot", "承担公开规范化试点任务", 2, 12, "approved", 5),
    ("standard", "编制事项标准目录", 1, 6, "declared", None),
    ("exchange", "信息稿件被转载", 1, 33, "rejected", None),
)


def bonus_items(shipped: Register, last: date) -> list[dict[str, object]]:
    """Bonus items of the demonstration in every state; units spread over the register."""
    units = [unit.unit_code for unit in shipped.units]
    return [
        {
            "bonus_id": f"演示J-{number + 1:03d}",
            "unit_code": units[(7 * number + 3) % len(units)],
            "kind": kind,
            "title": title,
            "points": points,
            "evidence": f"演示文号〔2026〕{number + 1}号",
            "declared_on": last - timedelta(days=days),
            "state": state,
            "approved_by": "市政务公开办（演示）" if took is not None else None,
            "approved_on": last - timedelta(days=days - took) if took is not None else None,
            "note": "演示数据",
        }
        for number, (kind, title, points, days, state, took) in enumerate(BONUS_ITEMS)
    ]


def write_register(data: DataDir, shipped: Register, actors: Sequence[Actor], last: date) -> None:
    """The register of the demonstration: real units, invented sites and accounts."""
    units = [vars(replace(unit, note="演示数据")) for unit in shipped.units]
    sites = [vars(actor.site) for actor in actors if actor.site]
    accounts = [vars(account) for actor in actors for account in actor.accounts]
    tables = {UNITS: units, SITES: sites, CHANNELS: [], ACCOUNTS: accounts}
    write_tables(data.registry, {**tables, MAINTENANCE: windows(actors, last)})


def spool(
    data: DataDir, actors: Sequence[Actor], first: date, final: date, now: datetime, last: date | None = None
) -> int:
    """Spool the facts of the days first … final; `last` is the last day of the whole demonstration."""
    batch = store.Batch(data, "samples", "demo")
    known: samples_pages.Known = {}
    for number in range((final - first).days + 1):
        rows = day_rows(actors, first + timedelta(days=number), last or final, now)
        for table, row in samples_pages.kept(data, rows, known):
            batch.add(table, **row)
    batch.write(now)
    return len(batch)


def spool_ledgers(
    data: DataDir, actors: Sequence[Actor], days: int, now: datetime, last: date | None = None
) -> int:
    """Spool applications, messages and posts."""
    batch = store.Batch(data, "ledgers", "demo-ledgers")
    calendar = Calendar.load(data.calendar)
    for table, row in guide_rows(actors, last or clock.local_day(now), now):
        batch.add(table, **row)
    for table, row in ledger_rows(actors, last or clock.local_day(now), days, calendar, now):
        batch.add(table, **row)
    batch.write(now)
    return len(batch)
