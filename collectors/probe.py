"""`python -m collectors probe`: can each home page be opened within 15 seconds, over IPv4 and IPv6?

Rule: 国办秘函〔2019〕19号, 站点无法访问: not opened within (and including) 15 seconds counts as failed. A visit
that our own side spoiled (no route, resolver down, refused by policy) is not a visit: `measured` is false and
it stays out of the denominator.
"""

from __future__ import annotations

import argparse

from cockpit.causes import cause as cause_of
from collectors import siterun
from collectors.fetch import Fetcher, Response

SECONDS = 15.0  # 超过（含）15 秒
HOME_BYTES = 2_000_000
NO_ADDRESS = frozenset({"dns", "dns_temporary", "bad_url"})  # over IPv6 there is nothing to ask either


def opened(answer: Response) -> tuple[bool, str | None]:
    """Whether an answer counts as opened, and the cause if not. Any page the site itself serves counts."""
    if answer.cause == "too_large" or (answer.cause is None and answer.seconds < SECONDS):
        return True, None
    return False, answer.cause or "too_slow"


def counts(cause: str | None) -> bool:
    """A failed visit counts against the site unless the fault is ours or the network's (causes.toml)."""
    return cause is None or cause_of(cause).fault == "site"


def _visit(
    rows: siterun.Rows, site: siterun.Site, fetcher: Fetcher, now: siterun.datetime
) -> siterun.Outcome:
    answer = fetcher.get(site.url, family=4, max_bytes=HOME_BYTES, seconds=SECONDS)
    cause = _add(rows, site, now, answer, "4")
    if cause not in NO_ADDRESS and fetcher.has_address(site.url, 6):
        six = fetcher.get(site.url, family=6, max_bytes=HOME_BYTES, seconds=SECONDS)
        _add(rows, site, now, six, "6")
    return siterun.Outcome(counts(cause), None if counts(cause) else cause, pages=1, items=1)


def _add(
    rows: siterun.Rows, site: siterun.Site, now: siterun.datetime, answer: Response, family: str
) -> str | None:
    ok, cause = opened(answer)
    rows.add(
        "probe",
        measured_at=now,
        site_code=site.site_code,
        family=family,
        ok=ok,
        cause=cause,
        measured=counts(cause),
        http_status=answer.status,
        seconds=answer.seconds,
        address=answer.address,
    )
    return cause


def add_arguments(parser: argparse.ArgumentParser) -> None:
    siterun.add_arguments(parser)


def main(args: argparse.Namespace) -> int:
    return siterun.run(args, collector="probe", aspect="availability", visit=_visit)
