"""Registers judged: rows, states and dates of each register at a day, for screens, measures and warnings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cockpit.appraise.moment import Queries
from cockpit.appraise.register_judges import RULES
from cockpit.appraise.register_rules import Entry, Scene, entries
from cockpit.store.queries import scenes
from cockpit.workdays import Calendar


def scene(q: Queries, day: date, calendar: Calendar) -> Scene:
    """What rows are judged against at a day."""
    return Scene(
        day,
        calendar,
        scenes.units(q, day),
        scenes.accounts(q, day),
        scenes.channel_states(q),
        scenes.tasks(q),
    )


def judged(q: Queries, table: str, at: Scene) -> list[Entry]:
    """All entries of one register."""
    names = {u["unit_code"]: u for u in at.units}
    rows = [
        {
            **row,
            "unit_name": names.get(row.get("unit_code"), {}).get("unit_name"),
            "short_name": names.get(row.get("unit_code"), {}).get("short_name"),
        }
        for row in scenes.register(q, table)
    ]
    return entries(RULES[table], rows, at)


def counts(found: list[Entry]) -> Mapping[str, int]:
    """Entries by state."""
    out: dict[str, int] = {}
    for entry in found:
        out[entry.state] = out.get(entry.state, 0) + 1
    return out
