"""The browser of the machine."""

from __future__ import annotations

import shutil

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=zh-CN", "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


def chromium() -> str:
    """Its path; without one the tests fail and say what to install."""
    found = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
    assert found, "没有 Chromium：apt-get install chromium fonts-noto-cjk"
    return found
