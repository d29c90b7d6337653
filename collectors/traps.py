"""Addresses without end: calendars, endless query strings, folders that contain themselves."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

VARIANTS = 200  # addresses of one path that differ only in their query
LONGEST = 1500
MOST_FOLDERS = 16
MOST_REPEATS = 3  # of one folder name in an address: /a/b/a/b/a/b/ is a link relative to the wrong place


class Traps:
    """Counts what a walk has met. Belongs to one thread."""

    def __init__(self) -> None:
        self._variants: Counter[str] = Counter()

    def caught(self, url: str) -> bool:
        """Whether an address is one too many of its kind; it is then not asked for, and that is told."""
        if len(url) > LONGEST:
            return True
        parts = urlsplit(url)
        folders = [name for name in parts.path.split("/")[1:-1] if not name.isdigit()]
        if len(folders) > MOST_FOLDERS or (
            len(folders) > MOST_REPEATS and max(Counter(folders).values()) > MOST_REPEATS
        ):
            return True
        if not parts.query:
            return False
        key = f"{parts.netloc}{parts.path}"
        self._variants[key] += 1
        return self._variants[key] > VARIANTS
