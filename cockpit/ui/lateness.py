"""Is the data fresh? Each scheduled collector against its own interval: late after 2, dead after 6 of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import streamlit as st

from cockpit.paths import SHIPPED
from cockpit.ui import data

LATE, DEAD = 2, 6  # 项目默认
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lateness:
    """The collector that is furthest behind: '' (in time), late or dead."""

    state: str
    name: str
    since: datetime | None


def intervals() -> Mapping[str, tuple[str, timedelta]]:
    """Collector → its name and the time between two runs, from the schedule in use."""
    path = data.data().rules / "schedule.toml"
    path = path if path.is_file() else SHIPPED / "rules" / "schedule.toml"
    return _intervals(str(path), path.stat().st_mtime)


@st.cache_data(max_entries=4, show_spinner=False)
def _intervals(path: str, stamp: float) -> dict[str, tuple[str, timedelta]]:  # noqa: ARG001 - the key
    jobs = tomllib.loads(Path(path).read_text(encoding="utf-8")).get("job", [])
    return {
        job["command"][1]: (job["name"], _every(job)) for job in jobs if job["command"][0] == "collectors"
    }


def _every(job: Mapping[str, Any]) -> timedelta:
    if job.get("per_day"):
        return DAY / int(job["per_day"])
    return 7 * DAY if job.get("weekday") else DAY


def worst(newest: Mapping[str, datetime], now: datetime) -> Lateness:
    """Of the collectors that have ever delivered, the one furthest behind its interval."""
    behind = [
        ((now - newest[c]) / every, name, newest[c])
        for c, (name, every) in intervals().items()
        if c in newest
    ]
    if not behind:
        return Lateness("", "", None)
    ratio, name, since = max(behind)
    return Lateness("dead" if ratio >= DEAD else "late" if ratio >= LATE else "", name, since)
