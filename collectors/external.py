"""外链变异: an outside page that a government site links to has become gambling, porn, or a parked domain."""

from __future__ import annotations

import re

from cockpit.detect import illicit
from cockpit.detect import page as pages
from cockpit.detect.hidden import HiddenLink
from collectors.fetch import Response

LEAST_TERMS = 2
_PARKED = re.compile(
    r"域名(?:出售|转让|停放|已过期|正在出售)|此域名(?:可|正在)出售|domain (?:is )?(?:for sale|parked|has expired)|buy this domain",
    re.IGNORECASE,
)


def judge(url: str, answer: Response) -> HiddenLink | None:
    """What an outside target has become; None where nothing is wrong. The text is filled in by the places."""
    page = pages.parse(pages.decode(answer.body, answer.content_type)[0], answer.final_url)
    terms = sorted(illicit.accused(f"{page.title} {page.text[:5000]}"))
    if len(terms) >= LEAST_TERMS:
        why = f"外部网站已变成违法内容（{'、'.join(terms[:3])}）"
        return HiddenLink(url, "external_bad", "", 1, "critical", why)
    if _PARKED.search(page.title) or (len(page.text) < 3000 and _PARKED.search(page.text)):
        return HiddenLink(url, "external_parked", "", 1, "medium", "外部域名已停放或在出售")
    return None
