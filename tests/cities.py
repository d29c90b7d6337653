"""Demonstration cities: each is built once for a whole run of the tests, all its processes together, and given out in copies."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from cockpit import clock, demo
from cockpit.paths import DataDir

WEEKS = 5  # of the city that screens are tried on


def copy(name: str, build: Callable[[DataDir], object], folders: pytest.TempPathFactory) -> DataDir:
    """A copy of the city `name` of its own, which may be changed; `build` fills the first one of this run."""
    base = folders.getbasetemp()
    ready = _once(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base, name, build)
    data = DataDir(folders.mktemp(name) / "samples")
    shutil.copytree(ready.root, data.root, symlinks=True)
    return data


def today(folders: pytest.TempPathFactory) -> DataDir:
    """The demonstration city of this moment."""
    return copy("today", lambda data: demo.build(data, clock.now(), WEEKS, quiet=True), folders)


def of(moment: datetime, weeks: int, folders: pytest.TempPathFactory) -> DataDir:
    """The demonstration city of a given moment: the same in every run."""
    name = f"{moment:%Y%m%d%H%M}-{weeks}"
    return copy(name, lambda data: demo.build(data, moment, weeks, quiet=True), folders)


def _once(base: Path, name: str, build: Callable[[DataDir], object]) -> DataDir:
    place = base / "cities"
    place.mkdir(exist_ok=True)
    data, done = DataDir(place / name), place / f"{name}.done"
    with (place / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(data.root, ignore_errors=True)  # of a process that did not come to its end
            data.mark_demo()
            build(data)
            done.touch()
    return data
