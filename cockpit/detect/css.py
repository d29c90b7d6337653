"""As much of CSS as it takes to tell whether an element can be seen: rules, specificity, variables, inline styles.

Only properties that hide are kept. Conditional blocks (@media, @supports, @layer, @container) are taken as they
hold on a desktop screen: print is skipped, so is a rule under max-width below 800 px. Nested rules are unfolded.
Sheets are parsed once and remembered; an element is compared only with rules whose last part names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from selectolax.lexbor import LexborHTMLParser, LexborNode

PROPERTIES = frozenset(
    [
        "display", "visibility", "opacity", "filter", "position", "left", "top", "right", "bottom",
        "inset", "margin", "margin-left", "margin-top", "text-indent", "transform", "translate", "scale",
        "rotate", "zoom", "width", "height", "max-height", "max-width", "overflow", "overflow-x",
        "overflow-y", "line-height", "font-size", "font", "color", "background", "background-color",
        "background-image", "clip", "clip-path", "z-index", "content-visibility",
    ]
)  # fmt: skip
MAX_RULES = 20_000  # of one sheet
MAX_NESTING = 6
MAX_BYTES = 600_000
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)")
_SPECIFIC = re.compile(
    r"(#[\w-]+)|(\.[\w-]+|\[[^\]]+\]|:(?!:)[\w-]+(?:\([^)]*\))?)|((?:^|[\s>+~])[a-zA-Z][\w-]*)"
)
# States that a page at rest is not in, and boxes that hold no links.
_DYNAMIC = re.compile(
    r":(?:hover|focus|active|target|checked|before|after|first-letter|first-line|visited|link|disabled)|::"
)
_HEX_NAME = re.compile(
    r"([#.])((?:[\w-]|[^\x00-\x7f]|\\[0-9a-fA-F]{1,6}\s?)*\\[0-9a-fA-F]{1,6}\s?(?:[\w-]|[^\x00-\x7f])*)"
)
_LAID_OVER = re.compile(r"::?(?:before|after)$")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)")
_KEYS = re.compile(r"([#.])((?:[\w-]|[^\x00-\x7f]|\\.)+)|^([a-zA-Z][\w-]*)")
_INSIDE = re.compile(r"\([^()]*\)|\[[^\]]*\]")
_SIDES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "margin": ("margin-top", "margin-right", "margin-bottom", "margin-left"),
        "inset": ("top", "right", "bottom", "left"),
    }
)

Style = dict[str, str]
Specificity = tuple[int, int, int]


@dataclass(frozen=True)
class Rule:
    """One selector with the hiding properties it sets; `important` holds the names declared !important.

    `needs`: the "#id" and ".class" names without which no page can match.
    """

    selector: str
    style: Mapping[str, str]
    important: frozenset[str]
    specificity: Specificity
    needs: frozenset[str]


def declarations(text: str) -> tuple[Style, frozenset[str]]:
    """Properties of a declaration block, lower-case, escapes undone, with the names that are !important."""
    style: Style = {}
    important = set()
    for part in _unescape(without_comments(text)).split(";"):
        name, colon, value = part.partition(":")
        name, value = name.strip().lower(), " ".join(value.lower().split())
        if colon and (name in PROPERTIES or name.startswith("--")):
            if "!" in value:
                value, _, loud = value.partition("!")
                value = value.strip()
                if loud.strip().startswith("important"):
                    important |= {name, *_SIDES.get(name, ())}
            _put(style, name, value)
    return style, frozenset(important)


def _put(style: Style, name: str, value: str) -> None:
    """Set a property; shorthands of four sides are written out, an overflow of one axis counts as overflow."""
    if name in _SIDES and "(" not in value:
        parts = value.split()[:4]
        if parts:
            four = (parts * 4)[:4] if len(parts) == 1 else (parts * 2)[:4] if len(parts) == 2 else parts
            four = [*four, four[1]] if len(four) == 3 else four
            style.update(zip(_SIDES[name], four, strict=True))
        return
    if name in {"overflow-x", "overflow-y"}:
        name = "overflow"
    style[name] = value


def without_comments(text: str) -> str:
    """Text without /* comments */; one that never ends swallows the rest, as in browsers."""
    if "/*" not in text:
        return text
    parts, position = [], 0
    while True:
        start = text.find("/*", position)
        if start < 0:
            return "".join([*parts, text[position:]])
        parts.append(text[position:start])
        position = text.find("*/", start + 2) + 2
        if position < 2:
            return "".join(parts)


def _unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1]:
            code = int(match[1], 16)
            return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        return match[2]

    return _ESCAPE.sub(one, text) if "\\" in text else text


@lru_cache(maxsize=128)
def rules(sheet: str) -> tuple[Rule, ...]:
    """The rules of one style sheet that set anything that can hide, in order."""
    found: list[Rule] = []
    for written, body in _blocks(without_comments(sheet[:MAX_BYTES]), "", 0):
        selectors = _HEX_NAME.sub(_spelt_out, written) if "\\" in written else written
        style, important = declarations(body)
        if style:
            for selector in _split(selectors):
                laid = _LAID_OVER.search(selector)
                if laid and not _DYNAMIC.search(selector[: laid.start()]):
                    found += _laid_over(selector[: laid.start()].strip(), style)
                if not _DYNAMIC.search(selector):
                    found.append(Rule(selector, style, important, _specificity(selector), _needs(selector)))
        if len(found) >= MAX_RULES:
            break
    return tuple(found)


def _spelt_out(match: re.Match[str]) -> str:
    """A name in hexadecimal escapes as an attribute selector, which the parser and the index understand."""
    name = _unescape(match[2])
    if '"' in name or "\\" in name:
        return match[0]
    return f'[id="{name}"]' if match[1] == "#" else f'[class~="{name}"]'


def _laid_over(selector: str, style: Style) -> list[Rule]:
    """What a box made by ::before lays over an element's background: a picture, as far as we can tell."""
    painted = any(
        style.get(n, "none") != "none" for n in ("background", "background-color", "background-image")
    )
    if not selector or not painted or style.get("position") not in {"absolute", "fixed"}:
        return []
    return [
        Rule(
            selector,
            {"background-image": "url()"},
            frozenset(),
            _specificity(selector),
            _needs(selector),
        )
    ]


