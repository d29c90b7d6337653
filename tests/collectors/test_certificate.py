"""Certificates on real TLS: trusted, expired, for another name, self-made, and none at all."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from collectors.certificate import finding, measure_certificate
from collectors.fetch import Fetcher, Limits
from collectors.resolve import Resolver
from tests.sites.http import Doc, Site, Web

NOW = dt.datetime.now(dt.UTC).replace(tzinfo=None)


@contextmanager
def served(certificate: trustme.LeafCert) -> Iterator[Web]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    web = Web(context)
    headers = (("X-Frame-Options", "DENY"), ("Strict-Transport-Security", "max-age=1"))
    web.add(Site("safe.test", {"/": Doc(b"<html></html>", headers=headers)}))
    with web.serving():
        yield web


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    made = trustme.CA()
    path = tmp_path / "ca.pem"
    made.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return made


def measure(web: Web, url: str | None = None):
    with Fetcher(Resolver({"safe.test": ["127.0.0.1"]}), allow_private=True, limits=Limits(2, 3)) as fetcher:
        return measure_certificate(url or f"https://safe.test:{web.port}/", fetcher, NOW)


def test_a_good_certificate(authority: trustme.CA) -> None:
    with served(authority.issue_cert("safe.test")) as web:
        seen = measure(web)
    assert (seen.https, seen.chain_ok, seen.cause, seen.redirects_to_https) == (True, True, None, True)
    assert seen.days_left is not None
    assert seen.days_left > 0
    assert seen.missing_headers == ("content-security-policy", "x-content-type-options", "referrer-policy")
    assert finding(seen) is None or finding(seen)[0] == "certificate.expiring"


@pytest.mark.parametrize(
    ("days", "name", "cause", "kind"),
    [
        (-2, "safe.test", "expired", "certificate.expired"),
        (200, "other.test", "wrong_host", "certificate.untrusted"),
        (10, "safe.test", None, "certificate.expiring"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_named(
    authority: trustme.CA, days: int, name: str, cause: str | None, kind: str
) -> None:
    end = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    with served(authority.issue_cert(name, not_before=end - dt.timedelta(days=90), not_after=end)) as web:
        seen = measure(web)
    assert (seen.cause, finding(seen)[0]) == (cause, kind)
    assert seen.days_left is not None
    assert abs(seen.days_left - days) <= 1, "the dates are told even when the chain is not trusted"


def test_a_self_made_certificate_is_untrusted(authority: trustme.CA) -> None:
    assert authority
    with served(trustme.CA().issue_cert("safe.test")) as web:
        assert measure(web).cause == "untrusted"


def test_a_site_that_cannot_be_reached_is_unmeasured() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        seen = measure(Web(), f"https://safe.test:{held.getsockname()[1]}/")
    assert (seen.measured, seen.cause) == (False, "refused")
