"""依申请公开: counts are their lists, and the drawer spells the clock out."""

from __future__ import annotations

import re
from urllib.parse import quote

from cockpit import store
from tests.browser.conftest import App, Window


def test_the_drawer_spells_the_clock_out(window: Window, app: App) -> None:
    with store.reader(app.data) as reader:
        case = reader.one("SELECT application_id, due_on FROM application WHERE third_party_to IS NOT NULL")
    page = window.open(f"/requests?case={quote(case['application_id'])}")
    steps = page.locator("[data-testid=stDialog] ol li").all_inner_texts()
    assert len(steps) == 3
    assert "第三十一条" in steps[0]
    assert "第三十三条" in steps[1]
    assert "征求第三方意见" in steps[2]
    assert str(case["due_on"]) in steps[2]


def test_the_annual_table_balances_and_a_filed_one_that_does_not_agree_says_where(window: Window) -> None:
    page = window.open("/requests?table=3")
    assert page.get_by_text("勾稽平衡：每列").count() == 1
    assert page.locator(".ck-table.annual tbody tr").count() == 25
    year = int(re.search(r"(\d{4}) 年", page.get_by_text("年度报告表三口径").inner_text())[1]) - 1
    filed = window.open(f"/requests?year={year}")
    assert filed.get_by_text("✓ 勾稽平衡，与台账一致").count() == 2
    assert filed.get_by_text("年报 2，台账 0").count() == 1


def test_bars_keep_off_the_table_below(window: Window) -> None:
    page = window.open("/requests", 1440, 900)
    bars = page.locator(".ck-bars").first.bounding_box()
    table = page.locator(".ck-bars + .ck-scroll").first.bounding_box()
    assert table["y"] - bars["y"] - bars["height"] >= 8
