"""A sample of `make torture`, in a process of its own: it forks, which threads of a test run would not like."""

from __future__ import annotations

import os
import subprocess
import sys

from cockpit.paths import CHECKOUT


def test_kill_nine_of_every_command_loses_and_doubles_nothing() -> None:
    environment = os.environ | {"KILLS": "30"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.torture"],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "30 次 kill -9" in done.stdout
    assert "一件不少、一件不重，留痕完好" in done.stdout
