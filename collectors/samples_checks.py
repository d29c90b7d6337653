"""What the collectors of IPv6 and certificates would have written about the demonstration city."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from collectors.certificate import FINDINGS
from collectors.samples_city import Actor, hash_of

Row = tuple[str, dict[str, Any]]
HEADERS = ("content-security-policy", "strict-transport-security", "x-frame-options", "referrer-policy")


def unreachable(actor: Actor, day: date, last: date) -> bool:
    """Whether the collectors' own network does not reach the site on a day."""
    return actor.story.unreachable is not None and (last - day).days <= actor.story.unreachable


def ipv6(actor: Actor, day: date, last: date, at: datetime) -> Iterator[Row]:
    assert actor.site is not None
    common = {"run_id": f"demo-ipv6-{day:%Y%m%d}", "measured_at": at, "site_code": actor.site.site_code}
    if unreachable(actor, day, last):
        yield "coverage", {**common, "collector": "ipv6", "aspect": "ipv6", "ok": False, "cause": "no_route"}
        return
    ago = (last - day).days
    lost = actor.story.no_aaaa is not None and ago <= actor.story.no_aaaa
    rate = 0.0 if lost else actor.ipv6 if ago <= actor.story.ipv6_since else 1.0
    totals = {2: 0, 3: 0} if actor.story.no_links else {2: 180, 3: 640}
    reached = {level: int(total * rate + 1e-6) for level, total in totals.items()}
    yield (
        "coverage",
        {
            **common,
            "collector": "ipv6",
            "aspect": "ipv6",
            "ok": True,
            "complete": True,
            "items": sum(totals.values()),
        },
    )
    yield (
        "ipv6_check",
        {
            **common,
            "has_aaaa": not lost,
            "home_ok": not lost,
            "level2_total": totals[2],
            "level2_ok": reached[2],
            "level3_total": totals[3],
            "level3_ok": reached[3],
            "cause": "no_aaaa" if lost else None,
        },
    )
    for level in (2, 3):
        for number in range(totals[level] - reached[level]):
            shared = not lost and number % 3 == 2  # one video host of the city is the cause on several sites
            host = (
                "video.demo.example"
                if shared
                else f"{'' if lost else 'inner.'}{actor.key.lower()}.demo.example"
            )
            yield (
                "ipv6_link",
                {
                    **common,
                    "url": f"http://{host}/{level}/{number}",
                    "level": level,
                    "host": host,
                    "cause": "timeout" if shared else "no_aaaa",
                },
            )


def certificate(actor: Actor, day: date, last: date, at: datetime) -> Iterator[Row]:
    assert actor.site is not None
    common = {
        "run_id": f"demo-certificate-{day:%Y%m%d}",
        "measured_at": at,
        "site_code": actor.site.site_code,
    }
    if unreachable(actor, day, last):
        yield (
            "coverage",
            {**common, "collector": "certificate", "aspect": "certificate", "ok": False, "cause": "no_route"},
        )
        return
    left = (200 if actor.story.certificate_days is None else actor.story.certificate_days) + (last - day).days
    https = actor.story.certificate != "no_https"
    cause = "expired" if left < 0 else "no_certificate" if not https else actor.story.certificate
    yield (
        "coverage",
        {
            **common,
            "collector": "certificate",
            "aspect": "certificate",
            "ok": True,
            "complete": True,
            "items": 1,
        },
    )
    yield (
        "certificate_check",
        {
            **common,
            "https": https,
            "chain_ok": cause is None if https else None,
            "not_after": at + timedelta(days=left) if https else None,
            "days_left": left if https else None,
            "issuer": "演示签发机构" if https else None,
            "tls_version": "TLSv1.3" if https else None,
            "redirects_to_https": https and hash_of(actor.key) % 4 != 0,
            "missing_headers": ",".join(HEADERS[: hash_of(actor.key) % (len(HEADERS) + 1)])
            if https
            else None,
            "cause": cause,
        },
    )
    found = FINDINGS.get(cause or "", ("certificate.expiring", "medium") if left <= 30 else None)
    if found:
        kind, severity = found
        yield (
            "sighting",
            {
                **common,
                "aspect": "certificate",
                "kind": kind,
                "target": actor.site.url,
                "page_url": actor.site.url,
                "severity": severity,
                "text": f"证书剩余 {left} 天" if https else None,
                "places": 1,
                "cause": cause,
            },
        )
