"""立即复测: the collector itself looks again; only what it measured closes a warning."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cockpit import pipeline, recheck, store
from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.registry.files import write_tables
from cockpit.registry.sheets import SITES, UNITS
from cockpit.store.queries import warnings

NOW = datetime(2026, 11, 25, 4)


class Home(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b"<title>home</title>")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Home)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture
def down(data: DataDir, server: ThreadingHTTPServer) -> DataDir:
    """A site that failed three visits in a row, and a unit with an overdue application."""
    url = f"http://127.0.0.1:{server.server_port}/"
    unit = {"unit_code": "u1", "unit_name": "甲局", "unit_group": "dept_service"}
    site = {
        "site_code": "s1",
        "site_name": "甲网",
        "unit_code": "u1",
        "url": url,
        "verified": True,
        "state": "active",
    }
    write_tables(data.registry, {UNITS: [unit], SITES: [site]})
    batch = store.Batch(data, "probe", "before")
    for n in range(3):
        at = NOW - timedelta(hours=n + 1)
        batch.add(
            "probe", measured_at=at, site_code="s1", family="4", ok=False, measured=True, cause="timeout"
        )
    batch.add(
        "application",
        measured_at=NOW,
        application_id="1",
        unit_code="u1",
        received_on=datetime(2026, 9, 1).date(),
        due_on=datetime(2026, 10, 9).date(),
    )
    batch.write(NOW)
    pipeline.load_all(data, NOW)
    return data


def find(data: DataDir, indicator: str) -> str:
    with store.reader(data) as reader:
        return next(
            w["warning_id"] for w in warnings.listed(reader, state="all") if w["indicator_id"] == indicator
        )


def test_the_collector_closes_what_is_mended_and_keeps_the_trail(down: DataDir) -> None:
    warning_id = find(down, "A-DOWN")
    now = NOW + timedelta(minutes=30)
    outcome = recheck.recheck(down, warning_id, actor="值班岗", now=now, allow_private=True)
    assert (outcome.result, outcome.state) == ("passed", "closed")
    with store.reader(down) as reader:
        [event] = warnings.trail(reader, warning_id)
    assert (event["action"], event["actor"], event["reason"]) == ("recheck", "值班岗", "复查通过：已办结")
    with pytest.raises(CockpitError, match="已办结"):
        recheck.recheck(down, warning_id, actor="值班岗", now=now, allow_private=True)


def test_what_no_collector_sees_is_told(down: DataDir) -> None:
    with pytest.raises(CockpitError, match="来自台账"):
        recheck.recheck(down, find(down, "A-01"), actor="值班岗", now=NOW)
    with pytest.raises(CockpitError, match="没有预警"):
        recheck.recheck(down, "W404", actor="值班岗", now=NOW)
    down.mark_demo()
    with pytest.raises(CockpitError, match="虚构"):
        recheck.recheck(down, "W404", actor="值班岗", now=NOW)
