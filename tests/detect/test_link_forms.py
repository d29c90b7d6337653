"""How addresses are written: what a browser makes of them, what nobody can follow, what a script holds."""

from __future__ import annotations

import pytest

from cockpit.detect import links
from cockpit.detect import page as pages

URL = "http://www.a.gov.cn/dt/index.html"
HOST = "http://www.a.gov.cn"


def extracted(html: str) -> dict[str, bool]:
    return {link.url: link.bad for link in links.extract(pages.parse(html, URL))}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (r'<a href="\art\1.html">甲</a>', f"{HOST}/art/1.html"),
        (r'<a href="http:\\b.cn\x.html">甲</a>', "http://b.cn/x.html"),
        (r'<a href="/s?q=a\b">甲</a>', rf"{HOST}/s?q=a\b"),
        ('<select><option value="http://b.cn/x">甲</option></select>', "http://b.cn/x"),
        (
            '<select onchange="location=this.value"><option value="/x.html">甲</option></select>',
            f"{HOST}/x.html",
        ),
        ("<a onclick=\"window.open('/x.html')\">甲</a>", f"{HOST}/x.html"),
        ("<div onclick=\"location.href='http://b.cn/x'\">甲</div>", "http://b.cn/x"),
        ("<a href=\"javascript:window.open('/x.html','_blank')\">甲</a>", f"{HOST}/x.html"),
        ("<script>document.write(\"<a href='/x.html'>甲</a>\")</script>", f"{HOST}/x.html"),
        ("<script>document.write('<a hr'+'ef=\"/x.html\">甲</a>')</script>", f"{HOST}/x.html"),
    ],
)
def test_where_a_visitor_would_come_to(html: str, expected: str) -> None:
    assert extracted(html) == {expected: False}


@pytest.mark.parametrize(
    "raw", ["file:///C:/Users/a/x.doc", "htttp://www.x.gov.cn/", "htp://x.cn/", "hptts://x.cn/"]
)
def test_what_nobody_can_follow_is_a_bad_address(raw: str) -> None:
    assert extracted(f'<a href="{raw}">附件</a>') == {raw: True}


@pytest.mark.parametrize(
    "html",
    [
        '<a href="{{item.url}}">甲</a>',
        '<a href="${url}">甲</a>',
        "<a href=\"'+url+'\">甲</a>",
        '<a href="<%= url %>">甲</a>',
        '<form method="post" action="/api/submit"></form>',
        '<select><option value="/x.html">甲</option><option value="1">乙</option></select>',
        "<a onclick=\"window.open('/x?id='+id)\">甲</a>",
        "<script>document.write(\"<a href='/x/\" + id + \"'>甲</a>\")</script>",
        "<script>var u='/x';document.write('<a href=\"'+u+'/1.html\">甲</a>')</script>",
        '<a href="thunder://QUFodHRw">甲</a>',
    ],
)  # fmt: skip
def test_what_is_filled_in_later_is_not_followed(html: str) -> None:
    assert extracted(html) == {}
