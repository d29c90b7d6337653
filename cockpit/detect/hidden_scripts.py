"""Hidden links in scripts, read but not run: written markup, escapes, packers, implants, redirects of searchers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cockpit.detect import illicit, scripts
from cockpit.detect.hidden_look import HiddenLink, Look, bad_words, text_of

Anchors = Callable[[Look, LexborHTMLParser], Iterator[HiddenLink]]
_HREF = re.compile(r"(?:href|src)\s*=\s*\\?[\"']?\s*((?:https?:)?\\?/\\?/[^\"'\\\s>]+)", re.IGNORECASE)
_URL = re.compile(r"https?://[\w.-]+[^\s\"'<>\\;,)]*")
_SEARCHER = re.compile(r"baidu|sogou|so\.com|google|bing|yisou|sm\.cn|360", re.IGNORECASE)
_GO = re.compile(
    r"location(?:\.href)?\s*=\s*['\"]((?:https?:)?//[^'\"]+)|location\.(?:replace|assign)\(\s*['\"]((?:https?:)?//[^'\"]+)"
    r"|window\.open\(\s*['\"]((?:https?:)?//[^'\"]+)['\"]\s*,\s*['\"]_(?:self|top|parent)",
    re.IGNORECASE,
)
# Letters and digits that alternate, or a single letter; a word and its number (ie9, v3) is an honest name.
_IMPLANT = re.compile(
    r"/(?=[a-z0-9]{3,8}\.js$)(?:[a-z]+\d+[a-z]|\d+[a-z]+\d?)[a-z0-9]*\.js$|/[a-z]\.js$", re.IGNORECASE
)
_DYNAMIC_SOURCE = re.compile(r"\.src\s*=\s*['\"]((?:https?:)?//[^'\"]+)", re.IGNORECASE)
_BUILT = re.compile(r"\.href\s*=\s*['\"]((?:https?:)?//[^'\"]+)", re.IGNORECASE)
_WRITE_HIDES = re.compile(
    r"document\.write(?:ln)?\(\s*['\"]\s*<(?:div|span|p|ul)[^>]{0,300}(?:display\s*:\s*none|height\s*:\s*[01]|font-size\s*:\s*[01]|left\s*:\s*-\d{3,}|"
    r"top\s*:\s*-\d{3,}|indent\s*:\s*-\d{3,}|visibility\s*:\s*hidden|opacity\s*:\s*0)[^>]{0,200}>\s*['\"]\s*\)"
    r".{0,60}?</script>(.{0,20000}?)document\.write(?:ln)?\(\s*['\"]\s*<\\?/(?:div|span|p|ul)>",
    re.IGNORECASE | re.DOTALL,
)
MOST_FRAGMENTS = 200
MAX_PAGE = 400_000


def find(look: Look, anchors: Anchors) -> Iterator[HiddenLink]:
    """`anchors` finds the invisible anchors of a fragment (hidden.anchors)."""
    for script in look.scripts:
        yield from _script(look, script, anchors)
    for node in look.page.tree.css("script[src]"):
        yield from _foreign_script(look, node)
    for node in look.page.tree.css("script[type*=json]"):
        yield from _structured(look, node)
    yield from _write_hides(look)


def _script(look: Look, script: str, anchors: Anchors) -> Iterator[HiddenLink]:
    script = scripts.joined(script, guess=True)
    for fragment in islice(scripts.written(script), MOST_FRAGMENTS):
        yield from _fragment(look, fragment, "document_write", anchors)
    for fragment in islice(scripts.revealed(script), MOST_FRAGMENTS):
        yield from _fragment(look, fragment, "script_encoded", anchors, encoded=True)
        for inner in scripts.written(fragment):
            yield from _fragment(look, inner, "script_encoded", anchors, encoded=True)
        yield from _coded_addresses(look, script, fragment)
    if "createElement" in script and ".href" in script:
        words = illicit.telling(scripts.decoded(script[:MAX_PAGE]))
        for raw in _BUILT.findall(script)[:50] if words else ():
            url = look.target(raw)
            if url:
                yield look.finding(url, "document_write", "", words, "由脚本拼出的站外链接")
    if "referrer" in script and _SEARCHER.search(script):
        yield from _redirect(look, script)
    if ".src" in script:
        for raw in _DYNAMIC_SOURCE.findall(script):
            url = look.target(raw.split("?")[0])
            if url and (words := _implant(url)):
                yield look.finding(url, "foreign_script", "", words, "由脚本加载的站外脚本")


def _redirect(look: Look, script: str) -> Iterator[HiddenLink]:
    for match in _GO.finditer(scripts.at_once(script)):
        url = look.target(match[1] or match[2] or match[3])
        if url:
            yield look.finding(
                url, "referrer_redirect", "", bad_words(url, ""), "从搜索引擎来的访客被带到站外"
            )


def _coded_addresses(look: Look, script: str, shown: str) -> Iterator[HiddenLink]:
    """A foreign address that is nowhere to be read in the script as it stands, beside a frame or script to load it."""
    if "http" not in shown or not re.search(r"iframe|script|location|createElement|write", shown):
        return
    for raw in _URL.findall(shown)[:50]:
        if raw not in script:
            url = look.target(raw)
            if url:
                yield look.finding(url, "script_encoded", "", bad_words(url, shown), "地址在脚本里经过编码")


def _write_hides(look: Look) -> Iterator[HiddenLink]:
    """document.write("<div style='display:none'>") … plain links … document.write("</div>")."""
    if "document.write" not in look.page.html:
        return
    for body in _WRITE_HIDES.findall(scripts.joined(look.page.html[:MAX_PAGE])):
        for node, url in look.foreign(LexborHTMLParser(body)):
            text = text_of(node)
            why = "脚本写出隐藏的容器，把其中的链接藏起来"
            yield look.finding(url, "document_write_hides", text, bad_words(url, text), why)


def _fragment(
    look: Look, fragment: str, technique: str, anchors: Anchors, *, encoded: bool = False
) -> Iterator[HiddenLink]:
    if "<" not in fragment or not _HREF.search(fragment):
        return
    tree = LexborHTMLParser(fragment[:100_000])
    for hidden in anchors(look, tree):
        yield replace(hidden, technique=technique)
    for node in tree.css("a[href],iframe[src],script[src]"):
        url = look.target(node.attributes.get("href") or node.attributes.get("src"))
        if not url:
            continue
        text = text_of(node)
        words = bad_words(url, text)
        style = (node.attributes.get("style") or "").replace(" ", "").lower()
        overlay = node.tag == "iframe" and ("100%" in style or "fixed" in style)
        implant = _implant(url) if node.tag == "script" else []
        if words or overlay or implant or (encoded and node.tag != "a"):
            yield look.finding(url, technique, text, words or implant, "由脚本写出或经过编码的站外链接")


def _foreign_script(look: Look, node: LexborNode) -> Iterator[HiddenLink]:
    """A foreign script whose address is written in entities, or a bare random name: the usual implant."""
    raw = node.attributes.get("src") or ""
    url = look.target(raw)
    if url is None:
        return
    coded = raw not in look.page.html and re.search(
        r"src\s*=\s*[\"']?(?:&#x?[0-9a-f]+;){6,}", look.page.html, re.IGNORECASE
    )
    words = bad_words(url, "") or _implant(url)
    if coded or words:
        why = "地址经过编码的站外脚本" if coded else "来路不明的站外脚本"
        yield look.finding(url, "foreign_script", "", words, why)


def _implant(url: str) -> list[str]:
    """A script of one letter or a random handful of letters and digits at the root of an unknown host."""
    path = urlsplit(url).path
    return [f"无意义的脚本名 {path[1:]}"] if path.count("/") == 1 and _IMPLANT.fullmatch(path) else []


def _structured(look: Look, node: LexborNode) -> Iterator[HiddenLink]:
    text = node.text()
    words = illicit.terms(text) if "http" in text else []
    for raw in _URL.findall(text)[:20] if words else ():
        url = look.target(raw)
        if url:
            yield look.finding(url, "structured_data", "", words, "写在结构化数据里给搜索引擎看的链接")
