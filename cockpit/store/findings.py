"""The life of a finding: sightings become change points with a stable identity (architecture §4.4).

`finding_id` is a digest of kind, object, target and locator. A coverage row says that a run looked at an
aspect of a site; what was not sighted there then is gone, but only where the run really looked: everywhere
when the walk was complete, otherwise only on the pages it visited. Runs are taken in the order of their
measurement, so several nights loaded at once give the same history as one by one.
"""

from __future__ import annotations

import duckdb

FINDING_ID = (
    "'F' || left(md5(concat_ws(chr(31), kind, coalesce(site_code, account_code, ''), target, "
    "coalesce(locator, ''))), 15)"
)
_DESCRIPTION = (
    "page_url, severity, confidence, text, excerpt, suggestion, rule, technique, line, places, "
    "http_status, cause, content_sha256, run_id, place, source_page, detector_version, snapshot_sha256"
)


def merge_findings(con: duckdb.DuckDBPyConnection, has_coverage: bool, has_pages: bool) -> None:
    """Merge `in_sighting` (and the absences told by `in_coverage`) into finding and finding_span."""
    _number_the_steps(con, has_coverage)
    (last,) = con.execute("SELECT coalesce(max(step), -1) FROM step").fetchone()
    (orphans,) = con.execute("SELECT count(*) FROM seen WHERE step = -1").fetchone()
    for step in range(-1 if orphans else 0, last + 1):
        con.execute("CREATE OR REPLACE TEMP TABLE now_seen AS SELECT * FROM seen WHERE step = ?", [step])
        _update_known(con)
        _insert_new(con)
        _close_absent(con, step, has_pages)


def _number_the_steps(con: duckdb.DuckDBPyConnection, has_coverage: bool) -> None:
    """`step`: the k-th look at an aspect of an object; `seen`: sightings with the step they belong to."""
    source = "in_coverage" if has_coverage else "(SELECT * FROM coverage WHERE false)"
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE step AS
        SELECT run_id, aspect, coalesce(site_code, account_code, unit_code) AS object, measured_at,
               coalesce(complete, true) AS complete,
               row_number() OVER (PARTITION BY aspect, object ORDER BY measured_at) - 1 AS step
        FROM {source} WHERE ok
        """
    )
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE seen AS
        SELECT {FINDING_ID} AS finding_id, s.*, coalesce(step.step, -1) AS step
        FROM in_sighting AS s
        LEFT JOIN step ON step.run_id = s.run_id AND step.aspect = s.aspect
             AND step.object = coalesce(s.site_code, s.account_code)
        QUALIFY row_number() OVER (PARTITION BY finding_id, step ORDER BY s.measured_at DESC, s.places DESC) = 1
        """
    )


def _update_known(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        """
        INSERT INTO finding_span
        SELECT finding_id, s.measured_at, NULL FROM finding AS f JOIN now_seen AS s USING (finding_id)
        WHERE f.gone_at IS NOT NULL
        """
    )
    sets = ", ".join(f"{column} = s.{column}" for column in _DESCRIPTION.split(", "))
    con.execute(
        f"""
        UPDATE finding SET {sets}, last_seen = greatest(finding.last_seen, s.measured_at),
               gone_at = NULL, times = times + 1
        FROM now_seen AS s WHERE finding.finding_id = s.finding_id
        """
    )


def _insert_new(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT finding_id, aspect, kind, site_code, account_code, target, locator, {_DESCRIPTION},
               measured_at AS first_seen, measured_at AS last_seen, 1 AS times
        FROM now_seen WHERE finding_id NOT IN (SELECT finding_id FROM finding)
        """
    )
    con.execute("INSERT INTO finding BY NAME SELECT * FROM fresh")
    con.execute("INSERT INTO finding_span SELECT finding_id, first_seen, NULL FROM fresh")


def _close_absent(con: duckdb.DuckDBPyConnection, step: int, has_pages: bool) -> None:
    visited = (
        "EXISTS (SELECT 1 FROM in_page AS p WHERE p.run_id = step.run_id AND p.site_code = f.site_code "
        "AND p.url = f.page_url)"
        if has_pages
        else "false"
    )
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE gone AS
        SELECT f.finding_id, min(step.measured_at) AS gone_at
        FROM finding AS f JOIN step ON step.step = ? AND step.aspect = f.aspect
             AND step.object = coalesce(f.site_code, f.account_code)
        WHERE f.gone_at IS NULL AND f.last_seen < step.measured_at
          AND f.finding_id NOT IN (SELECT finding_id FROM now_seen)
          AND (step.complete OR {visited})
        GROUP BY f.finding_id
        """,
        [step],
    )
    con.execute(
        "UPDATE finding SET gone_at = gone.gone_at FROM gone WHERE finding.finding_id = gone.finding_id"
    )
    con.execute(
        "UPDATE finding_span SET closed_at = gone.gone_at FROM gone "
        "WHERE finding_span.finding_id = gone.finding_id AND finding_span.closed_at IS NULL"
    )
