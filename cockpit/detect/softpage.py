"""Soft 404: a page that answers 200 but says that it does not exist, or looks like the answer to a made-up path."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cockpit.detect.page import Page

SHORT_TEXT = 600  # an error page says little else
SAME = 0.9
_GONE = re.compile(
    r"(?:页面|网页|内容|文章|信息|资源|文件|地址|栏目|链接|URL)[^，。！!\n]{0,16}(?:不存在|已(?:经)?(?:被)?(?:删除|移除|下线|失效|撤销)|无法找到|找不到|未找到|走丢)"
    r"|(?:找不到|未找到|无法找到|没有找到|不存在)[^，。！!\n]{0,12}(?:页面|网页|内容|文章|信息|资源|文件|文档)"
    r"|404\s*(?:not\s*found|错误|页面|error)|(?:page|file|url)[^.\n]{0,30}(?:not\s*(?:be\s*)?found|does\s*n[o']t\s*exist)",
    re.IGNORECASE,
)
_GONE_TITLE = re.compile(
    r"^\W*(?:404|not found|页面不存在|页面未找到|找不到页面|出错了|错误页面|页面没有找到)", re.IGNORECASE
)


@dataclass(frozen=True)
class Fingerprint:
    """What a page looks like apart from addresses and numbers: title and shingles of its text."""

    title: str
    shingles: frozenset[str]


def looks_gone(page: Page) -> bool:
    """The page itself says that what was asked for is gone."""
    if _GONE_TITLE.search(page.title):
        return True
    text = page.text
    if len(text) > SHORT_TEXT * 3:
        return False
    found = _GONE.search(text)
    return bool(found) and (len(text) <= SHORT_TEXT or bool(_GONE.search(page.title)))


def fingerprint(page: Page) -> Fingerprint:
    """Shingles of four characters of the text, digits and addresses folded."""
    text = re.sub(r"https?://\S+|/[\w./-]+|\d+", "#", page.text)
    text = re.sub(r"\s+", "", text)[:20000]
    return Fingerprint(page.title, frozenset(text[i : i + 4] for i in range(max(1, len(text) - 3))))


def similarity(a: Fingerprint, b: Fingerprint) -> float:
    """Jaccard similarity of two pages' shingles, 0–1."""
    union = len(a.shingles | b.shingles)
    return len(a.shingles & b.shingles) / union if union else 1.0


def same(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether two answers are the same page but for addresses and numbers."""
    return a.title == b.title and similarity(a, b) >= SAME
