"""A walk over small sites, each made around one trap."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from datetime import date

import pytest

from cockpit.detect import wording
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import SHIPPED
from collectors.eyes import Eyes
from collectors.fetch import Fetcher, Limits
from collectors.patrol_rows import redirected
from collectors.resolve import Resolver
from collectors.walk import Budget, LinkSeen, Walk, Walked
from tests.sites.http import Doc, Headers, Site, Web, refused_port

EYES = Eyes(wording.Matcher(Lexicon.load(SHIPPED / "lexicon")), (), today=date(2026, 11, 23))
GONE = Doc("<html><head><title>提示</title></head><body>您访问的页面不存在或已被删除</body></html>".encode())


def page(*targets: str, title: str = "页", extra: str = "") -> Doc:
    anchors = "".join(f'<a href="{url}">链接{url}</a>' for url in targets)
    return Doc(
        f"<html><head><title>{title}</title></head><body><p>{title}的正文。</p>{anchors}{extra}</body></html>".encode()
    )


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web()
    with made.serving():
        yield made


def site(web: Web, docs: dict[str, Doc], host: str = "a.test") -> Site:
    return web.add(Site(host, docs))


def walk(web: Web, *, stop: threading.Event | None = None, **budget: float) -> Walked:
    hosts = {name: ["127.0.0.1"] for name in (*web.sites, "closed.test")}
    with Fetcher(Resolver(hosts), allow_private=True, limits=Limits(2, 2, 300_000)) as fetcher:
        limits = Budget(**budget)  # type: ignore[arg-type]
        return Walk(f"http://a.test:{web.port}/", fetcher, EYES, limits, stop=stop).run()


def seen(walked: Walked, web: Web, path: str) -> LinkSeen:
    return walked.links[path if "://" in path else f"http://a.test:{web.port}{path}"]


def verdicts(walked: Walked) -> dict[str, tuple[str, str | None]]:
    return {"/" + url.split("/", 3)[3]: (link.verdict, link.cause) for url, link in walked.links.items()}


def asked(web: Web, path: str, host: str = "a.test") -> int:
    return sum(n for (h, _, p), n in web.requests.items() if (h, p) == (host, path))


def test_every_verdict_has_its_cause(web: Web) -> None:
    dead = {"/404.html": 404, "/410.html": 410, "/500.html": 500, "/503.html": 503, "/400.html": 400}
    alive = {"/401.html": 401, "/403.html": 403, "/429.html": 429, "/405.html": 405, "/412.html": 412}
    docs = {path: Doc(b"x", status) for path, status in (dead | alive).items()}
    docs |= {
        "/loop.html": Doc(behave="loop"),
        "/hang.html": Doc(behave="hang"),
        "/reset.html": Doc(behave="reset"),
    }
    docs |= {"/gone.html": GONE, "/fine.html": page()}
    site(web, {"/": page(*docs), **docs})
    found = verdicts(walk(web, depth=1))
    assert found == {
        "/": ("ok", None),
        "/404.html": ("dead", "not_found_404"),
        "/410.html": ("dead", "gone_410"),
        "/500.html": ("dead", "server_5xx"),
        "/503.html": ("dead", "server_5xx"),
        "/400.html": ("dead", "client_4xx"),
        "/401.html": ("unsure", "unauthorized_401"),
        "/403.html": ("unsure", "blocked_403"),
        "/429.html": ("unsure", "rate_limited_429"),
        "/405.html": ("unsure", "method_405"),
        "/412.html": ("unsure", "client_4xx"),
        "/loop.html": ("dead", "redirect_loop"),
        "/hang.html": ("dead", "timeout"),
        "/reset.html": ("dead", "reset"),
        "/gone.html": ("soft_404", "soft_404"),
        "/fine.html": ("ok", None),
    }


def test_what_works_at_the_second_look_is_alive_and_read(web: Web) -> None:
    """A page that fails once (restart, overload) is not dead, and what it links to is not lost."""
    times = {"/flaky.html": 0, "/slow.html": 0}

    def answer(path: str, headers: Headers) -> Doc | None:
        if path in times:
            times[path] += 1
            if times[path] == 1 and path == "/flaky.html":
                return Doc(b"restarting", 503)
            if path == "/slow.html":
                time.sleep(1.5)  # longer than the first look waits at a fast host
        return None

    docs = {
        "/": page("/flaky.html", "/slow.html"),
        "/flaky.html": page("/deep.html"),
        "/slow.html": page("/deeper.html"),
    }
    site(web, docs | {"/deep.html": page(), "/deeper.html": page()}).answer = answer
    found = walk(web)
    assert verdicts(found) == dict.fromkeys((*docs, "/deep.html", "/deeper.html"), ("ok", None))
    assert len(found.pages) == 5


def test_everything_is_asked_once(web: Web) -> None:
    """Pages, style sheets, and the target of redirects that the walk knows anyway."""
    head = '<link rel="stylesheet" href="/s.css"><img src="/i.png"><script src="/s.js"></script>'
    moved = Doc(status=302, headers=(("Location", "/one.html"),))
    docs = {
        "/": page("/one.html", "/moved1.html", "/moved2.html", "/a.pdf", extra=head),
        "/one.html": page("/", "/moved1.html", "/a.pdf", extra=head),
        "/moved1.html": moved,
        "/moved2.html": moved,
        "/a.pdf": Doc(b"%PDF", content_type="application/pdf"),
        "/s.css": Doc(b"p{}", content_type="text/css"),
        "/s.js": Doc(b"1", content_type="text/javascript"),
        "/i.png": Doc(b"png", content_type="image/png"),
    }
    site(web, docs)
    found = walk(web)
    assert {path: asked(web, path) for path in docs} == dict.fromkeys(docs, 1)
    assert len(found.pages) == 2
    assert set(verdicts(found).values()) == {("ok", None)}


def test_a_redirect_to_a_dead_link_is_dead_and_a_ring_of_them_a_loop(web: Web) -> None:
    def to(path: str) -> Doc:
        return Doc(status=301, headers=(("Location", path),))

    docs = {"/old.html": to("/gone.html"), "/ring1.html": to("/ring2.html"), "/ring2.html": to("/ring1.html")}
    site(web, {"/": page(*docs, "/gone.html"), **docs})
    found = verdicts(walk(web))
    assert found["/old.html"] == found["/gone.html"] == ("dead", "not_found_404")
    assert found["/ring1.html"] == found["/ring2.html"] == ("dead", "redirect_loop")


def test_a_bad_answer_to_head_is_confirmed_by_get(web: Web) -> None:
    docs = {
        "/a.pdf": Doc(b"%PDF", content_type="application/pdf", get_only=True),
        "/b.pdf": Doc(b"no", 404),
        "/c.pdf": GONE,
    }
    site(web, {"/": page(*docs), **docs})
    found = verdicts(walk(web))
    assert (found["/a.pdf"][0], found["/b.pdf"][0], found["/c.pdf"][0]) == ("ok", "dead", "soft_404")
    assert web.requests["a.test", "GET", "/b.pdf"] >= 1


def test_a_site_that_answers_200_to_everything_has_soft_404s(web: Web) -> None:
    """Nothing on the page says 404; only the site's own answer to a made-up path gives it away."""
    front = page("/real.html", "/never.html", title="某某局")
    made = site(web, {"/": front, "/real.html": page(title="真实内容，与众不同，很长的一段文字")})
    made.missing = Doc(page("/", title="欢迎光临某某局便民服务大厅").body)
    found = verdicts(walk(web))
    assert (found["/real.html"], found["/never.html"]) == (("ok", None), ("soft_404", "soft_404"))


