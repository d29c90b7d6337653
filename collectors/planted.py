"""寄生页面: a site that answers any made-up address with a page of the black link trade."""

from __future__ import annotations

from cockpit.detect import illicit
from cockpit.detect import page as pages
from cockpit.detect.hidden import HiddenLink
from collectors.fetch import Response

MOST_TEXT = 20_000


def judge(start: str, nothing: Response, home: Response) -> HiddenLink | None:
    """`nothing`: the answer to a made-up address. What the home page says as well proves nothing."""
    page, own = _parsed(nothing), _parsed(home)
    new = illicit.accused(f"{page.title}\n{page.text[:MOST_TEXT]}") - illicit.accused(
        f"{own.title}\n{own.text[:MOST_TEXT]}"
    )
    if not new:
        return None
    why = f"随意编造的地址也返回违法内容（{'、'.join(sorted(new)[:3])}），例如 {nothing.url}"
    return HiddenLink(start, "cloaking_made_up", page.title[:200], 1, "critical", why)


def _parsed(answer: Response) -> pages.Page:
    return pages.parse(pages.decode(answer.body, answer.content_type)[0], answer.final_url)
