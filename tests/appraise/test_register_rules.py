"""Each register's rule, told by small rows: every state, nothing known before its day, and what is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cockpit.appraise.register_judges import RULES, quarter_end
from cockpit.appraise.register_rules import Entry, Scene, entries
from cockpit.store import all_tables
from cockpit.workdays import Calendar

DAY = date(2026, 11, 23)  # a Monday
UNITS = (
    {"unit_code": "360500-GXJ", "unit_name": "市工信局", "short_name": "市工信局", "unit_group": "dept_service", "has_service": True},
    {"unit_code": "360500-ZFB", "unit_name": "市政府办", "short_name": "市政府办", "unit_group": "dept_other", "has_service": False},
    {"unit_code": "360502-YSQ", "unit_name": "渝水区政府", "short_name": "渝水区", "unit_group": "county", "has_service": True},
)  # fmt: skip
ACCOUNTS = tuple(
    {"account_code": c, "account_name": c, "unit_code": u, "state": s}
    for c, u, s in (
        ("w1", "360500-GXJ", "active"),
        ("w2", "360500-ZFB", "active"),
        ("w3", "360500-GXJ", "closed"),
    )
)
URL = "http://a/news/"


def judge(table: str, *rows: dict[str, Any], day: date = DAY, **scene: Any) -> list[Entry]:
    blank = dict.fromkeys(all_tables()[table].columns)
    known = {"units": UNITS, "accounts": ACCOUNTS, **scene}
    at = Scene(day, Calendar(), **known)
    return entries(RULES[table], [{**blank, "unit_code": "360500-GXJ", **row} for row in rows], at)


def told(table: str, row: dict[str, Any], day: date = DAY, **scene: Any) -> tuple[str, str]:
    [found] = [e for e in judge(table, row, day=day, **scene) if not e.missing]
    return found.state, found.judged.text


def d(month: int, day: int, year: int = 2026) -> date:
    return date(year, month, day)


FULL = {
    "content": "甲",
    "basis": "甲",
    "time_limit": "甲",
    "subject_name": "甲",
    "channels_out": "甲",
    "url": URL,
}


@pytest.mark.parametrize(
    ("row", "channels", "state", "words"),
    [
        (FULL, {URL: "fresh"}, "ok", "栏目在更新"),
        (FULL, {}, "none", "还没有采到"),
        (FULL, {URL: "unmeasured"}, "none", "还没有采到"),
        (FULL, {URL: "blank"}, "bad", "栏目空白"),
        (FULL, {URL: "overdue"}, "bad", "超期未更新"),
        ({**FULL, "url": None}, {}, "bad", "没有登记对应栏目"),
        ({**FULL, "basis": None}, {URL: "fresh"}, "bad", "缺要素：公开依据"),
        ({**FULL, "valid_to": DAY}, {}, "none", "失效"),
    ],
)
def test_items_and_their_channels(row: dict, channels: dict, state: str, words: str) -> None:
    found = told("disclosure_item", {"valid_from": d(1, 1), **row}, channels=channels)
    assert found[0] == state
    assert words in found[1]


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"label_shown": True, "still_shown": True}, "ok"),
        ({"label_shown": None, "still_shown": None}, "none"),
        ({"label_shown": False}, "bad"),
        ({"expires_on": d(2, 21, 2027), "label_shown": True}, "soon"),
        ({"expires_on": d(2, 22, 2027), "label_shown": True}, "ok"),
        ({"expires_on": DAY, "still_shown": True}, "bad"),
        ({"ended_on": d(11, 1), "still_shown": False}, "done"),
        ({"label_shown": True, "still_shown": False}, "bad"),
    ],
)
def test_documents_in_force(row: dict, state: str) -> None:
    assert told("normative_document", {"issued_on": d(1, 1, 2024), **row})[0] == state


SYNC = {"needs_interpretation": True, "drafted_together": True, "approved_together": True}


@pytest.mark.parametrize(
    ("row", "state", "words"),
    [
        ({}, "ok", ""),
        ({"disclosure": None}, "bad", "公开属性"),
        ({"consult_told": False}, "bad", "政策咨询"),
        ({"public_interest": True, "opinions_sought": False}, "bad", "征集意见"),
        ({"fiscal": True, "paid_by_platform": False}, "bad", "惠企通"),
        ({**SYNC, "drafted_together": False}, "bad", "同步起草"),
        ({**SYNC, "interpreted_on": d(11, 18)}, "done", "2026-11-18"),
        ({**SYNC, "interpreted_on": d(11, 19)}, "late", "晚 1 个工作日"),
        (SYNC, "bad", "超期"),
        ({**SYNC, "issued_on": d(11, 20)}, "soon", "剩 2 个工作日"),
    ],
)
def test_policy_files_and_their_interpretation(row: dict, state: str, words: str) -> None:
    base = {"issued_on": d(11, 13), "disclosure": "主动公开", "consult_told": True}
    found = told("policy_document", {**base, **row})
    assert (found[0], words in found[1]) == (state, True), found


def test_a_department_without_an_interpreter_is_missing_only_where_the_register_is_in_use() -> None:
    assert judge("interpreter") == []
    found = judge("interpreter", {"published_on": d(9, 1, 2023)})
    assert [(e.state, e.missing, e.row["unit_code"]) for e in found] == [
        ("bad", True, "360500-ZFB"),
        ("ok", False, "360500-GXJ"),
    ]
    assert not [e for e in judge("interpreter", {"published_on": None}, day=d(8, 31, 2023)) if e.missing]


def test_pilots_evaluate_once_a_year() -> None:
    row = {"report_year": 2026, "started_on": d(3, 1), "finished_on": d(5, 1)}
    assert [(e.state, e.row["unit_code"]) for e in judge("policy_review", row)] == [
        ("bad", "360502-YSQ"),
        ("done", "360500-GXJ"),
    ]
    assert not [e for e in judge("policy_review", row, day=d(9, 30)) if e.missing]
    assert told("policy_review", {"report_year": 2025, "finished_on": None})[0] == "bad"


def test_zones() -> None:
    basics = dict.fromkeys(("can_read", "can_apply", "can_serve", "can_show"), True)
    ysq = {"unit_code": "360502-YSQ", "opened_on": d(1, 1)}
    assert told("public_zone", {**ysq, **basics})[0] == "ok"
    assert "政务自助办理" in told("public_zone", {**ysq, **basics, "can_serve": False})[1]
    assert told("public_zone", {**ysq, "opened_on": None, "planned_on": d(11, 20)})[0] == "bad"
    [missing] = [
        e for e in judge("public_zone", {"unit_code": "360500-GXJ", "opened_on": d(1, 1)}) if e.missing
    ]
    assert missing.row["unit_code"] == "360502-YSQ"


def test_quarters_end_and_are_due_twenty_working_days_later() -> None:
    assert [quarter_end(q) for q in ("2026Q1", "2026Q2", "2026Q3", "2026Q4")] == [
        d(3, 31),
        d(6, 30),
        d(9, 30),
        d(12, 31),
    ]
    due = Calendar().add(d(9, 30), 20)
    row = {"quarter": "2026Q3", "report_kind": "民生实事项目"}
    assert told("quarterly_report", row, day=due)[0] == "soon"
    assert told("quarterly_report", row)[0] == "bad"
    assert told("quarterly_report", {**row, "published_on": due})[0] == "done"
    assert told("quarterly_report", {**row, "quarter": "2026Q4"})[0] == "none"


def test_a_task_day_by_day() -> None:
    tasks = {"甲": {"task_code": "甲", "due_on": d(9, 4), "unit_codes": "360500-GXJ"}}
    row = {"task_code": "甲", "finished_on": d(9, 7), "filed_on": d(8, 20), "percent": 100}
    days = (d(8, 20), d(8, 31), d(9, 4), d(9, 6), d(9, 7))
    assert [told("task_progress", row, day=day, tasks=tasks)[0] for day in days] == [
        "open",
        "soon",
        "soon",
        "bad",
        "late",
    ]
    assert "还没有分解报备" in told("task_progress", row, day=d(8, 19), tasks=tasks)[1]
    assert told("clause_task", tasks["甲"])[0] == "none"


@pytest.mark.parametrize(
    ("channel", "limit"),
    [
        ("我为政府网站找错", 3),
        ("12345", 5),
        ("中国政府网转办留言", 5),
        ("领导信箱", 7),
        ("仙女湖夜话", 7),
        (None, 7),
    ],
)
def test_messages_by_channel(channel: str | None, limit: int) -> None:
    due = Calendar().add(d(11, 2), limit)
    row = {"channel_in": channel, "received_on": d(11, 2)}
    assert told("message", {**row, "answered_on": due})[0] == "done"
    assert told("message", {**row, "answered_on": Calendar().add(due, 1)})[0] == "late"
    assert told("message", row)[0] == "bad"
    assert told("message", {**row, "valid": False})[0] == "none"
    assert "不满意" in told("message", {**row, "answered_on": due, "satisfied": False})[1]


def test_opinions_are_answered_then_closed() -> None:
    row = {"found_on": d(11, 19), "topic": "甲"}
    assert told("opinion_event", row)[0] == "soon"
    assert told("opinion_event", {**row, "opinion_grade": "重大"})[0] == "bad"
    answered = {**row, "responded_on": d(11, 20)}
    assert told("opinion_event", answered)[0] == "open"
    assert told("opinion_event", {**answered, "closed_on": d(11, 23)})[0] == "done"
    assert told("opinion_event", {**answered, "closed_on": d(11, 24)})[0] == "open", "not known yet"


def test_accounts_are_filed_and_deregistered() -> None:
    found = judge(
        "account_event",
        {"account_code": "w1", "event_kind": "备案", "applied_on": d(1, 5), "approved_on": d(1, 8)},
    )
    assert [(e.state, e.row.get("account_code"), e.missing) for e in found] == [
        ("bad", "w2", True),
        ("bad", "w3", True),
        ("done", "w1", False),
    ]
    assert [e.judged.text for e in found[:2]] == ["“w2”没有备案记录", "“w3”没有注销记录"]


@pytest.mark.parametrize(
    ("account", "faults", "state", "words"),
    [
        ("w1", {}, "ok", "齐全"),
        ("w1", {"board_service": False}, "bad", "缺板块：办事服务"),
        ("w2", {"board_service": False}, "ok", "齐全"),
        ("w2", {"board_interpretation": False}, "bad", "缺板块：政策解读"),
        ("w1", {"interaction_works": False}, "bad", "互动功能无效"),
        ("w1", {"vote_found": True}, "bad", "网络投票"),
        ("w1", {"like_found": True, "rectified_on": d(11, 20)}, "late", "整改"),
        ("w3", {"board_service": False}, "none", "注销"),
    ],
)
def test_boards_by_kind_of_unit(account: str, faults: dict, state: str, words: str) -> None:
    boards = (
        "board_disclosure",
        "board_service",
        "board_interaction",
        "board_interpretation",
        "interaction_works",
    )
    row = {"account_code": account, "checked_on": d(11, 2), **dict.fromkeys(boards, True), **faults}
    found = told("account_check", row)
    assert (found[0], words in found[1]) == (state, True), found


def test_what_must_be_put_right_has_a_date() -> None:
    row = {"decided_on": d(11, 2), "commend_kind": "约谈", "rectify_by": d(11, 25)}
    assert told("commendation", {**row, "commend_kind": "表扬"})[0] == "ok"
    assert told("commendation", row)[0] == "soon"
    assert told("commendation", row, day=d(11, 26))[0] == "bad"
    assert judge("commendation", row, day=d(11, 1)) == [], "not decided yet"


def test_dates_of_every_rule_are_columns() -> None:
    for table, rule in RULES.items():
        assert {*rule.past, *([rule.start] if rule.start else [])} <= set(all_tables()[table].columns)
