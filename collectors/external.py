"""外链变异: an outside page that a government site links to has become gambling, porn, or a parked domain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cockpit.detect import illicit
from cockpit.detect import page as pages
from cockpit.detect.hidden import HiddenLink
from collectors.walk import Walked

LEAST_TERMS = 2
_PARKED = re.compile(
    r"域名(?:出售|转让|停放|已过期|正在出售)|此域名(?:可|正在)出售|domain (?:is )?(?:for sale|parked|has expired)|buy this domain",
    re.IGNORECASE,
)


def find(walked: Walked) -> Iterator[tuple[str, HiddenLink]]:
    """(source page, finding) for every outside target gone bad; one per source page that links to it."""
    for link, answer in walked.external:
        page = pages.parse(pages.decode(answer.body, answer.content_type)[0], answer.final_url)
        terms = illicit.terms(f"{page.title} {page.text[:5000]}")
        parked = _PARKED.search(page.title) or (len(page.text) < 3000 and _PARKED.search(page.text))
        if len(terms) >= LEAST_TERMS:
            technique, severity, why = (
                "external_bad",
                "critical",
                f"外部网站已变成违法内容（{'、'.join(terms[:3])}）",
            )
        elif parked:
            technique, severity, why = "external_parked", "medium", "外部域名已停放或在出售"
        else:
            continue
        for source, text in link.places:
            yield walked.sources[source], HiddenLink(link.url, technique, text, 1, severity, why)
