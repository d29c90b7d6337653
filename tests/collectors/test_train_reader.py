"""From a patrol to a finding of the reader: it trains on the snapshots that the patrol left, and scan uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit.paths import DataDir
from cockpit.registry.files import write_tables
from cockpit.registry.sheets import ACCOUNTS, CHANNELS, SITES, UNITS
from cockpit.store import snapshots
from collectors.__main__ import main
from tests.detect.test_reader import town
from tests.sites.http import Doc, Site, Web

PAGES = 12


def article(number: int) -> Doc:
    """A page that is kept as evidence, because it shows a personal number of its own."""
    wrong = f"我局做为牵头单位，张某某的手机139123456{number:02}。"
    paragraphs = "".join(f"<p>{line}</p>\n" for line in [*town()[number::PAGES], wrong])
    return Doc(
        f"<!DOCTYPE html><html><head><title>动态</title></head><body>{paragraphs}</body></html>".encode()
    )


@pytest.fixture
def web() -> Iterator[Web]:
    docs = {f"/a/{n}.html": article(n) for n in range(PAGES)}
    anchors = "".join(f'<li><a href="{path}">工作动态{path}</a></li>' for path in docs)
    docs["/"] = Doc(f"<html><head><title>首页</title></head><body><ul>{anchors}</ul></body></html>".encode())
    made = Web()
    made.add(Site("good.test", docs))
    with made.serving():
        yield made


@pytest.fixture
def register(web: Web, data: DataDir, tmp_path: Path) -> list[str]:
    unit = {"unit_code": "YS-A", "unit_name": "演示单位", "unit_group": "county", "has_service": True}
    site = {
        "site_code": "good",
        "site_name": "好",
        "unit_code": "YS-A",
        "url": f"http://good.test:{web.port}/",
    }
    more = {"verified": True, "state": "active", "site_kind": "department"}
    tables = {UNITS: [unit | {"sort_order": 1}], SITES: [site | more], CHANNELS: [], ACCOUNTS: []}
    write_tables(data.registry, tables)
    hosts = web.write_hosts(tmp_path / "hosts")
    return ["--data", str(data.root), "--hosts", str(hosts), "--allow-private", "--json"]


def test_the_reader_learns_from_what_the_patrol_kept(
    register: list[str], data: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["patrol", *register, "--as-of", "2026-11-24T02:00"]) == 0
    assert len(list(snapshots.folder(data).rglob("*.gz"))) == PAGES + 1
    capsys.readouterr()
    assert main(["train-reader", "--data", str(data.root), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    right = [*town(), *(f"工作动态/a/{n}.html" for n in range(PAGES))]
    assert told["characters"] == sum(map(len, right)), "all right lines, and none of those with findings"
    assert (told["precision"] >= 0.95, told["recall"] >= 0.68) == (True, True)
    text = tmp_path / "draft.txt"
    text.write_text(
        "近日，市财政局组织开展安全生产监督检察，切实解决企业和群众反映的突出问题。", encoding="utf-8"
    )
    assert main(["scan", str(text), "--data", str(data.root), "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["findings"]
    assert (found["rule"], found["severity"], found["text"], found["suggestion"]) == (
        "reader",
        "low",
        "检察，",
        "检查，",
    )
