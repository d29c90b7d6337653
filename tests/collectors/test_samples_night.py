"""The demonstration of any hour: what runs at night was run in the newest night that is over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cockpit import clock
from cockpit.paths import DataDir
from collectors import samples
from collectors.samples_facts import day_rows


@pytest.mark.parametrize(("hour", "minute", "night"), [(0, 8, 26), (12, 0, 27), (2, 30, 27)])
def test_the_newest_certificates_are_of_the_newest_night(
    data: DataDir, hour: int, minute: int, night: int
) -> None:
    data.mark_demo()
    now = clock.to_utc(datetime(2026, 11, 27, hour, minute))
    actors, last = samples.prepare(data, now, 1), clock.local_day(now)
    runs = [
        (row["collector"], clock.local_day(row["started_at"]).day)
        for back in range(4)
        for table, row in day_rows(actors, last - timedelta(days=back), last, now)
        if table == "run"
    ]
    assert max(day for name, day in runs if name == "certificate") == night
