"""When was a page published? Tags first, then labels in the text, JSON-LD, the address, a lone date; source told.

Visible dates are weighed: a label (发布时间), the furniture of an information bar (来源, 浏览次数, 字号), a line of
their own close under the title. Dates in prose, in lists, behind 版权, 今天是 or 报名 and the like are never taken;
neither is one before 1995 or an impossible one. Values are Beijing time as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice

from cockpit.detect import day_forms
from cockpit.detect.page import Page

EARLIEST_YEAR = 1995
_Y = r"(?P<y>(?:19|20)\d{2})"
_DATE = (
    rf"{_Y}\s*(?:[-/.年]\s*)(?P<m>0?[1-9]|1[0-2])\s*(?:[-/.月]\s*)(?P<d>[12]\d|3[01]|0?[1-9])(?!\d)(?:[^\S\n]*日)?"
    r"(?:(?:[^\S\n]|T)*(?P<H>[01]?\d|2[0-3])\s*[:：时]\s*(?P<M>[0-5]\d)(?:\s*[:：分]\s*[0-5]\d)?)?"
)
DATE = re.compile(_DATE)
_NOT_THIS = re.compile(
    r"(?:至|到|—|－|～|~)\s*$|(?:今天是|现在是|当前时间|版权|copyright|©|备案|截至|截止|有效期|失效|施行|实施|生效|最后登录|出生|报名|会议|开庭|开标|投标|考试|面试|活动|"
    r"起止|公示|举办|召开|开馆|开放|办公|办理|受理|工作|营业|服务|申请|缴费|到期|颁发|批准|登记|注册|建成|开工|竣工|培训|放假|逝世|去世)[^\n]{0,12}$",
    re.IGNORECASE,
)
_OF_THE_PAGE = re.compile(
    r"(?:今天是|今天|现在是|当前时间|版权|copyright|©|备案|最后登录|最后更新)[^\n]{0,12}$", re.IGNORECASE
)
_RANGE = re.compile(r"\s*(?:至|到|起|前|[—－～~-]{1,2}\s*\d)")
_PUBLISHED = re.compile(
    r"(?:发布|发表|公布|发稿|刊发|推送|公开|上网)\s*(?:时间|日期|于)?\s*[:：]?\s*[\[【(（]?\s*$|发布(?:时间|日期)[^\d\n]{0,6}$"
)
_TIME = re.compile(
    r"(?:(?:更新|录入|添加|上传|编辑|创建|提交|审核|发送|信息)?\s*(?:时间|日期)|更新于?|来源时间|[Dd]ate|[Tt]ime)\s*[:：]?\s*[\[【(（]?\s*$"
)
_MADE = re.compile(r"(?:成文|发文|印发|生成|签发|制发|落款|签署)\s*(?:时间|日期)?\s*[:：]?\s*$")
# What stands beside a date in the information bar under a title; alone on a line it is such a bar.
_FURNITURE = re.compile(
    r"(?:信息)?来\s*源|作\s*者|责任编辑|责编|编\s*辑|编\s*审|审\s*核|供稿|撰稿|通讯员|记者|摄影|浏览(?:次数|量)?|阅读(?:次数|量)?|点击(?:次数|数|量)?|访问(?:次数|量)?|人气|"
    r"字\s*号|字\s*体|大\s*中\s*小|分享到?|打印|关闭|收藏|评论|发布(?:机构|单位|者|人)|发布|发表|时\s*间|日\s*期|次|views?|更新"
)
_JSON_LD = re.compile(r'"(?:datePublished|pubDate|publishDate|publish_time)"\s*:\s*"([^"]{8,40})"')
_URL_DATES = (
    re.compile(rf"/t{_Y}(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])_"),
    re.compile(rf"/{_Y}[-/](?P<m>0?[1-9]|1[0-2])[-/](?P<d>0?[1-9]|[12]\d|3[01])(?:/|_|\.)"),
    re.compile(rf"/{_Y}(?P<m>0[1-9]|1[0-2])/?(?P<d>0[1-9]|[12]\d|3[01])(?:/|_|\.|\d{{1,6}}\.)"),
)
_META_NAMES = (
    "pubdate",
    "publishdate",
    "article:published_time",
    "og:published_time",
    "og:release_date",
    "publication_date",
    "datepublished",
    "firstpublishedtime",
    "weibo: article:create_at",
    "weibo:article:create_at",
    "publish_date",
)
_VAGUE_METAS = (
    "createdate",
    "dc.date",
    "date",
)  # of the draft or of the file, where the page says nothing better
_COMPACT = re.compile(rf"{_Y}(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?:\d{{4}}|\d{{6}})?")
_MARKS = re.compile(r"[\s|｜:：\[\]【】()（）\-—_/·,，、;；»>《》“”]+")
_CMS = re.compile(
    r"<(?:date|pubdate|publishtime|pubtime)>\s*([^<]{8,30})|published at (\d{4}-\d\d-\d\d \d\d:\d\d)",
    re.IGNORECASE,
)
MOST_DATES = 400  # looked at in one text
LONG_LINE, SHORT_PROSE = 60, 25  # characters: prose, where the head of an article ends
LONGEST_HEAD = 1500  # characters
MOST_OWN_DATES = 2
TOP = 4000  # characters: the title stands there
SURE, LIKELY, LATE, LEAST = 90, 75, 74, 50


@dataclass(frozen=True)
class Published:
    """A publish date as written (datetime where a time is given) and where it was found; value None = none."""

    value: datetime | date | None
    source: str | None

    @property
    def day(self) -> date | None:
        return self.value.date() if isinstance(self.value, datetime) else self.value


def published_at(page: Page) -> Published:
    """The publish date of an article page."""
    if "published" not in page.memo:
        page.memo["published"] = _published(page)
    return page.memo["published"]


def _published(page: Page) -> Published:
    for source, find in FINDERS[1 if _tag_stands_alone(page) else 0 :]:
        for value in find(page):
            return Published(_with_time(value, page), source)
    return Published(None, None)


def _tag_stands_alone(page: Page) -> bool:
    """Whether the tag (as one made anew with every answer) says another day than text and address together."""
    address, tag = next(_from_url(page), None), next(_from_meta(page), None)
    if address is None or tag is None or _day(tag) == _day(address):
        return False
    shown = sources(page).get("text")
    return shown == _day(address)


def _day(value: datetime | date) -> date:
    return value.date() if isinstance(value, datetime) else value


def sources(page: Page) -> dict[str, date]:
    """The day that each kind of place tells: meta, text (labels and bars), url."""
    found: dict[str, date] = {}
    for name, find in (("meta", _from_meta), ("text", _at_least(LIKELY)), ("url", _from_url)):
        for value in find(page):
            found[name] = _day(value)
            break
    return found


def _with_time(value: datetime | date, page: Page) -> datetime | date:
    """The same day with its time of day where the page shows one."""
    if isinstance(value, datetime):
        return value
    times = (v for w, v in _shown(page) if w >= LEAST and isinstance(v, datetime))
    return next((shown for shown in times if shown.date() == value), value)


def read(text: str) -> datetime | date | None:
    """The first date in a short text."""
    match = DATE.search(day_forms.plain(text))
    return _value(match) if match else None


def listed(text: str) -> date | None:
    """The day of an entry of a list: one that is called its publish date, else the first not said of something else."""
    best: tuple[int, date] | None = None
    text = day_forms.plain(text)
    for match in islice(DATE.finditer(text), MOST_DATES):
        value = _value(match)
        if value is None:
            continue
        before = text[max(0, match.start() - 24) : match.start()]
        if _OF_THE_PAGE.search(before):
            continue
        rank = _rank(before, text[match.end() : match.end() + 8])
        if best is None or rank < best[0]:
            best = rank, value.date() if isinstance(value, datetime) else value
    return best[1] if best else None


def _rank(before: str, after: str) -> int:
    if _PUBLISHED.search(before[-16:]):
        return 0
    return 3 if _NOT_THIS.search(before) or _RANGE.match(after) else 2 if _MADE.search(before[-10:]) else 1


def _value(match: re.Match[str]) -> datetime | date | None:
    parts = match.groupdict()
    try:
        day = date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
        if day.year < EARLIEST_YEAR:
            return None
        if (
            parts.get("H") and parts.get("M") and (int(parts["H"]) or int(parts["M"]))
        ):  # midnight is "no time"
            return datetime(day.year, day.month, day.day, int(parts["H"]), int(parts["M"]))
    except ValueError:
        return None
    return day


def _named(names: Sequence[str]) -> Callable[[Page], Iterator[datetime | date]]:
    def find(page: Page) -> Iterator[datetime | date]:
        for content in chain.from_iterable(page.metas.get(name, ()) for name in names):
            compact = _COMPACT.fullmatch(content.strip())
            value = _value(compact) if compact else read(content)
            if value is not None:
                yield value

    return find


_from_named = _named(_META_NAMES)


def _from_meta(page: Page) -> Iterator[datetime | date]:
    yield from _from_named(page)
    if "datetime" in page.html or "datePublished" in page.html:
        for node in page.tree.css("time[datetime],[itemprop=datePublished]"):
            value = read(node.attributes.get("datetime") or node.attributes.get("content") or node.text())
            if value is not None:
                yield value


def _from_cells(page: Page) -> Iterator[datetime | date]:
    """A table or list of terms about the document (索引号): the label stands in an element of its own."""
    if "发布" in page.html or "公开" in page.html or "公布" in page.html:
        for text in day_forms.labelled(iter(page.tree.css("td,th,dt,span,b,strong,label,div.label"))):
            value = read(text)
            if value is not None:
                yield value


def _from_json(page: Page) -> Iterator[datetime | date]:
    if "ublish" in page.html or "pubDate" in page.html:
        found = [read(match[1]) for match in islice(_JSON_LD.finditer(page.html), MOST_DATES)]
        days = [value for value in found if value is not None]
        if len(days) <= MOST_OWN_DATES:  # more are the entries of a list
            yield from days


def _from_cms(page: Page) -> Iterator[datetime | date]:
    """What publishing systems leave in comments."""
    if (
        "<date>" in page.html
        or "published at" in page.html
        or "ubtime>" in page.html
        or "ublishtime>" in page.html
    ):
        for match in _CMS.finditer(page.html):
            value = read(match[1] or match[2])
            if value is not None:
                yield value


def _shown(page: Page) -> list[tuple[int, datetime | date]]:
    """(weight, date) of the visible dates that can be the publish date, the best first."""
    if "shown" not in page.memo:
        found = sorted(_weighed(page), key=lambda c: (-c[0], c[1]))
        page.memo["shown"] = [(weight, value) for weight, _, value in found]
    return page.memo["shown"]


def _weighed(page: Page) -> Iterator[tuple[int, int, datetime | date]]:
    text = day_forms.plain(page.text)
    title, head_end, prose = _head(page, text)
    found = list(_candidates(text))
    listed = _in_lists([(match.start(), match.end()) for match, _, _ in found])
    for number, (match, value, weight) in enumerate(found):
        at = match.start()
        # A comment or a recommended article further down may say 发表时间 too.
        late = -45 if prose and weight < SURE else -25
        place = 15 if title <= at < head_end else late if at >= head_end else -9
        yield weight + place - (30 if number in listed and weight < SURE else 0), at, value


def _candidates(text: str) -> Iterator[tuple[re.Match[str], datetime | date, int]]:
    """Dates that stand as publish dates do, with how much they look like one."""
    for match in islice(DATE.finditer(text), MOST_DATES):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        end = len(text) if end < 0 else end
        value = _value(match)
        before, after = text[start : match.start()], text[match.end() : end]
        if value is None or _NOT_THIS.search(before[-24:]) or _RANGE.match(after):
            continue
        weight = _weight(before, after, match["H"] is not None)
        if weight:
            yield match, value, weight


def _in_lists(spans: list[tuple[int, int]]) -> set[int]:
    """Numbers of dates that follow each other closely, three or more: a list of articles."""
    listed: set[int] = set()
    run = [0]
    for number in range(1, len(spans) + 1):
        if number < len(spans) and spans[number][0] - spans[number - 1][1] < LONG_LINE:
            run.append(number)
            continue
        if len(run) >= 3:
            listed.update(run)
        run = [number]
    return listed


def _weight(before: str, after: str, timed: bool) -> int:
    """How much a date looks like the publish date by what stands on its line; 0 = prose."""
    if _PUBLISHED.search(before[-16:]):
        return SURE + 9
    rest = _MARKS.sub("", _FURNITURE.sub("", before[-60:] + after[:60]))
    furniture = _FURNITURE.search(before[-60:] + after[:60])
    bar = len(before) + len(after) <= 110 and len(rest) <= (36 if furniture else 20 if timed else 8)
    if _TIME.search(before[-16:]) and (bar or len(before) < 12):
        return 70
    if not bar or "。" in before + after:
        return 0
    if _MADE.search(before[-10:]):
        return 40
    return 65 if furniture else 60 if not rest else 58 if timed else 52


def labels(page: Page) -> int:
    """How many visible dates are called the publish date."""
    return sum(weight >= LATE for weight, _ in _shown(page))


def has_prose(page: Page) -> bool:
    """Whether sentences follow the title closely, as in an article."""
    if "prose" not in page.memo:
        page.memo["prose"] = _head(page, page.text)[2]
    return page.memo["prose"]


def _head(page: Page, text: str) -> tuple[int, int, bool]:
    """Where the title stands in the text, where the head of the article ends, and whether that is a line of prose."""
    heading = page.tree.css_first("h1") or page.tree.css_first("h2")
    names = [" ".join(heading.text().split()) if heading else "", re.split(r"[-_|—–]", page.title)[0].strip()]
    top = text[:TOP]
    title = next((at for name in names if len(name) >= 4 and (at := top.rfind(name[:24])) >= 0), 0)
    at, last = title, min(len(text), title + LONGEST_HEAD)
    while at < last:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at : min(end, at + 400)]
        commas, stops = "，" in line, "。" in line
        prose = (len(line) >= LONG_LINE and (commas or stops)) or (
            len(line) >= SHORT_PROSE and commas and stops
        )
        if prose and not DATE.search(line[:100]):
            return title, at, True
        at = end + 1
    return title, last, False


def _at_least(weight: int) -> Callable[[Page], Iterator[datetime | date]]:
    def find(page: Page) -> Iterator[datetime | date]:
        return (value for found, value in _shown(page) if found >= weight)

    return find


def _from_url(page: Page) -> Iterator[datetime | date]:
    for pattern in _URL_DATES:
        match = pattern.search(page.url)
        value = _value(match) if match else None
        if value is not None:
            yield value


FINDERS: tuple[tuple[str, Callable[[Page], Iterator[datetime | date]]], ...] = (
    ("meta", _from_meta),
    ("label", _at_least(SURE)),
    ("label", _from_cells),
    ("json-ld", _from_json),
    ("cms", _from_cms),
    ("meta", _named(_VAGUE_METAS)),
    ("text", _at_least(LIKELY)),
    ("label", _at_least(LATE)),
    ("url", _from_url),
    ("text", _at_least(LEAST)),
)
