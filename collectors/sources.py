"""Sources of pages that a finding may need as evidence later: what they looked like is known only once they are read.

A link turns out to be dead long after the page it stands on was read. So the body of a page is held until the page
has been looked at and all links it brought are judged, and is let go when nothing was wrong. Those that something
was wrong with are handed over at the end of the walk. All are bounded in number and bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from collectors.asker import Later
from collectors.eyes import Seen
from collectors.walked import LinkSeen

MOST_BYTES = 32_000_000  # held at one time, of one walk
MOST_WANTED = 200  # as many snapshots as a site may have in one patrol


@dataclass
class _Held:
    url: str
    body: bytes
    content_type: str
    open: int = 1  # links that are not judged, and the page itself until it was looked at
    wanted: bool = False


class Sources:
    """Of one walk, used by its scheduling thread only. `worth`: whether a page needs evidence for itself."""

    def __init__(self, worth: Callable[[Seen], bool] | None) -> None:
        self._worth = worth
        self._held: dict[int, _Held] = {}
        self._bytes = self._wanted = 0

    def add(self, number: int, url: str, page: Later | None) -> None:
        """Source `number` is about to bring its links."""
        if self._worth is None or page is None or self._bytes + len(page.body) > MOST_BYTES:
            return
        self._held[number] = _Held(url, page.body, page.content_type)
        self._bytes += len(page.body)

    def brought(self, link: LinkSeen) -> None:
        """A new link will be judged: its first source has to wait."""
        held = self._held.get(link.places[0][0])
        if held is not None:
            held.open += 1

    def judged(self, link: LinkSeen) -> None:
        """A link has its verdict; one that is not ok makes its first source evidence."""
        if self._held and len(link.places):
            self._close(link.places[0][0], wanted=link.verdict not in {"ok", "skipped"})

    def looked(self, number: int, seen: Seen | None) -> None:
        """The detectors have seen a source; None when it is no page of the site after all."""
        wanted = seen is not None and self._worth is not None and self._worth(seen)
        self._close(number, wanted=wanted and seen is not None and not seen.snapshot)

    def _close(self, number: int, *, wanted: bool) -> None:
        held = self._held.get(number)
        if held is None:
            return
        held.open -= 1
        if wanted and not held.wanted and self._wanted < MOST_WANTED:
            held.wanted = True
            self._wanted += 1
        if held.open <= 0 and not held.wanted:
            self._bytes -= len(self._held.pop(number).body)

    def kept(self) -> dict[str, tuple[bytes, str]]:
        """Address → body and content type of the pages that something was wrong with or is not settled."""
        return {held.url: (held.body, held.content_type) for held in self._held.values()}
