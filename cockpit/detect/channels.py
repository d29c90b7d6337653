"""Channels (栏目): which pages are channels, what is in their lists, and whether they are kept up to date.

Rule: 国办秘函〔2019〕19号 and the 2015 census: an item without a publish date counts as not updated; a blank
channel is one that never offered anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Protocol
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cockpit.detect import links, listed, scripts
from cockpit.detect.page import Page, cdata

SOON_RATIO = 10 / 14  # 预警线：首页 10 天对 14 天（开普云 2017），项目默认
MOST_WRITTEN = 300  # pieces of markup that scripts write
_NAV_WORDS = re.compile(
    r"首页|网站地图|联系我们|无障碍|登录|注册|收藏|设为|English|繁体|返回|更多|邮箱|RSS|手机版|长者",
    re.IGNORECASE,
)


class TypeLike(Protocol):
    """What classify() needs of a channel type (cockpit.registry.ChannelType has it)."""

    channel_type: str
    type_name: str
    period_days: int
    name_patterns: tuple[str, ...]
    path_patterns: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One entry of a channel's list."""

    title: str
    url: str
    day: date | None


@dataclass(frozen=True)
class ChannelLink:
    """A navigation entry that leads to a channel."""

    url: str
    name: str


@dataclass(frozen=True)
class ChannelJudgement:
    """fresh, due_soon, overdue, blank or undated; `latest` is the newest item's day."""

    state: str
    latest: date | None
    items: int
    undated: int


def items(page: Page, today: date | None = None) -> list[Item]:
    """Dated and undated entries of the page's lists; navigation and what is recommended beside them left out.

    `today` (Beijing) gives days written without a year their year; None = these stay undated.
    """
    if "items" not in page.memo:
        page.memo["items"] = _dated(page, today) or _undated(page)
    return list(page.memo["items"])


def _dated(page: Page, today: date | None = None, most: int | None = None) -> list[Item]:
    found: dict[str, Item] = {}
    for fragment in cdata(page.html) if "CDATA[" in page.html else ():
        _gather(page, LexborHTMLParser(fragment), found, today, most)
    _gather(page, page.tree, found, today, most)
    if not found:
        _from_scripts(page, found)
    return list(found.values())


def _from_scripts(page: Page, found: dict[str, Item]) -> None:
    """Lists that a script brings along and puts into the page, as markup or as objects."""
    for node in page.tree.css("script"):
        script = node.text()
        if not listed.LIKE_A_DATE.search(script) and "http" not in script:
            continue
        fragment = "".join(islice(scripts.written(script), MOST_WRITTEN)) if "write" in script else ""
        if "<a" in fragment:
            _gather(page, LexborHTMLParser(fragment), found)
        for title, address, day in listed.in_script(script):
            url = links.normalise(address, page.base_url)
            if url and url.startswith("http"):
                found.setdefault(url, Item(title, url, day))


def lists_at_least(page: Page, least: int) -> bool:
    """Whether a page lists that many dated entries; a page with fewer dates is denied without looking at its links."""
    if "CDATA[" not in page.html and len(listed.LIKE_A_DATE.findall(page.text)) < least:
        return False
    return len(_dated(page, most=least)) >= least


def _gather(
    page: Page,
    tree: LexborHTMLParser,
    found: dict[str, Item],
    today: date | None = None,
    most: int | None = None,
) -> None:
    """Add the dated entries of a tree; `most` = so many are enough."""
    rows = listed.Rows(today)
    for anchor in tree.css("a[href]"):
        if most is not None and len(found) >= most:
            return
        title = listed.title_of(anchor)
        if not listed.is_title(title) and not listed.is_short_title(title, anchor, rows):
            continue
        url = links.normalise(anchor.attributes.get("href") or "", page.base_url)
        if url is None or not url.startswith("http") or url in found:
            continue
        day = listed.day_near(anchor, url, rows)
        if day and not listed.in_side(anchor, rows):
            found[url] = Item(title, url, day)


