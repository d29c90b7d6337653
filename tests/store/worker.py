"""Writes and loads batches for ever, telling each acknowledged one on standard output; killed by test_kill."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path

from cockpit import store
from cockpit.paths import DataDir

NOW = datetime(2026, 11, 23, 4)
ROWS = 50


def write_one(data: DataDir, name: str) -> None:
    batch = store.Batch(data, "probe", name)
    for number in range(ROWS):
        batch.add(
            "probe",
            measured_at=NOW,
            site_code=name,
            family="4",
            ok=True,
            measured=True,
            seconds=float(number),
        )
    batch.write(NOW)
    print(name, flush=True)


def main(folder: str, role: str, worker: str) -> None:
    data = DataDir(Path(folder))
    number = 0
    while True:
        if role == "write":
            write_one(data, f"{worker}-{number}")
            time.sleep(0.02)  # many kills at different points, not many batches
        else:
            store.load(data, NOW, force=True)
            print(f"load-{number}", flush=True)
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
