"""One site, looked at as `check` and `patrol` do: walk, then channels, cloaking and outside targets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date

from cockpit.detect import channels, wording
from cockpit.detect.hidden import HiddenLink
from cockpit.registry import Channel, ChannelType
from collectors import cloak, parents
from collectors.attached import Attached, Attachments
from collectors.eyes import Eyes, Seen
from collectors.fetch import Fetcher
from collectors.lookers import Lookers
from collectors.memory import Memory
from collectors.sources import Sources
from collectors.walk import Budget, Walk, Walked

HOME_PERIOD = 14  # 首页 2 周（国办秘函〔2019〕19号）
DEFAULT_PERIOD = 183


@dataclass(frozen=True)
class ChannelSeen:
    """The state of one channel; state 'unmeasured' has a cause."""

    url: str
    name: str
    type: str | None
    level: int
    latest: date | None
    items: int
    period_days: int
    state: str
    cause: str | None = None


@dataclass
class Visited:
    """A walk and what was concluded from it."""

    walked: Walked
    channels: list[ChannelSeen] = field(default_factory=list)
    hidden: list[tuple[str, HiddenLink]] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    faces: dict[str, cloak.Face] = field(default_factory=dict)  # page → its other face, where it is cloaked

    @property
    def measured(self) -> bool:
        return bool(self.walked.pages)


def visit(
    url: str,
    fetcher: Fetcher,
    matcher: wording.Matcher,
    types: Sequence[ChannelType],
    today: date,
    budget: Budget,
    *,
    registered: Sequence[Channel] = (),
    site_id_code: str | None = None,
    on_page: Callable[[int], None] | None = None,
    stop: threading.Event | None = None,
    attachments: Attachments | None = None,
    lookers: Lookers | None = None,
    remember: Callable[[Eyes], Memory] | None = None,
    worth: Callable[[Seen], bool] | None = None,
) -> Visited:
    """Look at one site. `today`: the Beijing day the channels are judged on; `worth`: pages to keep as evidence."""
    urls = frozenset(channel.url for channel in registered)
    eyes = Eyes(matcher, types, urls, site_id_code, today)
    memory = remember(eyes) if remember else None
    out = Visited(Walk(url, fetcher, eyes, budget, on_page, stop, lookers, memory, Sources(worth)).run())
    if memory is not None:
        memory.write()
    if not out.measured:
        return out
    out.channels = _channels(out.walked, types, today, registered)
    out.hidden = [(page.url, found) for page in out.walked.pages for found in page.hidden]
    if out.walked.planted:
        out.hidden.append((out.walked.pages[0].url, out.walked.planted))
    known = {(source, found.url) for source, found in out.hidden}
    out.hidden += [(s, f) for s, f in _turned(out.walked) if (s, f.url) not in known]
    if not out.walked.stopped:
        with ThreadPoolExecutor(1) as beside:  # one request at a time, beside the three of the attachments
            faces = beside.submit(lambda: list(cloak.find(out.walked, fetcher)))
            if attachments is not None:
                out.attached = attachments.look(out.walked, today, stop)
        for page, found, face in faces.result():
            out.hidden.append((page, found))
            out.faces[page] = face
    return out


def _turned(walked: Walked) -> Iterator[tuple[str, HiddenLink]]:
    """外链变异: one entry for every page that links to an outside target gone bad."""
    for link, found in walked.external:
        for source, text in link.places.sources():
            yield walked.sources[source], replace(found, text=text)


def _channels(
    walked: Walked, types: Sequence[ChannelType], today: date, registered: Sequence[Channel]
) -> list[ChannelSeen]:
    """The home page, then every registered channel and every one the navigation leads to."""
    seen = {page.url: page for page in walked.pages}
    home = walked.pages[0]
    kinds = {kind.channel_type: kind for kind in types}
    wanted: dict[str, tuple[str, ChannelType | None, int | None]] = {}
    for channel in registered:
        kind = kinds.get(channel.channel_type or "") or channels.classify(
            channel.channel_name or "", channel.url, types
        )
        wanted[channel.url] = (channel.channel_name or channel.url, kind, channel.period_days)
    for found in home.channel_links:
        wanted.setdefault(found.url, (found.name, channels.classify(found.name, found.url, types), None))
    result = []
    for url, (name, kind, own_period) in wanted.items():
        period = own_period or (kind.period_days if kind else DEFAULT_PERIOD)
        page, link = seen.get(url), walked.links.get(url)
        type_name = kind.channel_type if kind else None
        if page is None:
            cause = (link.cause if link else None) or "budget_pages"
            result.append(ChannelSeen(url, name, type_name, 2, None, 0, period, "unmeasured", cause))
            continue
        judged = channels.judge(page.items, period, today)
        level = walked.levels.get(url, 2)
        result.append(
            ChannelSeen(url, name, type_name, level, judged.latest, judged.items, period, judged.state)
        )
    result = list(_with_children(walked, result, today))
    return [_home(walked, result, today), *result]


def _with_children(walked: Walked, found: Sequence[ChannelSeen], today: date) -> Iterator[ChannelSeen]:
    """Channels without a dated entry of their own are judged by the channels they lead to."""
    bare = [c.url for c in found if c.state in {"blank", "undated"}]
    below = parents.children(walked, bare, {c.url: c.latest for c in found})
    for c in found:
        if c.url in bare and c.url in below:
            judged = channels.judge(below[c.url], c.period_days, today)
            yield replace(c, latest=judged.latest, items=judged.items, state=judged.state)
        else:
            yield c


def _home(walked: Walked, found: Sequence[ChannelSeen], today: date) -> ChannelSeen:
    """The home page as a channel of 14 days; a mere navigation page takes the newest of the second level."""
    page = walked.pages[0]
    items = [item for item in page.items if item.day]
    if not items:
        items = [channels.Item(c.name, c.url, c.latest) for c in found if c.latest]
    judged = channels.judge(items, HOME_PERIOD, today)
    state = "undated" if judged.state == "blank" else judged.state
    return ChannelSeen(page.url, "首页", "home", 1, judged.latest, judged.items, HOME_PERIOD, state)
