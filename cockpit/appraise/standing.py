"""Which findings stand at an instant: open then, or, for kinds that must be confirmed, seen in n of the last m looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cockpit.appraise.moment import Moment, Queries
from cockpit.store import marks

_COLUMNS = "f.finding_id, f.site_code, f.kind, f.target, f.page_url, f.text, f.suggestion, f.excerpt, f.places, f.rule, f.cause"
_WANTED = (
    f"f.kind IN (SELECT unnest($kinds)) AND {marks.COUNTED}"  # false alarms and dropped rules are silent
)
_OPEN = f"""
    SELECT {_COLUMNS}, s.opened_at AS first_seen FROM finding_span AS s JOIN finding AS f USING (finding_id)
    WHERE s.opened_at < $at AND (s.closed_at IS NULL OR s.closed_at >= $at) AND {_WANTED}
    ORDER BY s.opened_at, f.finding_id
"""
# A look saw a finding when one of its spans covers it: a span ends with the first look that misses the finding.
_CONFIRMED = f"""
    WITH look AS (
        SELECT site_code, aspect, measured_at FROM coverage WHERE ok AND measured_at < $at AND site_code IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY site_code, aspect ORDER BY measured_at DESC) <= $of)
    SELECT {_COLUMNS}, min(s.opened_at) AS first_seen
    FROM look JOIN finding AS f ON f.site_code = look.site_code AND f.aspect = look.aspect
         JOIN finding_span AS s ON s.finding_id = f.finding_id AND s.opened_at <= look.measured_at
              AND (s.closed_at IS NULL OR s.closed_at > look.measured_at)
    WHERE {_WANTED} GROUP BY ALL HAVING count(DISTINCT look.measured_at) >= $seen ORDER BY first_seen, f.finding_id
"""


def open_findings(
    q: Queries, m: Moment, kinds: Sequence[str], severities: Sequence[str] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Site → findings of some kinds that stood at the instant: open then, or seen in n of the last m looks."""
    at_once = [k for k in kinds if k not in m.confirms]
    rows = q.rows(_OPEN, _asked(m, at_once, severities)) if at_once else []
    for kind in (k for k in kinds if k in m.confirms):
        seen, of = m.confirms[kind]
        rows += q.rows(_CONFIRMED, {**_asked(m, [kind], severities), "seen": seen, "of": of})
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["site_code"], []).append(row)
    return found


def _asked(m: Moment, kinds: Sequence[str], severities: Sequence[str] | None) -> dict[str, Any]:
    return {"at": m.at, "day": m.day, "kinds": list(kinds), "severities": severities and list(severities)}
