"""Pages wait here for the detectors, which run in processes of their own (looker.py) beside the walk.

So the links of a whole site are found and asked for while the detectors are still busy, and a page that
keeps them busy for ever, or kills their process, costs itself and nothing else. A walk with nothing better
to do looks at a waiting page itself. Without processes (`Lookers(0)`) pages are looked at where they were
read.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import select
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cockpit.paths import CHECKOUT
from collectors import looker
from collectors.eyes import Eyes, Seen

MOST_WAITING = 8_000_000  # bytes of pages that wait; beyond it a page is looked at where it was read
START_AT = 12  # pages waiting at once before a process is started: small sites need none
SECONDS_A_PAGE = 10.0
SECONDS_TO_START = 60.0
MOST_PROCESSES = 2
MOST_KNOWN = 12  # eyes that a process remembers
SMALL = 500_000  # bytes of a page that the walk itself may look at

MOST_SENT = 8  # pages on their way to one process
PIPE_BYTES = (
    1_000_000  # asked of the kernel; what is on its way must fit, or both ends would wait for each other
)
BYTES_OF_EYES = 300_000
TOO_LONG = "detector_timeout"
_keys = itertools.count(1)


@dataclass(frozen=True)
class Waiting:
    """One page that waits. `tell` gets what was seen, or the text of an error; called from any thread."""

    view: View
    body: bytes
    content_type: str
    url: str
    level: int
    sheets: Mapping[str, str]
    lists_too: bool
    tell: Callable[[Seen | None, str], None]


class View:
    """Eyes with a number, by which the processes remember them."""

    def __init__(self, eyes: Eyes) -> None:
        self.eyes, self.key = eyes, next(_keys)


class Lookers:
    """Shared by all walks of a run. Close it at the end (or use it as a context manager)."""

    def __init__(
        self,
        processes: int | None = None,
        *,
        start_at: int = START_AT,
        seconds_a_page: float = SECONDS_A_PAGE,
        most_waiting: int = MOST_WAITING,
        help_too: bool = True,
    ) -> None:
        cores = len(os.sched_getaffinity(0))
        self._start_at, self._most_waiting = start_at, most_waiting
        self.seconds_a_page, self._help_too = seconds_a_page, help_too
        self._most = max(1, min(MOST_PROCESSES, cores // 2)) if processes is None else processes
        self._waiting: deque[Waiting] = deque()
        self._bytes = 0
        self._change = threading.Condition()
        self._feeders: list[_Feeder] = []
        self._closed = False
        self._users = 0

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """While a walk goes on; the processes end with the last one, and start again with the next."""
        with self._change:
            self._users += 1
        try:
            yield
        finally:
            with self._change:
                self._users -= 1
                rest, feeders = self._users == 0, self._feeders
                if rest:
                    self._feeders = []
                    self._waiting.clear()
                    self._bytes = 0
                    self._change.notify_all()
            for feeder in feeders if rest else ():
                feeder.stop()

    def __enter__(self) -> Lookers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; pages that still wait are not told of."""
        with self._change:
            self._closed = True
            self._waiting.clear()
            self._change.notify_all()
        for feeder in self._feeders:
            feeder.stop()

    def put(self, page: Waiting) -> bool:
        """Let a page wait; False when there is no room, or there are no processes."""
        with self._change:
            if not self._most or self._closed or self._bytes + len(page.body) > self._most_waiting:
                return False
            self._waiting.append(page)
            self._bytes += len(page.body)
            if len(self._waiting) >= self._start_at and len(self._feeders) < self._most:
                self._feeders.append(_Feeder(self))
            self._change.notify()
        return True

    def take(self, *, wait: bool = True) -> Waiting | None:
        """The next page; None when closed or at rest, or there is none right now and nobody waits."""
        with self._change:
            while not self._waiting:
                if self._closed or not self._users or not wait:
                    return None
                self._change.wait()
            return self._pop()

    def put_back(self, pages: Iterable[Waiting]) -> None:
        """Pages that a process died over, for another one."""
        with self._change:
            for page in reversed(list(pages)):
                self._waiting.appendleft(page)
                self._bytes += len(page.body)

    def help(self) -> bool:
        """Look at one waiting page here and now; False when none waits that is small enough."""
        with self._change:
            if not self._help_too or not self._waiting or len(self._waiting[0].body) > SMALL:
                return False
            page = self._pop()
        look_here(page)
        return True

    def _pop(self) -> Waiting:
        page = self._waiting.popleft()
        self._bytes -= len(page.body)
        return page


