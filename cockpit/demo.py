"""`python -m cockpit demo`: the demonstration city, collected, loaded and scored week by week as it would have been."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import datetime, timedelta
from typing import Any

from tqdm import tqdm

from cockpit import clock, closing, demo_disputes, demo_marks, demo_notices, pipeline, score_command, store
from cockpit.appraise.indicators import load_rules
from cockpit.errors import StoreError
from cockpit.paths import DataDir
from collectors import samples

# What people did with the newest open warnings: (action, state it leads to, reason)
HANDLING = (
    ("ack", "ack", None),
    ("start", "doing", None),
    ("submit", "verify", "已更正，申请复测"),
    ("ignore", "ignored", "历史页面，已报备"),
    ("start", "doing", None),
    ("ack", "ack", None),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weeks", type=int, default=samples.WEEKS, metavar="周", help=f"生成多少周（默认 {samples.WEEKS}）"
    )
    parser.add_argument("--fresh", action="store_true", help="已有今天的演示数据也重新生成")
    parser.add_argument("--quiet", action="store_true", help="不显示进度")


def main(args: argparse.Namespace) -> int:
    samples.check_weeks(args.weeks)
    data, now = samples.demo_folder(args.data), clock.now(args.as_of)
    if not args.fresh and _is_of_today(data, now):
        print(f"演示数据已是今天的（{data.root}）。要重新生成请加 --fresh。")
        return 0
    if data.is_demo:
        shutil.rmtree(data.root)
    build(data, now, args.weeks, quiet=args.quiet)
    print(f"演示数据已生成：{args.weeks} 周，目录 {data.root}。演示数据，不得用于考核。")
    return 0


def _is_of_today(data: DataDir, now: datetime) -> bool:
    if not data.is_demo or store.version(data) is None:
        return False
    try:
        with store.reader(data) as reader:
            row = reader.one("SELECT value FROM meta WHERE key = 'loaded_at'")
    except StoreError:  # of an older version, or damaged: made anew
        return False
    return row is not None and clock.local_day(datetime.fromisoformat(row["value"])) == clock.local_day(now)


def build(data: DataDir, now: datetime, weeks: int, *, quiet: bool = False) -> None:
    """Facts of each week, then that week's load and closing; last the running week up to `now`."""
    actors, last = samples.prepare(data, now, weeks), clock.local_day(now)
    rules = load_rules(data.rules)
    current = clock.week_of(now)
    for back in tqdm(
        range(weeks, -1, -1),
        desc="生成演示数据",
        unit="周",
        disable=quiet or not sys.stderr.isatty(),
        leave=False,
    ):
        week = clock.previous_week(current, back) if back else current
        monday, sunday = clock.week_days(week)
        moment = min(clock.week_bounds(week)[1] - timedelta(minutes=1), now)
        if back == weeks:
            samples.spool_ledgers(data, actors, weeks * 7, clock.week_bounds(week)[0], last)
        samples.spool(data, actors, monday, min(sunday, last), moment, last)
        pipeline.load_all(data, moment)
        if back:
            result = score_command.compute(data, rules, week, moment)
            monday_nine = clock.week_bounds(week)[1] + timedelta(hours=9)
            closed_at = min(monday_nine, now)
            with store.reader(data) as reader:
                kept = closing.keep(data, reader, result, closed_at)
            closing.spool(data, result, rules, kept, demo_disputes.CLOSER, closed_at)
    _people(data, now)
    demo_marks.say(data, now)
    demo_disputes.argue(data, now)
    demo_notices.tell(data, now)


def _people(data: DataDir, now: datetime) -> None:
    """Handling of some warnings, so that every state can be seen."""
    with store.reader(data) as reader:
        warnings = reader.rows(
            "SELECT warning_id, opened_at FROM warning WHERE closed_at IS NULL ORDER BY level, warning_id"
        )
    batch = store.Batch(data, "action", "demo-actions")
    for number, (warning, (action, state, reason)) in enumerate(zip(warnings[2::3], HANDLING, strict=False)):
        batch.add("warning_event", **_event(number, warning, action, state, reason, now))
    batch.write(now)
    pipeline.load_all(data, now)


def _event(
    number: int, warning: dict[str, Any], action: str, state: str, reason: str | None, now: datetime
) -> dict[str, Any]:
    return {
        "event_id": f"demo-{number:03d}",
        "warning_id": warning["warning_id"],
        "event_at": max(warning["opened_at"], now - timedelta(hours=6 - number)),
        "actor": "演示值班员",
        "action": action,
        "from_state": "new",
        "to_state": state,
        "owner": "政务公开岗",
        "reason": reason,
        "until": clock.local_day(now) + timedelta(days=30) if action == "ignore" else None,
    }
