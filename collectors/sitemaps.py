"""Pages that no page links to: sitemap.xml, the Sitemap lines of robots.txt, index files, packed ones.

Read without an XML parser (links.sitemap): entities, bombs and broken markup mean nothing here. Everything is
capped: files, bytes after unpacking, addresses, seconds. Only addresses of the site itself are taken.
"""

from __future__ import annotations

import re
import time
import zlib
from collections import deque
from collections.abc import Iterator, Sequence

from cockpit.detect import links
from collectors.fetch import Fetcher, Response

MOST_FILES, MOST_BYTES, MOST_ADDRESSES, SECONDS = 20, 5_000_000, 5_000, 60.0
_INDEX = re.compile(r"<sitemapindex\b", re.IGNORECASE)
_URLSET = re.compile(r"<urlset\b|<sitemapindex\b", re.IGNORECASE)


def find(start: str, named: Sequence[str], fetcher: Fetcher) -> Iterator[tuple[str, list[str]]]:
    """(sitemap, addresses of the site in it). `named`: the Sitemap lines of robots.txt."""
    candidates = [*named, "/sitemap.xml"]
    waiting = deque(dict.fromkeys(filter(None, (links.normalise(raw, start) for raw in candidates))))
    known, left, deadline = set(waiting), MOST_ADDRESSES, time.monotonic() + SECONDS
    files = 0
    while waiting and files < MOST_FILES and left > 0 and time.monotonic() < deadline:
        url = waiting.popleft()
        if not links.same_site(url, start):
            continue
        files += 1
        text = _text(fetcher.get(url, max_bytes=MOST_BYTES))
        found = [address for address in links.sitemap(text, url) if links.same_site(address, start)]
        if _INDEX.search(text):
            waiting += [address for address in found[:MOST_FILES] if address not in known]
            known |= set(found[:MOST_FILES])
        elif found:
            yield url, found[:left]
            left -= len(found)


def _text(answer: Response) -> str:
    """The text of a sitemap, unpacked within the cap; nothing where the answer is none."""
    body = answer.body if answer.readable else b""
    if body.startswith(b"\x1f\x8b"):
        try:
            body = zlib.decompressobj(31).decompress(body, MOST_BYTES)
        except zlib.error:
            return ""
    text = body.decode("utf-8", "replace")
    return text if _URLSET.search(text) else ""
