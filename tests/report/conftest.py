"""One demonstration city for all tests of reports; every module gets a copy of its own."""

from __future__ import annotations

import shutil
from datetime import datetime

import pytest

from cockpit import demo
from cockpit.paths import DataDir

NOW = datetime(2026, 11, 24, 4)


@pytest.fixture(scope="session")
def built_city(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    data = DataDir(tmp_path_factory.mktemp("city") / "samples")
    data.mark_demo()
    demo.build(data, NOW, 3, quiet=True)
    return data


@pytest.fixture(scope="module")
def city(built_city: DataDir, tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    data = DataDir(tmp_path_factory.mktemp("copy") / "samples")
    shutil.copytree(built_city.root, data.root, symlinks=True)
    return data
