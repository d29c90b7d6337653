"""Real HTTP against servers that misbehave: every outcome is named, bounded in time and bytes, and nothing raises."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors import guard
from collectors.fetch import Fetcher, Limits
from collectors.resolve import FAILURES_TO_PAUSE, ResolveError, Resolver, read_hosts
from tests.sites.http import Doc, Site, Web, refused_port

BOMB = gzip.compress(b"0" * 50_000_000)
DOCS = {
    "/": Doc("<html><title>首页</title></html>".encode()),
    "/404": Doc(b"no", 404), "/410": Doc(b"no", 410), "/401": Doc(b"no", 401), "/403": Doc(b"no", 403), "/429": Doc(b"no", 429),
    "/400": Doc(b"no", 400), "/500": Doc(b"no", 500), "/503": Doc(b"no", 503),
    "/hang": Doc(behave="hang"), "/reset": Doc(behave="reset"), "/loop": Doc(behave="loop"), "/drip": Doc(behave="drip"), "/endless": Doc(behave="endless"),
    "/moved": Doc(status=301, headers=(("Location", "/"),)), "/away": Doc(status=302, headers=(("Location", "http://127.0.0.1:1/"),)),
    "/nowhere": Doc(status=302, headers=(("Location", "http://%zz:999999/"),)),
    "/bomb": Doc(BOMB, headers=(("Content-Encoding", "gzip"),)), "/liar": Doc(b"not gzip", headers=(("Content-Encoding", "gzip"),)),
    "/get": Doc(b"<html></html>", get_only=True),
}  # fmt: skip


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    made = Web()
    made.add(Site("a.test", dict(DOCS), ipv6=True))
    made.add(Site("four.test", {"/": DOCS["/"]}))
    with made.serving():
        yield made


@pytest.fixture(scope="module")
def fetcher(web: Web) -> Iterator[Fetcher]:
    hosts = {"a.test": ["127.0.0.1", "::1"], "four.test": ["127.0.0.1"], "closed.test": ["127.0.0.1"]}
    with Fetcher(Resolver(hosts), allow_private=True, limits=Limits(2, 2, 1_000_000)) as made:
        yield made


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("/", None), ("/moved", None), ("/404", "not_found_404"), ("/410", "gone_410"), ("/401", "unauthorized_401"), ("/403", "blocked_403"),
        ("/429", "rate_limited_429"), ("/400", "client_4xx"), ("/500", "server_5xx"), ("/503", "server_5xx"), ("/hang", "timeout"),
        ("/reset", "reset"), ("/loop", "redirect_loop"), ("/drip", "timeout"), ("/endless", "too_large"), ("/bomb", "too_large"),
        ("/liar", "decode"), ("/away", "refused"), ("/nowhere", "bad_url"),
    ],
)  # fmt: skip
def test_every_outcome_has_its_name_within_the_time(
    web: Web, fetcher: Fetcher, path: str, cause: str | None
) -> None:
    started = time.monotonic()
    answer = fetcher.get(f"http://a.test:{web.port}{path}")
    assert answer.cause == cause
    assert time.monotonic() - started < 6
    assert len(answer.body) <= 1_000_000


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("http://nowhere.invalid/", "dns"), ("http://", "bad_url"), ("http://a b/", "bad_url"), ("ftp://a.test/", "bad_url"), ("http://a.test:99999/", "bad_url"),
        ("javascript:alert(1)", "bad_url"), ("", "bad_url"), ("http://[::1/", "bad_url"),
    ],
)  # fmt: skip
def test_addresses_that_lead_nowhere(fetcher: Fetcher, url: str, cause: str) -> None:
    assert fetcher.get(url).cause == cause


def test_refused_and_tls_failures_are_named(web: Web, fetcher: Fetcher) -> None:
    with refused_port() as port:
        assert fetcher.get(f"http://closed.test:{port}/").cause == "refused"
    assert fetcher.get(f"https://a.test:{web.port}/").cause == "tls"


def test_the_family_is_chosen_and_the_address_told(web: Web, fetcher: Fetcher) -> None:
    assert fetcher.get(f"http://a.test:{web.port}/", family=6).address == "::1"
    assert fetcher.get(f"http://a.test:{web.port}/", family=4).address == "127.0.0.1"
    assert fetcher.get(f"http://four.test:{web.port}/", family=6).cause == "no_aaaa"
    assert (
        fetcher.has_address(f"http://a.test:{web.port}/", 6),
        fetcher.has_address(f"http://four.test:{web.port}/", 6),
    ) == (True, False)


def test_a_public_run_never_reaches_private_addresses(web: Web) -> None:
    with Fetcher(Resolver({"a.test": ["127.0.0.1"], "meta.test": ["169.254.169.254"]})) as careful:
        for url in (f"http://a.test:{web.port}/", f"http://127.0.0.1:{web.port}/", f"http://[::1]:{web.port}/", f"http://0177.0.0.1:{web.port}/",
                    f"http://2130706433:{web.port}/", "http://meta.test/latest/meta-data/", f"http://[::ffff:127.0.0.1]:{web.port}/"):  # fmt: skip
            assert careful.get(url).cause == "private_address", url
    assert web.requests.get(("127.0.0.1", "GET", "/"), 0) == 0


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2400:3200::1", True), ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False),
        ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False), ("fe80::1", False), ("fc00::1", False), ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
    ],
)  # fmt: skip
def test_the_guard(address: str, public: bool) -> None:
    assert guard.is_public(address) is public


def test_hosts_files_are_read_and_their_faults_named(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_text("127.0.0.1 a.test b.test # 注释\n::1 a.test\n", encoding="utf-8")
    resolver = Resolver(read_hosts(path))
    assert resolver.resolve("A.test.") == ["127.0.0.1", "::1"]
    with pytest.raises(ResolveError, match="no_aaaa"):
        resolver.resolve("b.test", 6)
    path.write_text("127.0.0.1 a\n甲 b\n", encoding="utf-8")
    with pytest.raises(Exception, match="第 2 行"):
        read_hosts(path)


def test_a_name_service_that_is_down_is_left_alone_for_a_while() -> None:
    """Every look-up costs seconds then; addresses in numbers need none and are still reached."""
    asked: list[str] = []

    class Down(Resolver):
        def _ask(self, name: str, family: int, flags: int = 0) -> list[str] | ResolveError:
            if flags:
                return super()._ask(name, family, flags)
            asked.append(name)
            return ResolveError("dns_temporary")

    resolver = Down()
    for number in range(50):
        with pytest.raises(ResolveError, match="dns_temporary"):
            resolver.resolve(f"n{number}.test")
    assert len(asked) == FAILURES_TO_PAUSE
    assert resolver.resolve("127.0.0.1") == ["127.0.0.1"]
    assert resolver.resolve("2130706433") == ["127.0.0.1"]


def test_a_wall_that_sets_a_cookie_and_redirects_to_itself_is_no_loop(web: Web, fetcher: Fetcher) -> None:
    """Common in front of Chinese government sites: the first visit gets a cookie and the same address again."""

    def answer(path: str, headers) -> Doc | None:
        if path != "/wall" or "pass=1" in (headers.get("Cookie") or ""):
            return None
        return Doc(status=302, headers=(("Set-Cookie", "pass=1; path=/"), ("Location", "/wall")))

    site = web.sites["a.test"]
    site.docs["/wall"] = Doc(b"<html>in</html>")
    site.answer = answer
    assert fetcher.get(f"http://a.test:{web.port}/wall").cause is None


@contextlib.contextmanager
def raw_server(*answers: bytes) -> Iterator[str]:
    """Sends one prepared answer a connection, byte for byte, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answer in answers:
                with listening.accept()[0] as connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


@pytest.mark.parametrize(
    ("answer", "cause", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "content_length", b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n", "content_length", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour and more", None, b"four"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nbody", None, b"body"),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", None, b"until the end"),
        (b"220 mail.example ESMTP\r\n", "bad_answer", b""),
        (b"", "reset", b""),
    ],
)
def test_servers_that_lie_about_length_or_do_not_speak_http(
    answer: bytes, cause: str | None, body: bytes
) -> None:
    with raw_server(answer, answer) as url, Fetcher(allow_private=True, limits=Limits(2, 2)) as made:
        got = made.get(url)
    assert (got.cause, got.body) == (cause, body)


def test_headers_without_end_are_cut_off_in_time() -> None:
    """Slow loris the other way round: a header line a moment, for ever."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            with listening.accept()[0] as connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                for number in range(200):
                    connection.sendall(f"X-{number}: 1\r\n".encode())
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        started = time.monotonic()
        with Fetcher(allow_private=True, limits=Limits(1, 1)) as made:
            answer = made.get(f"http://127.0.0.1:{listening.getsockname()[1]}/")
    assert answer.cause == "timeout"
    assert time.monotonic() - started < 4
