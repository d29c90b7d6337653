"""Parts of screens that put rows together: the days of a site, and the matters of the wall."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cockpit.appraise.common import Cause
from cockpit.appraise.indicators import load_rules
from cockpit.paths import SHIPPED
from cockpit.ui import charts, common_causes, kiosk, numbers, theme, uptime, wall

FIRST = date(2026, 9, 1)


def test_days_with_the_same_answer_are_one_piece_and_no_day_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uptime, "limits", lambda: (0.03, 0.05))
    span = [FIRST + timedelta(days=n) for n in range(90)]
    seen = {day: {"visits": 24, "failed": 0} for day in span[:80]}
    seen[span[10]] = {"visits": 24, "failed": 1}
    seen[span[11]] = {"visits": 24, "failed": 6}
    told = uptime._strip({"name": "甲", "rate": 0.99, "failed": 7}, seen, span)
    pieces = re.findall(r'<i class="(\w*)" style="--n:(\d+)" title="([^"]+)"', told)
    assert pieces == [
        ("", "10", "2026-09-01 至 2026-09-10 每天 打开 24/24 次"),
        ("p", "1", "2026-09-11 打开 23/24 次"),
        ("f", "1", "2026-09-12 打开 18/24 次"),
        ("", "68", "2026-09-13 至 2026-11-19 每天 打开 24/24 次"),
        ("u", "10", "2026-11-20 至 2026-11-29 每天 未监测"),
    ]
    assert sum(int(n) for _, n, _ in pieces) == 90
    assert "10 天未监测" in told


def warning(number: int, **more: Any) -> dict[str, Any]:
    return {
        "warning_id": f"W{number}", "unit_code": "u1", "indicator_id": "L-1", "level": "red",
        "finding_id": f"F{number}", "state": "ack", "left": 3,
    } | more  # fmt: skip


def test_findings_of_one_kind_at_one_unit_are_one_matter_with_its_places() -> None:
    rows = [
        warning(1),
        warning(2, left=1, state="new"),
        warning(3, unit_code="u2"),
        warning(4, level="orange"),
        warning(5, finding_id=None),
        warning(6, finding_id=None),
    ]
    told = [(m["warning_id"], m["count"], m["left"], m["state"]) for m in wall.matters(rows)]
    assert told == [
        ("W1", 2, 1, "new"),  # the least time counts, and one that nobody took keeps the wall on its scene
        ("W3", 1, 3, "ack"),
        ("W4", 1, 3, "ack"),
        ("W5", 1, 3, "ack"),  # what is told with its title is never merged
        ("W6", 1, 3, "ack"),
    ]
    assert sum(m["count"] for m in wall.matters(rows)) == len(rows)


def test_desks_refresh_at_a_pace_of_their_own_and_the_wall_at_what_it_says() -> None:
    def app() -> None:
        import streamlit as st

        from cockpit.ui import kiosk

        st.text(kiosk.pace())

    desks = [AppTest.from_function(app).run() for _ in range(5)]
    paces = [float(desk.text[0].value) for desk in desks]
    assert len(set(paces)) == 5
    assert all(kiosk.EVERY - kiosk.SPREAD <= pace <= kiosk.EVERY + kiosk.SPREAD for pace in paces)
    assert [
        float(desk.run().text[0].value) for desk in desks
    ] == paces  # another pace would start the timer anew
    on_the_wall = AppTest.from_function(app)
    on_the_wall.query_params["kiosk"] = "1"
    assert float(on_the_wall.run().text[0].value) == kiosk.EVERY


def test_a_mark_of_the_deadline_strip_stands_for_all_of_its_day_and_says_how_many() -> None:
    rows = [{"level": "red", "left": left, "told": f"<b>{left}</b>"} for left in (-50, -21, 3, 3)]
    with theme.fixed("light"):
        lane = charts.Lane("▲ 红", "triangle-up", "#B0121F", "#FFFFFF")
        figure = charts.harmless(charts.lanes(rows, "level", {"red": lane}, 10))
    [marks] = figure.data
    assert (marks.x, marks.text) == ((-20, 3), ("2", "2"))
    assert figure.layout.yaxis.categoryarray == ("▲ 红 4",)
    assert marks.customdata[0] == ["&lt;b>-50&lt;/b>", "&lt;b>-21&lt;/b>"]
    assert marks.hovertemplate[1] == "%{customdata[0]}<br>%{customdata[1]}<extra></extra>"


def test_a_mark_that_stands_for_many_tells_the_first_and_their_number() -> None:
    rows = [{"level": "red", "left": 1, "told": f"第 {n} 条"} for n in range(9)]
    with theme.fixed("dark"):
        [marks] = charts.lanes(
            rows, "level", {"red": charts.Lane("红", "circle", "#F8425A", "#0B1524")}, 10
        ).data
    assert [list(told) for told in marks.customdata] == [
        ["第 0 条", "第 1 条", "第 2 条", "第 3 条", "第 4 条", "等 9 项"]
    ]


def test_on_paper_no_colour_of_the_dark_mode_is_left() -> None:
    rules = theme.charts_on_paper()
    dark, light = (theme.tokens()[mode] for mode in ("dark", "light"))
    for level in ("red", "orange", "yellow", "blue", "ok", "none"):
        here, there = dark["sev"][level][0], light["sev"][level][0]
        rgb = ", ".join(str(int(here[n : n + 2], 16)) for n in (1, 3, 5))
        assert rules.rindex(f'fill: rgb({rgb})"]{{fill:{there}!important}}') > 0, level
    assert "--accent" not in rules
    assert theme.LEVELS["none"][1] != numbers.NO_SCORE, "a level and a score are not called the same"


def cause(number: int, aspect: str) -> Cause:
    found = [
        {
            "finding_id": f"F{number}{site}",
            "site_code": site,
            "aspect": aspect,
            "unit_code": "u1",
            "places": 3,
        }
        for site in ("s1", "s2")
    ]
    return Cause("address", f"http://x{number}.test/", tuple(found))


def test_the_hint_to_mend_one_thing_is_about_the_warnings_that_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(common_causes, "found", lambda _unit=None: [cause(1, "links"), cause(2, "wording")])
    link = warning(1, finding_id=None, site_code="s1", aspect="links")
    slip = warning(2, finding_id=None, site_code="s2", aspect="wording")
    assert "http://x1.test/" in common_causes.sentence(None, [link, slip])
    told = common_causes.sentence(None, [slip])
    assert "http://x2.test/" in told
    assert "2 个网站 6 页上的" in told
    assert "与下面 1 条预警有关" in told
    assert common_causes.sentence(None, [warning(3, finding_id=None, site_code="s9", aspect="links")]) == ""


def test_points_are_taken_for_each_of_what_the_indicator_counts() -> None:
    each = {i.id: i.each for i in load_rules(SHIPPED / "rules").indicators.values()}
    assert {name: each[name] for name in ("L-DEAD", "W-ERR", "T-01", "S-CERT", "V-W-02")} == {
        "L-DEAD": "每个", "W-ERR": "每处", "T-01": "每类", "S-CERT": "每项", "V-W-02": "触线一次",
    }  # fmt: skip
