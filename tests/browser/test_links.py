"""链接健康: counts, hosts and places lead to exactly that many rows; hidden links stay on top."""

from __future__ import annotations

import re

from tests.browser.conftest import Window
from tests.browser.screens import whole


def test_each_count_is_the_number_of_its_rows(window: Window) -> None:
    page = window.open("/links")
    cells = [(k.locator(".v").inner_text(), k.get_attribute("href")) for k in page.locator(".ck-kpi").all()]
    assert len(cells) == 4
    for value, href in cells:
        listed, count = window.open(whole(href or "")), int(re.match(r"\d+", value)[0])
        assert ("group=dead" in href) or listed.locator(".ck-state.good").count() == (count == 0)
        if count:
            assert listed.locator(".ck-table").last.locator("tbody tr").count() == count, href


def test_each_host_leads_to_as_many_places(window: Window) -> None:
    bars = window.open("/links").locator(".ck-bars a.v").all()
    assert bars
    for bar in bars:
        listed = window.open(whole(bar.get_attribute("href") or ""))
        assert listed.locator(".ck-table tbody tr").count() == int(bar.inner_text())


def test_one_link_on_many_pages_opens_all_its_places(window: Window) -> None:
    link = window.open("/links").locator(".ck-lead a").first
    places = int(re.search(r"造成 (\d+) 处", link.inner_text())[1])
    drawer = window.open(link.get_attribute("href") or "").locator("[role=dialog]")
    drawer.wait_for()
    assert f"全部 {places} 个所在页" in drawer.inner_text()
    listed = drawer.locator(".ck-table").first  # the kept pages have a table of their own below
    assert listed.locator("tbody tr").count() == places


def test_hidden_links_are_pinned_red_and_told_in_words(window: Window) -> None:
    page = window.open("/links?group=dead")
    pinned = page.locator(".ck-table").first
    assert set(pinned.locator(".ck-badge").all_inner_texts()) == {"▲红"}
    assert not re.search(r"[a-z]+_[a-z]+", pinned.inner_text())
