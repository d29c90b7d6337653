"""kill -9 at random instants of writers and loaders loses no acknowledged batch and doubles none."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from cockpit import store
from cockpit.paths import CHECKOUT, DataDir
from tests.store.worker import NOW, ROWS

ROUNDS = int(os.environ.get("KILL_ROUNDS", "6"))  # each round kills two writers and one loader


def start(data: DataDir, role: str, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.worker", str(data.root), role, name],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_kill_nine_loses_and_doubles_nothing(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    chance = random.Random(20261123)
    acknowledged: list[str] = []
    for number in range(ROUNDS):
        workers = [
            start(data, "write", f"a{number}"),
            start(data, "write", f"b{number}"),
            start(data, "load", "l"),
        ]
        for worker in workers:  # all are past their imports and at work
            assert worker.stdout is not None
            acknowledged.append(worker.stdout.readline().strip())
        time.sleep(chance.uniform(0, 0.4))
        for worker in chance.sample(workers, 3):
            worker.send_signal(signal.SIGKILL)
        for worker in workers:
            acknowledged += worker.communicate()[0].split()
    store.load(data, NOW)
    with store.reader(data) as reader:
        stored = {
            r["site_code"]: r["n"]
            for r in reader.rows("SELECT site_code, count(*) AS n FROM probe GROUP BY 1")
        }
        batches = reader.one("SELECT count(*) AS n, count(DISTINCT batch_id) AS different FROM batch")
    written = {name for name in acknowledged if not name.startswith("load")}
    assert len(written) >= 2 * ROUNDS
    assert written - stored.keys() == set(), "an acknowledged batch is lost"
    assert {name: n for name, n in stored.items() if n != ROWS} == {}, "a batch is doubled or torn"
    assert batches is not None
    assert batches["n"] == batches["different"] == len(stored)
    assert len(stored) - len(written) <= 2 * ROUNDS, "only a batch renamed but not yet told may be extra"
    assert list(data.rejected.glob("*")) == []
