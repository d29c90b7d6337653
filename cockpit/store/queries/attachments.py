"""Questions about attachments."""

from __future__ import annotations

from typing import Any

from cockpit.store.reader import Reader


def known_attachments(reader: Reader) -> list[dict[str, Any]]:
    """Every attachment as the last patrol of its site left it."""
    return reader.rows("SELECT * FROM attachment")


def attachment_findings(reader: Reader) -> list[dict[str, Any]]:
    """Open findings that lie in attachments."""
    return reader.rows(
        """
        SELECT f.* FROM finding AS f
        SEMI JOIN attachment AS a ON a.site_code = f.site_code AND a.url = f.page_url
        WHERE f.gone_at IS NULL AND f.aspect IN ('wording', 'privacy')
        """
    )
