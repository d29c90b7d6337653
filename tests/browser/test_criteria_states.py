"""Criteria 6 and 11: the address is the state; every state says honestly what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser

from cockpit import clock, store
from cockpit.appraise.indicators import load_rules
from cockpit.paths import DataDir
from cockpit.store.queries import overview, warnings
from cockpit.ui import shell
from tests.browser.conftest import App, Window, serve, settle
from tests.browser.screens import KEYS, path, rows, run, text


@pytest.fixture
def shown(demo_folder: DataDir, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    monkeypatch.setenv("COCKPIT_DATA", str(demo_folder.root))
    return demo_folder


def probed(data: DataDir) -> datetime:
    with store.reader(data) as reader:
        return overview.frame(reader)["newest"]["probe"]


@pytest.mark.parametrize(
    ("hours", "css", "words"),
    [(1.5, "", "数据截至"), (2.5, "late", "可用性探测延迟"), (6.5, "dead", "可用性探测中断自")],
)
def test_a_dead_collector_turns_the_header_yellow_after_two_intervals_and_red_after_six(
    shown: DataDir, monkeypatch: pytest.MonkeyPatch, hours: float, css: str, words: str
) -> None:
    now = clock.to_local(probed(shown) + timedelta(hours=hours))
    monkeypatch.setenv("COCKPIT_NOW", f"{now:%Y-%m-%dT%H:%M:%S}")
    head = re.search(r'<div class="ck-head".*?</div>', text(run("/links")), re.DOTALL)[0]
    assert words in head
    assert re.findall(r"ck-chip (\w+)", head) == ([css] if css else [])


def test_a_failing_panel_leaves_the_rest_working(shown: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("cockpit.ui.wall.findings", broken)
    at = run("/")
    assert not at.exception
    told = text(at)
    assert re.search(r"“近 30 天新增问题”暂时无法生成（编号 E-[0-9A-F]{4}），不影响其他内容", told)
    assert "责任单位状态" in told
    assert "最新预警" in told


def test_good_empty_says_what_was_checked_and_unmeasured_says_why(shown: DataDir) -> None:
    assert re.search(r"✓ 没有外链变异。已检 [\d,]+ 条链接", text(run("/links?group=external")))
    assert "未采集：本机网络不通" in text(run("/updates?state=unmeasured"))
    assert "— 未采集 1 个网站" in text(run("/links"))
    assert "没有二三级链接可计，不算零分" in text(run("/ipv6"))


def test_filtered_to_nothing_offers_the_way_back(shown: DataDir) -> None:
    with store.reader(shown) as reader:
        quiet = next(
            u["unit_code"]
            for u in overview.unit_matrix(reader, clock.local_day(clock.now()))
            if not u["sites"]
        )
    told = text(run(f"/availability?unit={quiet}"))
    assert "清除筛选" in told
    assert 'href="/availability"' in told


def test_an_empty_installation_explains_itself(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_DATA", str(data.root))
    for key in KEYS:
        at = run(path(key))
        assert not at.exception, key
        assert re.search("collectors|台账", text(at)), key


def test_registers_can_be_kept_before_anything_was_collected(
    data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adopting the register on screen publishes it: registers open, what needs a collection says so, the trail tells who."""
    monkeypatch.setenv("COCKPIT_DATA", str(data.root))
    at = run("/workbook")
    at.text_input(key="setup_actor").input("政务公开岗").run()
    at.button(key="setup_register").click().run(timeout=60)
    assert not at.exception
    for key in KEYS:
        at = run(path(key))
        assert not at.exception, key
        assert "暂时无法生成" not in text(at), key
        assert ("还没有数据。" in text(at)) == (key not in shell.UNCOLLECTED), key
    told = text(run("/trail"))
    assert "政务公开岗" in told
    assert "初始化" in told
    assert "模板与导入" in text(run("/workbook"))


def test_the_rules_can_be_read_before_anything_was_collected(
    data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCKPIT_DATA", str(data.root))
    known = load_rules(data.rules).indicators
    told = text(run("/rules"))
    assert f"共 {len(known)} 项指标" in told
    assert rows(re.search(r"指标</b><span>.*?</table>", told, re.DOTALL)[0]) == len(known)
    assert "还没有采集数据" in told
    for view, words in (("diff", "还没有封存过任何一周"), ("trial", "还没有采集入库")):
        at = run(f"/rules?view={view}")
        assert not at.exception
        assert words in text(at)


@pytest.fixture(scope="module")
def fresh(demo_folder: DataDir) -> Iterator[str]:
    process, url = serve(demo_folder)
    yield url
    if process.poll() is None:
        process.kill()
    process.wait(20)


def test_a_deep_link_to_a_fresh_server_is_whole_and_its_loss_is_told_in_chinese(
    fresh: str, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    try:
        page = context.new_page()
        page.goto(f"{fresh}/updates?state=blank")
        settle(page)
        assert page.title().startswith("栏目更新")
        assert page.locator(".ck-head h1").inner_text() == "栏目更新"
        nav = page.locator("[data-testid=stSidebar]").inner_text()
        assert all(s.title in nav for s in shell.SCREENS.values() if s.group)
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        page.route("**/*", lambda r: r.abort())
        page.evaluate(
            "document.querySelector('[data-testid=stApp]').dataset.testConnectionState = 'PINGING_SERVER'"
        )
        page.locator("#ck-offline").wait_for(timeout=15_000)
        assert re.match(
            r"连接中断，正在重连… 显示的是 \d{4}-\d\d-\d\d \d\d:\d\d 的数据",
            page.locator("#ck-offline").inner_text(),
        )
    finally:
        context.close()


def test_the_same_address_shows_the_same_rows_and_drawer_to_somebody_else(
    window: Window, app: App, browser: Browser
) -> None:
    with store.reader(app.data) as reader:
        first = warnings.open_warnings(reader, levels=("orange",))[0]
    address = f"/alerts?level=orange&unit={first['unit_code']}&evidence={first['warning_id']}"
    mine = window.open(address)
    mine.locator("[role=dialog]").wait_for()
    other = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    try:
        theirs = other.new_page()
        theirs.goto(mine.url)
        settle(theirs)
        theirs.locator("[role=dialog]").wait_for()
        assert first["warning_id"] in theirs.locator("[role=dialog]").inner_text()
        assert (
            theirs.locator("[data-testid=stMain] .ck-table tbody").all_inner_texts()
            == mine.locator("[data-testid=stMain] .ck-table tbody").all_inner_texts()
        )
    finally:
        other.close()


def test_the_chosen_theme_is_kept_on_the_next_screen(app: App, browser: Browser) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="zh-CN", color_scheme="light"
    )
    try:
        page = context.new_page()
        page.goto(f"{app.url}/links")
        settle(page)
        page.locator("[data-ck=theme]", has_text="深色").click()
        page.locator("[data-ck=theme]", has_text="浅色").wait_for(timeout=30_000)
        page.goto(f"{app.url}/ipv6")
        settle(page)
        assert page.locator("[data-ck=theme]").inner_text() == "浅色"
    finally:
        context.close()
