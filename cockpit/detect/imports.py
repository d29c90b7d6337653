"""`@import` of style sheets: what a sheet takes in from others, as far as it holds on a desktop screen."""

from __future__ import annotations

import re

from cockpit.detect import links
from cockpit.detect.css import holds, without_comments

MOST = 20  # of one sheet
HEAD = 20_000  # characters: imports stand before all rules
_RULE = re.compile(
    r"""@import\s*(?:url\(\s*(?P<u>"[^"]{1,2000}"|'[^']{1,2000}'|[^"'()\s]{1,2000})\s*\)"""
    r"""|(?P<s>"[^"]{1,2000}"|'[^']{1,2000}'))\s*(?P<on>[^;{}]{0,300})(?:;|$)""",
    re.IGNORECASE,
)


def addresses(sheet: str, base: str) -> list[str]:
    """Addresses of imported sheets in order; those for print or narrow screens only are left out."""
    if "@import" not in sheet[:HEAD].lower():
        return []
    head = without_comments(sheet[:HEAD]).partition("{")[0]  # after the first rule an import is void
    found: dict[str, None] = {}
    for rule in _RULE.finditer(head):
        address = links.normalise((rule["u"] or rule["s"]).strip("\"'"), base)
        if address and holds(f"@media {rule['on']}".lower()):
            found[address] = None
    return list(found)[:MOST]
