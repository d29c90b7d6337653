"""A detector process: reads pages from its standard input, writes what all detectors saw to its standard output.

Started by collectors/lookers.py only. Both ends belong to us, so the messages are pickles; what a page says
stands in a file that both have open (shelf.py). Memory is limited: a page that needs more fails, and the
process goes on.
"""

from __future__ import annotations

import io
import os
import pickle
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from cockpit.detect import reader, wording
from cockpit.detect.lexicon import Lexicon
from collectors import shelf
from collectors.eyes import Eyes, Seen

READY = "ready"
MEMORY = 1_500_000_000  # bytes of address space
READ_BYTES = 1_000_000


@dataclass(frozen=True)
class Know:
    """Eyes and style sheets that the following pages refer to by `key`."""

    key: int
    eyes: Eyes | None = None
    sheets: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Forget:
    """No more pages with this key will come."""

    key: int


@dataclass(frozen=True)
class Page:
    """One page to look at, as it came; `sheets` are addresses of style sheets told before."""

    key: int
    place: shelf.Place
    content_type: str
    url: str
    level: int
    sheets: tuple[str, ...]
    lists_too: bool


@dataclass(frozen=True)
class Failed:
    """The detectors failed: an error of our own, to be logged."""

    error: str


_matchers: list[wording.Matcher] = []


def _matcher(lexicon: Lexicon, model: str | None) -> wording.Matcher:
    """A matcher for a lexicon and the file of a reader's model; all sites of a run share one."""
    kept = _matchers[0] if _matchers else None
    if kept is None or kept.lexicon != lexicon or _model_of(kept) != model:
        _matchers[:] = [wording.Matcher(lexicon, reader.load(Path(model)) if model else None)]
    return _matchers[0]


def _model_of(matcher: wording.Matcher) -> str | None:
    return matcher.review.path if matcher.review else None


def _read_only(content: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(content)


class _Pickler(pickle.Pickler):
    """Matchers are built again at the other end; read-only mappings travel as plain ones."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, wording.Matcher):
            return _matcher, (obj.lexicon, _model_of(obj))
        if isinstance(obj, MappingProxyType):
            return _read_only, (dict(obj),)
        return NotImplemented


def send(message: object, to: BinaryIO) -> None:
    """Write one message: its length, then a pickle."""
    made = io.BytesIO()
    _Pickler(made, pickle.HIGHEST_PROTOCOL).dump(message)
    whole = memoryview(len(made.getbuffer()).to_bytes(8, "big") + made.getbuffer())
    while whole:
        whole = whole[to.write(whole) or 0 :]
    to.flush()


class Inbox:
    """Messages out of a pipe, as many at once as have arrived: a thread that reads them one by one would wait
    for its turn with every one."""

    def __init__(self, number: int) -> None:
        self._number, self._rest = number, bytearray()

    def read(self) -> list[Any]:
        """Wait for something to arrive; the messages that are complete by now. EOFError at the end."""
        part = os.read(self._number, READ_BYTES)
        if not part:
            raise EOFError
        self._rest += part
        return list(self._complete())

    def _complete(self) -> Iterator[Any]:
        at = 0
        while at + 8 <= len(self._rest):
            end = at + 8 + int.from_bytes(self._rest[at : at + 8], "big")
            if end > len(self._rest):
                break
            yield pickle.loads(self._rest[at + 8 : end])
            at = end
        del self._rest[:at]


class Looker:
    """What the process knows: eyes and sheets by key; bodies stand in the file with this descriptor."""

    def __init__(self, bodies: int) -> None:
        self._bodies = bodies
        self._eyes: dict[int, Eyes] = {}
        self._sheets: dict[int, dict[str, str]] = {}

    def take(self, message: object) -> Seen | Failed | None:
        """The answer to a message; None where there is none to give."""
        if isinstance(message, Page):
            return self._look(message)
        if isinstance(message, Know):
            if message.eyes is not None:
                self._eyes[message.key] = message.eyes
            self._sheets.setdefault(message.key, {}).update(message.sheets or {})
        elif isinstance(message, Forget):
            self._eyes.pop(message.key, None)
            self._sheets.pop(message.key, None)
        return None

    def _look(self, page: Page) -> Seen | Failed:
        known = self._sheets.get(page.key, {})
        sheets = {url: known[url] for url in page.sheets if url in known}
        try:
            return self._eyes[page.key].look(
                shelf.read(self._bodies, page.place),
                page.content_type,
                page.url,
                page.level,
                sheets,
                links_too=False,
                lists_too=page.lists_too,
            )
        except Exception as error:
            return Failed(f"{type(error).__name__}: {error}")


def main(bodies: int) -> None:
    """Answer until the other end closes."""
    with suppress(ValueError, OSError):  # a lower limit set from outside is fine as well
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    looker, inbox = Looker(bodies), Inbox(sys.stdin.fileno())
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        send(READY, sys.stdout.buffer)
        while True:
            for messages in inbox.read():
                _answer(looker, messages)


def _answer(looker: Looker, messages: Sequence[object]) -> None:
    for message in messages:
        answer = looker.take(message)
        if answer is not None:
            send(answer, sys.stdout.buffer)
