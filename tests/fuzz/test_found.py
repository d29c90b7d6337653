"""Seeds of the fuzzer and every case it ever found keep their promises, quickly."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

FOUND = sorted(Path(__file__).with_name("found").glob("*/*.bin"))
SECONDS = 12


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_keep_the_promises(name: str) -> None:
    seeds = list(TARGETS[name].seeds())
    assert len(seeds) > 4
    for seed in seeds:
        TARGETS[name].run(seed)


@pytest.mark.parametrize("path", FOUND, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_found_cases_keep_the_promises(path: Path) -> None:
    started = time.process_time()
    TARGETS[path.parent.name].run(path.read_bytes())
    assert time.process_time() - started < SECONDS
