"""What a walk over one site costs and what it came to. Kept small: a site has 150,000 anchors and more."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field

from cockpit.detect.hidden import HiddenLink
from collectors.eyes import Seen
from collectors.fetch import Response


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


class Places:
    """Where a link stands: (number of the source page, text shown there), eight bytes each."""

    __slots__ = ("_sources", "_texts", "_words")

    def __init__(self, words: list[str]) -> None:
        self._sources, self._texts, self._words = array("I"), array("I"), words

    def add(self, source: int, text: int) -> None:
        """`text` is its number in the list of words shared by all links of a walk."""
        self._sources.append(source)
        self._texts.append(text)

    def __len__(self) -> int:
        return len(self._sources)

    def __getitem__(self, at: int) -> tuple[int, str]:
        return self._sources[at], self._words[self._texts[at]]

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return ((source, self._words[text]) for source, text in zip(self._sources, self._texts, strict=True))

    def on(self, sources: Set[int]) -> set[int]:
        """Which of some source pages it stands on."""
        return {source for source in self._sources if source in sources}

    def drop(self, sources: set[int]) -> None:
        """Forget the places on some source pages."""
        if sources.isdisjoint(self._sources):
            return
        kept = [(s, t) for s, t in zip(self._sources, self._texts, strict=True) if s not in sources]
        self._sources, self._texts = array("I", (s for s, _ in kept)), array("I", (t for _, t in kept))

    def sources(self) -> list[tuple[int, str]]:
        """One entry per source page, with the first text shown on it."""
        if len(set(self._sources)) == len(self._sources):  # nearly always
            return list(zip(self._sources, map(self._words.__getitem__, self._texts), strict=True))
        first: dict[int, str] = {}
        for source, text in self:
            first.setdefault(source, text)
        return list(first.items())


@dataclass(slots=True)
class LinkSeen:
    """One distinct address of a walk. level: home 1, links on it 2 …"""

    url: str
    kind: str
    level: int
    places: Places
    verdict: str = "skipped"
    cause: str | None = "budget_links"
    status: int | None = None
    follow: bool = False
    looks: int = 0
    first_cause: str | None = None  # what the first of two looks came to
    leads_to: str | None = None  # it redirects to another link of the walk and shares its verdict
    chain: tuple[str, ...] = ()  # where redirects led, in order


@dataclass(frozen=True)
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
    external: list[tuple[LinkSeen, HiddenLink]] = field(default_factory=list)
    planted: HiddenLink | None = None  # what a made-up address of the site showed
    bytes: int = 0
    complete: bool = True
    stopped: bool = False
    bodies: dict[str, tuple[bytes, str]] = field(
        default_factory=dict
    )  # pages that may need evidence (sources.py)
    unchanged: int = 0  # pages that the server said had not changed


def targets(walked: Walked, kinds: Iterable[str]) -> list[LinkSeen]:
    """Links of some kinds in order of discovery."""
    wanted = set(kinds)
    return [link for link in walked.links.values() if link.kind in wanted]


def share_verdicts(found: Iterable[LinkSeen], find: Callable[[str], LinkSeen | None]) -> None:
    """A link that redirects to another link of the walk is what that one is; a ring of them is a loop."""
    shared = []
    for link in found:
        end, passed, chain = link, {link.url}, link.chain
        while end is not None and end.leads_to is not None:
            end = find(end.leads_to)
            if end is not None and end.url in passed:
                end = None
            elif end is not None:
                passed.add(end.url)
                chain += end.chain
        if end is not link:
            shared.append((link, end, chain))
    for link, end, chain in shared:
        link.chain = chain
        if end is None:
            link.verdict, link.cause = "dead", "redirect_loop"
        else:
            link.verdict, link.cause, link.status = end.verdict, end.cause, end.status
