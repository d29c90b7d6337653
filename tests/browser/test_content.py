"""错敏与隐私 and 台账管理 by hand: a mark moves the numbers and is taken back; an upload shows what it would change."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from cockpit import store
from tests.browser.conftest import App, Window

SLOW = 60_000


def figure(page: Page, name: str) -> int:
    """The number of a key figure."""
    cell = page.locator("a.ck-kpi", has=page.get_by_text(name, exact=True))
    return int(re.match(r"\d+", cell.locator(".v").inner_text())[0])


def sign(page: Page, who: str = "复核员") -> None:
    box = page.get_by_label("操作人（岗位）").last
    box.fill(who)
    box.press("Enter")
    page.wait_for_timeout(800)


def plain(app: App) -> str:
    """An open finding that nobody has said anything of."""
    with store.reader(app.data) as reader:
        return reader.one(
            "SELECT max(finding_id) AS id FROM finding WHERE gone_at IS NULL AND kind = 'wording.typo' "
            "AND severity = 'medium' AND finding_id NOT IN (SELECT finding_id FROM finding_state)"
        )["id"]


def test_a_false_alarm_leaves_the_numbers_and_comes_back(window: Window) -> None:
    address = f"/content?evidence={plain(window.app)}"
    page = window.open(address)
    before = figure(page, "一般错误"), figure(page, "误报")
    sign(page)
    page.get_by_role("button", name="误报：以后不再提示").click()
    expect(page.locator("[data-testid=stDialog] .ck-state.error")).to_contain_text("理由")
    reason = page.get_by_label("理由（误报必填）")
    reason.fill("引用原文")
    reason.press("Enter")
    page.wait_for_timeout(800)
    page.get_by_role("button", name="误报：以后不再提示").click()
    expect(page.get_by_text("问题编号")).to_have_count(0, timeout=SLOW)
    after = window.open(address)
    assert (figure(after, "一般错误"), figure(after, "误报")) == (before[0] - 1, before[1] + 1)
    expect(after.locator("[data-testid=stDialog]")).to_contain_text("引用原文")
    sign(after)
    after.get_by_role("button", name="撤销“误报”").click()
    expect(after.get_by_text("问题编号")).to_have_count(0, timeout=SLOW)
    again = window.open("/content")
    assert (figure(again, "一般错误"), figure(again, "误报")) == before


def test_an_upload_shows_its_faults_or_what_it_would_change(window: Window) -> None:
    page = window.open("/registry_admin?book=unit")
    page.get_by_role("tab", name="上传文件").click()
    wrong = "单位编码,责任单位,分组\r\nZZ,新设局,不存在的分组\r\n".encode("gbk")
    right = "单位编码,责任单位,分组\r\nZZ,新设局,其他部门\r\n".encode("gbk")
    for content, shown in ((wrong, "不存在的分组"), (right, "新增 1 行")):
        upload = {"name": "单位.csv", "mimeType": "text/csv", "buffer": content}
        page.locator("input[type=file]").set_input_files(upload)
        page.wait_for_timeout(1500)
        page.get_by_role("button", name="校验并预览差异").last.click()
        expect(page.locator("[data-testid=stMain]")).to_contain_text(shown, timeout=SLOW)
        save = page.get_by_role("button", name="保存责任单位台账")
        expect(save).to_have_count(int(content is right), timeout=SLOW)
