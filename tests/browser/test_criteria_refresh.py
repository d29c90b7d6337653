"""Criterion 10: a refresh that brings new numbers keeps the place on the page, the keyboard's place and an open drawer."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page

from cockpit import clock, pipeline, store
from cockpit.appraise import actions
from cockpit.store.queries import warnings
from tests.browser.conftest import App, Window

OPEN = ".ck-kpis .ck-kpi:nth-child(3) .v"  # open warnings
FOCUSED = "document.activeElement?.getAttribute('href') || document.activeElement?.tagName"
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"


def number(page: Page) -> int:
    return int(page.locator(OPEN).inner_text().split("条")[0])


def renewed(page: Page, before: int) -> None:
    page.wait_for_function(
        f"parseInt(document.querySelector('{OPEN}').innerText) === {before - 1}", timeout=60_000
    )
    page.wait_for_timeout(500)


def test_new_data_comes_without_moving_the_reader(window: Window, app: App) -> None:
    with store.reader(app.data) as reader:
        row = next(
            r for r in warnings.open_warnings(reader) if r["level"] == "yellow" and r["state"] == "new"
        )
    tile = f".ck-tile[href*='unit={row['unit_code']}']"
    reading = window.open("/", 1280, 500)
    drawer = window.open(f"/?evidence={row['warning_id']}", 1280, 500)
    drawer.locator("[role=dialog] .ck").first.wait_for()
    reading.bring_to_front()
    before = number(reading)
    reading.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 180)")
    reading.evaluate(f'document.querySelector("{tile}").focus({{preventScroll: true}})')
    told = reading.locator(tile).get_attribute("title")
    place, focus = reading.evaluate(SCROLLED), reading.evaluate(FOCUSED)
    assert place > 100
    assert f"unit={row['unit_code']}" in focus
    shown = drawer.locator("[role=dialog]").inner_text()
    inside = drawer.evaluate("!!document.activeElement?.closest('[role=dialog]')")

    now = clock.now()
    event = actions.act(
        app.data,
        row,
        "ignore",
        actor="刷新岗",
        now=now,
        reason="刷新测试",
        until=clock.local_day(now) + timedelta(days=7),
    )
    pipeline.load_all(app.data, now)
    try:
        renewed(reading, before)
        assert reading.locator(tile).get_attribute("title") != told, "the part with the focus was drawn anew"
        assert (reading.evaluate(SCROLLED), reading.evaluate(FOCUSED)) == (place, focus)
        drawer.bring_to_front()
        renewed(drawer, before)
        assert drawer.locator("[role=dialog]").inner_text() == shown
        assert drawer.evaluate("!!document.activeElement?.closest('[role=dialog]')") == inside
        assert "evidence=" in drawer.url
    finally:
        with store.reader(app.data) as reader:
            now_row = warnings.one(reader, row["warning_id"])
            last = warnings.trail(reader, row["warning_id"])[-1]
        assert last["event_id"] == event
        actions.undo(app.data, now_row, last, actor="刷新岗", now=clock.now())
        pipeline.load_all(app.data, clock.now())
