"""What scripts write or hide, as far as it can be read without running them: strings, escapes, packers."""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from urllib.parse import unquote

MAX_SCRIPT = 300_000
_ESCAPES = re.compile(r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\([0-3][0-7]{2}|[4-7][0-7])")
_STRING = (
    r"(['\"])((?:(?!\1)[^\\]|\\.)*+)\1"  # a string literal; possessive, so that hostile input stays linear
)
_UNESCAPE = re.compile(r"(?:unescape|decodeURI(?:Component)?)\s*\(\s*" + _STRING + r"\s*\)", re.DOTALL)
_CHAR_CODES = re.compile(
    r"fromCharCode\s*(?:\(|\.\s*apply\s*\(\s*\w{1,20}\s*,\s*\[)\s*([\da-f\s,x]{10,})[\])]", re.IGNORECASE
)
_NUMBERS = re.compile(r"=\s*\[([\da-f\s,x]{30,})\]", re.IGNORECASE)
_BACKWARDS = re.compile(
    _STRING + r"\s*\.\s*split\(\s*(?:''|\"\")\s*\)\s*\.\s*reverse\(\s*\)\s*\.\s*join", re.DOTALL
)
_PIECES = re.compile(
    r"\[\s*((?:(?:'(?:[^'\\\n]|\\.){0,2000}+'|\"(?:[^\"\\\n]|\\.){0,2000}+\")\s*,?\s*){1,200}+)\]\s*\.\s*join\(\s*(?:''|\"\")\s*\)"
)
_HEXADECIMAL = re.compile(r"['\"]((?:[0-9a-fA-F]{2}){30,})['\"]")
_LESS = re.compile(_STRING + r"\s*\.\s*replace\(\s*/([^\w\s/\\])/g\s*,\s*(?:''|\"\")\s*\)", re.DOTALL)
_VALUE = re.compile(r"\b(\w{1,40})\s*=\s*(['\"])([^'\"\\\n]{0,500})\2")
_WITH_VALUES = re.compile(r"(['\"])\s*\+\s*((?:\w{1,40}\s*\+\s*){1,20})\1")
_PIECE = re.compile(r"'((?:[^'\\\n]|\\.)*+)'|\"((?:[^\"\\\n]|\\.)*+)\"")
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
_HIDING = r"(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0\b(?!\.)|height\s*:\s*0|(?:left|top|right|indent)\s*:\s*-\d{3})"
_GONE = (  # what is done to an element so that nobody sees it
    r"\s*\.\s*(?:style\s*\.\s*(?:display\s*=\s*['\"]none|visibility\s*=\s*['\"]hidden|(?:max)?[hH]eight\s*=\s*['\"]?0|"
    r"(?:left|top)\s*=\s*['\"]-\d{3}|cssText\s*\+?=\s*['\"][^'\"]{0,300}?" + _HIDING + r")|"
    r"setAttribute\(\s*['\"]style['\"]\s*,\s*['\"][^'\"]{0,300}?"
    + _HIDING
    + r"|remove\(\s*\)|(?:inner|outer)HTML\s*=\s*(?:''|\"\"))"
)
_GONE_JQUERY = (
    r"\s*\.\s*(?:hide\(|remove\(\s*\)|empty\(\s*\)|html\(\s*(?:''|\"\")\s*\)|css\(\s*['\"]display['\"]\s*,\s*['\"]none|"
    r"css\(\s*\{[^{}]{0,300}?(?:display['\"]?\s*:\s*['\"]none|visibility['\"]?\s*:\s*['\"]hidden|(?:left|top)['\"]?\s*:\s*['\"]?-\d{3}))"
)
_SHOWN = r"\s*\.\s*(?:style\s*\.\s*display\s*=\s*['\"](?!none)|style\s*\.\s*(?:max)?[hH]eight\s*=\s*['\"]?[1-9a]|style\s*\.\s*visibility\s*=\s*['\"]v)"
_SHOWN_JQUERY = r"\s*\.\s*(?:show\(|fadeIn\(|fadeToggle\(|slideDown\(|slideToggle\(|toggle\(|css\(\s*['\"]display['\"]\s*,\s*['\"](?!none))"
_BY_ID = r"getElementById\(\s*['\"](?P<id>[\w-]+)['\"]\s*\)"
_BY_SELECTOR = r"querySelector(?:All)?\(\s*['\"](?P<selector>[#.][\w-]+)['\"]\s*\)(?:\[0\])?"
_BY_JQUERY = r"(?:\$|jQuery)\(\s*['\"](?P<selector>[#.][\w-]+)['\"]\s*\)"
_HIDES, _SHOWS = (
    tuple(
        re.compile(by + what) for by, what in ((_BY_ID, plain), (_BY_SELECTOR, plain), (_BY_JQUERY, jquery))
    )
    for plain, jquery in ((_GONE, _GONE_JQUERY), (_SHOWN, _SHOWN_JQUERY))
)
_ADDED = r"\s*\.\s*(?:classList\s*\.\s*add\(\s*|className\s*\+?=\s*|addClass\(\s*)['\"]\s*(?P<added>[\w-]+)"
_CLASSES = tuple(re.compile(by + _ADDED) for by in (_BY_ID, _BY_SELECTOR, _BY_JQUERY))
_SHOWS_ANY = re.compile(
    r"(?:[\w$\]]|getElementById\(\s*[^'\"()]+\)|\$\(\s*[^'\"()]+\)|(?:eq|siblings|next|parent|children|find)\([^()]*\))(?:"
    + _SHOWN
    + "|"
    + _SHOWN_JQUERY
    + ")"
)
_BY_NAME = re.compile(rf"\b(?P<name>\w{{1,40}})\s*=\s*document\s*\.\s*(?:{_BY_ID}|{_BY_SELECTOR})")
_FUNCTION = re.compile(r"function\s*(\w*)\s*\([^()]{0,200}\)\s*\{|=>\s*\{")
_CALL = re.compile(r"\b(\w+)\s*\(")
_ON_EVENT = re.compile(
    r"(?:\.\s*(?:click|hover|mouse\w+|change|on|bind|live|delegate|key\w+|focus|blur|toggle|scroll|resize)\s*\([^;{}]{0,80}|"
    r"addEventListener\(\s*['\"](?!load|DOMContentLoaded)[^;{}]{0,60}|\.\s*on(?!load)\w+\s*=\s*)$"
)
_BRACES = re.compile(r"[{}]")
_TOUCHES = re.compile(r"style|hide|css\(|remove\(|HTML|show|toggle|fade|slide")
_MARKS = re.compile(r"\\([\\/'\"])")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def hidden_elements(scripts: Sequence[str]) -> set[str]:
    """Selectors ("#id", ".class") of elements that scripts hide at once and never show again."""
    gone: set[str] = set()
    back: set[str] = set()
    for written in scripts:
        if not _TOUCHES.search(written):
            continue
        script = written[:MAX_SCRIPT]
        back |= _touched(script, _SHOWS, _SHOWN)
        if not _SHOWS_ANY.search(script):  # which of its elements it shows, nobody can tell
            gone |= _touched(at_once(script), _HIDES, _GONE)
    return gone - back


def classes_added(scripts: Sequence[str]) -> set[tuple[str, str]]:
    """(selector, class) of elements that scripts give a class at once."""
    found: set[tuple[str, str]] = set()
    for script in scripts:
        if "lass" in script:
            for pattern in _CLASSES:
                for match in pattern.finditer(at_once(script[:MAX_SCRIPT])):
                    named = "id" in pattern.groupindex
                    found.add((f"#{match['id']}" if named else match["selector"], match["added"]))
    return found


def _touched(script: str, patterns: Iterable[re.Pattern[str]], done: str) -> set[str]:
    """Selectors of the elements to which something is done, directly or by a variable."""
    found = {
        f"#{match['id']}" if "id" in pattern.groupindex else match["selector"]
        for pattern in patterns
        for match in pattern.finditer(script)
    }
    for match in islice(_BY_NAME.finditer(script), 100):
        if re.search(rf"\b{match['name']}{done}", script):
            found.add(f"#{match['id']}" if match["id"] else match["selector"])
    return found


def at_once(script: str) -> str:
    """A script without the functions that wait for an event or for somebody to call them."""
    parts, position = [], 0
    calls = Counter(_CALL.findall(script))
    for match in _FUNCTION.finditer(script):
        if match.start() < position:
            continue
        name = match[1]
        waits = bool(_ON_EVENT.search(script, max(0, match.start() - 120), match.start()))
        if name and not waits:
            waits = calls[name] < 2  # one is its own head
        if waits:
            parts.append(script[position : match.start()])
            position = _end_of_block(script, match.end() - 1)
    return "".join([*parts, script[position:]])


def _end_of_block(script: str, start: int) -> int:
    depth = 0
    for match in _BRACES.finditer(script, start):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.end()
    return len(script)


def joined(script: str, *, guess: bool = False) -> str:
    """Strings that are added up or joined, written as one: 'a'+'b' and ['a','b'].join('') → 'ab'.

    `guess`: a name between them is taken for the text it was given, if that was one.
    """
    if "+" in script:
        script = _PLUS.sub("", _filled_in(script) if guess else script)
    if ".join(" in script and len(script) <= MAX_SCRIPT:
        script = _PIECES.sub(_one_string, script)
    return script


def _filled_in(script: str) -> str:
    """'a' + name + 'b' with the text that the name was given once, where it was given one."""
    if len(script) > MAX_SCRIPT or not _WITH_VALUES.search(script):
        return script
    values: dict[str, str | None] = {}
    for name, _, text in _VALUE.findall(script):
        values[name] = text if values.get(name, text) == text else None

    def one(match: re.Match[str]) -> str:
        texts = [values.get(name) for name in re.findall(r"\w+", match[2])]
        return match[0] if None in texts else "".join(text or "" for text in texts)

    return _WITH_VALUES.sub(one, script)


def _one_string(match: re.Match[str]) -> str:
    whole = "".join(
        single or double.replace('\\"', '"').replace("'", "\\'")
        for single, double in _PIECE.findall(match[1])
    )
    return f"'{whole}'"


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
    if "fromCharCode" in script:
        for codes in _NUMBERS.findall(script):
            yield "".join(chr(n) for n in _numbers(codes) if 0 < n < 0x110000)
    if "fromCharCode" in script or "nescape" in script or "decodeURI" in script:
        for digits in _HEXADECIMAL.findall(script):
            yield bytes.fromhex(digits).decode("utf-8", "replace")
    for _, text, mark in _LESS.findall(script) if ".replace" in script else ():
        yield plain(decoded(text)).replace(mark, "")
    for _, text in _BACKWARDS.findall(script) if "reverse" in script else ():
        yield plain(decoded(text))[::-1]
    for _, text in _ATOB.findall(script):
        try:
            yield base64.b64decode(text, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue
    for payload, base, count, words in _PACKED.findall(script):
        yield _unpack(payload, int(base), int(count), words.split("|"))
    shown = decoded(script)
    if shown != script:
        yield shown


def decoded(text: str) -> str:
    """Undo \\xNN, \\uNNNN and octal escapes of two or three digits."""
    if "\\" not in text:
        return text
    return _ESCAPES.sub(lambda m: chr(int(m[3], 8) if m[3] else int(m[1] or m[2], 16)), text)


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