def test_robots_are_obeyed_and_told(web: Web) -> None:
    robots = Doc(b"User-agent: *\nDisallow: /admin/\n", content_type="text/plain")
    site(web, {"/": page("/admin/x.html", "/ok.html"), "/ok.html": page(), "/robots.txt": robots})
    found = verdicts(walk(web))
    assert found["/admin/x.html"] == ("skipped", "robots")
    assert asked(web, "/admin/x.html") == 0


def test_no_host_is_asked_more_at_once_than_allowed(web: Web) -> None:
    active, most, lock = [0], [0], threading.Lock()

    def answer(path: str, headers: Headers) -> Doc | None:
        with lock:
            active[0] += 1
            most[0] = max(most[0], active[0])
        time.sleep(0.02)
        with lock:
            active[0] -= 1
        return None

    docs = {f"/{n}.html": page() for n in range(30)}
    site(web, {"/": page(*docs), **docs}).answer = answer
    assert len(walk(web, per_host=3).pages) == 31
    assert most[0] == 3


@pytest.mark.parametrize(
    ("budget", "pages", "cause"),
    [
        ({"max_pages": 5}, 5, "budget_pages"),
        ({"max_links": 10}, 10, "budget_links"),
        ({"seconds": 0.0}, 1, "budget_time"),
    ],
)
def test_what_a_budget_cuts_is_told(web: Web, budget: dict[str, float], pages: int, cause: str) -> None:
    docs = {f"/{n}.html": page() for n in range(20)}
    site(web, {"/": page(*docs), **docs})
    found = walk(web, **budget)
    assert len(found.pages) == pages
    assert not found.complete
    assert cause in {u.cause for u in found.unmeasured}


