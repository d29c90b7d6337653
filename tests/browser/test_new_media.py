"""政务新媒体: counts are their accounts, closed ones are not judged, the drawer tells the life of one."""

from __future__ import annotations

import re

from cockpit import store
from tests.browser.conftest import App, Window
from tests.browser.screens import whole


def test_each_count_is_the_number_of_its_accounts(window: Window) -> None:
    page = window.open("/new_media")
    cells = [(k.locator(".v").inner_text(), k.get_attribute("href")) for k in page.locator(".ck-kpi").all()]
    names = page.locator(".ck-kpi .n").all_inner_texts()
    assert set(names) >= {"已达否决线", "接近否决线", "一周未更新", "没有发文台账", "停更报备", "已注销", "“指尖上的形式主义”"}  # fmt: skip
    for value, href in cells:
        listed = window.open(whole(href or ""))
        assert listed.locator(".ck-table.accounts tbody tr").count() == int(re.match(r"\d+", value)[0]), href


def test_a_closed_account_is_not_judged_and_tells_its_life(window: Window, app: App) -> None:
    with store.reader(app.data) as reader:
        closed = reader.one("SELECT account_code FROM account WHERE state = 'closed'")["account_code"]
    page = window.open("/new_media?state=closed")
    [row] = page.locator(".ck-table.accounts tbody tr").all()
    assert "不评" in row.inner_text()
    assert "没有注销记录" in row.inner_text()
    drawer = window.open(f"/new_media?account={closed}").locator("[data-testid=stDialog]")
    text = drawer.inner_text()
    assert "已注销" in text
    assert "备案" in text
    assert "前 2 周内无更新" in text
