"""The one indicator table (data/rules/indicators.toml), loaded and validated; a wrong field stops with its name."""

from __future__ import annotations

import hashlib
import itertools
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cockpit.errors import CockpitError

OBJECTS = {"site": "网站", "account": "新媒体账号", "unit": "单位"}
DIMENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "avail": "可用性与安全",
        "updates": "栏目更新",
        "wording": "错敏信息",
        "privacy": "隐私泄露",
        "links": "链接健康",
        "function": "功能设计",
        "ipv6": "IPv6",
        "requests": "依申请公开",
        "interaction": "互动回应",
        "media": "政务新媒体",
        "service": "办事服务",
        "registers": "公开台账",
    }
)
# 一级指标 of the 2019 table, and what the city's document adds
SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "publish": "发布解读",
        "service": "办事服务",
        "interaction": "互动交流",
        "function": "功能设计",
        "media": "政务新媒体",
        "requests": "依申请公开",
        "duty": "重点工作",
    }
)
NATURES: Mapping[str, str] = MappingProxyType(
    {"national": "国家", "local": "地方", "unverified": "原文未核实", "project_default": "项目默认"}
)
OFFICIAL = frozenset({"national", "local"})
ASPECTS = frozenset(
    [
        "availability",
        "links",
        "hidden",
        "channels",
        "tags",
        "wording",
        "privacy",
        "ipv6",
        "certificate",
        "applications",
        "messages",
        "media",
        "service",
        "register",
    ]
)
COMPARES = {">=", "<"}
ROLES: Mapping[str, str] = MappingProxyType({"deduct": "扣分", "bonus": "加分"})
EXCLUDES_BY: Mapping[str, str] = MappingProxyType(
    {"finding": "同一问题", "url": "同一页面", "fact": "同一事实", "object": "同一对象"}
)
VALUES = frozenset(
    {"veto", "warn", "near", "notice", "deduct_at", "cap", "least_samples"}
)  # with a nature each
LIMITS = ("notice", "near", "warn", "veto")  # blue, yellow, orange, red: in the order they are reached
LIMIT_NAMES: Mapping[str, str] = MappingProxyType(
    {"notice": "提示", "near": "临近", "warn": "预警", "veto": "否决"}
)


class RuleError(CockpitError):
    """A wrong entry of the rule table; the message names indicator and field."""


