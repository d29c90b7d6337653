"""Questions of 政务新媒体: every account with its newest post, rhythm and interaction."""

from __future__ import annotations

from datetime import date
from typing import Any

from cockpit.store import valid
from cockpit.store.reader import Reader

WINDOW_DAYS = 30


def account_list(reader: Reader, day: date) -> list[dict[str, Any]]:
    """Every account opened by a day: newest post, posts and interactions of the last 30 days, newest check and events."""
    return reader.rows(
        f"""
        WITH posts AS (
            SELECT account_code, max(posted_on) AS latest,
                   count(*) FILTER (posted_on > $day::DATE - to_days($window::INTEGER)) AS posts,
                   sum(interactions) FILTER (posted_on > $day::DATE - to_days($window::INTEGER)) AS interactions
            FROM post WHERE posted_on <= $day GROUP BY account_code
        ), checks AS (
            SELECT * EXCLUDE (note, measured_at) FROM account_check WHERE checked_on <= $day
            QUALIFY row_number() OVER (PARTITION BY account_code ORDER BY checked_on DESC) = 1
        ), events AS (
            SELECT account_code, max(approved_on) FILTER (event_kind = '备案') AS filed_on,
                   max(approved_on) FILTER (event_kind = '注销') AS deregistered_on,
                   bool_or(approved_on IS NULL) AS pending
            FROM account_event WHERE applied_on <= $day GROUP BY account_code
        )
        SELECT a.account_code, a.account_name, a.unit_code, a.platform, a.url, a.state, a.valid_from, a.valid_to, a.note,
               u.unit_name, coalesce(u.short_name, u.unit_name) AS short_name, u.has_service,
               p.latest, coalesce(p.posts, 0) AS posts, p.interactions, c.* EXCLUDE (account_code),
               e.filed_on, e.deregistered_on, coalesce(e.pending, false) AS pending, e.account_code IS NOT NULL AS has_event,
               (SELECT count(*) > 0 FROM account_event) AS events_kept
        FROM {valid.on("account", "$day")} AS a LEFT JOIN {valid.on("unit", "$day")} AS u USING (unit_code) LEFT JOIN posts AS p USING (account_code)
        LEFT JOIN checks AS c USING (account_code) LEFT JOIN events AS e USING (account_code)
        WHERE coalesce(a.valid_from, DATE '1900-01-01') <= $day ORDER BY u.sort_order, a.account_code
        """,
        {"day": day, "window": WINDOW_DAYS},
    )


def posts_of(reader: Reader, account: str, limit: int = 20) -> list[dict[str, Any]]:
    """The newest posts of one account."""
    return reader.rows(
        "SELECT posted_on, title, url, interactions FROM post WHERE account_code = $account ORDER BY posted_on DESC, post_id LIMIT $limit",
        {"account": account, "limit": limit},
    )


def events_of(reader: Reader, account: str) -> list[dict[str, Any]]:
    """The life of one account: opened, filed, changed, suspended, deregistered."""
    return reader.rows(
        "SELECT event_kind, applied_on, approved_on, approved_by FROM account_event WHERE account_code = $account ORDER BY applied_on",
        {"account": account},
    )
