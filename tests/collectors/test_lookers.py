"""Detector processes see what the walk itself would see; a page that hangs or kills one costs itself alone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from cockpit import registry
from cockpit.detect import wording
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import SHIPPED, DataDir
from collectors import lookers as looking
from collectors.eyes import Eyes, Seen
from collectors.fetch import Fetcher, Limits
from collectors.lookers import Lookers
from collectors.resolve import Resolver
from collectors.walk import Budget, Walk, Walked
from tests.sites.http import Doc, Site, Web

TYPES = registry.load_register(DataDir(SHIPPED)).channel_types
MATCHER = wording.Matcher(Lexicon.load(SHIPPED / "lexicon"))
SHEET = '<link rel="stylesheet" href="/s.css">'


@dataclass(frozen=True)
class Fragile(Eyes):
    """Detectors that hang on one page and kill their process on another."""

    def look(self, body: bytes, content_type: str, url: str, *rest: object, **known: object) -> Seen:  # type: ignore[override]
        if url.endswith("/hangs.html"):
            time.sleep(30)
        if url.endswith("/kills.html"):
            os._exit(3)
        return super().look(body, content_type, url, *rest, **known)  # type: ignore[arg-type]


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web()
    with made.serving():
        yield made


def walk(web: Web, eyes: Eyes, lookers: Lookers | None) -> Walked:
    with Fetcher(Resolver({"a.test": ["127.0.0.1"]}), allow_private=True, limits=Limits(2, 2)) as fetcher:
        return Walk(f"http://a.test:{web.port}/", fetcher, eyes, Budget(), lookers=lookers).run()


def article(number: int) -> Doc:
    text = f"联系人张三，电话13812345{number:03d}。通知第{number}号，发布时间：2026-11-0{1 + number % 9}。"
    anchors = "".join(f'<li><a href="/{n}.html">第{n}号通知的标题</a></li>' for n in range(30))
    bad = '<div class="gone"><a href="http://casino-88.test/">澳门新葡京</a></div>'
    return Doc(
        f"<html><head><title>{number}</title>{SHEET}</head><body>{text}<ul>{anchors}</ul>{bad}</body></html>".encode()
    )


def city(web: Web, **more: Doc) -> None:
    docs = {f"/{n}.html": article(n) for n in range(30)}
    docs["/s.css"] = Doc(b".gone{display:none}", content_type="text/css")
    odd = "".join(f'<a href="/{name}.html">{name}</a>' for name in more)
    docs["/"] = Doc(article(0).body + odd.encode())
    web.add(Site("a.test", docs | {f"/{name}.html": doc for name, doc in more.items()}))


def test_processes_see_what_the_walk_would_see(web: Web) -> None:
    city(web)
    eyes = Eyes(MATCHER, TYPES, today=date(2026, 11, 23))
    with Lookers(2, start_at=1) as lookers:
        there = walk(web, eyes, lookers)
    here = walk(web, eyes, None)
    told = [(p.url, p.title, p.page_type, p.hits, p.hidden, p.tags, p.sha256) for p in there.pages]
    assert sorted(told) == sorted(
        (p.url, p.title, p.page_type, p.hits, p.hidden, p.tags, p.sha256) for p in here.pages
    )
    assert len(told) == 31
    assert all(hits and hidden for _, _, _, hits, hidden, _, _ in told), "sheets and lexicon have arrived"
    assert {u: (k.verdict, len(k.places)) for u, k in there.links.items()} == {
        u: (k.verdict, len(k.places)) for u, k in here.links.items()
    }
    assert (there.unmeasured, there.complete) == ([], True)


def test_a_page_that_hangs_or_kills_costs_itself(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    city(web, hangs=article(1), kills=article(2))
    eyes = Fragile(MATCHER, TYPES, today=date(2026, 11, 23))
    with Lookers(1, start_at=1, seconds_a_page=4, help_too=False) as lookers:
        found = walk(web, eyes, lookers)
    assert len(found.pages) == 31
    assert sorted((u.target.rsplit("/", 1)[1], u.cause) for u in found.unmeasured) == [
        ("hangs.html", "detector_timeout"),
        ("kills.html", "internal_error"),
    ]
    assert "kills.html" in caplog.text


def test_links_of_a_page_that_is_gone_are_not_the_sites_links(web: Web) -> None:
    gone = Doc(
        '<html><head><title>提示</title></head><body>您访问的页面不存在<a href="/only.html">只在这里</a></body></html>'.encode()
    )
    city(web, gone=gone)
    eyes = Eyes(MATCHER, TYPES, today=date(2026, 11, 23))
    with Lookers(1, start_at=1) as lookers:
        found = walk(web, eyes, lookers)
    names = {url.rsplit("/", 1)[1]: link.verdict for url, link in found.links.items()}
    assert names["gone.html"] == "soft_404"
    assert "only.html" not in names
    assert len(found.pages) == 31


def test_more_pages_than_are_on_their_way_at_once(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MOST_SENT", 4)
    city(web)
    eyes = Eyes(MATCHER, TYPES, today=date(2026, 11, 23))
    with Lookers(1, start_at=1, help_too=False) as lookers:
        assert len(walk(web, eyes, lookers).pages) == 31
        again = walk(web, eyes, lookers)
    assert (len(again.pages), again.complete) == (31, True), "the next walk has processes and room of its own"


def test_without_room_pages_are_looked_at_where_they_were_read(web: Web) -> None:
    city(web)
    eyes = Eyes(MATCHER, TYPES, today=date(2026, 11, 23))
    with Lookers(1, start_at=1, most_waiting=0) as lookers:
        assert len(walk(web, eyes, lookers).pages) == 31
