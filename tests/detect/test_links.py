"""Every place a browser follows or loads, as normalised absolute addresses."""

from __future__ import annotations

import pytest

from cockpit.detect import links
from cockpit.detect import page as pages

URL = "http://www.a.gov.cn/dt/index.html"


def kinds(html: str, url: str = URL) -> dict[str, str]:
    return {link.url: link.kind for link in links.extract(pages.parse(html, url))}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/x.html">甲</a>', {"http://www.a.gov.cn/x.html": "internal"}),
        ('<a href="//b.cn/x">甲</a>', {"http://b.cn/x": "external"}),
        ('<a href="../f/表.pdf">甲</a>', {"http://www.a.gov.cn/f/表.pdf": "attachment"}),
        ('<area href="m.html">', {"http://www.a.gov.cn/dt/m.html": "internal"}),
        ('<iframe src="/f.html"></iframe>', {"http://www.a.gov.cn/f.html": "frame"}),
        ('<form action="/s"></form>', {"http://www.a.gov.cn/s": "internal"}),
        (
            '<img src="a.png" srcset="b.png 2x">',
            {"http://www.a.gov.cn/dt/a.png": "image", "http://www.a.gov.cn/dt/b.png": "image"},
        ),
        ('<table background="/bg.gif"><tr><td>甲</td></tr></table>', {"http://www.a.gov.cn/bg.gif": "image"}),
        ('<button formaction="/go">去</button>', {"http://www.a.gov.cn/go": "internal"}),
        ('<svg><image xlink:href="/v.png"></image></svg>', {"http://www.a.gov.cn/v.png": "image"}),
        ('<link rel="stylesheet" imagesrcset="/p.webp 2x">', {"http://www.a.gov.cn/p.webp": "image"}),
        (
            "<style>@import url(/i.css); .a{background:url('/b.jpg')}</style>",
            {"http://www.a.gov.cn/i.css": "style", "http://www.a.gov.cn/b.jpg": "image"},
        ),
        (
            '<img srcset="/a,b.png 1x, /c.png 480w">',
            {"http://www.a.gov.cn/a,b.png": "image", "http://www.a.gov.cn/c.png": "image"},
        ),
        ('<script src="/a.js"></script>', {"http://www.a.gov.cn/a.js": "script"}),
        ('<link rel="stylesheet" href="/a.css">', {"http://www.a.gov.cn/a.css": "style"}),
        ('<link rel="canonical" href="/c">', {}),
        ('<div style="background:url(/bg.jpg)"></div>', {"http://www.a.gov.cn/bg.jpg": "image"}),
        ('<meta http-equiv="refresh" content="0; url=/new/">', {"http://www.a.gov.cn/new/": "internal"}),
        (
            '<base href="http://www.a.gov.cn/base/"><a href="x">甲</a>',
            {"http://www.a.gov.cn/base/x": "internal"},
        ),
        (
            '<a href="mailto:a@b.cn">信</a><a href="javascript:void(0)">j</a><a href="#top">t</a><a href="tel:1">p</a>',
            {},
        ),
        ('<a href="/x?utm_source=a&id=3&jsessionid=Z">甲</a>', {"http://www.a.gov.cn/x?id=3": "internal"}),
        ('<a href="/x;jsessionid=AB12?id=3#y">甲</a>', {"http://www.a.gov.cn/x?id=3": "internal"}),
        ('<a href="HTTP://WWW.A.GOV.CN:80/x">甲</a>', {"http://www.a.gov.cn/x": "internal"}),
        ('<a href="http://a.gov.cn/x">甲</a>', {"http://a.gov.cn/x": "internal"}),
    ],
)
def test_where_links_hide(html: str, expected: dict[str, str]) -> None:
    assert kinds(html) == expected


def test_lists_that_scripts_would_unpack() -> None:
    jcms = "<script type='text/xml'><datastore><record><![CDATA[<li><a href='/art/1.html'>通知</a></li>]]></record></datastore></script>"
    assert kinds(jcms) == {"http://www.a.gov.cn/art/1.html": "internal"}
    trs = "<script>createPageHTML(3, 0, 'index', 'html');</script>"
    assert set(kinds(trs)) == {"http://www.a.gov.cn/dt/index_1.html", "http://www.a.gov.cn/dt/index_2.html"}


@pytest.mark.parametrize("raw", ["http://", "http://a b/", "http://x:99999/", "http://[::1/"])
def test_what_is_no_address_is_handed_on_as_such(raw: str) -> None:
    [link] = links.extract(pages.parse(f'<a href="{raw}">坏</a>', URL))
    assert (link.url, link.bad) == (raw, True)
