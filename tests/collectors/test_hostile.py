"""Every attack of tests/sites/hostile is bounded in time and bytes and told by name, and the rest goes on."""

from __future__ import annotations

import ipaddress
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from cockpit import store
from cockpit.causes import causes
from cockpit.detect import wording
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import CHECKOUT, SHIPPED, DataDir
from cockpit.registry.files import write_tables
from cockpit.registry.sheets import ACCOUNTS, CHANNELS, SITES, UNITS
from collectors import guard, sitemaps
from collectors.__main__ import main
from collectors.eyes import Eyes
from collectors.fetch import Fetcher, Limits, Response
from collectors.resolve import Resolver
from tests.sites.hostile.attacks import ATTACKS
from tests.sites.hostile.server import PUBLIC, Hostile, Serve, Wire

SECONDS, BYTES = 1.5, 300_000
NO_SUCH_NAME = ("dns", "dns_temporary")  # whole runs ask the machine's own name service for rebind.test
ENOUGH = 4.0  # seconds of its own thread; the slowest page takes two
STEEPEST = 12  # times the work for a quarter of the page, on a machine that needs longer: a square needs 16
SLACK = 6.0  # seconds: the machine may be busy with all the other attacks
EYES = Eyes(wording.Matcher(Lexicon.load(SHIPPED / "lexicon")), (), today=date(2026, 11, 23))
ONLY = [ipaddress.ip_network(f"{PUBLIC}/32")]


class Rebinding(Resolver):
    """A name that is public at the first look and leads home at the second."""

    def __init__(self) -> None:
        super().__init__({})
        self.times = 0

    def resolve(self, host: str, family: int = 0) -> list[str]:
        if host != "rebind.test":
            return super().resolve(host, family)
        self.times += 1
        return [PUBLIC] if self.times == 1 else ["127.0.0.1"]


@dataclass(frozen=True)
class Outcome:
    answer: Response
    seconds: float


@pytest.fixture(scope="module")
def web() -> Iterator[Hostile]:
    made = Hostile({name: attack.serve for name, attack in ATTACKS.items()})
    with made.serving():
        yield made


@pytest.fixture(scope="module")
def outcomes(web: Hostile) -> dict[str, Outcome]:
    """All attacks at once over one fetcher, which must survive them."""
    resolver = Rebinding()
    resolver.resolve("rebind.test")
    limits = Limits(connect_seconds=1, seconds=SECONDS, max_bytes=BYTES)
    with Fetcher(resolver, allow_private=ONLY, limits=limits) as fetcher, ThreadPoolExecutor(40) as pool:

        def ask(name: str) -> Outcome:
            started = time.monotonic()
            answer = fetcher.get(f"{web.base}/{name}")
            return Outcome(answer, time.monotonic() - started)

        return dict(zip(ATTACKS, pool.map(ask, ATTACKS), strict=True))


def _looked(answer: Response, part: int) -> tuple[float, int]:
    """Seconds of this thread for the first half, third … of a page, and the links seen."""
    started = time.thread_time()
    body = answer.body[: len(answer.body) // part]
    seen = EYES.look(body, answer.content_type, answer.final_url, 2, {})
    return time.thread_time() - started, len(seen.links)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_bounded_and_named(name: str, outcomes: dict[str, Outcome], web: Hostile) -> None:
    attack, outcome = ATTACKS[name], outcomes[name]
    assert outcome.answer.cause in attack.causes
    assert outcome.answer.cause is None or outcome.answer.cause in causes()
    assert outcome.seconds < SECONDS + SLACK
    assert len(outcome.answer.body) <= BYTES
    assert len(outcome.answer.history) <= 11
    assert web.breaches == [], "a connection to an address that must not be visited"
    if attack.page:
        seconds, links = _looked(outcome.answer, 1)
        assert seconds < ENOUGH or seconds < STEEPEST * _looked(outcome.answer, 4)[0], "grows with its square"
        assert links <= 5000


def test_there_are_at_least_sixty() -> None:
    assert len(ATTACKS) >= 60


@pytest.mark.parametrize("address", ["169.254.169.254", "100.100.100.200", "0.0.0.0", "fe80::1", "224.0.0.1", "::ffff:169.254.169.254", "fd00:ec2::254"])  # fmt: skip
def test_metadata_stays_closed_even_where_private_addresses_are_open(address: str) -> None:
    guard.check("127.0.0.1", True)
    guard.check("10.2.3.4", [ipaddress.ip_network("10.0.0.0/8")])
    with pytest.raises(guard.PrivateAddressError):
        guard.check("10.2.3.4", [ipaddress.ip_network("192.168.0.0/16")])
    with pytest.raises(guard.PrivateAddressError):
        guard.check(address, True)


# --- whole runs ---------------------------------------------------------------------------------------------

CALENDAR = "<html><title>{0} 日</title><a href='/calendar/{1}/'>下一天</a><a href='?d={1}'>{1}</a></html>"
ROBOTS = (
    b"User-agent: *\nCrawl-delay: 999999999\n"
    + b"Disallow: /"
    + b"*a" * 5000
    + b"$\n"
    + b"Allow: /\n" * 20_000
)
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "' + b"&b;" * 10_000 + b'">]><urlset><url><loc>&a;</loc></url></urlset>'


