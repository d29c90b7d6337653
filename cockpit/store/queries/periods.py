"""Questions about closed weeks put together: scores, deductions and bonus of a period."""

from __future__ import annotations

from datetime import date
from typing import Any

from cockpit.store import valid
from cockpit.store.queries.scores import GROUP_ORDER
from cockpit.store.reader import Reader

# The newest issue of each closed week.
CLOSED = "(SELECT week, max(revision) AS revision FROM issue GROUP BY week)"

# A period is told with the names of its last week.
LAST = valid.sunday("(SELECT max(w) FROM (SELECT unnest($weeks::VARCHAR[]) AS w))")


def closed(reader: Reader, weeks: list[str]) -> list[dict[str, Any]]:
    """The issue that counts of each closed week, oldest first."""
    return reader.rows(
        f"SELECT i.* FROM issue AS i JOIN {CLOSED} USING (week, revision) "
        "WHERE week IN (SELECT unnest($weeks::VARCHAR[])) ORDER BY week",
        {"weeks": weeks},
    )


def scores(reader: Reader, weeks: list[str]) -> list[dict[str, Any]]:
    """Scores of the closed weeks, by group, unit and week."""
    return reader.rows(
        f"""
        SELECT s.*, u.unit_name, coalesce(u.short_name, u.unit_name) AS short_name
        FROM score AS s JOIN {CLOSED} USING (week, revision) LEFT JOIN {valid.on("unit", LAST)} AS u USING (unit_code)
        WHERE week IN (SELECT unnest($weeks::VARCHAR[]))
        ORDER BY {GROUP_ORDER.replace("unit_group", "s.unit_group")}, u.sort_order, s.unit_code, week
        """,
        {"weeks": weeks},
    )


def deductions(reader: Reader, weeks: list[str]) -> list[dict[str, Any]]:
    """Lost points of closed weeks by unit, object and indicator: weeks, places, points, an example, and the clause."""
    return reader.rows(
        f"""
        SELECT d.unit_code, coalesce(u.short_name, u.unit_name) AS short_name, d.indicator_id, d.site_code, d.account_code,
               coalesce(st.site_name, ac.account_name) AS object_name, st.url AS object_url, d.is_veto,
               arg_max(d.clause, d.week) AS clause, arg_max(d.fact, (d.week, d.points)) AS fact,
               count(DISTINCT d.week) AS weeks, max(d.week) AS last_week, sum(d.points) AS points,
               count(*) FILTER (d.week = (SELECT max(x.week) FROM issue AS x WHERE x.week IN (SELECT unnest($weeks::VARCHAR[])))) AS places_last,
               count(*) AS places
        FROM deduction AS d JOIN {CLOSED} USING (week, revision) LEFT JOIN {valid.on("unit", LAST)} AS u USING (unit_code)
        LEFT JOIN {valid.on("site", LAST)} AS st ON st.site_code = d.site_code LEFT JOIN {valid.on("account", LAST)} AS ac ON ac.account_code = d.account_code
        WHERE d.week IN (SELECT unnest($weeks::VARCHAR[]))
        GROUP BY ALL ORDER BY any_value(u.sort_order), d.unit_code, d.is_veto DESC, points DESC, d.indicator_id, object_name
        """,
        {"weeks": weeks},
    )


def by_indicator(reader: Reader, weeks: list[str]) -> list[dict[str, Any]]:
    """Points lost on each indicator over closed weeks, with the units and the mean number of places a week."""
    return reader.rows(
        f"""
        SELECT indicator_id, sum(points) AS points, count(DISTINCT unit_code) AS units, count(*) AS places,
               count(*) / count(DISTINCT week) AS places_a_week, count(DISTINCT unit_code) FILTER (is_veto) AS vetoed
        FROM deduction JOIN {CLOSED} USING (week, revision) WHERE week IN (SELECT unnest($weeks::VARCHAR[]))
        GROUP BY indicator_id ORDER BY points DESC, indicator_id
        """,
        {"weeks": weeks},
    )


def taken_back(reader: Reader, weeks: list[str]) -> dict[str, float]:
    """Indicator → lost points that disputes cancelled in closed weeks, a week."""
    rows = reader.rows(
        """
        SELECT d.indicator_id, count(DISTINCT y.dispute_id) / len($weeks::VARCHAR[]) AS places_a_week
        FROM dispute AS y JOIN deduction AS d USING (deduction_id)
        WHERE y.state = 'cancelled' AND y.week IN (SELECT unnest($weeks::VARCHAR[])) GROUP BY d.indicator_id
        """,
        {"weeks": weeks},
    )
    return {row["indicator_id"]: row["places_a_week"] for row in rows}


def checked(reader: Reader, weeks: list[str], registered: list[str]) -> dict[str, Any]:
    """Sites and accounts of closed weeks, and how many of them were measured.

    `registered` are the indicators that registers answer alone: by them no site was looked at.
    """
    row = reader.one(
        f"""
        SELECT count(DISTINCT site_code) AS sites, count(DISTINCT site_code) FILTER (measured AND indicator_id NOT IN (SELECT unnest($registered::VARCHAR[]))) AS sites_measured,
               count(DISTINCT account_code) AS accounts, count(DISTINCT account_code) FILTER (measured) AS accounts_measured
        FROM indicator_result JOIN {CLOSED} USING (week, revision) WHERE week IN (SELECT unnest($weeks::VARCHAR[]))
        """,
        {"weeks": weeks, "registered": registered},
    )
    return row or {}


def bonus(reader: Reader, start: date, end: date) -> list[dict[str, Any]]:
    """Approved bonus items whose approval lies in a period (end excluded)."""
    return reader.rows(
        f"""
        SELECT b.*, u.unit_name FROM bonus AS b LEFT JOIN {valid.UNITS} AS u USING (unit_code)
        WHERE b.state = 'approved' AND b.approved_on >= ? AND b.approved_on < ? ORDER BY b.approved_on, b.unit_code, b.title
        """,
        [start, end],
    )


def bonus_items(reader: Reader) -> list[dict[str, Any]]:
    """Every bonus item of the register, newest first."""
    return reader.rows(
        f"SELECT b.*, u.unit_name FROM bonus AS b LEFT JOIN {valid.UNITS} AS u USING (unit_code) "
        "ORDER BY b.declared_on DESC, b.unit_code, b.title"
    )
