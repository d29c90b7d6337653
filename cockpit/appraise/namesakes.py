"""Rule tables that share their version name and differ: whoever compares two weeks by that name is misled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cockpit.appraise.indicators import Rules, load_rules
from cockpit.paths import SHIPPED

REMEDY = "改了口径就在 indicators.toml 里换一个 version；误改的改回原文"


def found(rules: Rules, used: Iterable[Mapping[str, Any]]) -> list[str]:
    """What else is called like the table in force, in words. `used`: digests and weeks of `queries.issues.digests`."""
    told = []
    shipped = load_rules(SHIPPED / "rules")
    if shipped.version == rules.version and shipped.sha256 != rules.sha256:
        told.append(f"自带的口径（sha256 {shipped.sha256[:12]}）")
    told += [
        f"{row['first_week']} 至 {row['last_week']} 计分所用的口径（sha256 {row['rules_sha256'][:12]}）"
        for row in used
        if row["rules_version"] == rules.version and row["rules_sha256"] != rules.sha256
    ]
    return told


def warning(rules: Rules, used: Iterable[Mapping[str, Any]]) -> str:
    """One sentence, or nothing where the name is unique."""
    others = found(rules, used)
    if not others:
        return ""
    return f"现行口径 v{rules.version}（sha256 {rules.sha256[:12]}）与{'、'.join(others)}同名而内容不同"
