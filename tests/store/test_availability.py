"""The questions of 可用性与安全 and IPv6 支持度: interruptions, the veto share, certificates, missing links."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cockpit import store
from cockpit.clock import local_day
from cockpit.paths import DataDir
from cockpit.store.queries import availability, ipv6, overview
from cockpit.ui import uptime
from tests.appraise.city import REGISTER

AT = datetime(2026, 11, 23, 4)
DAY = local_day(AT)
WHERE: dict[str, Any] = {"at": AT, "day": DAY}


def hours(*ago: float) -> Iterable[datetime]:
    return (AT - timedelta(hours=n) for n in ago)


def loaded(data: DataDir, *rows: tuple[str, dict[str, Any]]) -> store.reader:
    batch = store.Batch(data, "probe", "r1")
    for table, row in rows:
        batch.add(table, **row)
    batch.write(AT)
    store.load(data, AT, register=REGISTER)
    return store.reader(data)


def visit(
    at: datetime, ok: bool = True, *, measured: bool = True, site: str = "s1"
) -> tuple[str, dict[str, Any]]:
    cause = None if ok else "timeout" if measured else "no_route"
    return "probe", {
        "measured_at": at,
        "site_code": site,
        "family": "4",
        "ok": ok,
        "measured": measured,
        "cause": cause,
        "seconds": 1.0 if ok else 15.0 if measured else None,
    }


def test_failed_visits_in_a_row_are_one_interruption_until_the_next_that_opens(data: DataDir) -> None:
    walk = [
        visit(t, ok)
        for t, ok in zip(hours(6, 5, 4, 3, 2, 1), (True, False, False, True, True, False), strict=True)
    ]
    with loaded(data, *walk) as reader:
        rows = availability.incidents(reader, **WHERE)
    assert [(r["began_at"], r["ended_at"], r["failed"], r["minutes"]) for r in rows] == [
        (AT - timedelta(hours=1), None, 1, 60.0),
        (AT - timedelta(hours=5), AT - timedelta(hours=3), 2, 120.0),
    ]


def test_what_was_not_measured_neither_begins_nor_ends_an_interruption(data: DataDir) -> None:
    walk = [
        visit(AT - timedelta(hours=5), False, measured=False),
        visit(AT - timedelta(hours=4), False),
        visit(AT - timedelta(hours=3), False, measured=False),
        visit(AT - timedelta(hours=2), False),
        visit(AT - timedelta(hours=1)),
    ]
    with loaded(data, *walk) as reader:
        rows = availability.incidents(reader, **WHERE)
        [site, _] = availability.sites(reader, **WHERE)
    assert [(r["failed"], r["minutes"]) for r in rows] == [(2, 180.0)]
    assert (site["window_visits"], site["window_failed"], site["today_visits"]) == (3, 2, 3)


def test_the_share_of_a_site_equals_its_list_of_failures_and_a_site_without_visits_has_none(
    data: DataDir,
) -> None:
    walk = [visit(t, n != 3) for n, t in enumerate(hours(*range(1, 11)))]
    old = visit(AT - timedelta(days=8), False)
    with loaded(data, *walk, old) as reader:
        rows = {r["site_code"]: r for r in availability.sites(reader, **WHERE)}
        listed = availability.failures(reader, AT, "s1")
        alone = availability.sites(reader, **WHERE, unit="u2")
    assert (rows["s1"]["window_share"], rows["s1"]["window_failed"], len(listed)) == (0.1, 1, 1)
    assert (rows["s1"]["visits"], rows["s1"]["failed"]) == (11, 2), "90 days see what the week does not"
    assert rows["s2"]["window_share"] is None
    assert [r["site_code"] for r in alone] == ["s2"]


@pytest.mark.parametrize(
    ("not_after", "left", "expired"),
    [(AT + timedelta(days=19.8), 19, False), (AT - timedelta(days=3.2), -3, True)],
)
def test_days_of_a_certificate_are_counted_to_now(
    data: DataDir, not_after: datetime, left: int, expired: bool
) -> None:
    row = {
        "measured_at": AT - timedelta(days=5),
        "site_code": "s1",
        "https": True,
        "chain_ok": True,
        "not_after": not_after,
    }
    gap = {
        "measured_at": AT,
        "site_code": "s2",
        "collector": "certificate",
        "aspect": "certificate",
        "ok": False,
        "cause": "dns",
    }
    with loaded(data, ("certificate_check", row), ("coverage", gap)) as reader:
        rows = availability.certificates(reader, **WHERE)
    assert [(r["site_code"], r["days_left"], r["expired"], r["cause"]) for r in rows] == [
        ("s1", left, expired, None),
        ("s2", None, None, "dns"),
    ]


def test_missing_links_to_the_goal_are_counted_up_and_no_link_is_no_data(data: DataDir) -> None:
    common = {"measured_at": AT - timedelta(hours=2), "has_aaaa": True, "home_ok": True}
    checks = [
        {"site_code": "s1", "level2_total": 180, "level2_ok": 178, "level3_total": 100, "level3_ok": 99},
        {"site_code": "s2", "level2_total": 0, "level2_ok": 0, "level3_total": 0, "level3_ok": 0},
    ]
    failing = [
        {
            "measured_at": AT,
            "site_code": "s1",
            "url": f"http://{host}/{n}",
            "level": 2,
            "host": host,
            "cause": cause,
        }
        for n, (host, cause) in enumerate((("a", "no_aaaa"), ("a", "timeout"), ("b", "no_aaaa")))
    ]
    covered = {"measured_at": AT, "site_code": "s1", "collector": "ipv6", "aspect": "ipv6", "ok": True}
    rows = (
        [("ipv6_check", {**common, **c}) for c in checks]
        + [("ipv6_link", f) for f in failing]
        + [("coverage", covered)]
    )
    with loaded(data, *rows) as reader:
        found = {r["site_code"]: r for r in ipv6.sites(reader, DAY, 0.99)}
        hosts = ipv6.hosts(reader, DAY)
        listed = [len(ipv6.links(reader, DAY, host=h["host"], cause=h["cause"])) for h in hosts]
        later = ipv6.sites(reader, date(2026, 11, 24), 0.98)
    assert (found["s1"]["short2"], found["s1"]["short3"], found["s1"]["failing"]) == (1, 0, 3)
    assert (found["s2"]["rate2"], found["s2"]["rate3"]) == (None, None)
    assert listed == [h["links"] for h in hosts] == [1, 1, 1]
    assert [r["short2"] for r in later if r["site_code"] == "s1"] == [0]


def test_the_head_counts_a_site_with_a_gap_of_any_collector_as_partly_collected(data: DataDir) -> None:
    seen = [
        ("coverage", {"measured_at": AT - timedelta(days=ago), "site_code": site, "collector": c, "aspect": a, "ok": ok})
        for ago, site, c, a, ok in (
            (0, "s1", "probe", "availability", True),
            (1, "s1", "ipv6", "ipv6", True),
            (0, "s1", "ipv6", "ipv6", False),
            (0, "s2", "probe", "availability", True),
            (1, "s2", "ipv6", "ipv6", False),
            (0, "s2", "ipv6", "ipv6", True),
        )
    ]  # fmt: skip
    with loaded(data, *seen) as reader:
        frame = overview.frame(reader)
    assert (frame["targets"], frame["targets_measured"]) == (2, 1)


def test_a_share_of_too_few_visits_reaches_no_line() -> None:
    rows = [{"window_share": 1.0, "few": True}, {"window_share": 0.06, "few": False}]
    assert uptime.reached(rows, 0.05) == rows[1:]


def test_hourly_visits_that_drift_fall_into_an_hour_of_the_clock_each(data: DataDir) -> None:
    drift = [visit(AT - timedelta(hours=n) + timedelta(minutes=n * 7 % 50), n != 3) for n in range(1, 24)]
    with loaded(data, *drift) as reader:
        rows = overview.availability_strips(reader, AT + timedelta(minutes=41))
    assert [(r["slot"], r["visits"], r["failed"]) for r in rows] == [
        (n, 1, int(n == 3)) for n in range(1, 24)
    ]


def test_a_result_that_a_later_try_could_not_repeat_is_no_longer_counted(data: DataDir) -> None:
    def tried(aspect: str, at: datetime, ok: bool) -> tuple[str, dict[str, Any]]:
        cause = None if ok else "no_route"
        return "coverage", {
            "measured_at": at,
            "collector": "probe",
            "aspect": aspect,
            "site_code": "s1",
            "ok": ok,
            "cause": cause,
        }

    [before, seen, later] = hours(48, 24, 1)
    check = {"measured_at": seen, "site_code": "s1"}
    links = {
        "has_aaaa": True,
        "home_ok": True,
        "level2_total": 10,
        "level2_ok": 9,
        "level3_total": 10,
        "level3_ok": 10,
    }
    found = (
        ("ipv6_check", {**check, **links}),
        (
            "certificate_check",
            {**check, "https": True, "chain_ok": True, "not_after": AT + timedelta(days=90)},
        ),
    )

    def told(*tries: tuple[str, dict[str, Any]]) -> tuple[Any, ...]:
        with loaded(data, *found, *tries) as reader:
            site = next(r for r in ipv6.sites(reader, DAY, 0.99) if r["site_code"] == "s1")
            paper = next(r for r in availability.certificates(reader, **WHERE) if r["site_code"] == "s1")
            return (
                overview.ipv6_total(reader)["sites"],
                site["has_aaaa"],
                site["cause"],
                paper["https"],
                paper["cause"],
            )

    old = [tried(aspect, before, False) for aspect in ("ipv6", "certificate")]
    new = [tried(aspect, later, False) for aspect in ("ipv6", "certificate")]
    assert told(*old) == (1, True, None, True, None)
    assert told(*new) == (0, None, "no_route", None, "no_route")