def test_links_beyond_the_pages_are_still_checked(web: Web) -> None:
    site(web, {"/": page("/one.html"), "/one.html": page("/two.html"), "/two.html": page("/three.html")})
    found = walk(web, depth=2)
    assert len(found.pages) == 2
    assert verdicts(found) == {"/": ("ok", None), "/one.html": ("ok", None), "/two.html": ("ok", None)}


def test_a_calendar_does_not_go_on_for_ever(web: Web) -> None:
    def answer(path: str, headers: Headers) -> Doc | None:
        if not path.startswith("/cal"):
            return None
        day = int(path.partition("=")[2] or 0)
        return page(f"/cal?day={day + 1}", title=f"{day} 日")

    site(web, {"/": page("/cal?day=0")}).answer = answer
    found = walk(web, depth=1000)
    assert len(found.pages) <= 202
    assert "budget_links" in {u.cause for u in found.unmeasured}


@pytest.mark.parametrize(
    ("path", "pages"),
    [
        ("/deep/", 8),  # a link relative to the wrong place: /deep/deep/deep/…
        ("/a.html?x=1", 202),  # a query that grows for ever
    ],
)
def test_addresses_without_end_are_bounded(web: Web, path: str, pages: int) -> None:
    def answer(asked: str, headers: Headers) -> Doc | None:
        if asked in {"/", "/robots.txt", "/sitemap.xml"} or not asked.startswith(path[:3]):
            return None
        return page(f"{asked}&x=1" if "?" in asked else "deep/", title=asked[-9:])

    site(web, {"/": page(path)}).answer = answer
    found = walk(web, depth=1000)
    assert 4 <= len(found.pages) <= pages
    assert {k.cause for k in found.links.values() if k.verdict == "skipped"} == {"budget_links"}


def test_pages_that_only_a_sitemap_names_are_seen_last(web: Web) -> None:
    """robots.txt names an index, the index a packed sitemap; other hosts' addresses and broken files are left out."""
    base = f"http://a.test:{web.port}"

    def urls(*paths: str) -> str:
        return f"<urlset>{''.join(f'<url><loc>{p}</loc></url>' for p in paths)}</urlset>"

    index = f"<sitemapindex><sitemap><loc>{base}/packed.gz</loc></sitemap><sitemap><loc>{base}/map.xml</loc></sitemap></sitemapindex>"
    packed = gzip.compress(
        urls(f"{base}/alone.html?a=1&amp;b=2", f"{base}/dead.html", "http://b.test/").encode()
    )
    docs = {
        "/": page("/linked.html"),
        "/linked.html": page(),
        "/alone.html?a=1&b=2": page("/from-alone.html"),
        "/from-alone.html": page(),
        "/robots.txt": Doc(f"User-agent: *\nSitemap: {base}/map.xml\n".encode(), content_type="text/plain"),
        "/map.xml": Doc(index.encode(), content_type="text/xml"),
        "/packed.gz": Doc(packed, content_type="application/gzip"),
        "/sitemap.xml": Doc(urls(f"{base}/linked.html").encode()[:-20], content_type="text/xml"),
    }
    site(web, docs)
    found = walk(web, depth=3)
    assert {"/" + p.url.split("/", 3)[3] for p in found.pages} == {"/", "/linked.html", "/alone.html?a=1&b=2"}
    assert verdicts(found)["/from-alone.html"] == ("ok", None)
    dead = seen(found, web, "/dead.html")
    assert (dead.verdict, [found.sources[n] for n, _ in dead.places]) == ("dead", [f"{base}/packed.gz"])
    assert not any("b.test" in url for url in found.links)


