"""Hostile and broken input: every detector ends soon, keeps its offsets right, and lets nothing personal out."""

from __future__ import annotations

import random
import re
import time
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cockpit.causes import causes
from cockpit.detect import (
    channels,
    dates,
    forged,
    hidden,
    homepage,
    links,
    privacy,
    scan,
    softpage,
    tags,
    wording,
)
from cockpit.detect import page as pages
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import SHIPPED

MATCHER = wording.Matcher(Lexicon.load(SHIPPED / "lexicon"))
URL = "http://www.a.gov.cn/dt/202611/t20261105_1.html"
ID = "11010519491231002X"  # the sample number of GB 11643
PIECES = (
    "<div>", "</div>", "<a href='http://x.example/'>时时彩</a>", "<a href=", '"', "'", ">", "<", "<!--", "-->", "<style>", "</style>", ".a{display:none}", "@media{", "}",
    "<script>", "</script>", "document.write('", "unescape('%3C", "eval(function(p,a,c,k,e,d){", "style='display:none'", "<meta http-equiv=refresh content='0;url=", "<base href='//", "<title>",
    "&#21271;&#20140;", "<![CDATA[", "]]>", "发布时间：2026-11-05", "2026年13月40日", "身份证" + ID, "13912345678", "中华人民共合国", "\x00", "\ufffd", "\u200b", "\ud7ff", "<iframe src=//x.example width=0>", "<table><tr><td>",
    "<svg><a xlink:href='http://x.example/'>", "<template>", "http://[::1", "http://x:99999/", "𠀀", "\u202e",
)  # fmt: skip
BROKEN = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=40).map("".join)
TEXTS = st.lists(
    st.one_of(st.sampled_from(["中华人民共和", "国", "习近平", "总书记", "做为", ID, ID[:9], "13912345678", "身份证号", "家住", "3组12号", " ", "\n", "１３９", "-", "*", "*"]), st.text(max_size=6)),
    max_size=30,
).map("".join)  # fmt: skip
QUIET = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUIET
@given(BROKEN)
def test_no_page_breaks_a_detector(html: str) -> None:
    page = pages.parse(html, URL)
    assert all(
        h.url.startswith("http") and h.line >= 1 and h.why
        for h in hidden.find(page, {"http://a/a.css": html})
    )
    assert all(link.bad or link.url.startswith("http") for link in links.extract(page))
    published = dates.published_at(page)
    assert (published.value is None) == (published.source is None)
    assert all(item.url.startswith("http") for item in channels.items(page))
    forged.within(page, date(2026, 11, 23))
    homepage.check(page)
    softpage.fingerprint(page)
    assert set(tags.check(page, "article").missing) <= set(tags.ARTICLE)
    assert scan.scan_html(html, URL, MATCHER)["page_type"] in {"home", "channel", "article"}


@QUIET
@given(TEXTS)
def test_offsets_and_masks_hold_on_any_text(text: str) -> None:
    for finding in MATCHER.find(text, date(2026, 11, 23)):
        assert text[finding.start : finding.end] == finding.text
    bare = re.sub(r"[\s\u200b-\u200d\u2060\ufeff\u00ad-]", "", text)
    for finding in privacy.find(text):
        assert 0 <= finding.start < finding.end <= len(text)
        assert "*" in finding.text
        if ID in bare and finding.kind == "privacy.id_card":
            assert ID not in finding.text
    assert ID not in privacy.masked(f"身份证号{ID}。") + text.replace(ID, "")


@QUIET
@given(
    st.binary(max_size=300),
    st.sampled_from([None, "text/html; charset=gbk", "text/html; charset=utf-16", "x; charset=\xff"]),
)
def test_any_bytes_become_text(body: bytes, content_type: str | None) -> None:
    text, encoding = pages.decode(body, content_type)
    assert isinstance(text, str)
    assert encoding