def _undated(page: Page) -> list[Item]:
    """Without any date: links of list rows outside navigation and footer, at least two characters more than a menu's."""
    found = []
    for link in _content_anchors(page):
        title = " ".join(link.text().split())
        url = links.normalise(link.attributes.get("href") or "", page.base_url)
        if url and len(title) >= 8 and links.same_site(url, page.url) and not _NAV_WORDS.search(title):
            found.append(Item(title, url, None))
    return list({item.url: item for item in found}.values())


def _content_anchors(page: Page) -> Iterator[LexborNode]:
    rows = listed.Rows()
    for anchor in page.tree.css("li a[href], dl a[href], td a[href]"):
        if not listed.in_frame(anchor) and not listed.in_side(anchor, rows):
            yield anchor


def find(page: Page, types: Sequence[TypeLike]) -> list[ChannelLink]:
    """Channels that a home page's navigation leads to: same site, a channel-like address, a name of some type."""
    found: dict[str, ChannelLink] = {}
    for anchor in page.tree.css("a[href]"):
        name = " ".join(anchor.text().split())
        url = links.normalise(anchor.attributes.get("href") or "", page.base_url)
        if (
            not url
            or not 2 <= len(name) <= 14
            or _NAV_WORDS.search(name)
            or not links.same_site(url, page.url)
        ):
            continue
        if is_channel_address(url) and listed.in_frame(anchor) and classify(name, url, types) is not None:
            found.setdefault(url, ChannelLink(url, name))
    return list(found.values())


_ARTICLE_PATH = re.compile(
    r"/(?:content_|art_|t\d{8}_|c\d{6,}_)|/art/\d{4}/|/(?!(?:index|list|col|channel|node|lanmu|column)\w*\.)(?:[a-z]+_)?\d{4,}(?:_\d+)*\.\w+$",
    re.IGNORECASE,
)
_ARTICLE_QUERY = re.compile(r"(?:^|&)(?:id|articleid|infoid|docid|newsid|aid)=", re.IGNORECASE)


def is_article_address(url: str) -> bool:
    """Whether an address is one that publishing systems give to articles."""
    parts = urlsplit(url)
    return bool(_ARTICLE_PATH.search(parts.path) or _ARTICLE_QUERY.search(parts.query))


def is_channel_address(url: str) -> bool:
    """Whether an address can be a list page: a folder, an index, or a column of a CMS; never an article's."""
    parts = urlsplit(url)
    path = parts.path
    if path in {"", "/"} and not parts.query:
        return False
    if is_article_address(url):
        return False
    return path.endswith("/") or bool(
        re.search(
            r"/(index|list|col|channel|lanmu|node)[\w-]*\.\w+$|/col/|/[\w-]+$|\.(?:s?html?|aspx?|jsp|php)$",
            path,
        )
    )


def classify(name: str, url: str, types: Sequence[TypeLike]) -> TypeLike | None:
    """The channel type by the longest matching name pattern, else by the path."""
    best: tuple[int, TypeLike] | None = None
    for kind in types:
        for pattern in kind.name_patterns:
            if pattern in name and (best is None or len(pattern) > best[0]):
                best = (len(pattern), kind)
    if best:
        return best[1]
    path = urlsplit(url).path.lower()
    return next((kind for kind in types if any(p in path for p in kind.path_patterns)), None)


def judge(
    found: Sequence[Item], period_days: int, today: date, soon_ratio: float = SOON_RATIO
) -> ChannelJudgement:
    """State of a channel on a Beijing day. Items dated in the future do not count as updates."""
    days = [item.day for item in found if item.day and item.day <= today]
    undated = sum(item.day is None for item in found)
    latest = max(days, default=None)
    if not found:
        return ChannelJudgement("blank", None, 0, 0)
    if latest is None:
        return ChannelJudgement("undated", None, len(found), undated)
    age = (today - latest).days
    state = "overdue" if age >= period_days else "due_soon" if age >= period_days * soon_ratio else "fresh"
    return ChannelJudgement(state, latest, len(found), undated)
