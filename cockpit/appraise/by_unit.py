"""What the measures of ledgers share: the rows of the window by unit, counts of cases and rates with enough cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from cockpit import shares
from cockpit.appraise.moment import Evidence, Measured, Moment, too_few

Case = TypeVar("Case")


def window(m: Moment) -> dict[str, date]:
    """The parameters $day and $since of a query over the window."""
    return {"day": m.day, "since": m.day - timedelta(days=m.window_days)}


def by_unit(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Unit → its rows, in their order."""
    units: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        units.setdefault(row["unit_code"], []).append(row)
    return units


def counted(
    units: Mapping[str, Sequence[Case]], fact: Callable[[Case], str | None], noun: str
) -> list[Measured]:
    """Per unit the number of its cases that `fact` has words for; a case in order gives None."""
    out = []
    for unit, found in units.items():
        evidence = tuple(Evidence(told) for case in found if (told := fact(case)))
        out.append(Measured(unit, unit, float(len(evidence)), f"{noun} {len(evidence)} 件", evidence))
    return out


def rates(
    units: Mapping[str, Sequence[Case]], good: Callable[[Case], bool], m: Moment, noun: str
) -> list[Measured]:
    """Per unit the share of its cases that are good; too few cases are shown and not judged."""
    return [_rate(unit, found, good, m, noun) for unit, found in units.items()]


def _rate(unit: str, found: Sequence[Case], good: Callable[[Case], bool], m: Moment, noun: str) -> Measured:
    if len(found) < max(1, m.least_samples):
        return too_few({"unit_code": unit}, len(found), m.least_samples)
    ok = sum(good(case) for case in found)
    fact = f"{noun} {ok}/{len(found)}，{shares.percent(ok / len(found), m.line)}"
    return Measured(unit, unit, ok / len(found), fact, (Evidence(fact),))
