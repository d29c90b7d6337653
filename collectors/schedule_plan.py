"""The schedule file: read, validated, and turned into moments. No clock in here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cockpit.errors import CockpitError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
COMMANDS = {
    "collectors": {"probe", "patrol", "ipv6", "certificate", "ledgers", "all"},
    "cockpit": {"load", "score", "close-week", "export", "notify", "backup"},
}
LOOKERS = ("probe", "patrol", "ipv6", "certificate")
DAY_MINUTES = 24 * 60
CLOSE = "每周封存"


@dataclass(frozen=True)
class Job:
    """One entry: a command and the minutes of the (Beijing) day it runs at; `weekday` 0 = Monday, None = daily."""

    name: str
    command: tuple[str, ...]
    minutes: tuple[int, ...]
    weekday: int | None = None

    def previous(self, local: datetime) -> datetime:
        """The newest planned moment at or before a Beijing time."""
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        for back in range(9):
            date = day - timedelta(days=back)
            if self.weekday is not None and date.weekday() != self.weekday:
                continue
            moments = [date + timedelta(minutes=m) for m in self.minutes]
            past = [moment for moment in moments if moment <= local]
            if past:
                return max(past)
        raise AssertionError("a job runs at least weekly")


@dataclass(frozen=True)
class Closing:
    """When a week that is over is closed by itself: not before this moment of the next week, once collected.

    `fresh_days`: every site in use must have been looked at by every scheduled collector in the week's last days.
    """

    weekday: int
    minute: int
    fresh_days: int

    @property
    def name(self) -> str:
        return f"每周{'一二三四五六日'[self.weekday]} {self.minute // 60:02d}:{self.minute % 60:02d}"


@dataclass(frozen=True)
class Plan:
    """The whole schedule; `closing` is None where weeks are closed by hand."""

    jobs: tuple[Job, ...]
    load_after_each_run: bool
    grace: timedelta
    closing: Closing | None = None

    @property
    def collectors(self) -> tuple[str, ...]:
        """The scheduled collectors that look at sites, in the order of the file."""
        names = [job.command[1] for job in self.jobs if job.command[0] == "collectors"]
        return tuple(
            dict.fromkeys(
                n for name in names for n in (LOOKERS if name == "all" else (name,)) if n in LOOKERS
            )
        )


def load_plan(folder: Path) -> Plan:
    """Read `schedule.toml` of a rules folder. A wrong entry is named with its job and field."""
    path = folder / "schedule.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CockpitError(f"没有日程文件 {path}。请从自带的 data/rules/schedule.toml 复制一份") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CockpitError(f"{path} 不是正确的 TOML：{error}") from error
    settings = raw.get("schedule", {})
    jobs = tuple(_job(path, entry) for entry in raw.get("job", []))
    closing = _closing(path, raw.get("close", {}))
    if not jobs:
        raise CockpitError(f"{path} 里没有任何 [[job]]，没有可以安排的采集")
    if closing:
        jobs += (_closing_job(closing),)
    return Plan(
        jobs,
        bool(settings.get("load_after_each_run", True)),
        timedelta(minutes=_number(path, "schedule", settings.get("grace_minutes", 30), "grace_minutes")),
        closing,
    )


def _job(path: Path, entry: Mapping[str, Any]) -> Job:
    name = str(entry.get("name") or "（未命名）")
    command = entry.get("command")
    if not (isinstance(command, list) and len(command) >= 2 and command[1] in COMMANDS.get(command[0], ())):
        known = "、".join(f"{room} {name}" for room, names in COMMANDS.items() for name in sorted(names))
        raise CockpitError(f'{path} 的「{name}」：command 应是 {known} 之一，如 ["collectors", "probe"]')
    if ("at" in entry) == ("per_day" in entry):
        raise CockpitError(f"{path} 的「{name}」：at 与 per_day 应且只应写一个")
    minutes = (_minute(path, name, entry["at"], "at"),) if "at" in entry else _spread(path, name, entry)
    return Job(name, tuple(map(str, command)), minutes, _weekday(path, name, entry.get("weekday")))


def _closing(path: Path, entry: Mapping[str, Any]) -> Closing | None:
    """The section [close]; without it, or with enabled = false, weeks are closed by hand."""
    enabled = entry.get("enabled", False)
    if not isinstance(enabled, bool):
        raise CockpitError(f"{path} 的「{CLOSE}」：enabled=「{enabled}」应是 true 或 false")
    if not enabled:
        return None
    weekday = _weekday(path, CLOSE, entry.get("weekday", "mon"))
    days = _number(path, CLOSE, entry.get("fresh_days", 2), "fresh_days")
    if days > 7:
        raise CockpitError(f"{path} 的「{CLOSE}」：fresh_days=「{days}」应是 1 至 7")
    return Closing(weekday or 0, _minute(path, CLOSE, entry.get("at", "09:00"), "at"), days)


def _closing_job(closing: Closing) -> Job:
    """Looked for every hour, so that a week whose collection comes in late is closed when it is complete."""
    minutes = tuple(closing.minute % 60 + 60 * hour for hour in range(24))
    return Job(CLOSE, ("cockpit", "close-week", "--due"), minutes)


def _spread(path: Path, name: str, entry: Mapping[str, Any]) -> tuple[int, ...]:
    count = _number(path, name, entry["per_day"], "per_day")
    first, _, last = str(entry.get("window", "00:00-24:00")).partition("-")
    start, end = _minute(path, name, first, "window"), _minute(path, name, last, "window")
    if end <= start or not 1 <= count <= end - start:
        raise CockpitError(f"{path} 的「{name}」：per_day={count} 放不进 window={first}-{last}")
    return tuple(start + (end - start) * n // count for n in range(count))


def _minute(path: Path, name: str, text: object, field: str) -> int:
    hour, _, minute = str(text).partition(":")
    if (
        hour.isdigit()
        and minute.isdigit()
        and int(minute) < 60
        and int(hour) * 60 + int(minute) <= DAY_MINUTES
    ):
        return int(hour) * 60 + int(minute)
    raise CockpitError(f"{path} 的「{name}」：{field}=「{text}」不是时刻，应写成 01:30")


def _number(path: Path, name: str, value: object, field: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise CockpitError(f"{path} 的「{name}」：{field}=「{value}」应是正整数")


def _weekday(path: Path, name: str, value: object) -> int | None:
    if value is None:
        return None
    if str(value).lower() in WEEKDAYS:
        return WEEKDAYS.index(str(value).lower())
    raise CockpitError(f"{path} 的「{name}」：weekday=「{value}」应是 {'、'.join(WEEKDAYS)} 之一")
