"""Without login: everything on the machine's own address, looking only on any other."""

from __future__ import annotations

import pytest

from cockpit.ui import who

HOME = {"Host": "127.0.0.1:8501", "Origin": "http://127.0.0.1:8501"}


@pytest.mark.parametrize(
    ("bound", "headers", "peer", "local"),
    [
        ("127.0.0.1", HOME, None, True),
        ("localhost", {"Host": "localhost:8501"}, None, True),
        ("::1", {"Host": "[::1]:8501", "Origin": "http://[::1]:8501"}, None, True),
        ("127.0.0.1", {}, None, True),
        (None, HOME, None, False),
        ("", HOME, None, False),
        ("0.0.0.0", HOME, None, False),
        ("::", HOME, None, False),
        ("10.36.1.8", HOME, None, False),
        ("unix:///run/cockpit.sock", HOME, None, False),
        ("127.0.0.1", {"Host": "cockpit.xinyu.example"}, None, False),
        ("127.0.0.1", {**HOME, "Origin": "http://evil.example"}, None, False),
        ("127.0.0.1", {**HOME, "Origin": "null"}, None, False),
        ("127.0.0.1", {**HOME, "X-Forwarded-For": "127.0.0.1"}, None, False),
        ("127.0.0.1", {**HOME, "Forwarded": "for=10.0.0.1"}, None, False),
        ("127.0.0.1", HOME, "10.0.0.7", False),
        ("0.0.0.0", {"Host": "localhost", "Origin": "http://localhost"}, "127.0.0.1", False),
    ],
)
def test_the_bound_address_decides_and_headers_only_take_away(
    bound: str | None, headers: dict[str, str], peer: str | None, local: bool
) -> None:
    assert who.local(bound, headers, peer) is local
