"""What a page with findings looked like, fit to be kept: every personal datum masked, nothing else changed.

The source is kept where masking it is enough. Where a number hides in the markup (entities, tags within), so that
it would still be read from the page, the masked visible text is kept instead.
"""

from __future__ import annotations

from cockpit.detect import page as pages
from cockpit.detect import privacy

MOST_SOURCE = 1_500_000  # characters of a source that are looked through
TEXT_HEAD = "【只保留正文：源码里的个人信息无法逐处遮盖】\n"


def of_page(html: str, page: pages.Page) -> bytes:
    """The masked source of a page, or its masked text."""
    if len(html) <= MOST_SOURCE:
        source = privacy.masked(html)
        if not privacy.find(pages.parse(source, page.url).text):
            return source.encode("utf-8", "replace")
    return of_text(TEXT_HEAD + page.text)


def of_text(text: str) -> bytes:
    """Masked text, of an attachment or of a page."""
    return privacy.masked(text).encode("utf-8", "replace")
