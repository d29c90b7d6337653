"""Why a unit has no score in a week: what applies to it, what was measured, and for which causes the rest was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from cockpit.appraise.indicators import Rules
from cockpit.causes import causes

SHOWN = 3


def reason(results: Iterable[Mapping[str, Any]], rules: Rules) -> str:
    """One clause from the indicators of a unit: rows with indicator_id, site_code, measured and cause.

    An indicator of several objects counts as measured where one of them was. A unit whose indicators could not reach
    the weight even if all were measured is told so: waiting for a collection would not help it.
    """
    rows = [r for r in results if r["cause"] != "not_applicable"]
    applies, measured = {r["indicator_id"] for r in rows}, {r["indicator_id"] for r in rows if r["measured"]}
    if _weight(applies, rules) < rules.least_weight:
        site = "" if any(r["site_code"] for r in rows) else "台账里没有这个单位在用的网站，"
        return (
            f"{site}适用的指标只有 {len(applies)} 项、权重 {_weight(applies, rules):g}，"
            f"全部采到也不足 {rules.least_weight:g}，不评分"
        )
    missing = Counter(
        cause for _, cause in {(r["indicator_id"], r["cause"]) for r in rows} if cause is not None
    )
    told = "、".join(
        f"{causes()[c].label if c in causes() else c} {n} 项"
        for c, n in sorted(missing.items(), key=lambda p: (-p[1], p[0]))[:SHOWN]
    )
    more = "等" if len(missing) > SHOWN else ""
    return (
        f"已采指标 {len(measured)}/{len(applies)}，权重 {_weight(measured, rules):g}，不足 {rules.least_weight:g}，"
        f"不评分；没有采到的原因：{told}{more}"
    )


def _weight(indicators: Iterable[str], rules: Rules) -> float:
    return sum(rules.indicators[i].weight for i in indicators if i in rules.indicators)
