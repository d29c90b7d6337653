"""The one table of causes (data/rules/causes.toml): why something was not measured or a link is bad."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from cockpit.paths import SHIPPED

FAULTS: Mapping[str, str] = MappingProxyType(
    {"site": "对方网站", "network": "网络或域名服务", "us": "本系统或本机", "rule": "按规则不采"}
)


@dataclass(frozen=True)
class Cause:
    """One named cause. `fault` is a key of FAULTS: whose move it is."""

    id: str
    label: str
    meaning: str
    remedy: str
    fault: str


@cache
def causes() -> Mapping[str, Cause]:
    """Every cause by id."""
    raw = tomllib.loads((SHIPPED / "rules" / "causes.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: Cause(name, **entry) for name, entry in raw.items()})


def cause(name: str) -> Cause:
    """One cause; an unknown id is a programming error (KeyError)."""
    return causes()[name]
