"""What is said, to whom and when: told day by day; and what is never said."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cockpit.appraise.indicators import load_rules
from cockpit.clock import to_utc
from cockpit.errors import CockpitError
from cockpit.paths import SHIPPED
from cockpit.report import notices
from cockpit.report.notices import Notice, Setting, plan
from cockpit.report.notify_rules import Channel, Settings, load_settings
from cockpit.workdays import Calendar

RULES = load_rules(SHIPPED / "rules")
FEED = next(i for i in RULES.indicators.values() if i.metric == "critical_wording")
MAIL = Channel("邮件", "mail", ("contact", "leader", "office"), "MAIL", 20)


def settings(**changes: Any) -> Settings:
    plain = load_settings(SHIPPED / "rules")
    return Settings(**{**vars(plain), "channels": (MAIL,), "link": "http://10.36.1.8", **changes})


def warning(
    number: int = 1, level: str = "orange", opened: str = "2026-11-23T10:00", **more: Any
) -> dict[str, Any]:
    """A warning of the 市体育局 with a limit of four working days; Monday 2026-11-23 unless said otherwise."""
    at = to_utc(datetime.fromisoformat(opened))
    row = {
        "warning_id": f"W{number}",
        "indicator_id": FEED.id,
        "level": level,
        "unit_code": "TYJ",
        "unit_name": "市体育局",
        "title": "错敏词：“习近平新时代”误写为“某某”，身份证 360502199001011234",
        "detail": "http://spam.example/x",
        "distance": "距单项否决还剩 1 天",
        "items": 3,
        "opened_at": at,
        "closed_at": None,
        "due_on": Calendar().add(at.date(), 4),
        "state": "new",
    }
    return row | more


class Teller:
    """Runs plans one after another and remembers what was said, as the delivery record does."""

    def __init__(self, **changes: Any) -> None:
        self.settings = settings(**changes)
        self.told: dict[tuple[str, str, str, str], datetime] = {}

    def at(self, local: str, *rows: dict[str, Any], demo: bool = False) -> list[Notice]:
        now = to_utc(datetime.fromisoformat(local))
        found = plan(rows, self.told, Setting(self.settings, RULES, Calendar(), now, demo))
        for n in found:
            self.told |= {(n.channel.name, n.audience, i.warning_id, i.occasion): now for i in n.items}
        return found

    def said(self, local: str, *rows: dict[str, Any]) -> list[tuple[str, str]]:
        return [(n.audience, i.occasion) for n in self.at(local, *rows) for i in n.items]


def test_the_life_of_a_warning_day_by_day() -> None:
    city, w = Teller(), warning()
    assert w["due_on"] == date(2026, 11, 27)
    assert city.said("2026-11-23T10:10", w) == [("contact", "new")]
    assert city.said("2026-11-23T10:20", w) == []
    assert city.said("2026-11-24T10:00", w) == []
    assert city.said("2026-11-25T10:00", w) == [("contact", "half")]
    assert city.said("2026-11-26T10:00", w) == []
    assert city.said("2026-11-27T10:00", w) == [("contact", "full"), ("leader", "escalate")]
    assert city.said("2026-11-30T10:00", w) == []
    assert city.said("2026-12-01T10:00", w) == [("office", "escalate")]
    assert city.said("2026-12-08T10:00", w) == []
    closed = w | {"closed_at": to_utc(datetime(2026, 12, 8, 11)), "state": "closed"}
    assert city.said("2026-12-08T11:10", closed) == []
    assert city.said("2026-12-08T15:00", closed) == [("contact", "closed")]


def test_a_warning_that_came_back_is_said_again() -> None:
    city = Teller()
    assert city.said("2026-11-23T10:10", warning()) == [("contact", "new")]
    again = warning(opened="2026-12-14T10:00")
    assert city.said("2026-12-14T10:10", again) == [("contact", "new")]


@pytest.mark.parametrize(
    ("level", "local", "said"),
    [
        ("red", "2026-11-23T23:30", [("contact", "new"), ("office", "new")]),
        ("orange", "2026-11-23T23:30", []),
        ("orange", "2026-11-24T06:59", []),
        ("orange", "2026-11-24T07:00", [("contact", "new")]),
        ("yellow", "2026-11-24T07:00", []),
        ("yellow", "2026-11-24T09:00", [("contact", "new")]),
        ("blue", "2026-11-24T08:59", []),
    ],
)
def test_quiet_hours_and_digests(level: str, local: str, said: list[tuple[str, str]]) -> None:
    w = warning(level=level, opened="2026-11-23T23:00", due_on=date(2026, 12, 31))
    assert Teller().said(local, w) == said


def test_one_message_a_unit_with_the_change_in_its_subject() -> None:
    city = Teller()
    old = [warning(n, opened="2026-11-20T10:00", due_on=date(2026, 12, 31)) for n in (7, 8, 9)]
    city.at("2026-11-20T15:00", *old)
    done = [w | {"closed_at": to_utc(datetime(2026, 11, 23, 8)), "state": "closed"} for w in old[:2]]
    other = warning(20, unit_code="JYJ", unit_name="市教育局")
    found = city.at(
        "2026-11-23T15:10", *done, old[2], warning(1), warning(2, "red"), warning(3, "yellow"), other
    )
    mine = next(n for n in found if n.unit_code == "TYJ" and n.audience == "contact")
    assert mine.title == "【红色预警】市体育局：未办结 4 条（+3 新增 / −2 办结）"
    assert [i.occasion for i in mine.items] == ["new"] * 3 + ["closed"] * 2
    assert [n.unit_code for n in found if n.audience == "contact"] == ["TYJ", "JYJ"], "the serious one first"


def test_the_words_of_a_message() -> None:
    [notice, *_] = Teller().at("2026-11-23T10:10", warning(level="orange"))
    assert notice.title == "【橙色预警】市体育局：未办结 1 条（+1 新增）"
    assert notice.text == (
        f"新增·橙　{FEED.name} 3 条，距单项否决还剩 1 天。请于11月27日17:30前处置。\n查看：http://10.36.1.8/alerts?unit=TYJ"
    )
    [late, *_] = Teller().at("2026-12-01T10:00", warning())
    assert late.text.startswith(
        f"到期未办结·橙　{FEED.name} 3 条，距单项否决还剩 1 天。应于11月27日17:30前处置，已超期。"
    )


def test_what_is_never_said() -> None:
    """Whatever title, facts and evidence hold, no message repeats it."""
    [notice, *_] = Teller(link="").at("2026-11-23T10:10", warning())
    whole = notice.title + notice.text
    for secret in ("习近平", "某某", "360502", "spam", "http", "误写"):
        assert secret not in whole


HOSTILE = "市\u202e局\r\nBcc: x@y\x1b[31m<script>`*_|\x00" + "长" * 90


def test_names_from_the_register_break_no_message() -> None:
    [notice, *_] = Teller().at(
        "2026-11-23T10:10", warning(unit_name=HOSTILE, unit_code='T"><&x=', distance=HOSTILE)
    )
    assert "\n" not in notice.title
    assert "\r" not in notice.title + notice.text
    assert not set(notice.title + notice.text) & set("<>`*|\x00\x1b\u202e")
    assert len(notice.title) < 120
    assert notice.text.endswith("查看：http://10.36.1.8/alerts?unit=Tx")


def test_a_long_list_is_cut_and_says_so() -> None:
    [notice, *_] = Teller(link="").at("2026-11-23T10:10", *[warning(n) for n in range(30)])
    assert notice.text.splitlines()[-1] == "另有 18 条，请登录查看。"
    assert len(notice.items) == 30, "all of them count as said"


def test_ignored_and_verified_are_left_in_peace() -> None:
    assert Teller().said("2026-12-01T10:00", warning(state="ignored")) == []
    city, w = Teller(), warning()
    city.at("2026-11-23T10:10", w)
    assert city.said("2026-11-25T10:00", w | {"state": "verify"}) == []


def test_demonstration_data_is_marked() -> None:
    [notice, *_] = Teller().at("2026-11-23T10:10", warning(), demo=True)
    assert notice.title.startswith("【演示数据】【橙色预警】")


def test_who_receives_it() -> None:
    people = [
        {"account": "li@x.cn", "role": "contact", "unit_code": "TYJ"},
        {"account": "ma@x.cn", "role": "contact", "unit_code": "JYJ"},
        {"account": "fu@x.cn", "role": "viewer", "unit_code": "TYJ"},
        {"account": "all@x.cn", "role": "viewer", "unit_code": None},
        {"account": "wang@x.cn", "role": "duty", "unit_code": None},
        {"account": "sub-1", "role": "duty", "unit_code": None},
    ]
    found = {a: notices.recipients(people, a, "TYJ") for a in ("contact", "leader", "office")}
    assert found == {"contact": ["li@x.cn"], "leader": ["fu@x.cn"], "office": ["wang@x.cn"]}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('quiet = "22:00-07:00"', 'quiet = "22:00"', "notify 的 quiet 有误"),
        ("repeat = [0.5, 1.0]", "repeat = [0.5, 2]", "notify 的 repeat 有误"),
        ('digest = ["09:00", "15:00"]', 'digest = ["9点"]', "「9点」不是时刻"),
        ("office = 2", "office = -1", "ladder 的 office 有误"),
        ('link = ""', 'link = "javascript:alert(1)"', "notify 的 link 有误"),
        ("minutes = [1, 5", 'minutes = ["a", 5', "retry 的 minutes 有误"),
        ("# [[channel]]\n# name", "[[channel]]\n# name", "第 1 个 [[channel]] 的 name 有误"),
    ],
)
def test_a_wrong_setting_stops_with_its_name(tmp_path: Any, old: str, new: str, said: str) -> None:
    text = (SHIPPED / "rules" / "notify.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "notify.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CockpitError) as wrong:
        load_settings(tmp_path)
    assert said in str(wrong.value)
    assert "notify.toml" in str(wrong.value)


def test_quiet_hours_within_one_day() -> None:
    noon = settings(quiet=tuple(datetime(2026, 1, 1, h).time() for h in (12, 14)))
    hours = [h for h in range(24) if noon.is_quiet(datetime(2026, 1, 1) + timedelta(hours=h))]
    assert hours == [12, 13]