def _blocks(text: str, parent: str, depth: int) -> Iterator[tuple[str, str]]:
    """(selector, declarations) pairs, looking into nested rules and conditional blocks that hold."""
    position = 0
    while True:
        start = text.find("{", position)
        if start < 0:
            return
        head = text[position:start].rsplit(";", 1)[-1].strip()
        end = text.find("}", start)
        end = len(text) if end < 0 else end
        if text.find("{", start + 1, end) >= 0 or head.startswith("@"):
            end = _matching(text, start)
            body = text[start + 1 : end]
            if head.startswith("@"):
                if depth < MAX_NESTING and holds(head):
                    yield parent, _plain(body)
                    yield from _blocks(body, parent, depth + 1)
            else:
                selector = _nested(parent, head)
                yield selector, _plain(body)
                if depth < MAX_NESTING:
                    yield from _blocks(body, selector, depth + 1)
        else:
            yield _nested(parent, head), text[start + 1 : end]
        position = end + 1


def _plain(body: str) -> str:
    """The declarations of a block without its nested rules; the head of a nested rule holds no property name."""
    parts, position = [], 0
    while True:
        start = body.find("{", position)
        if start < 0:
            return ";".join([*parts, body[position:]])
        parts.append(body[position:start].rpartition(";")[0])
        position = _matching(body, start) + 1


def _nested(parent: str, head: str) -> str:
    if not parent:
        return head
    return head.replace("&", f":is({parent})") if "&" in head else f":is({parent}) {head}"


_BRACES = re.compile(r"[{}]")


def _matching(text: str, start: int) -> int:
    depth = 0
    for match in _BRACES.finditer(text, start):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return len(text)


def holds(query: str) -> bool:
    """Whether a conditional block counts on a desktop screen."""
    if not re.match(r"@(?:media|supports|layer|container|scope)\b", query):
        return False
    if "print" in query or "speech" in query or "prefers-" in query or re.search(r"@supports\s+not", query):
        return False
    widths = [int(number) for number in re.findall(r"max-(?:device-)?width\s*:\s*(\d+)", query)]
    narrow = [int(number) for number in re.findall(r"width\s*<=?\s*(\d+)", query)]
    return not (widths or narrow) or max(widths + narrow) >= 800


def _split(selectors: str) -> list[str]:
    """Selectors of a list; commas inside brackets do not part them."""
    if "(" not in selectors and "[" not in selectors:
        return [part for part in (s.strip() for s in selectors.split(",")) if part]
    parts, depth, begin = [], 0, 0
    for at, character in enumerate(selectors):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append(selectors[begin:at].strip())
            begin = at + 1
    return [part for part in (*parts, selectors[begin:].strip()) if part]


def _specificity(selector: str) -> Specificity:
    ids = classes = tags = 0
    for match in _SPECIFIC.finditer(selector):
        ids += bool(match[1])
        classes += bool(match[2])
        tags += bool(match[3])
    return ids, classes, tags


@dataclass(frozen=True)
class _Index:
    """Rules by the id, class or tag that their last part names ("*" where it names none), in cascade order.

    `variables`: custom properties wherever they are set; a page seldom sets one twice.
    """

    by_key: Mapping[str, tuple[tuple[int, Rule], ...]]
    variables: Mapping[str, str]


