"""Questions about weekly scores."""

from __future__ import annotations

from typing import Any

from cockpit.store import valid
from cockpit.store.reader import Reader

# The newest revision of each week.
LATEST = "(SELECT week, max(revision) AS revision FROM score GROUP BY week)"
# The newest dispute of each deduction: a second case on one deduction must not double its row, nor its points.
DISPUTES = "(SELECT * FROM dispute QUALIFY row_number() OVER (PARTITION BY deduction_id ORDER BY raised_at DESC, dispute_id DESC) = 1)"
# One revision of a week, the newest where none is asked for.
REVISION = "revision = coalesce($revision, (SELECT max(revision) FROM score WHERE week = $week))"
# A week is told with the names of its last day.
SUNDAY = valid.sunday("$week")
OF_DEDUCTION = valid.sunday("(SELECT max(week) FROM deduction WHERE deduction_id = $id)")
GROUP_ORDER = "CASE unit_group WHEN 'county' THEN 1 WHEN 'dept_service' THEN 2 ELSE 3 END"


def stored_scores(reader: Reader, week: str, revision: int | None = None) -> list[dict[str, Any]]:
    """Scores of a week, newest revision, with unit names, by group and rank."""
    return reader.rows(
        f"""
        SELECT s.*, u.unit_name, coalesce(u.short_name, u.unit_name) AS short_name, u.sort_order
        FROM score AS s
        LEFT JOIN {valid.on("unit", SUNDAY)} AS u USING (unit_code) WHERE s.week = $week AND s.{REVISION}
        ORDER BY s.unit_group, s.rank_in_group NULLS LAST, u.sort_order
        """,
        {"week": week, "revision": revision},
    )


def weeks(reader: Reader) -> list[str]:
    """Weeks that have scores, newest first."""
    return [row["week"] for row in reader.rows("SELECT DISTINCT week FROM score ORDER BY week DESC")]


def history(reader: Reader, until: str, count: int, unit: str | None = None) -> list[dict[str, Any]]:
    """Scores of all units (or one) in the `count` weeks up to `until`, oldest first."""
    return reader.rows(
        f"""
        SELECT s.week, s.unit_code, s.score, s.vetoed, s.rank_in_group, s.rules_sha256 FROM score AS s JOIN {LATEST} USING (week, revision)
        WHERE s.week IN (SELECT DISTINCT week FROM score WHERE week <= $until ORDER BY week DESC LIMIT $count)
          AND ($unit IS NULL OR s.unit_code = $unit) ORDER BY s.week, s.unit_code
        """,
        {"until": until, "count": count, "unit": unit},
    )


def deductions(
    reader: Reader, week: str, unit: str | None = None, revision: int | None = None
) -> list[dict[str, Any]]:
    """Lost points of a week with names and disputes, vetoes and largest first."""
    return reader.rows(
        f"""
        SELECT d.*, st.site_name, coalesce(st.site_name, ac.account_name) AS object_name, y.state AS dispute_state, f.kind,
               u.unit_name
        FROM deduction AS d
        LEFT JOIN {valid.on("unit", SUNDAY)} AS u ON u.unit_code = d.unit_code
        LEFT JOIN {valid.on("site", SUNDAY)} AS st ON st.site_code = d.site_code LEFT JOIN {valid.on("account", SUNDAY)} AS ac ON ac.account_code = d.account_code
        LEFT JOIN {DISPUTES} AS y USING (deduction_id) LEFT JOIN finding AS f ON f.finding_id = d.finding_id
        WHERE d.week = $week AND d.{REVISION} AND ($unit IS NULL OR d.unit_code = $unit)
        ORDER BY d.is_veto DESC, d.points DESC, d.indicator_id, d.deduction_id
        """,
        {"week": week, "unit": unit, "revision": revision},
    )


def deduction(reader: Reader, deduction_id: str) -> dict[str, Any] | None:
    """One lost point with names, newest revision."""
    return reader.one(
        f"""
        SELECT d.*, u.unit_name, coalesce(st.site_name, ac.account_name) AS object_name, y.state AS dispute_state, y.reason AS dispute_reason,
               y.decision FROM deduction AS d LEFT JOIN {valid.on("unit", OF_DEDUCTION)} AS u ON u.unit_code = d.unit_code
        LEFT JOIN {valid.on("site", OF_DEDUCTION)} AS st ON st.site_code = d.site_code LEFT JOIN {valid.on("account", OF_DEDUCTION)} AS ac ON ac.account_code = d.account_code
        LEFT JOIN {DISPUTES} AS y USING (deduction_id) WHERE d.deduction_id = $id ORDER BY d.revision DESC LIMIT 1
        """,
        {"id": deduction_id},
    )


