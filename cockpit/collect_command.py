"""`python -m cockpit collect`: everything once — probe, patrol, ipv6, certificate, load, and the first score.

The screens start it in the background and read its progress from `cache/collect.json`. One instance a data folder,
and never beside the scheduler: both hold the same lock. Asked to stop (Ctrl-C, SIGTERM), the running collector keeps
what it measured, and that is loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from cockpit import clock, registry, store
from cockpit.errors import CockpitError
from cockpit.paths import CHECKOUT, DataDir, data_dir
from collectors import schedule

COLLECTORS = {"probe": "打开每个首页", "patrol": "逐站巡查", "ipv6": "IPv6 检测", "certificate": "证书检查"}
OTHERS = {"load": "入库", "score": "首次计分"}
STATES = {
    "running": "正在采集",
    "done": "采集完成",
    "stopped": "已停止，采到的都已入库",
    "failed": "没有完成",
}


@dataclass(frozen=True)
class Step:
    """One part of the work. code: exit code, None while it waits or runs."""

    name: str
    label: str
    code: int | None = None
    seconds: float = 0.0
    running: bool = False


@dataclass(frozen=True)
class Progress:
    """What the screens show. `sites`: how many are to be collected; `walked`: how many the patrol has done."""

    pid: int
    state: str
    started_at: str
    sites: int
    steps: tuple[Step, ...] = field(default=())
    walked: int = 0
    message: str = ""

    @property
    def done(self) -> int:
        return sum(step.code is not None for step in self.steps)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--allow-private", action="store_true", help="允许访问本机和内网地址（内网部署）")
    parser.add_argument("--hosts", metavar="文件", help="优先使用的主机名文件，格式同 /etc/hosts")
    parser.add_argument("--quiet", action="store_true", help="不显示进度")


def main(args: argparse.Namespace) -> int:
    """采一遍：采集、入库，第一次还计分。"""
    data, now = data_dir(args.data), clock.now(args.as_of)
    sites = registry.load_register(data).active_sites(clock.local_day(now))
    if not sites:
        raise CockpitError("台账里没有在用的网站。请先在 registry/sites.csv 或“台账管理”里登记")
    with schedule.only_instance(data):
        return _Work(args, data, len(sites)).run()


class _Work:
    """The steps one after another, with the file that tells of them."""

    def __init__(self, args: argparse.Namespace, data: DataDir, sites: int) -> None:
        self._args, self._data = args, data
        self._stop = False
        self._process: subprocess.Popen[bytes] | None = None
        names = {**COLLECTORS, **OTHERS} if _unscored(data) else {**COLLECTORS, "load": OTHERS["load"]}
        steps = tuple(Step(name, label) for name, label in names.items())
        self._progress = Progress(os.getpid(), "running", clock.now().isoformat(), sites, steps)

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)
        for number, step in enumerate(self._progress.steps):
            if self._stop and step.name != "load":
                continue
            self._note(number, running=True)
            started = time.monotonic()
            code = self._step(step.name)
            self._note(number, code=code, seconds=round(time.monotonic() - started, 1))
            if step.name == "load" and code == 2:
                self._tell("failed", "入库没有完成，请看采集健康或日志 logs/collect.log")
                return 2
        self._tell("stopped" if self._stop else "done")
        return 1 if self._stop or any(step.code for step in self._progress.steps) else 0

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop = True
        if self._process is not None and self._process.poll() is None and self._is_collecting():
            self._process.send_signal(signal.SIGINT)

    def _is_collecting(self) -> bool:
        return any(step.running and step.name in COLLECTORS for step in self._progress.steps)

    def _step(self, name: str) -> int:
        room = "collectors" if name in COLLECTORS else "cockpit"
        words = [sys.executable, "-m", room, name, "--data", str(self._data.root)]
        if self._args.as_of:
            words += ["--as-of", self._args.as_of]
        if room == "collectors":
            words += ["--quiet"] + (["--allow-private"] if self._args.allow_private else [])
            words += ["--hosts", self._args.hosts] if self._args.hosts else []
        elif name == "score":
            words += ["--week", clock.week_of(clock.now(self._args.as_of))]
        self._process = subprocess.Popen(
            words, cwd=CHECKOUT, stdin=subprocess.DEVNULL, start_new_session=True
        )
        return self._process.wait()

    def _note(self, number: int, **changes: Any) -> None:
        steps = list(self._progress.steps)
        steps[number] = replace(steps[number], running=False) if "running" not in changes else steps[number]
        steps[number] = replace(steps[number], **changes)
        self._progress = replace(self._progress, steps=tuple(steps))
        self._write()
        if not self._args.quiet and "code" in changes:
            print(f"{steps[number].label}：用时 {changes['seconds']:.0f} 秒", flush=True)

    def _tell(self, state: str, message: str = "") -> None:
        self._progress = replace(self._progress, state=state, message=message)
        self._write()
        if not self._args.quiet:
            print(f"{STATES[state]}。{message}", flush=True)

    def _write(self) -> None:
        path = _path(self._data)
        beside = path.with_suffix(f".{os.getpid()}.tmp")
        beside.write_text(json.dumps(asdict(self._progress), ensure_ascii=False), encoding="utf-8")
        beside.rename(path)


def _unscored(data: DataDir) -> bool:
    """Whether no week has a score yet: then the first one shows how it works."""
    if store.version(data) is None:
        return True
    with store.reader(data) as reader:
        return reader.one("SELECT 1 AS n FROM score LIMIT 1") is None


def _path(data: DataDir) -> Path:
    return data.cache / "collect.json"


# --- for the screens -----------------------------------------------------------------------------------


def progress(data: DataDir) -> Progress | None:
    """The newest work, None where there never was one. One whose process died is `failed`."""
    try:
        raw = json.loads(_path(data).read_text(encoding="utf-8"))
        raw["steps"] = tuple(Step(**step) for step in raw["steps"])
        found = Progress(**raw)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if found.state == "running" and not _alive(found.pid):
        return replace(
            found, state="failed", message="采集进程不在了（可能被关机或强行结束）；重新开始会接着走"
        )
    return replace(found, walked=_walked(data)) if found.state == "running" else found


def _walked(data: DataDir) -> int:
    """How many sites the running patrol has done."""
    try:
        return len(json.loads((data.cache / "patrol.json").read_text(encoding="utf-8"))["done"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _alive(pid: int) -> bool:
    """Whether a process is (still) our collecting one: numbers are used again."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"cockpit" in words and b"collect" in words


def start(data: DataDir, extra: Sequence[str] = (), seconds: float = 20.0) -> Progress:
    """Start collecting in the background and wait until it tells of itself. Raises CockpitError with its own words."""
    running = progress(data)
    if running is not None and running.state == "running":
        raise CockpitError("已经在采集，不用再开始一次")
    _path(data).parent.mkdir(parents=True, exist_ok=True)
    log = data.root / "logs" / "collect.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "cockpit", "collect", "--data", str(data.root), *extra]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = progress(data)
        if found is not None and found.pid == process.pid:
            return found
        if process.poll() is not None:
            break
        time.sleep(0.1)
    told = log.read_text(encoding="utf-8", errors="replace").strip()[-800:]
    raise CockpitError(told or "采集没有启动，请看日志 logs/collect.log")


def stop(data: DataDir) -> None:
    """Ask the running work to stop; what was collected is loaded."""
    found = progress(data)
    if found is None or found.state != "running":
        raise CockpitError("现在没有正在进行的采集")
    os.kill(found.pid, signal.SIGTERM)


def started(found: Progress) -> datetime:
    """When the work began, naive UTC."""
    return datetime.fromisoformat(found.started_at)
