"""One row per unit, site and account: registers keep a row for each period, and a join must not double what it names.

A unit that was renamed, regrouped or merged has several rows with `valid_from` and `valid_to`. `on` gives the row that
holds on a day; where none does, the last one that had begun (a closed unit keeps its name).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

KEYS: Mapping[str, str] = MappingProxyType(
    {"unit": "unit_code", "site": "site_code", "account": "account_code"}
)
# The Beijing day the database was brought up to
TODAY = "(SELECT (max(value)::TIMESTAMP + INTERVAL 8 HOUR)::DATE FROM meta WHERE key = 'loaded_at')"


def on(table: str, day: str = TODAY, home: str = "") -> str:
    """A subquery with one row per code of a register, as of a day (an SQL expression). `home`: a schema prefix."""
    began = f"coalesce(valid_from, DATE '1900-01-01') <= coalesce({day}, DATE '9999-01-01')"
    lasts = f"coalesce(valid_to, DATE '9999-01-02') > coalesce({day}, DATE '9999-01-01')"
    order = f"({began} AND {lasts}) DESC, {began} DESC, valid_from DESC NULLS LAST"
    return f"(SELECT * FROM {home}{table} QUALIFY row_number() OVER (PARTITION BY {KEYS[table]} ORDER BY {order}) = 1)"


def sunday(week: str) -> str:
    """The last day of an ISO week given as an SQL expression like 2026-W47."""
    return f"strptime({week} || '-7', '%G-W%V-%u')::DATE"


UNITS, SITES, ACCOUNTS = on("unit"), on("site"), on("account")
