"""台账管理: what takes seconds says what is being done, and what was saved is taken back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from cockpit import store
from cockpit.store.load import exclusive
from tests.browser.conftest import App, Window

SLOW = 60_000


def sign(page: Page, key: str) -> None:
    box = page.locator(f"[class*=st-key-{key}] input")
    box.fill("台账岗")
    box.press("Enter")
    page.wait_for_timeout(800)


def test_saving_and_taking_back_say_what_they_do_while_they_last(window: Window, app: App) -> None:
    with store.reader(app.data) as reader:
        unit = reader.one("SELECT unit_code, unit_name FROM unit ORDER BY sort_order LIMIT 1")
    page = window.open("/registry_admin?book=unit")
    page.get_by_role("tab", name="上传文件").click()
    content = (
        f"单位编码,责任单位,分组,备注\r\n{unit['unit_code']},{unit['unit_name']},其他部门,浏览器测试\r\n"
    )
    group = "SELECT unit_group FROM unit WHERE unit_code = ?"
    with store.reader(app.data) as reader:
        kind = reader.one(group, [unit["unit_code"]])["unit_group"]
    content = content.replace("其他部门", kind)
    page.locator("input[type=file]").set_input_files(
        {"name": "单位.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="校验并预览差异").last.click()
    expect(page.locator("[data-testid=stMain]")).to_contain_text("修改 1 行", timeout=SLOW)
    sign(page, "book_actor")
    waiting = page.locator("[data-testid=stSpinner]")
    with exclusive(app.data):  # the load waits for as long as it is held: nobody has to catch a short word
        page.get_by_role("button", name="保存责任单位台账").click()
        expect(waiting).to_contain_text("正在保存责任单位台账", timeout=SLOW)
    page.get_by_text("责任单位台账已保存：").wait_for(timeout=SLOW)
    page.locator("summary", has_text="撤销上一次保存").click()
    sign(page, "undo_actor_unit")
    with exclusive(app.data):
        page.get_by_role("button", name="撤销这次保存").click()
        expect(waiting).to_contain_text("正在撤销", timeout=SLOW)
    done = page.locator(".ck-state.good", has_text="✓ 已撤销")
    done.wait_for(timeout=SLOW)
    assert re.search(r"已撤销 .+ 的保存（.*修改 1 行 1 处）", done.inner_text())
