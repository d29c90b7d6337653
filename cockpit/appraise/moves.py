"""Why a unit moved: items new, gone, better or worse against the week before, and what each indicator did to the score.

Improvements and regressions are told per item, never as a net number; only weeks of one rule version are compared.
What was not measured this week is not an improvement, and other points for the same fact are neither better nor worse.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "new": "新增",
        "worse": "加重",
        "better": "减轻",
        "gone": "消除",
        "revoked": "异议成立撤销",
        "granted": "异议部分采纳",
        "unseen": "未采集",
        "folded": "折算变化",
        "same": "持续",
    }
)
# The decision on a dispute → what it made of a lost point, where it would be gone or better otherwise
CONCEDED: Mapping[str, str] = MappingProxyType({"cancelled": "revoked", "partial": "granted"})
_TAIL = re.compile(r" 期限 |，|（(?!\d{4}-)")  # what follows tells how it stands
_AMOUNT = re.compile(r"\d+/\d+|\d+(?:\.\d+)? ?(?:个月|个工作日|天|类|项|件|条|次|处|%)")
LEAST = 0.005  # points; less is the rounding of shared points, not a change


@dataclass(frozen=True)
class Move:
    """What one indicator did to one unit's score. points: positive = better.

    conceded: lost points of the later week that a review took back, which is no repair.
    """

    indicator_id: str
    places: int
    points: float
    conceded: int = 0


@dataclass(frozen=True)
class Item:
    """One lost point against the week before. points: lost now; before: lost then."""

    kind: str
    indicator_id: str
    unit_code: str
    object_name: str | None
    fact: str
    points: float
    before: float
    deduction_id: str


def by_indicator(
    before: Iterable[Mapping[str, Any]],
    now: Iterable[Mapping[str, Any]],
    conceded: Iterable[Mapping[str, Any]] = (),
) -> dict[str, list[Move]]:
    """Unit → its indicators whose points changed, the largest change first.

    Rows: unit_code, indicator_id, points, n (places). conceded: disputes of the later week with their state.
    """
    taken = Counter((r["unit_code"], r["indicator_id"]) for r in conceded if r["state"] in CONCEDED)
    old = {(r["unit_code"], r["indicator_id"]): r for r in before}
    new = {(r["unit_code"], r["indicator_id"]): r for r in now}
    moves: dict[str, list[Move]] = {}
    for unit, indicator in old.keys() | new.keys():
        a, b = old.get((unit, indicator), {}), new.get((unit, indicator), {})
        points = (a.get("points") or 0.0) - (b.get("points") or 0.0)
        if abs(points) >= LEAST:
            places = (b.get("n") or 0) - (a.get("n") or 0)
            move = Move(indicator, places, round(points, 2), taken[unit, indicator])
            moves.setdefault(unit, []).append(move)
    for found in moves.values():
        found.sort(key=lambda m: (-abs(m.points), m.indicator_id))
    return moves


def items(
    before: Iterable[Mapping[str, Any]],
    now: Iterable[Mapping[str, Any]],
    unmeasured: Collection[tuple[Any, ...]] = (),
    conceded: Iterable[Mapping[str, Any]] = (),
) -> list[Item]:
    """Every lost point of two weeks, matched by its finding, or by its object where it rests on none.

    unmeasured: (indicator, site, account) that nobody measured in the later week. conceded: disputes of the later week
    with their lost point and state; what a decision took back was not repaired.
    """
    old, new = _keyed(before), _keyed(now)
    taken = {_key(r): CONCEDED[r["state"]] for r in conceded if r["state"] in CONCEDED}
    found = [
        _item(old.get(key), new.get(key), unmeasured, taken.get(key[:-1])) for key in old.keys() | new.keys()
    ]
    order = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(found, key=lambda i: (order[i.kind], -abs(i.points - i.before), i.deduction_id))


def _keyed(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Rows by their identity and, last, their number among those of the same identity."""
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    known: Counter[tuple[Any, ...]] = Counter()
    for row in sorted(rows, key=lambda r: str(r["fact"])):
        key = _key(row)
        found[*key, known[key]] = row
        known[key] += 1
    return found


def _matter(fact: str) -> str:
    """What a fact of a unit is about, without how long or how much: 留言 甲-1（2026-09-21）2 个月未回应 → 留言 甲-1…"""
    return _AMOUNT.sub("", _TAIL.split(fact, maxsplit=1)[0])


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Facts carry numbers that change every week: the object is the identity, and of a unit's fact what it is about."""
    return (
        row["indicator_id"],
        row["unit_code"],
        row["site_code"],
        row["account_code"],
        row["finding_id"],
        row["is_veto"],
        _matter(row["fact"])
        if row["finding_id"] is None and not row["site_code"] and not row["account_code"]
        else None,
    )


def _item(
    a: Mapping[str, Any] | None,
    b: Mapping[str, Any] | None,
    unmeasured: Collection[tuple[Any, ...]],
    taken: str | None,
) -> Item:
    row = b or a
    if row is None:
        raise ValueError("an item of neither week")
    then, points = (a["points"] if a else 0.0), (b["points"] if b else 0.0)
    if a is None:
        kind = "new"
    elif taken is not None and (b is None or points < then):
        kind = taken
    elif b is None:
        kind = "unseen" if (a["indicator_id"], a["site_code"], a["account_code"]) in unmeasured else "gone"
    elif abs(points - then) < 0.02:  # two roundings to a cent
        kind = "same"
    elif (
        a["points_raw"] == b["points_raw"]
    ):  # the fact costs what it cost; only the cap or the factor changed
        kind = "folded"
    else:
        kind = "worse" if points > then else "better"
    return Item(
        kind,
        row["indicator_id"],
        row["unit_code"],
        row.get("object_name"),
        row["fact"],
        points,
        then,
        row["deduction_id"],
    )
