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
        "state": old["state"] if old is not None and alive else "new",
        "closed_at": None,
        "owner": old["owner"] if old is not None and alive else None,
    }


def _apply_events(con: duckdb.DuckDBPyConnection, at: datetime) -> None:
    """The newest event since a warning opened tells its state; an ignore past its date holds no longer."""
    con.execute(
        """
        UPDATE warning SET state = e.to_state, owner = coalesce(e.owner, warning.owner)
        FROM (SELECT warning_id, event_at, to_state, owner, until FROM warning_event WHERE event_at <= $at
              QUALIFY row_number() OVER (PARTITION BY warning_id ORDER BY event_at DESC, event_id DESC) = 1) AS e
        WHERE warning.warning_id = e.warning_id AND warning.closed_at IS NULL AND e.event_at >= warning.opened_at
          AND e.to_state IS NOT NULL AND (e.until IS NULL OR e.until > $day)
        """,
        {"at": at, "day": local_day(at)},
    )
