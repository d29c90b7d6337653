"""Charsets, bounds against hostile markup, visible text."""

from __future__ import annotations

import time

import pytest

from cockpit.detect import page as pages

HTML = "<html><head><title>新余市 通知</title></head><body><p>关于开展工作的通知</p></body></html>"


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (HTML.encode("utf-8"), "text/html"),
        (HTML.encode("utf-8-sig"), None),
        (HTML.encode("gb18030"), "text/html; charset=gb2312"),
        (HTML.encode("gb18030"), None),
        (HTML.encode("gb18030"), "text/html; charset=utf-8"),  # the server lies
        (HTML.encode("utf-8"), "text/html; charset=gb2312"),  # the server lies the other way
        (HTML.encode("utf-16"), None),
        (HTML.encode("utf-8"), "text/html; charset=no-such"),
    ],
)
def test_chinese_pages_are_read_whatever_is_declared(body: bytes, header: str | None) -> None:
    assert pages.decode(body, header)[0] == HTML


def test_a_page_cut_inside_a_character_is_still_read() -> None:
    body = HTML.encode("utf-8")
    cut = body[: body.index("通知".encode()) + 2]
    assert pages.decode(cut, None)[0].endswith("新余市 ")


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000,
        "<a " + "x=1 " * 200_000 + ">",
        "<a b='>" * 100_000,
        "<" * 300_000,
        "<script>" * 50_000,
    ],
)
def test_hostile_markup_is_bounded(html: str) -> None:
    started = time.monotonic()
    pages.parse(html, "http://x/").text  # noqa: B018
    assert time.monotonic() - started < 20


def test_nesting_beyond_the_bound_is_told() -> None:
    assert pages.parse("<div>" * 100_000, "http://x/").cut == "too_deep"
    assert pages.parse(HTML, "http://x/").cut is None


def test_visible_text_leaves_out_what_nobody_sees() -> None:
    html = (
        "<body><script>var a='脚本'</script><style>.a{}</style><p>第一段</p><div style='display: none'>隐藏</div>"
        "<ul><li>甲</li><li>乙</li></ul><noscript>无脚本</noscript>尾</body>"
    )
    assert pages.parse(html, "http://x/").text == "第一段\n甲\n乙\n尾"
