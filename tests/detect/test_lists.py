"""Lists of channels in every common layout, and what must not be taken for a day."""

from __future__ import annotations

from datetime import date

import pytest

from cockpit.detect import channels
from cockpit.detect import page as pages
from tests.quality import channel_cases

CASES = list(channel_cases.cases())


@pytest.mark.parametrize(("name", "html", "expected"), CASES, ids=[name for name, _, _ in CASES])
def test_a_layout(name: str, html: str, expected: dict[str, date]) -> None:
    found = channels.items(pages.parse(html, channel_cases.URL))
    assert {i.url: i.day for i in found if i.day} == expected, name


def test_a_document_and_its_explanation_in_one_row() -> None:
    row = '<li><a href="/a.html">关于印发实施方案的通知</a><a href="/b.html">实施方案政策解读</a><span>2026-11-05</span></li>'
    found = channels.items(pages.parse(f"<ul>{row * 1}</ul>", channel_cases.URL))
    assert [(i.title, i.day) for i in found][-1] == ("实施方案政策解读", date(2026, 11, 5))


@pytest.mark.parametrize(
    "body",
    [
        "<a href=/x.html>很长的标题一二三四五</a>2026-1-1<br>" * 30_000,
        "<div>" * 3000 + "<a href=/x.html>很长的标题一二三四五</a>2026-1-1",
        "<script>var a=[" + '{"title":"很长的标题一二","url":"/a","time":"2026-1-1"' * 20_000 + "</script>",
        "<script>" + '{"time":"' * 100_000 + "</script>",
    ],
    ids=["flat", "deep", "objects without an end", "keys without an end"],
)
def test_hostile_lists_end(body: str) -> None:
    assert len(channels.items(pages.parse(body, channel_cases.URL))) <= 1


TODAY = date(2026, 11, 26)
SIDE = '<div class="side"><h3>最新信息</h3><ul>' + "".join(
    f"<li><a href='/new/{n}.html'>最新一条信息第{n}号</a><span>2026-11-2{n}</span></li>" for n in range(5)
) + "</ul></div>"  # fmt: skip


@pytest.mark.parametrize(
    ("html", "days"),
    [
        ("<ul><li><a href=/a.html>全市第三季度运行分析</a><span>[11-20]</span></li></ul>", [date(2026, 11, 20)]),
        ("<ul><li><a href=/a.html>全市第三季度运行分析</a><span>[12-20]</span></li></ul>", [date(2025, 12, 20)]),
        ("<ul><li><a href=/a.html>全市第三季度运行分析</a><span>11月20日</span></li></ul>", [date(2026, 11, 20)]),
        ("<div><b>20</b><i>11月</i><a href=/a.html>全市第三季度运行分析</a></div>", [date(2026, 11, 20)]),
        ("<p><a href=/a.html>全市第三季度运行分析</a>&nbsp;26-11-20</p>", [date(2026, 11, 20)]),
        ("<ul><li><a href=/a.html>全市第三季度运行分析</a>２０２６－１１－２０</li></ul>", [date(2026, 11, 20)]),
        ("<div><a href=/a.html><p>20</p><span>2026年11月</span><h3>全市第三季度运行分析</h3></a></div>", [date(2026, 11, 20)]),
        ("<ul><li><a href=/a.html>立冬</a><span>2026-11-07</span></li></ul>", [date(2026, 11, 7)]),
        ("<ul><li><a href=/a/>更多</a></li></ul><p>2026-11-07</p>", []),
        ("<ul><li><a href=/a.html>当前评分</a><span>11-20条</span></li></ul>", []),
        ("<table><tr><th>主题</th><th>来信时间</th><th>回复时间</th></tr><tr><td><a href=/a.html>反映路灯不亮的问题</a></td><td>2026-08-01</td><td>2026-11-20</td></tr></table>", [date(2026, 11, 20)]),
        ("<table><thead><tr><th>主题</th><th>来信时间</th><th>回复时间</th></tr></thead><tbody><tr><td><a href=/a.html>反映路灯不亮的问题</a></td><td>2026-08-01</td><td>2026-11-20</td></tr></tbody></table>", [date(2026, 11, 20)]),
        (SIDE + "<div class=list><ul><li><a href=/a.html>全市第三季度运行分析</a>2025-02-10</li></ul></div>", [date(2025, 2, 10)]),
        (SIDE + "<div class=list><p>该栏目暂无内容</p></div>", []),
        ("<div class=header>某市人民政府</div>" + SIDE, [date(2026, 11, 20 + n) for n in range(5)]),
    ],
)  # fmt: skip
def test_days_of_a_list_as_of_a_day(html: str, days: list[date]) -> None:
    found = channels.items(pages.parse(html, channel_cases.URL), TODAY)
    assert sorted(i.day for i in found if i.day) == days


def test_without_a_day_to_go_by_no_year_is_made_up() -> None:
    html = "<ul><li><a href=/a.html>全市第三季度运行分析</a><span>[11-20]</span></li></ul>"
    assert [i.day for i in channels.items(pages.parse(html, channel_cases.URL))] == [None]
