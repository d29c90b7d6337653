"""Collect now, in the background: progress to read, one at a time, stoppable, and what was collected is loaded."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import date

import pytest

from cockpit import collect_command, store
from cockpit.collect_command import Progress
from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.registry.files import write_tables
from cockpit.registry.sheets import SITES, UNITS
from tests.sites.build import Builder
from tests.sites.http import Doc, Web


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web()
    for code in ("a", "b"):
        site = Builder(f"{code}.demo.test", web.port, f"演示{code}局", "3605990001", date(2026, 11, 23))
        site.channel("/dt/", "工作动态", (1, 3))
        web.add(site.render())
    web.sites["b.demo.test"].docs["/slow.html"] = Doc(behave="hang")
    with web.serving():
        yield web


def prepare(data: DataDir, web: Web) -> list[str]:
    units = [{"unit_code": c, "unit_name": f"演示{c}局", "unit_group": "dept_other"} for c in ("a", "b")]
    sites = [
        {
            "site_code": c,
            "site_name": f"演示{c}局网站",
            "unit_code": c,
            "url": f"http://{c}.demo.test:{web.port}/",
            "verified": True,
            "state": "active",
        }
        for c in ("a", "b")
    ]
    write_tables(data.registry, {UNITS: units, SITES: sites})
    (data.root / "hosts").write_text(web.hosts(), encoding="utf-8")
    return ["--allow-private", "--hosts", str(data.root / "hosts")]


def wait(data: DataDir, seconds: float = 200) -> Progress:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = collect_command.progress(data)
        if found is not None and found.state != "running":
            return found
        time.sleep(0.2)
    raise AssertionError("the work did not end")


def test_a_city_is_collected_loaded_and_scored_from_one_call(data: DataDir, web: Web) -> None:
    extra = prepare(data, web)
    running = collect_command.start(data, extra)
    assert (running.state, running.sites) == ("running", 2)
    assert [s.name for s in running.steps] == ["probe", "patrol", "ipv6", "certificate", "load", "score"]
    with pytest.raises(CockpitError, match="已经在采集"):
        collect_command.start(data, extra)
    found = wait(data)
    assert (found.state, found.done) == ("done", 6)
    with store.reader(data) as reader:
        assert reader.one("SELECT count(*) AS n FROM score") == {"n": 2}
        assert reader.one("SELECT count(DISTINCT site_code) AS n FROM page") == {"n": 2}


def test_stopping_keeps_and_loads_what_was_collected(data: DataDir, web: Web) -> None:
    collect_command.start(data, prepare(data, web))
    for _ in range(600):
        found = collect_command.progress(data)
        if found and found.steps[0].code is not None:
            break
        time.sleep(0.05)
    collect_command.stop(data)
    found = wait(data)
    assert found.state == "stopped"
    assert {s.name: s.code for s in found.steps}["load"] == 0
    with store.reader(data) as reader:
        assert reader.one("SELECT count(DISTINCT site_code) AS n FROM probe") == {"n": 2}
    with pytest.raises(CockpitError, match="没有正在进行"):
        collect_command.stop(data)


def test_without_a_register_the_reason_is_told(data: DataDir) -> None:
    with pytest.raises(CockpitError, match="没有台账"):
        collect_command.start(data)


def test_work_whose_process_is_gone_is_not_running(data: DataDir) -> None:
    data.cache.mkdir(parents=True)
    row = {
        "pid": os.getpid(),
        "state": "running",
        "started_at": "2026-11-23T00:00:00",
        "sites": 1,
        "steps": [],
    }
    (data.cache / "collect.json").write_text(json.dumps(row), encoding="utf-8")
    found = collect_command.progress(data)
    assert found is not None
    assert (found.state, "不在了" in found.message) == ("failed", True), "our number, but not our process"
    (data.cache / "collect.json").write_text("{", encoding="utf-8")
    assert collect_command.progress(data) is None
