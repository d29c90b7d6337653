"""A loopback web server with virtual hosts, for whole sites and for misbehaviour.

One server answers for every host name of a `Web`; names reach it through a hosts file (COCKPIT_HOSTS).
It listens on 127.0.0.1 and, with the same port, on ::1. All behaviour is data (`Doc`).
"""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Doc:
    """One answer. behave: None, or a misbehaviour of the table BEHAVIOURS."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    behave: str | None = None
    get_only: bool = False


@dataclass
class Site:
    """Everything one host name serves. `answer` may decide by request headers (cloaking)."""

    host: str
    docs: dict[str, Doc] = field(default_factory=dict)
    missing: Doc = Doc(b"<html><head><title>404</title></head><body>404 Not Found</body></html>", 404)
    answer: Callable[[str, Headers], Doc | None] | None = None
    ipv4: bool = True
    ipv6: bool = False

    def doc(self, path: str, headers: Headers) -> Doc:
        special = self.answer(path, headers) if self.answer else None
        return special or self.docs.get(path) or self.missing


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    timeout = 20

    def do_GET(self) -> None:
        self._serve(body=True)

    def do_HEAD(self) -> None:
        self._serve(body=False)

    def _serve(self, body: bool) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0].lower()
        site = web.sites.get(host)
        web.count(host, self.command, self.path)
        doc = site.doc(self.path, self.headers) if site else Doc(b"no such host", 421)
        if doc.behave:
            BEHAVIOURS[doc.behave](self, web)
        elif doc.get_only and not body:
            self._send(Doc(b"", 405), body=False)
        else:
            self._send(self._unchanged(doc) or doc, body)

    def _unchanged(self, doc: Doc) -> Doc | None:
        """304 for whoever already has this version."""
        tag = next((value for name, value in doc.headers if name == "ETag"), None)
        return Doc(status=304) if tag and self.headers.get("If-None-Match") == tag else None

    def _send(self, doc: Doc, body: bool) -> None:
        self.send_response(doc.status)
        for name, value in doc.headers:
            self.send_header(name, value)
        self.send_header("Content-Type", doc.content_type)
        self.send_header("Content-Length", str(len(doc.body)))
        self.end_headers()
        if body:
            self.wfile.write(doc.body)

    def log_message(self, *_: object) -> None:
        """Requests are counted, not printed."""


def _hang(handler: Handler, web: Web) -> None:
    web.closing.wait(60)
    handler.close_connection = True


def _reset(handler: Handler, _web: Web) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def _loop(handler: Handler, _web: Web) -> None:
    handler._send(Doc(status=302, headers=(("Location", handler.path),)), body=False)


def _drip(handler: Handler, web: Web) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(600):
        handler.wfile.write(b" ")
        if web.closing.wait(0.1):
            break
    handler.close_connection = True


def _endless(handler: Handler, web: Web) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Connection", "close")
    handler.end_headers()
    for _ in range(2 * 1024 * 16):  # two gigabytes, unless the client hangs up
        handler.wfile.write(b"<p>endless</p>\n" * 4096)
        if web.closing.is_set():
            break
    handler.close_connection = True


BEHAVIOURS: Mapping[str, Callable[[Handler, Web], None]] = {
    "hang": _hang,
    "reset": _reset,
    "loop": _loop,
    "drip": _drip,
    "endless": _endless,
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the tests."""


class _Server6(_Server):
    address_family = socket.AF_INET6


class Web:
    """A set of sites on one port (IPv4, and IPv6 where some site wants it), with TLS when `context` is given."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.sites: dict[str, Site] = {}
        self.requests: dict[tuple[str, str, str], int] = {}
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._context = context
        self._servers = self._bind()
        self.port: int = self._servers[0].server_address[1]

    def _bind(self) -> list[_Server]:
        for _ in range(50):
            four = _Server(("127.0.0.1", 0), Handler, bind_and_activate=True)
            try:
                six = _Server6(("::1", four.server_address[1]), Handler)
            except OSError as error:
                four.server_close()
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return [four, six]
        raise OSError("no port free on both 127.0.0.1 and ::1")

    def add(self, site: Site) -> Site:
        self.sites[site.host] = site
        return site

    def count(self, host: str, method: str, path: str) -> None:
        with self._lock:
            key = (host, method, urlsplit(path).path)
            self.requests[key] = self.requests.get(key, 0) + 1

    def hosts(self) -> str:
        """The hosts file that leads the names here."""
        lines = [f"127.0.0.1 {site.host}" for site in self.sites.values() if site.ipv4]
        lines += [f"::1 {site.host}" for site in self.sites.values() if site.ipv6]
        return "\n".join(lines) + "\n"

    def write_hosts(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.hosts(), encoding="utf-8")
        return path

    @contextlib.contextmanager
    def serving(self) -> Iterator[Web]:
        for server in self._servers:
            server.web = self  # type: ignore[attr-defined]
            if self._context:
                server.socket = self._context.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield self
        finally:
            self.closing.set()
            for server in self._servers:
                server.shutdown()
                server.server_close()


@contextlib.contextmanager
def refused_port() -> Iterator[int]:
    """A port that nobody listens on, held for as long as the block runs."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
