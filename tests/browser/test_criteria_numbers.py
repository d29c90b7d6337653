"""Criterion 5: every number of every screen leads to a list of exactly that many rows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from cockpit.appraise.indicators import load_rules
from cockpit.paths import DataDir
from cockpit.ui import tips
from tests.browser.screens import KEYS, path, run, text, whole

SHARES = {"%", "分", "天", "小时", "个工作日"}  # no count: their lists hold what they are made of


@pytest.fixture(autouse=True)
def _shown(demo_folder: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_DATA", str(demo_folder.root))


def numbers(html: str) -> Iterator[tuple[str, int, str]]:
    """Name, number and address of every key figure that counts something."""
    for cell in LexborHTMLParser(html).css("a.ck-kpi"):
        value = cell.css_first(".v")
        unit = value.css_first("small").text()
        count = re.fullmatch(r"[\d,]+", value.text(deep=False).strip())
        if count and unit not in SHARES:
            yield cell.css_first(".n").text(), int(count[0].replace(",", "")), cell.attributes["href"] or ""


def tables(html: str) -> list[int]:
    """Rows of each table of a page."""
    return [len(body.css("tr")) for body in LexborHTMLParser(html).css("table.ck-table tbody")]


@pytest.mark.parametrize("key", KEYS)
def test_every_key_figure_has_its_rows(key: str) -> None:
    at = run(path(key))
    assert not at.exception
    for name, count, href in numbers(text(at)):
        listed = run(whole(href))
        assert not listed.exception, (name, href)
        found = tables(text(listed))
        if count:
            assert count in {*found, sum(found)}, (name, href)
        else:
            assert 0 in {*found, sum(found)} or re.search(r"✓|没有", text(listed)), (name, href)


@pytest.mark.parametrize("key", sorted(tips.TABLE))
def test_every_tile_says_what_its_number_means(key: str) -> None:
    """In the words of the indicator table where an indicator is behind it."""
    indicators = load_rules(DataDir(Path(os.environ["COCKPIT_DATA"])).rules).indicators.values()
    tiles = LexborHTMLParser(text(run(path(key)))).css("a.ck-kpi")
    assert tiles
    for tile in tiles:
        name, told = tile.css_first(".n").text(), tile.attributes["title"] or ""
        entry = tips.TABLE[key][name]
        if isinstance(entry, str):
            assert told == entry
        else:
            behind = [i for i in indicators if i.metric in entry]
            assert {i.metric for i in behind} == {*entry}
            assert all(i.clause in told and i.explain in told and i.source in told for i in behind), name


# Screens whose key figures all count the rows of one table: address, number of figures, that table.
LISTS = (
    ("/alerts", 5, ".ck-table"),
    ("/alerts?level=yellow", 5, ".ck-table"),
    ("/alerts?merge=1", 5, ".ck-table"),
    ("/collection", 7, ".ck-table"),
    ("/requests", 6, ".ck-table.cases"),
    ("/updates", 6, ".ck-table"),
    ("/updates?kind=news", 6, ".ck-table"),
    ("/workbook?book=policy_document", 4, ".ck-table.book"),
    ("/workbook?book=interpreter", 4, ".ck-table.book"),
)


@pytest.mark.parametrize(("address", "figures", "table"), LISTS)
def test_all_figures_of_a_list_count_its_rows(address: str, figures: int, table: str) -> None:
    cells = LexborHTMLParser(text(run(address))).css("a.ck-kpi")
    assert len(cells) >= figures
    for cell in cells:
        value, href = cell.css_first(".v").text(), cell.attributes["href"] or ""
        listed = LexborHTMLParser(text(run(whole(href))))
        assert len(listed.css(f"{table} tbody tr")) == int(re.match(r"\d+", value)[0]), href


def test_bars_of_the_requests_count_their_rows() -> None:
    bars = LexborHTMLParser(text(run("/requests"))).css(".ck-bars a.v")
    assert len(bars) == 12
    for bar in (bars[2], bars[3], bars[6]):
        listed = LexborHTMLParser(text(run(whole(bar.attributes["href"] or ""))))
        assert len(listed.css(".ck-table.cases tbody tr")) == int(bar.text()), bar.attributes["href"]


def test_bars_of_the_overview_and_of_the_hosts_lead_to_their_rows() -> None:
    for address in ("/", "/links"):
        bars = LexborHTMLParser(text(run(address))).css(".ck-bars a.v")
        assert bars
        for bar in bars[:6]:
            assert int(bar.text()) in tables(text(run(whole(bar.attributes["href"] or "")))), bar.attributes[
                "href"
            ]


def test_links_by_host_and_failures_by_site_lead_to_their_rows() -> None:
    for address in ("/ipv6", "/availability"):
        page = LexborHTMLParser(text(run(address)))
        found = [a for a in page.css("table.ck-table td.num a") if "show=" in (a.attributes["href"] or "")]
        assert found
        for a in found[:8]:
            count = int(re.search(r"\d+", a.text())[0])
            assert count == tables(text(run(whole(a.attributes["href"] or ""))))[0], a.attributes["href"]
