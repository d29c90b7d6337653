"""The day of an entry of a list: beside its link, in a block cut into day and month, in a neighbour, or in a script.

A row belongs to a link as long as no other entry stands in it. Where entries follow each other without rows of
their own (dl, br, sibling blocks), days and links take turns, and whichever comes first says which goes with which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from cockpit.detect import dates, day_forms, scripts

LEAST_TITLE = 5  # characters: shorter link texts are navigation
LEVELS, MOST_LINKS, LONG_ROW, BLOCK = 8, 3, 400, 60
MOST_CHILDREN, MOST_OBJECTS, MOST_NEIGHBOURS = 2000, 300, 50
LIKE_A_DATE = re.compile(r"\d\s*[-/.月年]\s*\d|\d\s+\d{1,2}月")
_SHORT_YEAR = re.compile(
    r"(?<![\d.:-])(?P<y>\d\d)[-/.](?P<m>0?[1-9]|1[0-2])[-/.](?P<d>[12]\d|3[01]|0?[1-9])(?![\d:.-])"
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
# A day whose year goes without saying.
_NO_YEAR = tuple(
    re.compile(rf"(?<![\d.:/-]){form}")
    for form in (
        rf"{_M}[-/月.]{_D}日?(?![\d:.-]|\s*[条次个页项号件人万元%])",
        rf"{_D}日?\s+{_M}月(?!\d)",
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
_BOXES = frozenset(["div", "section", "main", "article", "ul", "ol", "dl", "table", "td"])
_ROWS = frozenset(["li", "tr", "td", "dd", "dt"])
_BEIJING = timedelta(hours=8)

# Heads of columns that tell when an entry was published, the best first.
_COLUMNS = tuple(re.compile(words) for words in ("发布|公布|公开|上网|刊登", "回复|答复|办结", "更新"))
# Words in the class or id of a block beside the list, and words of the list's own block.
_SIDE = frozenset(
    ["side", "sidebar", "aside", "sidelist", "sidenews", "recommend", "related", "hotnews", "hotlist", "rank", "ranking", "tuijian", "rdpx", "xgxw", "xgyd"]
)  # fmt: skip
_OWN = frozenset(["main", "content", "article", "body"])
_WORD = re.compile(r"[a-z]+")


@dataclass
class Rows:
    """What the entries of one page share: `today` gives days without a year their year."""

    today: date | None = None
    turns: dict[int, dict[int, date]] = field(default_factory=dict)
    sides: dict[int, bool] = field(default_factory=dict)
    single: dict[int, bool] = field(default_factory=dict)  # rows with a day and no second link


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


def is_short_title(text: str, anchor: LexborNode, rows: Rows) -> bool:
    """A title of two to four characters (立冬) that has a row with a day to itself."""
    if not 2 <= len(text.strip(_BRACKETS)) < LEAST_TITLE:
        return False
    row = anchor.parent
    while row is not None and row.tag not in _ROWS:
        row = row.parent if row.tag in {"span", "b", "strong", "font", "h3", "h4", "p"} else None
    if row is None:
        return False
    if row.mem_id not in rows.single:
        one = len(row.css("a[href]")) == 1
        rows.single[row.mem_id] = one and bool(LIKE_A_DATE.search(row.text(separator=" ")))
    return rows.single[row.mem_id]


def _called(node: LexborNode) -> str:
    """Classes and id in lower case."""
    return f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}".lower()


def in_frame(node: LexborNode) -> bool:
    """Inside navigation, header or footer, by tag or by the usual class names."""
    current = node.parent
    while current is not None and current.tag not in {"body", "html"}:
        if _FRAME.search(f"{current.tag} {_called(current)}"):
            return True
        current = current.parent
    return False


def in_side(node: LexborNode, rows: Rows) -> bool:
    """Inside a block beside the page's own list (最新信息, 热点排行), by tag or class, with something else next to it."""
    current = node.parent
    passed: list[int] = []
    found = False
    while current is not None and current.tag not in {"body", "html"}:
        known = rows.sides.get(current.mem_id)
        if known is not None:
            found = known
            break
        passed.append(current.mem_id)
        if _named_side(current) and _has_neighbour(current):
            found = True
            break
        current = current.parent
    rows.sides.update(dict.fromkeys(passed, found))
    return found


def _named_side(node: LexborNode) -> bool:
    if node.tag == "aside":
        return True
    words = set(_WORD.findall(_called(node)))
    return not _SIDE.isdisjoint(words) and _OWN.isdisjoint(words)


