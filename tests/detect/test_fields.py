"""Page tags, publish dates, channels and soft 404 on pages as Chinese CMS make them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from cockpit.detect import channels, dates, softpage, tags
from cockpit.detect import page as pages
from cockpit.paths import SHIPPED, DataDir
from cockpit.registry import load_register

TYPES = load_register(DataDir(SHIPPED)).channel_types
TODAY = date(2026, 11, 23)


def page(html: str, url: str = "http://www.a.gov.cn/dt/1.html") -> pages.Page:
    return pages.parse(html, url)


def metas(**values: str) -> str:
    return "".join(f'<meta name="{name}" content="{value}">' for name, value in values.items())


def test_home_tags_are_three_and_names_ignore_case() -> None:
    html = metas(sitename="甲", SITEDOMAIN="www.a.gov.cn", SiteIDCode="3605000001")
    assert tags.check(page(html), "home") == tags.TagReport("home", (), ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PubDate", "2026/11/20"), ("PubDate", "2026-11-20"), ("PubDate", "null"), ("PubDate", ""), ("PubDate", "2026-02-30 10:00"),
        ("SiteIDCode", "36050"), ("SiteIDCode", "3605000002"), ("ColumnName", "{{name}}"), ("ContentSource", "暂无"), ("SiteDomain", "other.cn"),
        ("PubDate", "1970-01-01 08:00"), ("SiteIDCode", "0000000000"), ("SiteIDCode", "３６０５０００００１"), ("ColumnType", "栏目类型"),
        ("SiteName", "网站名称"), ("ContentSource", "来源"), ("ColumnDescription", "<#ColumnDescription/>".replace("<", "&lt;")),
    ],
)  # fmt: skip
def test_wrong_values_are_invalid(name: str, value: str) -> None:
    right = dict.fromkeys(tags.ARTICLE, "甲") | {
        "PubDate": "2026-11-20 09:30",
        "SiteIDCode": "3605000001",
        "SiteDomain": "www.a.gov.cn",
    }
    report = tags.check(page(metas(**(right | {name: value}))), "article", "3605000001", "www.a.gov.cn")
    assert (report.missing, report.invalid) == ((), (name,))


def test_site_domain_is_not_compared_on_an_ip_address() -> None:
    html = metas(SiteName="甲", SiteDomain="www.a.gov.cn", SiteIDCode="3605000001")
    assert tags.check(page(html), "home", None, "127.0.0.1").invalid == ()


@pytest.mark.parametrize(
    ("html", "url", "expected", "source"),
    [
        (metas(PubDate="2026-11-20 09:30"), "http://a/", datetime(2026, 11, 20, 9, 30), "meta"),
        ("<div>发布时间：2026年11月5日</div>", "http://a/", date(2026, 11, 5), "label"),
        ("<div>发布日期: 2026-11-05 08:01 来源：甲</div>", "http://a/", datetime(2026, 11, 5, 8, 1), "label"),
        (
            '<script type="application/ld+json">{"datePublished":"2026-01-02T10:00:00"}</script>',
            "http://a/",
            datetime(2026, 1, 2, 10),
            "json-ld",
        ),
        ("<p>正文</p>", "http://a/dt/202611/t20261105_12.html", date(2026, 11, 5), "url"),
        ("<p>正文</p>", "http://a/tzgg/2026-11/05/content_abc.shtml", date(2026, 11, 5), "url"),
        ("<h1>题</h1><div>2026-11-05 甲局</div>", "http://a/", date(2026, 11, 5), "text"),
        ("<div>版权所有 © 2019-01-01</div><p>正文</p>", "http://a/", None, None),
        ("<div>今天是2026年11月23日</div>", "http://a/", None, None),
        (metas(PubDate="2026-13-40 99:99"), "http://a/", None, None),
    ],
)
def test_publish_dates_with_their_source(html: str, url: str, expected: object, source: str | None) -> None:
    assert dates.published_at(page(html, url)) == dates.Published(expected, source)


@pytest.mark.parametrize(
    "row",
    [
        '<li><a href="/a/1.html">关于开展检查的通知</a><span>2026-11-20</span></li>',
        '<li><span>[2026/11/20]</span><a href="/a/1.html">关于开展检查的通知</a></li>',
        '<tr><td><a href="/a/1.html">关于开展检查的通知</a></td><td>2026年11月20日</td></tr>',
        '<dl><dt><a href="/a/1.html">关于开展检查的通知</a></dt><dd>2026.11.20</dd></dl>',
        '<li><a href="/a/202611/t20261120_1.html">关于开展检查的通知</a><i>11-20</i></li>',
        "<script><datastore><record><![CDATA[<li><a href='/a/1.html'>关于开展检查的通知</a><b>2026-11-20</b></li>]]></record></datastore></script>",
    ],
)
def test_list_layouts(row: str) -> None:
    table = row.startswith("<tr>")
    found = channels.items(page(f"<table>{row}</table>" if table else f"<ul>{row}</ul>"))
    assert [(i.title, i.day) for i in found] == [("关于开展检查的通知", date(2026, 11, 20))]


@pytest.mark.parametrize(
    ("days", "period", "state"),
    [
        ([1], 14, "fresh"),
        ([9], 14, "fresh"),
        ([10], 14, "due_soon"),
        ([13], 14, "due_soon"),
        ([14], 14, "overdue"),
        ([-3, 20], 14, "overdue"),
        ([], 14, "blank"),
    ],
)
def test_channel_states(days: list[int], period: int, state: str) -> None:
    items = [channels.Item("题", f"/{n}", date.fromordinal(TODAY.toordinal() - n)) for n in days]
    assert channels.judge(items, period, TODAY).state == state


def test_items_without_dates_count_as_not_updated() -> None:
    assert channels.judge([channels.Item("题", "/1", None)], 14, TODAY).state == "undated"


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        ("政务动态", "/x/", "news"),
        ("通知公告", "/x/", "notice"),
        ("规范性文件", "/x/", "policy"),
        ("政策解读", "/x/", "interpretation"),
        ("某某", "/gzdt/", "news"),
        ("某某", "/x/", None),
    ],
)
def test_channel_types_by_name_then_path(name: str, url: str, expected: str | None) -> None:
    kind = channels.classify(name, f"http://a{url}", TYPES)
    assert (kind.channel_type if kind else None) == expected


@pytest.mark.parametrize(
    ("html", "gone"),
    [
        ("<title>提示</title><p>对不起，您访问的页面不存在或已被删除。</p>", True),
        ("<title>404</title><p>出错了</p>", True),
        ("<title>页面未找到</title>", True),
        (
            "<title>通知</title><p>因系统升级，原平台办理入口已失效，请到新平台办理。</p>"
            + "<p>具体安排如下。</p>" * 200,
            False,
        ),
        (
            "<title>关于网站链接失效整改的通报</title>"
            + "<p>检查发现部分页面不存在、内容已删除等问题，请各单位整改。</p>" * 60,
            False,
        ),
    ],
)
def test_pages_that_say_they_are_gone(html: str, gone: bool) -> None:
    assert softpage.looks_gone(page(html)) is gone


def test_the_same_error_page_at_two_addresses() -> None:
    one, two, other = (
        softpage.fingerprint(page(f"<title>提示</title><p>{t}</p>"))
        for t in (
            "没有找到 /a/1.html 请返回首页查看其他内容",
            "没有找到 /b/22.html 请返回首页查看其他内容",
            "关于开展二零二六年度检查工作的通知全文如下",
        )
    )
    assert softpage.same(one, two)
    assert not softpage.same(one, other)
