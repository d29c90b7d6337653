"""暗链: techniques of the black link trade are found; what portals hide for good reasons stays silent."""

from __future__ import annotations

import random
import time

import pytest

from cockpit.detect import hidden
from cockpit.detect import page as pages
from tests.quality import portal
from tests.quality.hidden_cases import CASES, Case

URL = "http://www.a.gov.cn/"
BAD = '<a href="http://x.example/">时时彩平台</a>'

POSITIVE = {
    "display none": f'<div style="display:none">{BAD}</div>',
    "display none loud": f'<div style="DISPLAY : NONE !important">{BAD}</div>',
    "on the anchor": '<a style="display:none" href="http://x.example/">北京赛车</a>',
    "grandparent": f'<div style="display:none"><p><span>{BAD}</span></p></div>',
    "table row": f'<table><tr style="display:none"><td>{BAD}</td></tr></table>',
    "visibility": f'<div style="visibility:hidden">{BAD}</div>',
    "opacity": f'<div style="opacity:0">{BAD}</div>',
    "alpha filter": f'<div style="filter:alpha(opacity=0)">{BAD}</div>',
    "off left": f'<div style="position:absolute;left:-9999px">{BAD}</div>',
    "off top": f'<div style="position:absolute;top:-999px">{BAD}</div>',
    "text indent": f'<div style="text-indent:-9999px">{BAD}</div>',
    "margin": f'<div style="margin-left:-9999px">{BAD}</div>',
    "translate": f'<div style="transform:translateX(-9999px)">{BAD}</div>',
    "em left": f'<div style="position:absolute;left:-100em">{BAD}</div>',
    "no size": f'<div style="width:0;height:0;overflow:hidden">{BAD}</div>',
    "one pixel": f'<div style="height:1px;overflow:auto">{BAD}</div>',
    "max height": f'<div style="max-height:0;overflow:hidden">{BAD}</div>',
    "font zero": f'<div style="font-size:0">{BAD}</div>',
    "font one": f'<div style="font-size:1px">{BAD}</div>',
    "same colour": f'<div style="color:#fefefe;background:#fff">{BAD}</div>',
    "transparent": '<a style="color:transparent" href="http://x.example/">私服</a>',
    "clip": f'<div style="position:absolute;clip:rect(0 0 0 0)">{BAD}</div>',
    "clip path": f'<div style="clip-path:inset(100%)">{BAD}</div>',
    "scale": f'<div style="transform:scale(0)">{BAD}</div>',
    "hidden attribute": f"<div hidden>{BAD}</div>",
    "marquee": f'<marquee height="1" width="4" scrollamount="3000">{BAD}</marquee>',
    "iframe": '<iframe src="http://x.example/" width=0 height=0></iframe>',
    "empty anchor": '<p><a href="http://casino-bet.example/"></a></p>',
    "dot anchor": '<p><a href="http://x.example/">.</a></p>',
    "one pixel image": '<a href="http://x.example/"><img src="a.gif" width=1 height=1></a>',
    "tiny area": '<map><area coords="0,0,1,1" href="http://x.example/"></map>',
    "base": '<base href="http://x.example/"><p>正文</p>',
    "canonical": '<link rel="canonical" href="http://x.example/">',
    "refresh": '<meta http-equiv="refresh" content="0;url=http://x.example/">',
    "comment": f"<!-- {BAD} -->",
    "style block": f"<style>.zz{{display:none}}</style><div class=zz>{BAD}</div>",
    "style after": f"<div id=q>{BAD}</div><style>#q{{position:absolute;left:-5000px}}</style>",
    "specificity": f"<style>.a{{display:block}} div.a.b{{display:none}}</style><div class='a b'>{BAD}</div>",
    "css escape": f"<style>.zz{{displ\\61y:none}}</style><div class=zz>{BAD}</div>",
    "script hides": f'<div id=zz>{BAD}</div><script>document.getElementById("zz").style.display="none"</script>',
    "jquery hides": f'<div id=zz>{BAD}</div><script>$("#zz").hide()</script>',
    "document.write": f"<script>document.write(\"<div style='display:none'>\");</script>{BAD}<script>document.write('</div>');</script>",
    "unescape": "<script>document.write(unescape('%3Ca%20href%3D%22http%3A//x.example/%22%3E%u65F6%u65F6%u5F69%3C/a%3E'))</script>",
    "hex": r"<script>document.write('\x3ca href=\x22http://x.example/\x22\x3e时时彩\x3c/a\x3e')</script>",
    "title hijack": "<title>&#21271;&#20140;&#36187;&#36710;</title><script>if(navigator.userAgent.toLowerCase().indexOf('baidu')==-1){document.title='真标题'}</script>",
    "sold": '<div class="links"><a href="http://x.example/">澳门新葡京</a></div>',
    "separated": '<div style="display:none"><a href="http://x.example/">时.时.彩</a></div>',
}
NEGATIVE = {
    "statistics": "<div style='display:none'><script src='https://s4.cnzz.com/z.js'></script><a href='https://www.cnzz.com/stat'>站长统计</a></div>",
    "drop-down menu": "<style>.nav ul{display:none}</style><div class=nav><ul><li><a href='http://www.xinhuanet.com/'>新华网</a></li></ul></div>",
    "tab panel": "<div class='tab-panel' style='display:none'><a href='http://www.b.com/'>合作单位之一</a><a href='http://www.c.com/'>合作单位之二</a></div>",
    "carousel": "<div class='swiper-slide' style='opacity:0'><a href='http://www.b.com/'><img src='a.jpg'></a></div>",
    "skip link": "<a style='position:absolute;left:-9999px' href='#main'>跳到正文</a>",
    "same site": "<div style='display:none'><a href='/dt/'>本站栏目</a></div>",
    "gov site": "<div style='display:none'><a href='http://www.gov.cn/'>中国政府网</a></div>",
    "icon gap": "<ul style='font-size:0'><li style='font-size:16px'><a href='http://www.b.com/'>合作单位</a></li></ul>",
    "visible child": "<div style='visibility:hidden'><a style='visibility:visible' href='http://www.b.com/'>看得见</a></div>",
    "icon link": "<a class='wx' href='http://www.b.com/'><i class='icon'></i></a>",
    "friend select": "<select style='display:none'><option value='http://www.b.com/'>友情链接</option></select>",
    "print only": "<style>@media print{.p{display:block}} </style><div class=p><a href='http://www.b.com/'>合作</a></div>",
    "print hides": "<style>@media print{.p{display:none}}</style><div class=p><a href='http://www.b.com/'>合作</a></div>",
    "welfare lottery": "<a href='http://www.cwl.example/'>福彩中心举行公益活动</a>",
    "wechat cover": "<div style='display:none'><img src='/cover.jpg'></div>",
    "plain outside": "<a href='http://www.b.com/'>合作单位</a>",
}


