"""All detectors over one text or one page, as the objects of the command-line contract."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from cockpit.detect import channels, dates, hidden, links, privacy, tags, wording
from cockpit.detect import page as pages
from cockpit.detect.finding import TextFinding


def text_findings(text: str, matcher: wording.Matcher, on: date | None = None) -> list[TextFinding]:
    """Privacy and wording findings of a text in order of position."""
    return sorted([*privacy.find(text), *matcher.find(text, on)], key=lambda f: (f.start, f.end))


def as_contract(finding: TextFinding) -> dict[str, Any]:
    """A finding as `scan` and `check` print it; the identity stays inside."""
    row = asdict(finding)
    del row["identity"]
    return row


def scan_text(text: str, matcher: wording.Matcher, on: date | None = None) -> list[dict[str, Any]]:
    """The `findings` of one text."""
    return [as_contract(f) for f in text_findings(text, matcher, on)]


def page_type(page: pages.Page, level: int | None = None) -> str:
    """home, channel or article, by address, tags, publish date and lists."""
    parts = urlsplit(page.url)
    bare = parts.path.lower() in {
        "",
        "/",
        "/index.html",
        "/index.htm",
        "/index.shtml",
        "/index.jsp",
        "/index.php",
        "/index.asp",
    }
    if level == 1 or (level is None and bare and not parts.query):
        return "home"
    if page.metas.get("articletitle") or page.metas.get("pubdate"):
        return "article"
    tagged = bool(page.metas.get("columnname"))
    if channels.lists_at_least(page, 3 if tagged else 5):  # cheaper than the date
        return "channel"
    dated = {"label", "url"} if tagged else {"meta", "label", "url", "json-ld"}
    return "article" if dates.published_at(page).source in dated else "channel"


def scan_html(
    body: bytes | str, url: str, matcher: wording.Matcher, content_type: str | None = None
) -> dict[str, Any]:
    """Everything that can be said about one page on its own."""
    html = body if isinstance(body, str) else pages.decode(body, content_type)[0]
    page = pages.parse(html, url)
    kind = page_type(page)
    published = dates.published_at(page) if kind == "article" else dates.Published(None, None)
    report = tags.check(page, kind, site_domain=urlsplit(url).hostname)
    return {
        "title": page.title,
        "published_at": published.day.isoformat() if published.day else None,
        "page_type": kind,
        "links": [{"url": link.url, "text": link.text, "kind": link.kind} for link in links.extract(page)],
        "hidden_links": [asdict(found) for found in hidden.find(page)],
        "tags": {"page_type": kind, "missing": list(report.missing), "invalid": list(report.invalid)},
        "findings": scan_text(page.text, matcher, published.day),
    }
