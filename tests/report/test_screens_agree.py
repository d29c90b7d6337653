"""The same figure is the same number on every screen: applications that are late, red units, shares, what was not looked at."""

from __future__ import annotations

import re

import pytest

from cockpit import demo_disputes, store
from cockpit.appraise.indicators import ASPECTS, load_rules
from cockpit.paths import DataDir
from tests.appraise.city import Story
from tests.browser.screens import run, text


@pytest.fixture(autouse=True)
def _here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.ui.who.is_local", lambda: True)
    monkeypatch.setenv("COCKPIT_NOW", "2026-11-24T12:00")
    if "city" in request.fixturenames:
        monkeypatch.setenv("COCKPIT_DATA", str(request.getfixturevalue("city").root))


def shown(address: str) -> str:
    """A screen as HTML; nothing on it failed."""
    at = run(address, 120)
    assert not at.exception
    return text(at)


def figure(html: str, name: str) -> tuple[int, str]:
    """Value and note of a key figure."""
    found = re.search(
        rf'<div class="n">{name}</div><div class="v">(\d+)<small>[^<]*</small></div><div class="c">([^<]*)</div>',
        html,
    )
    assert found, name
    return int(found[1]), found[2]


def test_late_applications_are_the_same_on_all_screens_and_told_apart(city: DataDir) -> None:
    overview, requests = shown("/"), shown("/requests")
    soon, note = figure(overview, "依申请公开临期")
    assert soon == figure(requests, "临期")[0]
    waiting, lately = map(int, re.fullmatch(r"逾期未答复 (\d+) · 近 7 天逾期答复 (\d+)", note).groups())
    assert waiting == figure(requests, "逾期未答复")[0]
    assert f"近 7 天逾期答复 {lately}<" in requests
    with store.reader(city) as reader:
        alerts = reader.rows("SELECT * FROM warning WHERE indicator_id = 'A-01' AND closed_at IS NULL")
    assert sum(w["value"] for w in alerts) == waiting + lately
    told = [re.search(r"逾期未答复 (\d+) 件、近 7 天逾期答复 (\d+) 件", w["title"]).groups() for w in alerts]
    assert [sum(map(int, kind)) for kind in zip(*told, strict=True)] == [waiting, lately]
    assert lately, "the demonstration has one that was answered late"
    listed = shown("/requests?state=lately")
    assert listed.count("◆ 逾期答复") == lately


def test_red_and_unrated_units_are_as_many_as_elsewhere(city: DataDir) -> None:
    overview = shown("/")
    touched = int(re.search(r"已触及 (\d+) ·", overview)[1])
    assert int(re.search(r"<b>(\d+) 个单位已触及单项否决", overview)[1]) == touched
    tally = re.search(r"现在预警 ([^·<]*)· 2026年第47周得分：否决 (\d+)、未评 (\d+)<", overview)
    assert int(re.search(r"▲\D*(\d+)", tally[1])[1]) == touched
    assert overview.count('class="ck-tile red"') == touched
    with store.reader(city) as reader:
        [stored] = reader.rows(
            "SELECT count(*) FILTER (vetoed) AS vetoed, count(*) FILTER (score IS NULL) AS unrated FROM score "
            "WHERE week = '2026-W47' AND revision = (SELECT max(revision) FROM score WHERE week = '2026-W47')"
        )
    assert (int(tally[2]), int(tally[3])) == (stored["vetoed"], stored["unrated"])
    assert overview.count(">否决</b></a>") == stored["vetoed"]
    assert overview.count(">未评</b></a>") == stored["unrated"]


def test_a_share_is_the_same_in_a_warning_and_on_the_page_of_ipv6(city: DataDir) -> None:
    page = shown("/ipv6?page=all")
    with store.reader(city) as reader:
        alerts = reader.rows(
            "SELECT title FROM warning WHERE indicator_id IN ('I-01', 'I-02') AND closed_at IS NULL"
        )
    assert alerts
    for w in alerts:
        total, ok, share = re.search(
            r"链接 (\d+) 条，IPv6 可达 (\d+) 条，支持度 ([\d.]+%)", w["title"]
        ).groups()
        assert f'{share} <span class="muted">{ok}/{total}</span>' in page, w["title"]


def test_what_nobody_visited_is_never_in_order(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_NOW", "2026-11-02T12:00")
    monkeypatch.setenv("COCKPIT_DATA", str(data.root))
    story = Story(data)
    story.night()
    overview = shown("/")
    assert "采集正常" not in overview
    assert "部分未采 0/2，2 个网站还没有探测" in overview
    assert "打得开" not in overview
    assert "2 个网站还没有探测，不知道能不能打开" in overview
    assert shown("/collection?show=gaps").count('<td class="nw" data-k="最近采到">从未') == 2


def test_demo_disputes_are_argued_with_words_for_their_indicator(city: DataDir) -> None:
    assert demo_disputes.ARGUMENTS.keys() == ASPECTS
    rules = load_rules(city.rules).indicators
    with store.reader(city) as reader:
        rows = reader.rows(
            "SELECT DISTINCT dispute_id, indicator_id, reason, dispute.state AS state, decision FROM dispute JOIN deduction USING (deduction_id)"
        )
    assert {row["state"] for row in rows} >= {"open", "reviewing", "withdrawn", "upheld", "cancelled"}
    for row in rows:
        argument = demo_disputes.ARGUMENTS[rules[row["indicator_id"]].aspect]
        assert row["reason"] == argument.reason
        assert row["decision"] in {None, getattr(argument, row["state"], None)}


def test_demo_runs_hold_the_visits_that_bear_their_number(city: DataDir) -> None:
    with store.reader(city) as reader:
        lost = reader.rows(
            "SELECT p.run_id, p.measured_at FROM (SELECT run_id, measured_at FROM probe UNION ALL SELECT run_id, measured_at FROM coverage "
            "WHERE run_id LIKE 'demo-%') AS p LEFT JOIN run AS r USING (run_id) "
            "WHERE r.run_id IS NULL OR p.measured_at < r.started_at OR p.measured_at > r.ended_at LIMIT 5"
        )
        early = reader.rows(
            "SELECT a.url FROM attachment AS a JOIN run AS r USING (run_id) WHERE a.read_at < r.started_at"
        )
    assert (lost, early) == ([], [])