def look_here(page: Waiting) -> None:
    """Look at a page in this process."""
    try:
        seen = page.view.eyes.look(
            page.body,
            page.content_type,
            page.url,
            page.level,
            page.sheets,
            links_too=False,
            lists_too=page.lists_too,
        )
    except Exception as error:
        page.tell(None, f"{type(error).__name__}: {error}")
    else:
        page.tell(seen, "")


def _widened(process: subprocess.Popen[bytes]) -> int:
    """Bytes of pages that fit into the pipe to a process beside the first one."""
    assert process.stdin is not None
    try:
        return fcntl.fcntl(process.stdin, fcntl.F_SETPIPE_SZ, PIPE_BYTES) * 3 // 4
    except OSError:
        return 40_000


class _Feeder:
    """A thread that hands pages to one process and starts another when that one dies or hangs."""

    def __init__(self, lookers: Lookers) -> None:
        self._lookers = lookers
        self._process: subprocess.Popen[bytes] | None = None
        self._told: dict[int, set[str]] = {}
        self._room = 0
        self._thread = threading.Thread(target=self._run, name="looker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._thread.join(timeout=0.5)
        self._end()

    def _run(self) -> None:
        """Some pages are always on their way, so that the process never waits for this thread's turn."""
        sent: deque[Waiting] = deque()
        while True:
            while len(sent) < MOST_SENT and (page := self._lookers.take(wait=not sent)) is not None:
                while sent and self._weight(page) + sum(len(p.body) for p in sent) > self._room:
                    self._hear(sent)
                sent.append(page)
                try:
                    self._tell(page, self._process or self._start())
                except Exception as error:  # the process died: the page it was busy with is to blame
                    self._blame(sent, f"{type(error).__name__}: {error}")
            if not sent:
                return
            self._hear(sent)

    def _weight(self, page: Waiting) -> int:
        """Bytes that telling of a page takes in the pipe, about."""
        known = self._told.get(page.view.key)
        new = sum(len(text) for url, text in page.sheets.items() if known is None or url not in known)
        return len(page.body) + 2 * new + (0 if known is not None else BYTES_OF_EYES)

    def _hear(self, sent: deque[Waiting]) -> None:
        """One answer, for the page sent first."""
        try:
            answer = self._answer(self._process or self._start(), self._lookers.seconds_a_page)
        except TimeoutError:
            self._blame(sent, TOO_LONG)
        except Exception as error:
            self._blame(sent, f"{type(error).__name__}: {error}")
        else:
            page = sent.popleft()
            failed = isinstance(answer, looker.Failed)
            page.tell(None if failed else answer, answer.error if failed else "")

    def _blame(self, sent: deque[Waiting], error: str) -> None:
        """End the process; the page it was busy with is told, the others wait again."""
        self._end()
        page = sent.popleft()
        self._lookers.put_back(sent)
        sent.clear()
        page.tell(None, error)

    def _tell(self, page: Waiting, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        key = page.view.key
        if key not in self._told:
            while len(self._told) >= MOST_KNOWN:
                oldest = next(iter(self._told))
                looker.send(looker.Forget(oldest), process.stdin)
                del self._told[oldest]
            looker.send(looker.Know(key, page.view.eyes), process.stdin)
            self._told[key] = set()
        new = {url: text for url, text in page.sheets.items() if url not in self._told[key]}
        if new:
            looker.send(looker.Know(key, None, new), process.stdin)
            self._told[key] |= new.keys()
        names = tuple(page.sheets)
        message = looker.Page(key, page.body, page.content_type, page.url, page.level, names, page.lists_too)
        looker.send(message, process.stdin)

    @staticmethod
    def _answer(process: subprocess.Popen[bytes], seconds: float) -> Any:
        assert process.stdout is not None
        if not select.select([process.stdout], [], [], seconds)[0]:
            raise TimeoutError
        return looker.receive(process.stdout)

    def _start(self) -> subprocess.Popen[bytes]:
        self._told.clear()
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from collectors.looker import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=CHECKOUT,
            start_new_session=True,  # Ctrl-C is for the walk, which then ends this
        )
        self._room = _widened(self._process)
        self._answer(self._process, SECONDS_TO_START)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
