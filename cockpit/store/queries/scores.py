"""Questions about weekly scores."""

from __future__ import annotations

from typing import Any

from cockpit.store.reader import Reader

# The newest revision of each week.
LATEST = "(SELECT week, max(revision) AS revision FROM score GROUP BY week)"


def stored_scores(reader: Reader, week: str) -> list[dict[str, Any]]:
    """Scores of a week, newest revision, with unit names, by group and rank."""
    return reader.rows(
        f"""
        SELECT s.*, u.unit_name, u.short_name, u.sort_order FROM score AS s JOIN {LATEST} USING (week, revision)
        LEFT JOIN unit AS u USING (unit_code) WHERE week = ?
        ORDER BY s.unit_group, s.rank_in_group NULLS LAST, u.sort_order
        """,
        [week],
    )


def weeks(reader: Reader) -> list[str]:
    """Weeks that have scores, newest first."""
    return [row["week"] for row in reader.rows("SELECT DISTINCT week FROM score ORDER BY week DESC")]
