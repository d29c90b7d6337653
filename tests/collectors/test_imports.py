"""Style sheets that import others: what hides a link may stand two sheets away."""

from __future__ import annotations

import pytest

from cockpit.detect import imports
from tests.collectors.test_walk import asked, page, site, walk, web
from tests.sites.http import Doc, Web

__all__ = ["web"]  # a fixture


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        ("@import url(a.css);", ["a.css"]),
        ("@IMPORT URL( 'a.css' );\n@import \"b/c.css\"", ["a.css", "b/c.css"]),
        (
            "@charset 'gbk';@layer base;@import url(a.css) layer(base) screen and (min-width:800px);",
            ["a.css"],
        ),
        ("@import url(a.css) print;@import url(b.css) only screen and (max-width:480px);", []),
        ("/* @import url(a.css); */ @import url(b.css);", ["b.css"]),
        ("p{} @import url(a.css);", []),
        ("@import url(a.css);@import url(a.css);", ["a.css"]),
        ("@import url(javascript:alert(1));@import url();@import ;", []),
        ("@import '" + "x" * 100_000, []),
        ("@import url(" * 5_000, []),
    ],
)
def test_imports_of_a_sheet(sheet: str, found: list[str]) -> None:
    assert imports.addresses(sheet, "http://a.test/css/s.css") == [
        f"http://a.test/css/{name}" for name in found
    ]


def css(text: str) -> Doc:
    return Doc(text.encode(), content_type="text/css")


def test_style_sheets_bring_those_they_import(web: Web) -> None:
    """Two levels deep, in a ring, from a style element; not for print, not from other sites, each asked once."""
    bad = "".join(f'<p class="{n}"><a href="http://{n}.example/">北京赛车</a></p>' for n in "abcde")
    head = '<link rel=stylesheet href=/one.css><link rel=stylesheet media="print" href=/print.css>'
    own = "<style>/* a */ @import '/own.css';</style>"
    docs = {
        "/": page("/x.html", extra=head + own + bad),
        "/x.html": page("/", extra=head + own + bad),
        "/one.css": css(
            '@charset "utf-8"; @import url("css/two.css"); @import "/print.css" print; p{color:red}'
        ),
        "/css/two.css": css("@import '../three.css' screen;@import url(/one.css);.a{display:none}"),
        "/three.css": css("@import url(/four.css);.b{display:none} @import '/late.css';"),
        "/own.css": css("@import 'http://other.test/far.css';.c{display:none}"),
        "/print.css": css(".d{display:none}"),
        "/four.css": css(".e{display:none}"),
        "/late.css": css(".e{display:none}"),
    }
    site(web, docs)
    site(web, {"/far.css": css(".e{display:none}")}, "other.test")
    found = walk(web)
    hidden = [
        {link.url.split("//")[1][0] for link in p.hidden if link.technique == "display_none"}
        for p in found.pages
    ]
    assert hidden == [{"a", "b", "c"}, {"a", "b", "c"}]
    assert {path: asked(web, path) for path in docs if path.endswith(".css")} == {
        "/one.css": 1,
        "/css/two.css": 1,
        "/three.css": 1,
        "/own.css": 1,
        "/print.css": 1,  # as a link only
        "/four.css": 0,
        "/late.css": 0,
    }
    assert asked(web, "/far.css", "other.test") == 0
