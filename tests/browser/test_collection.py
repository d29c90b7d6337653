"""采集健康: counts are their lists, each cause says what it means and whose move it is."""

from __future__ import annotations

from datetime import datetime

from cockpit import store
from tests.browser.conftest import App, Window


def test_each_cause_leads_to_its_gaps_and_says_what_to_do(window: Window) -> None:
    page = window.open("/collection")
    table = page.locator(".ck-table", has=page.locator("th", has_text="该谁动手"))
    rows = table.locator("tbody tr").all()
    assert rows
    for row in rows:
        for heading in ("含义", "怎么办", "该谁动手"):
            assert len(row.locator(f'td[data-k="{heading}"]').inner_text()) > 2
        link = row.get_by_role("link")
        listed = window.open(link.get_attribute("href") or "")
        assert listed.locator(".ck-table tbody tr").count() == int(link.inner_text().split()[0])


def test_each_week_says_how_it_is_closed_and_what_it_waits_for(window: Window) -> None:
    page = window.open("/collection")
    table = page.locator(".ck-table", has=page.locator("th", has_text="缺采"))
    states = [cell.inner_text()[2:] for cell in table.locator('td[data-k="状态"]').all()]
    assert states == ["本周未结束", "已封存", "已封存", "已封存", "已封存"]
    for link in table.get_by_role("link").all():
        listed = window.open(link.get_attribute("href") or "")
        assert listed.locator(".ck-table tbody tr").count() == int(link.inner_text().split()[0])


def test_a_rejected_batch_is_shown_with_its_reason(window: Window, app: App) -> None:
    app.data.spool.mkdir(parents=True, exist_ok=True)
    waiting = len(list(app.data.spool.glob("*.parquet")))  # what other tests left to be loaded
    (app.data.spool / "patrol-0-broken.parquet").write_bytes(b"not parquet")
    page = window.open("/collection?show=waiting")
    assert page.locator(".ck-table tbody tr").count() == waiting + 1
    report = store.load(app.data, datetime(2026, 11, 24, 4))
    assert [name for name, _ in report.rejected]
    page = window.open("/collection?show=rejected")
    assert page.locator(".ck-table tbody tr").count() == 1
    assert "patrol-0-broken" in page.locator(".ck-table tbody").inner_text()
    assert len(page.locator('td[data-k="原因"]').inner_text()) > 4
