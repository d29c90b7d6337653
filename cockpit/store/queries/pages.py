"""Questions about pages that patrols looked at."""

from __future__ import annotations

from typing import Any

from cockpit.store.reader import Reader


def page_dates(reader: Reader) -> list[dict[str, Any]]:
    """Every article: when it was last looked at (UTC) and the publish date that it showed then (Beijing time)."""
    return reader.rows(
        "SELECT site_code, url, measured_at, published_at FROM page WHERE page_type = 'article' AND published_at IS NOT NULL"
    )
