"""Cloaking: is a search engine, a visitor from one, or a phone shown another face of the same page?

The one exception to "nothing is fetched twice": the home page and at least five inner pages of a site are
asked again in other clothes and compared by content, not by bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from cockpit.detect import hidden, illicit, links, softpage
from cockpit.detect import page as pages
from cockpit.detect.hidden import HiddenLink
from collectors.fetch import Fetcher, Response
from collectors.walk import Walked

PAGES = 8  # home and up to seven inner pages
DIFFERENT = 0.3  # similarity below which two answers are different pages
FACES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "cloaking_spider": {
            "User-Agent": "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"
        },
        "cloaking_referer": {"Referer": "https://www.baidu.com/s?wd=%E6%94%BF%E5%BA%9C"},
        "cloaking_phone": {
            "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.0 Mobile/15E148 Safari/604.1"
        },
    }
)


@dataclass(frozen=True)
class Face:
    """One answer of a page: what it is compared by, and the page itself."""

    title: str
    fingerprint: softpage.Fingerprint
    illicit: frozenset[str]
    foreign: frozenset[str]
    host: str
    answer: Response


def find(walked: Walked, fetcher: Fetcher) -> Iterator[tuple[str, HiddenLink, Face]]:
    """(page, finding, the other face) for every page that shows another face. Asks each chosen page once more plainly first."""
    for url in chosen(walked):
        plain = _face(fetcher.get(url))
        if plain is None:
            continue
        for technique, headers in FACES.items():
            other = _face(fetcher.get(url, headers=headers))
            why = _difference(plain, other, technique) if other else None
            if other and why:
                yield url, HiddenLink(url, technique, other.title[:200], 1, "critical", why), other
                break


def chosen(walked: Walked) -> list[str]:
    """The home page, then channels, then articles, spread over the walk."""
    if not walked.pages:
        return []
    inner = [p.url for p in walked.pages[1:] if p.page_type == "channel"]
    articles = [p.url for p in walked.pages[1:] if p.page_type == "article"]
    step = max(1, len(articles) // 3)
    picked = [*inner[: PAGES - 3], *articles[::step]]
    return [walked.pages[0].url, *picked[: PAGES - 1]]


def _face(answer: Response) -> Face | None:
    if not answer.readable or not answer.is_html:
        return None
    page = pages.parse(pages.decode(answer.body, answer.content_type)[0], answer.final_url)
    foreign = {
        link.url
        for link in links.extract(page)
        if link.kind == "external" and not hidden.BENIGN_HOSTS.search(urlsplit(link.url).hostname or "")
    }
    terms = frozenset(illicit.terms(f"{page.title} {page.text[:20000]}"))
    host = urlsplit(answer.final_url).netloc
    return Face(page.title, softpage.fingerprint(page), terms, frozenset(foreign), host, answer)


def _difference(plain: Face, other: Face, technique: str) -> str | None:
    """Why the other face is cloaking; None where it is the same page or a harmless variant."""
    new_terms = other.illicit - plain.illicit
    if new_terms:
        return f"换一种访问方式后出现违法内容（{'、'.join(sorted(new_terms)[:3])}）"
    moved = other.host != plain.host and not hidden.BENIGN_HOSTS.search(other.host.split(":")[0])
    if moved and not other.host.removeprefix("m.").endswith(plain.host.removeprefix("www.")):
        return f"换一种访问方式后被带到 {other.host}"
    alike = softpage.similarity(plain.fingerprint, other.fingerprint)
    if (
        technique != "cloaking_phone"
        and alike < DIFFERENT
        and other.title != plain.title
        and other.foreign - plain.foreign
    ):
        return "换一种访问方式后内容完全不同，并出现新的站外链接"
    return None
