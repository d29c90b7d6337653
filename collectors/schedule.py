"""`python -m collectors schedule`: keep collecting by data/rules/schedule.toml.

One instance per data folder (an flock on cache/schedule.lock). Every job runs as a process of its own, so a
collector that hangs or crashes takes nothing with it; afterwards the batches are loaded. When each job last
finished is kept in cache/schedule.json: after a stop, a job that missed its moment runs once at the start.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from cockpit import clock
from cockpit.errors import CockpitError
from cockpit.paths import CHECKOUT, DataDir, data_dir
from collectors.schedule_plan import CLOSE, WEEKDAYS, Job, Plan, load_plan

LONGEST_RUN = timedelta(hours=6)
BEIJING = "Asia/Shanghai"


class Keeper:
    """Runs jobs one after another, loads what they spooled, and remembers when each finished."""

    def __init__(
        self,
        data: DataDir,
        plan: Plan,
        quiet: bool = False,
        extra: tuple[str, ...] = (),
        longest: timedelta = LONGEST_RUN,
    ) -> None:
        self.data = data
        self.plan = plan
        self.quiet = quiet
        self.extra = extra
        self.longest = longest
        self._state = data.cache / "schedule.json"
        self._running: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def finished(self) -> dict[str, datetime]:
        """Job name → when it last finished (UTC); an unreadable file counts as never."""
        try:
            raw = json.loads(self._state.read_text(encoding="utf-8"))
            return {name: datetime.fromisoformat(text) for name, text in raw.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    def missed(self, now: datetime) -> list[Job]:
        """Jobs whose newest planned moment passed without them. `now` is naive UTC.

        What finished in the future (the clock was ahead and was put right) counts as never.
        """
        done = {name: moment for name, moment in self.finished().items() if moment <= now}
        local = clock.to_local(now)
        return [
            job
            for job in self.plan.jobs
            if clock.to_local(done.get(job.name, datetime.min + timedelta(days=1))) < job.previous(local)
        ]

    def run(self, job: Job) -> int:
        """Run one job to its end, then load. Returns the job's exit code."""
        with self._turn:
            extra = self.extra if job.command[0] == "collectors" else ()
            code = self._process([*job.command, *extra])
            if self.plan.load_after_each_run and job.command[0] == "collectors":
                self._process(["cockpit", "load"])
            self._remember(job)
        self._tell(f"{job.name}：{'完成' if code == 0 else f'结束，退出码 {code}（部分未采集或失败）'}")
        return code

    def stop(self) -> None:
        """Ask the running collector to stop as Ctrl-C would; it keeps what it measured."""
        if self._running and self._running.poll() is None:
            self._running.send_signal(signal.SIGINT)

    def _process(self, words: list[str]) -> int:
        command = [sys.executable, "-m", words[0], words[1], "--data", str(self.data.root), *words[2:]]
        if words[0] == "collectors":
            command.append("--quiet")
        self._running = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.DEVNULL)
        try:
            return self._running.wait(self.longest.total_seconds())
        except subprocess.TimeoutExpired:
            self._running.send_signal(signal.SIGINT)
            try:
                return self._running.wait(60)
            except subprocess.TimeoutExpired:
                self._running.kill()
                return self._running.wait()

    def _remember(self, job: Job) -> None:
        state = {name: moment.isoformat() for name, moment in self.finished().items()}
        state[job.name] = clock.now().isoformat()
        beside = self._state.with_suffix(f".{os.getpid()}.tmp")
        beside.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        beside.rename(self._state)

    def _tell(self, text: str) -> None:
        if not self.quiet:
            print(f"{clock.to_local(clock.now()):%Y-%m-%d %H:%M} {text}", flush=True)


@contextmanager
def only_instance(data: DataDir) -> Iterator[None]:
    """Hold the lock of this data folder, or say who has it."""
    data.cache.mkdir(parents=True, exist_ok=True)
    path = data.cache / "schedule.lock"
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = path.read_text(encoding="utf-8").strip() or "未知"
            raise CockpitError(
                f"另一个采集调度正在管理 {data.root}（进程 {owner}）。同一数据目录只能有一个；要重启请先停止它"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def trigger(job: Job) -> OrTrigger:
    """APScheduler's trigger of a job, in Beijing time."""
    weekday = {} if job.weekday is None else {"day_of_week": WEEKDAYS[job.weekday]}
    moments = [m % (24 * 60) for m in job.minutes]
    return OrTrigger([CronTrigger(hour=m // 60, minute=m % 60, timezone=BEIJING, **weekday) for m in moments])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--list", action="store_true", help="只列出日程，不运行")
    parser.add_argument("--once", action="store_true", help="只补采错过的任务，然后退出")


def main(args: argparse.Namespace) -> int:
    data = data_dir(args.data)
    plan = load_plan(data.rules)
    if args.list:
        print(describe(plan))
        return 0
    with only_instance(data):
        return keep(Keeper(data, plan, args.quiet, passed_on(args)), once=args.once)


def passed_on(args: argparse.Namespace) -> tuple[str, ...]:
    """Options of the scheduler that every collector gets too."""
    words: list[str] = ["--allow-private"] if getattr(args, "allow_private", False) else []
    for network in getattr(args, "allow_network", None) or ():
        words += ["--allow-network", network]
    if getattr(args, "hosts", None):
        words += ["--hosts", str(Path(args.hosts).resolve())]
    return tuple(words)


def keep(keeper: Keeper, *, once: bool) -> int:
    """Catch up, then run by the plan until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        for job in keeper.missed(clock.now()):
            keeper.run(job)
        if once:
            return 0
        _scheduler(keeper).start()
    except (KeyboardInterrupt, SystemExit):
        keeper.stop()
    print("采集调度已停止；下次启动会补采错过的任务。", flush=True)
    return 0


def _scheduler(keeper: Keeper) -> BlockingScheduler:
    scheduler = BlockingScheduler(
        timezone=BEIJING,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={
            "coalesce": True,
            "max_instances": 1,
            "misfire_grace_time": int(keeper.plan.grace.total_seconds()),
        },
    )
    for job in keeper.plan.jobs:
        scheduler.add_job(keeper.run, trigger(job), args=[job], name=job.name)
    scheduler.add_listener(_report_error, EVENT_JOB_ERROR)
    return scheduler


def _report_error(event: JobExecutionEvent) -> None:
    print(f"任务失败：{event.exception}", file=sys.stderr, flush=True)


def describe(plan: Plan) -> str:
    """The schedule in words."""
    lines = []
    for job in plan.jobs:
        moments = "、".join(f"{m // 60:02d}:{m % 60:02d}" for m in job.minutes[:3])
        more = f" 等每天 {len(job.minutes)} 次" if len(job.minutes) > 3 else ""
        if job.name == CLOSE and plan.closing:
            lines.append(
                f"{job.name}\t{plan.closing.name} 起每小时看一次，采齐即封\tpython -m {' '.join(job.command)}"
            )
            continue
        day = "每天" if job.weekday is None else f"每周{'一二三四五六日'[job.weekday]}"
        lines.append(f"{job.name}\t{day} {moments}{more}\tpython -m {' '.join(job.command)}")
    return "\n".join(lines)
