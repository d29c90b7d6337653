"""kill -9 of every command at random instants; afterwards everything acknowledged is there once and the rest whole.

`make torture` runs 500 kills; the test suite a sample. Each command runs in a forked process of a parent that has
everything imported, so that the kill falls into the work and not into the start of Python.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cockpit import __main__ as cockpit
from cockpit import access, closing, export_command, notify_command, pipeline, score_command, store
from cockpit import backup_command as _backup  # noqa: F401 - imported before the forks
from cockpit.appraise import actions
from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.store import backup as keeping
from cockpit.store.audit_check import verify
from tests.faults.town import NOW

AS_OF = f"{NOW.isoformat()}+00:00"
_IMPORTED = (closing, export_command, notify_command, score_command)


@dataclass
class Field:
    """Where the torture happens and what was acknowledged."""

    data: DataDir
    out: Path
    batches: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    finished: Counter[str] = field(default_factory=Counter)


def command(*words: str) -> Callable[[Field, str], list[str]]:
    """A command of `python -m cockpit`; nothing is acknowledged but its end."""

    def run(place: Field, _name: str) -> list[str]:
        parts = [w.format(out=place.out, other=place.out / "other") for w in words]
        with suppress(SystemExit):
            cockpit.main([parts[0], "--data", str(place.data.root), "--as-of", AS_OF, *parts[1:]])
        return []

    return run


def spool(place: Field, name: str) -> list[str]:
    """A collector's batch: acknowledged once written."""
    batch = store.Batch(place.data, "probe", name)
    for number in range(20):
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
    return [f"batch {name}"]


def click(place: Field, name: str) -> list[str]:
    """A step in 预警处置, published as the page does it."""
    with store.reader(place.data) as reader:
        warning = reader.rows("SELECT * FROM warning WHERE closed_at IS NULL ORDER BY warning_id")[0]
    warning["state"] = "new"
    actions.act(place.data, warning, "ack", actor=name, now=NOW)
    acknowledged = [f"event {name}"]
    _tell(acknowledged)
    pipeline.load_all(place.data, NOW)
    return acknowledged


def restore(place: Field, _name: str) -> list[str]:
    """Into a folder of its own, over whatever an earlier kill left there."""
    file = place.out / "kept.tar"
    with suppress(CockpitError):
        keeping.restore(DataDir(place.out / "other"), file, NOW, replace=True)
    return []


WORK: Mapping[str, Callable[[Field, str], list[str]]] = {
    "spool": spool,
    "click": click,
    "load": command("load", "--force"),
    "rebuild": command("rebuild"),
    "score": command("score", "--week", "2026-W47"),
    "close-week": command("close-week", "--week", "2026-W47", "--actor", "甲"),
    "export": command("export", "--week", "2026-W47", "--out", "{out}/bundle"),
    "backup": command("backup", "--out", "{out}/b.tar"),
    "restore": restore,
    "access": command("access", "set", "a@x.cn", "--name", "甲", "--role", "值守"),
    "notify": command("notify"),
    "verify-audit": command("verify-audit"),
}
PREPARE = """
import sys; from pathlib import Path; from cockpit.paths import DataDir; from cockpit.store import backup
from tests.faults.town import NOW, settle_town
folder = Path(sys.argv[1]); backup.backup(settle_town(DataDir(folder / "data")), folder / "kept.tar", NOW)
"""
_pipe = -1


def _tell(acknowledged: list[str]) -> None:
    for line in acknowledged:
        os.write(_pipe, f"{line}\n".encode())


def _child(place: Field, name: str, work: str) -> None:
    """Runs one piece of work and tells what it acknowledged; never returns."""
    code = 0
    try:
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - the process ends with it
        told = WORK[work](place, name)
        if work != "click":
            _tell(told)
    except CockpitError:
        code = 1
    except BaseException:
        code = 9
    os._exit(code)


