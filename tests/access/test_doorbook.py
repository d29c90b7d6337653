"""logs/access.log: who came in, who was turned away from what, one JSON line each, nothing hidden in it."""

from __future__ import annotations

import json
import os

import pytest

from cockpit import plain
from cockpit.access import Person
from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.ui import door, doorbook
from tests.access.test_screens_by_role import screen


@pytest.fixture
def lines(city: DataDir, monkeypatch: pytest.MonkeyPatch):
    path = city.root / "logs" / "access.log"
    before = path.read_text("utf-8").count("\n") if path.exists() else 0
    monkeypatch.setenv("COCKPIT_DATA", str(city.root))
    return lambda: [json.loads(row) for row in path.read_text("utf-8").splitlines()[before:]]


def test_comings_and_refusals_are_written_once_a_session(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, lines
) -> None:
    at = screen(city, monkeypatch, "dashboard.py", "viewer")
    at.run()
    screen(city, monkeypatch, "pages/trail.py", "viewer")
    screen(city, monkeypatch, "dashboard.py", "stranger")
    screen(city, monkeypatch, "dashboard.py", None)
    told = [(e["outcome"], e["act"], e["who"], e["role"]) for e in lines()]
    assert told == [
        ("进入", "view", "查看甲", "viewer"),
        ("拒绝", "audit", "查看甲", "viewer"),
        ("拒绝", "view", "stranger@xinyu.example", "nobody"),
        ("要求登录", "view", "未登录", "nobody"),
    ]
    assert os.stat(city.root / "logs" / "access.log").st_mode & 0o077 == 0


def test_a_refused_download_is_written_and_names_cannot_forge_a_line(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, lines
) -> None:
    nobody = Person('甲\n{"outcome": "进入"}\x1b[31m\u202e', "remote")
    monkeypatch.setattr(door.who, "current", lambda: nobody)
    monkeypatch.setattr(door.who, "again", lambda: lambda: nobody)
    monkeypatch.setattr(door.data, "data", lambda: city)
    with pytest.raises(CockpitError, match="需要"):
        door.keeper(b"x", "计分卡")()
    (entry,) = lines()
    assert (entry["outcome"], entry["act"], entry["role"]) == ("拒绝下载", "计分卡", "remote")
    assert plain.hidden(entry["who"]) == ""


def test_a_disk_that_refuses_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("full")
    (place / "logs").write_text("in the way", "utf-8")
    monkeypatch.setenv("COCKPIT_DATA", str(place))
    doorbook.write("进入", "view", Person("甲", "viewer"))
    assert (place / "logs").read_text("utf-8") == "in the way"
