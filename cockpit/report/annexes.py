"""What a closed week keeps besides its scores: the other files of its bundle as they stood, and the names of then.

They are frozen at the closing as texts of the issue, so that a bundle made a year later is the same bundle.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cockpit.appraise import due
from cockpit.appraise.applications import STAGES, Case, case
from cockpit.clock import week_bounds, week_days
from cockpit.report.cells import cell
from cockpit.report.columns import FILES
from cockpit.store.queries import exports
from cockpit.store.reader import Reader
from cockpit.tabular_out import csv_bytes
from cockpit.workdays import Calendar

FOLDER = "export/"
NAMES = f"{FOLDER}names.json"
EVIDENCE = "03_证据清单"
LIVE = ("04_预警处置", "05_依申请公开", "06_可用性日汇总", "07_IPv6", "08_栏目更新")

Mask = Callable[[str], str]


@dataclass(frozen=True)
class Names:
    """Names and order of units, sites and accounts at one time, by code."""

    units: Mapping[str, Sequence[Any]]  # name, place in the order
    sites: Mapping[str, Sequence[Any]]  # name, identification code
    accounts: Mapping[str, Sequence[Any]]  # name

    def put(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row with the names of its unit and object."""
        unit = self.units.get(row.get("unit_code") or "", (None, None))
        site = self.sites.get(row.get("site_code") or "", (None, None))
        account = self.accounts.get(row.get("account_code") or "", (None,))
        named = {"unit_name": unit[0], "sort_order": unit[1], "object_name": site[0] or account[0]}
        return {**row, **named, "site_id_code": site[1]}

    def order(self, row: Mapping[str, Any]) -> tuple[bool, int, str]:
        """Where a row's unit stands."""
        place = self.units.get(row["unit_code"], (None, None))[1]
        return place is None, place or 0, row["unit_code"]


def names(reader: Reader, week: str) -> Names:
    """The names of a week's last day, by the registers of the published version."""
    return Names(*exports.names(reader, week))


def freeze(
    reader: Reader,
    week: str,
    finding_ids: Iterable[str],
    mask: Mask,
    calendar: Calendar,
    owed: Iterable[due.Row],
) -> dict[str, str]:
    """File name → text of everything a bundle of this week will hold besides scores and deductions."""
    rows_of = live(reader, week, calendar, owed)
    found = {name: _text(FILES[name], rows, mask) for name, rows in rows_of.items()}
    evidence = exports.findings(reader, sorted(set(finding_ids)))
    found[EVIDENCE] = _text(FILES[EVIDENCE], evidence, mask)
    known = names(reader, week)
    texts = {f"{FOLDER}{name}.csv": text for name, text in found.items()}
    return texts | {NAMES: json.dumps(vars(known), ensure_ascii=False, sort_keys=True)}


def _text(columns: Sequence[Any], rows: Sequence[Mapping[str, Any]], mask: Mask) -> str:
    content = csv_bytes([c.heading for c in columns], ([cell(c, row, mask) for c in columns] for row in rows))
    return content.decode("utf-8-sig")


def thaw(files: Mapping[str, str]) -> dict[str, list[list[str]]]:
    """Annex → its lines, the headings first; empty for an issue closed before annexes were kept."""
    return {
        name.removeprefix(FOLDER).removesuffix(".csv"): list(csv.reader(io.StringIO(text, newline="")))
        for name, text in files.items()
        if name.startswith(FOLDER) and name.endswith(".csv")
    }


def kept_names(files: Mapping[str, str]) -> Names | None:
    """The names of the closing."""
    return Names(**json.loads(files[NAMES])) if NAMES in files else None


def live(
    reader: Reader, week: str, calendar: Calendar, owed: Iterable[due.Row]
) -> dict[str, list[dict[str, Any]]]:
    """The rows of the annexes: warnings and channels as they stand now, applications as they stood on the week's Sunday.

    `owed`: what was due in the week; it marks the warnings and applications that the two rates count.
    """
    start, end = week_bounds(week)
    counted = {_key(row): due.in_time(row) for row in owed}
    found: dict[str, list[dict[str, Any]]] = {
        "04_预警处置": exports.warnings(reader, start, end),
        "05_依申请公开": [_application(calendar, row, week) for row in exports.applications(reader, end)],
        "06_可用性日汇总": [
            {**row, "reason": None if row["visits"] else "当天没有有效访问，未采集"}
            for row in exports.availability(reader, start, end)
        ],
        "07_IPv6": exports.ipv6(reader, end),
        "08_栏目更新": exports.channels(reader),
    }
    for name in ("04_预警处置", "05_依申请公开"):
        found[name] = [
            {**row, "counted": _key(row) in counted, "in_time": counted.get(_key(row))} for row in found[name]
        ]
    return found


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """A warning by the time it opened, an application by its number."""
    if row.get("warning_id"):
        return row["warning_id"], row["opened_at"]
    return (row["application_id"],)


def _application(calendar: Calendar, row: Mapping[str, Any], week: str) -> dict[str, Any]:
    """A row of the ledger as it stood at the week's end, with the clock that the indicators count by."""
    found = case(calendar, row, week_days(week)[1])
    term = found.clock.due if found.clock and found.state not in due.NO_TERM else None
    answered = found.row["answered_on"]
    return {
        **row,
        "stage": _stage(row, found, week_bounds(week)[1]),
        "extended": None if row["extended"] is None else found.row["extended"],
        "due_on": term,
        "answered_on": answered,
        "result": row["result"] if answered else None,
        "late": None if term is None else found.state in {"overdue", "late"},
    }


def _stage(row: Mapping[str, Any], found: Case, end: datetime) -> str | None:
    """By the days of the six stages; a ledger without them has but one word, which stands if it was entered by then."""
    if any(row.get(f"{stage}_on") for stage in STAGES):
        return found.stage
    return row["stage"] if row["measured_at"] < end else None


def previous_issue(reader: Reader, week: str, closed_at: datetime | None) -> int:
    """The revision of a week that was the newest one when another week was closed."""
    return exports.revision_at(reader, week, closed_at)
