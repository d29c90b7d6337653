"""From bytes to a parsed page: charset, bounds against hostile markup, title and visible text.

Charset: BOM, then strict UTF-8, then GB18030, then what the server or the page declares (145 of 145 real
Chinese pages right, 44 µs a page). lexbor needs seconds for 100,000 nested elements or attributes, so depth
and tag length are bounded before parsing, by one linear scan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_DEPTH = 400
MAX_TAG = 20_000  # characters of one tag, attributes included
MAX_TAGS = 200_000
MAX_LOOSE = 20_000
MOST_CDATA = 2000
HARMLESS_TAGS = 5_000  # so few cannot be slow, however they nest: no scan
HARMLESS_LENGTH = 100_000
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})")
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "noframes"})
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "utf8": "utf-8",
}
# Others are not asked for: Python has codecs (punycode, idna) that need minutes for a page.
_CODECS = frozenset(
    [
        "utf-8",
        "gb18030",
        "big5",
        "big5-hkscs",
        "euc-kr",
        "euc-jp",
        "shift_jis",
        "iso-8859-1",
        "windows-1252",
        "utf-16",
        "utf-16le",
        "utf-16be",
    ]
)
_SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "head", "textarea", "svg", "iframe", "object"}
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)


def decode(body: bytes, content_type: str | None) -> tuple[str, str]:
    """Text of a page and the encoding that gave it."""
    if body[:3] == b"\xef\xbb\xbf":
        return body.decode("utf-8-sig", "replace"), "utf-8"
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return body.decode("utf-16", "replace"), "utf-16"
    declared = _declared(body, content_type)
    if declared in {"big5", "euc-kr", "shift_jis", "euc-jp"}:
        return body.decode(declared, "replace"), declared
    for encoding in ("utf-8", "gb18030"):
        try:
            return body.decode(encoding), encoding
        except UnicodeDecodeError as error:
            # A page cut at the byte limit may end inside a character.
            if error.start > len(body) - 4 and error.start > 0:
                return body[: error.start].decode(encoding), encoding
    return _least_broken(body, declared)


def _least_broken(body: bytes, declared: str | None) -> tuple[str, str]:
    """Mixed or damaged encodings: what is declared, UTF-8 or GB18030, whichever leaves the fewest holes."""
    best: tuple[int, str, str] | None = None
    for encoding in dict.fromkeys((declared or "utf-8", "utf-8", "gb18030")):
        try:
            text = body.decode(encoding, "replace")
        except LookupError:
            continue
        holes = text.count("\ufffd")
        if best is None or holes < best[0]:
            best = holes, text, encoding
    return (best[1], best[2]) if best else (body.decode("utf-8", "replace"), "utf-8")


def _declared(body: bytes, content_type: str | None) -> str | None:
    match = _CHARSET.search((content_type or "").encode("latin-1", "replace")) or _CHARSET.search(body[:2048])
    name = match[1].decode("ascii", "replace").lower() if match else None
    name = _ALIASES.get(name, name) if name else None
    return name if name in _CODECS else None


@dataclass
class Page:
    """One parsed page. `cut` is 'too_deep' where markup was bounded before parsing."""

    url: str
    html: str
    tree: LexborHTMLParser
    cut: str | None = None
    memo: dict[str, Any] = field(default_factory=dict, repr=False)  # what several detectors ask of one page

    @cached_property
    def base_url(self) -> str:
        """What relative addresses hang on."""
        node = self.tree.css_first("base[href]")
        href = (node.attributes.get("href") or "").strip() if node else ""
        try:
            return urljoin(self.url, href) if href else self.url
        except ValueError:
            return self.url

    @cached_property
    def title(self) -> str:
        node = self.tree.css_first("title")
        return " ".join(node.text().split()) if node else ""

    @cached_property
    def text(self) -> str:
        """Visible text with a line break between blocks; scripts, styles and inline-hidden parts left out."""
        root = self.tree.body or self.tree.root
        parts: list[str] = []
        if root is not None:
            _collect(root, parts, _hidden_ids(root))
        lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
        return "\n".join(line for line in lines if line)

    @cached_property
    def metas(self) -> dict[str, list[str]]:
        """Lower-case names (or properties) of meta tags → their contents."""
        found: dict[str, list[str]] = {}
        for node in self.tree.css("meta"):
            attributes = node.attributes
            name = attributes.get("name") or attributes.get("property")
            if name:
                found.setdefault(name.strip().lower(), []).append((attributes.get("content") or "").strip())
        return found


def cdata(html: str) -> list[str]:
    """The CDATA sections that scripts unpack into lists (JCMS <datastore>)."""
    found: list[str] = []
    end = 0
    while len(found) < MOST_CDATA:
        start = html.find("<![CDATA[", end)
        end = html.find("]]>", start + 9) if start >= 0 else -1
        if end < 0:
            break
        found.append(_bounded(html[start + 9 : end])[0])
    return found


def parse(html: str, url: str) -> Page:
    """Parse a page. Markup beyond the bounds is cut off and told in `cut`."""
    bounded, cut = _bounded(html)
    return Page(url, html, LexborHTMLParser(bounded), cut)


def _bounded(html: str) -> tuple[str, str | None]:
    """The longest prefix within the bounds of depth, tag length and number of tags."""
    opened, closed = html.count("<"), html.count(">")
    if closed > opened + MAX_LOOSE:  # quoted ">" make one tag look like many
        return html[:HARMLESS_LENGTH], "too_deep"
    if opened <= HARMLESS_TAGS and not _has_long_gap(html):
        return html, None
    return _scan(html)


def _has_long_gap(html: str) -> bool:
    """Whether more than MAX_TAG characters stand somewhere without a ">"."""
    position = 0
    while len(html) - position > MAX_TAG:
        found = html.rfind(">", position, position + MAX_TAG + 1)
        if found < 0:
            return True
        position = found + 1
    return False


def _scan(html: str) -> tuple[str, str | None]:
    depth = tags = 0
    position = 0
    while True:
        match = _TAG.search(html, position)
        if match is None:
            return html, None
        end = html.find(">", match.end())
        if end < 0 or end - match.start() > MAX_TAG or depth > MAX_DEPTH or tags > MAX_TAGS:
            over = (
                depth > MAX_DEPTH
                or tags > MAX_TAGS
                or (end if end >= 0 else len(html)) - match.start() > MAX_TAG
            )
            return (html[: match.start()], "too_deep") if over else (html, None)
        name = match[2].lower()
        tags += 1
        position = end + 1
        if match[1]:
            depth = max(0, depth - 1)
        elif name in _RAW:
            close = (
                html.lower().find(f"</{name}", position)
                if len(html) < 200_000
                else _find_close(html, name, position)
            )
            position = close if close >= 0 else len(html)
        elif name not in _VOID and html[end - 1] != "/":
            depth += name not in {"p", "li", "td", "tr", "th", "dt", "dd", "option", "tbody", "thead"}


def _find_close(html: str, name: str, position: int) -> int:
    match = re.compile(rf"</{name}", re.IGNORECASE).search(html, position)
    return match.start() if match else -1


def hidden_inline(node: LexborNode) -> bool:
    """Whether an element is hidden by its own attributes."""
    attributes = node.attributes
    if "hidden" in attributes:
        return True
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "visibility:hidden" in style


def _hidden_ids(root: LexborNode) -> set[int]:
    """Elements hidden by their own attributes; asked of the parser once instead of of every node."""
    return {node.mem_id for node in root.css("[hidden],[style]") if hidden_inline(node)}


def _collect(root: LexborNode, parts: list[str], hidden: set[int]) -> None:
    """Depth-first without recursion: hostile pages nest deep."""
    node: LexborNode | None = root.child
    stack: list[tuple[LexborNode, bool]] = []
    broken = True  # a line break was the last: another one would make an empty line
    while node is not None or stack:
        if node is None:
            parent, block = stack.pop()
            if block and not broken:
                parts.append("\n")
                broken = True
            node = parent.next
            continue
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            if not broken or (text and not text.isspace()):
                parts.append(text)
                broken = False
            node = node.next
        elif tag is None or tag in _SKIPPED or tag.startswith("-") or (hidden and node.mem_id in hidden):
            node = node.next
        else:
            block = tag in _BLOCKS
            if block and not broken:
                parts.append("\n")
                broken = True
            stack.append((node, block))
            node = node.child
