"""As much of CSS as it takes to tell whether an element can be seen: rules, specificity, inline styles.

Only properties that hide are kept. `@media print` and feature queries are skipped; other media are taken as
they hold on a desktop (a rule under max-width below 800 px does not).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

PROPERTIES = frozenset(
    [
        "display",
        "visibility",
        "opacity",
        "filter",
        "position",
        "left",
        "top",
        "right",
        "bottom",
        "margin-left",
        "margin-top",
        "margin",
        "text-indent",
        "transform",
        "width",
        "height",
        "max-height",
        "max-width",
        "overflow",
        "line-height",
        "font-size",
        "font",
        "color",
        "background",
        "background-color",
        "clip",
        "clip-path",
        "z-index",
        "content-visibility",
    ]
)
MAX_RULES = 4000
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)")
_SPECIFIC = re.compile(
    r"(#[\w-]+)|(\.[\w-]+|\[[^\]]+\]|:(?!:)[\w-]+(?:\([^)]*\))?)|((?:^|[\s>+~])[a-zA-Z][\w-]*)"
)
_DYNAMIC = re.compile(
    r":(?:hover|focus|active|target|checked|before|after|first-letter|visited|link|not|is|where|has)|::"
)

Style = dict[str, str]


@dataclass(frozen=True)
class Rule:
    """One selector with the hiding properties it sets; `important` holds the names declared !important."""

    selector: str
    style: Mapping[str, str]
    important: frozenset[str]
    specificity: tuple[int, int, int]


def declarations(text: str) -> tuple[Style, frozenset[str]]:
    """Properties of a declaration block, lower-case, escapes undone, with the names that are !important."""
    style: Style = {}
    important = set()
    for part in _unescape(_COMMENT.sub("", text)).split(";"):
        name, colon, value = part.partition(":")
        name, value = name.strip().lower(), " ".join(value.lower().split())
        if colon and name in PROPERTIES:
            if value.endswith("!important") or "! important" in value:
                value = re.sub(r"\s*!\s*important$", "", value)
                important.add(name)
            style[name] = value
    return style, frozenset(important)


def _unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1]:
            code = int(match[1], 16)
            return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        return match[2]

    return _ESCAPE.sub(one, text) if "\\" in text else text


def rules(sheets: Iterable[str]) -> list[Rule]:
    """The rules of style sheets that set anything that can hide, in cascade order."""
    found: list[Rule] = []
    for sheet in sheets:
        for selectors, body in _blocks(_COMMENT.sub("", sheet)):
            style, important = declarations(body)
            if style:
                for selector in (_unescape(part.strip()) for part in selectors.split(",")):
                    if selector and not _DYNAMIC.search(selector):
                        found.append(Rule(selector, style, important, _specificity(selector)))
            if len(found) >= MAX_RULES:
                return found
    return found


def _blocks(text: str) -> Iterable[tuple[str, str]]:
    """(selector, declarations) pairs, looking into @media blocks that hold on a desktop screen."""
    position = 0
    while True:
        start = text.find("{", position)
        if start < 0:
            return
        selector = text[position:start].rsplit(";", 1)[-1].strip()
        if selector.startswith("@"):
            end = _matching(text, start)
            if selector.startswith("@media") and _desktop(selector):
                yield from _blocks(text[start + 1 : end])
            position = end + 1
            continue
        end = text.find("}", start)
        end = len(text) if end < 0 else end
        yield selector, text[start + 1 : end]
        position = end + 1


def _matching(text: str, start: int) -> int:
    depth = 0
    for match in re.compile(r"[{}]").finditer(text, start):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return len(text)


def _desktop(query: str) -> bool:
    if "print" in query or "speech" in query:
        return False
    widths = [int(number) for number in re.findall(r"max-(?:device-)?width\s*:\s*(\d+)", query)]
    return not widths or max(widths) >= 800


def _specificity(selector: str) -> tuple[int, int, int]:
    ids = classes = tags = 0
    for match in _SPECIFIC.finditer(selector):
        ids += bool(match[1])
        classes += bool(match[2])
        tags += bool(match[3])
    return ids, classes, tags


class Cascade:
    """Computed hiding properties of any element of one page."""

    def __init__(self, tree: LexborHTMLParser, sheets: Iterable[str]) -> None:
        self._styles: dict[int, Style] = {}
        self._matched: dict[int, list[tuple[tuple[int, int, int], int, Rule]]] = {}
        for order, rule in enumerate(rules(sheets)):
            for node in _select(tree, rule.selector):
                self._matched.setdefault(node.mem_id, []).append((rule.specificity, order, rule))

    def style(self, node: LexborNode) -> Style:
        """The element's own style after the cascade; inheritance is the caller's."""
        if node.mem_id not in self._styles:
            self._styles[node.mem_id] = self._computed(node)
        return self._styles[node.mem_id]

    def _computed(self, node: LexborNode) -> Style:
        style: Style = {}
        important: set[str] = set()
        for _, _, rule in sorted(self._matched.get(node.mem_id, ()), key=lambda m: (m[0], m[1])):
            for name, value in rule.style.items():
                if name in rule.important or name not in important:
                    style[name] = value
            important |= rule.important
        inline, loud = declarations(node.attributes.get("style") or "")
        return style | {n: v for n, v in inline.items() if n in loud or n not in important}


def _select(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector)
    except Exception:
        return []
