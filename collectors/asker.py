"""What a worker thread does with one link: ask for it in the cheapest way that gives a verdict, and look at it.

Pages of the site are read for their links at once and shown to all detectors, at once too or when a process
is free for it (lookers.py); other pages are read for what they have become;
attachments, images, styles and scripts are asked with HEAD, and a bad answer to HEAD is confirmed by GET.
"""

from __future__ import annotations

import logging
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from protego import Protego

from cockpit.detect import imports, links, softpage
from cockpit.detect.hidden import HiddenLink
from collectors import external, planted, sitemaps
from collectors.eyes import Eyes, Seen
from collectors.fetch import USER_AGENT, Fetcher, Response
from collectors.memory import Memory
from collectors.walked import LinkSeen

EXTERNAL_BYTES = 200_000
ROBOTS_BYTES = 200_000
SHEET_BYTES = 500_000
IMPORTS_DEEP, MOST_OF_A_PAGE = 2, 24  # style sheets that import others
MOST_SHEETS = 50  # of one site
MOST_SITEMAPS = 20  # named in robots.txt
HOME_SECONDS = 16.0  # 首页 15 秒（含）才算打不开，要等得到
# The first look is impatient, more so at a host that answers fast; the second takes all the time a request has.
IMPATIENT_SECONDS, MOST_IMPATIENT_SECONDS, TIMES_THE_PACE = 3.0, 0.5, 20
_LINK_TAG = re.compile(rb"<link\b[^>]{0,500}>", re.IGNORECASE)
_STYLE = re.compile(rb"<style\b[^>]{0,300}>(.{0,4000})", re.IGNORECASE | re.DOTALL)
_FOR_PRINT = re.compile(rb"\bmedia\s*=\s*[\"']?\s*(?:print|speech)\s*[\"'\s/>]", re.IGNORECASE)
_HREF = re.compile(rb"href\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_log = logging.getLogger(__name__)


@dataclass
class Done:
    """One request and what was seen of its answer. `answer.body` is already dropped.

    A page whose `links` are told has all the rest in `seen`, or it comes later: then `later` holds the page.
    """

    link: LinkSeen
    answer: Response
    size: int = 0
    links: list[links.Link] | None = None
    seen: Seen | None = None
    later: Later | None = None
    sheets: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = False  # the server said 304: `seen` and `links` are what an earlier patrol saw
    gone: bool = False
    turned: HiddenLink | None = None
    failed: bool = False


@dataclass(frozen=True)
class Later:
    """A page that the detectors have not seen yet."""

    body: bytes
    content_type: str
    url: str
    level: int
    sheets: Mapping[str, str]


@dataclass(frozen=True)
class Looked:
    """What the detectors saw of source page `number`, later than its links; None with the error where they failed."""

    link: LinkSeen
    number: int
    seen: Seen | None
    error: str
    keep: Callable[[Seen], None]


class Asker:
    """Shared by the worker threads of one walk. `known` tells whether an address belongs to another link."""

    def __init__(
        self,
        start: str,
        fetcher: Fetcher,
        eyes: Eyes,
        sheets: int,
        known: Callable[[str, LinkSeen], bool],
        *,
        at_once: bool = True,
        memory: Memory | None = None,
        wanted: Set[str] = frozenset(),
    ) -> None:
        self.start = start
        self._at_once, self._memory, self._wanted = at_once, memory, wanted
        self._fetcher, self.eyes, self._known = fetcher, eyes, known
        self._sheets_a_page = sheets
        self._sheets: dict[str, tuple[str, Response]] = {}
        self._sheet_lock = threading.Lock()
        self._robots: Protego | None = None
        self._pace: dict[str, float] = {}  # host → smoothed seconds of its answers

    # --- before the walk -------------------------------------------------------------------------------

    def home(self) -> Response:
        """The home page; it may take as long as the rule on opening allows."""
        answer = self._fetcher.get(self.start, seconds=max(HOME_SECONDS, self._fetcher.limits.seconds))
        if answer.readable and not answer.is_html:
            answer.cause = "not_html"
        return answer

    def prepare(self, home: Response) -> HiddenLink | None:
        """Read robots.txt, and the site's own answer to a made-up path unless that is the home page itself.

        A finding where that answer is a page of the black link trade.
        """
        robots = self._fetcher.get(links.normalise("/robots.txt", self.start) or "", max_bytes=ROBOTS_BYTES)
        if robots.readable and b"<html" not in robots.body[:300].lower():
            self._robots = Protego.parse(robots.body.decode("utf-8", "replace"))
        nothing = self._fetcher.get(links.normalise(f"/{secrets.token_hex(8)}.html", self.start) or "")
        if nothing.readable and nothing.is_html:
            probe = self.eyes.fingerprint(nothing.body, nothing.content_type, nothing.final_url)
            own = self.eyes.fingerprint(home.body, home.content_type, home.final_url)
            if not softpage.same(probe, own):
                self.eyes = replace(self.eyes, probe=probe)
                return planted.judge(self.start, nothing, home)
        return None

    def sitemaps(self) -> Iterator[tuple[str, list[str]]]:
        """(sitemap, addresses of the site in it)."""
        named = list(self._robots.sitemaps)[:MOST_SITEMAPS] if self._robots else []
        return sitemaps.find(self.start, named, self._fetcher)

    # --- one link --------------------------------------------------------------------------------------

    def ask(self, link: LinkSeen) -> Done:
        """Ask and look. Never raises: an unexpected error of our own is logged and told as such."""
        done = Done(link, Response(link.url, link.url, cause="internal_error"))
        try:
            done.answer = self._fetch(link, done)
            self._note_pace(link, done.answer)
            done.size = len(done.answer.body)
            self.look(done, at_once=self._at_once)
        except Exception:
            _log.exception("while looking at %s", link.url)
            done.failed = True
        done.answer.body = b""
        return done

    def look(self, done: Done, *, at_once: bool = True) -> None:
        """Show a page to the detectors it is meant for."""
        link, answer = done.link, done.answer
        if not answer.readable or not answer.is_html or not answer.body:
            return
        if link.kind == "external":
            done.turned = external.judge(link.url, answer)
        elif link.follow and links.same_site(answer.final_url, self.start):
            page = (answer.body, answer.content_type, answer.final_url)
            sheets = done.sheets = self._style_sheets(answer)
            if at_once:
                done.seen = self.eyes.look(*page, link.level, sheets)
                done.links, done.gone = done.seen.links, done.seen.gone
            else:
                done.links = self.eyes.links(*page)
                done.later = Later(*page, link.level, sheets)
        else:
            done.gone = self.eyes.glance(answer.body, answer.content_type, answer.final_url)

    def _fetch(self, link: LinkSeen, done: Done) -> Response:
        if (
            self._robots
            and links.same_site(link.url, self.start)
            and not self._robots.can_fetch(link.url, USER_AGENT)
        ):
            return Response(link.url, link.url, cause="robots")
        if link.kind == "style" and link.url in self._sheets:
            return self._sheets[link.url][1]
        limits = self._fetcher.limits
        seconds = min(self._patience(link), limits.seconds) if link.looks == 0 else limits.seconds
        most = EXTERNAL_BYTES if link.kind == "external" else limits.max_bytes

        def known(url: str) -> bool:
            return self._known(url, link)

        headers = self._conditions(link)
        if headers:
            answer = self._fetcher.get(
                link.url, headers=headers, only_html=True, max_bytes=most, seconds=seconds, known=known
            )
            if answer.status != 304 or self._recall(link, answer, done):
                return answer
        if link.kind in {"internal", "frame", "external"}:
            return self._fetcher.get(link.url, only_html=True, max_bytes=most, seconds=seconds, known=known)
        answer = self._fetcher.get(link.url, method="HEAD", seconds=seconds, known=known)
        if answer.cause is None and not (answer.is_html and link.kind in {"attachment", "image"}):
            return answer
        return self._fetcher.get(link.url, only_html=True, max_bytes=most, seconds=seconds, known=known)

    def _conditions(self, link: LinkSeen) -> Mapping[str, str]:
        if self._memory is None or not link.follow or link.level == 1:
            return {}
        return self._memory.headers(link.url, lists_too=link.url in self._wanted)

    def _recall(self, link: LinkSeen, answer: Response, done: Done) -> bool:
        """The page is unchanged: take what it told before; False when that does not hold any more."""
        if self._memory is None or answer.final_url != link.url:
            return False
        told = self._memory.recall(link.url, self._sheets_at(list(self._memory.sheets(link.url))))
        if told is None:
            return False
        done.seen, done.links, done.unchanged = told.seen, told.links, True
        return True

    def _note_pace(self, link: LinkSeen, answer: Response) -> None:
        if answer.cause is None:
            host = urlsplit(link.url).netloc
            self._pace[host] = 0.8 * self._pace.get(host, answer.seconds) + 0.2 * answer.seconds

    def _patience(self, link: LinkSeen) -> float:
        pace = self._pace.get(urlsplit(link.url).netloc)
        if pace is None:
            return IMPATIENT_SECONDS
        return min(IMPATIENT_SECONDS, max(MOST_IMPATIENT_SECONDS, TIMES_THE_PACE * pace))

    # --- style sheets ----------------------------------------------------------------------------------

    def _style_sheets(self, answer: Response) -> dict[str, str]:
        return self._sheets_at(_sheet_urls(answer.body, answer.final_url)[: self._sheets_a_page])

    def _sheets_at(self, urls: list[str]) -> dict[str, str]:
        """The site's own linked style sheets with those they import before them, each fetched once a walk."""
        found: dict[str, str] = {}
        for url in urls:
            self._add_sheet(url, found, IMPORTS_DEEP, set())
        return {url: text for url, text in found.items() if text}

    def _add_sheet(self, url: str, found: dict[str, str], deep: int, above: set[str]) -> None:
        if url in found or url in above or len(found) >= MOST_OF_A_PAGE:
            return
        if url not in self._sheets:
            with self._sheet_lock:
                wanted = url not in self._sheets and len(self._sheets) < MOST_SHEETS
                if wanted and links.same_site(url, self.start):
                    self._sheets[url] = self._sheet(url)
        text, answer = self._sheets.get(url, ("", None))
        if deep and answer is not None:
            for other in imports.addresses(text, answer.final_url):
                self._add_sheet(other, found, deep - 1, above | {url})
        found[url] = text

    def _sheet(self, url: str) -> tuple[str, Response]:
        got = self._fetcher.get(url, max_bytes=SHEET_BYTES)
        text = got.body.decode("utf-8", "replace") if got.readable else ""
        got.body = b""
        return text, got


def _sheet_urls(body: bytes, url: str) -> list[str]:
    """Addresses of linked and imported style sheets, read without parsing the page a second time."""
    found: list[str] = []
    for tag in _LINK_TAG.findall(body[:60_000]):
        if b"stylesheet" in tag.lower() and not _FOR_PRINT.search(tag):
            match = _HREF.search(tag)
            address = links.normalise(match[1].decode("utf-8", "replace"), url) if match else None
            if address:
                found.append(address)
    if b"@import" in body[:60_000]:
        for style in _STYLE.findall(body[:60_000]):
            found += imports.addresses(style.decode("utf-8", "replace"), url)
    return found
