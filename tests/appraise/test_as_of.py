"""A week is scored after it ended, when Monday's patrol has already looked again: its values are those of its Sunday."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cockpit import store
from cockpit.appraise.indicators import load_rules
from cockpit.appraise.judge import evaluate
from cockpit.paths import SHIPPED, DataDir
from cockpit.workdays import Calendar
from tests.appraise import facts

RULES = load_rules(SHIPPED / "rules")
SEEN_AGAIN = ("link", "page", "channel_check", "coverage", "probe", "ipv6_check")
Values = dict[tuple[str, str], tuple[Any, ...]]


def values(data: DataDir) -> Values:
    with store.reader(data) as reader:
        found = evaluate(reader, RULES, facts.NOW, Calendar())
    return {
        (r.indicator.id, r.measured.code): (r.measured.value, r.measured.fact, r.measured.cause)
        for r in found
    }


def test_a_look_after_the_instant_changes_no_value_of_it(data: DataDir) -> None:
    facts.load(data)
    before = values(data)
    assert sum(value is not None for value, _, _ in before.values()) > 80
    later = facts.NOW + timedelta(hours=10)
    batch = store.Batch(data, "patrol", "monday")
    for module in [facts, *facts._families()]:
        for table, row in module.rows():
            if table in SEEN_AGAIN:
                batch.add(table, **{**row, "measured_at": later})
    batch.write(later)
    store.load(data, later)
    after = values(data)
    assert {k: (before[k], after.get(k)) for k in before if before[k] != after.get(k)} == {}


def test_links_of_much_later_tell_nothing_of_then(data: DataDir) -> None:
    """The present links of a site are no fact of a month ago: not measured, never a clean zero."""
    facts.load(data)
    later = facts.NOW + timedelta(days=30)
    batch = store.Batch(data, "patrol", "month")
    for module in [facts, *facts._families()]:
        for table, row in module.rows():
            if table == "link":
                batch.add(table, **{**row, "measured_at": later})
    batch.write(later)
    store.load(data, later)
    after = values(data)
    for name in ("L-FOREIGN", "V-W-06a", "V-W-05a"):
        assert {v[0] for (i, code), v in after.items() if i == name and code in {"s1", "s2"}} == {None}, name
