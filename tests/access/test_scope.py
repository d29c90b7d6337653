"""A unit's contact: of every table only the own unit's rows, whatever a query asks."""

from __future__ import annotations

import ast

from cockpit import store
from cockpit.paths import CHECKOUT, DataDir
from cockpit.store import scope
from cockpit.store.schema import all_tables


def whose(reader: store.Reader, unit: str) -> dict[str, set[str]]:
    """Column → the values that belong to a unit."""
    return {
        "unit_code": {unit},
        "site_code": {
            r["c"] for r in reader.rows("SELECT site_code AS c FROM site WHERE unit_code = ?", [unit])
        },
        "account_code": {
            r["c"] for r in reader.rows("SELECT account_code AS c FROM account WHERE unit_code = ?", [unit])
        },
    }


def test_every_table_shows_a_units_rows_alone(city: DataDir) -> None:
    with store.reader(city) as everyone:
        unit = everyone.one(
            "SELECT unit_code FROM warning GROUP BY unit_code ORDER BY count(*) DESC LIMIT 1"
        )["unit_code"]
        own = whose(everyone, unit)
        tables = [t for t in all_tables().values() if "transient" not in t.roles]
        counts = {t.name: everyone.one(f"SELECT count(*) AS n FROM {t.name}")["n"] for t in tables}
    with store.reader(city, unit) as contact:
        for table in tables:
            rows = contact.rows(f"SELECT * FROM {table.name}")
            if table.name in scope.PUBLIC:
                assert len(rows) == counts[table.name]
                continue
            strangers = [
                row
                for row in rows
                if (known := [k for k in own if row.get(k) is not None])
                and not any(row[k] in own[k] for k in known)
            ]
            assert strangers == [], table.name
            assert len(rows) < counts[table.name] or counts[table.name] == 0, (
                f"{table.name}: nothing was left out"
            )
        for name in (
            "warning",
            "finding",
            "finding_span",
            "deduction",
            "score",
            "probe",
            "channel_check",
            "link",
        ):
            assert contact.one(f"SELECT count(*) AS n FROM {name}")["n"] > 0, name
    with store.reader(city) as again:
        assert again.one("SELECT count(*) AS n FROM warning")["n"] == counts["warning"], (
            "the filter ends with its reader"
        )


def test_a_unit_code_is_a_value_and_never_sql(city: DataDir) -> None:
    with store.reader(city, "x' OR '1'='1") as reader:
        assert reader.one("SELECT count(*) AS n FROM warning") == {"n": 0}


def test_a_table_without_an_owner_is_closed() -> None:
    closed = {t.name for t in all_tables().values() if scope.condition(t, "main", "'u'") == scope.CLOSED}
    assert closed >= {"issue_file"}
    assert not closed & {"warning", "warning_event", "dispute_event", "finding_span", "channel"}


def test_no_screen_reads_past_the_filter() -> None:
    """Screens read through `data.ask` and `data.reading`, or pass the unit on; no query names the schema."""
    for path in [
        *(CHECKOUT / "cockpit/ui").glob("*.py"),
        *(CHECKOUT / "pages").glob("*.py"),
        CHECKOUT / "dashboard.py",
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"store.reader", "reader"}:
                assert len(node.args) > 1, f"{path.name}:{node.lineno}: store.reader without the unit"
    for path in (CHECKOUT / "cockpit/store/queries").glob("*.py"):
        assert "main." not in path.read_text(encoding="utf-8"), path.name
