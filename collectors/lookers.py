"""Pages wait here for the detectors, which run in processes of their own (looker.py) beside the walk.

So the links of a whole site are found and asked for while the detectors are still busy, and a page that
keeps them busy for ever, or kills their process, costs itself and nothing else. A walk with nothing better
to do looks at a waiting page itself. Without processes (`Lookers(0)`) pages are looked at where they were
read. Walk and detectors share the cores, so the threads here speak rarely and of many pages at once.
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
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cockpit.paths import CHECKOUT
from collectors import looker
from collectors.eyes import Eyes, Seen
from collectors.shelf import Place, Shelf

MOST_WAITING = 400_000_000  # bytes of pages that wait; beyond it a page is looked at where it was read
START_AT = 12  # pages waiting at once before a process is started: small sites need none
SECONDS_A_PAGE = 10.0
SECONDS_TO_START = 60.0
MOST_PROCESSES = 2
MOST_KNOWN = 12  # eyes that a process remembers
SMALL = 500_000  # bytes of a page that the walk itself may look at

MOST_SENT = 32  # pages on their way to one process; more follow when half of them are done
PIPE_BYTES = 1_000_000  # asked of the kernel, so that answers need not wait to be read
NOWHERE = Place(0, 0)
TOO_LONG = "detector_timeout"
_keys = itertools.count(1)


@dataclass(frozen=True)
class Waiting:
    """One page that waits. `tell` gets what was seen, or the text of an error; called from any thread."""

    view: View
    content_type: str
    url: str
    level: int
    sheets: Mapping[str, str]
    lists_too: bool
    tell: Callable[[Seen | None, str], None]
    place: Place = NOWHERE  # of its body on the shelf, once it waits


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
        self._start_at = start_at
        self.shelf = Shelf(most_waiting)
        self.seconds_a_page, self._help_too = seconds_a_page, help_too
        self._most = max(1, min(MOST_PROCESSES, cores // 2)) if processes is None else processes
        self._waiting: deque[Waiting] = deque()
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
                    self._change.notify_all()
            if rest:
                for feeder in feeders:
                    feeder.stop()
                self.shelf.clear()

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
        self.shelf.close()

    def put(self, page: Waiting, body: bytes) -> bool:
        """Let a page wait; False when there is no room, or there are no processes."""
        place = self.shelf.put(body) if self._most and not self._closed else None
        if place is None:
            return False
        with self._change:
            self._waiting.append(replace(page, place=place))
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
            return self._waiting.popleft()

    def put_back(self, pages: Iterable[Waiting]) -> None:
        """Pages that a process died over, for another one."""
        with self._change:
            self._waiting.extendleft(reversed(list(pages)))

    def done(self, page: Waiting, seen: Seen | None, error: str) -> None:
        """Tell what came of a page that waited; its place is free again."""
        self.shelf.drop(page.place)
        page.tell(seen, error)

    def help(self) -> bool:
        """Look at one waiting page here and now; False when none waits that is small enough."""
        with self._change:
            if not self._help_too or not self._waiting or self._waiting[0].place.size > SMALL:
                return False
            page = self._waiting.popleft()
        body = self.shelf.read(page.place)
        self.shelf.drop(page.place)
        look_here(page, body)
        return True


def look_here(page: Waiting, body: bytes) -> None:
    """Look at a page in this process."""
    try:
        seen = page.view.eyes.look(
            body,
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


class _Feeder:
    """A thread that hands pages to one process and starts another when that one dies or hangs."""

    def __init__(self, lookers: Lookers) -> None:
        self._lookers = lookers
        self._process: subprocess.Popen[bytes] | None = None
        self._inbox = looker.Inbox(-1)
        self._told: dict[int, set[str]] = {}
        self._thread = threading.Thread(target=self._run, name="looker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._thread.join(timeout=0.5)
        self._end()

    def _run(self) -> None:
        """Some pages are always on their way, so that the process never waits for this thread's turn."""
        sent: deque[Waiting] = deque()
        while True:
            if len(sent) <= MOST_SENT // 2:
                self._fill(sent)
            if not sent:
                return
            self._hear(sent)

    def _fill(self, sent: deque[Waiting]) -> None:
        """Send the next pages in one message. Eyes and sheets are long, so they are told while nothing is on
        its way: both ends of the pipes would wait for each other."""
        pages: list[Waiting] = []
        while len(sent) + len(pages) < MOST_SENT:
            page = self._lookers.take(wait=not sent and not pages)
            if page is None:
                break
            if self._is_news(page):
                self._send(sent, pages)
                pages = []
                while sent:
                    self._hear(sent)
            pages.append(page)
        self._send(sent, pages)

    def _send(self, sent: deque[Waiting], pages: list[Waiting]) -> None:
        if not pages:
            return
        sent.extend(pages)
        try:
            process = self._process or self._start()
            assert process.stdin is not None
            looker.send([message for page in pages for message in self._messages(page)], process.stdin)
        except Exception as error:  # the process died: the page it was busy with is to blame
            self._blame(sent, f"{type(error).__name__}: {error}")

    def _hear(self, sent: deque[Waiting]) -> None:
        """The answers that have arrived, for the pages sent first; at least one, unless the process fails."""
        try:
            answers = self._answers(self._lookers.seconds_a_page)
        except TimeoutError:
            self._blame(sent, TOO_LONG)
        except Exception as error:
            self._blame(sent, f"{type(error).__name__}: {error}")
        else:
            for answer in answers:
                failed = isinstance(answer, looker.Failed)
                self._lookers.done(sent.popleft(), None if failed else answer, answer.error if failed else "")

    def _blame(self, sent: deque[Waiting], error: str) -> None:
        """End the process; the page it was busy with is told, the others wait again."""
        self._end()
        page = sent.popleft()
        self._lookers.put_back(sent)
        sent.clear()
        self._lookers.done(page, None, error)

    def _is_news(self, page: Waiting) -> bool:
        known = self._told.get(page.view.key)
        return known is None or not known.issuperset(page.sheets)

    def _messages(self, page: Waiting) -> Iterator[object]:
        """What the process must be told so that it can look at a page."""
        key = page.view.key
        if key not in self._told:
            while len(self._told) >= MOST_KNOWN:
                oldest = next(iter(self._told))
                yield looker.Forget(oldest)
                del self._told[oldest]
            yield looker.Know(key, page.view.eyes)
            self._told[key] = set()
        new = {url: text for url, text in page.sheets.items() if url not in self._told[key]}
        if new:
            yield looker.Know(key, None, new)
            self._told[key] |= new.keys()
        names = tuple(page.sheets)
        yield looker.Page(key, page.place, page.content_type, page.url, page.level, names, page.lists_too)

    def _answers(self, seconds: float) -> list[Any]:
        """Wait for the process to say something, so many seconds for one whole answer."""
        process = self._process or self._start()
        assert process.stdout is not None
        until = time.monotonic() + seconds
        answers: list[Any] = []
        while not answers:
            if not select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TimeoutError
            answers = self._inbox.read()
        return answers

    def _start(self) -> subprocess.Popen[bytes]:
        self._told.clear()
        bodies = self._lookers.shelf.number
        self._process = process = subprocess.Popen(
            [sys.executable, "-c", f"from collectors.looker import main; main({bodies})"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=CHECKOUT,
            pass_fds=(bodies,),
            start_new_session=True,  # Ctrl-C is for the walk, which then ends this
        )
        assert process.stdout is not None
        with contextlib.suppress(OSError):
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._inbox = looker.Inbox(process.stdout.fileno())
        self._answers(SECONDS_TO_START)
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        self._told.clear()
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
