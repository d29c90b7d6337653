"""Hidden links in places that are no anchors: frames, head elements, forms, options, comments, data attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cockpit.detect import illicit, invisible
from cockpit.detect.hidden_look import BENIGN_HOSTS, HiddenLink, Look, bad_words, text_of
from cockpit.detect.links import normalise, same_site

MOST_COMMENTS = 300
MAX_COMMENT = 20_000
MOST_FRAMES = 50  # of one set
# What each of the places is, in words.
PLACES: Mapping[str, str] = MappingProxyType(
    {
        "base": "页面的基准地址（base）指向站外，页面上的相对链接都会被带走",
        "link": "页面声明的规范地址（canonical）指向站外，搜索引擎会改收录那里",
        "meta": "页面会自动跳转（refresh）到站外",
        "option": "下拉选项指向站外",
        "form": "看不见的表单提交到站外",
    }
)
# Hosts that take a name and a password for the site's own people: mail, sign-on.
_SIGN_IN = re.compile(
    r"^(?:[\w-]+\.)*(?:e?mail|webmail|sso|passport|login|cas|oa|auth|account|id)\d?\.", re.IGNORECASE
)
_ROWS = re.compile(r"\d+(?:\.\d+)?%?|\*")
_FULL = re.compile(r"position\s*:\s*fixed[^\"']*(?:width\s*:\s*100|height\s*:\s*100)", re.IGNORECASE)
_DATA = re.compile(r"\s(data-[\w-]{1,40})\s*=\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)
_DATA_MARKUP = re.compile(r"\s(data-[\w-]{1,40})\s*=\s*[\"']\s*(?:&lt;|<)", re.IGNORECASE)
_HANDLER = re.compile(
    r"(?:location(?:\.href)?\s*=|window\.open\s*\(|location\.(?:replace|assign)\s*\()\s*[\"']([^\"']+)"
)
_REFRESH = re.compile(r"url\s*=\s*['\"]?(https?://[^'\"\s]+)", re.IGNORECASE)


def frames(look: Look) -> Iterator[HiddenLink]:
    """Foreign frames of no size, out of sight, laid over the whole page, or of the trade for everybody to see."""
    for node in look.page.tree.css("iframe[srcdoc]") if "srcdoc" in look.page.html else ():
        for anchor in LexborHTMLParser((node.attributes.get("srcdoc") or "")[:MAX_COMMENT]).css("a[href]"):
            raw = anchor.attributes.get("href")
            yield from _worded(look, anchor, raw, "iframe_srcdoc", "写在框架的内容属性里的链接")
    for node in look.page.tree.css("iframe[src],frame[src],embed[src],object[data]"):
        attributes = node.attributes
        url = look.target(attributes.get("src") or attributes.get("data"))
        if url is None:
            continue
        style = invisible.inline(node)
        sizes = [invisible.pixels(attributes.get(n) or style.get(n) or "") for n in ("width", "height")]
        hidden = invisible.technique(node, look.cascade(look.page.tree), look.hidden_by_script)
        name = (
            "tiny_frame"
            if any(size is not None and size <= 1 for size in sizes) or _no_room(node)
            else hidden[0]
            if hidden
            else "overlay_frame"
            if _FULL.search(attributes.get("style") or "")
            else None
        )
        if name:
            yield look.finding(url, f"iframe_{name}", "", bad_words(url, ""), "看不见或覆盖整页的站外框架")
        elif illicit.SURE_HOSTS.search(urlsplit(url).hostname or ""):
            yield look.finding(url, "iframe_shown", "", bad_words(url, ""), "页面上直接显示的站外框架")


def _no_room(node: LexborNode) -> bool:
    """Whether the set of frames gives this one no rows or columns."""
    above = node.parent
    if node.tag != "frame" or above is None or above.tag != "frameset":
        return False
    place, before = 0, node.prev
    while before is not None and place < MOST_FRAMES:
        place, before = place + (before.tag in {"frame", "frameset"}), before.prev
    shares = (_ROWS.findall(above.attributes.get(name) or "") for name in ("rows", "cols"))
    return any(place < len(s) and s[place].rstrip("%") in {"0", "1"} for s in shares)


def elements(look: Look) -> Iterator[HiddenLink]:
    """<base>, canonical, refresh, options and forms that lead away."""
    selector = "base[href],link[rel=canonical],meta[http-equiv],option[value],form[action]"
    for node in look.page.tree.css(selector):
        yield from _element(look, node)


def _element(look: Look, node: LexborNode) -> Iterator[HiddenLink]:
    attributes = node.attributes
    raw = attributes.get("href") or attributes.get("value") or attributes.get("action") or ""
    tag = node.tag or ""
    if tag == "meta":
        refresh = (attributes.get("http-equiv") or "").lower() == "refresh"
        match = _REFRESH.search(attributes.get("content") or "")
        raw = match[1] if refresh and match else ""
    url = normalise(raw, look.page.url) if raw.startswith(("http", "//")) else None
    if not url or same_site(url, look.page.url) or BENIGN_HOSTS.search(urlsplit(url).hostname or ""):
        return
    words = bad_words(url, node.text() if tag == "option" else "")
    hidden = (
        invisible.technique(node, look.cascade(look.page.tree), look.hidden_by_script)
        if tag == "form"
        else None
    )
    if hidden and not words and _SIGN_IN.search(urlsplit(url).hostname or ""):
        return
    if tag in {"base", "meta", "link"} or words or hidden:
        yield look.finding(url, f"foreign_{tag}", "", words, PLACES[tag])


def comments(look: Look) -> Iterator[HiddenLink]:
    """Links in comments, for primitive spiders."""
    for comment in _comments(look.page.html):
        if "href" in comment and not comment.lstrip().lower().startswith("[if"):
            for node in LexborHTMLParser(comment).css("a[href]"):
                yield from _worded(
                    look, node, node.attributes.get("href"), "comment", "写在注释里给搜索引擎看的链接"
                )


def _comments(html: str) -> Iterator[str]:
    end = 0
    for _ in range(MOST_COMMENTS):
        start = html.find("<!--", end)
        end = html.find("-->", start + 4) if start >= 0 else -1
        if end < 0:
            return
        yield html[start + 4 : min(end, start + MAX_COMMENT)]


def attributes(look: Look) -> Iterator[HiddenLink]:
    """Addresses in data attributes, click handlers and drawings."""
    html, tree = look.page.html, look.page.tree
    for name in {match[1].lower() for match in _DATA.finditer(html)} if "data-" in html else ():
        for node in tree.css(f"[{name}]"):
            yield from _worded(
                look, node, node.attributes.get(name), "data_attribute", "藏在数据属性里的链接"
            )
    for name in {match[1].lower() for match in _DATA_MARKUP.finditer(html)} if "data-" in html else ():
        for node in tree.css(f"[{name}]")[:MOST_COMMENTS]:
            markup = (node.attributes.get(name) or "")[:MAX_COMMENT]
            for anchor in LexborHTMLParser(markup).css("a[href]") if "<a" in markup else ():
                raw = anchor.attributes.get("href")
                yield from _worded(look, anchor, raw, "data_attribute", "藏在数据属性里的链接")
    if "onclick" in html:
        for node in tree.css("[onclick]"):
            match = _HANDLER.search(node.attributes.get("onclick") or "")
            if match:
                yield from _worded(look, node, match[1], "click_handler", "藏在点击脚本里的链接")
    if "<svg" in html:
        for node in tree.css("svg a"):
            raw = node.attributes.get("xlink:href") or node.attributes.get("href")
            yield from _worded(look, node, raw, "svg_anchor", "藏在图形里的链接")


def templates(look: Look) -> Iterator[HiddenLink]:
    """Links inside <template>, which browsers never show and the parser keeps apart."""
    if "<template" not in look.page.html:
        return
    for template in look.page.tree.css("template"):
        for node in LexborHTMLParser((template.html or "")[10:MAX_COMMENT]).css("a[href]"):
            yield from _worded(
                look, node, node.attributes.get("href"), "tag_template", "写在 template 里的链接"
            )


def _worded(look: Look, node: LexborNode, raw: str | None, technique: str, why: str) -> Iterator[HiddenLink]:
    """A finding only where the target is foreign and the words are illicit."""
    url = look.target(raw)
    text = text_of(node) if url else ""
    words = bad_words(url, text) if url else []
    if url and words:
        yield look.finding(url, technique, text, words, why)
