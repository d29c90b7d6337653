"""Cloaking: is a search engine, a visitor from one, or a phone shown another face of the same page?

The one exception to "nothing is fetched twice": the home page and at least five inner pages of a site are
asked again in other clothes and compared by content, not by bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from cockpit.detect import hidden, illicit, links, softpage
from cockpit.detect import page as pages
from cockpit.detect.hidden import HiddenLink
from collectors.fetch import Fetcher, Response
from collectors.walk import Walked

PAGES = 8  # home and up to seven inner pages
DIFFERENT = 0.3  # similarity below which two answers are different pages
NEW_HOSTS = 3  # unknown outside hosts that only searchers are shown
BAIDU = "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"
# Baidu's name alone, and with the others: who looks for one of them finds it, at the cost of one request.
SPIDERS: tuple[tuple[str, str], ...] = (
    ("百度爬虫", BAIDU),
    ("百度、搜狗、360、神马爬虫", f"{BAIDU} Sogou web spider/4.0 360Spider YisouSpider/5.0"),
)
REFERER = "https://www.baidu.com/s?wd=%E6%94%BF%E5%BA%9C"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.0 Mobile/15E148 Safari/604.1"
)


@dataclass(frozen=True)
class Face:
    """One answer of a page: what it is compared by, and the page itself."""

    title: str
    fingerprint: softpage.Fingerprint
    illicit: frozenset[str]
    foreign: frozenset[str]
    host: str
    planted: frozenset[str]  # targets of hidden links that are illicit beyond doubt
    answer: Response


def find(walked: Walked, fetcher: Fetcher) -> Iterator[tuple[str, HiddenLink, Face]]:
    """(page, finding, the other face) for every page that shows another face.

    Each chosen page is asked plainly first, and plainly again before anything is concluded: pages change by
    themselves from one answer to the next.
    """
    for number, url in enumerate(chosen(walked)):
        plain = _face(fetcher.get(url))
        if plain is None:
            continue
        for technique, way, headers in _clothes(number):
            other = _face(fetcher.get(url, headers=headers))
            if other is None or _difference([plain], other, technique) is None:
                continue
            again = _face(fetcher.get(url))
            found = _difference([plain, again] if again else [plain], other, technique)
            if found:
                why, severity = f"{way}{found[0]}", found[1]
                yield url, HiddenLink(url, technique, other.title[:200], 1, severity, why), other
                break


def _clothes(number: int) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """(technique, the way of visiting in words, headers): half of the pages meet all spiders at once."""
    name, agent = SPIDERS[number % len(SPIDERS)]
    yield "cloaking_spider", f"以{name}的身份访问时", {"User-Agent": agent}
    yield "cloaking_referer", "从百度搜索结果点进来时", {"Referer": REFERER}
    yield "cloaking_phone", "用手机访问时", {"User-Agent": PHONE}


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
    terms = illicit.accused(f"{page.title}\n{page.text[:20000]}")
    host = urlsplit(answer.final_url).netloc
    planted = frozenset(f.url for f in hidden.find(page) if f.severity == "critical" and f.url != page.url)
    return Face(page.title, softpage.fingerprint(page), terms, frozenset(foreign), host, planted, answer)


def _difference(plain: Sequence[Face], other: Face, technique: str) -> tuple[str, str] | None:
    """Why the other face is cloaking and how grave that is; None where it is the same page or a harmless variant of a plain one."""
    new_terms = other.illicit.difference(*(p.illicit for p in plain))
    if new_terms:
        return f"出现违法内容（{'、'.join(sorted(new_terms)[:3])}）", "critical"
    if all(_moved(p, other) for p in plain):
        return f"被带到 {other.answer.final_url[:200]}", "critical"
    planted = other.planted.difference(*(p.planted for p in plain))
    if planted:
        return f"多出暗链或来路不明的脚本（{min(planted)[:200]}）", "critical"
    if technique == "cloaking_phone":
        return None
    foreign = other.foreign.difference(*(p.foreign for p in plain))
    alike = max(softpage.similarity(p.fingerprint, other.fingerprint) for p in plain)
    if alike < DIFFERENT and foreign and all(other.title != p.title for p in plain):
        return f"内容完全不同，并出现新的站外链接（{min(foreign)[:200]}）", "critical"
    hosts = _hosts(other.foreign).difference(*(_hosts(p.foreign) for p in plain))
    if len(hosts) >= NEW_HOSTS:
        return f"多出 {len(hosts)} 个陌生站外主机的链接（{'、'.join(sorted(hosts)[:3])}）", "high"
    return None


def _moved(plain: Face, other: Face) -> bool:
    """Led to another host that is neither trusted nor the site's own version for phones."""
    if other.host == plain.host or hidden.BENIGN_HOSTS.search(other.host.split(":")[0]):
        return False
    return not other.host.removeprefix("m.").endswith(plain.host.removeprefix("www."))


def _hosts(addresses: Iterable[str]) -> set[str]:
    return {urlsplit(address).hostname or "" for address in addresses}
