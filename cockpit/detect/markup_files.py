"""Word and Excel files that are web pages inside (HTML, single-file MHT, Word 2003 XML), as many systems export them."""

from __future__ import annotations

import email
import re
from email.message import Message

from cockpit.detect import page as pages
from cockpit.detect import softpage

ENDINGS = frozenset(["doc", "xls", "wps", "et"])
ANYWHERE = "http://localhost/"
_MARKUP = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|html|head|body|table|meta|style|div|w:)", re.IGNORECASE
)
_ARCHIVE = re.compile(rb"\s*(?:MIME-Version|From|Subject|Date|Content-Type|X-MimeOLE)\s*:", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</(?:w:p|Row|text:p)>")
_CELL = re.compile(r"</(?:Cell|w:tc)>")


def text(content: bytes) -> str | None:
    """The visible text; None where the file is neither a page nor an archive of pages."""
    if _MARKUP.match(content[:500]):
        return _of_page(content, None)
    if not _ARCHIVE.match(content[:500]) or b"multipart" not in content[:4000].lower():
        return None
    found = [_of_part(part) for part in email.message_from_bytes(content).walk()]
    return "\n".join(part for part in found if part) or None


def _of_part(part: Message) -> str | None:
    if part.get_content_type() != "text/html":
        return None
    body = part.get_payload(decode=True)
    return _of_page(body, part.get("Content-Type")) if isinstance(body, bytes) else None


def _of_page(content: bytes, content_type: str | None) -> str | None:
    """None for a page that says that there is no document here."""
    markup = pages.decode(content, content_type)[0]
    page = pages.parse(_PARAGRAPH.sub("<br>", _CELL.sub("\t", markup)), ANYWHERE)
    return None if softpage.looks_gone(page) else page.text
