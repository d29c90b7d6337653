"""A government website of 2,001 pages with planted dead links and live traps, and a fast loopback server for it.

The shape follows a measured comparison: home, 200 channels and 1,800 articles; about 79 anchors and 38 KB a
page; one page in twenty is GBK labelled gb2312; 169 dead addresses of eleven kinds; 50 traps that are alive.
`python -m tests.bench.big_site FILE` serves it and writes port and truth to FILE, until it is ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import random
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CHANNELS, PER_CHANNEL = 200, 9
NAVIGATION = 45  # anchors of the menu and footer on every page
GBK_EVERY = 20
WORDS = [
    "近日",
    "市政府",
    "召开",
    "工作",
    "会议",
    "研究",
    "部署",
    "重点",
    "项目",
    "建设",
    "推进",
    "情况",
    "要求",
    "各部门",
    "按照",
    "职责",
    "分工",
    "抓好",
    "落实",
    "服务",
    "群众",
    "企业",
    "办理",
    "事项",
    "公开",
    "信息",
    "年度",
    "计划",
    "完成",
    "目标",
    "任务",
    "组织",
    "开展",
    "调研",
    "检查",
    "活动",
    "提升",
    "水平",
    "改进",
    "作风",
    "回应",
    "关切",
    "完善",
    "制度",
    "加强",
    "管理",
    "促进",
    "发展",
    "保障",
    "民生",
    "教育",
    "医疗",
    "交通",
    "环境",
    "农业",
    "水利",
    "文化",
]


@dataclass
class Answer:
    """What the server says to one path. `act`: hang or reset instead of an answer."""

    status: int = 200
    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    location: str | None = None
    act: str | None = None
    get_only: bool = False


@dataclass
class BigSite:
    """All answers, and the truth about them."""

    base: str
    answers: dict[str, Answer] = field(default_factory=dict)
    dead: dict[str, str] = field(default_factory=dict)  # address → kind of death
    soft: list[str] = field(default_factory=list)
    alive: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    anchors: int = 0

    def truth(self) -> dict[str, object]:
        return {
            "base": self.base,
            "dead": self.dead,
            "soft": self.soft,
            "alive": self.alive,
            "pages": self.pages,
            "anchors": self.anchors,
        }


DEATHS = (
    ("404", 60, "/dead/404-{}.html", Answer(404, b"<html><title>404</title>no</html>")),
    ("500", 20, "/dead/500-{}.html", Answer(500, b"oops")),
    ("503", 10, "/dead/503-{}.html", Answer(503, b"busy")),
    ("410", 10, "/dead/410-{}.html", Answer(410, b"gone")),
    ("hang", 10, "/dead/hang-{}.html", Answer(act="hang")),
    ("reset", 10, "/dead/reset-{}.html", Answer(act="reset")),
    ("loop", 6, "/dead/loop-{}.html", Answer(302, location="/dead/loop-{}.html")),
    ("moved", 8, "/dead/moved-{}.html", Answer(301, location="/dead/404-{}.html")),
    ("attachment", 10, "/dead/file-{}.pdf", Answer(404, b"no")),
    ("image", 10, "/dead/image-{}.png", Answer(404, b"no")),
)
TRAPS = (
    ("moved", 20, "/live/moved-{}.html", Answer(302, location="/c{}/")),
    (
        "head405",
        10,
        "/live/head405-{}.html",
        Answer(body=b"HEAD is refused", kind="text/plain", get_only=True),
    ),
    ("pdf", 10, "/live/report-{}.pdf", Answer(body=bytes(2_000_000), kind="application/pdf")),
)
SOFT = "<html><head><title>提示信息</title></head><body><p>对不起，您访问的页面不存在或已被删除。</p></body></html>"


def build(base: str, closed_ports: list[int]) -> BigSite:
    """The site at `base`; nobody listens on the closed ports."""
    site = BigSite(base)
    links = list(_plant(site, closed_ports))
    chance = random.Random(20261123)
    chance.shuffle(links)
    paths = ["/", *(f"/c{c}/" for c in range(CHANNELS))]
    paths += [f"/c{c}/t{a}.html" for c in range(CHANNELS) for a in range(PER_CHANNEL)]
    share: dict[int, list[str]] = {}
    for number, link in enumerate(links):  # two places each; one in fifty only on a GBK page
        at = 1 + number * 11 % (len(paths) - 1)
        at = at - at % GBK_EVERY if number % 50 == 0 else at
        share.setdefault(max(1, at), []).append(link)
        if number % 50:
            share.setdefault(1 + number * 37 % (len(paths) - 1), []).append(link)
    for number, path in enumerate(paths):
        site.answers[path] = _page(site, number, path, share.get(number, []), chance)
        site.pages.append(base + path)
    for path, kind in (("/s.css", "text/css"), ("/s.js", "text/javascript"), ("/logo.png", "image/png")):
        site.answers[path] = Answer(body=b"/* */", kind=kind)
    return site


def _plant(site: BigSite, closed_ports: list[int]) -> Iterator[str]:
    """Put the special answers in place; yields the addresses to link to."""
    for table, dead in ((DEATHS, True), (TRAPS, False)):
        for name, count, pattern, answer in table:
            for number in range(count):
                path = pattern.format(number)
                location = answer.location.format(number) if answer.location else None
                site.answers[path] = Answer(
                    answer.status, answer.body, answer.kind, location, answer.act, answer.get_only
                )
                if dead:
                    site.dead[site.base + path] = name
                else:
                    site.alive.append(site.base + path)
                yield path
    for number in range(10):
        site.answers[f"/live/soft-{number}.html"] = Answer(body=SOFT.encode())
        site.soft.append(f"{site.base}/live/soft-{number}.html")
        yield f"/live/soft-{number}.html"
    outside = [(f"http://127.0.0.1:{port}/", "refused") for port in closed_ports]
    outside += [(f"http://gone-{number}.invalid/", "dns") for number in range(5)]
    for url, name in outside:
        site.dead[url] = name
        yield url


def _page(site: BigSite, number: int, path: str, planted: list[str], chance: random.Random) -> Answer:
    """One page: menu, list or article, footer. The home page links to all channels, a channel to its articles."""
    own = list(range(CHANNELS)) if number == 0 else [(number * 7 + k) % CHANNELS for k in range(NAVIGATION)]
    anchors = [(f"/c{c}/", f"栏目{c}") for c in own]
    if 0 < number <= CHANNELS:
        anchors += [(f"/c{number - 1}/t{a}.html", _sentence(chance, 6)) for a in range(PER_CHANNEL)]
    others = [(chance.randrange(CHANNELS), chance.randrange(PER_CHANNEL)) for _ in range(79 - NAVIGATION)]
    anchors += [(f"/c{c}/t{a}.html", _sentence(chance, 6)) for c, a in others]
    anchors += [(url, "相关链接") for url in planted if not url.endswith(".png")]
    site.anchors += len(anchors)
    items = "\n".join(
        f'<li class="list-item"><span class="date">2026-11-{1 + k % 20:02d}</span><a href="{url}" target="_blank" '
        f'title="{text}">{text}</a></li>'
        for k, (url, text) in enumerate(anchors)
    )
    images = "".join(f'<img src="{url}" alt="配图">' for url in planted if url.endswith(".png"))
    text = "\n".join(f"<p style='text-indent:2em'>{_sentence(chance, 60)}。</p>" for _ in range(55))
    title = f"{_sentence(chance, 4)}-演示网站-{number}"
    encoding = "gb18030" if number and number % GBK_EVERY == 0 else "utf-8"
    charset = "gb2312" if encoding == "gb18030" else encoding
    rare = "镕堃" if encoding == "gb18030" else ""  # not in GB2312: labels lie
    html = (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}{rare}</title>'
        '<meta name="SiteName" content="演示网站"><link rel="stylesheet" href="/s.css"><script src="/s.js"></script>'
        f'</head><body><div class="top"><a href="/"><img src="/logo.png" alt="演示"></a></div><ul>{items}</ul>'
        f'<div class="content">{text}{images}</div><div class="foot">主办单位：演示</div></body></html>'
    )
    return Answer(body=html.encode(encoding), kind=f"text/html; charset={charset}")


def _sentence(chance: random.Random, words: int) -> str:
    return "".join(chance.choices(WORDS, k=words))


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as little of it as the clients need."""

    ready: dict[str, tuple[bytes, bytes, bytes, Answer]]

    def __init__(self) -> None:
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while b"\r\n\r\n" in self._rest:
            head, self._rest = self._rest.split(b"\r\n\r\n", 1)
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        method, path, _ = head.split(b"\r\n", 1)[0].split(b" ", 2)
        known = self.ready.get(path.split(b"#")[0].decode("latin-1")) or self.ready["404"]
        plain, packed, body, answer = known
        if answer.act == "hang":
            return
        if answer.act == "reset":
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()
        elif method == b"HEAD":
            self._transport.write(REFUSED if answer.get_only else _head(answer, len(answer.body), False))
        elif body and b"gzip" in head:
            self._transport.write(packed + body)
        else:
            self._transport.write(plain + answer.body)


