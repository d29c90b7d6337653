"""Warnings: one matter, one row; opened, raised and closed by the facts, moved along by people.

Identity is indicator and object, and the finding too where each finding needs its own handling. A warning
closes only when a later measurement is within limits (a passing re-check), never because nothing was measured.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb

from cockpit.appraise.handling import load_handling
from cockpit.appraise.indicators import load_rules
from cockpit.appraise.judge import Connection, Result, distance, evaluate
from cockpit.appraise.moment import Evidence
from cockpit.clock import local_day
from cockpit.paths import DataDir
from cockpit.workdays import Calendar

EACH_FINDING = frozenset({"critical_wording", "critical_hidden", "privacy_leaks", "other_hidden"})


@dataclass(frozen=True)
class Wanted:
    """A warning that the facts ask for now."""

    warning_id: str
    result: Result
    level: str
    title: str
    detail: str
    finding_id: str | None
    items: int


@dataclass(frozen=True)
class Due:
    """Working days from the opening of a warning, by its level."""

    calendar: Calendar
    workdays: Mapping[str, int]


def refresh(con: duckdb.DuckDBPyConnection, data: DataDir, at: datetime) -> None:
    """Bring the table `warning` up to date inside a load. `at` is naive UTC."""
    rules, calendar = load_rules(data.rules), Calendar.load(data.calendar)
    results = evaluate(
        Connection(con), rules, at + timedelta(microseconds=1), calendar
    )  # facts of `at` included
    due = load_handling(data.rules).warning
    _store(con, list(_wanted(results)), _measured_keys(results), at, Due(calendar, due))
    _apply_events(con, at)


def _wanted(results: list[Result]) -> Iterator[Wanted]:
    for result in results:
        if result.level is None:
            continue
        if result.indicator.metric in EACH_FINDING:
            for evidence in result.measured.rows:
                yield _of_finding(result, evidence)
        else:
            yield _of_object(result)


def _of_object(result: Result) -> Wanted:
    i, m = result.indicator, result.measured
    return Wanted(
        _id(i.id, m.code),
        result,
        result.level or "blue",
        m.fact,
        distance(i, m.value or 0.0),
        None,
        len(m.rows),
    )


def _of_finding(result: Result, evidence: Evidence) -> Wanted:
    i, m = result.indicator, result.measured
    key = _id(i.id, m.code, evidence.finding_id or evidence.fact)
    return Wanted(
        key,
        result,
        result.level or "blue",
        f"{i.name}：{evidence.fact}"[:300],
        evidence.url or "",
        evidence.finding_id,
        1,
    )


def _id(*parts: str) -> str:
    return "W" + hashlib.md5("\x1f".join(parts).encode()).hexdigest()[:12]


def _measured_keys(results: list[Result]) -> set[tuple[str, str]]:
    return {(r.indicator.id, r.measured.code) for r in results if r.measured.measured}


def _store(
    con: duckdb.DuckDBPyConnection,
    wanted: list[Wanted],
    measured: set[tuple[str, str]],
    at: datetime,
    due: Due,
) -> None:
    known = {row["warning_id"]: row for row in Connection(con).rows("SELECT * FROM warning")}
    rows = [_row(w, known.get(w.warning_id), at, due) for w in wanted]
    asked = {w.warning_id for w in wanted}
    for warning_id, row in known.items():
        if warning_id not in asked:
            object_code = row["site_code"] or row["account_code"] or row["unit_code"]
            passed = row["closed_at"] is None and (row["indicator_id"], object_code) in measured
            rows.append({**row, "closed_at": at, "state": "closed"} if passed else row)
    con.execute("DELETE FROM warning")
    if rows:
        columns = list(rows[0])
        marks = ", ".join("?" * len(columns))
        con.executemany(
            f"INSERT INTO warning ({', '.join(columns)}) VALUES ({marks})",
            [[r[c] for c in columns] for r in rows],
        )


def _row(w: Wanted, old: Mapping[str, Any] | None, at: datetime, due: Due) -> dict[str, Any]:
    i, m = w.result.indicator, w.result.measured
    alive = old is not None and old["closed_at"] is None
    opened = old["opened_at"] if old is not None and alive else at
    return {
        "warning_id": w.warning_id,
        "indicator_id": i.id,
        "level": w.level,
        "aspect": i.aspect,
        "unit_code": m.unit_code,
        "site_code": m.code if i.object == "site" else None,
        "account_code": m.code if i.object == "account" else None,
        "finding_id": w.finding_id,
        "title": w.title,
        "detail": w.detail,
        "value": m.value,
        "veto_at": i.veto,
        "distance": distance(i, m.value or 0.0),
        "items": w.items,
        "opened_at": opened,
        "last_seen": at,
        "due_on": due.calendar.add(local_day(opened), due.workdays[w.level]),
        "state": "new",
        "closed_at": None,
        "owner": None,
    }


def _apply_events(con: duckdb.DuckDBPyConnection, at: datetime) -> None:
    """The state of an open warning, from nothing but its events since it opened.

    An ignore past its date holds no longer. What was handed in for re-check and was measured again without
    passing is in work again.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE newest_step AS
        SELECT warning_id, arg_max(e.to_state, (e.event_at, e.event_id)) AS to_state,
               arg_max(coalesce(e.until, DATE '9999-01-01'), (e.event_at, e.event_id)) AS until, max(e.event_at) AS event_at
        FROM warning_event AS e JOIN warning AS w USING (warning_id)
        WHERE e.event_at <= $at AND e.event_at >= w.opened_at AND e.to_state IS NOT NULL AND w.closed_at IS NULL
          AND e.action <> 'assign' GROUP BY warning_id
        """,
        {"at": at},
    )
    con.execute(
        """
        UPDATE warning SET state = CASE
            WHEN s.until <= $day THEN 'new'
            WHEN s.to_state = 'verify' AND EXISTS (
                SELECT 1 FROM look WHERE look.aspect = warning.aspect AND look.measured_at > s.event_at AND look.measured_at <= $at
                  AND look.object IN (warning.site_code, warning.account_code, warning.unit_code)) THEN 'doing'
            ELSE s.to_state END
        FROM (SELECT w.warning_id, coalesce(n.to_state, 'new') AS to_state, n.until, n.event_at
              FROM warning AS w LEFT JOIN newest_step AS n USING (warning_id)) AS s,
             (SELECT 1) AS one
        WHERE warning.warning_id = s.warning_id AND warning.closed_at IS NULL
        """.replace("FROM look", f"FROM ({_LOOKS}) AS look"),
        {"at": at, "day": local_day(at)},
    )
    con.execute(
        """
        UPDATE warning SET owner = nullif(o.owner, '') FROM (
            SELECT e.warning_id, arg_max(e.owner, (e.event_at, e.event_id)) AS owner
            FROM warning_event AS e JOIN warning AS w USING (warning_id)
            WHERE e.event_at <= $at AND e.event_at >= w.opened_at AND e.owner IS NOT NULL AND w.closed_at IS NULL GROUP BY e.warning_id) AS o
        WHERE warning.warning_id = o.warning_id AND warning.closed_at IS NULL
        """,
        {"at": at},
    )


_LOOKS = """
    SELECT aspect, coalesce(site_code, account_code, unit_code) AS object, measured_at FROM coverage WHERE ok
    UNION ALL SELECT 'availability', site_code, measured_at FROM probe WHERE measured
"""
