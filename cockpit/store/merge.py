"""How the rows of pending batches become the tables: append, replace, change points, roll-ups.

Everything is set-based and runs inside the loader's one transaction over temporary tables `in_<table>`.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType

import duckdb

RAW_DAYS = 400  # raw probes and coverage are kept this long; the daily roll-up stays (architecture §5)


@dataclass(frozen=True)
class Replace:
    """Newest row wins for each key."""

    key: tuple[str, ...]
    newest: str | None = "measured_at"


@dataclass(frozen=True)
class ReplaceGroup:
    """All rows of a group are replaced by the rows of the group's newest run.

    `aspect`: a coverage row of this aspect with ok=true also empties a group that has no rows any more.
    """

    group: tuple[str, ...]
    aspect: str | None = None


APPEND = None

# Table → how it is merged. Order is the order of merging.
POLICY: Mapping[str, Replace | ReplaceGroup | None] = MappingProxyType(
    {
        "run": Replace(("run_id",), newest=None),
        "coverage": APPEND,
        "probe": APPEND,
        "page": Replace(("site_code", "url")),
        "link": Replace(("site_code", "url")),
        "link_place": ReplaceGroup(("site_code",), aspect="links"),
        "attachment": Replace(("site_code", "url")),
        "channel_check": Replace(("site_code", "url")),
        "ipv6_check": APPEND,
        "ipv6_link": ReplaceGroup(("site_code",), aspect="ipv6"),
        "certificate_check": APPEND,
        "application": Replace(("application_id",)),
        "review_case": Replace(("case_no",)),
        "mock_request": Replace(("mock_id",)),
        "annual_table2": Replace(("report_year", "unit_code", "report_item")),
        "annual_table3": Replace(("report_year", "unit_code", "report_item")),
        "annual_table4": Replace(("report_year", "unit_code", "report_item")),
        "disclosure_item": Replace(("item_code", "valid_from")),
        "normative_document": Replace(("doc_no",)),
        "policy_document": Replace(("doc_no",)),
        "interpreter": Replace(("interpreter_no",)),
        "policy_review": Replace(("review_no",)),
        "public_zone": Replace(("zone_no",)),
        "quarterly_report": Replace(("unit_code", "quarter", "report_kind")),
        "clause_task": Replace(("task_code",)),
        "task_progress": Replace(("task_code", "unit_code")),
        "commendation": Replace(("record_no",)),
        "serious_incident": Replace(("incident_no",)),
        "opinion_event": Replace(("opinion_no",)),
        "account_event": Replace(("event_no",)),
        "account_check": Replace(("account_code", "checked_on")),
        "message": Replace(("message_id",)),
        "post": Replace(("account_code", "post_id")),
        "service_guide": Replace(("item_id",)),
        "warning_log": APPEND,
        "warning_event": Replace(("event_id",), newest=None),
        "snapshot": Replace(("site_code", "url", "snapshot_sha256")),
        "finding_mark": Replace(("mark_id",), newest=None),
        "dispute": Replace(("dispute_id",), newest=None),
        "dispute_event": Replace(("event_id",), newest=None),
        "audit_note": Replace(("event_id",), newest=None),
        "delivery": Replace(("delivery_id",), newest=None),
        "delivery_item": Replace(("notice_id", "warning_id", "occasion"), newest=None),
        "indicator_result": ReplaceGroup(("week", "revision")),
        "deduction": ReplaceGroup(("week", "revision")),
        "bonus_row": ReplaceGroup(("week", "revision")),
        "object_score": ReplaceGroup(("week", "revision")),
        "score": ReplaceGroup(("week", "revision")),
        "frozen_evidence": ReplaceGroup(("week", "revision")),
        "due_matter": ReplaceGroup(("week", "revision")),
        "issue_file": ReplaceGroup(("week", "revision")),
        "issue": ReplaceGroup(("week", "revision")),
    }
)
# What belongs to an issue (期) and is never changed once it is closed.
FROZEN = (
    "indicator_result",
    "deduction",
    "bonus_row",
    "object_score",
    "score",
    "frozen_evidence",
    "due_matter",
    "issue_file",
    "issue",
)


def merge(con: duckdb.DuckDBPyConnection, present: Set[str]) -> None:
    """Merge the staging tables of `present` into the kept ones."""
    if present & set(FROZEN):
        _keep_closed_issues(con, present)
    if "channel_check" in present:
        _channel_history(con)
    if "link" in present:
        _link_daily(con)
        _forget_vanished_links(con, "coverage" in present)
    for name, policy in POLICY.items():
        if isinstance(policy, ReplaceGroup):
            _replace_group(con, name, policy, name in present, "coverage" in present)
        elif name in present:
            _append(con, name) if policy is APPEND else _replace(con, name, policy)
    if "probe" in present:
        _probe_daily(con)
    _prune(con)


def _keep_closed_issues(con: duckdb.DuckDBPyConnection, present: Set[str]) -> None:
    """Frozen is frozen (architecture §4.5): rows for a closed revision are dropped; of two closings the first holds."""
    closed = "SELECT week, revision, -1 AS _batch FROM issue"
    if "issue" in present:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE closing AS SELECT week, revision, min(_batch) AS _batch FROM in_issue GROUP BY ALL"
        )
        closed += " UNION ALL SELECT * FROM closing"
    for name in FROZEN:
        if name in present:
            con.execute(
                f"DELETE FROM in_{name} AS row USING ({closed}) AS kept "
                "WHERE kept.week = row.week AND kept.revision = row.revision AND kept._batch < row._batch"
            )
    if "score" in present:  # a week scored again may have no deduction left
        for name in ("indicator_result", "deduction", "bonus_row", "object_score", "frozen_evidence"):
            con.execute(
                f"DELETE FROM {name} WHERE (week, revision) IN (SELECT (week, revision) FROM in_score)"
            )


def _append(con: duckdb.DuckDBPyConnection, name: str) -> None:
    con.execute(f"INSERT INTO {name} BY NAME SELECT * EXCLUDE (_batch) FROM in_{name}")


def _replace(con: duckdb.DuckDBPyConnection, name: str, policy: Replace) -> None:
    keys = ", ".join(policy.key)
    order = f"{policy.newest} DESC, rowid DESC" if policy.newest else "rowid DESC"
    total, distinct = con.execute(f"SELECT count(*), count(DISTINCT ({keys})) FROM in_{name}").fetchone()
    if total != distinct:
        con.execute(
            f"DELETE FROM in_{name} WHERE rowid NOT IN (SELECT rowid FROM in_{name} "
            f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY {order}) = 1)"
        )
    match = " AND ".join(f"old.{key} = new.{key}" for key in policy.key)
    if policy.newest:
        con.execute(
            f"DELETE FROM in_{name} AS new USING {name} AS old "
            f"WHERE {match} AND old.{policy.newest} > new.{policy.newest}"
        )
    con.execute(f"DELETE FROM {name} AS old USING in_{name} AS new WHERE {match}")
    _append(con, name)


def _replace_group(
    con: duckdb.DuckDBPyConnection, name: str, policy: ReplaceGroup, has_rows: bool, has_coverage: bool
) -> None:
    group = ", ".join(policy.group)
    if policy.aspect and has_coverage:
        con.execute(
            f"DELETE FROM {name} WHERE ({group}) IN "
            f"(SELECT ({group}) FROM in_coverage WHERE aspect = ? AND ok)",
            [policy.aspect],
        )
    if not has_rows:
        return
    if policy.aspect:  # several runs of one site in one load: the newest run's rows are the state
        con.execute(
            f"DELETE FROM in_{name} WHERE rowid NOT IN (SELECT rowid FROM in_{name} "
            f"QUALIFY dense_rank() OVER (PARTITION BY {group} ORDER BY measured_at DESC) = 1)"
        )
        _drop_outlived(con, name, policy.aspect)
    else:
        con.execute(f"DELETE FROM {name} WHERE ({group}) IN (SELECT ({group}) FROM in_{name})")
        _keep_last_batch(con, name, group)
    _append(con, name)


def _keep_last_batch(con: duckdb.DuckDBPyConnection, name: str, group: str) -> None:
    """Two batches of one group in one load (a week scored twice): the later batch is the group."""
    con.execute(
        f"DELETE FROM in_{name} WHERE rowid NOT IN (SELECT rowid FROM in_{name} "
        f"QUALIFY dense_rank() OVER (PARTITION BY {group} ORDER BY _batch DESC) = 1)"
    )


def _drop_outlived(con: duckdb.DuckDBPyConnection, name: str, aspect: str) -> None:
    """Rows of an older run go when a newer run of the same load covered the site and saw nothing there."""
    con.execute(
        f"DELETE FROM in_{name} AS row USING in_coverage AS seen WHERE seen.aspect = ? AND seen.ok "
        "AND seen.site_code = row.site_code AND seen.measured_at > row.measured_at",
        [aspect],
    )


def _link_daily(con: duckdb.DuckDBPyConnection) -> None:
    """Daily counts from the rows of each site's last run of the day."""
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE day_links AS
        SELECT (measured_at + INTERVAL 8 HOUR)::DATE AS day, site_code, verdict, count(*) AS links
        FROM in_link
        WHERE (site_code, run_id) IN (
            SELECT (site_code, run_id) FROM in_link
            GROUP BY site_code, run_id, (measured_at + INTERVAL 8 HOUR)::DATE
            QUALIFY row_number() OVER (
                PARTITION BY site_code, (measured_at + INTERVAL 8 HOUR)::DATE
                ORDER BY max(measured_at) DESC) = 1)
        GROUP BY ALL
        """
    )
    con.execute("DELETE FROM link_daily WHERE (day, site_code) IN (SELECT (day, site_code) FROM day_links)")
    con.execute("INSERT INTO link_daily BY NAME SELECT * FROM day_links")


def _forget_vanished_links(con: duckdb.DuckDBPyConnection, has_coverage: bool) -> None:
    """After a complete walk, links that are no longer on the site leave the current state."""
    if not has_coverage:
        return
    for table in ("link", "in_link"):
        con.execute(
            f"""
            DELETE FROM {table} AS old USING (
                SELECT site_code, max(measured_at) AS seen_at FROM in_coverage
                WHERE aspect = 'links' AND ok AND complete GROUP BY site_code) AS walk
            WHERE old.site_code = walk.site_code AND old.measured_at < walk.seen_at
              AND old.run_id NOT IN (SELECT run_id FROM in_coverage WHERE aspect = 'links'
                                     AND site_code = walk.site_code AND measured_at = walk.seen_at)
            """
        )


def _channel_history(con: duckdb.DuckDBPyConnection) -> None:
    """A row is kept only where the newest date, the number of items or the state changed."""
    con.execute(
        """
        INSERT INTO channel_history BY NAME
        WITH known AS (
            SELECT site_code, url, measured_at, latest, items, state, false AS fresh FROM channel_history
            WHERE (site_code, url) IN (SELECT (site_code, url) FROM in_channel_check)
            QUALIFY row_number() OVER (PARTITION BY site_code, url ORDER BY measured_at DESC) = 1
            UNION ALL
            SELECT site_code, url, measured_at, latest, items, state, true
            FROM in_channel_check WHERE state <> 'unmeasured'
        ), compared AS (
            SELECT *, lag(struct_pack(latest, items, state)) OVER same AS before,
                   row_number() OVER same AS position
            FROM known WINDOW same AS (PARTITION BY site_code, url ORDER BY measured_at, fresh)
        )
        SELECT site_code, url, measured_at, latest, items, state FROM compared
        WHERE fresh AND (position = 1 OR before IS DISTINCT FROM struct_pack(latest, items, state))
        """
    )


def _probe_daily(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE touched AS
        SELECT DISTINCT (measured_at + INTERVAL 8 HOUR)::DATE AS day, site_code, family FROM in_probe
        """
    )
    con.execute(
        "DELETE FROM probe_daily WHERE (day, site_code, family) IN "
        "(SELECT (day, site_code, family) FROM touched)"
    )
    con.execute(
        """
        INSERT INTO probe_daily BY NAME
        SELECT (measured_at + INTERVAL 8 HOUR)::DATE AS day, site_code, family,
               count(*) FILTER (measured) AS visits,
               count(*) FILTER (measured AND NOT ok) AS failed,
               coalesce(sum(seconds) FILTER (ok), 0) AS seconds_sum,
               quantile_cont(seconds, 0.95) FILTER (ok) AS seconds_p95,
               max(seconds) FILTER (ok) AS seconds_max
        FROM probe
        WHERE ((measured_at + INTERVAL 8 HOUR)::DATE, site_code, family) IN
              (SELECT (day, site_code, family) FROM touched)
        GROUP BY ALL
        """
    )


def _prune(con: duckdb.DuckDBPyConnection) -> None:
    """Old raw rows go. Counted from a late but ordinary day, so that a clock that was ahead once deletes nothing."""
    for name in ("probe", "coverage"):
        con.execute(
            f"DELETE FROM {name} WHERE measured_at < "
            f"(SELECT quantile_disc(measured_at, 0.9) - INTERVAL {RAW_DAYS} DAY FROM {name})"
        )
