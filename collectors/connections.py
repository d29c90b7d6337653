"""Pooled connections of `requests` that go only to addresses we resolved and checked ourselves.

One adapter per IP family. TLS uses one shared context (loading authorities for every connection costs 20 ms
of CPU); certificates are not judged here but in collectors/certificate.py, because old government servers
must be read too. A watchdog closes sockets whose request passed its total deadline (slow headers).
"""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import threading
import time
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from collectors import guard
from collectors.resolve import Resolver

_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


class ConnectError(Exception):
    """No connection was made. cause is an id of causes.toml."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Watchdog:
    """Closes the socket of any thread's request that is past its deadline. One per Fetcher.

    A connection is watched for the thread that uses it now: one that went back to the pool and on to another
    thread is never cut by the deadline of the first.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._deadlines: dict[int, float] = {}
        self._watched: dict[HTTPConnection, int] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
        self._thread.start()

    def begin(self, deadline: float) -> None:
        """The calling thread starts a request that must end by `deadline` (time.monotonic)."""
        with self._lock:
            self._deadlines[threading.get_ident()] = deadline

    def uses(self, connection: HTTPConnection) -> None:
        """The calling thread's request goes over this connection."""
        me = threading.get_ident()
        with self._lock:
            if me in self._deadlines:
                self._watched[connection] = me

    def end(self) -> None:
        me = threading.get_ident()
        with self._lock:
            self._deadlines.pop(me, None)
            for connection in [c for c, user in self._watched.items() if user == me]:
                del self._watched[connection]

    def close(self) -> None:
        self._stop.set()

    def cut(self, now: float) -> None:
        """Shut the sockets of requests whose deadline is before `now`."""
        with self._lock:
            for connection in [c for c, user in self._watched.items() if now > self._deadlines[user]]:
                del self._watched[connection]
                if connection.sock is not None:
                    with contextlib.suppress(OSError):
                        connection.sock.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        while not self._stop.wait(0.2):
            self.cut(time.monotonic())


def tls_context() -> ssl.SSLContext:
    """A context that reads whatever a server offers, down to old ciphers."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=1")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def connect(
    resolver: Resolver, host: str, port: int, family: int, allow_private: guard.Allowed, seconds: float
) -> socket.socket:
    """Connect to the first address of a name that answers; every address is checked by the guard first."""
    cause = "refused"
    for address in resolver.resolve(host, family):
        guard.check(address, allow_private)
        try:
            return socket.create_connection((address, port), seconds)
        except TimeoutError:
            cause = "timeout"
        except ConnectionRefusedError:
            cause = "refused"
        except ConnectionResetError:
            cause = "reset"
        except OSError as error:
            unreachable = "no_ipv6_route" if ":" in address else "no_route"
            cause = unreachable if error.errno in _NO_ROUTE else "refused"
    raise ConnectError(cause)


class GuardedAdapter(HTTPAdapter):
    """An HTTPAdapter whose sockets are made by `connect` above."""

    def __init__(
        self,
        resolver: Resolver,
        watchdog: Watchdog,
        *,
        family: int,
        allow_private: guard.Allowed,
        per_host: int,
    ) -> None:
        self._pools = _pool_classes(resolver, watchdog, family, allow_private)
        super().__init__(pool_connections=256, pool_maxsize=per_host, pool_block=False)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=tls_context())
        self.poolmanager.pool_classes_by_scheme = self._pools

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002 - its signature
        conn.cert_reqs = "CERT_NONE"
        conn.ca_certs = None


def _pool_classes(
    resolver: Resolver, watchdog: Watchdog, family: int, allow_private: guard.Allowed
) -> dict[str, type]:
    class Guarded:
        def _new_conn(self: Any) -> socket.socket:
            seconds = self.timeout if isinstance(self.timeout, int | float) else 10.0
            return connect(resolver, self._dns_host, self.port, family, allow_private, seconds)

        def putrequest(self: Any, *args: Any, **kwargs: Any) -> None:
            watchdog.uses(self)
            super().putrequest(*args, **kwargs)  # type: ignore[misc]

    class Plain(Guarded, HTTPConnection):
        pass

    class Secure(Guarded, HTTPSConnection):
        pass

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