def one(place: Field, name: str, work: str, delay: float) -> int | None:
    """Fork, wait, kill. Returns the exit code of work that finished before, None when it was killed."""
    global _pipe
    read, _pipe = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _child(place, name, work)
    os.close(_pipe)
    time.sleep(delay)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(read, encoding="utf-8") as told:
        for line in told.read().splitlines():
            kind, _, what = line.partition(" ")
            (place.batches if kind == "batch" else place.events).append(what)
    return None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def torture(folder: Path, kills: int, seed: int = 20261123) -> Field:
    """Kill until so many kills have hit; every command gets its share."""
    subprocess.run(
        [sys.executable, "-c", PREPARE, str(folder)], check=True
    )  # this process stays free of threads
    place, chance = Field(DataDir(folder / "data"), folder), random.Random(seed)
    longest = dict.fromkeys(WORK, 0.6)
    turn = 0
    while sum(place.kills.values()) < kills:
        work = list(WORK)[turn % len(WORK)]
        code = one(place, f"{work}{turn}", work, chance.uniform(0.0, longest[work]))
        turn += 1
        if code is None:
            place.kills[work] += 1
            longest[work] = min(20.0, longest[work] * 1.2)  # until the end of the work is reached too
        else:
            assert code != 9, f"{work} failed in a way it does not explain"
            place.finished[work] += 1
            longest[work] = max(0.02, longest[work] * 0.7)
    return place


def check(place: Field) -> None:
    """Nothing acknowledged is lost or doubled, and everything on disk is whole or absent."""
    data = place.data
    report = pipeline.load_all(data, NOW, force=True)
    assert report.rejected == []
    with store.reader(data) as reader:
        stored = {
            r["s"]: r["n"]
            for r in reader.rows(
                "SELECT site_code AS s, count(*) AS n FROM probe WHERE site_code LIKE 'spool%' GROUP BY 1"
            )
        }
        batches = reader.one("SELECT count(*) AS n, count(DISTINCT batch_id) AS d FROM batch")
        actors = [
            r["actor"] for r in reader.rows("SELECT actor FROM warning_event WHERE actor LIKE 'click%'")
        ]
        closings = reader.rows("SELECT week, revision, count(*) AS n FROM issue GROUP BY ALL")
        trail = [r["actor"] for r in reader.rows("SELECT actor FROM audit WHERE action = 'warning.ack'")]
    assert set(place.batches) - stored.keys() == set(), "an acknowledged batch is lost"
    assert {k: n for k, n in stored.items() if n != 20} == {}, "a batch is torn or doubled"
    assert batches["n"] == batches["d"]
    assert set(place.events) - set(actors) == set(), "an acknowledged step is lost"
    assert len(actors) == len(set(actors)), "a step is doubled"
    assert sorted(trail) == sorted(actors), "the trail tells exactly the steps"
    assert all(row["n"] == 1 for row in closings)
    verdict = verify(data, deep=True)
    assert verdict.sound, verdict.faults
    access.read_people(access.access_file(data))
    if (place.out / "b.tar").exists():
        keeping.restore(DataDir(place.out / "proof"), place.out / "b.tar", NOW + timedelta(days=1))
    other = DataDir(place.out / "other")
    keeping.restore(other, place.out / "kept.tar", NOW, replace=True)
    assert verify(other).sound
    if closings:
        assert closing.recompute(data, "2026-W47", NOW).same
    assert pipeline.rebuild_all(data, NOW).rejected == []
    assert verify(data, deep=True).head == verdict.head
    leftovers = [p.name for p in data.versions.iterdir() if p.name.startswith(".")]
    assert leftovers == []


def main() -> None:
    kills = int(os.environ.get("KILLS", "500"))
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        place = torture(Path(folder), kills, seed=int(os.environ.get("SEED", "20261123")))
        check(place)
        print(
            f"{sum(place.kills.values())} 次 kill -9（{time.monotonic() - started:.0f} 秒）："
            f"已确认的 {len(place.batches)} 个批次、{len(place.events)} 次处置一件不少、一件不重，留痕完好。"
        )
        for work in WORK:
            print(f"  {work:<14}被杀 {place.kills[work]:>4} 次，跑完 {place.finished[work]:>4} 次")


if __name__ == "__main__":
    main()