def _has_neighbour(node: LexborNode) -> bool:
    """Whether a block with text stands beside it that is no side, head or foot itself."""
    for other in islice(node.parent.iter(), MOST_NEIGHBOURS) if node.parent is not None else ():
        if other.mem_id == node.mem_id or other.tag not in _BOXES or _named_side(other):
            continue
        if not _FRAME.search(_called(other)):
            return True
    return False


def day_near(anchor: LexborNode, url: str, rows: Rows) -> date | None:
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
            return _turn(unit, row, rows) or (_only_day(row, anchor) if len(anchors) <= MOST_LINKS else None)
        text = day_forms.plain(row.text(separator=" "))
        if level > 3 and len(text) > LONG_ROW:
            return None
        if LIKE_A_DATE.search(text):
            day = _day_in(text, anchor, row, url, rows)
            if day:
                return None if level > 1 and in_frame(anchor) else day
    return None


def _day_in(text: str, anchor: LexborNode, row: LexborNode, url: str, rows: Rows) -> date | None:
    outside = text.replace(day_forms.plain(anchor.text(separator=" ")), " ", 1)
    day = _in_column(row) if row.tag == "tr" and len(dates.DATE.findall(outside)) > 1 else None
    day = day or dates.listed(outside)
    if day is None and (stamp := row.css_first("time[datetime]")) is not None:
        day = dates.listed(stamp.attributes.get("datetime") or "")
    if day is None and len(outside) < 3 * BLOCK:
        day = _block(" ".join(outside.split()))
    if day is None and len(text) < LONG_ROW:
        day = dates.listed(text) or _block(" ".join(text.split()))
    if day is None and len(outside) < BLOCK:
        day = _short(" ".join(outside.split()), url, rows.today)
    return day


def _in_column(row: LexborNode) -> date | None:
    """The day in the cell below the head 发布时间, 回复时间 or the like, where a table has several columns of days."""
    body = row.parent
    around = body.parent if body is not None else None
    parts = (
        [n for n in islice(around.iter(), MOST_NEIGHBOURS) if n.tag == "thead"] if around is not None else []
    )
    first = (
        next((r for r in (parts[0] if parts else body).iter() if r.tag == "tr"), None)
        if body is not None
        else None
    )
    if first is None or first.mem_id == row.mem_id:
        return None
    heads, cells = ([c for c in r.iter() if c.tag in {"td", "th"}] for r in (first, row))
    if len(heads) != len(cells):
        return None
    for words in _COLUMNS:
        for head, cell in zip(heads, cells, strict=True):
            if words.search(head.text()[:BLOCK]) and (day := dates.listed(cell.text(separator=" "))):
                return day
    return None


def _short(text: str, url: str, today: date | None) -> date | None:
    """A day with two figures for the year, or without one."""
    if match := _SHORT_YEAR.search(text):
        return _made(2000 + int(match["y"]), match)
    for form in _NO_YEAR:
        if match := form.search(text):
            return _with_year(match, text, url, today)
    return None


def _made(year: int, match: re.Match[str]) -> date | None:
    try:
        return date(year, int(match["m"]), int(match["d"]))
    except ValueError:
        return None


def _block(text: str) -> date | None:
    found = (match for form in _BLOCKS if (match := form.search(text)))
    return next((day for match in found if (day := _made(int(match["y"]), match))), None)


def _only_day(row: LexborNode, anchor: LexborNode) -> date | None:
    """A row with a second link, such as to the explanation of a document, but with one day."""
    text = row.text(separator=" ").replace(anchor.text(separator=" "), " ", 1)
    return dates.listed(text) if len(text) < LONG_ROW and len(dates.DATE.findall(text)) == 1 else None


def _turn(unit: LexborNode, row: LexborNode, rows: Rows) -> date | None:
    """The day that goes with a child of a container whose children are days and links in turn."""
    if row.mem_id not in rows.turns:
        rows.turns[row.mem_id] = _turns(row)
    return rows.turns[row.mem_id].get(unit.mem_id)


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


def _with_year(match: re.Match[str], text: str, url: str, today: date | None) -> date | None:
    """The year written beside it or in the address, else the last one in which the day was not yet to come."""
    year = re.search(r"(?:19|20)\d{2}", text) or re.search(r"/t?((?:19|20)\d{2})", urlsplit(url).path)
    if year:
        return _made(int(year[year.lastindex or 0]), match)
    if today is None:
        return None
    day = _made(today.year, match)
    return day if day is None or day <= today else _made(today.year - 1, match)


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
