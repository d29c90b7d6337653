"""One demonstration city for all tests of reports; every module gets a copy of its own."""

from __future__ import annotations

from datetime import datetime

import pytest

from cockpit.paths import DataDir
from tests import cities

NOW = datetime(2026, 11, 24, 4)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    return cities.of(NOW, 3, tmp_path_factory)
