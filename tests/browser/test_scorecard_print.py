"""Criterion 8: sixty units on at most three A4 pages, white, head repeated, batch on each page, nothing fetched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser

from cockpit import store
from cockpit.appraise.indicators import load_rules
from cockpit.report import scorecard
from cockpit.store.queries import scores
from cockpit.ui import card_page
from tests.browser.conftest import App, Window


def pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range() for page in document]


def test_the_sent_file_with_sixty_units(browser: Browser, app: App, tmp_path: Path) -> None:
    with store.reader(app.data) as reader:
        week = scores.weeks(reader)[0]
        made = scorecard.read(reader, load_rules(app.data.rules), week)
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_prints_with_its_batch_on_each_page(window: Window, scheme: str) -> None:
    page = window.open("/scorecard", scheme=scheme)
    content = page.pdf(prefer_css_page_size=True, print_background=True)
    found = pages(content)
    assert len(found) <= 3
    assert all("批次" in text for text in found)
    bitmap = pypdfium2.PdfDocument(content)[0].render(scale=0.3).to_pil().convert("L")
    assert bitmap.getpixel((2, 2)) == 255, "white also from dark"
