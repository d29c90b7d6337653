"""Open findings as the search for common causes wants them."""

from __future__ import annotations

from typing import Any

from cockpit.store import valid
from cockpit.store.marks import HEARD
from cockpit.store.reader import Reader


def findings(reader: Reader) -> list[dict[str, Any]]:
    """Open findings of links, hidden links and wording with their sites, in a stable order."""
    return reader.rows(
        f"""
        SELECT f.finding_id, f.aspect, f.kind, f.site_code, f.target, f.text, f.places, f.page_url, f.first_seen,
               s.site_name, s.url AS site_url, s.unit_code, u.unit_name, u.sort_order
        FROM finding AS f JOIN {valid.SITES} AS s USING (site_code) LEFT JOIN {valid.UNITS} AS u ON u.unit_code = s.unit_code
        WHERE f.gone_at IS NULL AND s.state = 'active' AND {HEARD}
          AND (f.kind LIKE 'link.%' OR f.kind LIKE 'hidden.%' OR f.kind LIKE 'wording.%')
        ORDER BY u.sort_order, f.site_code, f.first_seen, f.finding_id
        """
    )
