"""`check` against LinkChecker, Scrapy and lychee on the same 2,001 pages in the same run.

All get 16 connections, 2 seconds a request and no retries of their own. Where a tool waits between requests
to one host, that is lifted (LinkChecker by an answer header, lychee by options), so engines are compared and
not politeness; lychee runs once more as it is shipped. lychee does not crawl: it is handed the list of pages.
Only `check` runs nine detectors on every page as well.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from cockpit.paths import CHECKOUT

BIN = Path(sys.executable).parent
CONNECTIONS, SECONDS, ROUNDS = 16, 2, 3
MOST_RSS_MIB = 150

SPIDER = """
import scrapy
from scrapy.linkextractors import LinkExtractor

class Site(scrapy.Spider):
    name = "site"
    handle_httpstatus_all = True
    custom_settings = dict(
        CONCURRENT_REQUESTS={connections}, CONCURRENT_REQUESTS_PER_DOMAIN={connections}, DOWNLOAD_TIMEOUT={seconds},
        DOWNLOAD_DELAY=0, RETRY_ENABLED=False, ROBOTSTXT_OBEY=False, LOG_ENABLED=False, TELNETCONSOLE_ENABLED=False,
        FEEDS={{"{out}": {{"format": "jsonlines"}}}})
    start_urls = ["{base}/"]
    links = LinkExtractor(tags=("a", "area", "img"), attrs=("href", "src"), deny_extensions=[])

    def parse(self, response):
        asked = response.request.meta.get("redirect_urls", [response.url])[0]
        if response.status >= 400:
            yield {{"dead": asked}}
        elif hasattr(response, "xpath") and response.url.startswith("{base}/"):
            yield {{"page": response.url}}
            for link in self.links.extract_links(response):
                yield scrapy.Request(link.url, callback=self.parse, errback=self.failed)

    def failed(self, failure):
        yield {{"dead": failure.request.meta.get("redirect_urls", [failure.request.url])[0]}}
"""


@dataclass(frozen=True)
class Outcome:
    """What one run of one tool came to."""

    seconds: float
    cpu: float
    rss_mib: float
    pages: int
    dead: frozenset[str]


Tool = Callable[[dict[str, Any], Path], tuple[list[str], Callable[[], tuple[int, set[str]]]]]


def check(site: dict[str, Any], folder: Path) -> tuple[list[str], Callable[[], tuple[int, set[str]]]]:
    words = [sys.executable, "-m", "collectors", "check", f"{site['base']}/", "--json", "--allow-private"]
    words += ["--max-pages", "3000", "--per-host", str(CONNECTIONS), "--seconds", str(SECONDS)]
    words += ["--data", str(folder)]

    def read() -> tuple[int, set[str]]:
        found = json.loads((folder / "out").read_text(encoding="utf-8"))
        return found["pages"], {row["url"] for row in found["links"] if row["verdict"] == "dead"}

    return words, read


def lychee(site: dict[str, Any], folder: Path) -> tuple[list[str], Callable[[], tuple[int, set[str]]]]:
    (folder / "pages").write_text("\n".join(site["pages"]), encoding="utf-8")
    words = [str(BIN / "lychee"), "--files-from", str(folder / "pages"), "--format", "json", "--no-progress"]
    words += ["--max-concurrency", str(CONNECTIONS), "--timeout", str(SECONDS), "--max-retries", "0"]

    def read() -> tuple[int, set[str]]:
        found = json.loads((folder / "out").read_text(encoding="utf-8"))
        maps = (found["error_map"], found["timeout_map"])
        return len(site["pages"]), {entry["url"] for m in maps for rows in m.values() for entry in rows}

    return words, read


def lychee_unthrottled(
    site: dict[str, Any], folder: Path
) -> tuple[list[str], Callable[[], tuple[int, set[str]]]]:
    words, read = lychee(site, folder)
    return [*words, "--host-concurrency", str(CONNECTIONS), "--host-request-interval", "0ms"], read


def scrapy(site: dict[str, Any], folder: Path) -> tuple[list[str], Callable[[], tuple[int, set[str]]]]:
    spider, items = folder / "spider.py", folder / "items.jsonl"
    values = {"connections": CONNECTIONS, "seconds": SECONDS, "out": items, "base": site["base"]}
    spider.write_text(SPIDER.format(**values), encoding="utf-8")

    def read() -> tuple[int, set[str]]:
        rows = [json.loads(line) for line in items.read_text(encoding="utf-8").splitlines()]
        return sum("page" in row for row in rows), {row["dead"] for row in rows if "dead" in row}

    return [sys.executable, "-m", "scrapy", "runspider", str(spider)], read


def linkchecker(site: dict[str, Any], folder: Path) -> tuple[list[str], Callable[[], tuple[int, set[str]]]]:
    folder.chmod(0o755)  # run by root, it becomes "nobody" before it reads its settings
    settings = folder / "linkcheckerrc"
    settings.write_text(
        f"[checking]\nthreads={CONNECTIONS}\ntimeout={SECONDS}\nmaxrequestspersecond=100000\n"
        "[filtering]\ncheckextern=1\n[output]\nstatus=0\n",
        encoding="utf-8",
    )
    words = [str(BIN / "linkchecker"), "-f", str(settings), "-o", "csv/utf-8"]

    def read() -> tuple[int, set[str]]:
        text = (folder / "out").read_text(encoding="utf-8", errors="replace")
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        rows = csv.DictReader(lines, delimiter=";")
        bad = {urljoin(row["parentname"], row["urlname"]) for row in rows if row["valid"] == "False"}
        return len(site["pages"]), bad

    return [*words, f"{site['base']}/"], read


TOOLS: dict[str, Tool] = {
    "check": check,
    "lychee 不限速": lychee_unthrottled,
    "Scrapy": scrapy,
    "LinkChecker": linkchecker,
    "lychee 原样": lychee,
}
ONCE = {"lychee 原样"}  # waits 50 ms between requests: some three minutes


def measure(tool: Tool, site: dict[str, Any]) -> Outcome:
    """Run a tool once; memory is the highest sum over its process tree, sampled."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words, read = tool(site, folder)
        with (folder / "out").open("wb") as out:
            started = time.perf_counter()
            process = subprocess.Popen(words, cwd=CHECKOUT, stdout=out, stderr=subprocess.DEVNULL)
            peak = _Peak(process.pid)
            _, _, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
        rss = peak.stop()
        pages, dead = read()
        return Outcome(seconds, used.ru_utime + used.ru_stime, rss, pages, frozenset(dead))


