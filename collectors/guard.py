"""The address guard: which addresses a collector may connect to.

Checked on the address the connection really goes to, so a name that resolves differently the second time,
an octal or a mapped address gains nothing (OWASP SSRF prevention). `--allow-private` switches it off.
"""

from __future__ import annotations

import ipaddress

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddressError(Exception):
    """The address is loopback, private, link-local, multicast, reserved or a cloud's metadata service."""

    cause = "private_address"


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, looking through IPv4 in IPv6."""
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None and not is_public(str(inner)):
            return False
    return ip.is_global and not ip.is_multicast


def check(address: str, allow_private: bool) -> None:
    """Raise PrivateAddressError for an address that must not be visited."""
    if not allow_private and not is_public(address):
        raise PrivateAddressError(address)
