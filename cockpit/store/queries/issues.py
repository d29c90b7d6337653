"""Questions about closed weeks: issues (期), what they froze, and which facts came later."""

from __future__ import annotations

from typing import Any

from cockpit.store.reader import Reader


def issues(reader: Reader, week: str | None = None) -> list[dict[str, Any]]:
    """Closed issues, newest week and revision first."""
    return reader.rows(
        "SELECT * FROM issue WHERE $week IS NULL OR week = $week ORDER BY week DESC, revision DESC",
        {"week": week},
    )


def files(reader: Reader, week: str, revision: int) -> dict[str, str]:
    """Name → text of the rules, registers and calendar an issue was closed with."""
    rows = reader.rows(
        "SELECT file_name, content FROM issue_file WHERE week = ? AND revision = ?", [week, revision]
    )
    return {row["file_name"]: row["content"] for row in rows}


def kept_files(reader: Reader, week: str, revision: int) -> dict[str, tuple[str, str]]:
    """Name → text and digest of every file an issue keeps."""
    rows = reader.rows(
        "SELECT file_name, content, content_sha256 FROM issue_file WHERE week = ? AND revision = ?",
        [week, revision],
    )
    return {row["file_name"]: (row["content"], row["content_sha256"]) for row in rows}


def frozen(reader: Reader, table: str, week: str, revision: int) -> list[dict[str, Any]]:
    """The rows of one frozen table of an issue."""
    if table not in {
        "indicator_result",
        "frozen_evidence",
        "score",
        "deduction",
        "bonus_row",
        "object_score",
        "due_matter",
    }:
        raise ValueError(table)
    return reader.rows(f"SELECT * FROM {table} WHERE week = ? AND revision = ?", [week, revision])


def batches_until(reader: Reader, until: Any) -> list[str]:
    """Batches that had been loaded when an issue was closed."""
    rows = reader.rows("SELECT batch_id FROM batch WHERE loaded_at <= ? ORDER BY batch_id", [until])
    return [row["batch_id"] for row in rows]


def digests(reader: Reader) -> list[dict[str, Any]]:
    """Every rule table that weeks were scored or closed with: version, sha256, first and last week."""
    return reader.rows(
        """
        SELECT rules_version, rules_sha256, min(week) AS first_week, max(week) AS last_week
        FROM (SELECT week, rules_version, rules_sha256 FROM score UNION ALL SELECT week, rules_version, rules_sha256 FROM issue)
        WHERE rules_sha256 IS NOT NULL GROUP BY ALL ORDER BY first_week, rules_sha256
        """
    )
