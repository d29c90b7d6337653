"""All measures by name: the METRICS tables of every module `measures*` of this room, put together.

A new family of measures is a new file `measures_<family>.py` with its own METRICS; nothing else is to be changed.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from types import MappingProxyType

from cockpit import appraise
from cockpit.appraise.moment import Measured, Moment, Queries

Metric = Callable[[Queries, Moment], list[Measured]]


def _collected() -> dict[str, Metric]:
    found: dict[str, Metric] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(appraise.__path__)):
        if not module.startswith("measures"):
            continue
        table: Mapping[str, Metric] = importlib.import_module(f"cockpit.appraise.{module}").METRICS
        if double := found.keys() & table.keys():
            raise RuntimeError(f"metric defined twice: {sorted(double)}")
        found |= table
    return found


METRICS: Mapping[str, Metric] = MappingProxyType(_collected())
