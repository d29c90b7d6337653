"""预警处置: counts are their lists, a step is done, seen in the trail and taken back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from cockpit import store
from tests.browser.conftest import App, Window, settle
from tests.browser.screens import whole


def rows(page: Page) -> int:
    return page.locator(".ck-table tbody tr").count()


def number(text: str) -> int:
    return int(re.match(r"[\d,]+", text)[0].replace(",", ""))


def lonely(app: App) -> dict[str, str]:
    """A new warning that is the only new one of its unit."""
    with store.reader(app.data) as reader:
        return reader.one(
            "SELECT min(warning_id) AS warning_id, min(title) AS title, unit_code FROM warning "
            "WHERE closed_at IS NULL AND state = 'new' GROUP BY unit_code HAVING count(*) = 1 ORDER BY unit_code LIMIT 1"
        )


def fill_actor(page: Page, who: str) -> None:
    box = page.get_by_label("操作人（岗位）").first
    box.fill(who)
    box.press("Enter")
    page.wait_for_timeout(800)


def test_merging_loses_no_warning(window: Window) -> None:
    single = rows(window.open(whole("/alerts")))
    page = window.open(whole("/alerts?merge=1"))
    parts = [number(t) for t in page.locator('.ck-table td[data-k="条数"]').all_inner_texts()]
    assert sum(parts) == single
    listed = page.locator(".ck-table", has=page.locator('th:has-text("条数")')).last
    assert len(parts) == listed.locator("tbody tr").count() < single


def test_a_row_leads_to_its_form_and_the_step_to_the_trail(window: Window, app: App) -> None:
    wanted = lonely(app)
    page = window.open(f"/alerts?unit={wanted['unit_code']}&status=new")
    page.get_by_role("link", name="办理").click()
    settle(page)
    form = page.locator(".st-key-handle_id")
    assert wanted["title"][:10] in form.inner_text() + (form.locator("input").input_value() or "")
    fill_actor(page, "一号岗")
    page.get_by_role("button", name="签收", exact=True).click()
    undo = page.get_by_role("button", name="撤销“签收”")
    undo.wait_for(timeout=60_000)
    settle(page)
    assert rows(page) == 0, "the row has left the list of new ones, and undo is still there"
    drawer = window.open(f"/alerts?evidence={wanted['warning_id']}").locator("[role=dialog]")
    drawer.wait_for()
    assert "一号岗" in drawer.inner_text()
    assert "已签收" in drawer.inner_text()
    undo.click()
    undo.wait_for(state="detached", timeout=60_000)
    settle(page)
    assert rows(page) == 1
    with store.reader(app.data) as reader:
        trail = reader.rows(
            "SELECT action FROM warning_event WHERE warning_id = ? AND actor = '一号岗（自填）' ORDER BY event_at",
            [wanted["warning_id"]],
        )
    assert [t["action"] for t in trail] == ["ack", "undo"]


IN_VIEW = "e => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight && r.height > 0 }"


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_form_opens_in_view_above_the_list_and_stays_with_its_word_and_undo(
    window: Window, app: App, width: int, height: int
) -> None:
    with store.reader(app.data) as reader:
        wanted = reader.one(
            "SELECT min(warning_id) AS id FROM warning WHERE closed_at IS NULL AND state = 'new'"
        )["id"]
    page = window.open(f"/alerts?handle={wanted}", width, height)
    form = page.locator("[data-testid=stExpander]", has_text="办理：")
    place = form.bounding_box()["y"]
    assert page.locator(".st-key-handle_id").evaluate(IN_VIEW), "no scrolling to the form"
    assert place < page.locator(".ck-table").last.bounding_box()["y"]
    fill_actor(page, "三号岗")
    page.get_by_role("button", name="签收", exact=True).click()
    undo = page.get_by_role("button", name="撤销“签收”")
    undo.wait_for(timeout=60_000)
    settle(page)
    assert "✓ 已签收：" in form.inner_text()
    assert form.bounding_box()["y"] == pytest.approx(place, abs=60) or width == 390
    assert undo.evaluate(IN_VIEW)
    undo.click()
    page.get_by_text("✓ 已撤销“签收”：").wait_for(timeout=60_000)
    expect(form.locator(".st-key-handle_id")).to_have_count(1, timeout=60_000)


def test_undo_never_takes_back_what_somebody_else_did(window: Window, app: App) -> None:
    wanted = lonely(app)
    address = f"/alerts?unit={wanted['unit_code']}&handle={wanted['warning_id']}"
    first, second = window.open(address), window.open(address)
    fill_actor(first, "甲岗")
    first.get_by_role("button", name="签收", exact=True).click()
    first.get_by_role("button", name="撤销“签收”").wait_for(timeout=60_000)
    second.reload()
    settle(second)
    fill_actor(second, "乙岗")
    second.get_by_role("button", name="开始处置", exact=True).click()
    second.get_by_role("button", name="撤销“开始处置”").wait_for(timeout=60_000)
    fill_actor(first, "甲岗位")
    settle(first)
    assert first.get_by_role("button", name=re.compile("撤销")).count() == 0
    with store.reader(app.data) as reader:
        assert reader.one("SELECT state FROM warning WHERE warning_id = ?", [wanted["warning_id"]]) == {
            "state": "doing"
        }


def test_evidence_keeps_the_filters(window: Window) -> None:
    page = window.open("/alerts?level=orange")
    href = page.get_by_role("link", name="看证据").first.get_attribute("href") or ""
    assert "level=orange" in href
    assert "evidence=" in href


def test_a_common_cause_leads_to_exactly_its_findings(window: Window) -> None:
    page = window.open("/alerts?merge=1")
    table = page.locator(".ck-table", has=page.locator("th", has_text="源头"))
    links = table.get_by_role("link").all()
    assert links
    for link in links[:3]:
        listed = window.open(link.get_attribute("href") or "")
        assert listed.locator(".ck-table tbody tr").count() == int(link.inner_text().split()[0])
