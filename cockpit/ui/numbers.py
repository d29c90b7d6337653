"""Numbers, dates and changes as Chinese readers expect them. Rounding never makes a result look better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from cockpit import shares
from cockpit.clock import to_local, week_days

NONE = "—"
NO_SCORE = "未评"
UNRATED = "未评：这一周没有得分，因为没有网站或采集不足；不评分也不算零分。"


def of_unrated(rows: Iterable[Mapping[str, Any]]) -> str:
    """What of a total of lost points belongs to units without a score: scaled up from the little that was measured."""
    lost = sum(r["deducted"] for r in rows if r["score"] is None)
    return (
        f"（其中{NO_SCORE}单位 {lost:.1f} 分，由少量已采指标折算放大，只作参考，不进平均分和排名）"
        if lost
        else ""
    )


def whole(value: float | None) -> str:
    """12840 → 1.28万, 123456789 → 1.23亿; None → —."""
    if value is None:
        return NONE
    if abs(value) >= 1e8:
        return f"{value / 1e8:.2f}亿"
    if abs(value) >= 1e4:
        return f"{value / 1e4:.2f}万"
    return f"{value:,.0f}"


def full(value: float | None) -> str:
    """12840 → 12,840: tables keep every digit."""
    return NONE if value is None else f"{value:,.0f}"


def percent(
    share: float | None, threshold: float | None = None, digits: int = 1, *, higher_is_better: bool = True
) -> str:
    """A share as everywhere (cockpit/shares.py); None → —."""
    return (
        NONE if share is None else shares.percent(share, threshold, digits, higher_is_better=higher_is_better)
    )


def score(value: float | None) -> str:
    """88.456 → 88.4: points are cut, never rounded up."""
    return NONE if value is None else f"{Decimal(str(value)).quantize(Decimal('0.1'), ROUND_FLOOR)}"


def change(value: float | None, digits: int = 1) -> str:
    """−3.14 → ↓3.1, 0.02 → → 持平; None → —."""
    if value is None:
        return NONE
    if steady(value, digits):
        return "→ 持平"
    return f"{'↑' if value > 0 else '↓'}{moved(value, digits)}"


def moved(value: float, digits: int = 1) -> str:
    """How far, without the direction: 0.55 → 0.6 however the floats came about, so that all screens agree."""
    return str(Decimal(str(round(abs(value), 6))).quantize(Decimal(10) ** -digits, ROUND_HALF_UP))


def steady(value: float, digits: int = 1) -> bool:
    """Whether a change is too small to be told."""
    return not Decimal(moved(value, digits))


def better(value: float | None, *, up_is_good: bool = True) -> str:
    """改善, 恶化 or nothing, for a change."""
    if value is None or steady(value):
        return ""
    return "改善" if (value > 0) == up_is_good else "恶化"


def due(left: int | None) -> str:
    """Working days left until a date: 剩 3 个工作日, 今天到期, 超期 2 个工作日; None → nothing."""
    if left is None:
        return ""
    return "今天到期" if left == 0 else f"剩 {left} 个工作日" if left > 0 else f"超期 {-left} 个工作日"


def day(value: date | None) -> str:
    """2025年11月3日, for prose and titles."""
    return NONE if value is None else f"{value.year}年{value.month}月{value.day}日"


def short_day(value: date | None) -> str:
    """11月3日."""
    return NONE if value is None else f"{value.month}月{value.day}日"


def iso(value: date | None) -> str:
    """2025-11-03, for tables."""
    return NONE if value is None else value.isoformat()


def span(first: date | None, last: date | None) -> str:
    """How long something is valid: 2024-06-09 起长期有效, 2024-06-09 至 2025-01-31, 长期有效."""
    if last is not None:
        return f"{iso(first)} 至 {iso(last)}" if first else f"至 {iso(last)}"
    return f"{iso(first)} 起长期有效" if first else "长期有效"


def moment(value: datetime | None) -> str:
    """A UTC instant as Beijing time: 2025-11-23 13:50."""
    return NONE if value is None else f"{to_local(value):%Y-%m-%d %H:%M}"


def clock(value: datetime | None) -> str:
    """A UTC instant as Beijing time of day: 13:50."""
    return NONE if value is None else f"{to_local(value):%H:%M}"


def ago(value: datetime | None, now: datetime) -> str:
    """2 分钟前, 3 小时前, 4 天前."""
    if value is None:
        return NONE
    minutes = max(0, int((now - value).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} 分钟前"
    return f"{minutes // 60} 小时前" if minutes < 48 * 60 else f"{minutes // 1440} 天前"


def week(text: str) -> str:
    """2026-W47 → 2026年第47周（11月16日—11月22日）."""
    monday, sunday = week_days(text)
    year, number = text.split("-W")
    return f"{year}年第{int(number)}周（{short_day(monday)}—{short_day(sunday)}）"
