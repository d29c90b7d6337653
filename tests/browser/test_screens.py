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
from tests.browser.conftest import App, Window, settle

PAGES = (
    "/",
    "/scorecard",
    "/unit",
    "/alerts",
    "/review",
    "/updates",
    "/links",
    "/availability",
    "/ipv6",
    "/appraisal",
    "/collection",
    "/lists?list=targets",
)
ENGLISH_ALLOWED = {
    "IPv6",
    "URL",
    "HTTP",
    "HTTPS",
    "CSV",
    "Excel",
    "PDF",
    "ZIP",
    "AAAA",
    "sha256",
    "SHA256",
    "GS",
    "TLS",
    "API",
    "DNS",
    "IP",
}


def count_rows(page: Page) -> int:
    return page.locator(".ck-table tbody tr").count()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_every_page_opens_whole_and_asks_nobody_outside(
    window: Window, path: str, width: int, scheme: str
) -> None:
    page = window.open(path, width, 844, scheme)
    assert page.locator(".ck-state.error, [data-testid=stException]").all_inner_texts() == []
    assert page.locator(".ck-demo").inner_text().startswith("演示数据")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out"
    assert window.outside == []


@pytest.mark.parametrize("path", PAGES)
def test_no_english_words_are_left(window: Window, path: str) -> None:
    text = window.open(path, 1280).locator("[data-testid=stMain]").inner_text()
    text = re.sub(
        r"https?://\S+|[\w.-]+\.(?:example|test|csv|duckdb|json|txt|zip)\S*|\b[A-Z]-[A-Z0-9-]+\b|`[^`]*`|[\w-]*\d[\w-]*",
        " ",
        text,
    )
    text = re.sub(
        r"\b(?:SiteName|SiteDomain|SiteIDCode|Column\w+|ArticleTitle|PubDate|ContentSource|display_none|off_screen)\b",
        " ",
        text,
    )
    words = set(re.findall(r"[A-Za-z]{3,}", text)) - ENGLISH_ALLOWED
    assert {
        w
        for w in words
        if not re.search(rf"360500-|{w}-|demo|probe|patrol|samples|score|action|ledgers|certificate", text)
        or w in {"Upload", "Search", "Download"}
    } == set()


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160), (5120, 1440)])
def test_the_wall_fits_without_scrolling(window: Window, width: int, height: int) -> None:
    page = window.open("/?kiosk=1", width, height, "dark")
    size = page.evaluate(
        "(() => {const m=document.querySelector('[data-testid=stMain]'); return [m.scrollHeight, m.clientHeight, m.scrollWidth, m.clientWidth]})()"
    )
    assert size[0] <= size[1]
    assert size[2] <= size[3]
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('.ck *')].filter(e => [...e.childNodes].some(n => n.nodeType==3 && n.textContent.trim())).map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )
    assert smallest >= 17.5
    assert page.locator("[data-testid=stSidebar]:visible").count() == 0


def test_each_number_leads_to_exactly_that_many_rows(window: Window) -> None:
    page = window.open("/")
    cells = [
        (k.locator(".v").inner_text(), k.get_attribute("href"), k.locator(".n").inner_text())
        for k in page.locator(".ck-kpi").all()
    ]
    assert len(cells) == 6
    for value, href, name in cells:
        if name.startswith("IPv6"):
            continue  # a share: its list holds the sites it sums
        listed = window.open(href or "")
        assert count_rows(listed) == int(re.match(r"\d+", value)[0]), name


def test_findings_bars_lead_to_their_rows(window: Window) -> None:
    page = window.open("/")
    for bar in page.locator(".ck-bars a.v").all():
        assert count_rows(window.open(bar.get_attribute("href") or "")) == int(bar.inner_text())


def test_scorecard_numbers_lead_to_their_rows(window: Window) -> None:
    page = window.open("/scorecard")
    for kpi in page.locator(".ck-kpi").all()[1:]:
        expected = int(re.match(r"\d+", kpi.locator(".v").inner_text())[0])
        assert count_rows(window.open(kpi.get_attribute("href") or "")) == expected, kpi.inner_text()


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
    page = window.open("/alerts?status=new")
    before = count_rows(page)
    page.get_by_label("操作人（岗位）").fill("值班岗")
    page.get_by_label("操作人（岗位）").press("Enter")
    page.wait_for_timeout(800)
    page.get_by_role("button", name="签收", exact=True).click()
    page.get_by_role("button", name="撤销“签收”").wait_for(timeout=60_000)
    settle(page)
    assert count_rows(page) == before - 1
    with store.reader(app.data) as reader:
        event = reader.one(
            "SELECT * FROM warning_event WHERE actor = '值班岗' ORDER BY event_at DESC LIMIT 1"
        )
    assert (event["action"], event["to_state"]) == ("ack", "ack")
    page.get_by_role("button", name="撤销“签收”").click()
    page.get_by_role("button", name="撤销“签收”").wait_for(state="detached", timeout=60_000)
    settle(page)
    assert count_rows(page) == before


def test_a_step_without_its_reason_is_refused_in_words(window: Window) -> None:
    page = window.open("/alerts?status=new")
    page.get_by_role("button", name="签收", exact=True).click()
    page.locator(".ck-state.error").wait_for(timeout=30_000)
    assert "请填写操作人" in page.locator(".ck-state.error").inner_text()


def test_the_bundle_downloads_and_opens(window: Window) -> None:
    page = window.open("/appraisal")
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


def test_level_is_told_by_shape_and_word_not_by_colour_alone(window: Window) -> None:
    page = window.open("/")
    for badge in page.locator(".ck-badge").all_inner_texts():
        assert re.fullmatch(r"[▲◆■●✓—](红|橙|黄|蓝|正常|未评)", badge.replace("\n", ""))
    for tile in page.locator(".ck-tile").all_inner_texts():
        assert re.match(r"[▲◆■●✓—]", tile)


def test_live_refresh_leaves_the_wall_standing(window: Window) -> None:
    """Unchanged data: nothing is taken away during a refresh of the fragment."""
    page = window.open("/?kiosk=1", 1920, 1080, "dark")
    page.evaluate(
        "window.gone=0; const look=()=>{ if(!document.querySelector('.ck-wall')) window.gone+=1; requestAnimationFrame(look)}; look()"
    )
    page.wait_for_timeout(33_000)
    assert page.evaluate("window.gone") <= 3
