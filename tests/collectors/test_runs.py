"""Runs over several sites: one that cannot be reached, or an error of our own, costs that site and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cockpit import store
from cockpit.paths import DataDir
from cockpit.registry.files import write_tables
from cockpit.registry.sheets import ACCOUNTS, CHANNELS, SITES, UNITS
from collectors import patrol, probe
from collectors.__main__ import main
from tests.sites.http import Doc, Site, Web


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web()
    made.add(Site("good.test", {"/": Doc("<html><title>好</title><body>正文</body></html>".encode())}))
    with made.serving():
        yield made


@pytest.fixture
def register(web: Web, data: DataDir, tmp_path: Path) -> list[str]:
    """A register of a good site and one whose name does not exist; returns the options of every command."""
    unit = {
        "unit_code": "YS-A",
        "unit_name": "演示单位",
        "unit_group": "county",
        "has_service": True,
        "sort_order": 1,
    }
    urls = {"good": f"http://good.test:{web.port}/", "gone": "http://gone.test.invalid/"}
    sites = [
        {
            "site_code": code,
            "site_name": code,
            "unit_code": "YS-A",
            "url": url,
            "verified": True,
            "state": "active",
        }
        | {"site_kind": "department"}
        for code, url in urls.items()
    ]
    write_tables(data.registry, {UNITS: [unit], SITES: sites, CHANNELS: [], ACCOUNTS: []})
    hosts = web.write_hosts(tmp_path / "hosts")
    return ["--data", str(data.root), "--hosts", str(hosts), "--allow-private", "--json"]


def told(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    output = capsys.readouterr()
    return json.loads(output.out), output.err


@pytest.mark.parametrize("collector", ["ipv6", "certificate", "patrol"])
def test_a_name_that_does_not_exist_is_unmeasured_and_the_rest_goes_on(
    collector: str, register: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([collector, *register]) == 1
    summary, errors = told(capsys)
    assert (summary["targets"], summary["measured"], summary["causes"].get("dns")) == (2, 1, 1)
    assert errors == ""


def test_a_probe_of_a_name_that_does_not_exist_counts_as_not_opened(
    register: list[str], data: DataDir, noon: datetime
) -> None:
    """The name service answered, so the visit counts against the site; it once stopped the whole run."""
    assert main(["probe", *register]) == 0
    store.load(data, now=noon)
    with store.reader(data) as reader:
        rows = reader.rows("SELECT site_code, family, ok, cause, measured FROM probe ORDER BY site_code")
    assert rows == [
        {"site_code": "gone", "family": "4", "ok": False, "cause": "dns", "measured": True},
        {"site_code": "good", "family": "4", "ok": True, "cause": None, "measured": True},
    ]


@pytest.mark.parametrize(
    ("collector", "module", "function"), [("probe", probe, "opened"), ("patrol", patrol, "visit")]
)
def test_an_error_of_our_own_is_logged_and_never_shown_as_a_traceback(
    collector: str,
    module: Any,
    function: str,
    register: list[str],
    data: DataDir,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(module, function, broken)
    assert main([collector, *register]) == 1
    summary, errors = told(capsys)
    assert (summary["measured"], summary["causes"]) == (0, {"internal_error": 2})
    assert errors == ""
    assert "a bug" in (data.root / "logs" / "collectors.log").read_text(encoding="utf-8")


def test_nothing_is_logged_when_nothing_is_wrong(register: list[str], data: DataDir) -> None:
    assert main(["probe", *register, "--site", "good"]) == 0
    assert not (data.root / "logs").exists()


def test_a_kill_between_a_batch_and_the_journal_doubles_nothing(
    register: list[str], data: DataDir, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch is written, the journal does not know it yet: the site is walked again, and counts once."""

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(patrol.Journal, "add", killed)
        with pytest.raises(SystemExit):
            main(["patrol", *register, "--site", "good"])
    assert len(list(data.spool.glob("*.parquet"))) == 1
    assert main(["patrol", *register, "--site", "good"]) == 0
    assert store.load(data, now=noon).rejected == []
    with store.reader(data) as reader:
        assert reader.rows("SELECT count(*) AS n FROM coverage WHERE aspect = 'links'") == [{"n": 1}]
