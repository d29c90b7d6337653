"""What a government home page must show at its foot (国办发〔2017〕47号, 国办函〔2018〕12号), beside the three tags.

Missing = not on the page. Invalid = there, but without a number, or not the registered one.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from cockpit.detect.page import Page

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_MARK = re.compile(r"conac\.cn|_ideConac|bszs\.|党政机关(?:网站)?标识|事业单位(?:网站)?标识", re.IGNORECASE)
_ICP = re.compile(rf"[{_PROVINCES}]\s*ICP\s*备\s*\d{{8,10}}\s*号", re.IGNORECASE)
_ICP_WORD = re.compile(r"ICP\s*备|beian\.miit\.gov\.cn", re.IGNORECASE)
_POLICE = re.compile(r"公网安备\s*\d{11,14}\s*号?")
_POLICE_WORD = re.compile(r"公网安备|beian\.gov\.cn|beian\.mps\.gov\.cn", re.IGNORECASE)
_CODE = re.compile(r"标识码\s*[:(]?\s*(bm\d{8}|\d{10})(?!\d)", re.IGNORECASE)
_TAG = re.compile(r"</?(\w*)[^<>]*>")
_SITE_CODE = re.compile(r"site_?code[\"'\s]*[=:][\"'\s]*(\w+)", re.IGNORECASE)
_WRONGS = re.compile(r"_jiucuo_|jiucuo|zfwzgl\.www\.gov\.cn|我为政府网站找错|政府网站找错|网站纠错")
_REPORT = re.compile(r"年度(?:工作|监管)?报表|网站[^\n。<>]{0,6}(?:年报|报表|年度报告)")
_HOST = re.compile(
    r"主\s*办(?:单\s*位)?\s*:|(?:政府|办公厅|办公室|委员会|局|中心)\s*主\s*办|主管单位\s*:|版权所有"
)
_CONTACT = re.compile(r"联系(?:方式|电话|我们)|电\s*话\s*:|邮\s*箱\s*:|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")
_SITE_MAP = re.compile(r"网站地图|站点地图|sitemap", re.IGNORECASE)


NEAR, MOST_NEAR = 200, 20  # characters around the entry, and entries
_INLINE = frozenset(["span", "a", "font", "b", "i", "em", "strong", "u", "small", "label"])


@dataclass(frozen=True)
class HomeReport:
    """Items of a home page that are absent and that are wrong, by their Chinese names, in official order."""

    missing: tuple[str, ...]
    invalid: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A home page as these items are looked for: its markup without remarks, and what is written on it."""

    markup: str
    written: str

    def has(self, pattern: re.Pattern[str]) -> bool:
        return bool(pattern.search(self.written) or pattern.search(self.markup))


State = Callable[[Source, str | None], str | None]


def _source(page: Page) -> Source:
    """Numbers are often cut by markup, written with blanks of all kinds or in full-width characters."""
    markup = "".join(_without_remarks(page.html))
    written = _TAG.sub(lambda tag: "" if tag[1].lower() in _INLINE else "\n", markup)
    return Source(markup, unicodedata.normalize("NFKC", html.unescape(written)))


def _without_remarks(markup: str) -> Iterator[str]:
    at = 0
    while (start := markup.find("<!--", at)) >= 0 and (end := markup.find("-->", start + 4)) >= 0:
        yield markup[at:start]
        at = end + 3
    yield markup[at:]


def _there(pattern: re.Pattern[str]) -> State:
    return lambda source, _code: None if source.has(pattern) else "missing"


def _numbered(right: re.Pattern[str], word: re.Pattern[str]) -> State:
    return lambda source, _code: None if source.has(right) else "invalid" if source.has(word) else "missing"


def _code(source: Source, registered: str | None) -> str | None:
    shown = {code.lower() for code in _CODE.findall(source.written)}
    if not shown:
        return "invalid" if "标识码" in source.written else "missing"
    return "invalid" if registered and registered.lower() not in shown else None


def _wrongs(source: Source, registered: str | None) -> str | None:
    """The entry for reporting errors; a script that names another site sends the reports elsewhere."""
    if not source.has(_WRONGS):
        return "missing"
    near = (source.markup[max(0, m.start() - NEAR) : m.end() + NEAR] for m in _WRONGS.finditer(source.markup))
    named = {code.lower() for text in islice(near, MOST_NEAR) for code in _SITE_CODE.findall(text)}
    return "invalid" if registered and named and registered.lower() not in named else None


# name → (source, registered code) → None, "missing" or "invalid"
ITEMS: tuple[tuple[str, State], ...] = (
    ("党政机关网站标识", _there(_MARK)),
    ("我为政府网站找错", _wrongs),
    ("网站标识码", _code),
    ("主办单位", _there(_HOST)),
    ("联系方式", _there(_CONTACT)),
    ("ICP备案号", _numbered(_ICP, _ICP_WORD)),
    ("公安备案号", _numbered(_POLICE, _POLICE_WORD)),
    ("网站地图", _there(_SITE_MAP)),
    ("网站年度报表", _there(_REPORT)),
)


def check(page: Page, site_id_code: str | None = None) -> HomeReport:
    """Check one home page. `site_id_code`: the registered 标识码; None = not compared."""
    source = _source(page)
    states = [(name, state(source, site_id_code)) for name, state in ITEMS]
    return HomeReport(
        tuple(name for name, state in states if state == "missing"),
        tuple(name for name, state in states if state == "invalid"),
    )
