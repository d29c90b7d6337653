"""Whose turn it is: hands out links so that no host ever has more than `per_host` requests under way.

Links that are only checked go before pages, which bring more of them, but leave pages a quarter of the turns:
so links that hang do so while the walk goes on, not at its end. Pages go level by level, the templates of a
site in turn (templates.py). A link that failed comes back for a second look: late when there is other work,
after a short pause when there is none. A host that never answered and failed several times in a row is not
tried any more (circuit breaker): its links share the cause.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from collectors.templates import Templates
from collectors.walked import LinkSeen

FAILURES_TO_BREAK = 4
CONNECT_CAUSES = frozenset(
    {"refused", "timeout", "reset", "no_route", "no_ipv6_route", "tls", "dns_temporary", "bad_answer"}
)


@dataclass
class _Host:
    pages: Templates = field(default_factory=Templates)
    leaves: deque[LinkSeen] = field(default_factory=deque)
    again: deque[LinkSeen] = field(default_factory=deque)
    active: int = 0
    active_leaves: int = 0  # of them: everything but first looks at pages
    in_line: bool = False
    answered: bool = False
    failures: list[int] = field(default_factory=lambda: [0, 0])  # of first and of second looks
    cause: str | None = None


@dataclass(frozen=True)
class Turn:
    """A link to be asked for; `broken` names the cause when its host is not to be tried any more."""

    link: LinkSeen
    broken: str | None = None


class Frontier:
    """Not thread-safe: it belongs to the scheduling thread."""

    def __init__(self, per_host: int) -> None:
        self._per_host = per_host
        self._most_leaves = max(1, per_host * 3 // 4)
        self._hosts: dict[str, _Host] = {}
        self._line: deque[_Host] = deque()
        self._later: list[tuple[float, int, float, LinkSeen]] = []  # late, number, soon, link
        self._soonest: float | None = None
        self._number = 0
        self.waiting = 0  # links in line, those for a later look apart

    def add(self, link: LinkSeen) -> None:
        host = self._host(link)
        (host.pages if link.follow else host.leaves).append(link)
        self.waiting += 1
        self._enter(host)

    def add_later(self, link: LinkSeen, soon: float, late: float) -> None:
        """Bring a link back for its second look: at `late`, or from `soon` on when there is nothing else to do."""
        self._number += 1
        heapq.heappush(self._later, (late, self._number, soon, link))
        self._soonest = soon if self._soonest is None else min(self._soonest, soon)

    def due(self) -> float | None:
        """When the next second look is due, given that nothing else can be asked now."""
        return self._soonest

    def take(self, now: float) -> Turn | None:
        """The next link whose host has a turn free; None when there is nothing to do right now."""
        if self._later and self._later[0][0] <= now:
            self._bring_back([entry for entry in self._later if entry[0] <= now])
        turn = self._next()
        if turn is None and self._soonest is not None and self._soonest <= now:
            self._bring_back([entry for entry in self._later if entry[2] <= now])
            turn = self._next()
        return turn

    def _bring_back(self, entries: list[tuple[float, int, float, LinkSeen]]) -> None:
        gone = {number for _, number, _, _ in entries}
        self._later = [entry for entry in self._later if entry[1] not in gone]
        heapq.heapify(self._later)
        self._soonest = min((soon for _, _, soon, _ in self._later), default=None)
        for *_, link in entries:
            host = self._host(link)
            host.again.append(link)
            self.waiting += 1
            self._enter(host)

    def _next(self) -> Turn | None:
        while self._line:
            host = self._line.popleft()
            host.in_line = False
            link = self._choose(host)
            if link is None:
                continue
            self.waiting -= 1
            if not host.answered and host.failures[link.looks > 0] >= FAILURES_TO_BREAK:
                self._enter(host)
                return Turn(link, host.cause)
            host.active += 1
            host.active_leaves += _is_leaf(link)
            self._enter(host)
            return Turn(link)
        return None

    def _choose(self, host: _Host) -> LinkSeen | None:
        if host.active >= self._per_host:
            return None
        if host.pages and (host.active_leaves >= self._most_leaves or not (host.again or host.leaves)):
            return host.pages.popleft()
        side = host.again or host.leaves
        return side.popleft() if side else None

    def finished(self, link: LinkSeen, cause: str | None, status: int | None) -> None:
        """A request came back (`link.looks` not counted up yet): free its turn and learn about its host."""
        host = self._host(link)
        host.active -= 1
        host.active_leaves -= _is_leaf(link)
        if status is not None:
            host.answered = True
        elif cause in CONNECT_CAUSES:
            host.failures[link.looks > 0] += 1
            host.cause = cause
        self._enter(host)

    def left(self) -> Iterator[LinkSeen]:
        """Links that nobody asked for."""
        for host in self._hosts.values():
            yield from host.pages
            yield from host.leaves
            yield from host.again
        yield from (link for *_, link in self._later)

    def _host(self, link: LinkSeen) -> _Host:
        return self._hosts.setdefault(urlsplit(link.url).netloc, _Host())

    def _enter(self, host: _Host) -> None:
        waiting = host.pages or host.leaves or host.again
        if waiting and not host.in_line and host.active < self._per_host:
            host.in_line = True
            self._line.append(host)


def _is_leaf(link: LinkSeen) -> bool:
    return not link.follow or link.looks > 0
