"""The real application in real Chromium on a demonstration folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from cockpit.paths import CHECKOUT, DataDir
from tests import cities


def agree_to_export(page: Page) -> None:
    """Open disputes keep the bundle back until the person says that it is wanted all the same."""
    page.get_by_text("我知道这些异议还没有结论").click()


@dataclass
class App:
    """A running cockpit and its data."""

    url: str
    data: DataDir


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    return cities.today(tmp_path_factory)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def serve(
    data: DataDir, address: str = "127.0.0.1", port: int = 0, more: Mapping[str, str] | None = None
) -> tuple[subprocess.Popen[bytes], str]:
    """Start Streamlit, on a free port unless one is given, and wait until it answers. `more`: environment."""
    port = port or _free_port()
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "dashboard.py",
        "--server.port",
        str(port),
        "--server.address",
        address,
    ]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COCKPIT_")} | {
        "COCKPIT_DATA": str(data.root),
        **(more or {}),
    }
    process = subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return process, url
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError("the application did not start")


@pytest.fixture(scope="session")
def app(demo_folder: DataDir) -> Iterator[App]:
    process, url = serve(demo_folder)
    yield App(url, demo_folder)
    process.terminate()
    process.wait(20)


@dataclass
class Window:
    """Opens pages and keeps what they asked for outside the host."""

    browser: Browser
    app: App
    outside: list[str]
    contexts: dict[str, BrowserContext]
    pages: list[Page]

    def open(self, path: str, width: int = 1280, height: int = 900, scheme: str = "light") -> Page:
        if scheme not in self.contexts:  # shared by the session: scripts and fonts are fetched once
            self.contexts[scheme] = self.browser.new_context(color_scheme=scheme, locale="zh-CN")
        page = self.contexts[scheme].new_page()
        self.pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        local = (self.app.url, "data:", "blob:", self.app.url.replace("http", "ws"))
        page.on("request", lambda r: None if r.url.startswith(local) else self.outside.append(r.url))
        page.goto(self.app.url + path)
        settle(page)
        return page


def settle(page: Page) -> None:
    """Wait until the page is drawn to its end."""
    page.wait_for_selector(".ck-foot, .ck-wall, .ck-state.error, [data-testid=stException]", timeout=60_000)
    page.wait_for_function(
        "!document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state')?.includes('running')",
        timeout=60_000,
    )
    page.wait_for_timeout(400)


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    made: dict[str, BrowserContext] = {}
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def window(browser: Browser, app: App, contexts: dict[str, BrowserContext]) -> Iterator[Window]:
    made = Window(browser, app, [], contexts, [])
    yield made
    for page in made.pages:
        page.close()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path