def found(html: str, css: dict[str, str] | None = None) -> list[hidden.HiddenLink]:
    return hidden.find(
        pages.parse(f"<html><body>{html}</body></html>" if "<title" not in html else html, URL), css
    )


@pytest.mark.parametrize("name", POSITIVE)
def test_a_technique_is_found(name: str) -> None:
    hits = found(POSITIVE[name])
    assert hits, name
    assert all(h.severity in {"critical", "high"} and h.why and h.line >= 1 for h in hits)
    assert {h.url for h in hits} <= {"http://x.example/", "http://casino-bet.example/", URL}


@pytest.mark.parametrize("name", NEGATIVE)
def test_good_reasons_stay_silent(name: str) -> None:
    assert found(NEGATIVE[name]) == []


def test_a_linked_style_sheet_hides_too() -> None:
    html = f"<div class=far>{BAD}</div>"
    assert (
        found(html, {"http://www.a.gov.cn/a.css": ".far{position:absolute;top:-9999px}"})[0].technique
        == "off_screen"
    )


def test_the_line_is_that_of_the_source() -> None:
    [hit] = found("\n\n\n" + POSITIVE["display none"])
    assert hit.line == 4


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_labelled_set(case: Case) -> None:
    """Every labelled technique, in a realistic page, is found by its own mark and not by the words alone."""
    html = portal.page(random.Random(case.name), case.body, case.head)
    hits = hidden.find(pages.parse(html, portal.URL), {portal.SHEET_URL: portal.SHEET + case.sheet})
    own = [h for h in hits if h.technique != "sold_link" or case.name.startswith("G ")]
    assert own, case.name
    assert all(
        "x.example" in h.url or h.url == portal.URL or "t.cn" in h.url or "bet365" in h.url or "//x" in h.url
        for h in hits
    )


@pytest.mark.parametrize("seed", range(150))
def test_honest_portals_stay_silent(seed: int) -> None:
    page = pages.parse(portal.page(random.Random(seed)), portal.URL)
    assert hidden.find(page, {portal.SHEET_URL: portal.SHEET}) == []


@pytest.mark.parametrize(
    "sheet",
    [
        "/*" * 100_000,
        "a{" * 100_000,
        "@media screen{" * 50_000,
        ".x{--a:var(--b);--b:var(--a);display:var(--a)}",
        "{}" * 100_000,
        ",".join([".x"] * 50_000) + "{display:none}",
        ":is(" * 20_000 + "{display:none}",
    ],
)
def test_hostile_sheets_end_soon(sheet: str) -> None:
    started = time.process_time()
    found(f"<div class=x>{BAD}</div>", {"http://www.a.gov.cn/a.css": sheet})
    assert time.process_time() - started < 10
