"""All detectors over one text or one page, as the objects of the command-line contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from cockpit.detect import channels, dates, hidden, links, privacy, tags, wording
from cockpit.detect import page as pages
from cockpit.detect.finding import TextFinding

CHUNK = 200_000  # characters looked at in one piece; beyond that a text is cut between sentences
MOST_FINDINGS = 5_000  # of one text: more are made to keep us busy
TOO_MUCH = "too_many_findings"
_BREAKS = ("\n", "。", "；", "，", " ")


@dataclass(frozen=True)
class Found:
    """Findings in order of position; `cut` = the character from which nothing was looked for, None = all was."""

    findings: list[TextFinding]
    cut: int | None = None


def look(text: str, matcher: wording.Matcher, on: date | None = None) -> Found:
    """Privacy and wording findings of a text of any length, in bounded time and memory."""
    if len(text) <= CHUNK:
        return _look(text, matcher, on)
    found: list[TextFinding] = []
    for start, end in _chunks(text):
        part = _look(text[start:end], matcher, on)
        found += [replace(f, start=f.start + start, end=f.end + start) for f in part.findings]
        if part.cut is not None:
            return Found(found, part.cut + start)
        if len(found) >= MOST_FINDINGS and end < len(text):
            return Found(found, end)
    return Found(found)


def _look(text: str, matcher: wording.Matcher, on: date | None) -> Found:
    found, cut = matcher.look(text, on)
    return Found(sorted([*privacy.find(text), *found], key=lambda f: (f.start, f.end)), cut)


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Pieces that end between sentences, or at least not within a number where that is possible."""
    start = 0
    while start < len(text):
        end = min(len(text), start + CHUNK)
        if end < len(text):
            late = (text.rfind(mark, end - CHUNK // 10, end) + 1 for mark in _BREAKS)
            end = next((at for at in late if at), end)
        yield start, end
        start = end


def text_findings(text: str, matcher: wording.Matcher, on: date | None = None) -> list[TextFinding]:
    """Privacy and wording findings of a text in order of position."""
    return look(text, matcher, on).findings


def as_contract(finding: TextFinding) -> dict[str, Any]:
    """A finding as `scan` and `check` print it; the identity stays inside."""
    row = asdict(finding)
    del row["identity"]
    return row


def scan_text(text: str, matcher: wording.Matcher, on: date | None = None) -> dict[str, Any]:
    """The `findings` of one text, and the remainder that was not looked at, where there is one."""
    found = look(text, matcher, on)
    row: dict[str, Any] = {"findings": [as_contract(f) for f in found.findings]}
    if found.cut is not None:
        row["unmeasured"] = {"from": found.cut, "characters": len(text) - found.cut, "cause": TOO_MUCH}
    return row


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
    written = channels.is_article_address(page.url) and dates.has_prose(page)
    if (
        written and dates.published_at(page).source is not None
    ):  # dated entries beside it are recommended ones
        return "article"
    if channels.lists_at_least(page, 3 if tagged else 5):  # cheaper than the date
        return "channel"
    return "article" if written or _dated_as_article(page, tagged) else "channel"


def _dated_as_article(page: pages.Page, tagged: bool) -> bool:
    """Whether a publish date stands here as in an article, and not as in a list of a few entries.

    A date without a label counts where the address is an article's, or where sentences follow the title.
    """
    source = dates.published_at(page).source
    if source is None:
        return False
    if source == "label" and dates.labels(page) > 1 and channels.lists_at_least(page, 2):
        return False
    if source in ({"label", "url"} if tagged else {"meta", "label", "url", "json-ld"}):
        return True
    return channels.is_article_address(page.url) or (not tagged and dates.has_prose(page))


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
        **scan_text(page.text, matcher, published.day),
    }
