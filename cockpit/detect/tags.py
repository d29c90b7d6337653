"""Page tags (网页标签) by 国办发〔2017〕47号: home 3, channel 7, article 10; names without regard to case.

Missing = absent. Invalid = present but null, empty, a placeholder or malformed (PubDate, SiteIDCode, SiteDomain).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from cockpit.detect.dates import EARLIEST_YEAR
from cockpit.detect.page import Page

HOME = ("SiteName", "SiteDomain", "SiteIDCode")
CHANNEL = (*HOME, "ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
ARTICLE = (*CHANNEL, "ArticleTitle", "PubDate", "ContentSource")
REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"home": HOME, "channel": CHANNEL, "article": ARTICLE}
)
PLACEHOLDERS = frozenset(
    {"null", "none", "undefined", "nan", "-", "--", "无", "暂无", "test", "测试", "未知", "空", "n/a", "0"}
    | {
        "网站名称",
        "网站域名",
        "网站标识码",
        "标识码",
        "栏目名称",
        "栏目描述",
        "栏目关键词",
        "栏目类型",
        "栏目类别",
    }
    | {"文章标题", "发布时间", "发布日期", "来源", "信息来源", "内容来源"}  # the meaning of the tag itself
)
_ID_CODE = re.compile(r"(?!0{10})[0-9]{10}|bm[0-9]{8}", re.IGNORECASE)
_UNFILLED = re.compile(r"[{<$][{%$(#]|\[!--|\[#")


@dataclass(frozen=True)
class TagReport:
    """Which required tags of a page are absent and which are wrong, in official order."""

    page_type: str
    missing: tuple[str, ...]
    invalid: tuple[str, ...]


def page_type(level: int, has_article_date: bool, items: int = 0) -> str:
    """home, channel or article: level 1 is home; a dated text without a list is an article."""
    if level <= 1:
        return "home"
    return "article" if has_article_date and items < 5 else "channel"


def check(
    page: Page, kind: str, site_id_code: str | None = None, site_domain: str | None = None
) -> TagReport:
    """Check one page. `site_id_code` is the registered one, `site_domain` the host asked; None = not compared."""
    expected = {"SiteIDCode": site_id_code, "SiteDomain": site_domain}
    missing, invalid = [], []
    for name in REQUIRED[kind]:
        values = page.metas.get(name.lower())
        if values is None:
            missing.append(name)
        elif not any(_valid(name, value, expected.get(name)) for value in values):
            invalid.append(name)
    return TagReport(kind, tuple(missing), tuple(invalid))


def _valid(name: str, value: str, expected: str | None) -> bool:
    value = value.strip()
    if not value or value.lower() in PLACEHOLDERS or _UNFILLED.search(value):
        return False
    return FORMATS[name](value, expected) if name in FORMATS else True


def _pub_date(value: str, _expected: str | None) -> bool:
    try:
        written = datetime.strptime(value, "%Y-%m-%d %H:%M")
    except ValueError:
        return False
    return len(value) == 16 and written.year >= EARLIEST_YEAR


def _id_code(value: str, expected: str | None) -> bool:
    return bool(_ID_CODE.fullmatch(value)) and (expected is None or value.lower() == expected.lower())


def _domain(value: str, expected: str | None) -> bool:
    host = re.sub(r"^https?://", "", value.lower()).split("/", 1)[0].split(":", 1)[0]
    if "." not in host or " " in host:
        return False
    if expected is None or _is_ip(expected):
        return True
    return host.removeprefix("www.") == expected.lower().removeprefix("www.")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


FORMATS: Mapping[str, Callable[[str, str | None], bool]] = MappingProxyType(
    {"PubDate": _pub_date, "SiteIDCode": _id_code, "SiteDomain": _domain}
)
