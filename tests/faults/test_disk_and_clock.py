"""Read-only and full disks, a clock that jumps, a year without holidays, collectors that hang: honest words and states."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cockpit import clock, pipeline, store
from cockpit.paths import CHECKOUT, DataDir
from cockpit.store.audit_check import verify
from cockpit.ui.shell import SCREENS
from collectors.schedule import Keeper
from collectors.schedule_plan import Job, Plan
from tests.faults.town import NOW, settle_town, sites

AS_OF = f"{NOW.isoformat()}+00:00"
WRITING = {
    "load": ["load", "--force"],
    "score": ["score", "--week", "2026-W47"],
    "close-week": ["close-week", "--week", "2026-W47", "--actor", "甲"],
    "access": ["access", "set", "a@x.cn", "--name", "甲", "--role", "值守"],
    "registry": ["registry", "import", "{registry}/units.csv"],
    "backup": ["backup", "--out", "{root}/../b.tar"],
}


def can_mount() -> bool:
    """Whether this machine lets a test mount in a namespace of its own."""
    return (
        subprocess.run(
            ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
        ).returncode
        == 0
    )


MOUNTING = pytest.mark.skipif(not can_mount(), reason="这台机器不允许测试在自己的命名空间里挂载")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    return settle_town(DataDir(tmp_path_factory.mktemp("disk") / "data"))


def inside(prepare: str, data: DataDir, words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command of cockpit where `prepare` has mounted something."""
    parts = [w.format(root=data.root, registry=data.registry) for w in words]
    command = f'{prepare}; exec "$@"'
    python = [
        sys.executable,
        "-m",
        "cockpit",
        parts[0],
        "--data",
        str(data.root),
        "--as-of",
        AS_OF,
        *parts[1:],
    ]
    return subprocess.run(
        ["unshare", "-rm", "bash", "-ec", command, "x", *python],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def state(data: DataDir) -> tuple[str | None, int, list[str]]:
    """What must not change: published version, waiting batches, register files."""
    return store.version(data), store.pending_batches(data), sorted(p.name for p in data.registry.iterdir())


@MOUNTING
@pytest.mark.parametrize("name", list(WRITING))
def test_a_read_only_disk_is_named_and_changes_nothing(made: DataDir, name: str) -> None:
    above = made.root.parent
    before = state(made)
    done = inside(f"mount --bind {above} {above}; mount -o remount,ro,bind {above}", made, WRITING[name])
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "磁盘是只读的" in done.stderr
    assert "请检查" in done.stderr
    assert state(made) == before


@MOUNTING
def test_reading_commands_work_on_a_read_only_disk(made: DataDir) -> None:
    above = made.root.parent
    for words in (["verify-audit"], ["notify", "--dry-run"], ["registry", "check"], ["disputes", "list"]):
        done = inside(f"mount --bind {above} {above}; mount -o remount,ro,bind {above}", made, words)
        assert (done.returncode, done.stderr) == (0, ""), words


@MOUNTING
@pytest.mark.parametrize("name", list(WRITING))
def test_a_full_disk_is_named_and_leaves_the_old_version(made: DataDir, tmp_path: Path, name: str) -> None:
    """A tmpfs that holds the town and hardly more."""
    place = tmp_path / "small"
    place.mkdir()
    size = (
        sum(p.stat().st_size for p in made.root.rglob("*") if p.is_file() and not p.is_symlink()) // 1024
        + 220
    )
    data = DataDir(place / "data")
    fill = f"mount -t tmpfs -o size={size}k none {place}; cp -a {made.root} {data.root}; dd if=/dev/zero of={place}/fill bs=1k 2>/dev/null || true"
    after = f"; trap 'ls -l {data.root}/cockpit.duckdb; ls {data.root}/spool | wc -l' EXIT; set +e; \"$@\"; exit $?; #"
    done = inside(fill + after, data, WRITING[name])
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "No space left" in done.stderr or "磁盘空间" in done.stderr
    assert "db/cockpit-1.duckdb" in done.stdout


def test_a_clock_that_jumps_loses_and_doubles_nothing(tmp_path: Path) -> None:
    data = settle_town(DataDir(tmp_path / "data"))
    with store.reader(data) as reader:
        before = {r["warning_id"] for r in reader.rows("SELECT warning_id FROM warning")}
    for number, jump in enumerate((timedelta(days=-30), timedelta(days=400), timedelta(0))):
        batch = store.Batch(data, "probe", f"jump-{number}")
        batch.add(
            "probe",
            measured_at=NOW + jump,
            site_code=sites(data)[0],
            family="4",
            ok=True,
            measured=True,
            seconds=1.0,
        )
        batch.add(
            "audit_note",
            event_id=f"n{number}",
            event_at=NOW + jump,
            actor="甲",
            action="file.edit",
            object_kind="rules",
            object_id="x",
        )
        batch.write(NOW + jump)
        assert pipeline.load_all(data, NOW + jump).batches >= 1
    with store.reader(data) as reader:
        assert {r["warning_id"] for r in reader.rows("SELECT warning_id FROM warning")} >= before
        assert reader.one("SELECT count(*) AS n FROM probe WHERE run_id LIKE 'jump-%'") == {"n": 3}
        notes = [
            r["event_at"] for r in reader.rows("SELECT event_at FROM audit WHERE actor = '甲' ORDER BY seq")
        ]
    assert notes == [NOW - timedelta(days=30), NOW + timedelta(days=400), NOW]
    assert verify(data, deep=True).sound


def test_a_job_that_finished_in_the_future_is_not_waited_for(data: DataDir) -> None:
    keeper = Keeper(
        data, Plan((Job("计分", ("cockpit", "score"), (60,)),), True, timedelta(minutes=30)), quiet=True
    )
    data.cache.mkdir(parents=True)
    (data.cache / "schedule.json").write_text('{"计分": "2036-01-01T00:00:00"}')
    assert [job.name for job in keeper.missed(NOW)] == ["计分"]
    (data.cache / "schedule.json").write_text(f'{{"计分": "{NOW.isoformat()}"}}')
    assert keeper.missed(NOW) == []


def test_a_collector_that_hangs_is_ended_and_the_next_one_runs(data: DataDir, tmp_path: Path) -> None:
    """A real process that never ends: a probe of a server that accepts and says nothing, cut by the keeper."""
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(50)
        settle_town(data)
        path = data.registry / "sites.csv"
        lines = path.read_text("utf-8-sig").replace(
            "http://www.xinyu.gov.cn/", f"http://127.0.0.1:{silent.getsockname()[1]}/"
        )
        path.write_text(lines, "utf-8-sig")
        jobs = (Job("巡查", ("collectors", "patrol"), (60,)), Job("入库", ("cockpit", "load"), (61,)))
        keeper = Keeper(
            data, Plan(jobs, False, timedelta(minutes=30)), True, ("--allow-private",), timedelta(seconds=4)
        )
        started = datetime.now()
        assert keeper.run(jobs[0]) != 0
        assert datetime.now() - started < timedelta(seconds=90)
        assert Keeper(data, keeper.plan, quiet=True).run(jobs[1]) == 0
    assert set(keeper.finished()) == {"巡查", "入库"}


def screens(data: DataDir, monkeypatch: pytest.MonkeyPatch, at: str) -> dict[str, str]:
    """Page → its HTML, at a moment."""
    monkeypatch.setenv("COCKPIT_DATA", str(data.root))
    monkeypatch.setenv("COCKPIT_NOW", at)
    shown = {}
    for screen in SCREENS.values():
        at_page = AppTest.from_file(str(CHECKOUT / "dashboard.py"), default_timeout=60)
        if screen.file != "dashboard.py":
            at_page.switch_page(screen.file)
        at_page.query_params["list"] = "targets"
        at_page.run()
        assert not at_page.exception, screen.file
        shown[screen.file] = "\n".join(e.proto.body for e in at_page.get("html"))
    return shown


@pytest.mark.parametrize("at", ["2026-11-20T12:00", "2031-03-03T12:00"])
def test_every_screen_stands_when_the_clock_is_wrong(
    made: DataDir, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Days before the newest data, and in a year that no holiday table knows."""
    for file, body in screens(made, monkeypatch, at).items():
        assert "暂时无法生成" not in body, file


def test_the_holidays_of_an_unknown_year_are_marked(capsys: pytest.CaptureFixture[str]) -> None:
    from cockpit.__main__ import main

    assert main(["deadline", "--received", "2031-03-03"]) == 0
    assert "暂" in capsys.readouterr().out


def newest_probes(data: DataDir) -> dict[str, tuple[bool, bool, str | None]]:
    with store.reader(data) as reader:
        rows = reader.rows(
            "SELECT site_code, ok, measured, cause FROM probe WHERE family = '4' "
            "QUALIFY row_number() OVER (PARTITION BY site_code ORDER BY measured_at DESC) = 1"
        )
    return {r["site_code"]: (r["ok"], r["measured"], r["cause"]) for r in rows}


@MOUNTING
def test_without_a_resolver_sites_are_unmeasured_not_bad(data: DataDir) -> None:
    """A namespace without any network: no name can be asked for."""
    settle_town(data)
    probe = [sys.executable, "-m", "collectors", "probe", "--data", str(data.root), "--quiet"]
    done = subprocess.run(
        ["unshare", "-rn", *probe], cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=200
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stdout + done.stderr
    pipeline.load_all(data, clock.now())
    assert {(ok, measured) for ok, measured, _ in newest_probes(data).values()} == {(False, False)}
    with store.reader(data) as reader:
        assert reader.one("SELECT count(*) AS n FROM warning WHERE aspect = 'availability'") == {"n": 0}


class Plain(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write("<html><body>新余市人民政府</body></html>".encode())

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_half_the_sites_down_does_not_touch_the_other_half(data: DataDir) -> None:
    settle_town(data)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Plain)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    path = data.registry / "sites.csv"
    up, down = f"http://127.0.0.1:{server.server_address[1]}/", "http://127.0.0.1:9/"
    text = (
        path.read_text("utf-8-sig")
        .replace("http://www.xinyu.gov.cn/", up)
        .replace("http://wxj.xinyu.gov.cn/", down)
    )
    path.write_text(text, "utf-8-sig")
    command = [
        sys.executable,
        "-m",
        "collectors",
        "probe",
        "--data",
        str(data.root),
        "--quiet",
        "--allow-private",
    ]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=120)
    server.shutdown()
    server.server_close()
    assert done.stderr == ""
    pipeline.load_all(data, clock.now())
    found = newest_probes(data)
    assert found["xinyu-portal"] == (True, True, None)
    assert found["xinyu-wgxlj"] == (False, True, "refused")
