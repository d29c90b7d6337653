"""Which sheets of a page count on a desktop screen, and which elements have another look in another state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from cockpit.detect.css import MAX_BYTES, holds

_STATE = re.compile(
    r":(?:hover|focus|active|checked|target)|\.(?:on|open|opened|active|show|cur|current|expanded|hover|in)\b"
)
_NAME = re.compile(r"[#.]([\w-]+)")


def counts(attributes: Mapping[str, str | None]) -> bool:
    """Whether <style> or <link> with these attributes is a sheet for a desktop screen."""
    kind, media = (attributes.get(n) or "" for n in ("type", "media"))
    return kind.strip().lower() in {"", "text/css"} and (not media or holds(f"@media {media.lower()}"))


@lru_cache(maxsize=64)
def state_names(sheet: str) -> frozenset[str]:
    """Classes and ids in rules for another state than that at rest: hovered, opened, current."""
    found: set[str] = set()
    end = 0
    sheet = sheet[:MAX_BYTES]
    for match in _STATE.finditer(sheet):
        if match.start() < end:
            continue
        start = max(
            sheet.rfind("}", 0, match.start()), sheet.rfind(",", 0, match.start()), match.start() - 300
        )
        end = sheet.find("{", match.end(), match.end() + 300)
        end = end if end >= 0 else match.end()
        found.update(_NAME.findall(sheet, max(start, 0), end))
    return frozenset(found)
