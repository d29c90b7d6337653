"""The one indicator table (data/rules/indicators.toml), loaded and validated; a wrong field stops with its name."""

from __future__ import annotations

import hashlib
import itertools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
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
    }
)
NATURES: Mapping[str, str] = MappingProxyType(
    {"national": "国家", "local": "地方", "project_default": "项目默认"}
)
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
    ]
)
COMPARES = {">=", "<"}


class RuleError(CockpitError):
    """A wrong entry of the rule table; the message names indicator and field."""


@dataclass(frozen=True)
class Indicator:
    """One indicator. Limits are raw values of the metric (shares 0–1, days, counts); None = no such limit."""

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
    deduct_at: float | None = None
    points_each: float | None = None
    least_samples: int | None = None

    def worse(self, value: float, limit: float | None) -> bool:
        """Whether a raw value has reached a limit (`>=` counts the limit itself, `<` does not)."""
        if limit is None:
            return False
        return value >= limit if self.compare == ">=" else value < limit

    def level(self, value: float) -> str | None:
        """Warning level of a value: red at the veto, orange at the warning line, yellow near it."""
        for name, limit in (("red", self.veto), ("orange", self.warn), ("yellow", self.near)):
            if self.worse(value, limit):
                return name
        return None


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
    total = sum(i.cap for i in indicators.values())
    if abs(total - 100) > 1e-9:
        raise RuleError(f"{path}：全部指标的 cap 合计为 {total:g}，应为 100")
    numbers = {
        name: _top(path, raw, name) for name in ("pass_score", "bonus_above", "veto_score", "least_weight")
    }
    digest = hashlib.sha256(content).hexdigest()
    return Rules(str(raw.get("version", "")), digest, **numbers, indicators=MappingProxyType(indicators))


def _top(path: Path, raw: Mapping[str, Any], name: str) -> float:
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RuleError(f"{path}：{name} 应是数字")
    return float(value)


def _indicator(path: Path, entry: Mapping[str, Any]) -> Indicator:
    name = str(entry.get("id", "（没有 id）"))

    def wrong(field: str, message: str) -> RuleError:
        return RuleError(f"{path} 的指标 {name}：{field} {message}")

    known = {f.name: f for f in fields(Indicator)}
    for field in entry:
        if field not in known:
            raise wrong(field, "是不认识的字段")
    for field, spec in known.items():
        value = entry.get(field)
        if value is None:
            if "None" not in str(spec.type):
                raise wrong(field, "缺少")
            continue
        if spec.type == "str":
            if not isinstance(value, str) or not value.strip():
                raise wrong(field, "应是文字")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong(field, "应是数字")
    choices = {
        "object": OBJECTS,
        "dimension": DIMENSIONS,
        "nature": NATURES,
        "nature_of_points": NATURES,
        "aspect": ASPECTS,
        "compare": COMPARES,
        "per": {"finding", "object"},
    }
    for field, allowed in choices.items():
        if entry[field] not in allowed:
            raise wrong(field, f"=「{entry[field]}」应是 {'、'.join(sorted(allowed))} 之一")
    indicator = Indicator(**entry)
    _check_limits(indicator, wrong)
    return indicator


def _check_limits(i: Indicator, wrong: Any) -> None:
    limits = [(name, getattr(i, name)) for name in ("near", "warn", "veto") if getattr(i, name) is not None]
    if not limits:
        raise wrong("veto", "、warn、near 至少要写一个")
    for (a, low), (b, high) in itertools.pairwise(limits):
        if (i.compare == ">=" and low > high) or (i.compare == "<" and low < high):
            raise wrong(a, f"={low:g} 应比 {b}={high:g} 先到")
    if i.cap > 0 and (i.points_each is None or i.deduct_at is None):
        raise wrong("cap", "大于 0 时必须写 deduct_at 和 points_each")
    if i.cap < 0 or (i.points_each or 0) < 0:
        raise wrong("cap", "不能是负数")
