"""Criteria 3, 4, 7 and 9 of pages.md §8 on every screen of the table: light, dark, phone, 200 % zoom."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Window
from tests.browser.screens import KEYS, faults, path

# Names that have no Chinese form; the last line are tags of government pages, which have these names.
ALLOWED = frozenset(re.findall(r"\w+", """
    IPv6 IPv URL HTTP HTTPS CSV Excel PDF ZIP AAAA SHA sha GS TLS TLSv API DNS IP HTML JSON Word KB MB GB UTF GBK BOM YD OIDC HSTS ID WPS ICP XLSX xlsx
    SiteName SiteDomain SiteIDCode ColumnName ColumnDescription ColumnKeywords ColumnType ArticleTitle PubDate ContentSource
"""))  # fmt: skip
TARGETS = """
    [...document.querySelectorAll('[data-testid=stMain] :is(a,button,[role=combobox],input:not([type=checkbox],[type=file]))')]
    .filter(e => e.offsetParent && !e.closest('.ck-lead,.ck-foot,.ck dd,.ck li,p,label'))
    .map(e => [e.innerText.slice(0, 20) || e.ariaLabel || e.tagName, Math.round(e.getBoundingClientRect().height)])
    .filter(([, height]) => height < 43)
"""
CHARTS = """
    [...document.querySelectorAll('[data-testid=stPlotlyChart]')].map(e =>
        [e, ...e.querySelectorAll('[aria-label],[alt]')].map(x => x.ariaLabel || x.getAttribute('alt') || '').join(' '))
"""
ORDER = """
    (() => { const top = e => e.getBoundingClientRect().top;
             const charts = [...document.querySelectorAll('.js-plotly-plot')].map(top), lists = [...document.querySelectorAll('[data-testid=stMain] .ck-table')].map(top);
             return charts.length && lists.length ? Math.min(...lists) < Math.min(...charts) : true })()
"""


def serious(page: Page) -> list[tuple[str, int, str]]:
    """What axe-core calls serious or critical: rule, how often, the first element."""
    found = Axe().run(page).response["violations"]
    return [
        (v["id"], len(v["nodes"]), v["nodes"][0]["html"][:160])
        for v in found
        if v["impact"] in {"serious", "critical"}
    ]


def english(page: Page) -> set[str]:
    """English words that a reader sees, without addresses, file names, codes and commands."""
    text = page.evaluate(
        "(() => {const copy = document.querySelector('[data-testid=stApp]').cloneNode(true);"
        "copy.querySelectorAll('code,pre,style,script,.ck-code,[data-testid=stIconMaterial],.js-plotly-plot').forEach(e => e.remove());"
        "return [...copy.querySelectorAll('*')].flatMap(e => [...e.childNodes].filter(n => n.nodeType == 3).map(n => n.textContent)"
        ".concat(e.getAttribute('placeholder') || '')).join('\\n')})()"
    )
    text = re.sub(r"\b[a-f]{8,64}\b", " ", text)  # a digest that happens to have no digit
    text = re.sub(
        r"https?://\S+|[\w@./*-]+\.[a-z]{2,}\S*|[\w-]*\d[\w-]*|[\w-]+[-_/][\w-]+|\b[a-z]+[A-Z]\w*", " ", text
    )
    return set(re.findall(r"[A-Za-z]{2,}", text)) - ALLOWED


@pytest.mark.parametrize("key", KEYS)
def test_light(window: Window, key: str) -> None:
    page = window.open(path(key))
    assert faults(page) == []
    assert page.locator(".ck-demo").inner_text().startswith("演示数据")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280, "nothing sticks out"
    assert page.locator("[data-ck=copy]").count() == 1
    assert page.locator("[data-testid=stMain] h1").count() == 1
    for badge in page.locator(".ck-badge, .ck-tile").all_inner_texts():
        assert re.match(r"[▲◆■●✓✕—○◌]", badge.strip()), f"a level without its shape: {badge}"
    for told in page.evaluate(CHARTS):
        assert re.search(r"[\u4e00-\u9fff].*\d|\d.*[\u4e00-\u9fff]|没有", told), (
            f"a chart without its message: {told!r}"
        )
    assert english(page) == set()
    assert serious(page) == []
    assert window.outside == []


@pytest.mark.parametrize("key", KEYS)
def test_dark(window: Window, key: str) -> None:
    page = window.open(path(key), scheme="dark")
    assert faults(page) == []
    assert serious(page) == []


@pytest.mark.parametrize("key", KEYS)
def test_phone_and_zoom(window: Window, key: str) -> None:
    page = window.open(path(key), 390, 844)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out"
    assert page.evaluate(TARGETS) == []
    assert page.evaluate(ORDER), "lists before charts"
    page.set_viewport_size({"width": 640, "height": 450})  # 1280 × 900 at 200 %
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640, "200 % zoom loses nothing"


def test_the_keyboard_reaches_the_filters_and_shows_where_it_is(window: Window) -> None:
    page = window.open("/links")
    page.locator(".ck-top a").first.focus()
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "(() => {const e = document.activeElement, s = getComputedStyle(e), b = e.closest('[data-testid=stSelectbox]');"
                "return [e.className || e.tagName, s.outlineStyle != 'none' || s.boxShadow != 'none' || !!b, !!b]})()"
            )
        )
    assert any(filtered for *_, filtered in seen), seen
    assert all(shown for _, shown, _ in seen), seen
