"""The Content-Security-Policy that OPERATIONS.md gives the reverse proxy: every page is drawn under it, nothing is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from cockpit.paths import CHECKOUT
from tests.browser.conftest import App, settle
from tests.browser.screens import KEYS, path
from tests.chromium import FLAGS, chromium

POLICY = re.search(r'Content-Security-Policy "([^"]+)"', (CHECKOUT / "OPERATIONS.md").read_text("utf-8"))[1]


@pytest.fixture(scope="module")
def refused() -> list[str]:
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, app: App, refused: list[str]) -> Iterator[Page]:
    # a page that is filled in by the test has no address space of its own, and Chromium would keep it from 127.0.0.1
    flags = [*FLAGS, "--disable-features=LocalNetworkAccessChecks"]
    own = browser.browser_type.launch(executable_path=chromium(), args=flags)
    made = own.new_page(viewport={"width": 1280, "height": 900})
    here = f"connect-src 'self' {app.url.replace('http', 'ws')}"
    policy = re.sub(r"connect-src [^;]+", here, POLICY)

    def proxied(route: Route) -> None:
        if route.request.resource_type != "document":
            route.continue_()
            return
        answer = route.fetch()
        kept = {
            k: v for k, v in answer.headers.items() if k.lower() not in {"content-encoding", "content-length"}
        }
        route.fulfill(
            status=answer.status, body=answer.body(), headers=kept | {"content-security-policy": policy}
        )

    made.route(f"{app.url}/**", proxied)
    made.on("console", lambda m: refused.append(m.text) if "Content Security Policy" in m.text else None)
    yield made
    own.close()


def test_the_policy_is_a_strict_one() -> None:
    rules = dict(part.strip().partition(" ")[::2] for part in POLICY.split(";"))
    assert rules["default-src"] == "'none'"
    assert {rules[k] for k in ("object-src", "base-uri", "frame-ancestors")} == {"'none'"}
    assert "unsafe-eval" not in rules["script-src"].replace("wasm-unsafe-eval", "")
    assert not re.search(r"https?:|\*", POLICY.replace("wss://cockpit.example.gov.cn", ""))


@pytest.mark.parametrize("key", KEYS)
def test_a_page_is_drawn_under_the_policy(page: Page, app: App, refused: list[str], key: str) -> None:
    page.goto(app.url + path(key))
    settle(page)
    assert page.locator(".ck-foot").count() == 1
    assert page.locator("[data-ck=copy]").count() == 1, "our own script has run"
    assert refused == []


def test_a_file_is_handed_out_under_the_policy(page: Page, app: App, refused: list[str]) -> None:
    page.goto(f"{app.url}/scorecard")
    settle(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载计分卡").click()
    assert waiting.value.suggested_filename.endswith(".html")
    assert refused == []
