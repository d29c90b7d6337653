"""Fixtures shared by all rooms."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from cockpit.paths import DataDir


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
