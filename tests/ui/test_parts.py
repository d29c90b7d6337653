"""Parts of screens that put rows together: the days of a site, and the matters of the wall."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cockpit.ui import kiosk, uptime, wall

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
