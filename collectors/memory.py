"""What the pages of a site told in an earlier patrol, so that an unchanged page need not be sent again (304).

Not the findings are kept but the observation: an unchanged page is taken as if it had been read now, with all
its links and hits, so nothing is falsely gone and nothing needs merging in another way. It holds only while the
detectors, the lexicon, the register's say about the page and its style sheets are the same, and for a week at
most: a server that says 304 for ever, and rules that begin on a day, are found out by then.

One file a site under cache/pages. Personal data in titles and link texts is masked before it is written.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import pickle
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cockpit.detect import links, privacy
from cockpit.paths import CHECKOUT
from collectors.eyes import Eyes, Seen
from collectors.fetch import Response

WEEK = timedelta(days=7)
MOST_BYTES = 64_000_000  # of one site's file
_NUMBER = re.compile(r"\d(?:[ -]?\d){6}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """One page of an earlier patrol. `told` is (Seen, its links), packed."""

    etag: str | None
    last_modified: str | None
    read_at: datetime
    sheets: tuple[str, ...]
    sheets_digest: str
    has_lists: bool
    told: bytes


@dataclass(frozen=True)
class Recalled:
    """What an unchanged page tells again."""

    seen: Seen
    links: list[links.Link]


class Memory:
    """Of one site. Read when a walk starts, written when it has ended."""

    def __init__(self, path: Path, now: datetime, version: str) -> None:
        self._path, self._now, self._version = path, now, version
        self._old = self._read()
        self._new: dict[str, Kept] = {}

    def __len__(self) -> int:
        return len(self._old)

    def headers(self, url: str, *, lists_too: bool) -> Mapping[str, str]:
        """The conditions to ask a page with; none when it must be read."""
        kept = self._old.get(url)
        if kept is None or (lists_too and not kept.has_lists):
            return {}
        if kept.etag:
            return {"If-None-Match": kept.etag}
        return {"If-Modified-Since": kept.last_modified} if kept.last_modified else {}

    def sheets(self, url: str) -> tuple[str, ...]:
        """Addresses of the style sheets that the page had."""
        return self._old[url].sheets

    def recall(self, url: str, sheets: Mapping[str, str]) -> Recalled | None:
        """What an unchanged page told; None when its style sheets are others by now."""
        kept = self._old.get(url)
        if kept is None or _digest(sheets) != kept.sheets_digest:
            return None
        seen, found = _unpacked(kept.told)
        self._new[url] = kept
        return Recalled(seen, [links.Link(*link) for link in found])

    def keep(
        self,
        url: str,
        answer: Response,
        seen: Seen,
        *,
        found: Sequence[links.Link],
        sheets: Mapping[str, str],
        has_lists: bool,
    ) -> None:
        """Remember a page that was read now, if its server gives something to ask with."""
        etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
        if not (etag or modified) or answer.final_url != url or answer.cause is not None or seen.gone:
            return
        if any(len(v) > 500 or not v.isascii() or "\n" in v for v in (etag, modified) if v):
            return
        masked = [(k.url, _masked(k.text), k.kind, k.tag, k.bad) for k in found]
        told = _packed((replace(seen, title=_masked(seen.title), links=[]), masked))
        self._new[url] = Kept(etag, modified, self._now, tuple(sheets), _digest(sheets), has_lists, told)

    def write(self) -> None:
        """Replace the file; a full disk costs the memory, not the patrol."""
        beside = self._path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(
                pickle.dumps((self._version, {**self._old, **self._new}), pickle.HIGHEST_PROTOCOL)
            )
            beside.rename(self._path)
        except OSError as error:
            _log.warning("cannot keep what the pages told: %s", error)
            beside.unlink(missing_ok=True)

    def _read(self) -> dict[str, Kept]:
        try:
            if self._path.stat().st_size > MOST_BYTES:
                return {}
            version, kept = _Unpickler(io.BytesIO(self._path.read_bytes())).load()
        except FileNotFoundError:
            return {}
        except Exception as error:  # a damaged file is no memory, and is replaced at the end
            _log.warning("cannot read what the pages told: %s", error)
            return {}
        if version != self._version:
            return {}
        return {url: page for url, page in kept.items() if timedelta(0) <= self._now - page.read_at < WEEK}


class _Unpickler(pickle.Unpickler):
    """Reads only plain values and our own value classes."""

    def find_class(self, module: str, name: str) -> Any:
        ours = module.startswith(("cockpit.detect.", "collectors.eyes", "collectors.memory"))
        found = super().find_class(module, name) if ours or module == "datetime" else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found


def _packed(told: object) -> bytes:
    return zlib.compress(pickle.dumps(told, pickle.HIGHEST_PROTOCOL), 1)


def _unpacked(told: bytes) -> Any:
    return _Unpickler(io.BytesIO(zlib.decompress(told))).load()


def _digest(sheets: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for url, text in sheets.items():
        digest.update(f"{url}\0{text}\0".encode("utf-8", "replace"))
    return digest.hexdigest()


def _masked(text: str) -> str:
    return privacy.masked(text) if _NUMBER.search(text) else text


def version(eyes: Eyes, lexicon: Path) -> str:
    """What the detectors would judge by: their code, lexicon and trained reader, the register's say about the site."""
    digest = hashlib.sha256(repr((eyes.types, sorted(eyes.channel_urls), eyes.site_id_code)).encode())
    code = [*(CHECKOUT / "cockpit" / "detect").glob("*.py"), CHECKOUT / "collectors" / "eyes.py"]
    review = eyes.matcher.review
    trained = [Path(review.path)] if review is not None and review.path else []
    for path in sorted([*code, *lexicon.glob("*.csv"), *trained]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
