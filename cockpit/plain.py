"""Text that others wrote, made safe to show: what an eye cannot see is named instead of being obeyed.

Control characters move a terminal's cursor, direction marks turn a line round, zero-width characters hide words.
Stored facts keep them, because they are evidence; every way out (screen, file, terminal, log) goes through here.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from json.encoder import encode_basestring
from typing import Any, TextIO

# Controls except tab and line feed, C1, soft hyphen, direction marks, zero-width, line separators, fillers, language
# tags, and what no XML and no encoding can hold.
_CLASS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_MOST_MARKS = 3
TYPED = "（自填）"
# A joiner between pictures makes one picture of them: seen, not hidden; it matches without a group.
_JOINER = f"(?<=[{_EMOJI}])\u200d(?=[{_EMOJI}])"
_HIDDEN = re.compile(f"{_JOINER}|([{_CLASS}])\\1*")
_HEAP = re.compile(f"([{_MARKS}]{{{_MOST_MARKS}}})[{_MARKS}]+")  # marks piled up over the lines above
_SUSPECT = re.compile(f"[{_CLASS}{_MARKS}]")


def visible(text: str) -> str:
    """The text with every hidden character named: ␛ for a control, ⟨U+202E⟩ for the rest, ×n where it repeats."""
    return _put(text, _name) if _SUSPECT.search(text) else text


def stripped(text: str) -> str:
    """The text without hidden characters, for documents that are signed and messages that are sent."""
    return _put(text, lambda _: "") if _SUSPECT.search(text) else text


def _put(text: str, shown: Callable[[re.Match[str]], str]) -> str:
    named = _HIDDEN.sub(lambda m: shown(m) if m[1] else m[0], text.replace("\r\n", "\n"))
    return _HEAP.sub(r"\1", named)


def line(text: str) -> str:
    """The text in one line: a second line in a list of rows would be a row that nobody wrote."""
    return visible(re.sub(r"\s*\n\s*|\t", " ", text))


def typed(name: str) -> str:
    """A name that somebody typed where there is no login, marked so in every trail."""
    return f"{name.strip()}{TYPED}" if name.strip() else ""


def same_name(one: str, other: str) -> bool:
    """Whether two names look like one person: width, case, spaces, hidden characters and the mark do not count."""
    return _key(one) == _key(other)


def _key(name: str) -> str:
    bare = unicodedata.normalize("NFKC", stripped(name).replace(TYPED, ""))
    return re.sub(r"\s+", "", bare).casefold()


def hidden(text: str) -> str:
    """Names of the hidden characters of a text, empty where there are none."""
    letters = _HIDDEN.finditer(text.replace("\r\n", "\n")) if _SUSPECT.search(text) else ()
    found = dict.fromkeys(match[1] for match in letters if match[1])
    return "、".join(f"U+{ord(letter):04X}" for letter in found)


def _name(match: re.Match[str]) -> str:
    letter, times = match[1], len(match[0])
    code = ord(letter)
    if code < 32 or code == 127:
        name = chr(0x2421 if code == 127 else 0x2400 + code)
    elif 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF or code in {0xFFFE, 0xFFFF}:
        name = "\ufffd"
    else:
        name = f"⟨U+{code:04X}⟩"
    return name if times == 1 else f"{name}×{times}" if times > 2 else name * 2


def as_json(value: Any, **options: Any) -> str:
    """JSON in readable Chinese whose hidden characters are written as \\uXXXX: the same value, a harmless line."""
    if isinstance(value, str):
        return escaped(
            encode_basestring(value)
        )  # what dumps comes to, without its set-up: links have 100,000 texts
    return escaped(json.dumps(value, ensure_ascii=False, **options))


def escaped(text: str) -> str:
    """JSON text with its hidden characters as \\uXXXX; they can only stand inside strings."""
    if not _SUSPECT.search(text):
        return text
    return _HIDDEN.sub(lambda m: json.dumps(m[0])[1:-1] if m[1] else m[0], text)


class LogFilter(logging.Filter):
    """Shows the hidden characters of a log record, its traceback among it, whoever writes it down."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = line(record.getMessage()), None
        if record.exc_info:
            record.exc_text = visible(logging.Formatter().formatException(record.exc_info))
        return True


class _Stream:
    """A stream that shows hidden characters. A carriage return opens a progress line, anywhere else it hides one."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        start = len(text) - len(text.lstrip("\r"))
        self._stream.write(text[:start] + visible(text[start:]))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for text in lines:
            self.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def raw(stream: Any) -> Any:
    """The stream behind, for what is harmless already and much: JSON of a whole site."""
    return stream._stream if isinstance(stream, _Stream) else stream


@contextmanager
def streams() -> Iterator[None]:
    """Standard output and error of a command, with hidden characters shown."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Stream(before[0]), _Stream(before[1])  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
