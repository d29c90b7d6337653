"""The supply chain: the lock file is in step and complete, licences may be shipped, the offline way asks for hashes."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from types import ModuleType

import pytest

from cockpit.paths import CHECKOUT

LOCK = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def supply() -> ModuleType:
    spec = importlib.util.spec_from_file_location("supply", CHECKOUT / ".ci" / "supply.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lock_holds_every_pin() -> None:
    done = subprocess.run(
        [sys.executable, ".ci/supply.py", "check"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_locked_part_has_digests_and_an_exact_version(supply: ModuleType) -> None:
    names = supply.pins(CHECKOUT / "requirements.lock")
    assert len(names) > 40
    assert [name for name in names if not supply.hashes(LOCK, name)] == []
    loose = [
        x
        for x in LOCK.splitlines()
        if x and not x.startswith((" ", "#")) and not re.match(r"[\w.-]+==[\w.+]+", x)
    ]
    assert loose == []


def test_a_pin_that_is_not_locked_is_named(
    supply: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    (tmp_path / "requirements.txt").write_text("tqdm==4.70.1\nrequests==9.9\n")
    (tmp_path / "requirements.lock").write_text(LOCK)
    monkeypatch.setattr(supply, "HOME", tmp_path)
    assert supply.stale() == ["requests==9.9"]


def test_licences_are_known_and_may_be_shipped(supply: ModuleType) -> None:
    rows = supply.parts()
    assert {"streamlit", "duckdb", "Authlib"} <= {r["name"] for r in rows}
    assert [r["name"] for r in rows if r["licence"] == "未注明"] == []
    assert supply.refused(rows) == []
    assert supply.refused([{"name": "x", "licence": "GNU Affero General Public License v3"}]) == ["x"]
    assert supply.refused([{"name": "x", "licence": "GPL-3.0-only"}]) == ["x"]
    assert supply.refused([{"name": "x", "licence": "LGPL-2.1"}]) == []


def test_the_bill_of_materials(supply: ModuleType) -> None:
    bill = json.loads(json.dumps(supply.bill(supply.parts())))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    part = next(c for c in bill["components"] if c["name"] == "duckdb")
    assert part["purl"] == f"pkg:pypi/duckdb@{part['version']}"
    assert all(
        c["hashes"] and re.fullmatch(r"[0-9a-f]{64}", c["hashes"][0]["content"]) for c in bill["components"]
    )


def test_an_offline_install_takes_the_folder_alone_and_proves_it() -> None:
    done = subprocess.run(
        ["make", "-n", "-B", "run", "WHEELS=/media/wheels"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(x for x in done.stdout.splitlines() if "requirements.lock" in x)
    assert "--no-index --find-links /media/wheels --require-hashes -r requirements.lock" in line
