"""Hostile pages: what parsers, patterns, codecs and readers of findings choke on."""

from __future__ import annotations

HTML = "text/html; charset=utf-8"
EVIL = '<script>alert(1)</script>\x1b[31m红\x1b[0m\u202e倒\u202c=HYPERLINK("http://x")@SUM(1)\x00../../etc/passwd'


def _html(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>页</title>{head}</head><body>{body}</body></html>".encode(
        "utf-8", "surrogatepass"
    )


def pages() -> dict[str, tuple[bytes, str]]:
    """Name → (body, content type)."""
    made: dict[str, bytes | tuple[bytes, str]] = {
        # codecs
        "charset_unknown": (_html("正文"), "text/html; charset=x-evil"),
        "charset_is_a_codec": (b"\xff\xfe\xfd" * 90_000, "text/html; charset=punycode"),
        "charset_is_idna": (b"a\xff." * 90_000, "text/html; charset=idna"),
        "charset_is_zlib": (b"x\x9c\xff\xff" * 1000, "text/html; charset=zlib_codec"),
        "charset_is_utf_7": (_html("+ADw-script+AD4-"), "text/html; charset=utf-7"),
        "charset_lies": ("<html><title>镕堃</title>".encode("gb18030"), "text/html; charset=utf-8"),
        "charset_is_very_long": (_html("正文"), "text/html; charset=" + "a" * 20_000),
        "utf_16_mark_on_utf_8": (b"\xff\xfe" + _html("正文"), HTML),
        "nul_bytes": b"\0".join(bytes([b]) for b in _html("<a href='/x'>x</a>" * 1000)),
        "broken_utf_8": _html("正文") + b"\xff\xc0\xaf\xed\xa0\x80" * 5000,
        "half_surrogates": _html("<a href='/\ud800\udfff'>\ud83d</a>"),
        # nesting and size
        "deep_divs": _html("<div>" * 100_000),
        "deep_tables": _html("<table><tr><td>" * 30_000),
        "deep_inline": _html("<b><i><a href=/x>" * 20_000),
        "deep_forms": _html("<form><select><option>" * 20_000),
        "many_attributes": _html("<a " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</a>"),
        "one_huge_attribute": _html(f"<a href='/{'a' * 280_000}'>x</a>"),
        "huge_comment": _html("<!--" + "<a href=http://x.test>x</a>" * 10_000),
        "open_comments": _html("<!--" * 70_000),
        "many_comments": _html("<!--<a href='http://x.test'>-->" * 8000),
        "open_script": _html("<script>" + "document.write('<a href=http://x.test>');" * 7000),
        "open_quotes": _html('<a href="' * 30_000),
        "angle_brackets": b"<" * 290_000,
        "ampersands": _html("&amp;&#x41;&#99999999;&notanentity" * 9000),
        "thousands_of_links": _html("".join(f"<a href=/thousands_of_links/{n}>{n}</a>" for n in range(2000))),
        "a_thousand_images": _html(f"<img srcset='{', '.join(f'/i{n}.png {n}w' for n in range(1000))}'>"),
        # styles and scripts
        "circular_styles": _html(
            "<p>x</p>", "<style>@import '/circular_styles';@import url(/circular_styles);</style>"
        ),
        "many_rules": _html(
            "<a class=c1 href=http://x.test>x</a>",
            "<style>" + "".join(f".c{n} .d{n} > p:not(.e){{display:none}}" for n in range(6000)) + "</style>",
        ),
        "deep_rules": _html("<a class=c href=http://x.test>x</a>", "<style>" + ".c{" * 30_000 + "</style>"),
        "circular_variables": _html(
            "<a class=c href=http://x.test>x</a>",
            "<style>.c{--a:var(--b);--b:var(--a);display:var(--a)}</style>",
        ),
        "packed_script": _html(
            "<script>eval(function(p,a,c,k,e,d){}('"
            + "0 1 2 " * 20_000
            + "',62,999999999,'a|b'.split('|')))</script>"
        ),
        "char_codes": _html("<script>String.fromCharCode(" + "65," * 90_000 + ")</script>"),
        "base64_script": _html("<script>atob('" + "QUFB" * 70_000 + "')</script>"),
        "nested_writes": _html("<script>" + "document.write('\\x3c\\x61');" * 9000 + "</script>"),
        "hides_everything": _html(
            "".join(f"<p id=p{n}><a href=http://x.test/{n}>x</a></p>" for n in range(2000))
            + "<script>"
            + "".join(f"document.getElementById('p{n}').style.display='none';" for n in range(2000))
            + "</script>"
        ),
        # baits for patterns
        "digits": _html("1" * 290_000),
        "digits_and_spaces": _html("1 3 8 " * 45_000),
        "identity_cards": _html("11010519491231002X " * 14_000),
        "dates": _html("发布时间：2026-11-23 " * 9000),
        "labels": _html("家庭住址：" * 19_000),
        "phrase_pieces": _html("中国特色社会主" * 13_000),
        "json_dates": _html(
            "x", '<script type="application/ld+json">' + '"datePublished":"' * 16_000 + "</script>"
        ),
        "spaces": _html("<a href='/x'>" + " \t\n\u3000" * 45_000 + "</a>"),
        "paging": _html('<script>createPageHTML(9999,0,"index","html")</script>' * 4000),
        "cdata": _html("<datastore>" + "<![CDATA[<a href=/x>" * 14_000),
        "metas": _html("x", "".join(f'<meta name="m{n}" content="{n}">' for n in range(9000))),
        # where pages lead
        "base_elsewhere": _html("<a href='latest/meta-data'>x</a>", "<base href='http://169.254.169.254/'>"),
        "base_is_broken": _html("<a href='x'>x</a>", "<base href='http://[::1'>"),
        "odd_links": _html(
            "".join(
                f"<a href='{u}'>{u}</a>"
                for u in (
                    "http://[::1",
                    "http://a b/",
                    "//",
                    "///",
                    "http:/x",
                    "http:\\\\x\\y",
                    "java\nscript:alert(1)",
                    "data:text/html,x",
                    "http://user:pass@x.test/",
                    "http://x.test:99999999/",
                    "?" + "a=1&" * 5000,
                    "http://" + "a." * 300 + "test/",
                    "../" * 200 + "etc/passwd",
                    "%2e%2e/%00",
                    "\x01\x02",
                )
            )
        ),
        "refresh": _html("x", "<meta http-equiv=refresh content='0;url=http://127.0.0.1/'>" * 1000),
        # what readers of findings see
        "evil_words": _html(
            f"<h1>{EVIL}</h1><a href='/dead-{'%22%3E%3Cscript%3E'}'>{EVIL}</a> 电话13812345678 {EVIL}",
            f"<meta name=PubDate content='{EVIL}'>",
        ),
    }
    made["evil_title"] = f"<html><title>{EVIL * 500}</title><body>x</body></html>".encode()
    return {name: page if isinstance(page, tuple) else (page, HTML) for name, page in made.items()}
