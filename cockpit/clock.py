"""Time at the edges: UTC inside (naive datetimes), Beijing for days and weeks, ISO weeks from Monday.

Rules and detectors never ask for the time; commands ask `now()` once and pass it in.
China has had no daylight saving time since 1991, so Beijing is a fixed +08:00 here.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, timedelta, timezone

from cockpit.errors import CockpitError

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)


def parse_time(text: str) -> datetime:
    """Read an ISO time; without a zone it is Beijing time. Returns naive UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)
        return zoned.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise CockpitError(
            f"时间「{text}」无法识别。请写成 2026-11-23T10:00（北京时间）或 2026-11-23T10:00+08:00"
        ) from error


def real() -> datetime:
    """What the clock on the wall says, whatever was asked for. Naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def now(as_of: str | None = None) -> datetime:
    """The instant a command works at: --as-of, else COCKPIT_NOW, else the clock. Naive UTC, whole microseconds."""
    text = as_of or os.environ.get("COCKPIT_NOW")
    return parse_time(text) if text else real()


def to_local(moment: datetime) -> datetime:
    """Naive UTC to naive Beijing time."""
    return moment + timedelta(hours=8)


def to_utc(moment: datetime) -> datetime:
    """Naive Beijing time to naive UTC."""
    return moment - timedelta(hours=8)


def local_day(moment: datetime) -> date:
    """The Beijing day of a UTC instant."""
    return to_local(moment).date()


def week_of(moment: datetime | date) -> str:
    """ISO week of a UTC instant (by its Beijing day) or of a Beijing day: '2026-W47'."""
    day = local_day(moment) if isinstance(moment, datetime) else moment
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def parse_week(text: str) -> str:
    """Normalise '2026W47', '2026-w47' to '2026-W47'; a week that does not exist is named."""
    match = _WEEK.fullmatch(text.strip())
    try:
        if not match:
            raise ValueError(text)
        return week_of(date.fromisocalendar(int(match[1]), int(match[2]), 1))
    except ValueError as error:
        raise CockpitError(
            f"周次「{text}」不存在。请写成 2026-W47（年份-W周数，ISO 周，周一至周日）"
        ) from error


def week_days(week: str) -> tuple[date, date]:
    """Monday and Sunday of a week, Beijing days."""
    year, number = parse_week(week).split("-W")
    monday = date.fromisocalendar(int(year), int(number), 1)
    return monday, monday + timedelta(days=6)


def week_bounds(week: str) -> tuple[datetime, datetime]:
    """Start and end of a week as naive UTC instants, half-open."""
    monday, _ = week_days(week)
    start = to_utc(datetime(monday.year, monday.month, monday.day))
    return start, start + timedelta(days=7)


def previous_week(week: str, count: int = 1) -> str:
    """The week `count` weeks before."""
    return week_of(week_days(week)[0] - timedelta(weeks=count))


def last_complete_week(moment: datetime) -> str:
    """The newest week that has ended at a UTC instant."""
    return previous_week(week_of(moment))
