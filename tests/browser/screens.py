"""Every screen of the table with an address that shows it full; a screen that lands is tested by being in the table."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from playwright.sync_api import Locator, Page
from streamlit.testing.v1 import AppTest

from cockpit.paths import CHECKOUT
from cockpit.ui import shell

QUERIES = {"lists": {"list": "targets"}}
KEYS = tuple(shell.SCREENS)
NUMBER = re.compile(r"^[\d,]+(?:\.\d+)?")


def path(key: str) -> str:
    """Address of a screen."""
    query = "&".join(f"{k}={v}" for k, v in QUERIES.get(key, {}).items())
    return f"/{shell.address(key)}" + (f"?{query}" if query else "")


def run(address: str, seconds: int = 60) -> AppTest:
    """A screen without a browser, by its address."""
    place, _, query = address.partition("?")
    key = next((k for k in shell.SCREENS if shell.address(k) == place.strip("/")), "overview")
    at = AppTest.from_file(str(CHECKOUT / "dashboard.py"), default_timeout=seconds)
    if key != "overview":
        at.switch_page(shell.SCREENS[key].file)
    for name, value in parse_qsl(query):
        at.query_params[name] = value
    return at.run()


def text(at: AppTest) -> str:
    """All HTML of a screen."""
    return "\n".join(block.proto.body for block in at.get("html"))


def whole(address: str) -> str:
    """The same list without pages."""
    return f"{address}{'&' if '?' in address else '?'}page=all"


def rows(html: str) -> int:
    """Rows of the last table of a page, which is the list a number leads to."""
    bodies = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    return bodies[-1].count("<tr") if bodies else 0


STILL = """element => {
    const y = element.isConnected && element.getBoundingClientRect().y;
    element.frames = y === element.lastY ? (element.frames || 0) + 1 : 0;
    element.lastY = y;
    return element.frames > 30 || !element.isConnected;
}"""


def open_form(page: Page) -> None:
    """Unfold the place where warnings are handled."""
    page.locator("summary", has_text="办理：").click()
    button = page.get_by_role("button", name="签收", exact=True)
    button.wait_for()
    stand_still(page, button)


def stand_still(page: Page, element: Locator) -> None:
    """Wait until nothing moves it any more: a press that is let go beside it is no click."""
    page.wait_for_function(STILL, arg=element.element_handle(), timeout=30_000)


def faults(page: Page) -> list[str]:
    return page.locator(".ck-state.error, [data-testid=stException]").all_inner_texts()
