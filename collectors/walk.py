"""One walk over one site: every page fetched once and shown to all eyes, every link checked once.

A scheduler in the calling thread hands out work so that no host ever has more than `per_host` requests at
once; worker threads fetch and look. Budgets are explicit, and what they cut is told in `unmeasured`.
"""

from __future__ import annotations

import queue
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

from cockpit.detect import links, softpage
from collectors import verdicts
from collectors.eyes import Eyes, Seen
from collectors.fetch import USER_AGENT, Fetcher, Response

FAILURES_TO_BREAK = 4  # connections refused in a row by a host that never answered: the rest is not tried
EXTERNAL_BYTES = 200_000
ROBOTS_BYTES = 200_000
CONNECT_CAUSES = frozenset(
    {"refused", "timeout", "dns", "dns_temporary", "no_route", "no_ipv6_route", "private_address", "tls"}
)
TRAP_VARIANTS = 200  # addresses of one path that differ only in their query: beyond it is a trap (calendars)


@dataclass(frozen=True)
class Budget:
    """What one walk may cost."""

    max_pages: int = 2000
    depth: int = 4
    max_links: int = 30_000
    seconds: float = 3600.0
    per_host: int = 4
    threads: int = 16
    sheets: int = 12


@dataclass
class LinkSeen:
    """One distinct address of a walk. level: home 1, links on it 2 …"""

    url: str
    kind: str
    level: int
    verdict: str = "skipped"
    cause: str | None = "budget_links"
    status: int | None = None
    follow: bool = False
    places: list[tuple[int, str]] = field(default_factory=list)
    external_title: str | None = None
    body: bytes | None = None


@dataclass
class Unmeasured:
    """Something that was not measured, and why."""

    target: str
    cause: str


@dataclass
class Walked:
    """Everything a walk came to. `sources` are page addresses; places refer to them by number."""

    start_url: str
    home: Response
    pages: list[Seen] = field(default_factory=list)
    statuses: dict[str, int | None] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    links: dict[str, LinkSeen] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    unmeasured: list[Unmeasured] = field(default_factory=list)
    external: list[tuple[LinkSeen, Response]] = field(default_factory=list)
    bytes: int = 0
    complete: bool = True
    stopped: bool = False


@dataclass
class _Done:
    link: LinkSeen
    answer: Response
    seen: Seen | None


