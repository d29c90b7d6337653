"""The day of an entry of a list: beside its link, in a block cut into day and month, in a neighbour, or in a script.

A row belongs to a link as long as no other entry stands in it. Where entries follow each other without rows of
their own (dl, br, sibling blocks), days and links take turns, and whichever comes first says which goes with which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from cockpit.detect import dates, scripts

LEAST_TITLE = 5  # characters: shorter link texts are navigation
LEVELS, MOST_LINKS, LONG_ROW, BLOCK = 8, 3, 400, 60
MOST_CHILDREN, MOST_OBJECTS = 2000, 300
LIKE_A_DATE = re.compile(r"\d\s*[-/.月年]\s*\d")
_SHORT_DATE = re.compile(
    r"(?<![\d.:-])(0?[1-9]|1[0-2])[-/月.](0?[1-9]|[12]\d|3[01])日?(?![\d:.-]|\s*[条次个页项号件人万元%])"
)
_Y, _M, _D = r"(?P<y>20\d\d|199\d)", r"(?P<m>0?[1-9]|1[0-2])", r"(?P<d>[12]\d|3[01]|0?[1-9])"
# Blocks of a day as designers cut them up; parts stand in elements of their own.
_BLOCKS = tuple(
    re.compile(rf"(?<![\d.:/-]){form}(?![\d:/-])")
    for form in (
        rf"{_D}日?\s+{_Y}\s?[-/.年]\s?{_M}月?",
        rf"{_Y}\s?[-/.年]\s?{_M}月?\s+{_D}日?",
        rf"{_M}[-/.月]{_D}日?\s+{_Y}年?",
        rf"{_Y}年?\s+{_M}[-/.月]\s?{_D}日?",
        rf"{_D}日?\s+{_M}[-/.]{_Y}",
        rf"{_D}日?\s+{_M}月\s+{_Y}年?",
    )
)
_BRACKETS = "[]【】（）()〔〕<>《》 "
_OBJECT = re.compile(r"\{[^{}]{10,4000}\}")
_PAIR = re.compile(r"[\"']?([A-Za-z_]{2,24})[\"']?\s*:\s*(?:\"((?:[^\"\\]|\\.){0,1000})\"|'((?:[^'\\]|\\.){0,1000})'|(\d{10}|\d{13})\b)")  # fmt: skip
_TITLE_KEYS = frozenset(["title", "doctitle", "name", "subject", "showtitle", "linktitle", "articletitle"])
_URL_KEYS = frozenset(
    ["url", "href", "link", "docpuburl", "puburl", "linkurl", "visiturl", "docurl", "pageurl"]
)
_DAY_KEY = re.compile(r"date|time|pubd|rq$|sj$", re.IGNORECASE)
_FRAME = re.compile(r"\b(nav|menu|header|footer|foot|top|bottom|position|crumb|location|sidebar|friend)")
_BEIJING = timedelta(hours=8)

Memo = dict[int, dict[int, date]]


def title_of(anchor: LexborNode) -> str:
    """What a link is called; where its text is cut short, the attribute says it in full."""
    text = " ".join(anchor.text().split())
    if len(text) >= LEAST_TITLE and "…" not in text and "..." not in text:
        return text
    attribute = " ".join((anchor.attributes.get("title") or "").split())
    return max(text, attribute, key=len)


def is_title(text: str) -> bool:
    """Long enough for an entry; [通知公告] before one is the name of its channel."""
    return len(text.strip(_BRACKETS)) >= LEAST_TITLE


def in_frame(node: LexborNode) -> bool:
    """Inside navigation, header or footer, by tag or by the usual class names."""
    current = node.parent
    while current is not None and current.tag not in {"body", "html"}:
        names = f"{current.tag} {current.attributes.get('class') or ''} {current.attributes.get('id') or ''}".lower()
        if _FRAME.search(names):
            return True
        current = current.parent
    return False


def day_near(anchor: LexborNode, url: str, memo: Memo) -> date | None:
    """The day in the smallest row around a link that belongs to this link, else in its neighbour."""
    row: LexborNode | None = anchor
    own = anchor.attributes.get("href")
    for level in range(LEVELS):
        unit, row = row, row.parent if row is not None else None
        if row is None or unit is None or row.tag in {"body", "html"}:
            return None
        anchors = row.css("a[href]")
        alone = len(anchors) <= MOST_LINKS and not any(
            a.attributes.get("href") != own and is_title(title_of(a)) for a in anchors
        )
        if not alone:
            return _turn(unit, row, memo) or (_only_day(row, anchor) if len(anchors) <= MOST_LINKS else None)
        text = row.text(separator=" ")
        if level > 3 and len(text) > LONG_ROW:
            return None
        if LIKE_A_DATE.search(text):
            day = _day_in(text, anchor, row, url)
            if day:
                return None if level > 1 and in_frame(anchor) else day
    return None


def _day_in(text: str, anchor: LexborNode, row: LexborNode, url: str) -> date | None:
    outside = text.replace(anchor.text(separator=" "), " ", 1)
    day = dates.listed(outside)
    if day is None and (stamp := row.css_first("time[datetime]")) is not None:
        day = dates.listed(stamp.attributes.get("datetime") or "")
    if day is None and len(outside) < 3 * BLOCK:
        day = _block(" ".join(outside.split()))
    if day is None and len(text) < LONG_ROW:
        day = dates.listed(text)
    if day is None and len(outside) < BLOCK and (short := _SHORT_DATE.search(outside)):
        day = _with_year(int(short[1]), int(short[2]), outside, url)
    return day


def _block(text: str) -> date | None:
    for form in _BLOCKS:
        match = form.search(text)
        if match:
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                continue
    return None


def _only_day(row: LexborNode, anchor: LexborNode) -> date | None:
    """A row with a second link, such as to the explanation of a document, but with one day."""
    text = row.text(separator=" ").replace(anchor.text(separator=" "), " ", 1)
    return dates.listed(text) if len(text) < LONG_ROW and len(dates.DATE.findall(text)) == 1 else None


def _turn(unit: LexborNode, row: LexborNode, memo: Memo) -> date | None:
    """The day that goes with a child of a container whose children are days and links in turn."""
    if row.mem_id not in memo:
        memo[row.mem_id] = _turns(row)
    return memo[row.mem_id].get(unit.mem_id)


def _turns(row: LexborNode) -> dict[int, date]:
    found: dict[int, date] = {}
    waiting: int | None = None
    day: date | None = None
    first: str | None = None
    for child in islice(row.iter(include_text=True), MOST_CHILDREN):
        is_text = child.tag == "-text"
        text = (child.text_content if is_text else child.text(separator=" ")) or ""
        link = None if is_text else child if child.tag == "a" else child.css_first("a[href]")
        if link is not None:
            if is_title(title_of(link)):
                first = first or "link"
                if first == "day" and day is not None:
                    found[child.mem_id] = day
                waiting, day = child.mem_id, None
        elif len(text) < LONG_ROW and LIKE_A_DATE.search(text):
            seen = dates.listed(text) or _block(" ".join(text.split()))
            if seen is not None:
                first = first or "day"
                if first == "link" and waiting is not None:
                    found[waiting] = seen
                waiting, day = None, seen
    return found


def _with_year(month: int, day: int, text: str, url: str) -> date | None:
    year = re.search(r"(?:19|20)\d{2}", text) or re.search(r"/t?((?:19|20)\d{2})", urlsplit(url).path)
    if not year:
        return None
    try:
        return date(int(year[year.lastindex or 0]), month, day)
    except ValueError:
        return None


def in_script(script: str) -> Iterator[tuple[str, str, date]]:
    """(title, address, day) of the entries that a script holds as objects, to be put into the page by it."""
    for match in islice(_OBJECT.finditer(script[: scripts.MAX_SCRIPT]), MOST_OBJECTS):
        title = address = ""
        day: date | None = None
        for key, double, single, number in _PAIR.findall(match[0]):
            name, value = key.lower(), scripts.plain(double or single)
            if name in _TITLE_KEYS:
                title = title or " ".join(re.sub(r"<[^>]{0,300}>", "", value).split())
            elif name in _URL_KEYS:
                address = address or value
            elif day is None and _DAY_KEY.search(name):
                day = _stamp(number) if number else dates.listed(value)
        if address and day and is_title(title):
            yield title, address, day


def _stamp(number: str) -> date | None:
    """Seconds or milliseconds since 1970, as a day in Beijing."""
    try:
        moment = datetime.fromtimestamp(int(number[:10]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return (moment + _BEIJING).date() if moment.year >= dates.EARLIEST_YEAR else None
