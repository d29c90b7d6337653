"""Questions about snapshots of pages with findings."""

from __future__ import annotations

from typing import Any

from cockpit.store.reader import Reader


def newest_snapshots(reader: Reader) -> list[dict[str, Any]]:
    """The newest snapshot of every address in every form."""
    return reader.rows(
        "SELECT * FROM snapshot QUALIFY row_number() OVER (PARTITION BY site_code, url, form ORDER BY measured_at DESC) = 1"
    )


def guarded_snapshots(reader: Reader) -> set[str]:
    """Digests of snapshots behind a deduction that was not cancelled."""
    rows = reader.rows(
        """
        SELECT DISTINCT s.snapshot_sha256 FROM snapshot AS s
        JOIN finding AS f ON f.site_code = s.site_code AND f.page_url = s.url
        JOIN deduction AS d ON d.finding_id = f.finding_id WHERE d.state IS DISTINCT FROM 'cancelled'
        """
    )
    return {row["snapshot_sha256"] for row in rows}


def snapshots_of(reader: Reader, finding_id: str) -> list[dict[str, Any]]:
    """Snapshots of the page of a finding, newest first."""
    return reader.rows(
        """
        SELECT s.* FROM snapshot AS s JOIN finding AS f ON f.site_code = s.site_code AND f.page_url = s.url
        WHERE f.finding_id = $id ORDER BY s.measured_at DESC, s.snapshot_sha256
        """,
        {"id": finding_id},
    )