def _calendar(w: Wire) -> None:
    number = int("".join(c for c in w.path.rpartition("/")[2] or w.path.split("/")[2] if c.isdigit()) or 0)
    w.answer(CALENDAR.format(number, number + 1).encode())


def _city(base: str) -> dict[str, Serve]:
    """A site whose home page leads to every attack, and to two honest pages."""
    good = "<html><title>好页</title><body>联系张三13812345678。<a href='/dead.html'>坏链接</a></body></html>".encode()
    anchors = "".join(f"<a href='/{name}'>{name}</a>\n" for name in ATTACKS)
    home = f"<html><title>首页</title><body>{anchors}<a href='/calendar/1/'>日历</a><a href='/good.html'>好</a></body></html>"
    index = f"<sitemapindex>{''.join(f'<sitemap><loc>{base}/sitemap.xml?{n}</loc></sitemap>' for n in range(99))}</sitemapindex>"
    return {
        "": lambda w: w.answer(home.encode()),
        "good.html": lambda w: w.answer(good),
        "last.html": lambda w: w.answer(good),
        "calendar": _calendar,
        "robots.txt": lambda w: w.answer(ROBOTS + f"\nSitemap: {base}/bomb.xml\n".encode(), kind="text/plain"),
        "bomb.xml": ATTACKS["gzip_bomb"].serve,
        "sitemap.xml": lambda w: w.answer(
            LAUGHS + f"<loc>{base}/last.html</loc>".encode() if "?" in w.path else index.encode(), kind="text/xml"
        ),
    }  # fmt: skip


def test_one_check_over_all_of_them_ends_and_finds_what_is_there(tmp_path: Path) -> None:
    web = Hostile({})
    web.attacks = {name: attack.serve for name, attack in ATTACKS.items()} | _city(web.base)
    with web.serving(), (tmp_path / "out").open("wb") as out:
        words = [
            sys.executable,
            "-m",
            "collectors",
            "check",
            f"{web.base}/",
            "--json",
            "--allow-network",
            f"{PUBLIC}/32",
        ]
        words += [
            "--per-host",
            "40",
            "--seconds",
            str(SECONDS),
            "--total-seconds",
            "45",
            "--max-pages",
            "400",
            "--depth",
            "3",
        ]
        words += ["--data", str(tmp_path)]
        started = time.monotonic()
        process = subprocess.Popen(words, cwd=CHECKOUT, stdout=out, stderr=subprocess.PIPE)
        _, _, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert seconds < 90
    assert used.ru_maxrss < 600 * 1024
    assert web.breaches == []
    text = (tmp_path / "out").read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert "\0" not in text
    found = json.loads(text)
    verdicts = {row["url"].removeprefix(web.base): (row["verdict"], row["cause"]) for row in found["links"]}
    assert verdicts["/good.html"] == ("ok", None)
    assert verdicts["/dead.html"] == ("dead", "not_found_404")
    leaks = {hit["source"].removeprefix(web.base) for hit in found["privacy"] if hit["text"] == "138****5678"}
    assert "/good.html" in leaks
    for name, attack in ATTACKS.items():
        # alone each has its own cause (above); forty at once may reach the time limit before it
        allowed = {*attack.causes, *NO_SUCH_NAME, "soft_404", "budget_time", "timeout"}
        if name == "redirects_to_nothing":  # http:/// is the site's own root, which is a page here
            allowed.add(None)
        assert verdicts[f"/{name}"][1] in allowed, name
    assert {"private_address", "timeout", "decode", "bad_answer"} <= {cause for _, cause in verdicts.values()}
    assert all(u["cause"] in causes() for u in found["unmeasured"])


