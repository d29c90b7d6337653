"""Registers in the rule table: what is late or missing becomes a warning of its unit, and goes when it is put right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from cockpit import store
from cockpit.appraise import warnings
from cockpit.appraise.indicators import load_rules
from cockpit.appraise.measures_registers import METRICS, NOUNS
from cockpit.appraise.moment import Moment
from cockpit.paths import SHIPPED, DataDir
from cockpit.workdays import Calendar
from tests.appraise.city import REGISTER

NOW = datetime(2026, 11, 23, 4)
OPINION = {"opinion_no": "舆1", "unit_code": "u1", "found_on": datetime(2026, 11, 16).date(), "topic": "停水"}


def bring(data: DataDir, table: str, *rows: dict[str, Any], at: datetime = NOW) -> None:
    batch = store.Batch(data, "ledgers", f"{table}-{at:%d%H}")
    for row in rows:
        batch.add(table, measured_at=at, **row)
    batch.write(at)
    store.load(data, at, register=REGISTER, after_merge=warnings.refresh)


def open_levels(data: DataDir) -> dict[str, tuple[str, str]]:
    with store.reader(data) as reader:
        rows = reader.rows("SELECT indicator_id, level, title FROM warning WHERE closed_at IS NULL")
    return {r["indicator_id"]: (r["level"], r["title"]) for r in rows}


def test_a_late_answer_is_a_warning_until_it_is_given(data: DataDir) -> None:
    bring(data, "opinion_event", OPINION)
    assert open_levels(data)["G-OPINION"] == ("orange", "政务舆情超期未回应 1 项")
    answered = {**OPINION, "responded_on": NOW.date(), "closed_on": NOW.date()}
    bring(data, "opinion_event", answered, at=NOW.replace(hour=6))
    assert "G-OPINION" not in open_levels(data)


def test_what_comes_due_is_a_notice_before_it_is_late(data: DataDir) -> None:
    bring(data, "opinion_event", {**OPINION, "found_on": datetime(2026, 11, 20).date()})
    assert open_levels(data) == {"G-SOON": ("blue", "工作台账临期 1 项")}


@pytest.mark.parametrize(
    ("corrected", "total", "level"), [(5, 30, "orange"), (4, 30, "yellow"), (3, 31, None), (9, 29, None)]
)
def test_the_correction_rate_needs_thirty_cases(
    data: DataDir, corrected: int, total: int, level: str | None
) -> None:
    day = NOW.date()
    rows = [
        {
            "case_no": f"复{n}",
            "unit_code": "u1",
            "review_kind": "行政复议",
            "filed_on": day,
            "decided_on": day,
            "outcome": "结果纠正" if n < corrected else "结果维持",
        }
        for n in range(total)
    ]
    bring(data, "review_case", *rows)
    assert open_levels(data).get("A-REVIEW", (None, ""))[0] == level


def test_each_register_that_is_judged_has_an_indicator_and_an_empty_one_is_not_measured(
    data: DataDir,
) -> None:
    used = {i.metric for i in load_rules(SHIPPED / "rules").indicators.values()}
    assert set(METRICS) <= used
    bring(data, "opinion_event", OPINION)
    moment = Moment(NOW, 365, 0, Calendar())
    with store.reader(data) as reader:
        measured = {name: METRICS[f"register_{name}"](reader, moment) for name in NOUNS}
    assert [name for name, found in measured.items() if found] == ["opinion_event"]
