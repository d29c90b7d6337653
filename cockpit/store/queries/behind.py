"""The objects behind the number of a warning, as they stood at an instant: visits, pages, accounts, messages, links.

Every function takes `at` (naive UTC, excluded) and what tells the object apart; `q` is a reader or the connection of a load.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

# A visit inside a planned window is not counted
PLANNED = (
    "EXISTS (SELECT 1 FROM maintenance AS w WHERE w.site_code = p.site_code "
    "AND p.measured_at >= w.starts_at AND p.measured_at < w.ends_at)"
)
_VISIT = "p.measured_at, p.cause, p.http_status, p.seconds, p.address"
_COUNTED = f"""
    FROM probe AS p WHERE p.site_code = $site AND p.family = '4' AND p.measured
      AND p.measured_at >= $start AND p.measured_at < $at AND NOT {PLANNED}
"""
RUN_LIMIT = 48  # visits that are looked at for a run of failures


def findings(q: Any, ids: Sequence[str], day: date) -> list[dict[str, Any]]:
    """Findings by number, oldest first; of a channel also its newest date and how many days it is late on a day."""
    return q.rows(
        """
        SELECT f.finding_id, f.kind, f.target, f.text, f.suggestion, f.excerpt, f.page_url, f.technique, f.cause, f.http_status,
               coalesce(f.places, 1) AS places, f.first_seen, c.latest, c.period_days,
               CASE WHEN f.kind = 'channel.overdue' THEN greatest(1, date_diff('day', c.latest, $day::DATE) - c.period_days + 1) END AS late
        FROM finding AS f LEFT JOIN channel_check AS c ON c.site_code = f.site_code AND c.url = f.target AND f.kind LIKE 'channel.%'
        WHERE f.finding_id IN (SELECT unnest($ids)) ORDER BY late DESC NULLS LAST, f.places DESC, f.first_seen, f.finding_id
        """,
        {"ids": list(ids), "day": day},
    )


def failed_visits(q: Any, site: str, start: datetime, at: datetime) -> list[dict[str, Any]]:
    """Visits of a span that did not open, newest first."""
    return q.rows(
        f"SELECT {_VISIT} {_COUNTED} AND NOT p.ok ORDER BY p.measured_at DESC",
        {"site": site, "start": start, "at": at},
    )


def slow_visits(q: Any, site: str, start: datetime, at: datetime, least: float) -> list[dict[str, Any]]:
    """Visits of a span that opened in `least` seconds or more, the slowest first."""
    return q.rows(
        f"""
        SELECT {_VISIT} FROM probe AS p WHERE p.site_code = $site AND p.family = '4' AND p.ok
          AND p.measured_at >= $start AND p.measured_at < $at AND p.seconds >= $least ORDER BY p.seconds DESC, p.measured_at DESC
        """,
        {"site": site, "start": start, "at": at, "least": least},
    )


def newest_failures(q: Any, site: str, start: datetime, at: datetime) -> list[dict[str, Any]]:
    """The failed visits since the last one that opened, newest first."""
    visits = q.rows(
        f"SELECT p.ok, {_VISIT} {_COUNTED} ORDER BY p.measured_at DESC LIMIT {RUN_LIMIT}",
        {"site": site, "start": start, "at": at},
    )
    last = next((n for n, visit in enumerate(visits) if visit["ok"]), len(visits))
    return visits[:last]


def dated_pages(q: Any, site: str, at: datetime, day: date) -> list[dict[str, Any]]:
    """The pages whose dates tell when a home page was new: itself, or all second-level pages of a mere entrance."""
    pages = q.rows(
        """
        SELECT h.url, c.channel_name, h.latest, date_diff('day', h.latest, $day::DATE) AS age,
               CASE c.channel_type WHEN 'home' THEN 1 ELSE c.level END AS level
        FROM channel_history AS h JOIN channel_check AS c USING (site_code, url)
        WHERE h.site_code = $site AND h.measured_at < $at
        QUALIFY row_number() OVER (PARTITION BY h.url ORDER BY h.measured_at DESC) = 1 ORDER BY h.latest DESC NULLS LAST, h.url
        """,
        {"site": site, "at": at, "day": day},
    )
    dated = [page for page in pages if page["latest"] is not None]
    return [p for p in dated if p["level"] == 1] or [p for p in dated if p["level"] == 2]


def failing_ipv6(q: Any, site: str, level: int) -> list[dict[str, Any]]:
    """Links of a level that the newest check could not open over IPv6."""
    return q.rows(
        "SELECT url, host, cause, measured_at FROM ipv6_link WHERE site_code = $site AND level = $level ORDER BY host, url",
        {"site": site, "level": level},
    )


def account(q: Any, code: str, day: date) -> list[dict[str, Any]]:
    """An account with its newest post up to a day and the days since."""
    return q.rows(
        """
        SELECT a.account_name, a.platform, a.url, max(p.posted_on) AS latest, date_diff('day', max(p.posted_on), $day::DATE) AS age
        FROM account AS a LEFT JOIN post AS p ON p.account_code = a.account_code AND p.posted_on <= $day
        WHERE a.account_code = $code AND coalesce(a.valid_from, DATE '1900-01-01') <= $day AND coalesce(a.valid_to, DATE '9999-01-01') > $day
        GROUP BY ALL
        """,
        {"code": code, "day": day},
    )


def waiting_messages(q: Any, unit: str, since: date, day: date) -> list[dict[str, Any]]:
    """Valid messages of a unit that had no answer on a day, the oldest first."""
    return q.rows(
        """
        SELECT message_id, channel_in, received_on, date_diff('day', received_on, $day::DATE) AS age FROM message
        WHERE unit_code = $unit AND received_on <= $day AND received_on > $since AND valid IS DISTINCT FROM false
          AND (answered_on IS NULL OR answered_on > $day) ORDER BY received_on, message_id
        """,
        {"unit": unit, "since": since, "day": day},
    )


def corrected_cases(q: Any, unit: str, since: date, day: date) -> list[dict[str, Any]]:
    """Reviews and suits of a unit that ended with a correction after `since` up to a day."""
    return q.rows(
        """
        SELECT case_no, review_kind, filed_on, decided_on, outcome FROM review_case
        WHERE unit_code = $unit AND decided_on > $since AND decided_on <= $day AND outcome = '结果纠正' ORDER BY decided_on, case_no
        """,
        {"unit": unit, "since": since, "day": day},
    )