def test_redirects_are_kept_in_order(web: Web) -> None:
    def to(path: str) -> Doc:
        return Doc(status=302, headers=(("Location", path),))

    docs = {"/a.html": to("/b.html"), "/b.html": to("/c.html"), "/c.html": to("/gone.html")}
    site(web, {"/": page("/a.html", "/b.html"), **docs})
    found = walk(web)
    base = f"http://a.test:{web.port}"
    assert seen(found, web, "/b.html").chain == (f"{base}/c.html", f"{base}/gone.html")
    assert seen(found, web, "/a.html").chain == tuple(f"{base}/{n}.html" for n in ("b", "c", "gone"))
    assert (
        redirected(seen(found, web, "/b.html"))
        == f"跳转 2 次：{base}/b.html → {base}/c.html → {base}/gone.html"
    )


def test_a_host_that_refuses_is_not_hammered(web: Web) -> None:
    with refused_port() as port:
        urls = [f"http://closed.test:{port}/{n}.html" for n in range(40)]
        site(web, {"/": page(*urls)})
        found = walk(web)
    assert {(link.verdict, link.cause) for url, link in found.links.items() if "closed" in url} == {
        ("dead", "refused")
    }


def test_a_large_page_keeps_its_verdict_and_is_told(web: Web) -> None:
    big = Doc(b"<html><body><a href='/x.html'>x</a>" + b"<p>a</p>" * 100_000)
    site(web, {"/": page("/big.html"), "/big.html": big, "/x.html": page()})
    found = walk(web)
    assert seen(found, web, "/big.html").verdict == "ok"
    assert seen(found, web, "/x.html").verdict == "ok"
    assert [(u.target.rsplit("/", 1)[1], u.cause) for u in found.unmeasured] == [("big.html", "too_large")]


def test_an_outside_page_that_turned_bad_is_told_with_every_place(web: Web) -> None:
    casino = "<html><head><title>澳门新葡京_北京赛车_时时彩</title></head><body>时时彩 北京赛车 投注 开户</body></html>"
    site(web, {"/": Doc(casino.encode())}, host="b.test")
    outside = f"http://b.test:{web.port}/"
    site(web, {"/": page("/one.html", outside), "/one.html": page(outside)})
    [(link, found)] = walk(web).external
    assert (link.url, found.technique, len(link.places)) == (outside, "external_bad", 2)


def test_stopping_keeps_what_was_seen(web: Web) -> None:
    docs = {f"/{n}.html": page() for n in range(50)}
    stop = threading.Event()
    made = site(web, {"/": page(*docs), **docs})

    def answer(path: str, headers: Headers) -> Doc | None:
        if path == "/9.html":
            stop.set()
        return None

    made.answer = answer
    found = walk(web, stop=stop)
    assert found.stopped
    assert 1 < len(found.pages) < 51
    assert "stopped" in {u.cause for u in found.unmeasured}


@pytest.mark.parametrize(
    ("home", "cause"),
    [(Doc(b"no", 500), "server_5xx"), (Doc(b"%PDF", content_type="application/pdf"), "not_html"), (Doc(behave="reset"), "reset")],
)  # fmt: skip
def test_a_home_page_that_cannot_be_read_is_unmeasured(web: Web, home: Doc, cause: str) -> None:
    site(web, {"/": home})
    found = walk(web)
    assert (found.pages, found.home.cause, [u.cause for u in found.unmeasured]) == ([], cause, [cause])


def test_an_error_of_our_own_is_told_and_the_walk_goes_on(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    class Blind(Eyes):
        def look(self, body: bytes, content_type: str, url: str, level: int, sheets: object) -> object:
            if url.endswith("/bad.html"):
                raise RuntimeError("a bug")
            return super().look(body, content_type, url, level, sheets)  # type: ignore[arg-type]

    site(web, {"/": page("/bad.html", "/good.html"), "/bad.html": page(), "/good.html": page()})
    eyes = Blind(EYES.matcher, (), today=EYES.today)
    with Fetcher(Resolver({"a.test": ["127.0.0.1"]}), allow_private=True) as fetcher:
        found = Walk(f"http://a.test:{web.port}/", fetcher, eyes, Budget()).run()
    assert [p.url.rsplit("/", 1)[1] for p in found.pages] == ["", "good.html"]
    assert [u.cause for u in found.unmeasured] == ["internal_error"]
    assert "a bug" in caplog.text