class Walk:
    """The state of one walk. `run()` does it all; setting `stop` from another thread ends it early."""

    def __init__(
        self,
        start_url: str,
        fetcher: Fetcher,
        eyes: Eyes,
        budget: Budget,
        on_page: Callable[[int], None] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self._fetcher, self._eyes, self._budget = fetcher, eyes, budget
        self._on_page = on_page or (lambda _count: None)
        self._start = links.normalise(start_url, start_url) or start_url
        self._waiting: dict[str, deque[LinkSeen]] = {}
        self._active: dict[str, int] = {}
        self._failures: dict[str, int] = {}
        self._answered: set[str] = set()
        self._finished: queue.SimpleQueue[_Done] = queue.SimpleQueue()
        self._sheets: dict[str, str] = {}
        self._sheet_lock = threading.Lock()
        self._variants: dict[str, int] = {}
        self._robots: Protego | None = None
        self._probe: softpage.Fingerprint | None = None
        self._followed = 0
        self._in_work = 0
        self._deadline = time.monotonic() + budget.seconds
        self._stop = stop or threading.Event()
        self._out = Walked(self._start, Response(self._start, self._start))

    def run(self) -> Walked:
        """Walk the site and return everything seen. Never raises for what a site does."""
        home = self._fetcher.get(self._start)
        self._out.home = home
        self._out.bytes += len(home.body)
        if home.readable and not home.is_html:
            home.cause = "not_html"
        if not home.readable:
            self._out.unmeasured.append(Unmeasured(self._start, home.cause or "no_data"))
            self._out.complete = False
            return self._out
        self._start = links.normalise(home.final_url, home.final_url) or self._start
        self._get_robots()
        self._ask_for_nothing(home)
        try:
            with ThreadPoolExecutor(self._budget.threads) as pool:
                self._first(home)
                self._loop(pool)
                self._second_look(pool)
        except KeyboardInterrupt:
            self._out.stopped = True
        self._out.stopped = self._out.stopped or self._stop.is_set()
        self._cut_off()
        return self._out

    # --- before the walk -------------------------------------------------------------------------------

    def _get_robots(self) -> None:
        answer = self._fetcher.get(links.normalise("/robots.txt", self._start) or "", max_bytes=ROBOTS_BYTES)
        if answer.readable and b"<html" not in answer.body[:300].lower():
            self._robots = Protego.parse(answer.body.decode("utf-8", "replace"))

    def _ask_for_nothing(self, home: Response) -> None:
        """The site's own answer to a made-up path, unless it is the home page itself."""
        answer = self._fetcher.get(links.normalise(f"/{secrets.token_hex(8)}.html", self._start) or "")
        if answer.readable and answer.is_html:
            probe = self._eyes.look(
                answer.body, answer.content_type, answer.final_url, 2, {}, with_fingerprint=True
            )
            own = self._eyes.look(home.body, home.content_type, home.final_url, 1, {}, with_fingerprint=True)
            if (
                probe.fingerprint
                and own.fingerprint
                and not softpage.same(probe.fingerprint, own.fingerprint)
            ):
                self._probe = probe.fingerprint

    def _first(self, home: Response) -> None:
        link = LinkSeen(self._start, "internal", 1, follow=True)
        self._out.links[self._start] = link
        self._followed += 1
        seen = self._look(home, link)
        self._take(_Done(link, home, seen))

    # --- the loop --------------------------------------------------------------------------------------

    def _loop(self, pool: ThreadPoolExecutor) -> None:
        self._dispatch(pool)
        while self._in_work:
            done = self._finished.get()
            self._in_work -= 1
            host = urlsplit(done.link.url).netloc
            self._active[host] -= 1
            self._take(done)
            self._dispatch(pool, host)

    def _dispatch(self, pool: ThreadPoolExecutor, host: str | None = None) -> None:
        if self._stop.is_set() or time.monotonic() > self._deadline:
            return
        for name in (
            [host] if host in self._waiting and self._in_work > self._budget.threads else list(self._waiting)
        ):
            waiting = self._waiting[name]
            while waiting and self._active.get(name, 0) < self._budget.per_host:
                if self._in_work >= self._budget.threads * 2:
                    return
                link = waiting.popleft()
                if self._broken(name):
                    self._skip_broken(link)
                    continue
                self._active[name] = self._active.get(name, 0) + 1
                self._in_work += 1
                pool.submit(self._work, link)
            if not waiting:
                del self._waiting[name]

    def _broken(self, host: str) -> bool:
        return host not in self._answered and self._failures.get(host, 0) >= FAILURES_TO_BREAK

    def _skip_broken(self, link: LinkSeen) -> None:
        link.verdict, link.cause = "unsure", "refused"

    def _work(self, link: LinkSeen) -> None:
        answer = self._fetch(link)
        seen = None
        try:
            if (
                link.follow
                and answer.readable
                and answer.is_html
                and links.same_site(answer.final_url, self._start)
            ):
                seen = self._look(answer, link)
            elif link.kind == "internal" and answer.readable and answer.is_html and answer.body:
                seen = self._glance(answer)
        finally:
            if link.kind != "external":
                answer.body = b"" if not seen else answer.body
            self._finished.put(_Done(link, answer, seen))

    def _fetch(self, link: LinkSeen) -> Response:
        if (
            self._robots
            and links.same_site(link.url, self._start)
            and not self._robots.can_fetch(link.url, USER_AGENT)
        ):
            return Response(link.url, link.url, cause="robots")
        if link.kind in {"internal", "frame"} or link.follow:
            return self._fetcher.get(link.url, only_html=True)
        if link.kind == "external":
            return self._fetcher.get(link.url, only_html=True, max_bytes=EXTERNAL_BYTES)
        answer = self._fetcher.get(link.url, method="HEAD")
        return answer if answer.cause is None else self._fetcher.get(link.url, body=False)

    def _look(self, answer: Response, link: LinkSeen) -> Seen:
        sheets = self._style_sheets(answer)
        return self._eyes.look(
            answer.body,
            answer.content_type,
            answer.final_url,
            link.level,
            sheets,
            with_fingerprint=self._probe is not None,
        )

    def _glance(self, answer: Response) -> Seen | None:
        """A page beyond the budget is not looked at, but a soft 404 is still one."""
        seen = self._eyes.look(
            answer.body,
            answer.content_type,
            answer.final_url,
            9,
            {},
            with_fingerprint=self._probe is not None,
        )
        return seen if seen.gone or self._is_probe(seen) else None

    def _style_sheets(self, answer: Response) -> dict[str, str]:
        """The site's own linked style sheets, each fetched once a walk."""
        urls = _sheet_urls(answer.body, answer.final_url)[: self._budget.sheets]
        with self._sheet_lock:
            for url in urls:
                if url not in self._sheets and len(self._sheets) < 50 and links.same_site(url, self._start):
                    got = self._fetcher.get(url, max_bytes=500_000)
                    self._sheets[url] = got.body.decode("utf-8", "replace") if got.readable else ""
        return {url: self._sheets[url] for url in urls if self._sheets.get(url)}

    # --- taking results --------------------------------------------------------------------------------

    def _take(self, done: _Done) -> None:
        link, answer, seen = done.link, done.answer, done.seen
        self._count_failures(link, answer)
        link.cause, link.status = answer.cause, answer.status
        if (
            seen is not None
            and link.level > 1
            and answer.cause is None
            and (seen.gone or self._is_probe(seen))
        ):
            link.cause = "soft_404"
            seen = None if not link.follow else seen
            if seen:
                seen.gone = True
        link.verdict = verdicts.first(link.cause)
        self._out.bytes += len(answer.body)
        if answer.cause == "too_large":
            self._out.unmeasured.append(Unmeasured(link.url, "too_large"))
        if link.kind == "external" and answer.readable and answer.is_html:
            self._out.external.append((link, answer))
        if seen is not None and link.follow and not seen.gone:
            self._add_page(link, answer, seen)

    def _is_probe(self, seen: Seen) -> bool:
        return bool(self._probe and seen.fingerprint and softpage.same(seen.fingerprint, self._probe))

    def _count_failures(self, link: LinkSeen, answer: Response) -> None:
        host = urlsplit(link.url).netloc
        if answer.status is not None:
            self._answered.add(host)
        elif answer.cause in CONNECT_CAUSES:
            self._failures[host] = self._failures.get(host, 0) + 1

    def _add_page(self, link: LinkSeen, answer: Response, seen: Seen) -> None:
        out = self._out
        number = len(out.sources)
        out.sources.append(link.url)
        seen.url = link.url
        out.pages.append(seen)
        out.statuses[link.url], out.levels[link.url] = answer.status, link.level
        if seen.cut:
            out.unmeasured.append(Unmeasured(link.url, seen.cut))
        self._on_page(len(out.pages))
        for found in seen.links:
            self._note(found, link.level + 1, number)
        if link.level > 1:
            seen.links = []  # kept in out.links; the home page's are needed for level 2

    def _note(self, found: links.Link, level: int, source: int) -> None:
        known = self._out.links.get(found.url)
        if known is None:
            known = LinkSeen(found.url, found.kind, level)
            self._out.links[found.url] = known
            self._admit(known, found.bad)
        known.places.append((source, found.text))

    def _admit(self, link: LinkSeen, bad: bool) -> None:
        if bad:
            link.verdict, link.cause = "dead", "bad_url"
            return
        if len(self._out.links) > self._budget.max_links:
            self._out.complete = False
            return
        if self._is_trap(link.url):
            link.cause = "budget_links"
            return
        link.follow = self._may_follow(link)
        self._waiting.setdefault(urlsplit(link.url).netloc, deque()).append(link)

    def _may_follow(self, link: LinkSeen) -> bool:
        if link.kind not in {"internal", "frame"} or not links.same_site(link.url, self._start):
            return False
        if link.level > self._budget.depth:
            return False
        if self._followed >= self._budget.max_pages:
            self._out.complete = False
            return False
        self._followed += 1
        return True

    def _is_trap(self, url: str) -> bool:
        parts = urlsplit(url)
        if not parts.query and len(parts.path) < 300:
            return False
        key = f"{parts.netloc}{parts.path}"
        self._variants[key] = self._variants.get(key, 0) + 1
        return self._variants[key] > TRAP_VARIANTS or len(url) > 1500

    # --- the end ---------------------------------------------------------------------------------------

    def _second_look(self, pool: ThreadPoolExecutor) -> None:
        """Ask again, by GET, for everything that failed; what works now is ok, what fails again is lasting."""
        suspects = [
            k
            for k in self._out.links.values()
            if k.cause in verdicts.SECOND_LOOK and k.verdict in {"dead", "unsure"}
        ]
        before = {k.url: k.cause for k in suspects}
        if self._stop.is_set() or time.monotonic() > self._deadline:
            return
        self._failures.clear()
        for link in suspects:
            link.follow = False
            self._waiting.setdefault(urlsplit(link.url).netloc, deque()).append(link)
        self._loop(pool)
        for link in suspects:
            if verdicts.same_failure(before[link.url], link.cause):
                link.verdict = verdicts.lasting(link.cause)

    def _cut_off(self) -> None:
        out = self._out
        left = [link for waiting in self._waiting.values() for link in waiting]
        cause = "stopped" if self._stop.is_set() or out.stopped else "budget_time"
        for link in left:
            if link.verdict == "skipped":
                link.cause = cause
        skipped = sum(
            link.verdict == "skipped" and link.cause in {"budget_links", cause} for link in out.links.values()
        )
        if left or skipped:
            out.complete = False
            out.unmeasured.append(
                Unmeasured(
                    f"{self._start}（{max(len(left), skipped)} 条链接）", cause if left else "budget_links"
                )
            )
        if self._followed >= self._budget.max_pages and not out.complete:
            out.unmeasured.append(Unmeasured(self._start, "budget_pages"))


def _sheet_urls(body: bytes, url: str) -> list[str]:
    """Addresses of linked style sheets, read without parsing the page a second time."""
    found: list[str] = []
    for tag in re.findall(rb"<link\b[^>]{0,500}>", body[:60_000], re.IGNORECASE):
        if b"stylesheet" in tag.lower():
            match = re.search(rb"href\s*=\s*[\"']?([^\"'\s>]+)", tag, re.IGNORECASE)
            address = links.normalise(match[1].decode("utf-8", "replace"), url) if match else None
            if address:
                found.append(address)
    return found


def targets(walked: Walked, kinds: Iterable[str]) -> list[LinkSeen]:
    """Links of some kinds in order of discovery."""
    wanted = set(kinds)
    return [link for link in walked.links.values() if link.kind in wanted]
