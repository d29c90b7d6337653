"""`python -m collectors certificate`: TLS chain, days left, HTTPS redirect and security headers of each site.

The chain is checked against the system's authorities (SSL_CERT_FILE is honoured) and the name of the site.
When it is not trusted, the certificate is read once more without checking, so that its dates are still told.
"""

from __future__ import annotations

import argparse
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID

from collectors import guard, siterun
from collectors.fetch import Fetcher
from collectors.resolve import ResolveError

SECURITY_HEADERS = (
    "strict-transport-security",
    "content-security-policy",
    "x-frame-options",
    "x-content-type-options",
    "referrer-policy",
)
SECONDS = 10.0
WARN_DAYS = 30  # certificate.expiring is told from here; limits and points are in indicators.toml
# OpenSSL verify code → cause (openssl x509_vfy.h)
VERIFY_CAUSES: Mapping[int, str] = MappingProxyType(
    {10: "expired", 9: "expired", 62: "wrong_host", 64: "wrong_host"}
)


@dataclass(frozen=True)
class Certificate:
    """What was seen. `cause` names why the chain is not trusted or nothing could be measured."""

    https: bool | None
    chain_ok: bool | None = None
    not_after: datetime | None = None
    days_left: int | None = None
    issuer: str | None = None
    tls_version: str | None = None
    redirects_to_https: bool | None = None
    missing_headers: tuple[str, ...] | None = None
    cause: str | None = None

    @property
    def measured(self) -> bool:
        return self.https is not None


@dataclass(frozen=True)
class _Handshake:
    der: bytes | None
    version: str | None
    cause: str | None


def measure_certificate(url: str, fetcher: Fetcher, now: datetime) -> Certificate:
    """Measure one site. `now` is naive UTC. Never raises for network trouble."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or 443 if parts.scheme == "https" else 443
    try:
        address = fetcher.resolver.resolve(host)[0]
        guard.check(address, fetcher.allow_private)
    except (ResolveError, guard.PrivateAddressError) as error:
        return Certificate(None, cause=error.cause)
    answer = fetcher.get(url)
    if answer.status is None and answer.cause != "tls":
        return Certificate(None, cause=answer.cause)
    shake = _handshake(address, host, port, verify=True)
    if shake.der is None and shake.cause in {"refused", "timeout", "reset"} and parts.scheme == "http":
        return Certificate(
            False, redirects_to_https=False if answer.cause is None else None, cause="no_certificate"
        )
    trusted = shake.cause is None
    seen = shake if shake.der else _handshake(address, host, port, verify=False)
    if seen.der is None:
        return Certificate(None, cause=shake.cause)
    not_after, issuer = _read(seen.der)
    return Certificate(
        True,
        trusted,
        not_after,
        (not_after - now).days,
        issuer,
        seen.version,
        answer.final_url.startswith("https://") if answer.cause is None else None,
        _missing(answer.headers) if answer.cause is None else None,
        shake.cause,
    )


def _handshake(address: str, host: str, port: int, *, verify: bool) -> _Handshake:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((address, port), SECONDS) as raw,
            context.wrap_socket(raw, server_hostname=host) as tls,
        ):
            return _Handshake(tls.getpeercert(binary_form=True), tls.version(), None)
    except ssl.SSLCertVerificationError as error:
        return _Handshake(None, None, VERIFY_CAUSES.get(error.verify_code, "untrusted"))
    except ConnectionRefusedError:
        return _Handshake(None, None, "refused")
    except TimeoutError:
        return _Handshake(None, None, "timeout")
    except ssl.SSLError:
        return _Handshake(None, None, "tls")
    except OSError:
        return _Handshake(None, None, "reset")


def _read(der: bytes) -> tuple[datetime, str]:
    certificate = x509.load_der_x509_certificate(der)
    names = certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    issuer = str(names[0].value) if names else certificate.issuer.rfc4514_string()
    return certificate.not_valid_after_utc.astimezone(UTC).replace(tzinfo=None), issuer


def _missing(headers: Mapping[str, str]) -> tuple[str, ...]:
    present = {name.lower() for name in headers}
    return tuple(name for name in SECURITY_HEADERS if name not in present)


# cause of an untrusted chain, or of none → (kind of finding, severity)
FINDINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "expired": ("certificate.expired", "high"),
        "wrong_host": ("certificate.untrusted", "medium"),
        "untrusted": ("certificate.untrusted", "medium"),
        "tls": ("certificate.untrusted", "medium"),
        "no_certificate": ("certificate.no_https", "low"),
    }
)


def finding(seen: Certificate) -> tuple[str, str] | None:
    """Kind and severity of the finding a measurement gives, if any."""
    if seen.cause in FINDINGS:
        return FINDINGS[seen.cause]
    if seen.days_left is not None and seen.days_left <= WARN_DAYS:
        return "certificate.expiring", "medium"
    return None


def _visit(rows: siterun.Rows, site: siterun.Site, fetcher: Fetcher, now: datetime) -> siterun.Outcome:
    seen = measure_certificate(site.url, fetcher, now)
    rows.add(
        "certificate_check",
        measured_at=now,
        site_code=site.site_code,
        https=seen.https,
        chain_ok=seen.chain_ok,
        not_after=seen.not_after,
        days_left=seen.days_left,
        issuer=seen.issuer,
        tls_version=seen.tls_version,
        redirects_to_https=seen.redirects_to_https,
        missing_headers=None if seen.missing_headers is None else ",".join(seen.missing_headers),
        cause=seen.cause,
    )
    found = finding(seen) if seen.measured else None
    if found:
        kind, severity = found
        rows.add(
            "sighting",
            measured_at=now,
            aspect="certificate",
            kind=kind,
            severity=severity,
            site_code=site.site_code,
            target=site.url,
            page_url=site.url,
            cause=seen.cause,
            places=1,
            text=f"证书剩余 {seen.days_left} 天" if seen.days_left is not None else None,
        )
    return siterun.Outcome(seen.measured, None if seen.measured else seen.cause, pages=1, items=1)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    siterun.add_arguments(parser)


def main(args: argparse.Namespace) -> int:
    return siterun.run(args, collector="certificate", aspect="certificate", visit=_visit)
