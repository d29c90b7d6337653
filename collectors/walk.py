"""One walk over one site: every page fetched once and shown to all eyes, every link checked.

The calling thread schedules (frontier.py), worker threads ask and look (asker.py); the detectors may run in
processes beside them (lookers.py). A link that failed is asked
once more, a pause later, before anything is said about it. Budgets are explicit, and what they cut is told in
`unmeasured`.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from cockpit.detect import links
from collectors import verdicts
from collectors.asker import Asker, Done, Later, Looked
from collectors.eyes import Eyes, Seen
from collectors.fetch import Fetcher, Response
from collectors.frontier import Frontier
from collectors.lookers import TOO_LONG, Lookers, View, Waiting, look_here
from collectors.memory import Memory
from collectors.sources import Sources
from collectors.traps import Traps
from collectors.walked import Budget, LinkSeen, Places, Unmeasured, Walked, share_verdicts, targets

__all__ = ["Budget", "LinkSeen", "Unmeasured", "Walk", "Walked", "targets"]

# Seconds from the start of a look that failed to the second one: at the least, and while there is other work.
AGAIN_SOON, AGAIN_LATE = 1.0, 20.0
GRACE = 5.0  # seconds for pages that still wait for the detectors when a walk is stopped or out of time

_log = logging.getLogger(__name__)


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
        lookers: Lookers | None = None,
        memory: Memory | None = None,
        sources: Sources | None = None,
    ) -> None:
        self._budget = budget
        self._lookers = lookers or Lookers(0)
        self._looking = 0  # pages that wait for the detectors
        self._void: set[int] = set()  # sources that turned out to be gone
        self._on_page = on_page or (lambda _count: None)
        start = links.normalise(start_url, start_url) or start_url
        self._wanted: set[str] = set(eyes.channel_urls)  # pages whose lists are judged
        self._memory, self._sources = memory, sources or Sources(None)
        self._asker = Asker(
            start,
            fetcher,
            eyes,
            budget.sheets,
            self._known,
            at_once=lookers is None,
            memory=memory,
            wanted=self._wanted,
        )
        self._view = View(eyes)
        self._frontier = Frontier(budget.per_host)
        self._finished: queue.SimpleQueue[Done | Looked] = queue.SimpleQueue()
        self._under_way = 0
        self._words: list[str] = []  # the texts of links, each once
        self._word_numbers: dict[str, int] = {}
        self._landed: dict[str, LinkSeen] = {}  # where redirects led → the first link that led there
        self._traps = Traps()
        self._sitemaps_read = False
        self._followed = 0
        self._patience: float | None = None
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
            with self._lookers.used():
                self._walk_from(home)
        except KeyboardInterrupt:
            self._stop.set()
        out.stopped = self._stop.is_set()
        out.bodies = self._sources.kept()
        self._drop_void()
        share_verdicts(out.links.values(), self._find)
        self._tell_what_was_cut()
        return out

    def _walk_from(self, home: Response) -> None:
        start = links.normalise(home.final_url, home.final_url) or self._out.start_url
        self._asker.start = start
        self._out.planted = self._asker.prepare(home)
        self._view = View(self._asker.eyes)
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
            going_on = self._going_on()
            due = self._frontier.due() if going_on else None
            if not self._under_way and due is None:
                if going_on and self._orphans():
                    continue
                if not self._still_looking(going_on):
                    return
            if not self._frontier.waiting and self._finished.empty() and self._lookers.help():
                continue  # all that is left is under way, or hangs
            full = self._under_way >= self._budget.threads
            pause = None if due is None or full else max(0.01, due - time.monotonic())
            if pause is None and not going_on:
                pause = 0.2
            try:
                done = self._finished.get(timeout=pause)
            except queue.Empty:
                continue
            if isinstance(done, Looked):
                self._looking -= 1
                self._take_looked(done)
                continue
            self._under_way -= 1
            self._frontier.finished(done.link, done.answer.cause, done.answer.status)
            self._take(done)

    def _going_on(self) -> bool:
        return not self._stop.is_set() and time.monotonic() < self._deadline

    def _still_looking(self, going_on: bool) -> bool:
        """Whether to wait for the detectors; only a little when the walk is over."""
        if not going_on and self._patience is None:
            self._patience = time.monotonic() + GRACE
        return self._looking > 0 and (going_on or time.monotonic() < (self._patience or 0))

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
        if done.later is None and link.leads_to is None:
            self._sources.judged(link)
        if done.links is None or done.gone or link.leads_to is not None:
            return
        number = len(out.sources)
        out.sources.append(link.url)
        self._sources.add(number, link.url, done.later)
        out.unchanged += done.unchanged
        keep = self._keeper(done)
        if done.seen is not None:
            keep(done.seen)
            self._add_page(link, done.seen)
        elif done.later is not None:
            self._let_wait(link, number, done.later, keep)
        self._note(done.links, link.level + 1, number)

    def _keeper(self, done: Done) -> Callable[[Seen], None]:
        """Remembers a page that was read now for the next patrol."""
        if self._memory is None or done.unchanged:
            return lambda _seen: None
        url, found = done.link.url, done.links or []
        has_lists = done.later is None or url in self._wanted
        return partial(
            self._memory.keep, url, done.answer, found=found, sheets=done.sheets, has_lists=has_lists
        )

    def _let_wait(self, link: LinkSeen, number: int, later: Later, keep: Callable[[Seen], None]) -> None:
        def tell(seen: Seen | None, error: str) -> None:
            self._finished.put(Looked(link, number, seen, error, keep))

        lists_too = link.url in self._wanted
        page = Waiting(self._view, later.content_type, later.url, later.level, later.sheets, lists_too, tell)
        self._looking += 1
        if not self._lookers.put(page, later.body):
            look_here(page, later.body)

    def _take_looked(self, looked: Looked) -> None:
        link, seen = looked.link, looked.seen
        self._sources.looked(looked.number, seen)
        if seen is None:
            if looked.error != TOO_LONG:
                _log.error("while looking at %s: %s", link.url, looked.error)
            cause = TOO_LONG if looked.error == TOO_LONG else "internal_error"
            self._out.unmeasured.append(Unmeasured(link.url, cause))
        elif seen.gone:
            self._void.add(looked.number)
            if link.cause is None:
                link.verdict = link.cause = "soft_404"
        else:
            looked.keep(seen)
            self._add_page(link, seen)
        self._sources.judged(link)

    def _judge(self, done: Done) -> None:
        """The verdict after this look; a failure is looked at a second time before it is final."""
        link, answer = done.link, done.answer
        link.status = answer.status
        link.cause = "soft_404" if done.gone and answer.cause is None else answer.cause
        link.looks += 1
        if answer.known:
            link.leads_to = answer.final_url
            link.chain = (*answer.history[1:], answer.final_url)
            return
        if answer.cause == "redirect_loop":
            link.chain = (*answer.history[1:], answer.final_url)
        elif answer.final_url != link.url:
            link.chain = (*answer.history[1:], answer.final_url)
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
        """Second looks at hanging links take long, so they start at once; the others can wait for a better moment."""
        now = time.monotonic()
        started = now - answer.seconds
        hung = answer.cause == "timeout"
        soon, late = (now, now) if hung else (started + AGAIN_SOON, started + AGAIN_LATE)
        if self._going_on():
            self._frontier.add_later(link, soon, late)

    def _add_page(self, link: LinkSeen, seen: Seen) -> None:
        out = self._out
        seen.url = link.url
        out.pages.append(seen)
        out.statuses[link.url], out.levels[link.url] = link.status, link.level
        if seen.cut:
            out.unmeasured.append(Unmeasured(link.url, seen.cut))
        if link.level == 1:
            self._wanted |= {link.url, *(channel.url for channel in seen.channel_links)}
        self._on_page(len(out.pages))
        seen.links = []  # kept in out.links
        if link.url not in self._wanted:
            seen.items = []

    def _note(self, found: list[links.Link], level: int, source: int) -> None:
        """The links of one source page: new ones get in line, all get a place."""
        seen, numbers = self._out.links, self._word_numbers
        for url, text, kind, _, bad in found:
            known = new = seen.get(url)
            if known is None:
                known = seen[url] = LinkSeen(url, kind, level, Places(self._words))
            word = numbers.get(text)
            if word is None:
                word = numbers[text] = len(self._words)
                self._words.append(text)
            known.places.add(source, word)
            if new is None:
                self._admit(known, bad)

    def _admit(self, link: LinkSeen, bad: bool) -> None:
        if bad:
            link.verdict, link.cause = "dead", "bad_url"
            self._sources.judged(link)
        elif len(self._out.links) > self._budget.max_links:
            self._out.complete = False
        elif not self._traps.caught(link.url):
            link.follow = self._may_follow(link)
            self._frontier.add(link)
            self._sources.brought(link)

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

    def _orphans(self) -> bool:
        """Pages that only a sitemap names, once the others are done; False when there are none."""
        if self._sitemaps_read or self._stop.is_set():
            return False
        self._sitemaps_read = True
        before = len(self._out.links)
        for url, found in self._asker.sitemaps():
            number = len(self._out.sources)
            self._out.sources.append(url)
            new = [
                links.Link(u, "", links.kind_of(u, url), "sitemap") for u in found if u not in self._out.links
            ]
            self._note(new, self._budget.depth, number)
        return len(self._out.links) > before

    # --- the end ---------------------------------------------------------------------------------------

    def _drop_void(self) -> None:
        """Pages come in the order of their sources; links that stand only on pages that are gone are none."""
        order = {url: number for number, url in enumerate(self._out.sources)}
        self._out.pages.sort(key=lambda page: order[page.url])
        if not self._void:
            return
        for link in list(self._out.links.values()):
            had = len(link.places)
            link.places.drop(self._void)
            if had and not len(link.places):
                del self._out.links[link.url]

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
        if self._looking:
            out.complete = False
            out.unmeasured.append(Unmeasured(f"{out.start_url}（{self._looking} 页）", cause))
        if out.stopped and out.complete:
            out.complete = False
            out.unmeasured.append(Unmeasured(out.start_url, "stopped"))
        if self._pages_cut:
            out.complete = False
            out.unmeasured.append(Unmeasured(out.start_url, "budget_pages"))
