"""Every chart has its numbers as a folded table; on a phone the chart itself is folded and its list comes first."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Window

CHARTS = {
    "/unit": 2,
    "/alerts": 1,
    "/updates": 1,
    "/links": 1,
    "/requests": 1,
    "/new_media": 1,
    "/workbook": 1,
}


@pytest.mark.parametrize("address", CHARTS)
def test_every_chart_has_its_numbers(window: Window, address: str) -> None:
    page = window.open(address)
    expect(page.locator(".js-plotly-plot")).to_have_count(CHARTS[address], timeout=20_000)
    assert page.locator("details.ck-data").count() == CHARTS[address]
    for box in page.locator("details.ck-data").all():
        told = box.locator("summary").inner_text()
        table = box.locator("table")
        assert not table.is_visible()
        box.locator("summary").press("Enter")
        table.wait_for(state="visible")
        assert told == f"查看数据表（{table.locator('tbody tr').count()} 行）"
        assert table.locator("tbody td").first.inner_text().strip()


def test_on_a_phone_a_chart_is_one_line_until_it_is_opened(window: Window) -> None:
    page = window.open("/links", 390, 844)
    chart, fold = page.locator(".js-plotly-plot"), page.locator("[data-ck=fold]")
    assert not chart.is_visible()
    assert fold.get_attribute("aria-expanded") == "false"
    fold.press("Enter")
    chart.wait_for(state="visible")
    assert chart.bounding_box()["width"] > 250
    fold.press("Enter")
    chart.wait_for(state="hidden")


def test_the_data_table_is_what_the_chart_draws(window: Window) -> None:
    page = window.open("/links")
    page.locator(".js-plotly-plot .plot-container").wait_for()
    drawn = page.evaluate("Array.from(document.querySelector('.js-plotly-plot').data[0].y)")
    page.locator("details.ck-data summary").click()
    assert [int(t) for t in page.locator("details.ck-data td:last-child").all_inner_texts()] == drawn