def top_deductions(reader: Reader, week: str, revision: int | None = None) -> dict[str, dict[str, Any]]:
    """Unit → the indicator that cost it most in a week."""
    rows = reader.rows(
        f"""
        SELECT unit_code, indicator_id, sum(points) AS points, count(*) AS n FROM deduction AS d
        WHERE d.week = $week AND d.{REVISION} AND NOT d.is_veto GROUP BY unit_code, indicator_id
        QUALIFY row_number() OVER (PARTITION BY unit_code ORDER BY sum(points) DESC, indicator_id) = 1
        """,
        {"week": week, "revision": revision},
    )
    return {row["unit_code"]: row for row in rows}


def results(reader: Reader, week: str, unit: str) -> list[dict[str, Any]]:
    """Every indicator of one unit in a week, measured or not."""
    return reader.rows(
        f"""
        SELECT r.*, coalesce(st.site_name, ac.account_name) AS object_name FROM indicator_result AS r JOIN {LATEST} USING (week, revision)
        LEFT JOIN {valid.on("site", SUNDAY)} AS st ON st.site_code = r.site_code
        LEFT JOIN {valid.on("account", SUNDAY)} AS ac ON ac.account_code = r.account_code
        WHERE r.week = $week AND r.unit_code = $unit ORDER BY r.indicator_id
        """,
        {"week": week, "unit": unit},
    )


def own_scores(reader: Reader, week: str, unit: str) -> dict[str, dict[str, Any]]:
    """Code → the score of each site and account of a unit by itself, newest revision."""
    rows = reader.rows(
        f"""
        SELECT o.*, coalesce(o.site_code, o.account_code) AS code FROM object_score AS o JOIN {LATEST} USING (week, revision)
        WHERE o.week = $week AND o.unit_code = $unit
        """,
        {"week": week, "unit": unit},
    )
    return {row["code"]: row for row in rows}


def bonuses(reader: Reader, week: str, unit: str) -> list[dict[str, Any]]:
    """Added points of one unit in a week, newest revision, the largest first."""
    return reader.rows(
        f"""
        SELECT b.* FROM bonus_row AS b JOIN {LATEST} USING (week, revision)
        WHERE b.week = $week AND b.unit_code = $unit ORDER BY b.points DESC, b.indicator_id, b.bonus_id
        """,
        {"week": week, "unit": unit},
    )


def points_by_indicator(reader: Reader, week: str, revision: int | None = None) -> list[dict[str, Any]]:
    """Points lost by each unit on each indicator in a week."""
    return reader.rows(
        f"""
        SELECT d.unit_code, d.indicator_id, sum(d.points) AS points, count(*) FILTER (NOT d.is_veto) AS n
        FROM deduction AS d WHERE d.week = $week AND d.{REVISION} GROUP BY d.unit_code, d.indicator_id ORDER BY sum(d.points) DESC
        """,
        {"week": week, "revision": revision},
    )


def units(reader: Reader) -> list[dict[str, Any]]:
    """All units in their order, closed ones too, each once and by its present name."""
    return reader.rows(
        "SELECT unit_code, unit_name, coalesce(short_name, unit_name) AS short_name, unit_group "
        f"FROM {valid.UNITS} AS u ORDER BY sort_order, unit_code"
    )


def unit_objects(reader: Reader, unit: str) -> list[dict[str, Any]]:
    """Sites and accounts of a unit, closed ones too."""
    return reader.rows(
        f"""
        SELECT '网站' AS kind, site_code AS code, site_name AS name, url, state, valid_from, valid_to, note
        FROM {valid.SITES} AS s WHERE unit_code = $unit
        UNION ALL SELECT platform, account_code, account_name, url, state, valid_from, valid_to, note
        FROM {valid.ACCOUNTS} AS a WHERE unit_code = $unit
        ORDER BY 1, 2
        """,
        {"unit": unit},
    )


def recent_values(reader: Reader, count: int = 6) -> dict[tuple[str, str], list[float]]:
    """(indicator, object) → its measured values in the last `count` scored weeks, oldest first."""
    rows = reader.rows(
        f"""
        SELECT r.indicator_id, coalesce(r.site_code, r.account_code, r.unit_code) AS code, list(r.value ORDER BY r.week) AS series
        FROM indicator_result AS r JOIN {LATEST} USING (week, revision)
        WHERE r.value IS NOT NULL AND r.week IN (SELECT DISTINCT week FROM score ORDER BY week DESC LIMIT $count) GROUP BY ALL
        """,
        {"count": count},
    )
    return {(row["indicator_id"], row["code"]): row["series"] for row in rows}


def object_names(reader: Reader) -> dict[str, str]:
    """Code → name of every site, account and unit."""
    rows = reader.rows(
        f"SELECT site_code AS code, site_name AS name FROM {valid.SITES} AS s "
        f"UNION ALL SELECT account_code, account_name FROM {valid.ACCOUNTS} AS a "
        f"UNION ALL SELECT unit_code, unit_name FROM {valid.UNITS} AS u"
    )
    return {row["code"]: row["name"] for row in rows}