@lru_cache(maxsize=64)
def _index(sheets: tuple[str, ...]) -> _Index:
    found: dict[str, list[tuple[int, Rule]]] = {}
    variables: Style = {}
    for order, rule in enumerate(rule for sheet in sheets for rule in rules(sheet)):
        found.setdefault(_key(rule.selector), []).append((order, rule))
        variables |= {name: value for name, value in rule.style.items() if name.startswith("--")}
    return _Index({key: tuple(entries) for key, entries in found.items()}, variables)


def _bare(selector: str) -> str:
    return _INSIDE.sub("", _INSIDE.sub("", selector)) if "(" in selector or "[" in selector else selector


def _needs(selector: str) -> frozenset[str]:
    return frozenset(mark + _unescape(name) for mark, name, _ in _KEYS.findall(_bare(selector)) if mark)


def _key(selector: str) -> str:
    last = re.split(r"(?<!\\)[\s>+~]", _bare(selector).strip())[-1]
    best = ""
    for mark, name, tag in _KEYS.findall(last):
        if mark == "#" or (mark and not best.startswith("#")):
            best = mark + _unescape(name)
        elif tag and not best:
            best = tag.lower()
    return best or "*"


class Cascade:
    """Computed hiding properties of any element of one page."""

    def __init__(self, tree: LexborHTMLParser, sheets: Iterable[str], *, complete: bool = True) -> None:
        self._tree = tree
        self.complete = complete  # no linked sheet is missing
        self._index = _index(tuple(sheets))
        self._names = _names(tree) if self._index.by_key else frozenset()
        self._usable: dict[str, list[tuple[int, Rule]]] = {}
        self._styles: dict[int, Style] = {}
        self._matched: dict[str, frozenset[int]] = {}

    def style(self, node: LexborNode) -> Style:
        """The element's own style after the cascade; inheritance is the caller's."""
        if node.mem_id not in self._styles:
            self._styles[node.mem_id] = self._computed(node)
        return self._styles[node.mem_id]

    def _computed(self, node: LexborNode) -> Style:
        attributes = node.attributes
        style: Style = {}
        important: set[str] = set()
        for _, _, rule in sorted(self._rules_of(node, attributes), key=lambda m: m[:2]):
            for name, value in rule.style.items():
                if name in rule.important or name not in important:
                    style[name] = value
            important |= rule.important
        written = attributes.get("style")
        if written:
            inline, loud = declarations(written)
            style |= {n: v for n, v in inline.items() if n in loud or n not in important}
        for name, value in style.items():
            if "var(" in value:
                style[name] = self._resolved(value, style)
        return style

    def _rules_of(
        self, node: LexborNode, attributes: Mapping[str, str | None]
    ) -> Iterator[tuple[Specificity, int, Rule]]:
        keys = [node.tag or "", "*", *(f".{name}" for name in (attributes.get("class") or "").split()[:50])]
        if attributes.get("id"):
            keys.append(f"#{attributes['id']}")
        for key in dict.fromkeys(keys):
            for order, rule in self._of_key(key):
                if self._matches(node, rule.selector):
                    yield rule.specificity, order, rule

    def _of_key(self, key: str) -> list[tuple[int, Rule]]:
        """Rules of a key that can match on this page at all."""
        if key not in self._usable:
            rules_of = self._index.by_key.get(key, ())
            self._usable[key] = [entry for entry in rules_of if entry[1].needs <= self._names]
        return self._usable[key]

    def _matches(self, node: LexborNode, selector: str) -> bool:
        """The parser can tell quickly that neither the element nor anything in it matches."""
        if selector not in self._matched:
            if not _within(node, selector):
                return False
            self._matched[selector] = frozenset(found.mem_id for found in _select(self._tree, selector))
        return node.mem_id in self._matched[selector]

    def _resolved(self, value: str, own: Style) -> str:
        def one(match: re.Match[str]) -> str:
            return own.get(match[1]) or self._index.variables.get(match[1]) or (match[2] or "").strip()

        for _ in range(3):
            if "var(" not in value:
                break
            value = _VARIABLE.sub(one, value)
        return value


def _names(tree: LexborHTMLParser) -> frozenset[str]:
    """Every "#id" and ".class" of a page."""
    found: set[str] = set()
    for node in tree.css("[class],[id]"):
        attributes = node.attributes
        if attributes.get("id"):
            found.add(f"#{attributes['id']}")
        names = attributes.get("class")
        if names:
            found.update("." + name for name in names.split())
    return frozenset(found)


def _within(node: LexborNode, selector: str) -> bool:
    try:
        return node.css_matches(selector)
    except Exception:  # a selector that the parser does not know
        return False


def _select(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector)
    except Exception:
        return []
