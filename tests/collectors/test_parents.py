"""Parent channels are as fresh as the channels below them; one with nothing below it stays blank."""

from __future__ import annotations

from datetime import date

import pytest

from cockpit.detect import wording
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import SHIPPED, DataDir
from cockpit.registry import load_register
from collectors.fetch import Fetcher, Limits
from collectors.resolve import Resolver
from collectors.visit import ChannelSeen, visit
from collectors.walk import Budget
from tests.collectors.test_walk import web
from tests.sites.http import Doc, Site, Web

__all__ = ["web"]  # a fixture
TODAY = date(2026, 11, 23)
NAV = (
    '<div class="nav"><a href="/">首页</a><a href="/zcwj/">政策文件</a><a href="/tzgg/">通知公告</a>'
    '<a href="/ghjh/">规划计划</a><a href="/czxx/">财政信息</a></div>'
)


def page(title: str, body: str) -> Doc:
    return Doc(
        f"<html><head><title>{title}</title></head><body>{NAV}<div>{body}</div></body></html>".encode()
    )


def rows(folder: str, *days: str) -> str:
    return "".join(
        f'<li><a href="{folder}{n}.html">关于做好第{n}项工作的通知</a><span>{day}</span></li>'
        for n, day in enumerate(days)
    )


def article(day: str) -> Doc:
    return page(
        "关于做好工作的通知", f"<h1>关于做好工作的通知</h1><p>发布时间：{day}</p><p>各单位：请抓好落实。</p>"
    )


def channels(web: Web, docs: dict[str, Doc]) -> dict[str, ChannelSeen]:
    web.add(Site("a.test", docs))
    matcher = wording.Matcher(Lexicon.load(SHIPPED / "lexicon"))
    types = load_register(DataDir(SHIPPED)).channel_types
    url = f"http://a.test:{web.port}/"
    with Fetcher(
        Resolver({"a.test": ["127.0.0.1"]}), allow_private=True, limits=Limits(2, 2, 300_000)
    ) as fetcher:
        seen = visit(url, fetcher, matcher, types, TODAY, Budget())
    return {c.name: c for c in seen.channels}


@pytest.fixture
def found(web: Web) -> dict[str, ChannelSeen]:
    docs = {
        "/": page("首页", "<p>欢迎访问</p>"),
        # below its folder, with lists of their own; the menu leads to one of them too
        "/zcwj/": page("政策文件", '<a href="/zcwj/zf/">市政府文件</a><a href="/zcwj/bm/">部门文件</a>'),
        "/zcwj/zf/": page(
            "市政府文件", f"<ul>{rows('/zcwj/zf/', '2026-11-02', '2026-10-01', '2026-09-01')}</ul>"
        ),
        "/zcwj/bm/": page(
            "部门文件", f"<ul>{rows('/zcwj/bm/', '2025-01-02', '2025-01-01', '2024-09-01')}</ul>"
        ),
        # numbered columns of a content system, long out of date
        "/tzgg/": page("通知公告", '<a href="/col/col12/">公示公告</a>'),
        "/col/col12/": page(
            "公示公告", f"<ul>{rows('/art/', '2025-11-02', '2025-10-01', '2025-09-01')}</ul>"
        ),
        # a channel with nothing at all, but for the menu that is on every page
        "/ghjh/": page("规划计划", ""),
        # children without any day
        "/czxx/": page("财政信息", '<a href="/czxx/ys/">部门预算</a>'),
        "/czxx/ys/": page(
            "部门预算", '<ul><li><a href="/czxx/ys/a.pdf">二〇二六年度部门预算公开说明</a></li></ul>'
        ),
    }
    for folder, days in (
        ("/zcwj/zf/", ("2026-11-02", "2026-10-01", "2026-09-01")),
        ("/art/", ("2025-11-02",)),
    ):
        docs |= {f"{folder}{n}.html": article(day) for n, day in enumerate(days)}
    return channels(web, docs)


def test_parents_are_judged_by_what_is_below_them(found: dict[str, ChannelSeen]) -> None:
    told = {name: (c.state, c.latest, c.items) for name, c in found.items() if name != "首页"}
    assert told == {
        "政策文件": ("fresh", date(2026, 11, 2), 2),
        "通知公告": ("overdue", date(2025, 11, 2), 1),
        "规划计划": ("blank", None, 0),
        "财政信息": ("undated", None, 1),
    }


def test_a_home_page_without_entries_takes_the_newest_of_the_second_level(
    found: dict[str, ChannelSeen],
) -> None:
    home = found["首页"]
    assert (home.state, home.latest, home.type) == ("overdue", date(2026, 11, 2), "home")
