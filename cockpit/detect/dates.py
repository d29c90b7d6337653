"""When was a page published? Tags first, then labels in the text, JSON-LD, the address, a lone date; source told.

A date that stands behind 版权, 访问量, 今天是 and the like is never taken; neither is one before 1995 or an
impossible one. Values are Beijing time as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from cockpit.detect.page import Page

EARLIEST_YEAR = 1995
_Y = r"(?P<y>(?:19|20)\d{2})"
_DATE = (
    rf"{_Y}\s*(?:[-/.年]\s*)(?P<m>0?[1-9]|1[0-2])\s*(?:[-/.月]\s*)(?P<d>[12]\d|3[01]|0?[1-9])(?!\d)\s*日?"
    r"(?:[\sT]*(?P<H>[01]?\d|2[0-3])\s*[:：时]\s*(?P<M>[0-5]\d)(?:\s*[:：分]\s*[0-5]\d)?)?"
)
DATE = re.compile(_DATE)
_LABEL = re.compile(r"(?:时间|日期|于)\s*[:：]?\s*[\[【(（]?\s*" + _DATE)
_LABEL_KIND = re.compile(
    r"(?:发布|发表|公布|公开|成文|发文|印发|发稿|编辑|录入|更新|添加|上传|创建|提交)?\s*\Z"
)  # what may stand before the label itself
_STRONG = re.compile(
    r"(?:发布|发表|公布|发稿|发布于|发表于|公开)\s*(?:时间|日期|于)?\s*[:：]?\s*[\[【(（]?\s*" + _DATE
)
_NOT_THIS = re.compile(
    r"(?:今天是|现在是|当前时间|版权|copyright|©|备案|截至|有效期|失效|施行|实施|生效|访问|最后登录|出生)[^\n]{0,12}$",
    re.IGNORECASE,
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
    "createdate",
    "firstpublishedtime",
    "dc.date",
    "weibo: article:create_at",
    "weibo:article:create_at",
    "publish_date",
    "date",
)
HEAD_CHARACTERS = 3000  # a date further down belongs to the text, not to the article's head


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
    for source, find in FINDERS:
        for value in find(page):
            return Published(value, source)
    return Published(None, None)


def read(text: str) -> datetime | date | None:
    """The first date in a short text."""
    match = DATE.search(text)
    return _value(match) if match else None


def _value(match: re.Match[str]) -> datetime | date | None:
    parts = match.groupdict()
    try:
        day = date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
        if day.year < EARLIEST_YEAR:
            return None
        if parts.get("H") and parts.get("M"):
            return datetime(day.year, day.month, day.day, int(parts["H"]), int(parts["M"]))
    except ValueError:
        return None
    return day


def _from_meta(page: Page) -> Iterator[datetime | date]:
    for name in _META_NAMES:
        for content in page.metas.get(name, ()):
            value = read(content)
            if value is not None:
                yield value


def _from_json(page: Page) -> Iterator[datetime | date]:
    if "ublish" in page.html or "pubDate" in page.html:
        for match in _JSON_LD.finditer(page.html):
            value = read(match[1])
            if value is not None:
                yield value


def _labelled(pattern: re.Pattern[str]) -> Callable[[Page], Iterator[datetime | date]]:
    def find(page: Page) -> Iterator[datetime | date]:
        text = page.text
        for match in pattern.finditer(text):
            value = _value(match)
            if value is None:
                continue
            before = text[max(0, match.start() - 32) : match.start()]
            if pattern is _LABEL:
                kind = _LABEL_KIND.search(before)
                before = before[: kind.start()] if kind else before
            if not _NOT_THIS.search(before[-16:]):
                yield value

    return find


def _from_url(page: Page) -> Iterator[datetime | date]:
    for pattern in _URL_DATES:
        match = pattern.search(page.url)
        value = _value(match) if match else None
        if value is not None:
            yield value


def _from_head(page: Page) -> Iterator[datetime | date]:
    """The first date near the title, on a short line (an information bar, not prose)."""
    text = page.text[:HEAD_CHARACTERS]
    for match in DATE.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        line = text[start : end if end >= 0 else len(text)]
        value = _value(match)
        if value is not None and len(line) <= 80 and not _NOT_THIS.search(text[start : match.start()]):
            yield value


FINDERS: tuple[tuple[str, Callable[[Page], Iterator[datetime | date]]], ...] = (
    ("meta", _from_meta),
    ("label", _labelled(_STRONG)),
    ("label", _labelled(_LABEL)),
    ("json-ld", _from_json),
    ("url", _from_url),
    ("text", _from_head),
)