class _Peak:
    """Samples the memory of a process and all it started."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most = pid, 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._ended.set()
        self._thread.join()
        return self._most

    def _run(self) -> None:
        while not self._ended.wait(0.05):
            self._most = max(self._most, sum(_rss(pid) for pid in _tree(self._pid)))


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return [pid]
    return [pid, *(p for child in children for p in _tree(int(child)))]


def _rss(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextlib.contextmanager
def served() -> Iterator[dict[str, Any]]:
    """The big site in a process of its own; yields the truth about it."""
    with tempfile.TemporaryDirectory() as name:
        told = Path(name) / "truth.json"
        server = subprocess.Popen([sys.executable, "-m", "tests.bench.big_site", str(told)], cwd=CHECKOUT)
        try:
            while not told.exists():
                if server.poll() is not None:
                    raise SystemExit("测试网站没有启动")
                time.sleep(0.1)
            yield json.loads(told.read_text(encoding="utf-8"))
        finally:
            server.terminate()
            server.wait()


def _line(name: str, outcomes: list[Outcome], ours: float, site: dict[str, Any]) -> str:
    planted = set(site["dead"])
    seconds = statistics.median(o.seconds for o in outcomes)
    last = outcomes[-1]
    rate = len(site["pages"]) / seconds
    return (
        f"{name:<14}{seconds:>9.2f}{rate:>9.0f}{ours / rate:>9.2f}{statistics.median(o.cpu for o in outcomes):>9.2f}"
        f"{max(o.rss_mib for o in outcomes):>9.0f}{len(planted & last.dead):>8}/{len(planted)}{len(last.dead - planted):>6}"
    )


def main(rounds: int = ROUNDS) -> int:
    """Print the comparison; 1 when `check` is not ahead, misses or invents a dead link, or needs too much memory."""
    with served() as site:
        print(
            f"check 与同类工具：{len(site['pages'])} 页、{site['anchors']} 个链接、{len(site['dead'])} 条死链，"
            f"{CONNECTIONS} 个连接，{rounds} 轮取中位数"
        )
        outcomes: dict[str, list[Outcome]] = {name: [] for name in TOOLS}
        for number in range(rounds):
            for name, tool in TOOLS.items():
                if number and name in ONCE:
                    continue
                outcomes[name].append(measure(tool, site))
    rates = {
        name: len(site["pages"]) / statistics.median(o.seconds for o in got) for name, got in outcomes.items()
    }
    print(f"{'工具':<12}{'秒':>8}{'页/秒':>7}{'check倍':>8}{'CPU秒':>7}{'MiB':>9}{'死链':>9}{'误报':>6}")
    for name, got in outcomes.items():
        print(_line(name, got, rates["check"], site))
    ours = outcomes["check"]
    planted = set(site["dead"])
    faults = [f"慢于 {name}" for name, rate in rates.items() if rate > rates["check"]]
    faults += ["死链有漏报或误报"] if any(set(o.dead) != planted for o in ours) else []
    faults += ["内存超过 150 MiB"] if max(o.rss_mib for o in ours) > MOST_RSS_MIB else []
    print("未达到：" + "、".join(faults) if faults else "全部达到：快于三者，死链不漏不误，内存低于 150 MiB")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
