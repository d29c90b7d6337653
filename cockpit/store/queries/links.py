"""Questions about links."""

from __future__ import annotations

from typing import Any

from cockpit.store.reader import Reader


def failing_links(reader: Reader) -> list[dict[str, Any]]:
    """Site and address of every link that the last patrols saw fail."""
    return reader.rows("SELECT site_code, url FROM link WHERE verdict IN ('dead', 'unsure')")
