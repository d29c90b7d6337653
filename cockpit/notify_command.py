"""`python -m cockpit notify`: say what is due, try again what did not arrive, and keep a record of every attempt.

Each attempt is one batch, written right after it: a crash between the two may say something twice, never
nothing. One run at a time a data folder. Demonstration data is only ever shown, never sent.
"""

from __future__ import annotations

import argparse
import fcntl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cockpit import access, clock, delivery, pipeline, plain, store
from cockpit.appraise.indicators import load_rules
from cockpit.errors import CockpitError, why
from cockpit.paths import DataDir, data_dir
from cockpit.report.notices import Notice, Setting, plan, recipients
from cockpit.report.notify_rules import Channel, Settings, load_settings
from cockpit.store.queries import deliveries
from cockpit.workdays import Calendar

CLOSED_FOR = timedelta(days=3)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="只列出要发的内容，不发送、不记录")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


@dataclass
class Outcome:
    """What one run came to. held: over the channel's limit a minute, left for the next run."""

    sent: int = 0
    retry: int = 0
    failed: int = 0
    held: int = 0
    problems: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(frozen=True)
class Try:
    """One message and how often it was tried before."""

    notice: Notice
    before: int = 0


def main(args: argparse.Namespace) -> int:
    """通知：发出该发的，重试没送到的，逐次留下记录。"""
    data, now = data_dir(args.data), clock.now(args.as_of)
    settings = load_settings(data.rules)
    dry = args.dry_run or data.is_demo
    with _alone(data, dry):
        outcome = run(data, settings, now, dry=dry)
    print(plain.as_json(_answer(outcome, dry)) if args.json else _text(outcome, data, settings, dry))
    return 1 if outcome.failed or outcome.retry or outcome.problems else 0


def run(data: DataDir, settings: Settings, now: datetime, *, dry: bool = False) -> Outcome:
    """Plan, send and record."""
    with store.reader(data) as reader:
        rows, told = deliveries.subjects(reader, now - CLOSED_FOR), deliveries.told(reader)
        due, used = (
            deliveries.waiting(reader, now),
            Counter(deliveries.sent_since(reader, now - timedelta(minutes=1))),
        )
    around = Setting(settings, load_rules(data.rules), Calendar.load(data.calendar), now, data.is_demo)
    notices = plan(rows, told, around)
    outcome = Outcome(notices=notices)
    if dry:
        return outcome
    channels = {channel.name: channel for channel in settings.channels}
    tries = [
        Try(_again(row, channels[row["channel"]]), row["attempt"])
        for row in due
        if row["channel"] in channels
    ]
    people = access.read_people(access.access_file(data))
    for item in [*tries, *map(Try, notices)]:
        channel = item.notice.channel
        if used[channel.name] >= channel.per_minute:
            outcome.held += 1
            continue
        used[channel.name] += 1
        _deliver(data, item, people, settings, now, outcome)
    if outcome.sent or outcome.retry or outcome.failed:
        pipeline.load_all(data, now)
    return outcome


def _again(row: dict[str, Any], channel: Channel) -> Notice:
    """A message as it was tried before; it keeps its number."""
    return _Kept(
        channel,
        row["audience"],
        row["unit_code"],
        row["unit_code"],
        row["notice_level"],
        row["title"],
        row["text"],
        (),
        row["notice_id"],
    )


@dataclass(frozen=True)
class _Kept(Notice):
    """A notice read back from the record."""

    number: str = ""

    @property
    def notice_id(self) -> str:
        return self.number


def _deliver(
    data: DataDir,
    item: Try,
    people: list[dict[str, Any]],
    settings: Settings,
    now: datetime,
    outcome: Outcome,
) -> None:
    notice, failure = item.notice, None
    to = recipients(people, notice.audience, notice.unit_code)
    try:
        delivery.send(
            delivery.Parcel(notice, to, delivery.stamp()), delivery.secret(data, notice.channel.secret)
        )
    except delivery.NotDeliveredError as error:
        failure = str(error)
    except CockpitError as error:
        failure = str(error)
        if failure not in outcome.problems:
            outcome.problems.append(failure)
    left = settings.retry[item.before] if item.before < len(settings.retry) else None
    state = "sent" if failure is None else "failed" if left is None else "retry"
    setattr(outcome, state, getattr(outcome, state) + 1)
    _record(
        data, item, state, failure, now, now + timedelta(minutes=left) if state == "retry" and left else None
    )


def _record(
    data: DataDir, item: Try, state: str, failure: str | None, now: datetime, next_at: datetime | None
) -> None:
    notice, batch = item.notice, store.Batch(data, "notify")
    batch.add(
        "delivery",
        delivery_id=store.new_run_id("delivery", now),
        notice_id=notice.notice_id,
        attempted_at=now,
        channel=notice.channel.name,
        audience=notice.audience,
        unit_code=notice.unit_code,
        notice_level=notice.level,
        title=notice.title,
        text=notice.text,
        items=len(notice.items) or None,
        attempt=item.before + 1,
        delivery_state=state,
        failure=failure,
        next_at=next_at,
    )
    for mentioned in notice.items:
        batch.add(
            "delivery_item",
            notice_id=notice.notice_id,
            warning_id=mentioned.warning_id,
            occasion=mentioned.occasion,
        )
    batch.write(now)


@contextmanager
def _alone(data: DataDir, dry: bool) -> Iterator[None]:
    """One sending run at a time."""
    if dry:
        yield
        return
    try:
        data.cache.mkdir(parents=True, exist_ok=True)
        lock = (data.cache / "notify.lock").open("w")
    except OSError as error:
        raise CockpitError(f"数据目录 {data.root} 不可写（{why(error)}），没有发送") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CockpitError("另一个通知进程正在发送，本次没有发送") from error
        yield


def _answer(outcome: Outcome, dry: bool) -> dict[str, Any]:
    return {
        "dry_run": dry,
        "sent": outcome.sent,
        "retry": outcome.retry,
        "failed": outcome.failed,
        "held": outcome.held,
        "problems": outcome.problems,
        "notices": [
            {
                "id": n.notice_id,
                "channel": n.channel.name,
                "audience": n.audience,
                "unit_code": n.unit_code,
                "level": n.level,
                "title": n.title,
                "text": n.text,
                "warnings": [{"warning_id": i.warning_id, "occasion": i.occasion} for i in n.items],
            }
            for n in outcome.notices
        ],
    }


def _text(outcome: Outcome, data: DataDir, settings: Settings, dry: bool) -> str:
    if not settings.channels:
        return "还没有配置通道：请按 data/rules/notify.toml 里的例子添加 [[channel]]。"
    if dry:
        why = "（演示数据只列出、不发送）" if data.is_demo else ""
        shown = [f"—— {n.channel.name} → {n.audience}\n{n.title}\n{n.text}" for n in outcome.notices]
        return "\n\n".join([f"要发 {len(outcome.notices)} 条{why}。", *shown])
    parts = [f"已送达 {outcome.sent} 条", f"待重试 {outcome.retry} 条", f"未送达 {outcome.failed} 条"]
    if outcome.held:
        parts.append(f"超过每分钟上限、留到下次 {outcome.held} 条")
    return "\n".join(["，".join(parts) + "。", *(f"  ✕ {problem}" for problem in outcome.problems)])