@dataclass(frozen=True)
class Indicator:
    """One indicator. Limits are raw values of the metric (shares 0–1, days, counts); None = no such limit.

    role "bonus": points are added, only above `bonus_above`; `deduct_at` is then where they begin.
    `nature` is that of the clause and its veto; `natures` names the other values that are not 项目默认.
    """

    id: str
    name: str
    object: str
    aspect: str
    dimension: str
    metric: str
    unit: str
    window_days: int
    compare: str
    cap: float
    per: str
    clause: str
    source: str
    nature: str
    nature_of_points: str
    remedy: str
    explain: str
    veto: float | None = None
    warn: float | None = None
    near: float | None = None
    notice: float | None = None
    deduct_at: float | None = None
    points_each: float | None = None
    least_samples: int | None = None
    section: str | None = None
    role: str = "deduct"
    version: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    only_service: bool = False
    natures: Mapping[str, str] | None = None

    def nature_of(self, field: str) -> str:
        """Where one value comes from, a key of NATURES; what the table does not claim is a project default."""
        own = {"veto": self.nature, "points_each": self.nature_of_points} | dict(self.natures or {})
        return own.get(field, "project_default")

    @property
    def each(self) -> str:
        """What points are taken for, in words: each object that is counted, or once for reaching the line."""
        return f"每{self.unit}" if self.per == "finding" else "触线一次"

    def worse(self, value: float, limit: float | None) -> bool:
        """Whether a raw value has reached a limit (`>=` counts the limit itself, `<` does not)."""
        if limit is None:
            return False
        return value >= limit if self.compare == ">=" else value < limit

    def level(self, value: float) -> str | None:
        """Warning level of a value: red at the veto, orange at the warning line, yellow near it, blue a notice."""
        for name, limit in (
            ("red", self.veto),
            ("orange", self.warn),
            ("yellow", self.near),
            ("blue", self.notice),
        ):
            if self.worse(value, limit):
                return name
        return None

    def valid_on(self, day: date) -> bool:
        """Whether the indicator holds on a Beijing day (valid_to is the first day it no longer holds)."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )

    @property
    def weight(self) -> float:
        """Its part of the 100 points; a bonus has none."""
        return self.cap if self.role == "deduct" else 0.0


@dataclass(frozen=True)
class Exclusion:
    """不重复扣分: what `winner` took points for, `loser` does not take points for again."""

    winner: str
    loser: str
    by: str
    reason: str


@dataclass(frozen=True)
class Confirm:
    """先确认后报警: a finding of this kind counts when at least `seen` of the last `of` looks saw it."""

    kind: str
    seen: int
    of: int
    reason: str


@dataclass(frozen=True)
class Rules:
    """The loaded table with its version and digest."""

    version: str
    sha256: str
    pass_score: float
    bonus_above: float
    veto_score: float
    least_weight: float
    indicators: Mapping[str, Indicator]
    bonus_cap: float = 30.0
    exclusions: tuple[Exclusion, ...] = ()
    confirms: tuple[Confirm, ...] = ()


def load_rules(folder: Path) -> Rules:
    """Read indicators.toml of a rules folder. Raises RuleError naming indicator and field."""
    path = folder / "indicators.toml"
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise RuleError(f"没有指标口径文件 {path}") from error
    return parse_rules(content, path)


def parse_rules(content: bytes, path: Path) -> Rules:
    """Rules from the bytes of an indicators.toml, e.g. a frozen one; `path` is only named in errors."""
    try:
        raw = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{path} 不是正确的 TOML：{error}") from error
    indicators = {}
    for entry in raw.get("indicator", []):
        indicator = _indicator(path, entry)
        if indicator.id in indicators:
            raise RuleError(f"{path}：指标 {indicator.id} 出现了两次")
        indicators[indicator.id] = indicator
    _check_table(path, indicators)
    numbers = {
        name: _top(path, raw, name) for name in ("pass_score", "bonus_above", "veto_score", "least_weight")
    }
    if "bonus_cap" in raw:
        numbers["bonus_cap"] = _top(path, raw, "bonus_cap")
    exclusions = tuple(_exclusion(path, entry, indicators) for entry in raw.get("exclusion", []))
    return Rules(
        str(raw.get("version", "")),
        hashlib.sha256(content).hexdigest(),
        **numbers,
        indicators=MappingProxyType(indicators),
        exclusions=exclusions,
        confirms=tuple(_confirm(path, entry) for entry in raw.get("confirm", [])),
    )


def _check_table(path: Path, indicators: Mapping[str, Indicator]) -> None:
    total = sum(i.weight for i in indicators.values())
    if abs(total - 100) > 1e-9:
        raise RuleError(f"{path}：全部扣分指标的 cap 合计为 {total:g}，应为 100")


def _exclusion(path: Path, entry: Mapping[str, Any], indicators: Mapping[str, Indicator]) -> Exclusion:
    def wrong(message: str) -> RuleError:
        return RuleError(f"{path} 的不重复扣分表 {entry.get('winner')}→{entry.get('loser')}：{message}")

    if set(entry) != {f.name for f in fields(Exclusion)}:
        raise wrong("应有 winner、loser、by、reason 四项")
    for name in ("winner", "loser"):
        if entry[name] not in indicators:
            raise wrong(f"没有指标 {entry[name]}")
    if entry["by"] not in EXCLUDES_BY:
        raise wrong(f"by 应是 {'、'.join(EXCLUDES_BY)} 之一")
    return Exclusion(**entry)


def _confirm(path: Path, entry: Mapping[str, Any]) -> Confirm:
    seen, of = entry.get("seen"), entry.get("of")
    whole = all(isinstance(n, int) and not isinstance(n, bool) for n in (seen, of))
    texts = all(isinstance(entry.get(n), str) and entry[n].strip() for n in ("kind", "reason"))
    if set(entry) != {f.name for f in fields(Confirm)} or not whole or not texts or not 1 <= seen <= of <= 20:
        raise RuleError(
            f"{path} 的确认表 {entry.get('kind')}：应有 kind、seen、of、reason，且 1 ≤ seen ≤ of ≤ 20"
        )
    return Confirm(**entry)


def _top(path: Path, raw: Mapping[str, Any], name: str) -> float:
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RuleError(f"{path}：{name} 应是数字")
    return float(value)


def _is_date(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_KINDS: Mapping[str, tuple[Any, str]] = MappingProxyType(
    {
        "str": (lambda v: isinstance(v, str) and bool(v.strip()), "应是文字"),
        "bool": (lambda v: isinstance(v, bool), "应是 true 或 false"),
        "date": (_is_date, "应是日期，如 2026-01-01"),
        "float": (_is_number, "应是数字"),
        "int": (_is_number, "应是数字"),
        "Mapping[str, str]": (
            lambda v: isinstance(v, dict) and v.keys() <= VALUES and set(v.values()) <= NATURES.keys(),
            f'应是各值的性质，如 {{ near = "local" }}；可写 {"、".join(sorted(VALUES))}',
        ),
    }
)
_CHOICES: Mapping[str, Any] = MappingProxyType(
    {
        "object": OBJECTS,
        "dimension": DIMENSIONS,
        "section": SECTIONS,
        "nature": NATURES,
        "nature_of_points": NATURES,
        "aspect": ASPECTS,
        "compare": COMPARES,
        "role": ROLES,
        "per": {"finding", "object"},
    }
)


def _indicator(path: Path, entry: Mapping[str, Any]) -> Indicator:
    name = str(entry.get("id", "（没有 id）"))

    def wrong(field: str, message: str) -> RuleError:
        return RuleError(f"{path} 的指标 {name}：{field} {message}")

    known = {f.name: f for f in fields(Indicator)}
    for field in entry:
        if field not in known:
            raise wrong(field, "是不认识的字段")
    for field, spec in known.items():
        if field not in entry:
            if spec.default is MISSING:
                raise wrong(field, "缺少")
            continue
        right, message = _KINDS[str(spec.type).split(" | ")[0]]
        if not right(entry[field]):
            raise wrong(field, message)
    for field, allowed in _CHOICES.items():
        if field in entry and entry[field] not in allowed:
            raise wrong(field, f"=「{entry[field]}」应是 {'、'.join(sorted(allowed))} 之一")
    indicator = Indicator(**entry)
    check_limits(indicator, wrong)
    return indicator


def check_limits(i: Indicator, wrong: Any) -> None:
    """Whether the limits of an indicator make sense together; raises what `wrong(field, message)` makes."""
    limits = [(name, getattr(i, name)) for name in LIMITS if getattr(i, name) is not None]
    if not limits and i.role == "deduct":
        raise wrong("veto", "、warn、near、notice 至少要写一个")
    if limits and i.role == "bonus":
        raise wrong(limits[0][0], "不用于加分指标")
    for (a, low), (b, high) in itertools.pairwise(limits):
        if (i.compare == ">=" and low > high) or (i.compare == "<" and low < high):
            raise wrong(a, f"={low:g} 应比 {b}={high:g} 先到")
    if i.cap > 0 and (i.points_each is None or i.deduct_at is None):
        raise wrong("cap", "大于 0 时必须写 deduct_at 和 points_each")
    if i.cap < 0 or (i.points_each or 0) < 0:
        raise wrong("cap", "不能是负数")
    if i.valid_from and i.valid_to and i.valid_to <= i.valid_from:
        raise wrong("valid_to", "应晚于 valid_from")
