"""工作台账: counts are their rows, a wrong file is told row by row, a right one is taken."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from cockpit import store
from cockpit.store.queries import audit
from cockpit.store.queries.registers import book_rows
from tests.browser.conftest import App, Window, settle


def test_a_row_opens_with_all_its_fields(window: Window) -> None:
    page = window.open("/workbook?book=opinion_event&state=all")
    page.get_by_text("看明细").first.click()
    settle(page)
    names = page.locator("[data-testid=stDialog] dt").all_inner_texts()
    assert names == ["台账", "状态", "说明", "限期", "舆情编号", "责任单位", "发现日期", "议题", "等级", "研判日期", "回应日期", "回应地址", "办结日期", "备注", "导入时间"]  # fmt: skip


def test_a_wrong_file_is_told_and_a_right_one_is_taken(window: Window, app: App, tmp_path: Path) -> None:
    wrong, right = tmp_path / "错.csv", tmp_path / "对.csv"
    head = "舆情编号,责任单位,发现日期,议题,等级\n"
    wrong.write_bytes((head + "舆900,无此局,2026-02-30,<b>停水</b>,一般\n").encode("gb18030"))
    right.write_bytes((head + "舆901,市教育局,2026-01-05,<b>停课</b>,一般\n").encode("gb18030"))
    page = window.open("/workbook?book=opinion_event")
    expect(page.locator("[data-testid=stFileUploader]")).not_to_contain_text("Upload", timeout=20_000)
    page.locator("input[type=file]").set_input_files(wrong)
    expect(page.get_by_text("2 处错误，没有导入任何一行")).to_be_visible(timeout=20_000)
    assert page.locator(".ck-table.faults tbody tr").count() == 2
    assert "「无此局」不在责任单位台账里" in page.locator(".ck-table.faults").inner_text()
    page.locator("input[type=file]").set_input_files(right)
    expect(page.get_by_text("识别为政务舆情回应台账，1 行，没有错误")).to_be_visible(timeout=20_000)
    page.get_by_label("操作人（岗位）").fill("值班员")
    page.get_by_label("操作人（岗位）").press("Enter")
    page.get_by_role("button", name="导入 1 行").click()
    expect(page.get_by_text("已导入：政务舆情回应台账 1 行")).to_be_visible(timeout=60_000)
    with store.reader(app.data) as reader:
        [entry] = [
            e for e in audit.listed(reader, kind="register", limit=50) if e["object_id"] == "政务舆情回应台账"
        ]
        assert (entry["actor"].startswith("值班员"), entry["after"], entry["reason"]) == (
            True,
            "1 行",
            "对.csv",
        )
        assert [r["topic"] for r in book_rows(reader, "opinion_event") if r["opinion_no"] == "舆901"] == [
            "<b>停课</b>"
        ]
