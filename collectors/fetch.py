"""One request, every outcome named: `Fetcher.get` never raises for anything a network or a server can do.

Bounds: connect seconds, total seconds, bytes after decompression, redirects. Redirects are followed by hand:
each hop's address is checked, cookies of the chain are kept, the same address with the same cookies is a loop.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests import PreparedRequest
from requests.hooks import default_hooks
from requests.structures import CaseInsensitiveDict
from requests.utils import requote_uri

from cockpit import __version__
from collectors.connections import ConnectError, GuardedAdapter, Watchdog
from collectors.guard import Allowed, PrivateAddressError
from collectors.resolve import ResolveError, Resolver

USER_AGENT = (
    f"Mozilla/5.0 (compatible; GovCockpit/{__version__}; +政务公开监测 请联系本地大数据中心)".encode().decode(
        "latin-1"
    )
)
ACCEPT = "text/html,application/xhtml+xml,*/*;q=0.8"
DRAIN_BYTES = 65536  # an unread body up to this size is read to its end, so that the connection can be kept
MAX_REDIRECTS = 10
REDIRECTS = frozenset({301, 302, 303, 307, 308})

STATUS_CAUSES: Mapping[int, str] = MappingProxyType(
    {
        401: "unauthorized_401",
        403: "blocked_403",
        404: "not_found_404",
        405: "method_405",
        410: "gone_410",
        429: "rate_limited_429",
    }
)


@dataclass(frozen=True)
class Limits:
    """What one request may cost."""

    connect_seconds: float = 5.0
    seconds: float = 10.0
    max_bytes: int = 5_000_000


@dataclass
class Response:
    """The outcome of one request. `cause` is None for a readable 2xx answer; `status` None without any answer."""

    url: str
    final_url: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=CaseInsensitiveDict)
    body: bytes = b""
    cause: str | None = None
    seconds: float = 0.0
    address: str | None = None
    history: tuple[str, ...] = ()
    known: bool = False  # a redirect led to an address the caller knows; it was not asked for

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def is_html(self) -> bool:
        """Whether the body is worth parsing: said to be HTML, or looking like it where nothing is said.

        The later pages of JCMS lists are records of HTML that are said to be XML.
        """
        kind = self.content_type.split(";")[0].strip().lower()
        if kind in {"text/xml", "application/xml"}:
            return "/dataproxy.jsp" in self.final_url
        if kind:
            return kind in {"text/html", "application/xhtml+xml"}
        return self.body[:512].lstrip().lower().startswith((b"<!doctype html", b"<html", b"<head"))

    @property
    def readable(self) -> bool:
        """A 2xx answer, even when it was cut at the byte limit."""
        return self.cause in {None, "too_large"}


def status_cause(status: int) -> str | None:
    """The cause a status code names; None below 400."""
    if status < 400:
        return None
    return STATUS_CAUSES.get(status, "server_5xx" if status >= 500 else "client_4xx")


class Fetcher:
    """Shared by all threads of a run; close it at the end (or use it as a context manager)."""

    def __init__(
        self,
        resolver: Resolver | None = None,
        *,
        allow_private: Allowed = False,
        limits: Limits | None = None,
        user_agent: str = USER_AGENT,
        per_host: int = 8,
    ) -> None:
        self.resolver = resolver or Resolver()
        self.allow_private = allow_private
        self.limits = limits or Limits()
        self._headers = {
            "User-Agent": user_agent,
            "Accept": ACCEPT,
            "Accept-Encoding": "gzip, deflate",
            "Accept-Language": "zh-CN,zh;q=0.9",
            "Connection": "keep-alive",
        }
        self._watchdog = Watchdog()
        self._adapters = {
            family: GuardedAdapter(
                self.resolver, self._watchdog, family=family, allow_private=allow_private, per_host=per_host
            )
            for family in (0, 4, 6)
        }

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._watchdog.close()
        for adapter in self._adapters.values():
            adapter.close()

    def has_address(self, url: str, family: int) -> bool:
        """Whether the host of an address has records of a family. Raises ResolveError when the name has none at all."""
        host = urlsplit(url).hostname or ""
        self.resolver.resolve(host)
        try:
            return bool(self.resolver.resolve(host, family))
        except ResolveError:
            return False

    def get(
        self,
        url: str,
        *,
        method: str = "GET",
        family: int = 0,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        seconds: float | None = None,
        body: bool = True,
        only_html: bool = False,
        known: Callable[[str], bool] | None = None,
    ) -> Response:
        """Ask for one address, following redirects up to one that leads to a `known` address.

        `body=False`, or `only_html` for other types, leaves the body.
        """
        started = time.monotonic()
        deadline = started + (seconds or self.limits.seconds)
        ask = _Ask(
            method, family, dict(headers or {}), max_bytes or self.limits.max_bytes, deadline, body, only_html
        )
        answer = Response(url, url)
        cookies: dict[str, str] = {}
        seen: set[tuple[str, str]] = set()
        hop = url
        for _ in range(MAX_REDIRECTS + 1):
            if (hop, str(sorted(cookies.items()))) in seen:
                answer.cause, answer.final_url = "redirect_loop", hop
                break
            seen.add((hop, str(sorted(cookies.items()))))
            location = self._hop(hop, ask, cookies, answer)
            if location is None:
                break
            answer.history = (*answer.history, hop)
            hop = location
            if known is not None and not cookies and known(hop):
                answer.final_url, answer.known = hop, True
                break
        else:
            answer.cause = "redirect_loop"
        answer.seconds = time.monotonic() - started
        return answer

    def _hop(self, url: str, ask: _Ask, cookies: dict[str, str], answer: Response) -> str | None:
        """One request; fills `answer`; returns where it redirects to."""
        answer.final_url, answer.status, answer.cause = url, None, None
        for last in (False, True):  # a kept connection may just have been closed by the server: once more
            try:
                return self._send(url, ask, cookies, answer)
            except Exception as error:
                answer.cause = self._named(error, ask)
                if answer.cause == "bad_url" and answer.status is not None:  # a number in the body is none
                    answer.cause = "content_length"
                if last or answer.cause != "reset" or answer.status is not None:
                    return None
            finally:
                self._watchdog.end()
        return None

    def _send(self, url: str, ask: _Ask, cookies: dict[str, str], answer: Response) -> str | None:
        remaining = max(0.05, ask.deadline - time.monotonic())
        self._watchdog.begin(ask.deadline)
        request = _prepared(url, ask, {**self._headers, **ask.headers}, cookies)
        timeout = urllib3.Timeout(connect=min(self.limits.connect_seconds, remaining), read=remaining)
        got = self._adapters[ask.family].send(request, stream=True, timeout=timeout)
        try:
            if time.monotonic() > ask.deadline:  # the watchdog's cut looks like the end of the headers
                raise TimeoutError
            answer.status, answer.headers = got.status_code, got.headers
            answer.address = _peer(got)
            answer.cause = "bad_answer" if got.status_code < 200 else status_cause(got.status_code)
            location = got.headers.get("location")
            if got.status_code in REDIRECTS and location:
                _remember(cookies, got)
                _finish(got)
                return _target(url, location)
            self._read(got, ask, answer)
        finally:
            got.close()
        return None

    def _read(self, got: requests.Response, ask: _Ask, answer: Response) -> None:
        wanted = (
            ask.body
            and ask.method != "HEAD"
            and (not ask.only_html or answer.is_html or not answer.content_type)
        )
        if not wanted:
            _finish(got)
            return
        if not _readable_coding(got.headers.get("content-encoding", "")):
            answer.cause = answer.cause or "decode"
            return
        parts, size = [], 0
        while size <= ask.max_bytes:
            part = got.raw.read(65536, decode_content=True)
            parts.append(part)
            size += len(part)
            if time.monotonic() > ask.deadline:
                answer.cause = answer.cause or "timeout"
                break
            if not part:
                break
        answer.body = b"".join(parts)[: ask.max_bytes]
        if size > ask.max_bytes:
            answer.cause = answer.cause or "too_large"

    @staticmethod
    def _named(error: Exception, ask: _Ask) -> str:
        if isinstance(error, ResolveError | ConnectError | PrivateAddressError):
            return error.cause
        if time.monotonic() > ask.deadline:
            return "timeout"
        found = [error, *_reasons(error)]
        for kinds, cause in _ERRORS:
            if any(isinstance(e, kinds) for e in found):
                return cause
        return "reset"


@dataclass(frozen=True)
class _Ask:
    method: str
    family: int
    headers: Mapping[str, str]
    max_bytes: int
    deadline: float
    body: bool
    only_html: bool


def _reasons(error: BaseException) -> Iterable[BaseException]:
    """The errors inside an error: arguments, reasons, causes."""
    waiting, seen = [error], set()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = [
            *getattr(current, "args", ()),
            getattr(current, "reason", None),
            current.__cause__,
            current.__context__,
        ]
        waiting += [e for e in inner if isinstance(e, BaseException)]


_ERRORS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((ResolveError,), "dns"),
    ((urllib3.exceptions.SSLError, requests.exceptions.SSLError), "tls"),
    ((urllib3.exceptions.ReadTimeoutError, requests.exceptions.Timeout, TimeoutError), "timeout"),
    ((urllib3.exceptions.DecodeError, requests.exceptions.ContentDecodingError), "decode"),
    ((http.client.IncompleteRead, urllib3.exceptions.InvalidChunkLength), "content_length"),
    ((http.client.RemoteDisconnected, ConnectionError), "reset"),
    ((http.client.HTTPException, urllib3.exceptions.InvalidHeader), "bad_answer"),
    (
        (
            requests.exceptions.InvalidURL,
            requests.exceptions.MissingSchema,
            requests.exceptions.InvalidSchema,
            urllib3.exceptions.LocationParseError,
            UnicodeError,
            ValueError,
        ),
        "bad_url",
    ),
)


def _prepared(url: str, ask: _Ask, headers: dict[str, str], cookies: Mapping[str, str]) -> PreparedRequest:
    """A request made by hand: preparing one in full costs a fifth of a fetch."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise requests.exceptions.InvalidURL(url)
    _ = parts.port  # raises ValueError (→ bad_url) for a port that is none
    request = PreparedRequest()
    request.method = ask.method
    if url.isascii() and " " not in url:
        request.url = requote_uri(url)
    else:
        request.prepare_url(url, None)
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    request.headers = CaseInsensitiveDict(headers)
    request.hooks = default_hooks()
    request._cookies = None
    return request


