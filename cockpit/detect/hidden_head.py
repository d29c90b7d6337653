"""The head taken over (title hijack), and links that everybody sees but that were sold."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from cockpit.detect import illicit, scripts
from cockpit.detect.hidden_look import HiddenLink, Look, spoken, text_of

MOST_HEAD = 200_000
MOST_TITLE = 20
# In this order in one script: what the visitor is, the name of a searcher, the title set anew.
_UA_TITLE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"userAgent|referrer",
        r"baidu|spider|sogou|360|google|bing|yisou|bot\b",
        r"document\s*(?:\.\s*title|\[\s*['\"]title['\"]\s*\])\s*=(?!=)",
    )
)
FARTHEST = 600  # characters between two of them
_TITLE = re.compile(r"<title[^>]{0,200}>(.{0,2000}?)</title>", re.IGNORECASE | re.DOTALL)
_META = re.compile(
    r"<meta[^>]{1,200}(?:keywords|description)[^>]{1,200}content\s*=\s*([\"'])(.{0,4000}?)\1",
    re.IGNORECASE | re.DOTALL,
)
_ENTITIES = re.compile(r"(?:&#x?[0-9a-f]{2,6};\s*){4,}", re.IGNORECASE)


def head(look: Look) -> Iterator[HiddenLink]:
    """Title or keywords with gambling words, coded in entities or put right again by a script for visitors."""
    source = look.page.html[:MOST_HEAD]
    titles = _TITLE.findall(source)
    metas = [content for _, content in _META.findall(source)]
    coded = any(_ENTITIES.search(text) for text in (*titles, *metas))
    swapped = any(_swaps(scripts.decoded(s)) for s in look.scripts)
    shown_titles = html_module.unescape(" ".join(titles))
    in_titles = _trade(shown_titles, doubtful=coded or swapped)
    words = in_titles or _trade(html_module.unescape(" ".join(metas)), doubtful=coded or swapped)
    if not (in_titles or (words and (coded or swapped or len(words) >= 2)) or (coded and swapped)):
        return
    why = "标题、关键词写成给搜索引擎看的内容" + (f"（{'、'.join(words[:3])}）" if words else "")
    why += "，用字符编码掩盖" if coded else ""
    why += "，再用脚本向访客换回" if swapped else ""
    shown = html_module.unescape(titles[0])[:200].strip() if titles else ""
    line = look.line("<title", "<TITLE", "<Title")
    yield HiddenLink(look.page.url, "title_hijack", shown, line, "critical", why)


def _swaps(script: str) -> bool:
    """Whether a script sets another title for those who are no searchers."""
    at = 0
    for part in _UA_TITLE:
        match = part.search(script, at, at + FARTHEST if at else len(script))
        if match is None:
            return False
        at = match.end()
    return True


def _trade(text: str, *, doubtful: bool) -> list[str]:
    """Illicit terms of a text that does not speak against them; `doubtful` ones count where a title is disguised."""
    if not doubtful:
        return spoken(text)
    return [] if illicit.AGAINST.search(text) else illicit.terms(text)


def sold(look: Look) -> Iterator[HiddenLink]:
    """Seen by everybody, but sold: a short foreign link whose text, title or host is gambling or forgery trade."""
    for node, url in look.foreign_anchors():
        text = text_of(node)
        host = urlsplit(url).hostname or ""
        words = spoken(text) if 0 < len(text) <= 3 * MOST_TITLE else []
        if not words and illicit.SURE_HOSTS.search(host) and not illicit.AGAINST.search(text):
            words = [host]
        if words:
            yield _sold(look, url, text, words[0])
    for node, url, own in look.trusted(look.page.tree):
        text = text_of(node)
        if not own and len(text) <= MOST_TITLE:
            yield _sold(look, url, text, spoken(text)[0])
    if "=http" in look.page.html:
        for node in look.page.tree.css('a[href*="=http"]'):
            href, text = node.attributes.get("href") or "", text_of(node)
            words = spoken(text) if 0 < len(text) <= 3 * MOST_TITLE else []
            url = look.target(
                html_module.unescape(href).partition("=http")[2] and "http" + href.partition("=http")[2]
            )
            if url and words:
                yield _sold(look, url, text, words[0])


def _sold(look: Look, url: str, text: str, word: str) -> HiddenLink:
    line = look.line(url, urlsplit(url).netloc)
    return HiddenLink(url, "sold_link", text[:200], line, "critical", f"公开位置的违法链接（{word}）")
