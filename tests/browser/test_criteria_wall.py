"""Criteria 2 and 10 of the wall: one screen, words large enough, scenes that turn, a refresh that nobody sees."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from cockpit import store
from cockpit.store.queries import scores
from tests.browser.conftest import App, Window
from tests.browser.screens import faults

FIT = "(() => {const m = document.querySelector('[data-testid=stMain]'); return [m.scrollHeight <= m.clientHeight, m.scrollWidth <= m.clientWidth]})()"
SMALLEST = """
    Math.min(...[...document.querySelectorAll('.ck *')].filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim()))
    .map(e => parseFloat(getComputedStyle(e).fontSize)))
"""
CLIPPED = """
    [...document.querySelectorAll('.ck-wall *')].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && e.clientWidth
        && !['ellipsis'].includes(getComputedStyle(e).textOverflow) && [...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim()))
    .map(e => e.className + ':' + e.innerText.slice(0, 30))
"""
CUT = """
    [...document.querySelectorAll('.ck-cols > div')].filter(e => e.checkVisibility() && e.scrollHeight > e.clientHeight + 1).map(e => e.innerText.slice(0, 30))
"""


def scene(page: Page) -> str:
    return page.evaluate(
        "[...document.querySelectorAll('.ck-scene')].filter(e => e.checkVisibility()).map(e => e.ariaLabel).join()"
    )


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_scene_fits_every_wall(window: Window, number: int) -> None:
    page = window.open(f"/?kiosk=1&scene={number}", 1920, 1080, "dark")
    for width, height in ((1920, 1080), (2560, 1080), (3840, 2160), (3840, 1080), (5120, 1440)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(700)
        scale = min(width / 1920, height / 1080)
        assert faults(page) == []
        assert page.evaluate(FIT) == [True, True], (width, height)
        assert page.evaluate(CLIPPED) == [], (width, height)
        assert page.evaluate(CUT) == [], (width, height)
        assert page.evaluate(SMALLEST) >= 17.9 * scale, (width, height)
    assert page.locator("[data-testid=stSidebar]:visible").count() == 0
    assert scene(page) == ("总览", "预警与可用性", "本周计分卡")[number - 1]


def test_the_third_scene_shows_every_unit_that_has_a_score(window: Window, app: App) -> None:
    with store.reader(app.data) as reader:
        week = scores.weeks(reader)[0]
        rated = [r for r in scores.stored_scores(reader, week) if r["score"] is not None]
    page = window.open("/?kiosk=1&scene=3", 1920, 1080, "dark")
    for width, height in ((1920, 1080), (2560, 1080), (3840, 2160)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(700)
        names = page.evaluate(
            "[...document.querySelectorAll('.ck-scene.s3 .ck-scores tbody tr')].filter(e => e.checkVisibility() && e.getBoundingClientRect().bottom <= innerHeight)"
            ".map(e => e.cells[0].innerText)"
        )
        assert sorted(names) == sorted(r["short_name"] for r in rated), (width, height)


def test_a_red_warning_that_nobody_took_pins_the_second_scene(window: Window) -> None:
    page = window.open("/?kiosk=1&rotate=1", 1920, 1080, "dark")
    page.wait_for_timeout(2500)
    assert scene(page) == "预警与可用性"
    assert "红色预警未签收" in page.locator(".ck-next").inner_text()


def test_scenes_turn_and_wait_after_the_mouse_moved(window: Window) -> None:
    page = window.open("/?kiosk=1&rotate=1", 1920, 1080, "dark")
    page.evaluate("document.querySelector('.ck-wall').dataset.pin = 0")
    seen = set()
    for _ in range(16):
        seen.add(scene(page))
        page.wait_for_timeout(300)
    assert seen == {"总览", "预警与可用性", "本周计分卡"}
    page.mouse.move(200, 200)
    page.mouse.move(400, 400)
    page.wait_for_timeout(800)
    stays = scene(page)
    page.wait_for_timeout(2500)
    assert scene(page) == stays
    assert "轮播暂停" in page.locator(".ck-next").inner_text()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(800)
    assert scene(page) != stays


def test_a_refresh_shows_no_blank_frame_and_the_next_one_is_counted_down(window: Window) -> None:
    page = window.open("/?kiosk=1&scene=1", 1920, 1080, "dark")
    drawn = "document.querySelector('[data-drawn]').dataset.drawn"
    first = page.evaluate(drawn)
    page.evaluate(
        "window.blank = 0; let last = performance.now(); const look = now => { const w = document.querySelector('.ck-wall .ck-scene.s1');"
        "if (!w || !w.checkVisibility() || !w.innerText.trim()) window.blank += now - last; last = now; requestAnimationFrame(look) }; requestAnimationFrame(look)"
    )
    assert page.locator(".ck-next").inner_text().startswith("下次刷新 ")
    page.wait_for_function(f"{drawn} != '{first}'", timeout=45_000)
    page.wait_for_timeout(1000)
    assert page.evaluate("window.blank") <= 50