HOSTILE = {
    "nested": "<div>" * 100_000,
    "nested anchors": "<a href='http://x.example/'><b>" * 20_000,
    "attributes": "<a " + "x=1 " * 100_000 + "href='http://x.example/'>甲</a>",
    "comments": "<!--" * 100_000,
    "comment links": "<!--<a href=http://x.example/>时时彩</a>-->" * 20_000,
    "cdata": "<![CDATA[" * 100_000,
    "cdata lists": "<![CDATA[<li><a href='/a.html'>某某通知公告</a>2026-11-05</li>]]>" * 5_000,
    "titles": "<title>" * 50_000,
    "metas": "<meta name=keywords content='" * 20_000,
    "written": "<script>" + "document.write('" * 20_000 + "</script>",
    "written boxes": "<script>" + "document.write(\"<div style='display:none'>\");" * 5_000 + "</script>",
    "packed": "<script>" + "}('a\\'" * 30_000 + "</script>",
    "escapes": "<script>" + "\\x3c" * 80_000 + "</script>",
    "codes": "<script>String.fromCharCode(" + "60," * 80_000 + ")</script>",
    "agents": "<script>" + "navigator.userAgent.indexOf('baidu');" * 8_000 + "</script>",
    "names": "<script>" + "a=document.getElementById('a');" * 10_000 + "</script>",
    "anchors": "<a href='http://x.example/' style='color:#fff;background:#fff'>点此进入</a>" * 4_000,
    "dates": "<p>发布时间：2026-11-05</p>" * 20_000,
    "digits": "<p>" + "1391234567 " * 50_000 + "</p>",
    "one line": "<p>" + "各县区人民政府，市政府各部门，中华人民共和国" * 100_000 + "</p>",
    "zeros": "\x00" * 1_000_000,
    "styles": "<style>"
    + ".a,.b{display:none}" * 20_000
    + "</style><a class=a href='http://x.example/'>时时彩</a>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_end_soon(name: str) -> None:
    started = time.process_time()
    scan.scan_html(HOSTILE[name], URL, MATCHER)
    assert time.process_time() - started < 12


@pytest.mark.parametrize(
    "text", ["身" * 2_000_000, "1" * 1_000_000, "住址：" * 200_000, "6222 " * 200_000, "习近平总书" * 200_000]
)
def test_long_lines_end_soon(text: str) -> None:
    started = time.process_time()
    privacy.find(text)
    MATCHER.find(text, date(2026, 11, 23))
    assert time.process_time() - started < 12


def test_a_text_of_any_length_is_looked_at_in_pieces_between_sentences() -> None:
    """Places are those of the whole text, and nothing is lost or made at the seams."""
    filler = "为深入贯彻落实决策部署，进一步优化营商环境，现就有关事项通知如下。"
    text = (filler * (scan.CHUNK // len(filler) - 2) + "我局做为牵头单位，手机13912345678。") * 3
    found = scan.look(text, MATCHER)
    assert (len(text) > 2.9 * scan.CHUNK, found.cut) == (True, None)
    assert [text[f.start : f.end] for f in found.findings] == ["做为", "13912345678"] * 3
    line = "1" * (3 * scan.CHUNK)
    assert scan.look(line, MATCHER) == scan.Found([])


def test_the_same_pieces_again_and_again_are_compared_once() -> None:
    text = "习近平新时代中国特色" * 15_000
    assert scan.look(text, MATCHER) == scan.Found([])
    assert MATCHER.look(text) == ([], None)


@pytest.mark.parametrize("kind", ["做为", "身份证11010519491231002X，", "near"])
def test_a_text_made_of_findings_is_given_up_with_its_remainder_told(kind: str) -> None:
    draw = random.Random(1)
    if kind == "near":
        phrase, characters = "习近平新时代中国特色社会主义思想", [chr(c) for c in range(0x4E00, 0x9FA5)]
        places = ((draw.randrange(3, 12), draw.choice(characters)) for _ in range(40_000))
        text = "".join(f"{phrase[:at]}{c}{phrase[at + 1 :]}。" for at, c in places)
    else:
        text = kind * 300_000
    row = scan.scan_text(text, MATCHER)
    left = row["unmeasured"]
    assert left["cause"] == "too_many_findings" in causes()
    assert left["from"] + left["characters"] == len(text)
    assert 0 < len(row["findings"]) < 3 * scan.MOST_FINDINGS
    assert max(f["end"] for f in row["findings"]) <= left["from"] + 100
