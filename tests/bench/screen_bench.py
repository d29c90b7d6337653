"""Screens in Chromium at 3 years × 100 sites × 200,000 findings: first content, whole page, filter, blank during a refresh.

The peer of a page is the health answer of the same server in the same browser: what the machine and the browser cost alone.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

from cockpit import store
from cockpit.paths import DataDir
from cockpit.ui import shell
from tests.bench.query_bench import DAYS, FINDINGS, NOW, SITES, fill
from tests.browser.conftest import serve
from tests.browser.screens import path
from tests.chromium import FLAGS, chromium

ROUNDS, PATIENCE = 5, 60_000
FIRST, FULL, FILTER, BLANK = 1000, 2500, 500, 50  # milliseconds
# In the page: when a head was first drawn (milliseconds from the navigation on), and when the page last came to rest.
# Asked from outside, every answer waits for the next pause of the browser's work: up to 900 ms later than it was seen.
TIMES = """
    window.ckFirst = window.ckWhole = window.ckChosen = null;
    const whole = () => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
        && !!document.querySelector('.ck-foot,.ck-state')
        && [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(chart => chart.querySelector('.main-svg'));
    const look = now => {
        if (window.ckFirst === null && document.querySelector('.ck-head')?.offsetHeight) window.ckFirst = now;
        if (window.ckWhole === null && whole() && (window.ckChosen === null || location.search.includes('unit='))) window.ckWhole = now;
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    document.addEventListener('click', event => {
        if (event.target.closest('[role=option]')) { window.ckChosen = performance.now(); window.ckWhole = null; }
    }, true);
"""
WATCH = """
    window.blank = 0; let last = performance.now();
    const look = now => { if (!document.querySelector('.ck-kpis')?.innerText.trim()) window.blank += now - last; last = now; requestAnimationFrame(look) };
    requestAnimationFrame(look)
"""


def _open(page: Page, url: str) -> tuple[float, float]:
    """Milliseconds to the first content (the head of the page is drawn) and to the whole page, charts among it."""
    page.goto(url, wait_until="commit")
    page.wait_for_function("window.ckFirst !== null && window.ckWhole !== null", timeout=PATIENCE)
    return page.evaluate("window.ckFirst"), page.evaluate("window.ckWhole")


def _filter(page: Page, url: str) -> float:
    """Milliseconds from choosing a unit to the page that shows it."""
    _open(page, url)
    page.locator("[data-testid=stSelectbox]:visible").first.click()
    option = page.locator("[role=option]").nth(5)
    option.wait_for()
    option.click()
    page.wait_for_function("window.ckChosen !== null && window.ckWhole !== null", timeout=PATIENCE)
    return page.evaluate("window.ckWhole - window.ckChosen")


def _told(label: str, value: float, limit: float) -> str:
    return f"{label} {value:6.0f}{' ←' if value > limit else ''}"


def _measure(browser: Browser, url: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.add_init_script(TIMES)
    page.goto(f"{url}/_stcore/health")
    bare = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        page.goto(f"{url}/_stcore/health")
        bare.append((time.perf_counter() - started) * 1000)
    print(f"  对照：同一浏览器打开健康检查页 {statistics.median(bare):.0f} 毫秒")
    for key, screen in shell.SCREENS.items():
        try:
            _open(page, url + path(key))  # imports, caches
            times = [_open(page, url + path(key)) for _ in range(ROUNDS)]
        except TimeoutError:
            print(f"  {screen.title:<8} 超过 {PATIENCE // 1000} 秒 ←", flush=True)
            continue
        first, full = (statistics.median(t[n] for t in times) for n in (0, 1))
        print(f"  {screen.title:<8} {_told('首屏', first, FIRST)}　{_told('完整', full, FULL)}", flush=True)
    for key in ("links", "alerts", "updates", "availability"):
        spent = statistics.median(_filter(page, url + path(key)) for _ in range(ROUNDS))
        print(f"  {shell.SCREENS[key].title:<8} {_told('换单位', spent, FILTER)}")
    _open(page, url)
    page.evaluate(WATCH)
    page.wait_for_timeout(65_000)
    print(f"  两次自动刷新 {_told('空白', page.evaluate('window.blank'), BLANK)}")
    context.close()


def run() -> None:
    """Print milliseconds; an arrow marks what is over its target."""
    with tempfile.TemporaryDirectory() as name:
        data = DataDir(Path(name))
        store.load(data, NOW, after_merge=fill, force=True)
        print(
            f"页面，{DAYS // 365} 年 × {SITES} 网站 × {FINDINGS} 问题，毫秒，{ROUNDS} 次中位数（目标：首屏 {FIRST}、完整 {FULL}、筛选 {FILTER}、空白 {BLANK}）"
        )
        process, url = serve(data, more={"COCKPIT_NOW": "2026-11-23T12:00:00"})
        try:
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
                _measure(browser, url)
                browser.close()
        finally:
            process.kill()
            process.wait(20)
