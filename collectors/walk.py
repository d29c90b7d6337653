"""One walk over one site: every page fetched once and shown to all eyes, every link checked.

The calling thread schedules (frontier.py), worker threads ask and look (asker.py). A link that failed is asked
once more, a pause later, before anything is said about it. Budgets are explicit, and what they cut is told in
`unmeasured`.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from cockpit.detect import links
from collectors import verdicts
from collectors.asker import Asker, Done
from collectors.eyes import Eyes, Seen
from collectors.fetch import Fetcher, Response
from collectors.frontier import Frontier
from collectors.walked import Budget, LinkSeen, Places, Unmeasured, Walked, targets

__all__ = ["Budget", "LinkSeen", "Unmeasured", "Walk", "Walked", "targets"]

# Seconds from the start of a look that failed to the second one: at the least, and while there is other work.
AGAIN_SOON, AGAIN_LATE = 1.0, 20.0
TRAP_VARIANTS = 200  # addresses of one path that differ only in their query: beyond it is a trap (calendars)
LONGEST_URL = 1500


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
        self._budget = budget
        self._on_page = on_page or (lambda _count: None)
        start = links.normalise(start_url, start_url) or start_url
        self._asker = Asker(start, fetcher, eyes, budget.sheets, self._known)
        self._frontier = Frontier(budget.per_host)
        self._finished: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._under_way = 0
        self._words: list[str] = []  # the texts of links, each once
        self._word_numbers: dict[str, int] = {}
        self._landed: dict[str, LinkSeen] = {}  # where redirects led → the first link that led there
        self._wanted: set[str] = set(eyes.channel_urls)  # pages whose lists are judged
        self._variants: dict[str, int] = {}
        self._followed = 0
        self._pages_cut = False
        self._deadline = time.monotonic() + budget.seconds
        self._stop = stop or threading.Event()
        self._out = Walked(start, Response(start, start))

    def run(self) -> Walked:
        """Walk the site and return everything seen. Never raises for what a site does."""
        out = self._out
        home = out.home = self._asker.home()
        out.bytes += len(home.body)
        if not home.readable:
            out.unmeasured.append(Unmeasured(out.start_url, home.cause or "no_data"))
            out.complete = False
            return out
        try:
            self._walk_from(home)
        except KeyboardInterrupt:
            self._stop.set()
        out.stopped = self._stop.is_set()
        self._share_verdicts()
        self._tell_what_was_cut()
        return out

    def _walk_from(self, home: Response) -> None:
        start = links.normalise(home.final_url, home.final_url) or self._out.start_url
        self._asker.start = start
        self._asker.prepare(home)
        link = LinkSeen(start, "internal", 1, Places(self._words), follow=True)
        self._out.links[start] = link
        self._followed += 1
        done = Done(link, home)
        self._asker.look(done)
        home.body = b""
        with ThreadPoolExecutor(self._budget.threads) as pool:
            self._take(done)
            self._loop(pool)

    # --- scheduling ------------------------------------------------------------------------------------

    def _loop(self, pool: ThreadPoolExecutor) -> None:
        while True:
            self._dispatch(pool)
            due = self._frontier.due() if self._going_on() else None
            if not self._under_way and due is None:
                return
            full = self._under_way >= self._budget.threads
            pause = None if due is None or full else max(0.01, due - time.monotonic())
            try:
                done = self._finished.get(timeout=pause)
            except queue.Empty:
                continue
            self._under_way -= 1
            self._frontier.finished(done.link, done.answer.cause, done.answer.status)
            self._take(done)

    def _going_on(self) -> bool:
        return not self._stop.is_set() and time.monotonic() < self._deadline

    def _dispatch(self, pool: ThreadPoolExecutor) -> None:
        while self._under_way < self._budget.threads and self._going_on():
            turn = self._frontier.take(time.monotonic())
            if turn is None:
                return
            if turn.broken:
                self._judge(Done(turn.link, Response(turn.link.url, turn.link.url, cause=turn.broken)))
                continue
            self._under_way += 1
            pool.submit(self._work, turn.link)

    def _work(self, link: LinkSeen) -> None:
        self._finished.put(self._asker.ask(link))

    def _known(self, url: str, asked: LinkSeen) -> bool:
        """Whether a redirect leads to another link of this walk, so that it need not be fetched once more."""
        other = self._find(url)
        return other is not None and other is not asked and other.leads_to is None

    def _find(self, url: str) -> LinkSeen | None:
        address = links.normalise(url, url) or url
        return self._out.links.get(address) or self._landed.get(address)

    # --- taking results --------------------------------------------------------------------------------

    def _take(self, done: Done) -> None:
        link, answer, out = done.link, done.answer, self._out
        out.bytes += done.size
        self._judge(done)
        if done.failed:
            out.unmeasured.append(Unmeasured(link.url, "internal_error"))
        if answer.cause == "too_large":
            out.unmeasured.append(Unmeasured(link.url, "too_large"))
        if done.turned:
            out.external.append((link, done.turned))
        if done.seen is not None and not done.gone and link.leads_to is None:
            self._add_page(link, answer, done.seen)

    def _judge(self, done: Done) -> None:
        """The verdict after this look; a failure is looked at a second time before it is final."""
        link, answer = done.link, done.answer
        link.status = answer.status
        link.cause = "soft_404" if done.gone and answer.cause is None else answer.cause
        link.looks += 1
        if answer.known:
            link.leads_to = answer.final_url
            return
        if answer.final_url != link.url:
            landed = links.normalise(answer.final_url, answer.final_url)
            self._landed.setdefault(landed or answer.final_url, link)
        if link.looks == 1 and link.cause in verdicts.SECOND_LOOK:
            link.first_cause = link.cause
            link.verdict = verdicts.first(link.cause, link.status)
            self._again(link, answer)
        elif link.looks > 1 and verdicts.same_failure(link.first_cause, link.cause):
            link.verdict = verdicts.lasting(link.cause, link.status)
        else:
            link.verdict = verdicts.first(link.cause, link.status)

    def _again(self, link: LinkSeen, answer: Response) -> None:
        """Second looks at hanging links take long, so they start soon; the others can wait for a better moment."""
        started = time.monotonic() - answer.seconds
        soon = started + AGAIN_SOON
        late = soon if answer.cause == "timeout" else started + AGAIN_LATE
        if self._going_on():
            self._frontier.add_later(link, soon, late)

    def _add_page(self, link: LinkSeen, answer: Response, seen: Seen) -> None:
        out = self._out
        number = len(out.sources)
        out.sources.append(link.url)
        seen.url = link.url
        out.pages.append(seen)
        out.statuses[link.url], out.levels[link.url] = answer.status, link.level
        if seen.cut:
            out.unmeasured.append(Unmeasured(link.url, seen.cut))
        if link.level == 1:
            self._wanted |= {link.url, *(channel.url for channel in seen.channel_links)}
        self._on_page(len(out.pages))
        for found in seen.links:
            self._note(found, link.level + 1, number)
        seen.links = []  # kept in out.links
        if link.url not in self._wanted:
            seen.items = []

    def _note(self, found: links.Link, level: int, source: int) -> None:
        url, text, kind, _, bad = found
        known = self._out.links.get(url)
        if known is None:
            known = self._out.links[url] = LinkSeen(url, kind, level, Places(self._words))
            self._admit(known, bad)
        word = self._word_numbers.get(text)
        if word is None:
            word = self._word_numbers[text] = len(self._words)
            self._words.append(text)
        known.places.add(source, word)

    def _admit(self, link: LinkSeen, bad: bool) -> None:
        if bad:
            link.verdict, link.cause = "dead", "bad_url"
        elif len(self._out.links) > self._budget.max_links:
            self._out.complete = False
        elif not self._is_trap(link.url):
            link.follow = self._may_follow(link)
            self._frontier.add(link)

    def _may_follow(self, link: LinkSeen) -> bool:
        if link.kind not in {"internal", "frame"} or not links.same_site(link.url, self._asker.start):
            return False
        if link.level > self._budget.depth:
            return False
        if self._followed >= self._budget.max_pages:
            self._pages_cut = True
            return False
        self._followed += 1
        return True

    def _is_trap(self, url: str) -> bool:
        parts = urlsplit(url)
        if not parts.query and len(parts.path) < 300:
            return False
        key = f"{parts.netloc}{parts.path}"
        self._variants[key] = self._variants.get(key, 0) + 1
        return self._variants[key] > TRAP_VARIANTS or len(url) > LONGEST_URL

    # --- the end ---------------------------------------------------------------------------------------

    def _share_verdicts(self) -> None:
        """A link that redirects to another link of the walk is what that one is; a ring of them is a loop."""
        for link in self._out.links.values():
            end, passed = link, {link.url}
            while end is not None and end.leads_to is not None:
                end = self._find(end.leads_to)
                if end is not None and end.url in passed:
                    end = None
                elif end is not None:
                    passed.add(end.url)
            if end is None:
                link.verdict, link.cause = "dead", "redirect_loop"
            elif end is not link:
                link.verdict, link.cause, link.status = end.verdict, end.cause, end.status

    def _tell_what_was_cut(self) -> None:
        out = self._out
        cause = "stopped" if out.stopped else "budget_time"
        for link in self._frontier.left():
            if link.looks == 0:
                link.cause = cause
        for name in (cause, "budget_links"):
            count = sum(k.verdict == "skipped" and k.cause == name for k in out.links.values())
            if count:
                out.complete = False
                out.unmeasured.append(Unmeasured(f"{out.start_url}（{count} 条链接）", name))
        if out.stopped and out.complete:
            out.complete = False
            out.unmeasured.append(Unmeasured(out.start_url, "stopped"))
        if self._pages_cut:
            out.complete = False
            out.unmeasured.append(Unmeasured(out.start_url, "budget_pages"))
