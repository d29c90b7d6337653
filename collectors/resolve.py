"""Names to addresses: a hosts file first (COCKPIT_HOSTS or --hosts), then the system; answers are kept a while.

"The name does not exist" is said only when the resolver says so (EAI_NONAME); anything else is temporary.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from cockpit.errors import CockpitError, why

KEEP_SECONDS, KEEP_TEMPORARY = 300.0, 5.0
# Each look-up costs seconds while the name service is down: after so many failures in a row it is left alone a while.
FAILURES_TO_PAUSE, PAUSE_SECONDS = 8, 20.0
FAMILIES = {0: socket.AF_UNSPEC, 4: socket.AF_INET, 6: socket.AF_INET6}
_NOT_EXISTING = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


class ResolveError(Exception):
    """A name that gave no address. cause: dns, dns_temporary or no_aaaa."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


def read_hosts(path: Path) -> dict[str, list[str]]:
    """Names and their addresses from a file in the format of /etc/hosts."""
    hosts: dict[str, list[str]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CockpitError(f"主机名文件 {path} 读不了（{why(error)}）。请检查路径和权限") from error
    except UnicodeDecodeError as error:
        raise CockpitError(f"主机名文件 {path} 不是 UTF-8 文本。请按 /etc/hosts 的格式另存") from error
    for number, line in enumerate(lines, 1):
        words = line.split("#", 1)[0].split()
        try:
            address = str(ipaddress.ip_address(words[0])) if words else ""
        except ValueError as error:
            raise CockpitError(f"{path} 第 {number} 行：「{words[0]}」不是 IP 地址") from error
        for name in words[1:]:
            hosts.setdefault(name.lower(), []).append(address)
    return hosts


class Resolver:
    """Thread-safe, with a cache."""

    def __init__(self, hosts: Mapping[str, list[str]] | None = None) -> None:
        self._hosts = dict(hosts or {})
        self._cache: dict[tuple[str, int], tuple[float, list[str] | ResolveError]] = {}
        self._lock = threading.Lock()
        self._failures, self._paused_until = 0, 0.0

    def resolve(self, host: str, family: int = 0) -> list[str]:
        """Addresses of a name for family 0 (any, IPv4 first), 4 or 6. Raises ResolveError."""
        name = host.rstrip(".").lower().strip("[]")
        key = (name, family)
        with self._lock:
            known = self._cache.get(key)
        if known is None or known[0] < time.monotonic():
            found = self._look_up(name, family)
            temporary = isinstance(found, ResolveError) and found.cause == "dns_temporary"
            known = (time.monotonic() + (KEEP_TEMPORARY if temporary else KEEP_SECONDS), found)
            with self._lock:
                self._cache[key] = known
        if isinstance(known[1], ResolveError):
            raise ResolveError(known[1].cause)
        return known[1]

    def _look_up(self, name: str, family: int) -> list[str] | ResolveError:
        if name in self._hosts:
            return self._chosen(self._hosts[name], family)
        numeric = self._ask(name, family, socket.AI_NUMERICHOST)
        if not isinstance(numeric, ResolveError) or numeric.cause == "no_aaaa":
            return numeric
        if time.monotonic() < self._paused_until:
            return ResolveError("dns_temporary")
        found = self._ask(name, family)
        with self._lock:
            down = isinstance(found, ResolveError) and found.cause == "dns_temporary"
            self._failures = self._failures + 1 if down else 0
            if self._failures >= FAILURES_TO_PAUSE:
                self._paused_until = time.monotonic() + PAUSE_SECONDS
        return found

    def _ask(self, name: str, family: int, flags: int = 0) -> list[str] | ResolveError:
        try:
            found = socket.getaddrinfo(
                name.encode("idna") if not name.isascii() else name,
                None,
                FAMILIES[0],
                socket.SOCK_STREAM,
                0,
                flags,
            )
        except socket.gaierror as error:
            return ResolveError("dns" if error.errno in _NOT_EXISTING else "dns_temporary")
        except (UnicodeError, ValueError):
            return ResolveError("dns")
        return self._chosen(list(dict.fromkeys(str(entry[4][0]) for entry in found)), family)

    @staticmethod
    def _chosen(addresses: list[str], family: int) -> list[str] | ResolveError:
        four = [a for a in addresses if ":" not in a]
        six = [a for a in addresses if ":" in a]
        chosen = {0: four + six, 4: four, 6: six}[family]
        if not chosen:
            return ResolveError("no_aaaa" if family == 6 else "dns")
        return chosen
