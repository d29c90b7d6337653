"""How rows become state: newest wins, vanished links go, roll-ups count each day once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from cockpit import store
from cockpit.paths import DataDir

DAY = timedelta(days=1)


def walk(data: DataDir, at: datetime, links: dict[str, str], *, complete: bool = True) -> None:
    batch = store.Batch(data, "patrol", f"w{at:%m%d%H}")
    batch.add(
        "coverage",
        measured_at=at,
        collector="patrol",
        aspect="links",
        site_code="a",
        ok=True,
        complete=complete,
    )
    for url, verdict in links.items():
        batch.add("link", measured_at=at, site_code="a", url=url, kind="internal", verdict=verdict)
        if verdict == "dead":
            batch.add("link_place", measured_at=at, site_code="a", url=url, source="/home")
    batch.write(at)


def rows(data: DataDir, sql: str) -> list[tuple[Any, ...]]:
    with store.reader(data) as reader:
        return [tuple(row.values()) for row in reader.rows(sql)]


def test_links_show_the_newest_walk_and_forget_the_vanished(data: DataDir, noon: datetime) -> None:
    walk(data, noon, {"/1": "ok", "/2": "dead"})
    walk(data, noon + DAY, {"/1": "dead", "/3": "ok"})
    store.load(data, noon + DAY)
    assert rows(data, "SELECT url, verdict FROM link ORDER BY url") == [("/1", "dead"), ("/3", "ok")]
    assert rows(data, "SELECT url FROM link_place") == [("/1",)]
    walk(data, noon + 2 * DAY, {"/1": "ok"}, complete=False)
    store.load(data, noon + 2 * DAY)
    assert rows(data, "SELECT url, verdict FROM link ORDER BY url") == [("/1", "ok"), ("/3", "ok")]
    assert rows(data, "SELECT url FROM link_place") == [], "a repaired site has no bad places left"


def test_link_counts_of_a_day_come_from_its_last_walk(data: DataDir, noon: datetime) -> None:
    walk(data, noon, {"/1": "dead", "/2": "dead"})
    walk(data, noon + timedelta(hours=2), {"/1": "ok", "/2": "dead"})
    walk(data, noon + DAY, {"/1": "ok", "/2": "ok"})
    store.load(data, noon + DAY)
    assert rows(data, "SELECT day, verdict, links FROM link_daily ORDER BY ALL") == [
        (date(2026, 11, 23), "dead", 1),
        (date(2026, 11, 23), "ok", 1),
        (date(2026, 11, 24), "ok", 2),
    ]


def test_an_older_row_that_arrives_late_does_not_win(data: DataDir, noon: datetime) -> None:
    walk(data, noon + DAY, {"/1": "ok"}, complete=False)
    store.load(data, noon + DAY)
    walk(data, noon, {"/1": "dead"}, complete=False)
    store.load(data, noon + DAY)
    assert rows(data, "SELECT verdict FROM link") == [("ok",)]


def test_channel_history_keeps_change_points_only(data: DataDir, noon: datetime) -> None:
    story = [(date(2026, 11, 1), "fresh"), (date(2026, 11, 1), "fresh"), (date(2026, 11, 20), "fresh")]
    for number, (latest, state) in enumerate(story):
        batch = store.Batch(data, "patrol", f"r{number}")
        batch.add(
            "channel_check",
            measured_at=noon + number * DAY,
            site_code="a",
            url="/c",
            state=state,
            latest=latest,
            items=5,
        )
        batch.write(noon)
        store.load(data, noon)
    assert rows(data, "SELECT measured_at, latest FROM channel_history ORDER BY measured_at") == [
        (noon, date(2026, 11, 1)),
        (noon + 2 * DAY, date(2026, 11, 20)),
    ]


def test_probe_days_are_beijing_days_and_unmeasured_visits_do_not_count(data: DataDir) -> None:
    late = datetime(2026, 11, 22, 16, 30)  # 00:30 on the 23rd in Beijing
    batch = store.Batch(data, "probe", "r")
    for seconds, ok, measured in (
        (1.0, True, True),
        (3.0, True, True),
        (15.0, False, True),
        (None, False, False),
    ):
        batch.add(
            "probe", measured_at=late, site_code="a", family="4", ok=ok, measured=measured, seconds=seconds
        )
    batch.write(late)
    store.load(data, late)
    assert rows(data, "SELECT day, visits, failed, seconds_sum, seconds_max FROM probe_daily") == [
        (date(2026, 11, 23), 3, 1, 4.0, 3.0)
    ]


def test_a_week_scored_again_replaces_its_rows(data: DataDir, noon: datetime) -> None:
    for points in (5.0, 3.0):
        batch = store.Batch(data, "score", "r")
        batch.add(
            "score",
            week="2026-W47",
            revision=0,
            unit_code="u",
            unit_group="county",
            vetoed=False,
            score=100 - points,
        )
        batch.write(noon)
    store.load(data, noon)
    assert rows(data, "SELECT score FROM score") == [(97.0,)]


def test_ipv6_failures_leave_when_a_later_check_finds_none(data: DataDir, noon: datetime) -> None:
    for number, urls in enumerate((["/1", "/2"], [])):
        at = noon + number * DAY
        batch = store.Batch(data, "ipv6", f"r{number}")
        batch.add("coverage", measured_at=at, collector="ipv6", aspect="ipv6", site_code="a", ok=True)
        batch.add_rows("ipv6_link", [{"measured_at": at, "site_code": "a", "url": url} for url in urls])
        batch.write(at)
    store.load(data, noon + DAY)
    assert rows(data, "SELECT url FROM ipv6_link") == []
