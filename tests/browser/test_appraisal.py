"""考核导出: what is downloaded is what the command writes; the preflight leads to its rows."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from playwright.sync_api import expect

from cockpit import store
from cockpit.__main__ import main
from cockpit.store.queries import scores
from tests.browser.conftest import App, Window, agree_to_export


def test_the_download_is_what_the_command_writes(window: Window, app: App, tmp_path: Path) -> None:
    page = window.open("/appraisal")
    assert page.get_by_role("button", name="下载考核包（ZIP）").is_disabled()
    agree_to_export(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载考核包（ZIP）").click()
    with store.reader(app.data) as reader:
        week = scores.weeks(reader)[0]
    assert main(["export", "--data", str(app.data.root), "--week", week, "--out", str(tmp_path)]) == 0
    with zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as archive:
        assert set(archive.namelist()) == {p.name for p in tmp_path.iterdir()}
        for name in set(archive.namelist()) - {"meta.json"}:
            assert archive.read(name) == (tmp_path / name).read_bytes(), name


def test_an_export_stands_in_the_list_without_a_reload(window: Window) -> None:
    page = window.open("/appraisal")
    listed = page.locator(".ck-title", has_text="历次导出")
    before = int(re.search(r"(\d+) 次", listed.inner_text())[1])
    agree_to_export(page)
    with page.expect_download():
        page.get_by_role("button", name="下载考核包（ZIP）").click()
    # an export by command that waited for the next load comes in with it
    expect(listed.filter(has_text=f"{before} 次")).to_have_count(0, timeout=60_000)
    expect(listed).to_have_count(1, timeout=60_000)
    assert int(re.search(r"(\d+) 次", listed.inner_text())[1]) > before
    page.get_by_text("正在生成考核包并登记这次导出").wait_for(state="detached", timeout=30_000)


def test_the_preflight_leads_to_the_rows_it_counts(window: Window) -> None:
    checks = window.open("/appraisal").locator(".ck-table").first.locator("tbody tr").all()
    assert len(checks) == 5
    for check in checks:
        told, link = check.inner_text(), check.get_by_role("link", name="查看")
        assert re.search(r"✓ 通过|■ 注意", told)
        if "注意" in told:
            count = int(re.search(r"共 (\d+) 件|(\d+) 项", told).group(0).strip("共 件项"))
            listed = window.open(link.get_attribute("href") or "")
            assert listed.locator(".ck-table tbody tr").count() == count, told


def test_the_preview_is_the_head_of_the_file(window: Window) -> None:
    page = window.open("/appraisal?file=演示数据_09_指标结果.csv")
    preview = page.locator(".ck-table.wide")
    total = int(re.search(r"共 (\d+) 行", page.locator(".ck-title", has_text="09_指标结果").inner_text())[1])
    assert preview.locator("tbody tr").count() == min(50, total)
    assert preview.locator("th").first.inner_text() == "期次"
