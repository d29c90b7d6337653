"""Whether a page is an article, and its date where only a table, a cell or an unusual spelling tells it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from cockpit.detect import channels, dates, day_forms, scan
from cockpit.detect import page as pages

ARTICLE, CHANNEL = "http://www.a.gov.cn/zwgk/content/post_88231.html", "http://www.a.gov.cn/zwgk/tzgg/"
TITLE = "<h1>市政府召开优化营商环境工作会议</h1>"
PROSE = "<p>近日，市政府召开专题会议，研究部署优化营商环境工作，压实工作责任。</p>" * 3
DAY, TIME = date(2026, 3, 5), datetime(2026, 3, 5, 10, 22)


def entries(count: int, form: str = "<li><a href='/x/{n}.html'>第{n}次常务会议召开了</a>{day}</li>") -> str:
    return "<ul>" + "".join(form.format(n=n, day=f"2026-11-{20 - n}") for n in range(count)) + "</ul>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (TITLE + "<div>2026-03-05 10:22 来源：市政府办</div>" + PROSE, TIME),
        (TITLE + "<div>【2026年03月05日 10:22】【字号：大 中 小】</div>" + PROSE, TIME),
        (TITLE + "<div>录入时间：2026.03.05</div>" + PROSE, DAY),
        (TITLE + "<div>2026年3月5日 星期四</div>" + PROSE, DAY),
        (TITLE + "<div>发布日期：２０２６年３月５日</div>" + PROSE, DAY),
        (TITLE + "<div>发布日期：二〇二六年三月五日</div>" + PROSE, DAY),
        (TITLE + "<div>日期：26-03-05</div>" + PROSE, DAY),
        ("<div>索引号：1 发布时间：2026-03-05</div>" + TITLE + PROSE, DAY),
        ("<table><tr><td>成文日期</td><td>2026-02-26</td><td>发布日期</td><td>2026-03-05</td></tr></table>" + TITLE + PROSE, DAY),
        ("<table><tr><th>索引号</th><th>成文日期</th><th>公开日期</th></tr><tr><td>1</td><td>2026-02-26</td><td>2026-03-05</td></tr></table>" + TITLE + PROSE, DAY),
        ("<dl><dt>成文日期</dt><dd>2026-02-26</dd><dt>发布日期</dt><dd>2026-03-05</dd></dl>" + TITLE + PROSE, DAY),
        ('<meta name="PubDate" content="20260305">' + TITLE + PROSE, DAY),
        ('<meta name="createDate" content="2025-12-30">' + TITLE + "<p>发布时间：2026-03-05</p>" + PROSE, DAY),
        (TITLE + "<p>发布时间：2026-03-05 10:22</p>" + PROSE + entries(8), TIME),
        (TITLE + PROSE + "<div>相关新闻</div>" + entries(3), None),
        (TITLE + PROSE + "<p>网友评论</p><p>张三 2026-08-01 12:31</p>", None),
        (TITLE + PROSE + "<p>上一篇：<a href='/3.html'>会议通知</a> 2026-03-04</p>", None),
        (TITLE + PROSE, None),
    ],
)  # fmt: skip
def test_an_article_and_its_date(html: str, expected: object) -> None:
    page = pages.parse(html, ARTICLE)
    assert (scan.page_type(page), dates.published_at(page).value) == ("article", expected)


@pytest.mark.parametrize(
    "html",
    [
        entries(3, "<li><a href='/x/{n}.html'>第{n}次常务会议召开了</a><p>发布时间：{day}</p></li>"),
        entries(8),
        "<h2>机构职能</h2>" + PROSE,
        '<script>var list=[{"title":"甲","pubDate":"2026-11-20"},{"pubDate":"2026-11-19"},{"pubDate":"2026-11-18"}]</script>',
    ],
)
def test_a_channel_stays_one(html: str) -> None:
    assert scan.page_type(pages.parse(html, CHANNEL)) == "channel"


def test_a_tag_made_anew_with_every_answer_does_not_outvote_text_and_address() -> None:
    html = (
        '<meta name="PubDate" content="2026-11-26 09:00">'
        + TITLE
        + "<p>发布时间：2026-03-05 10:22</p>"
        + PROSE
    )
    alone = pages.parse(html, "http://www.a.gov.cn/xw/content_1.html")
    both = pages.parse(html, "http://www.a.gov.cn/xw/202603/t20260305_588.html")
    assert dates.published_at(alone).day == date(2026, 11, 26)
    assert dates.published_at(both).value == TIME


@pytest.mark.parametrize(
    ("url", "article"),
    [
        ("http://a.gov.cn/zwgk/content/post_88231.html", True),
        ("http://a.gov.cn/art/2026/3/5/art_1_2.html", True),
        ("http://a.gov.cn/show.aspx?ID=3", True),
        ("http://a.gov.cn/zwgk/20260305.html", True),
        ("http://a.gov.cn/zwgk/list_88231.html", False),
        ("http://a.gov.cn/col/col12345/index.html", False),
        ("http://a.gov.cn/node_70001.htm", False),
        ("http://a.gov.cn/zwgk/", False),
    ],
)
def test_addresses_of_articles(url: str, article: bool) -> None:
    assert channels.is_article_address(url) is article


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("发布时间：二〇二五年十二月三十一日", "发布时间：2025年12月31日"),
        ("发布日期：二零二六年十月二十日", "发布日期：2026年10月20日"),
        ("发布日期：二零二六年三三三月一日", "发布日期：2026年0月1日"),
        ("日期：二○二六年二十月十日", "日期：2026年20月10日"),
        ("成立于二〇二五年十二月三十一日", "成立于二〇二五年十二月三十一日"),
        ("日期：26.3.5 10:00", "日期：2026.3.5 10:00"),
        ("时间：10-11-12-13", "时间：10-11-12-13"),
    ],
)
def test_spellings(written: str, plain: str) -> None:
    assert day_forms.plain(written) == plain
