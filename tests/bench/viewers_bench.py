"""200 viewers of 运行总览 at once: clients that speak Streamlit's protocol and honour the 30 s refresh as browsers do.

The peer is the same application under Streamlit's own setting `runner.postScriptGC = true`, in the same run.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from cockpit import clock, demo
from cockpit.paths import DataDir
from tests.browser.conftest import serve

VIEWERS, SECONDS, ARRIVE = 200, 75, 30
PEERS = {"驾驶舱": "false", "对照：postScriptGC=true（Streamlit 默认）": "true"}


@dataclass
class Seen:
    """What the viewers measured: seconds to the first whole page and of every live rerun."""

    first: list[float] = field(default_factory=list)
    live: list[float] = field(default_factory=list)
    failed: int = 0
    wrong: int = 0  # script runs that showed an exception or a failed panel


def _rerun(fragment: str = "") -> bytes:
    message = BackMsg()
    state = message.rerun_script
    state.query_string = ""
    state.fragment_id = fragment
    state.is_auto_rerun = bool(fragment)
    state.context_info.timezone, state.context_info.locale = "Asia/Shanghai", "zh-CN"
    return message.SerializeToString()


async def _run(
    socket: websockets.ClientConnection, request: bytes, seen: Seen | None = None
) -> tuple[float, str, float]:
    """One script run: seconds, and the fragment that asks to be run again with its interval."""
    started, fragment, interval, wrong = time.perf_counter(), "", 0.0, False
    await socket.send(request)
    async for raw in socket:
        message = ForwardMsg.FromString(raw)
        kind = message.WhichOneof("type")
        wrong = wrong or _is_wrong(message)
        if kind == "auto_rerun":
            fragment, interval = message.auto_rerun.fragment_id, message.auto_rerun.interval
        elif kind == "script_finished":
            if seen is not None:
                seen.wrong += wrong
            return time.perf_counter() - started, fragment, interval
    raise ConnectionError


def _is_wrong(message: ForwardMsg) -> bool:
    """An exception on the page, or a panel that says that it failed."""
    element = message.delta.new_element
    return element.WhichOneof("type") == "exception" or "暂时无法生成" in element.html.body


async def viewer(url: str, number: int, seen: Seen, until: float) -> None:
    await asyncio.sleep(ARRIVE * number / VIEWERS)
    address = url.replace("http", "ws") + "/_stcore/stream"
    try:
        async with websockets.connect(
            address, subprotocols=["streamlit"], max_size=None, open_timeout=30
        ) as socket:
            seconds, fragment, interval = await _run(socket, _rerun(), seen)
            seen.first.append(seconds)
            started, now = time.perf_counter(), 0.0
            # A browser's timer ticks on while an answer is under way (setInterval in Streamlit's App.tsx): viewers
            # who waited for the same answer do not ask together for ever after.
            while fragment and (due := started + interval * (now // interval + 1)) < until:
                await asyncio.sleep(due - time.perf_counter())
                seconds, *_ = await _run(socket, _rerun(fragment), seen)
                seen.live.append(seconds)
                now = time.perf_counter() - started
            await asyncio.sleep(max(0.0, until - time.perf_counter()))
    except (OSError, websockets.WebSocketException, TimeoutError):
        seen.failed += 1


def cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


async def _crowd(url: str, process: int) -> tuple[Seen, float, float]:
    await one(url)  # imports and caches are there before anybody is measured
    before, seen = memory(process), Seen()
    until = time.perf_counter() + SECONDS
    viewers = [asyncio.create_task(viewer(url, n, seen, until)) for n in range(VIEWERS)]
    await asyncio.sleep(ARRIVE)
    used, started = cpu(process), time.perf_counter()
    await asyncio.sleep(SECONDS - ARRIVE - 2)
    share = (cpu(process) - used) / (time.perf_counter() - started)
    grown = (memory(process) - before) / VIEWERS
    await asyncio.gather(*viewers)
    return seen, share, grown


async def one(url: str) -> None:
    address = url.replace("http", "ws") + "/_stcore/stream"
    async with websockets.connect(address, subprotocols=["streamlit"], max_size=None) as socket:
        for _ in range(2):
            await _run(socket, _rerun())


def percentile(values: list[float], percent: int) -> str:
    if len(values) < 2:
        return "—"
    return f"{statistics.quantiles(values, n=100)[percent - 1] * 1000:.0f} 毫秒"


def run() -> None:
    """Print the figures of the cockpit and of its peer."""
    with tempfile.TemporaryDirectory() as name:
        data = DataDir(Path(name) / "samples")
        data.mark_demo()
        demo.build(data, clock.now(), 5, quiet=True)
        print(
            f"{VIEWERS} 人同时看运行总览 {SECONDS} 秒，每人每 30 秒自动刷新（目标：刷新 p95 < 150 毫秒、服务器 < 1 个核、每人 < 1 MB）"
        )
        for label, collected in PEERS.items():
            process, url = serve(data, more={"STREAMLIT_RUNNER_POST_SCRIPT_GC": collected})
            try:
                seen, share, grown = asyncio.run(_crowd(url, process.pid))
            finally:
                process.kill()
                process.wait(20)
            print(
                f"  {label}：首屏 p50 {percentile(seen.first, 50)}、p95 {percentile(seen.first, 95)}；刷新 {len(seen.live)} 次，"
                f"p50 {percentile(seen.live, 50)}、p95 {percentile(seen.live, 95)}；服务器 {share:.2f} 个核；每人 {grown:.2f} MB；未连上 {seen.failed} 人"
            )
            sys.stdout.flush()
