"""Looking at pages in processes of their own: detectors are pure Python, so one process is one core's worth.

`Lookers.look` gives a page to an idle process; when several pages already wait it looks on the spot, so both
sides are busy and nothing piles up. Processes start with the first pages of a walk that is not tiny. One that
dies is not replaced: its page, and later ones, are looked at here.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import IO, Any

from cockpit.paths import CHECKOUT
from collectors.eyes import Eyes, Seen

START_AFTER = 12  # pages looked at here before a process pays for its start
MOST_WAITING = 2  # pages that wait for each process
_LENGTH = struct.Struct("<Q")
_log = logging.getLogger(__name__)


class Lookers:
    """Thread-safe. `processes` 0 looks at everything on the spot."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._idle: queue.SimpleQueue[_Looker | _Here] = queue.SimpleQueue()
        self._lookers: list[_Looker] = []
        self._alive = 0
        self._waiting = 0
        self._looked = 0
        self._lock = threading.Lock()

    @staticmethod
    def spare_cores() -> int:
        """Cores besides the one that fetches."""
        return len(os.sched_getaffinity(0)) - 1

    def __enter__(self) -> Lookers:
        return self

    def __exit__(self, *_: object) -> None:
        for looker in self._lookers:
            looker.close()

    def look(
        self, eyes: Eyes, body: bytes, content_type: str, url: str, level: int, sheets: Mapping[str, str]
    ) -> Seen:
        """What `eyes.look` says, wherever it is said."""
        if not self._may_wait():
            return eyes.look(body, content_type, url, level, sheets)
        looker = self._idle.get()
        with self._lock:
            self._waiting -= 1
        try:
            seen = looker.look(eyes, body, content_type, url, level, sheets)
        except Exception:  # whatever it was, what that process would say next is not to be trusted
            _log.exception("a looking process died")
            with self._lock:
                self._alive -= 1
                none_left = not self._alive
            if none_left:
                self._idle.put(_Here())  # for those who still wait
            return eyes.look(body, content_type, url, level, sheets)
        self._idle.put(looker)
        if isinstance(seen, Exception):
            raise seen
        return seen

    def _may_wait(self) -> bool:
        with self._lock:
            self._looked += 1
            if self._looked == START_AFTER:
                self._start()
            if self._waiting >= self._alive * MOST_WAITING:
                return False
            self._waiting += 1
            return True

    def _start(self) -> None:
        for _ in range(self._processes):
            looker = _Looker()
            self._lookers.append(looker)
            self._idle.put(looker)
            self._alive += 1


class _Here:
    """Stands in for a process when the last one has died."""

    def look(self, eyes: Eyes, *page: Any) -> Seen:
        return eyes.look(*page)


class _Looker:
    """One process. What it has been told of a site (eyes, style sheets) is not told again."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "collectors.lookers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=CHECKOUT,
        )
        self._eyes: dict[int, Eyes] = {}
        self._sheets: set[str] = set()

    def look(
        self, eyes: Eyes, body: bytes, content_type: str, url: str, level: int, sheets: Mapping[str, str]
    ) -> Seen:
        key = id(eyes)
        told = None if self._eyes.get(key) is eyes else eyes
        self._eyes[key] = eyes  # kept, so that its id stays its own
        new = {name: text for name, text in sheets.items() if name not in self._sheets}
        self._sheets |= new.keys()
        _send(self._process.stdin, (key, told, new, (body, content_type, url, level, tuple(sheets))))
        return _receive(self._process.stdout)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()  # type: ignore[union-attr]


def _send(pipe: IO[bytes] | None, what: Any) -> None:
    data = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    assert pipe is not None
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes] | None) -> Any:
    assert pipe is not None
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    return pickle.loads(pipe.read(_LENGTH.unpack(head)[0]))


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """The life of a looking process: answer until the other end closes."""
    known: dict[int, Eyes] = {}
    sheets: dict[str, str] = {}
    while True:
        try:
            key, told, new, (body, content_type, url, level, names) = _receive(source)
        except EOFError:
            return
        sheets |= new
        if told is not None:
            known[key] = told
        try:
            answer: Any = known[key].look(
                body, content_type, url, level, {name: sheets[name] for name in names}
            )
        except Exception as error:
            answer = error
        _send(sink, answer)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that started us
    with contextlib.suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)
