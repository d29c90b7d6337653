"""The register as values: units, sites, channels, accounts and channel types, each valid in a period."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class _Dated:
    def valid_on(self, day: date) -> bool:
        """Whether the entry holds on a Beijing day (valid_to is the first day it no longer holds)."""
        start, end = getattr(self, "valid_from", None), getattr(self, "valid_to", None)
        return (start is None or start <= day) and (end is None or day < end)


@dataclass(frozen=True)
class Unit(_Dated):
    """责任单位."""

    unit_code: str
    unit_name: str
    unit_group: str
    short_name: str | None = None
    has_service: bool | None = None
    sort_order: int | None = None
    contact: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class Site(_Dated):
    """网站."""

    site_code: str
    site_name: str
    unit_code: str
    url: str
    site_id_code: str | None = None
    site_kind: str | None = None
    verified: bool = False
    state: str = "active"
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class Channel(_Dated):
    """栏目; period_days None = by type."""

    site_code: str
    url: str
    channel_name: str | None = None
    channel_type: str | None = None
    period_days: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class Account(_Dated):
    """政务新媒体账号."""

    account_code: str
    account_name: str
    unit_code: str
    platform: str
    url: str | None = None
    state: str = "active"
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class ChannelType:
    """栏目类型 with its period in days and the words that recognise it in names and paths."""

    channel_type: str
    type_name: str
    period_days: int
    name_patterns: tuple[str, ...] = ()
    path_patterns: tuple[str, ...] = ()
    counts_as: str = "other"
    nature: str = "project_default"
    source: str | None = None


@dataclass(frozen=True)
class Maintenance:
    """维护窗口: visits in it are not counted. Times are naive UTC."""

    site_code: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    approved_by: str
    note: str | None = None


@dataclass(frozen=True)
class Bonus:
    """加分事项 of clause 六(一); counts by the day of its approval."""

    bonus_id: str
    unit_code: str
    kind: str
    title: str
    points: int
    evidence: str
    declared_on: date
    state: str
    approved_by: str | None = None
    approved_on: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class Register:
    """One installation's register."""

    units: tuple[Unit, ...]
    sites: tuple[Site, ...]
    channels: tuple[Channel, ...]
    accounts: tuple[Account, ...]
    channel_types: tuple[ChannelType, ...]
    maintenance: tuple[Maintenance, ...] = ()
    bonus: tuple[Bonus, ...] = ()

    def active_sites(self, day: date) -> list[Site]:
        """Sites in use on a day."""
        return [s for s in self.sites if s.state == "active" and s.valid_on(day)]

    def active_accounts(self, day: date) -> list[Account]:
        """Accounts in use on a day."""
        return [a for a in self.accounts if a.state == "active" and a.valid_on(day)]

    def site_channels(self, site_code: str, day: date) -> list[Channel]:
        """Registered channels of a site on a day."""
        return [c for c in self.channels if c.site_code == site_code and c.valid_on(day)]


def rows(register: Register) -> dict[str, list[dict[str, Any]]]:
    """The register as rows of the store's tables unit, site, channel, account and maintenance."""
    return {
        "unit": [asdict(entry) for entry in register.units],
        "site": [asdict(entry) for entry in register.sites],
        "channel": [asdict(entry) for entry in register.channels],
        "account": [asdict(entry) for entry in register.accounts],
        "maintenance": [asdict(entry) for entry in register.maintenance],
        "bonus": [asdict(entry) for entry in register.bonus],
    }
