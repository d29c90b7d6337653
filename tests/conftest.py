"""Fixtures shared by all rooms."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from cockpit.paths import DataDir
from tests.chromium import FLAGS, chromium


def pytest_xdist_auto_num_workers() -> int:
    """One worker a processor: three at least, as many tests wait for a browser or a clock, and no more than memory allows."""
    return max(3, min(6, len(os.sched_getaffinity(0))))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the settings of the machine it runs on."""
    for name in [n for n in os.environ if n.startswith("COCKPIT_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    """An empty data folder for collected data."""
    return DataDir(tmp_path / "data")


@pytest.fixture
def noon() -> datetime:
    """2026-11-23 12:00 in Beijing, as naive UTC."""
    return datetime(2026, 11, 23, 4)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all rooms: Playwright can be started once in a process."""
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield made
        made.close()
