"""栏目更新: counts are their lists, and what nobody could look at has no days."""

from __future__ import annotations

import re

from cockpit import store
from cockpit.store.queries import channels
from tests.browser.conftest import App, Window


def test_without_a_filter_only_what_is_not_in_order_is_listed(window: Window, app: App) -> None:
    with store.reader(app.data) as reader:
        counts = channels.counts(reader)
    page = window.open("/updates")
    assert page.locator(".ck-table tbody tr").count() == sum(counts.values()) - counts["fresh"]
    states = page.locator('.ck-table td[data-k="状态"]').all_inner_texts()
    assert not [s for s in states if "正常" in s]


def test_overdue_and_unmeasured_say_what_they_are(window: Window) -> None:
    page = window.open("/updates")
    rows = page.locator(".ck-table tbody tr").all()
    assert rows
    for row in rows:
        state = row.locator('td[data-k="状态"]').inner_text()
        left = row.locator('td[data-k="剩余"]').inner_text()
        if "未采集" in state:
            assert re.match(r"— 未采集", left), left
            assert not re.search(r"\d+ 天", left)
        elif re.search(r"◆ 超期", state):
            assert int(re.fullmatch(r"超期 (\d+) 天", left)[1]) >= 1
