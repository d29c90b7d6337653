"""Whose turn it is: hands out links so that no host ever has more than `per_host` requests under way.

A link that failed comes back for a second look after a pause, while the walk goes on; second looks take at
most half of a host's turns as long as it has other work. A host that never answered and failed several times
in a row is not tried any more (circuit breaker): its links share the cause of its failures.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from collectors.walked import LinkSeen

FAILURES_TO_BREAK = 4
CONNECT_CAUSES = frozenset(
    {"refused", "timeout", "reset", "no_route", "no_ipv6_route", "tls", "dns_temporary"}
)


@dataclass
class _Host:
    waiting: deque[LinkSeen] = field(default_factory=deque)
    again: deque[LinkSeen] = field(default_factory=deque)
    active: int = 0
    active_again: int = 0
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
        self._hosts: dict[str, _Host] = {}
        self._line: deque[_Host] = deque()
        self._later: list[tuple[float, int, LinkSeen]] = []
        self._number = 0

    def add(self, link: LinkSeen) -> None:
        host = self._host(link)
        host.waiting.append(link)
        self._enter(host)

    def add_later(self, link: LinkSeen, due: float) -> None:
        """Bring a link back for its second look at `due` (time.monotonic)."""
        self._number += 1
        heapq.heappush(self._later, (due, self._number, link))

    def due(self) -> float | None:
        """When the next second look is due."""
        return self._later[0][0] if self._later else None

    def take(self, now: float) -> Turn | None:
        """The next link whose host has a turn free; None when there is nothing to do right now."""
        while self._later and self._later[0][0] <= now:
            link = heapq.heappop(self._later)[2]
            host = self._host(link)
            host.again.append(link)
            self._enter(host)
        while self._line:
            host = self._line.popleft()
            host.in_line = False
            chosen = self._choose(host)
            if chosen is None:
                continue
            second = chosen.looks > 0
            if not host.answered and host.failures[second] >= FAILURES_TO_BREAK:
                self._enter(host)
                return Turn(chosen, host.cause)
            host.active += 1
            host.active_again += second
            self._enter(host)
            return Turn(chosen)
        return None

    def _choose(self, host: _Host) -> LinkSeen | None:
        if host.active >= self._per_host:
            return None
        if host.again and (not host.waiting or host.active_again < max(1, self._per_host // 2)):
            return host.again.popleft()
        return host.waiting.popleft() if host.waiting else None

    def finished(self, link: LinkSeen, cause: str | None, status: int | None) -> None:
        """A request came back: free its turn and learn about its host."""
        host = self._host(link)
        second = link.looks > 0
        host.active -= 1
        host.active_again -= second
        if status is not None:
            host.answered = True
        elif cause in CONNECT_CAUSES:
            host.failures[second] += 1
            host.cause = cause
        self._enter(host)

    def left(self) -> Iterator[LinkSeen]:
        """Links that nobody asked for."""
        for host in self._hosts.values():
            yield from host.waiting
            yield from host.again
        yield from (link for _, _, link in self._later)

    def _host(self, link: LinkSeen) -> _Host:
        return self._hosts.setdefault(urlsplit(link.url).netloc, _Host())

    def _enter(self, host: _Host) -> None:
        if not host.in_line and host.active < self._per_host and (host.waiting or host.again):
            host.in_line = True
            self._line.append(host)
