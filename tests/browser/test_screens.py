"""The acceptance criteria that only a real browser can tell (pages.md §8)."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

from cockpit import store
from cockpit.store.queries import scores
from tests.browser.conftest import App, Window, agree_to_export, settle
from tests.browser.screens import open_form, whole


def count_rows(page: Page) -> int:
    return page.locator(".ck-table tbody tr").count()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_thirty_seconds_vetoes_direction_and_worst_unit_are_at_the_top(
    window: Window, width: int, height: int
) -> None:
    page = window.open("/scorecard", width, height)
    lead = page.locator(".ck-lead").first
    box = lead.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height
    text = lead.inner_text()
    assert re.search(r"\d+ 个单位触发单项否决|没有单位触发单项否决", text)
    assert re.search(r"上升|下降|持平", text)
    assert "得分最低的是" in text


def test_the_address_is_the_state(window: Window, app: App) -> None:
    with store.reader(app.data) as reader:
        unit = scores.units(reader)[5]
        week = scores.weeks(reader)[1]
    page = window.open(f"/unit?unit={unit['unit_code']}&period={week}")
    assert page.locator(".ck-head h1").inner_text() == unit["unit_name"]
    assert f"第{int(week[-2:])}周" in page.locator(".ck-head").inner_text()


def test_evidence_opens_from_its_own_address_with_clause_and_formula(window: Window, app: App) -> None:
    with store.reader(app.data) as reader:
        row = reader.one(
            "SELECT deduction_id FROM deduction WHERE finding_id IS NOT NULL ORDER BY week DESC, points DESC LIMIT 1"
        )
    page = window.open(f"/unit?evidence={row['deduction_id']}")
    drawer = page.locator("[role=dialog]")
    drawer.wait_for()
    text = drawer.inner_text()
    assert all(word in text for word in (row["deduction_id"], "条款", "计算", "依据", "项目默认"))


def test_a_warning_is_acknowledged_and_taken_back(window: Window, app: App) -> None:
    page = window.open(whole("/alerts?status=new"))
    before = count_rows(page)
    open_form(page)
    page.get_by_label("操作人（岗位）").first.fill("值班岗")
    page.get_by_label("操作人（岗位）").first.press("Enter")
    page.wait_for_timeout(800)
    page.get_by_role("button", name="签收", exact=True).click()
    page.get_by_role("button", name="撤销“签收”").wait_for(timeout=60_000)
    settle(page)
    assert count_rows(page) == before - 1
    with store.reader(app.data) as reader:
        event = reader.one(
            "SELECT * FROM warning_event WHERE actor = '值班岗（自填）' ORDER BY event_at DESC LIMIT 1"
        )
    assert (event["action"], event["to_state"]) == ("ack", "ack")
    page.get_by_role("button", name="撤销“签收”").click()
    page.get_by_role("button", name="撤销“签收”").wait_for(state="detached", timeout=60_000)
    settle(page)
    assert count_rows(page) == before


def test_a_step_without_its_reason_is_refused_in_words(window: Window) -> None:
    page = window.open("/alerts?status=new")
    open_form(page)
    page.get_by_role("button", name="签收", exact=True).click()
    page.locator(".ck-state.error").wait_for(timeout=30_000)
    assert "请填写操作人" in page.locator(".ck-state.error").inner_text()


def test_the_bundle_downloads_and_opens(window: Window) -> None:
    page = window.open("/appraisal")
    agree_to_export(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载考核包（ZIP）").click()
    assert waiting.value.suggested_filename.startswith("演示数据_新余政务公开_考核包_")
    with zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scorecard_prints_on_a4(window: Window, scheme: str) -> None:
    page = window.open("/scorecard", 1280, 900, scheme)
    pdf = page.pdf(format="A4", print_background=True, prefer_css_page_size=True)
    sheets = len(re.findall(rb"/Type\s*/Page[^s]", pdf))
    assert 1 <= sheets <= 3
