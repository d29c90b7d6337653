"""不重复扣分: what one indicator took points for is not taken for again by another, by the table of exclusions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from cockpit.appraise.indicators import Exclusion
from cockpit.appraise.judge import Result
from cockpit.appraise.moment import Evidence

# What two rows must share to be the same matter; None is never the same.
KEYS: Mapping[str, Callable[[Evidence], str | None]] = MappingProxyType(
    {
        "finding": lambda e: e.finding_id,
        "url": lambda e: e.url,
        "fact": lambda e: e.fact,
        "object": lambda _e: "",
    }
)


def without_doubles(results: Sequence[Result], exclusions: Iterable[Exclusion]) -> list[Result]:
    """Results whose evidence rows lack what another indicator already takes points for on the same object.

    A row that a dispute cancelled still belongs to the winner: it does not come back under another name.
    Values and levels stay as measured; only the rows that points are taken for are fewer.
    """
    found = {(r.indicator.id, r.measured.code): r for r in results}
    for rule in exclusions:
        key = KEYS[rule.by]
        for (name, code), winner in list(found.items()):
            loser = found.get((rule.loser, code))
            if name != rule.winner or loser is None or not _takes_points(winner):
                continue
            taken = {key(e) for e in winner.measured.rows} - {None}
            rows = tuple(e for e in loser.measured.rows if key(e) not in taken)
            found[rule.loser, code] = replace(loser, measured=replace(loser.measured, rows=rows))
    return list(found.values())


def _takes_points(result: Result) -> bool:
    i, value = result.indicator, result.measured.value
    if i.weight <= 0 or value is None:
        return False
    cancelled = sum(e.kept == 0 for e in result.measured.rows) if i.per == "finding" else 0
    return i.worse(value + cancelled, i.deduct_at)