def _readable_coding(header: str) -> bool:
    """Whether a body is packed in a way that was asked for, and not over and over."""
    codings = [coding for coding in header.lower().replace(" ", "").split(",") if coding]
    return len(codings) <= 1 and set(codings) <= {"gzip", "x-gzip", "deflate", "identity"}


def _target(url: str, location: str) -> str:
    """Where a Location header leads; servers write raw UTF-8 that http.client read as Latin-1."""
    try:
        location = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        location = requote_uri(location)
    return urljoin(url, location.strip()).split("#", 1)[0]


def _remember(cookies: dict[str, str], got: requests.Response) -> None:
    for line in got.raw.headers.getlist("set-cookie")[:20]:
        name, _, value = line.split(";", 1)[0].partition("=")
        if name.strip() and len(line) < 4096:
            cookies[name.strip()] = value.strip()


def _finish(got: requests.Response) -> None:
    """Read a small rest so that the connection can be used again; close on a large one."""
    length = got.headers.get("content-length", "")
    if length.isdigit() and int(length) <= DRAIN_BYTES:
        got.raw.read(DRAIN_BYTES + 1, decode_content=False)


def _peer(got: requests.Response) -> str | None:
    connection: Any = getattr(got.raw, "connection", None) or getattr(got.raw, "_connection", None)
    sock = getattr(connection, "sock", None)
    try:
        return str(sock.getpeername()[0]) if sock is not None else None
    except OSError:
        return None
