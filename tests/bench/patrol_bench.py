"""What the detectors cost beside link checking, and a patrol of a hundred sites at once that stays polite."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from cockpit.detect import dates, links, softpage, wording
from cockpit.detect import page as pages
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import CHECKOUT, SHIPPED, DataDir
from cockpit.registry.files import write_tables
from cockpit.registry.sheets import ACCOUNTS, CHANNELS, SITES, UNITS
from collectors.eyes import Eyes, Seen
from collectors.fetch import Fetcher, Limits
from collectors.lookers import Lookers
from collectors.walk import Budget, Walk
from tests.bench import hundred_sites
from tests.bench.check_bench import _Peak, served

ROUNDS, PER_HOST, AT_ONCE = 2, 4, 100
GOAL = 2.0


class LinksOnly(Eyes):
    """Link checking alone: links and soft 404, no detector."""

    def look(self, body: bytes, content_type: str, url: str, *_: Any, **__: Any) -> Seen:  # type: ignore[override]
        page = pages.parse(pages.decode(body, content_type)[0], url)
        nothing = dates.Published(None, None)
        gone = softpage.looks_gone(page)
        return Seen(url, "", "article", links.extract(page), nothing, [], [], [], None, [], gone, "")


def walk(base: str, mode: str) -> None:
    """One walk over the big site in this process; prints pages and seconds."""
    kind = Eyes if mode == "all" else LinksOnly
    eyes = kind(wording.Matcher(Lexicon.load(SHIPPED / "lexicon")), (), today=date(2026, 11, 23))
    budget = Budget(max_pages=3000, per_host=16, threads=16)
    started = time.monotonic()
    with Fetcher(allow_private=True, limits=Limits(2, 2), per_host=16) as fetcher, Lookers() as lookers:
        found = Walk(f"{base}/", fetcher, eyes, budget, lookers=lookers if mode == "all" else None).run()
    print(json.dumps({"pages": len(found.pages), "seconds": time.monotonic() - started}))


def eyes() -> int:
    """Print the CPU of a walk with all detectors beside that of one that only checks links."""
    used: dict[str, list[float]] = {"links": [], "all": []}
    with served() as site:
        for _ in range(ROUNDS):
            for mode, seconds in used.items():
                words = [sys.executable, "-m", "tests.bench.patrol_bench", site["base"], mode]
                process = subprocess.Popen(words, cwd=CHECKOUT, stdout=subprocess.PIPE)
                assert process.stdout is not None
                told = json.loads(process.stdout.read())
                _, _, usage = os.wait4(process.pid, 0)
                assert told["pages"] == len(site["pages"]), told
                seconds.append(usage.ru_utime + usage.ru_stime)
    alone, everything = min(used["links"]), min(used["all"])
    ratio = everything / alone
    print(
        f"全部检测器与只查链接：{len(site['pages'])} 页，CPU {everything:.1f} 秒比 {alone:.1f} 秒，{ratio:.2f} 倍"
        f"（目标不超过 {GOAL:.0f} 倍，{ROUNDS} 轮取最小值）"
    )
    return int(ratio > GOAL)


@contextmanager
def hundred_sites_served(folder: Path) -> Iterator[int]:
    told = folder / "port"
    server = subprocess.Popen([sys.executable, "-m", "tests.bench.hundred_sites", str(told)], cwd=CHECKOUT)
    try:
        while not told.exists():
            if server.poll() is not None:
                raise SystemExit("测试网站没有启动")
            time.sleep(0.1)
        yield int(told.read_text(encoding="utf-8"))
    finally:
        server.terminate()
        server.wait()


def _register(data: DataDir, port: int) -> list[str]:
    names = [f"s{n:03d}.test" for n in range(hundred_sites.SITES)]
    unit = {
        "unit_code": "YS-A",
        "unit_name": "演示单位",
        "unit_group": "county",
        "has_service": True,
        "sort_order": 1,
    }
    site = {"unit_code": "YS-A", "verified": True, "state": "active", "site_kind": "department"}
    sites = [site | {"site_code": n, "site_name": n, "url": f"http://{n}:{port}/"} for n in names]
    write_tables(data.registry, {UNITS: [unit], SITES: sites, CHANNELS: [], ACCOUNTS: []})
    hosts = data.root / "hosts"
    hosts.write_text("".join(f"127.0.0.1 {name}\n" for name in names), encoding="utf-8")
    return ["--data", str(data.root), "--hosts", str(hosts), "--allow-private", "--json"]


def hundred() -> int:
    """Print what a patrol of a hundred sites at once costs, and the most that any of them was asked at once."""
    with tempfile.TemporaryDirectory() as name, hundred_sites_served(Path(name)) as port:
        options = _register(DataDir(Path(name) / "data"), port)
        words = [sys.executable, "-m", "collectors", "patrol", *options]
        words += ["--at-once", str(AT_ONCE), "--per-host", str(PER_HOST)]
        started = time.monotonic()
        process = subprocess.Popen(words, cwd=CHECKOUT, stdout=subprocess.PIPE)
        peak = _Peak(process.pid)
        assert process.stdout is not None
        told = json.loads(process.stdout.read())
        _, _, usage = os.wait4(process.pid, 0)
        seconds, rss = time.monotonic() - started, peak.stop()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/stats") as answer:
            counts = json.load(answer)
    most = {host: n for host, n in counts["most"].items() if host.endswith(".test")}
    seen = sum(site["pages"] for site in told["sites"])
    print(
        f"同时巡查 {len(most)} 个网站：{seen} 页 {seconds:.1f} 秒（{seen / seconds:.0f} 页/秒），CPU {usage.ru_utime + usage.ru_stime:.1f} 秒，"
        f"内存 {rss:.0f} MiB；每个网站同时受到的请求最多 {min(most.values())}—{max(most.values())} 个（上限 {PER_HOST}），"
        f"每站 {min(counts['requests'][h] for h in most)}—{max(counts['requests'][h] for h in most)} 次请求"
    )
    whole = told["measured"] == hundred_sites.SITES and seen == hundred_sites.SITES * (
        hundred_sites.PAGES + 1
    )
    polite = max(most.values()) <= PER_HOST
    print(
        "全部采到，没有一个网站受到超过上限的请求"
        if whole and polite
        else "未达到：有网站没采全，或请求超过上限"
    )
    return int(not (whole and polite))


if __name__ == "__main__":
    walk(sys.argv[1], sys.argv[2])
