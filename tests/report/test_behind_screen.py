"""证据 of every open warning of the demonstration city: the objects behind its number, and the list of them all."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from cockpit import store
from cockpit.appraise.indicators import load_rules
from cockpit.paths import CHECKOUT, DataDir

CELL = re.compile(r"<tbody>(.*?)</tbody>", re.S)
HEAD = re.compile(r'class="ck-title"><b>([^<]*)</b><span>(\d+) (\S+?)</span>')


@pytest.fixture(autouse=True)
def _here(city: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.ui.who.is_local", lambda: True)
    monkeypatch.setenv("COCKPIT_DATA", str(city.root))
    monkeypatch.setenv("COCKPIT_NOW", "2026-11-24T12:00")


def drawers() -> None:
    """An app that draws the objects of every open warning, as its drawer does."""
    import streamlit as st

    from cockpit.store.queries import warnings
    from cockpit.ui import data, evidence

    for row in data.ask(warnings.open_warnings):
        one = data.ask(warnings.one, warning_id=row["warning_id"])
        st.html(f"<p>{row['warning_id']}</p>" + evidence._objects(one))


def test_every_drawer_lists_as_many_objects_as_it_tells(city: DataDir) -> None:
    at = AppTest.from_function(drawers, default_timeout=120).run()
    assert not at.exception
    rules = load_rules(city.rules).indicators
    with store.reader(city) as reader:
        open_ = {w["warning_id"]: w for w in reader.rows("SELECT * FROM warning WHERE closed_at IS NULL")}
    seen = 0
    for part in at.get("html"):
        body = part.proto.body
        w = open_[re.search(r"<p>(W\w+)</p>", body)[1]]
        noun, count, counter = HEAD.search(body).groups()
        assert int(count) > 0, (w["title"], body)
        if w["finding_id"]:
            assert w["finding_id"] in body
        else:
            rows = CELL.search(body)[1].count("<tr")
            assert rows == min(int(count), 10), w["title"]
            assert f"list=behind&amp;warning={w['warning_id']}" in body
            if rules[w["indicator_id"]].unit not in {"%", "天", "秒", "个月"}:
                assert int(count) == w["value"], (w["title"], noun, counter)
        seen += 1
    assert seen == sum(w["state"] != "ignored" for w in open_.values())
    assert seen > 50


def test_the_list_holds_exactly_those_rows(city: DataDir) -> None:
    with store.reader(city) as reader:
        w = reader.one(
            "SELECT * FROM warning WHERE closed_at IS NULL AND finding_id IS NULL AND items > 10 AND items = value ORDER BY items DESC LIMIT 1"
        )
    at = AppTest.from_file(str(CHECKOUT / "dashboard.py"), default_timeout=90)
    at.query_params["list"] = "behind"
    at.query_params["warning"] = w["warning_id"]
    at.switch_page("pages/lists.py").run()
    body = "\n".join(e.proto.body for e in at.get("html"))
    assert not at.exception
    assert f"共 <b>{w['items']}</b>" in body
    assert CELL.search(body)[1].count("<tr") == w["items"]


def test_a_list_of_no_warning_says_so(city: DataDir) -> None:
    at = AppTest.from_file(str(CHECKOUT / "dashboard.py"), default_timeout=90)
    at.query_params["list"] = "behind"
    at.query_params["warning"] = "Wnothing"
    at.switch_page("pages/lists.py").run()
    assert "没有这条预警" in "\n".join(e.proto.body for e in at.get("html"))
