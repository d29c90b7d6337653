"""Criterion 8: sixty units on at most three A4 pages, white, head repeated, batch on each page, nothing fetched."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import ImageStat
from playwright.sync_api import Browser, Page

from cockpit import store
from cockpit.appraise.indicators import load_rules
from cockpit.report import scorecard
from cockpit.store.queries import scores
from cockpit.ui import card_page
from cockpit.workdays import Calendar
from tests.browser.conftest import App, Window


def pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range() for page in document]


def test_the_sent_file_with_sixty_units(browser: Browser, app: App, tmp_path: Path) -> None:
    with store.reader(app.data) as reader:
        week = scores.weeks(reader)[0]
        made = scorecard.read(reader, load_rules(app.data.rules), Calendar.load(app.data.calendar), week)
    rows = [{**row, "unit_code": f"{row['unit_code']}-{n}"} for n in range(2) for row in made.rows][:60]
    file = tmp_path / "card.html"
    file.write_text(card_page.make(replace(made, rows=rows), demo=True), encoding="utf-8")
    page = browser.new_page(color_scheme="dark")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto(file.as_uri())
    found = pages(page.pdf(prefer_css_page_size=True, print_background=True))
    page.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert len(found) <= 3
    assert all("批次" in text for text in found)
    assert all("责任单位" in text for text in found)


def printed(page: Page, **paper: object) -> tuple[list[str], list[float], list[int]]:
    """What comes out of the printer: texts of the pages, their brightness (0–255), and their corners."""
    document = pypdfium2.PdfDocument(page.pdf(print_background=True, **paper))
    texts = [sheet.get_textpage().get_text_range() for sheet in document]
    images = [sheet.render(scale=0.3).to_pil().convert("L") for sheet in document]
    bright = [ImageStat.Stat(image).mean[0] for image in images]
    corners = [
        image.getpixel((x, y))
        for image in images
        for x in (2, image.width - 3)
        for y in (2, image.height - 3)
    ]
    return texts, bright, corners


def busiest(app: App) -> str:
    """The unit with the most lost points of the newest week: its page has the longest tables."""
    with store.reader(app.data) as reader:
        rows = scores.deductions(reader, scores.weeks(reader)[0])
    return Counter(r["unit_code"] for r in rows).most_common(1)[0][0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["scorecard", "unit"])
def test_both_pages_print_white_with_their_batch_on_each_page(
    window: Window, app: App, name: str, scheme: str
) -> None:
    page = window.open("/scorecard" if name == "scorecard" else f"/unit?unit={busiest(app)}", scheme=scheme)
    page.locator(".ck-proof").wait_for()
    batch = re.search(r"批次 (\S+)", page.locator(".ck-proof").inner_text())[1]
    texts, bright, corners = printed(page, prefer_css_page_size=True)
    assert len(texts) <= (3 if name == "scorecard" else 5)
    assert all(batch in text for text in texts)
    assert [f"第 {n} 页 共 {len(texts)} 页" in text for n, text in enumerate(texts, 1)] == [True] * len(texts)
    assert set(corners) == {255}
    assert min(bright) > 215, "white also from dark"
    assert not any("复制本页链接" in text or "查看数据表" in text for text in texts)


@pytest.mark.parametrize("name", ["scorecard", "unit"])
def test_a_table_that_goes_on_repeats_its_head(window: Window, app: App, name: str) -> None:
    address, first, head = {
        "scorecard": ("/scorecard", "市", "责任单位"),
        "unit": (f"/unit?unit={busiest(app)}", "项目默认", "事实"),
    }[name]
    page = window.open(address)
    texts, _, _ = printed(page, width="210mm", height="90mm")
    filled = [text for text in texts if text.count(first) >= (6 if name == "scorecard" else 2)]
    assert len(filled) >= 2, "the table goes over pages"
    assert all(head in text for text in filled)


DRAWN = """
    [...document.querySelectorAll('.js-plotly-plot .trace path')].map(e => getComputedStyle(e))
        .flatMap(s => [s.fill, s.stroke]).filter(c => c.startsWith('rgb('))
"""
SHEET = 703  # px: 186 mm


def test_charts_printed_from_dark_have_the_colours_of_the_light_mode(window: Window, app: App) -> None:
    def colours(scheme: str) -> list[str]:
        page = window.open(f"/unit?unit={busiest(app)}", scheme=scheme)
        page.locator(".js-plotly-plot .trace path").first.wait_for()
        page.emulate_media(media="print", color_scheme=scheme)
        return page.evaluate(DRAWN)

    light = colours("light")
    assert len(light) > 10
    assert colours("dark") == light


def test_a_chart_of_a_wide_window_is_whole_on_paper(window: Window, app: App) -> None:
    page = window.open(f"/unit?unit={busiest(app)}", 1920, 1000)
    page.locator(".js-plotly-plot .trace path").first.wait_for()
    assert page.locator(".main-svg").first.bounding_box()["width"] > SHEET
    texts, _, _ = printed(page, prefer_css_page_size=True)
    last = page.evaluate(
        "[...document.querySelectorAll('.js-plotly-plot')].map(e => [...e.querySelectorAll('.xtick text')].at(-1).textContent)"
    )
    assert all(any(label in text for text in texts) for label in last), last
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert all(
        box["width"] <= SHEET and box["x"] + box["width"] <= 1920
        for box in (svg.bounding_box() for svg in page.locator(".main-svg").all())
        if box
    )


def test_a_table_of_the_card_keeps_name_and_number_on_a_line_and_ends_on_the_sheet(window: Window) -> None:
    page = window.open("/scorecard")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": SHEET, "height": 1000})
    page.wait_for_timeout(300)
    split = page.evaluate(
        "[...document.querySelectorAll('.ck-ends')].filter(e => e.children[0].getClientRects().length > 1 || e.getBoundingClientRect().height > 24).map(e => e.innerText)"
    )
    cells = page.locator(".ck-ends").count()
    assert cells > 10
    assert len(split) <= cells // 10, split
    assert (
        page.evaluate(
            "[...document.querySelectorAll('.ck-table.card td')].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
        )
        == []
    )


def test_the_rehearsal_prints_on_one_sheet_with_its_version_in_the_margin(window: Window) -> None:
    texts, _, _ = printed(window.open("/rehearsal"), prefer_css_page_size=True)
    assert len(texts) == 1
    assert "数据版本 cockpit-" in texts[0]
    assert "第 1 页 共 1 页" in texts[0]
