"""Pages of one host in line: level by level, and within a level the templates of the site in turn.

A template is known by its address with every number left out (`/zwgk/#/t#_#.html`): articles of one channel,
lists of another, the answers of one program behind `?id=#`. Taking them in turn spreads a walk that is cut
short evenly over the site, and what hangs (mostly one program) is met at the start of its level, while there
is other work to do, and not at its end.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from collectors.walked import LinkSeen

_NUMBER = re.compile(r"\d+")


@dataclass
class _Level:
    lines: dict[str, deque[LinkSeen]] = field(default_factory=dict)
    turns: deque[str] = field(default_factory=deque)  # every template of `lines` once


class Templates:
    """Pages that wait for their turn; not thread-safe."""

    def __init__(self) -> None:
        self._levels: dict[int, _Level] = {}

    def __bool__(self) -> bool:
        return bool(self._levels)

    def __iter__(self) -> Iterator[LinkSeen]:
        return (link for level in self._levels.values() for line in level.lines.values() for link in line)

    def append(self, link: LinkSeen) -> None:
        level = self._levels.setdefault(link.level, _Level())
        template = _NUMBER.sub("#", link.url)
        if template not in level.lines:
            level.lines[template] = deque()
            level.turns.append(template)
        level.lines[template].append(link)

    def popleft(self) -> LinkSeen:
        """The first page of the template whose turn it is, on the lowest level there is; IndexError when empty."""
        if not self._levels:
            raise IndexError("no page waits")
        number = min(self._levels)
        level = self._levels[number]
        template = level.turns.popleft()
        link = level.lines[template].popleft()
        if level.lines[template]:
            level.turns.append(template)
        else:
            del level.lines[template]
        if not level.turns:
            del self._levels[number]
        return link
