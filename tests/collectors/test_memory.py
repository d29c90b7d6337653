"""Unchanged pages over real HTTP: 304 saves the page, and costs no finding, no link and no place."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cockpit import store
from cockpit.detect import wording
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import SHIPPED, DataDir
from cockpit.registry.files import write_tables
from cockpit.registry.sheets import ACCOUNTS, CHANNELS, SITES, UNITS
from collectors import memory
from collectors.__main__ import main
from collectors.eyes import Eyes
from collectors.fetch import Fetcher, Limits
from collectors.lookers import Lookers
from collectors.memory import Memory
from collectors.resolve import Resolver
from collectors.walk import Budget, Walk, Walked
from tests.sites.http import Doc, Headers, Site, Web

NIGHT = datetime(2026, 11, 23, 18, 0)
EYES = Eyes(wording.Matcher(Lexicon.load(SHIPPED / "lexicon")), (), today=date(2026, 11, 23))
LEAK = "张三，身份证号11010519491231002X"


def page(text: str, *targets: str, title: str = "页") -> Doc:
    anchors = "".join(f'<p><a href="{url}">转到{url}</a></p>' for url in targets)
    head = f'<title>{title}</title><link rel="stylesheet" href="/s.css">'
    return Doc(f"<html><head>{head}</head><body><p>{text}</p>{anchors}</body></html>".encode())


class Careful(Site):
    """A server that answers 304 to who knows the page, and counts what it sent in full."""

    def __init__(self, docs: dict[str, Doc], validator: str = "ETag") -> None:
        super().__init__("a.test", docs)
        self.answer = self._answer
        self.validator = validator
        self.sent: list[str] = []
        self.always_304 = False

    def _answer(self, path: str, headers: Headers) -> Doc | None:
        doc = self.docs.get(path)
        if doc is None or path == "/s.css":
            return None
        tag = f'"{hashlib.md5(doc.body).hexdigest()}"'
        told = (
            (("ETag", tag),)
            if self.validator == "ETag"
            else (("Last-Modified", "Mon, 23 Nov 2026 01:00:00 GMT"),)
        )
        asked = headers.get("If-None-Match") or headers.get("If-Modified-Since")
        same = asked == tag if self.validator == "ETag" else asked == "Mon, 23 Nov 2026 01:00:00 GMT"
        if asked and (same or self.always_304):
            return Doc(status=304, headers=told)
        self.sent.append(path)
        return replace(doc, headers=told)


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web()
    with made.serving():
        yield made


def docs() -> dict[str, Doc]:
    hidden = '<a class="off" href="http://casino-88.test/">澳门新葡京</a>'
    return {
        "/": page("首页", "/one.html", "/two.html"),
        "/one.html": page(f"公示：{LEAK}{hidden}", "/two.html", "/dead.html", title=f"名单 {LEAK}"),
        "/two.html": page("正文", "/one.html", "/three.html", "/dead.html"),
        "/three.html": page("末页"),
        "/s.css": Doc(b".off{display:none}", content_type="text/css"),
    }


def walk(web: Web, path: Path, now: datetime, lookers: Lookers | None = None, version: str = "1") -> Walked:
    with Fetcher(Resolver({"a.test": ["127.0.0.1"]}), allow_private=True, limits=Limits(2, 2)) as fetcher:
        kept = Memory(path, now, version)
        found = Walk(
            f"http://a.test:{web.port}/", fetcher, EYES, Budget(), lookers=lookers, memory=kept
        ).run()
    kept.write()
    return found


def told(found: Walked) -> object:
    """All that the rest of the house takes from a walk, but for the masked titles."""
    pages = [
        (p.url, p.page_type, p.published, p.hits, p.hidden, p.tags, p.sha256, p.cut) for p in found.pages
    ]
    links = {
        url: (k.kind, k.level, k.verdict, k.cause, sorted((found.sources[n], text) for n, text in k.places))
        for url, k in found.links.items()
    }
    return sorted(pages, key=str), links, found.complete, found.unmeasured


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
@pytest.mark.parametrize("processes", [0, 1])
def test_unchanged_pages_tell_the_same_again(
    web: Web, tmp_path: Path, validator: str, processes: int
) -> None:
    site = web.add(Careful(docs(), validator))
    with Lookers(processes, start_at=1) as lookers:
        first = walk(web, tmp_path / "m", NIGHT, lookers if processes else None)
        sent, site.sent = site.sent, []
        second = walk(web, tmp_path / "m", NIGHT + timedelta(days=1), lookers if processes else None)
    assert sorted(sent) == ["/", "/one.html", "/three.html", "/two.html"]
    assert site.sent == ["/"]  # the home page is always read: its opening is what is measured
    assert (first.unchanged, second.unchanged) == (0, 3)
    assert told(second) == told(first)
    assert second.links[f"http://a.test:{web.port}/dead.html"].verdict == "dead"


def test_a_page_that_changed_is_read_and_the_others_are_not(web: Web, tmp_path: Path) -> None:
    site = web.add(Careful(docs()))
    walk(web, tmp_path / "m", NIGHT)
    site.docs["/one.html"], site.sent = page("公示已撤下", "/two.html"), []
    second = walk(web, tmp_path / "m", NIGHT + timedelta(days=1))
    assert site.sent == ["/", "/one.html"]
    assert [p.hits for p in second.pages] == [[], [], [], []]
    places = second.links[f"http://a.test:{web.port}/dead.html"].places
    assert [second.sources[number] for number, _ in places] == [f"http://a.test:{web.port}/two.html"]


@pytest.mark.parametrize(
    ("change", "later"),
    [
        ("nothing", timedelta(days=8)),  # after a week every page is read, whatever the server says
        ("sheet", timedelta(days=1)),
        ("version", timedelta(days=1)),
        ("damage", timedelta(days=1)),
        ("foreign", timedelta(days=1)),
        ("clock", timedelta(days=-1)),
    ],
)
def test_what_no_longer_holds_is_read_again(
    web: Web, tmp_path: Path, change: str, later: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    site = web.add(Careful(docs()))
    site.always_304 = True
    path = tmp_path / "m"
    walk(web, path, NIGHT)
    site.sent = []
    if change == "sheet":
        site.docs["/s.css"] = Doc(b".off{color:red}", content_type="text/css")
    elif change == "damage":
        path.write_bytes(path.read_bytes()[:-40])
    elif change == "foreign":
        path.write_bytes(pickle.dumps(("1", Path("/"))))
    second = walk(web, path, NIGHT + later, version="2" if change == "version" else "1")
    assert sorted(site.sent) == ["/", "/one.html", "/three.html", "/two.html"]
    [technique] = [found.technique for p in second.pages for found in p.hidden]
    assert ("none" in technique) == (change != "sheet")
    assert ("cannot read" in caplog.text) == (change in {"damage", "foreign"})


def test_personal_data_is_masked_before_it_is_kept(web: Web, tmp_path: Path) -> None:
    web.add(Careful(docs()))
    walk(web, tmp_path / "m", NIGHT)
    _, kept = memory._Unpickler((tmp_path / "m").open("rb")).load()
    everything = "".join(repr(memory._unpacked(k.told)) for k in kept.values())
    assert len(kept) == 4
    assert "名单" in everything
    assert "19491231002X" not in everything


@pytest.fixture
def register(web: Web, data: DataDir, tmp_path: Path) -> list[str]:
    unit = {"unit_code": "YS-A", "unit_name": "演示单位", "unit_group": "county", "has_service": True}
    site = {"site_code": "a", "site_name": "a", "unit_code": "YS-A", "verified": True, "state": "active"}
    sites = [site | {"url": f"http://a.test:{web.port}/", "site_kind": "department"}]
    write_tables(data.registry, {UNITS: [unit | {"sort_order": 1}], SITES: sites, CHANNELS: [], ACCOUNTS: []})
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 a.test\n", encoding="utf-8")
    return ["--data", str(data.root), "--hosts", str(hosts), "--allow-private", "--json"]


def patrol(register: list[str], data: DataDir, night: int, capsys: pytest.CaptureFixture[str]) -> Any:
    now = NIGHT + timedelta(days=night)
    assert main(["patrol", *register, "--as-of", f"{now + timedelta(hours=8):%Y-%m-%dT%H:%M}"]) == 0
    assert store.load(data, now=now).rejected == []
    [walked] = json.loads(capsys.readouterr().out)["sites"]
    with store.reader(data) as reader:
        rows = reader.rows(
            "SELECT kind, first_seen, last_seen, gone_at, times, places FROM finding "
            "WHERE aspect IN ('privacy', 'hidden') OR target LIKE '%dead.html' ORDER BY kind"
        )
        pages = reader.rows("SELECT count(*) AS n FROM page WHERE measured_at = $now", {"now": now})[0]["n"]
    return walked["unchanged"], pages, rows


def test_findings_live_while_their_page_is_unchanged_and_go_with_the_change(
    web: Web, register: list[str], data: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    """Night 1 all is read; night 2 nothing changed; night 3 the page with the leak and the hidden link is mended."""
    site = web.add(Careful(docs()))
    nights = [NIGHT + timedelta(days=n) for n in range(3)]
    unchanged, pages, rows = patrol(register, data, 0, capsys)
    assert (unchanged, pages) == (0, 4)
    assert [(r["kind"], r["gone_at"], r["times"]) for r in rows] == [
        ("hidden.link", None, 1),
        ("link.dead", None, 1),
        ("privacy.id_card", None, 1),
    ]
    unchanged, pages, rows = patrol(register, data, 1, capsys)
    assert (unchanged, pages) == (3, 4)
    assert [
        (r["kind"], r["first_seen"], r["last_seen"], r["gone_at"], r["times"], r["places"]) for r in rows
    ] == [
        ("hidden.link", nights[0], nights[1], None, 2, 1),
        ("link.dead", nights[0], nights[1], None, 2, 2),
        ("privacy.id_card", nights[0], nights[1], None, 2, 1),
    ]
    site.docs["/one.html"] = page("公示已撤下", "/two.html")
    unchanged, pages, rows = patrol(register, data, 2, capsys)
    assert (unchanged, pages) == (2, 4)
    assert [(r["kind"], r["gone_at"], r["places"]) for r in rows] == [
        ("hidden.link", nights[2], 1),
        ("link.dead", None, 1),
        ("privacy.id_card", nights[2], 1),
    ]


def test_fresh_reads_everything(
    web: Web, register: list[str], data: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    web.add(Careful(docs()))
    patrol(register, data, 0, capsys)
    unchanged, pages, _ = patrol([*register, "--fresh"], data, 1, capsys)
    assert (unchanged, pages) == (0, 4)
