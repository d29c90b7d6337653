"""Long lists come in pages: nothing is left out, nothing comes twice, and the address is the page."""

from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from cockpit.paths import DataDir
from cockpit.ui import paging
from tests.browser.conftest import Window
from tests.browser.screens import run, text, whole

LONG = "/ipv6?show=links"


@pytest.fixture(autouse=True)
def _shown(demo_folder: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_DATA", str(demo_folder.root))


def listed(address: str) -> list[str]:
    """The rows of the list behind an address."""
    return [row.html or "" for row in LexborHTMLParser(text(run(address))).css("table.ck-table tbody tr")]


def test_the_pages_together_are_the_list() -> None:
    everything = listed(whole(LONG))
    assert len(everything) > 2 * paging.PAGE
    last = -(-len(everything) // paging.PAGE)
    pages = [listed(f"{LONG}&page={n}") for n in range(1, last + 1)]
    assert [len(page) for page in pages[:-1]] == [paging.PAGE] * (last - 1)
    assert [row for page in pages for row in page] == everything


def test_an_address_that_is_no_page_shows_the_nearest() -> None:
    first, last = listed(LONG), listed(f"{LONG}&page=99999")
    assert (
        listed(f"{LONG}&page=0") == listed(f"{LONG}&page=x") == listed(f"{LONG}&page=999999999999") == first
    )
    assert last != first


def test_turning_the_page_keeps_the_filters_and_a_new_filter_starts_at_the_first(window: Window) -> None:
    page = window.open(LONG)
    told = page.locator(".ck-pager span").first
    assert re.match(rf"第 1—{paging.PAGE} 行，共 [\d,]+ 行，第 1/\d+ 页", told.inner_text())
    page.get_by_role("link", name="下一页 →").first.click()
    page.wait_for_url("**show=links*page=2*")
    page.locator(".ck-pager span", has_text="第 2/").first.wait_for()
    page.locator("[data-testid=stSelectbox]:visible").first.click()
    page.locator("[role=option]").nth(1).click()
    page.wait_for_url(lambda url: "unit=" in url and "page=" not in url)
