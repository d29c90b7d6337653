"""`python -m collectors ipv6`: AAAA record, home page over IPv6, and how many second- and third-level links work.

Terms (YD/T 3118-2016 as regulations §4): level 2 = links on the home page, level 3 = links on level-2 pages
that are neither home nor level 2; support = answered 200 over IPv6 / all of that level; a total of 0 is
"no data", never 100 %. Whether links to other hosts count is a setting and is shown (data/rules/ipv6.toml).
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from cockpit.detect import links as link_detector
from cockpit.detect import page as page_detector
from cockpit.errors import CockpitError
from cockpit.paths import SHIPPED
from collectors import siterun
from collectors.fetch import Fetcher, Response
from collectors.resolve import ResolveError

FOLLOWED = {"internal": ("internal",), "all": ("internal", "external")}


@dataclass(frozen=True)
class Settings:
    """口径 of the measurement."""

    scope: str = "internal"
    max_links: int = 2000
    seconds: float = 10.0
    at_once: int = 4


@dataclass(frozen=True)
class Failed:
    """One link that did not answer 200 over IPv6."""

    url: str
    level: int
    host: str
    cause: str


@dataclass
class Support:
    """IPv6 support of one site. `cause`: why the home page fails over IPv6, or why nothing was measured."""

    has_aaaa: bool | None = None
    home_ok: bool | None = None
    totals: dict[int, int] = field(default_factory=lambda: {2: 0, 3: 0})
    reached: dict[int, int] = field(default_factory=lambda: {2: 0, 3: 0})
    failed: list[Failed] = field(default_factory=list)
    cause: str | None = None
    cut: bool = False

    @property
    def measured(self) -> bool:
        return self.has_aaaa is not None

    def rate(self, level: int) -> float | None:
        """Raw ratio 0–1; None where there is no link (no data)."""
        return self.reached[level] / self.totals[level] if self.totals[level] else None


def load_settings(folder: Path) -> Settings:
    """Read ipv6.toml of a rules folder (the shipped one where it has none)."""
    path = folder / "ipv6.toml"
    path = path if path.is_file() else SHIPPED / "rules" / "ipv6.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))["ipv6"]
        settings = Settings(**raw)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise CockpitError(
            f"{path} 有误：{error}。应有 [ipv6]，字段 scope、max_links、seconds、at_once"
        ) from error
    if settings.scope not in FOLLOWED:
        raise CockpitError(f"{path}：scope=「{settings.scope}」应是 internal（只计站内链接）或 all（含外链）")
    return settings


def measure_ipv6(start_url: str, fetcher: Fetcher, settings: Settings) -> Support:
    """Measure one site. Pages are read over any family for their links, so that a v6 failure hides nothing."""
    home = fetcher.get(start_url, seconds=settings.seconds)
    if home.cause:
        return Support(cause=home.cause)
    level2 = _links(home, settings, {home.final_url, start_url})
    level3 = _level3(fetcher, settings, level2, {home.final_url, start_url, *level2})
    return measure_links(start_url, {2: level2, 3: level3}, fetcher, settings)


def measure_links(
    start_url: str, levels: Mapping[int, Sequence[str]], fetcher: Fetcher, settings: Settings
) -> Support:
    """Measure a home page and known links by level (2 and 3) over IPv6."""
    support = Support()
    try:
        support.has_aaaa = fetcher.has_address(start_url, 6)
    except ResolveError as error:
        support.cause = error.cause
        return support
    support.cause = _reach(fetcher, settings, start_url)
    support.home_ok = support.cause is None
    for level, urls in levels.items():
        _count(support, level, urls[: settings.max_links], fetcher, settings)
        support.cut = support.cut or len(urls) > settings.max_links
    return support


def _links(answer: Response, settings: Settings, known: Iterable[str]) -> list[str]:
    """Distinct links of a page that lead to pages or files, in page order, without the known ones."""
    html, _ = page_detector.decode(answer.body, answer.content_type)
    page = page_detector.parse(html, answer.final_url)
    kinds = (*FOLLOWED[settings.scope], "attachment")
    host = urlsplit(answer.final_url).netloc
    urls = dict.fromkeys(
        link.url
        for link in link_detector.extract(page)
        if link.kind in kinds and (settings.scope == "all" or urlsplit(link.url).netloc == host)
    )
    return [url for url in urls if url not in set(known)]


def _level3(fetcher: Fetcher, settings: Settings, level2: Sequence[str], known: set[str]) -> list[str]:
    def read(url: str) -> list[str]:
        answer = fetcher.get(url, seconds=settings.seconds)
        return [] if answer.cause or not answer.is_html else _links(answer, settings, known)

    found = _parallel(settings, read, level2[: settings.max_links])
    return list(dict.fromkeys(url for urls in found for url in urls))


def _count(support: Support, level: int, urls: Sequence[str], fetcher: Fetcher, settings: Settings) -> None:
    causes = _parallel(settings, partial(_reach, fetcher, settings), urls)
    support.totals[level] = len(urls)
    support.reached[level] = sum(cause is None for cause in causes)
    support.failed += [
        Failed(url, level, urlsplit(url).hostname or "", cause)
        for url, cause in zip(urls, causes, strict=True)
        if cause is not None
    ]


def _parallel(settings: Settings, work: Callable, urls: Sequence[str]) -> list:
    with ThreadPoolExecutor(settings.at_once) as pool:
        return list(pool.map(work, urls))


def _reach(fetcher: Fetcher, settings: Settings, url: str) -> str | None:
    """None when the address answers 200 over IPv6, else the cause."""
    if not _has_aaaa(fetcher, url):
        return "no_aaaa"
    answer = fetcher.get(url, family=6, seconds=settings.seconds, body=False)
    if answer.cause in {None, "too_large"}:
        return None if answer.status == 200 else "client_4xx"
    return answer.cause


def _has_aaaa(fetcher: Fetcher, url: str) -> bool:
    try:
        return fetcher.has_address(url, 6)
    except ResolveError:
        return False


def _visit(
    rows: siterun.Rows, site: siterun.Site, fetcher: Fetcher, now: siterun.datetime, settings: Settings
) -> siterun.Outcome:
    support = measure_ipv6(site.url, fetcher, settings)
    rows.add(
        "ipv6_check",
        measured_at=now,
        site_code=site.site_code,
        has_aaaa=support.has_aaaa,
        home_ok=support.home_ok,
        level2_total=support.totals[2] if support.measured else None,
        level2_ok=support.reached[2] if support.measured else None,
        level3_total=support.totals[3] if support.measured else None,
        level3_ok=support.reached[3] if support.measured else None,
        cause=support.cause,
    )
    for failed in support.failed:
        rows.add(
            "ipv6_link",
            measured_at=now,
            site_code=site.site_code,
            url=failed.url,
            level=failed.level,
            host=failed.host,
            cause=failed.cause,
        )
    cause = None if support.measured else support.cause
    return siterun.Outcome(cause is None, cause, items=sum(support.totals.values()), complete=not support.cut)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    siterun.add_arguments(parser)


def main(args: argparse.Namespace) -> int:
    settings = load_settings(siterun.data_of(args).rules)
    return siterun.run(args, collector="ipv6", aspect="ipv6", visit=partial(_visit, settings=settings))
