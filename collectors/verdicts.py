"""From what a request came to, to a verdict on the link: ok, dead, soft_404, unsure or skipped.

404, 410, a name that does not exist, a redirect loop and a malformed address are dead once a second request
agrees. 5xx, refused, timeout, reset and TLS failure are dead when a later look sees the same: within `check`
that is the second look of the same run, a pause later and with more time; `patrol` waits for another run.
401, 403, 405 and 429 never are.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DEAD_AT_ONCE = frozenset({"not_found_404", "gone_410", "dns", "redirect_loop", "bad_url", "client_4xx"})
DEAD_WHEN_LASTING = frozenset({"server_5xx", "refused", "timeout", "reset", "tls", "too_slow", "bad_answer"})
SECOND_LOOK = DEAD_WHEN_LASTING | (DEAD_AT_ONCE - {"bad_url"}) | {"dns_temporary", "decode", "content_length"}
_OTHER: Mapping[str, str] = MappingProxyType(
    {
        "too_large": "ok",
        "not_html": "ok",
        "soft_404": "soft_404",
        "private_address": "skipped",
        "robots": "skipped",
        "budget_links": "skipped",
        "budget_time": "skipped",
        "budget_pages": "skipped",
        "stopped": "skipped",
        "unsupported_scheme": "skipped",
    }
)


# 4xx that guards and busy servers send to programs (a well-known WAF answers 412): they tell nothing of the link.
_NOT_TOLD = frozenset({406, 408, 412, 418, 421, 423, 425, 431})


def first(cause: str | None, status: int | None = None) -> str:
    """The verdict after one look."""
    if cause is None:
        return "ok"
    if cause in DEAD_AT_ONCE:
        return "unsure" if status in _NOT_TOLD else "dead"
    return _OTHER.get(cause, "unsure")


def lasting(cause: str | None, status: int | None = None) -> str:
    """The verdict after a look that saw the same failure before."""
    return "dead" if cause in DEAD_WHEN_LASTING else first(cause, status)


def same_failure(one: str | None, other: str | None) -> bool:
    """Two looks agree: both failed in a way that can be dead."""
    return one in DEAD_WHEN_LASTING | DEAD_AT_ONCE and other in DEAD_WHEN_LASTING | DEAD_AT_ONCE
