"""Forged publish dates (伪造发稿日期): the tag against the text, the address and what earlier patrols saw.

国办秘函〔2019〕19号 counts forging of publish dates as 弄虚作假 (veto), so a contradiction within one page is
for review or a hint; only a page that stood there before its alleged date is strong evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cockpit.detect import dates
from cockpit.detect.page import Page

# 项目默认：草稿和审批会让地址里的日期早几天
DRAFT_DAYS, LONG_DRAFT_DAYS = 7, 30
TAG_DAYS = 1


@dataclass(frozen=True)
class Forged:
    """A contradiction of dates. rule: date.tag, date.url, date.future, date.seen_before, date.moved."""

    rule: str
    severity: str
    shown: date
    other: date
    why: str


def within(page: Page, today: date | None = None) -> Forged | None:
    """What contradicts itself on one page; the worst only."""
    found = dates.sources(page)
    text, tag, url = found.get("text"), found.get("meta"), found.get("url")
    shown = text or tag
    if shown is None:
        return None
    if today is not None and shown > today + timedelta(days=1):
        return Forged("date.future", "medium", shown, today, f"发布时间 {shown} 晚于今天")
    if text and tag and abs((text - tag).days) > TAG_DAYS:
        return Forged("date.tag", "medium", text, tag, f"页面上写 {text}，网页标签写 {tag}")
    if url and (shown - url).days > DRAFT_DAYS:
        severity = "medium" if (shown - url).days > LONG_DRAFT_DAYS else "low"
        return Forged("date.url", severity, shown, url, f"页面上写 {shown}，地址里的日期是 {url}")
    return None


def against_history(shown: date, seen_on: date | None, shown_then: date | None) -> Forged | None:
    """Against an earlier patrol that saw the page on a Beijing day `seen_on`, showing `shown_then`."""
    if seen_on is not None and shown > seen_on + timedelta(days=1):
        why = f"页面写 {shown} 发布，但 {seen_on} 巡查时已经存在"
        return Forged("date.seen_before", "high", shown, seen_on, why)
    if shown_then is not None and shown > shown_then + timedelta(days=TAG_DAYS):
        return Forged("date.moved", "medium", shown, shown_then, f"发布时间由 {shown_then} 改成了 {shown}")
    return None
