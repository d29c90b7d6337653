"""Forged dates, what a home page must show, and dates where only the look of the page tells."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from cockpit.detect import dates, forged, homepage
from cockpit.detect import page as pages

TODAY = date(2026, 11, 23)
FOOT = (
    '<script src="https://dcs.conac.cn/js/1.js"></script><script id="_jiucuo_" src="https://zfwzgl.www.gov.cn/exposure/jiucuo.js"></script>'
    "<a href='/nb/'>2025年政府网站工作年度报表</a><a href='/map/'>网站地图</a> 主办：某局　联系电话：0790-6441234 网站标识码：3605000013 赣ICP备05000001号-1 赣公网安备 36050202000001号"
)


def page(html: str, url: str = "http://www.a.gov.cn/dt/1.html") -> pages.Page:
    return pages.parse(html, url)


@pytest.mark.parametrize(
    ("html", "expected", "source"),
    [
        # An event in the text is not the date of the page.
        ("<h1>名家逝世享年74岁</h1><div><span>2022-02-13 23:37</span></div><p>因病医治无效，于2022年2月12日23时16分逝世，享年74岁，记者从有关方面获悉以上消息。</p>", datetime(2022, 2, 13, 23, 37), "text"),
        ("<h1>研讨会会议议程安排</h1><div>2004-12-10 阅读10544次</div><p>（2004年12月11日，南开大学）</p>" + "<p>十二月十一日上午举行开幕式，由秘书长主持会议，各单位代表参加会议，下午分组讨论，晚上联席会议，次日上午闭幕，与会人员离会返程，请各单位提前安排好有关工作。</p>" * 9 + "<p>发表时间：2004-12-11 9:51:00</p>", date(2004, 12, 10), "text"),
        ("<h1>关于招聘工作人员的公告</h1><p>报名时间：2026年11月5日至2026年11月9日</p>", None, None),
        ("<h1>关于召开会议的通知</h1><p>会议时间：2026年11月5日 9:00</p>", None, None),
        ("<h1>重点项目推进会召开</h1><p>日期：2026-11-05　作者：张某　来源：市发改委　浏览次数：12　字体：[大 中 小]</p>", date(2026, 11, 5), "text"),
        ("<h1>重点项目推进会召开</h1><table><tr><td>成文日期：2026年10月1日</td><td>发布日期：2026年11月5日</td></tr></table>", date(2026, 11, 5), "label"),
        ("<h1>重点项目推进会召开</h1><div>AUTO.EXAMPLE.CN 2026年11月05日14:15</div>", datetime(2026, 11, 5, 14, 15), "text"),
        ("<h1>重点项目推进会召开</h1><p>相关链接</p>" + "".join(f"<li>往期回顾第{n}篇({2020 + n}/10/10 17:06)</li>" for n in range(5)), None, None),
        ("<!--enpproperty <articleid>1</articleid><date>2026-11-05 16:26:07.0</date> enpproperty--><h1>重点项目推进会召开</h1>", datetime(2026, 11, 5, 16, 26), "cms"),
        ('<h1>重点项目推进会召开</h1><time datetime="2026-11-05T08:00:00+08:00">上周</time>', datetime(2026, 11, 5, 8), "meta"),
        ('<meta name="PubDate" content="2026-11-05"><h1>重点项目推进会召开</h1><p>时间：2026-11-05 10:20</p>', datetime(2026, 11, 5, 10, 20), "meta"),
        ("<div>2026年11月23日 星期一</div><h1>重点项目推进会召开</h1><div>来源：市府办　2026-11-05</div>", date(2026, 11, 5), "text"),
    ],
)  # fmt: skip
def test_dates_by_the_look_of_the_page(html: str, expected: object, source: str | None) -> None:
    assert dates.published_at(page(html)) == dates.Published(expected, source)


@pytest.mark.parametrize(
    ("html", "url", "rule", "severity"),
    [
        ('<meta name="PubDate" content="2026-11-20 09:00"><h1>一则通知公告</h1><p>发布时间：2026-03-01</p>', "http://a/1.html", "date.tag", "medium"),
        ("<h1>一则通知公告</h1><p>发布时间：2026-11-20</p>", "http://a/202603/t20260301_1.html", "date.url", "medium"),
        ("<h1>一则通知公告</h1><p>发布时间：2026-03-20</p>", "http://a/202603/t20260301_1.html", "date.url", "low"),
        ("<h1>一则通知公告</h1><p>发布时间：2027-03-20</p>", "http://a/1.html", "date.future", "medium"),
        ("<h1>一则通知公告</h1><p>发布时间：2026-03-03</p>", "http://a/202603/t20260301_1.html", None, None),
        ("<h1>一则通知公告</h1><p>发布时间：2020-03-03</p>", "http://a/202603/t20260301_1.html", None, None),
        ("<h1>一则通知公告</h1>", "http://a/202603/t20260301_1.html", None, None),
    ],
)  # fmt: skip
def test_dates_that_contradict_each_other(
    html: str, url: str, rule: str | None, severity: str | None
) -> None:
    found = forged.within(page(html, url), TODAY)
    assert (found.rule, found.severity) == (rule, severity) if rule else found is None


def test_a_page_older_than_its_date() -> None:
    assert forged.against_history(date(2026, 11, 20), date(2026, 11, 10), None).rule == "date.seen_before"
    assert forged.against_history(date(2026, 11, 20), None, date(2026, 11, 1)).rule == "date.moved"
    assert forged.against_history(date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 20)) is None
    assert forged.against_history(date(2026, 11, 20), date(2026, 11, 22), date(2026, 11, 25)) is None


def test_a_complete_foot() -> None:
    assert homepage.check(page(FOOT), "3605000013") == homepage.HomeReport((), ())


def test_what_a_foot_lacks() -> None:
    names = tuple(name for name, _ in homepage.ITEMS)
    assert homepage.check(page("<p>首页</p>")) == homepage.HomeReport(names, ())
    wrong = FOOT.replace("05000001号-1", "").replace("3605000013", "3605000099")
    assert homepage.check(page(wrong), "3605000013").invalid == ("网站标识码", "ICP备案号")


@pytest.mark.parametrize(
    ("old", "new", "missing", "invalid"),
    [
        ("赣ICP备05000001号-1", "赣ICP备2021000123号-1", (), ()),
        ("赣ICP备05000001号-1", "赣ＩＣＰ备&nbsp;05000001&nbsp;号", (), ()),
        ("赣ICP备05000001号-1", "ICP备案号：", (), ("ICP备案号",)),
        ("网站标识码：3605000013", "网站标识码&nbsp;：&nbsp;<span>3605000013</span>", (), ()),
        ("网站标识码：3605000013", "标识码（3605000013）", (), ()),
        ("赣公网安备 36050202000001号", "赣公网安备<span>36050202000001</span>号", (), ()),
        ("主办：某局", "某市人民政府主办", (), ()),
        ("2025年政府网站工作年度报表", "政府网站工作报表（2025年度）", (), ()),
        ("2025年政府网站工作年度报表", "网站年度工作报表", (), ()),
        ("2025年政府网站工作年度报表", "政府信息公开年度报告", ("网站年度报表",), ()),
        ('<script id="_jiucuo_"', '<!--<script id="_jiucuo_"', ("我为政府网站找错",), ()),
        ('<script id="_jiucuo_"', '<script id="_jiucuo_" sitecode="1111111111"', (), ("我为政府网站找错",)),
        ('<script id="_jiucuo_"', '<script id="_jiucuo_" sitecode="3605000013"', (), ()),
    ],
)
def test_a_foot_as_it_is_written(
    old: str, new: str, missing: tuple[str, ...], invalid: tuple[str, ...]
) -> None:
    foot = FOOT.replace(old, new)
    assert foot != FOOT
    if new.startswith("<!--"):
        foot = foot.replace('jiucuo.js"></script>', 'jiucuo.js"></script>-->')
    report = homepage.check(page(foot, "http://www.a.gov.cn/"), "3605000013")
    assert (report.missing, report.invalid) == (missing, invalid)
