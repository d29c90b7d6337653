"""What scripts write or hide, as far as it can be read without running them: strings, escapes, packers."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

MAX_SCRIPT = 300_000
_ESCAPES = re.compile(r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})")
_STRING = (
    r"(['\"])((?:(?!\1)[^\\]|\\.)*+)\1"  # a string literal; possessive, so that hostile input stays linear
)
_UNESCAPE = re.compile(r"(?:unescape|decodeURI(?:Component)?)\s*\(\s*" + _STRING + r"\s*\)", re.DOTALL)
_CHAR_CODES = re.compile(r"fromCharCode\s*\(\s*([\d\s,x]{10,})\)", re.IGNORECASE)
_ATOB = re.compile(r"atob\s*\(\s*(['\"])([A-Za-z0-9+/=]{16,})\1\s*\)")
_PACKED = re.compile(
    r"\}\s*\(\s*'((?:[^'\\]|\\.)*)'\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*'((?:[^'\\]|\\.)*)'\.split\('\|'\)",
    re.DOTALL,
)
_PLUS = re.compile(r"(['\"])\s*\+\s*\1")
_WRITE = re.compile(
    r"(?:\bwrite(?:ln)?['\"]?\]?\s*\(|innerHTML\s*\+?=|insertAdjacentHTML\(\s*['\"]\w+['\"]\s*,|"
    r"\.\s*(?:html|append|prepend|after|before)\()\s*" + _STRING,
    re.DOTALL,
)
_NONE = r"\.\s*style\s*(?:\.\s*display\s*=\s*['\"]none|\.\s*visibility\s*=\s*['\"]hidden|\.\s*(?:max)?[hH]eight\s*=\s*['\"]0|\.\s*cssText\s*=\s*['\"][^'\"]*(?:display\s*:\s*none|height\s*:\s*0))"
_BY_ID = re.compile(r"getElementById\(\s*['\"]([\w-]+)['\"]\s*\)\s*" + _NONE)
_BY_SELECTOR = re.compile(r"querySelector(?:All)?\(\s*['\"]([#.][\w-]+)['\"]\s*\)(?:\[0\])?\s*" + _NONE)
_BY_JQUERY = re.compile(
    r"(?:\$|jQuery)\(\s*['\"]([#.][\w-]+)['\"]\s*\)\s*\.\s*(?:hide\s*\(|css\(\s*['\"]display['\"]\s*,\s*['\"]none)"
)
_BY_NAME = re.compile(
    r"\b(\w{1,40})\s*=\s*document\s*\.\s*(?:getElementById\(\s*['\"]([\w-]+)|querySelector\(\s*['\"]([#.][\w-]+))['\"]\s*\)"
)
_MARKS = re.compile(r"\\([\\/'\"])")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def hidden_elements(script: str) -> set[str]:
    """Selectors ("#id", ".class") of elements that a script hides."""
    script = script[:MAX_SCRIPT]
    found = {f"#{i}" for i in _BY_ID.findall(script)}
    found |= {*_BY_SELECTOR.findall(script), *_BY_JQUERY.findall(script)}
    for name, identity, selector in _BY_NAME.findall(script)[:100]:
        if re.search(rf"\b{name}\s*{_NONE}", script):
            found.add(f"#{identity}" if identity else selector)
    return found


def joined(script: str) -> str:
    """Strings that are added up, written as one: 'a'+'b' → 'ab'."""
    return _PLUS.sub("", script) if "+" in script else script


def written(script: str) -> Iterator[str]:
    """Strings given to document.write, unescaped."""
    for _, text in _WRITE.findall(script[:MAX_SCRIPT]):
        yield plain(decoded(text))


def revealed(script: str) -> Iterator[str]:
    """Text that a script keeps in escapes, character codes, base64 or a packer; only what differs from plain."""
    script = script[:MAX_SCRIPT]
    for _, text in _UNESCAPE.findall(script):
        yield unquote(re.sub(r"%u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text))
    for codes in _CHAR_CODES.findall(script):
        yield "".join(chr(n) for n in _numbers(codes) if 0 < n < 0x110000)
    for _, text in _ATOB.findall(script):
        try:
            yield base64.b64decode(text, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue
    for payload, base, count, words in _PACKED.findall(script):
        yield _unpack(payload, int(base), int(count), words.split("|"))
    plain = decoded(script)
    if plain != script:
        yield plain


def decoded(text: str) -> str:
    """Undo \\xNN and \\uNNNN."""
    return _ESCAPES.sub(lambda m: chr(int(m[1] or m[2], 16)), text) if "\\" in text else text


def plain(text: str) -> str:
    """A string without the backslashes before marks."""
    return _MARKS.sub(r"\1", text) if "\\" in text else text


def _numbers(codes: str) -> Iterator[int]:
    for word in codes.split(","):
        try:
            yield int(word.strip(), 0)
        except ValueError:
            continue


def _unpack(payload: str, base: int, count: int, words: list[str]) -> str:
    """Undo Dean Edwards' packer: numbers in `base` stand for words."""
    if not 2 <= base <= 62 or count > 20_000:
        return payload
    table = {_in_base(n, base): word for n, word in enumerate(words[:count]) if word}
    return re.sub(r"\b\w+\b", lambda m: table.get(m[0], m[0]), plain(decoded(payload)))


def _in_base(number: int, base: int) -> str:
    digits = _DIGITS[number % base]
    return (_in_base(number // base, base) if number >= base else "") + digits
