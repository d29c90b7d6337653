"""A hundred small websites on one loopback port, told apart by name, that count how politely they are asked.

`python -m tests.bench.hundred_sites FILE` serves them and writes the port to FILE; `/stats` of any name tells for
each name how many requests were under way at once, at the most, and how many there were.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections import Counter
from pathlib import Path

SITES, PAGES, LATENCY = 100, 30, 0.02
ROW = '<li><span>2026-11-{day:02d}</span><a href="/{n}.html">第{n}号通知公告的标题文字</a></li>'
TEXT = "<p>近日，市政府召开会议，研究部署重点工作，要求各部门按照职责分工抓好落实，服务群众和企业。</p>" * 12


class Sites:
    """Answers by name and path; keeps the counts."""

    def __init__(self) -> None:
        self.active: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        rows = "".join(ROW.format(n=n, day=1 + n % 28) for n in range(PAGES))
        self._page = f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{{}}</title></head><body><ul>{rows}</ul>{TEXT}</body></html>"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
                path = head.split(" ", 2)[1]
                host = head.lower().split("\r\nhost:", 1)[1].split("\r\n", 1)[0].strip().split(":")[0]
                writer.write(await self._answer(host, path, head.startswith("HEAD")))
        writer.close()

    async def _answer(self, host: str, path: str, head_only: bool) -> bytes:
        if path == "/stats":
            return _made(200, json.dumps({"most": self.most, "requests": self.requests}).encode(), head_only)
        self.active[host] += 1
        self.requests[host] += 1
        self.most[host] = max(self.most[host], self.active[host])
        await asyncio.sleep(LATENCY)
        self.active[host] -= 1
        name = path.strip("/").removesuffix(".html")
        if path == "/" or (name.isdigit() and int(name) < PAGES):
            return _made(200, self._page.format(f"{host} {path}").encode(), head_only)
        return _made(404, b"not here", head_only)


def _made(status: int, body: bytes, head_only: bool) -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + (b"" if head_only else body)


async def _serve(told: Path) -> None:
    server = await asyncio.start_server(Sites().serve, "127.0.0.1", 0, backlog=1024)
    told.with_suffix(".tmp").write_text(str(server.sockets[0].getsockname()[1]), encoding="utf-8")
    told.with_suffix(".tmp").rename(told)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Path(sys.argv[1])))