def test_hostile_sitemaps_are_capped(web: Hostile) -> None:
    web.attacks = web.attacks | {
        name: serve for name, serve in _city(web.base).items() if name.endswith((".xml", ".txt"))
    }
    with Fetcher(allow_private=ONLY, limits=Limits(1, SECONDS, BYTES)) as fetcher:
        found = list(sitemaps.find(f"{web.base}/", [f"{web.base}/bomb.xml"], fetcher))
    assert {url for _, urls in found for url in urls} == {f"{web.base}/last.html"}
    assert len(found) < sitemaps.MOST_FILES


def test_what_people_read_holds_no_control_characters(
    web: Hostile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["check", f"{web.base}/evil_words", "--allow-network", f"{PUBLIC}/32", "--data", str(tmp_path)]
    assert main(words) in {0, 1}
    shown = capsys.readouterr().out
    assert "138****5678" in shown
    assert not {ch for ch in shown if ch in "\x00\x1b\u202e" or (ord(ch) < 32 and ch != "\n")}


HOMES = ("says_nothing", "headers_drip", "body_without_end", "gzip_bomb", "http_09", "random_bytes", "continue_for_ever",
         "redirects_to_metadata", "redirects_to_rebinding_name", "redirects_for_ever", "resets_at_once", "length_is_a_lie",
         "brotli_that_nobody_asked_for", "deep_divs", "evil_title", "nul_bytes", "charset_is_a_codec", "hides_everything")  # fmt: skip


def test_a_patrol_over_hostile_homes_ends_and_measures_the_honest_one(
    data: DataDir, noon: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of them is measured or unmeasured by its name; the batches load; the honest site loses nothing."""
    web = Hostile({})
    web.attacks = {name: attack.serve for name, attack in ATTACKS.items()} | _city(web.base)
    unit = {
        "unit_code": "YS-A",
        "unit_name": "演示单位",
        "unit_group": "county",
        "has_service": True,
        "sort_order": 1,
    }
    site = {"unit_code": "YS-A", "verified": True, "state": "active", "site_kind": "department"}
    sites = [site | {"site_code": n, "site_name": n, "url": f"{web.base}/{n}"} for n in (*HOMES, "good.html")]
    write_tables(data.registry, {UNITS: [unit], SITES: sites, CHANNELS: [], ACCOUNTS: []})
    words = [
        "--json",
        "--allow-network",
        f"{PUBLIC}/32",
        "--seconds",
        str(SECONDS),
        "--max-pages",
        "3",
        "--depth",
        "2",
    ]
    started = time.monotonic()
    with web.serving():
        assert main(["patrol", "--data", str(data.root), *words]) == 1
    assert time.monotonic() - started < 120
    assert web.breaches == []
    told = {row["site"]: (row["ok"], row["cause"]) for row in json.loads(capsys.readouterr().out)["sites"]}
    assert told.pop("good.html") == (True, None)
    for name, (ok, cause) in told.items():
        assert ok or cause in {*ATTACKS[name].causes, *NO_SUCH_NAME, "not_html"}, (name, cause)
        assert not ok or ATTACKS[name].page or "too_large" in ATTACKS[name].causes, name
    report = store.load(data, now=noon)
    assert (report.rejected, report.batches) == ([], len(HOMES) + 2)
    with store.reader(data) as reader:
        rows = reader.rows(
            "SELECT kind, text FROM finding WHERE site_code = 'good.html' AND aspect = 'privacy'"
        )
    assert rows == [{"kind": "privacy.mobile", "text": "138****5678"}]
