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
