"""Units, sites and accounts with several periods of validity: every question names them once, and as of its day."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from cockpit import store
from cockpit.appraise import score
from cockpit.appraise.indicators import load_rules
from cockpit.paths import SHIPPED, DataDir
from cockpit.store import queries
from cockpit.store.queries import exports, overview, scores
from cockpit.store.queries.collection import sites_in_use
from cockpit.workdays import Calendar
from tests.bench.query_bench import FILL, NOW, TODAY, WEEK

SIZES = {"units": 12, "sites": 12, "days": 30, "hours": 48, "findings": 420, "weeks": 4}
SPLIT = date(2026, 7, 1)
# What a question is asked with, by the name of its parameter, else by the kind that is written there
BY_NAME: dict[str, Any] = {
    "week": WEEK,
    "weeks": ["2026-W46", WEEK],
    "aspect": "links",
    "links.group": "dead",
    "content.group": "open",
    "state": "overdue",
    "table": "application",
    "finding_ids": ["F1", "F2"],
    "finding_id": "F1",
    "warning_id": "W1",
    "deduction_id": "D-0-3-1",
    "site": "s3",
    "site_code": "s3",
    "account": "a3",
    "unit": "u3",
    "host": "s3.test",
    "days": 30,
    "count": 4,
    "levels": ["red"],
}
BY_KIND: dict[str, Any] = {"date": TODAY, "datetime": NOW, "Reader": None, "Any": None}


OTHER = {"collection.batches"}  # tells of files, with names of their own


def _fill(con: duckdb.DuckDBPyConnection, *_: object) -> None:
    for statement in FILL:
        text = (
            statement.format(**SIZES)
            .replace("range(250000)", "range(400)")
            .replace("range(5000)", "range(60)")
        )
        text = text.replace("range(20000)", "range(90)").replace("range(400)", "range(20)")
        values = {"now": NOW} if "$now" in text else None
        if "SELECT" not in text.split("(", 1)[0]:
            con.execute(text, values)
            continue
        table, select = text.removeprefix("INSERT INTO ").split(" ", 1)
        given = len(con.execute(f"DESCRIBE {select}", values).fetchall())
        columns = [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()][:given]
        con.execute(f"INSERT INTO {table} ({', '.join(columns)}) {select}", values)


def _split(con: duckdb.DuckDBPyConnection, *more: object) -> None:
    """Every entry of the registers becomes two that follow each other and say the same."""
    _fill(con, *more)
    for table in ("unit", "site", "account"):
        con.execute(
            f"CREATE TEMP TABLE later AS SELECT * REPLACE ($day::DATE AS valid_from) FROM {table}",
            {"day": SPLIT},
        )
        con.execute(f"UPDATE {table} SET valid_to = $day", {"day": SPLIT})
        con.execute(f"INSERT INTO {table} SELECT * FROM later")
        con.execute("DROP TABLE later")


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DataDir, DataDir]]:
    """The same city twice: with one period for each entry, and with two."""
    made = []
    for name, fill in (("one", _fill), ("two", _split)):
        data = DataDir(tmp_path_factory.mktemp("valid") / name)
        store.load(data, NOW, after_merge=fill, force=True)
        made.append(data)
    yield made[0], made[1]


def _questions() -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    """Every public question of the store that can be asked with the words above."""
    for module in sorted(m.name for m in pkgutil.iter_modules(queries.__path__)):
        found = importlib.import_module(f"cockpit.store.queries.{module}")
        for name, function in inspect.getmembers(found, inspect.isfunction):
            if name.startswith("_") or f"{module}.{name}" in OTHER or function.__module__ != found.__name__:
                continue
            words, parameters = {}, list(inspect.signature(function).parameters.values())[1:]
            for p in parameters:
                kind = str(p.annotation)
                if p.default is not p.empty or p.kind is p.VAR_KEYWORD:
                    continue
                if kind in BY_KIND:
                    words[p.name] = BY_KIND[kind]
                elif f"{module}.{p.name}" in BY_NAME:
                    words[p.name] = BY_NAME[f"{module}.{p.name}"]
                elif p.name in BY_NAME:
                    words[p.name] = BY_NAME[p.name]
                elif p.name == "until":
                    words[p.name] = WEEK
            needed = [p for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
            if len(words) == len(needed):
                yield f"{module}.{name}", function, words


QUESTIONS = list(_questions())


def _plain(answer: Any) -> Any:
    """An answer without the periods themselves; rows in a stable order."""
    if isinstance(answer, dict):
        return sorted(
            (str(k), repr(_plain(v))) for k, v in answer.items() if k not in {"valid_from", "valid_to"}
        )
    if isinstance(answer, list | tuple | set):
        return sorted(repr(_plain(x)) for x in answer)
    return answer


def test_nearly_every_question_is_asked() -> None:
    assert len(QUESTIONS) >= 90, [name for name, _, _ in QUESTIONS]


@pytest.mark.parametrize(("name", "function", "words"), QUESTIONS, ids=[q[0] for q in QUESTIONS])
def test_a_second_period_doubles_nothing(
    name: str, function: Callable[..., Any], words: dict[str, Any], cities: tuple[DataDir, DataDir]
) -> None:
    answers = []
    for data in cities:
        with store.reader(data) as reader:
            answers.append(_plain(function(reader, **words)))
    assert answers[0] == answers[1], name


# --- a year of changes ------------------------------------------------------------------------------------

BEFORE, AFTER = "2026-W45", "2026-W47"
CHANGE = date(2026, 11, 11)  # Wednesday of 2026-W46


def _unit(
    code: str, name: str, group: str, start: date | None = None, end: date | None = None
) -> dict[str, Any]:
    return {
        "unit_code": code, "unit_name": name, "unit_group": group, "sort_order": 1, "has_service": True,
        "valid_from": start, "valid_to": end,
    }  # fmt: skip


def _site(code: str, unit: str, start: date | None = None, end: date | None = None) -> dict[str, Any]:
    return {
        "site_code": code, "site_name": f"{unit}的网站", "unit_code": unit, "url": f"http://{code}/",
        "state": "active", "valid_from": start, "valid_to": end,
    }  # fmt: skip


CHANGES = {
    "unit": [
        _unit("a", "农业局", "dept_service", None, CHANGE),
        _unit("a", "农业农村局", "dept_other", CHANGE),  # renamed and regrouped
        _unit("b", "乡村振兴局", "dept_service", None, CHANGE),  # merged into a
        _unit("c", "新设局", "dept_service", CHANGE),
    ],
    "site": [
        _site("sa", "a"),
        _site("sb", "b", None, CHANGE),
        _site("sb", "a", CHANGE),  # its site goes with it
        _site("sc", "c", CHANGE),
    ],
}


@pytest.fixture
def reform(data: DataDir) -> DataDir:
    """Three weeks of patrols, scored week by week over a reform of the offices."""
    for day in range(21):
        at = datetime(2026, 11, 1, 17) + timedelta(days=day)
        batch = store.Batch(data, "patrol", f"night-{day}")
        for code in ("sa", "sb", "sc"):
            batch.add(
                "coverage",
                measured_at=at,
                collector="patrol",
                aspect="links",
                site_code=code,
                ok=True,
                complete=True,
            )
            batch.add(
                "sighting", measured_at=at, aspect="links", kind="link.dead", site_code=code, target=f"/{code}",
                severity="medium", places=1,
            )  # fmt: skip
        batch.write(at)
    store.load(data, NOW, register=CHANGES)
    rules = load_rules(SHIPPED / "rules")
    for week in (BEFORE, "2026-W46", AFTER):
        with store.reader(data) as reader:
            found = score.score_week(reader, rules, Calendar(), week, NOW)
        batch = store.Batch(data, "score", f"score-{week}")
        for table, row in score.rows(found, rules, NOW):
            batch.add(table, **row)
        batch.write(NOW)
    store.load(data, NOW, register=CHANGES)
    return data


def test_each_week_has_the_units_the_names_and_the_groups_of_its_last_day(reform: DataDir) -> None:
    with store.reader(reform) as reader:
        shown = {
            week: sorted(
                (r["unit_code"], r["unit_name"], r["unit_group"]) for r in scores.stored_scores(reader, week)
            )
            for week in (BEFORE, "2026-W46", AFTER)
        }
    new = [("a", "农业农村局", "dept_other"), ("c", "新设局", "dept_service")]
    assert shown == {
        BEFORE: [("a", "农业局", "dept_service"), ("b", "乡村振兴局", "dept_service")],
        "2026-W46": new,  # the reform fell on its Wednesday
        AFTER: new,
    }


def test_lost_points_follow_the_site_to_its_new_unit(reform: DataDir) -> None:
    with store.reader(reform) as reader:
        lost = {
            week: sorted(
                (d["unit_name"], d["site_code"], d["object_name"])
                for d in scores.deductions(reader, week)
                if d["indicator_id"] == "L-DEAD"
            )
            for week in (BEFORE, AFTER)
        }
    assert lost == {
        BEFORE: [("乡村振兴局", "sb", "b的网站"), ("农业局", "sa", "a的网站")],
        AFTER: [
            ("农业农村局", "sa", "a的网站"),
            ("农业农村局", "sb", "a的网站"),
            ("新设局", "sc", "c的网站"),
        ],
    }


def test_today_is_told_by_todays_names_and_a_closed_unit_keeps_its_own(reform: DataDir) -> None:
    with store.reader(reform) as reader:
        assert {u["unit_code"]: u["unit_name"] for u in scores.units(reader)} == {
            "a": "农业农村局", "b": "乡村振兴局", "c": "新设局",
        }  # fmt: skip
        assert [(u["unit_code"], u["sites"]) for u in overview.unit_matrix(reader, TODAY)] == [
            ("a", 2),
            ("c", 1),
        ]
        assert [(s["site_code"], s["unit_name"]) for s in sites_in_use(reader, date(2026, 11, 8))] == [
            ("sa", "农业局"), ("sb", "乡村振兴局"),
        ]  # fmt: skip
        assert exports.names(reader, BEFORE)[0]["a"][0] == "农业局"
        assert exports.names(reader, AFTER)[1]["sb"][0] == "a的网站"


def test_a_contact_sees_the_sites_that_are_the_units_now(reform: DataDir) -> None:
    with store.reader(reform, "b") as reader:
        assert reader.rows("SELECT DISTINCT site_code FROM finding") == [], "its site went to another unit"
        assert {r["week"] for r in reader.rows("SELECT week FROM score")} == {BEFORE}, "its own past stays"
    with store.reader(reform, "a") as reader:
        assert sorted(r["site_code"] for r in reader.rows("SELECT DISTINCT site_code FROM finding")) == [
            "sa",
            "sb",
        ]
