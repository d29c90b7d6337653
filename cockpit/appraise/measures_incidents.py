"""Measures of confirmed serious problems (严重问题认定台账): they count in the week of their confirmation and until put right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from cockpit.appraise.moment import Evidence, Measured, Moment, Queries
from cockpit.store.queries import scenes


def _standing(row: Mapping[str, Any], m: Moment) -> bool:
    done: date | None = row["rectified_on"]
    open_still = done is None or done > m.day
    return open_still or (m.day - row["confirmed_on"]).days < m.window_days


def _of(column: str) -> Callable[[Queries, Moment], list[Measured]]:
    def measure(q: Queries, m: Moment) -> list[Measured]:
        """Objects that are in the register; one that is not there has nothing confirmed and is not named."""
        objects: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in scenes.register(q, "serious_incident"):
            if row[column] and row["confirmed_on"] <= m.day:
                objects.setdefault((row[column], row["unit_code"]), []).append(row)
        return [_measured(code, unit, rows, m) for (code, unit), rows in objects.items()]

    return measure


def _measured(code: str, unit: str, rows: list[dict[str, Any]], m: Moment) -> Measured:
    standing = [r for r in rows if _standing(r, m)]
    evidence = tuple(
        Evidence(
            f"{r['incident_kind']}：{r['matter']}（{r['confirmed_by']} {r['confirmed_on']} 认定，{r['incident_no']}）"
        )
        for r in standing
    )
    return Measured(code, unit, float(len(standing)), f"经认定的严重问题 {len(standing)} 件", evidence)


METRICS: Mapping[str, Callable[[Queries, Moment], list[Measured]]] = MappingProxyType(
    {"site_incidents": _of("site_code"), "account_incidents": _of("account_code")}
)
