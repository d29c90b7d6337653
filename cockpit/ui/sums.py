"""How one lost point was worked out, step by step: each object, the cap of the indicator, the factor of the unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cockpit.appraise import issues
from cockpit.appraise.indicators import Indicator
from cockpit.report.contents import folded
from cockpit.store.queries import exports
from cockpit.store.queries import issues as stored
from cockpit.ui import data


def told(d: Mapping[str, Any]) -> str:
    """0.5 分 × 折算系数 1.3（100 ÷ 已采权重 76.9）＝ 0.65 分, by the rules the week was scored with."""
    if d["is_veto"]:
        return "单项否决，不另扣分"
    if d["points_each"] is None or d["points_raw"] is None:
        return f"扣 {d['points']:.2f} 分"
    with data.reading() as reader:
        closed = {issue["revision"] for issue in stored.issues(reader, d["week"])}
        rules = issues.rules_of(reader, d["week"], d["revision"]) if d["revision"] in closed else data.rules()
        lost = exports.deductions(reader, d["week"], d["revision"])
        results = [
            r for r in exports.results(reader, d["week"], d["revision"]) if r["unit_code"] == d["unit_code"]
        ]
    mine = [r for r in lost if r["unit_code"] == d["unit_code"]]
    row = next((r for r in folded(mine, results, rules) if r["deduction_id"] == d["deduction_id"]), None)
    if row is None or row["factor"] is None:
        return f"扣 {d['points']:.2f} 分"
    objects = sum(r["measured"] and r["indicator_id"] == d["indicator_id"] for r in results)
    return _steps(d, row, objects, rules.indicators[d["indicator_id"]])


def _steps(d: Mapping[str, Any], row: Mapping[str, Any], objects: int, indicator: Indicator) -> str:
    steps = f"{indicator.each} {d['points_each']:g} 分"
    if abs(d["points_raw"] - d["points_each"]) > 1e-9:
        steps += f"，复核后保留 {d['points_raw'] / d['points_each']:.0%}，应扣 {d['points_raw']:g} 分"
    if row["capped"] < d["points_raw"] - 1e-9:
        steps += f"；该指标最多扣 {indicator.cap:g} 分，按比例封顶为 {row['capped']:.4g} 分"
    weight = 100 / row["factor"] / objects
    shared = f" ÷ {objects} 个对象" if objects > 1 else ""
    return (
        f"{steps}；× 折算系数 {row['factor']:.4g}（100 ÷ 已采权重 {weight:.4g}{shared}）"
        f"＝ {row['capped'] * row['factor']:.4g}，逐条取整到分，扣 {d['points']:.2f} 分"
    )