# `LinkChecker` in the answer lifts the throttle of the tool of that name; without it, it waits between requests.
COMMON = "Server: bench\r\nLinkChecker: 1\r\nConnection: keep-alive\r\n"
REFUSED = f"HTTP/1.1 405 Method Not Allowed\r\n{COMMON}Content-Length: 0\r\n\r\n".encode()


def _head(answer: Answer, length: int, packed: bool) -> bytes:
    lines = (
        f"HTTP/1.1 {answer.status} X\r\n{COMMON}Content-Type: {answer.kind}\r\nContent-Length: {length}\r\n"
    )
    lines += "Content-Encoding: gzip\r\n" if packed else ""
    lines += f"Location: {answer.location}\r\n" if answer.location else ""
    return f"{lines}\r\n".encode()


def _ready(site: BigSite) -> dict[str, tuple[bytes, bytes, bytes, Answer]]:
    made = {}
    for path, answer in [*site.answers.items(), ("404", Answer(404, b"not here"))]:
        packs = answer.status == 200 and answer.kind.startswith("text/html")
        body = gzip.compress(answer.body, 6) if packs else b""
        made[path] = (_head(answer, len(answer.body), False), _head(answer, len(body), True), body, answer)
    return made


async def _serve(told: Path) -> None:
    with contextlib.ExitStack() as held:
        closed = []
        for _ in range(10):  # bound but not listening: connecting is refused
            sock = held.enter_context(socket.socket())
            sock.bind(("127.0.0.1", 0))
            closed.append(sock.getsockname()[1])
        loop = asyncio.get_running_loop()
        server = await loop.create_server(_Connection, "127.0.0.1", 0, backlog=512)
        site = build(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", closed)
        _Connection.ready = _ready(site)
        told.with_suffix(".tmp").write_text(json.dumps(site.truth()), encoding="utf-8")
        told.with_suffix(".tmp").rename(told)
        await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Path(sys.argv[1])))
