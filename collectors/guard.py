"""The address guard: which addresses a collector may connect to.

Checked on the address the connection really goes to, so a name that resolves differently the second time,
an octal or a mapped address gains nothing (OWASP SSRF prevention). `--allow-private` opens loopback and private
addresses, `--allow-network` some of them; link-local ones, where clouds keep their metadata, and multicast stay
closed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Allowed = bool | Sequence[Network]  # all private addresses, or those in some networks

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NEVER: tuple[Network, ...] = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            "169.254.0.0/16",
            "100.100.100.200/32",
            "224.0.0.0/3",
            "::/128",
            "fe80::/10",
            "fd00:ec2::254/128",
            "ff00::/8",
        ),
    )
)


class PrivateAddressError(Exception):
    """The address is loopback, private, link-local, multicast, reserved or a cloud's metadata service."""

    cause = "private_address"


def _inner(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    found = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
    if found is None and ip in _NAT64:
        found = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return found


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, looking through IPv4 in IPv6."""
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    inner = _inner(ip)
    if inner is not None and not is_public(str(inner)):
        return False
    return ip.is_global and not ip.is_multicast


def check(address: str, allowed: Allowed) -> None:
    """Raise PrivateAddressError for an address that must not be visited."""
    if is_public(address):
        return
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    ip = _inner(ip) or ip
    if any(ip in network for network in _NEVER):
        raise PrivateAddressError(address)
    if allowed is not True and not any(ip in network for network in allowed or ()):
        raise PrivateAddressError(address)
