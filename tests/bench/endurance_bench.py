"""200 viewers for half an hour while the same folder is collected into: errors, memory over time, speed of each part.

`make bench ARGS=endurance` runs 30 minutes, `make bench ARGS=endurance MINUTES=5` fewer. The collectors are those of
the schedule, probe and patrol of a hundred loopback sites and a load behind each, so that viewers meet new versions.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cockpit import clock, demo, store
from cockpit.paths import CHECKOUT, DataDir
from cockpit.registry.files import load_register, write_tables
from cockpit.registry.sheets import SITES
from tests.bench import viewers_bench as crowd
from tests.bench.patrol_bench import hundred_sites_served
from tests.browser.conftest import serve

MINUTES, EVERY, PARTS, PAUSE = 30, 15, 6, 20
ROUND = (
    ("collectors", "probe"),
    ("cockpit", "load"),
    ("collectors", "patrol"),
    ("cockpit", "load"),
)


@dataclass
class Collection:
    """Rounds of the collectors beside the viewers, and what became of each command."""

    data: DataDir
    options: Sequence[str]
    ended: threading.Event = field(default_factory=threading.Event)
    codes: dict[str, list[int]] = field(default_factory=dict)
    versions: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)

    def run(self) -> None:
        while not self.ended.is_set():
            for room, name in ROUND:
                if not self.ended.is_set():
                    self._command(room, name)
            self.ended.wait(PAUSE)

    def _command(self, room: str, name: str) -> None:
        words = [sys.executable, "-m", room, name, "--data", str(self.data.root), "--json"]
        words += self.options if room == "collectors" else ["--force"]
        done = subprocess.run(
            ["nice", *words], cwd=CHECKOUT, check=False, capture_output=True, text=True, timeout=900
        )
        self.codes.setdefault(name, []).append(done.returncode)
        self.versions.add(store.version(self.data) or "")
        if done.returncode:
            self.told.append(f"{name} 退出码 {done.returncode}：{done.stderr.strip()[-200:]}")


@dataclass
class Watch:
    """Memory of the server and load of the machine while it runs."""

    process: int
    memory: list[float] = field(default_factory=list)
    load: list[float] = field(default_factory=list)

    async def run(self, until: float) -> None:
        while time.perf_counter() < until:
            self.memory.append(crowd.memory(self.process))
            self.load.append(os.getloadavg()[0])
            await asyncio.sleep(min(EVERY, max(0.1, until - time.perf_counter())))


def _aim(data: DataDir, port: int) -> list[str]:
    """Point every site of the demonstration register at a loopback site of its own."""
    register = load_register(data)
    names = [f"s{n:03d}.test" for n in range(len(register.sites))]
    rows = [
        vars(site) | {"url": f"http://{name}:{port}/"}
        for site, name in zip(register.sites, names, strict=True)
    ]
    write_tables(data.registry, {SITES: rows})
    hosts = data.root / "hosts"
    hosts.write_text("".join(f"127.0.0.1 {name}\n" for name in names), encoding="utf-8")
    return ["--hosts", str(hosts), "--allow-private"]


async def _viewers(url: str, process: int, seconds: float) -> tuple[crowd.Seen, Watch, float]:
    await crowd.one(url)
    seen, watch = crowd.Seen(), Watch(process)
    cpu, started = crowd.cpu(process), time.perf_counter()
    until = started + seconds
    tasks = [asyncio.create_task(crowd.viewer(url, n, seen, until)) for n in range(crowd.VIEWERS)]
    await asyncio.gather(watch.run(until), *tasks)
    return seen, watch, (crowd.cpu(process) - cpu) / (time.perf_counter() - started)


def _parts(seen: crowd.Seen, minutes: float) -> str:
    """p95 of the live reruns in each sixth of the time: does it get slower?"""
    size = max(1, len(seen.live) // PARTS)
    parts = [seen.live[n * size : (n + 1) * size] for n in range(PARTS)]
    return f"每 {minutes / PARTS:.0f} 分钟的 p95：" + "、".join(crowd.percentile(p, 95) for p in parts)


def run() -> int:
    """Print errors, memory, speed and what was collected meanwhile."""
    minutes = float(os.environ.get("MINUTES") or MINUTES)
    with tempfile.TemporaryDirectory() as name, hundred_sites_served(Path(name)) as port:
        data = DataDir(Path(name) / "samples")
        data.mark_demo()
        demo.build(data, clock.now(), 5, quiet=True)
        collection = Collection(data, _aim(data, port))
        process, url = serve(data)
        beside = threading.Thread(target=collection.run)
        beside.start()
        try:
            seen, watch, share = asyncio.run(_viewers(url, process.pid, minutes * 60))
            alive = process.poll() is None
        finally:
            collection.ended.set()
            beside.join()
            process.kill()
            process.wait(20)
    rounds = "，".join(f"{n} {len(c)} 次" for n, c in collection.codes.items())
    whole = len(watch.memory) // PARTS or 1
    ends = (sum(watch.memory[whole : 2 * whole]) / whole, sum(watch.memory[-whole:]) / whole)
    wrong = seen.failed + seen.wrong + len(collection.told) + (not alive)
    print(
        f"{crowd.VIEWERS} 人看运行总览 {minutes:g} 分钟，同一目录里同时采集（{rounds}，共发布 {len(collection.versions)} 个版本）：\n"
        f"  错误 {wrong} 个（断开 {seen.failed} 人，出错的页面 {seen.wrong} 次，命令失败 {len(collection.told)} 次，服务器{'在' if alive else '不在'}运行）\n"
        f"  首屏 p50 {crowd.percentile(seen.first, 50)}、p95 {crowd.percentile(seen.first, 95)}；"
        f"刷新 {len(seen.live)} 次，p50 {crowd.percentile(seen.live, 50)}、p95 {crowd.percentile(seen.live, 95)}、p99 {crowd.percentile(seen.live, 99)}\n"
        f"  {_parts(seen, minutes)}\n"
        f"  服务器 {share:.2f} 个核；内存 开始 {watch.memory[0]:.0f}、人到齐后 {ends[0]:.0f}、最后 {ends[1]:.0f}、最高 {max(watch.memory):.0f} MB\n"
        f"  机器平均负载 {sum(watch.load) / len(watch.load):.1f}（{os.cpu_count()} 个核），最高 {max(watch.load):.1f}",
        flush=True,
    )
    for line in collection.told[:10]:
        print(f"  {line}")
    return int(wrong > 0)
