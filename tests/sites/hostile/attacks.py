"""The table of attacks: name, what the server does, and by which cause a careful client tells it (None = clean).

Where two causes are honest (a race between a clock and a byte count), both are named.
"""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.sites.hostile import markup
from tests.sites.hostile.server import Serve, Wire

Cause = str | None


@dataclass(frozen=True)
class Attack:
    """`causes`: any of them is right. `page`: what is sent is a page, and the detectors must get through it."""

    name: str
    serve: Serve
    causes: tuple[Cause, ...]
    page: bool = False


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
ZEROS = gzip.compress(b"0" * 50_000_000)
TABLE: list[Attack] = []


def attack(*causes: Cause) -> Callable[[Serve], Serve]:
    """Put a function into the table under its own name."""

    def add(serve: Serve) -> Serve:
        TABLE.append(Attack(serve.__name__.strip("_"), serve, causes))
        return serve

    return add


# --- time ---------------------------------------------------------------------------------------------------


@attack("timeout")
def says_nothing(w: Wire) -> None:
    w.hang()


@attack("timeout", "bad_answer")
def headers_drip(w: Wire) -> None:
    w.send(b"HTTP/1.1 200 OK\r\n")
    w.forever(b"X: 1\r\n", 0.05)


@attack("timeout")
def header_letter_by_letter(w: Wire) -> None:
    w.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    w.forever(b"a", 0.02)


@attack("timeout")
def status_line_drips(w: Wire) -> None:
    w.send(b"HTTP/1.1 200 ")
    w.forever(b"O", 0.02)


@attack("timeout")
def body_drips(w: Wire) -> None:
    w.send(OK + b"Content-Length: 100000\r\n\r\n")
    w.forever(b" ", 0.02)


@attack("timeout")
def chunks_drip(w: Wire) -> None:
    w.send(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    w.forever(b"1\r\na\r\n", 0.02)


@attack("timeout")
def body_promised_and_never_sent(w: Wire) -> None:
    w.send(OK + b"Content-Length: 99999999999\r\n\r\n<html>")
    w.hang()


@attack("timeout")
def continue_for_ever(w: Wire) -> None:
    w.forever(b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)


# --- size ---------------------------------------------------------------------------------------------------


@attack("too_large", "timeout")
def body_without_end(w: Wire) -> None:
    w.send(OK + b"\r\n")
    w.forever(b"<p>endless</p>\n" * 4096)


@attack("too_large", "timeout")
def chunks_without_end(w: Wire) -> None:
    w.send(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    w.forever(b"8000\r\n" + b"a" * 0x8000 + b"\r\n")


@attack("too_large", "timeout")
def one_line_without_end(w: Wire) -> None:
    w.send(OK + b"\r\n<html><a href='")
    w.forever(b"a" * 65536)


@attack("bad_answer", "timeout")
def header_without_end(w: Wire) -> None:
    w.send(b"HTTP/1.1 200 OK\r\nX: ")
    w.forever(b"a" * 65536)


@attack("bad_answer", "timeout")
def status_line_without_end(w: Wire) -> None:
    w.send(b"HTTP/1.1 200 ")
    w.forever(b"a" * 65536)


@attack("bad_answer")
def hundred_thousand_headers(w: Wire) -> None:
    w.send(OK + b"".join(b"X-%d: 1\r\n" % n for n in range(100_000)) + b"\r\n")


@attack("bad_answer")
def ten_thousand_cookies(w: Wire) -> None:
    w.send(OK + b"".join(b"Set-Cookie: c%d=1\r\n" % n for n in range(10_000)) + b"\r\n")


@attack(None)
def cookie_of_60_kilobytes(w: Wire) -> None:
    w.answer(b"<html></html>", Set_Cookie="c=" + "a" * 60_000)


# --- what is not HTTP, or half of it ------------------------------------------------------------------------


@attack("reset")
def closes_at_once(w: Wire) -> None:
    w.half_close()


@attack("reset")
def resets_at_once(w: Wire) -> None:
    w.reset()


@attack("reset", "content_length")
def resets_in_the_body(w: Wire) -> None:
    w.send(OK + b"Content-Length: 1000\r\n\r\n<html>")
    w.reset()


@attack("content_length")
def half_closes_in_the_body(w: Wire) -> None:
    w.send(OK + b"Content-Length: 1000\r\n\r\n<html>")
    w.half_close()
    w.hang()


@attack("bad_answer")
def http_09(w: Wire) -> None:
    w.send(b"<html><title>0.9</title></html>")


@attack("bad_answer")
def random_bytes(w: Wire) -> None:
    w.send(bytes(range(256)) * 16)


@attack("bad_answer")
def smtp(w: Wire) -> None:
    w.send(b"220 mail.example ESMTP\r\n")


@attack("bad_answer")
def status_is_a_word(w: Wire) -> None:
    w.send(b"HTTP/1.1 fine OK\r\n\r\n")


@attack("bad_answer")
def status_0(w: Wire) -> None:
    w.send(b"HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n")


@attack("server_5xx")
def status_999(w: Wire) -> None:
    w.answer(b"no", "999 X")


@attack("bad_answer")
def switches_protocols(w: Wire) -> None:
    w.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")


@attack("bad_answer")
def early_hints_and_no_more(w: Wire) -> None:
    w.send(b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n")


@attack("timeout")
def not_modified_without_being_asked(w: Wire) -> None:
    w.send(b"HTTP/1.1 103 Early")
    w.hang()


@attack("bad_answer", None)
def length_is_negative(w: Wire) -> None:
    w.answer(b"<html></html>", Content_Length="-5")


@attack("bad_answer", "content_length", None)
def two_lengths(w: Wire) -> None:
    w.send(OK + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\nhello")


@attack("content_length")
def length_is_a_lie(w: Wire) -> None:
    w.answer(b"<html>", Content_Length="99999999999999")


@attack("content_length", "bad_answer", None)
def length_and_chunks(w: Wire) -> None:
    w.send(OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")


@attack("content_length", "reset")
def chunk_of_4_gigabytes(w: Wire) -> None:
    w.send(OK + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\nshort")


@attack("content_length")
def chunk_is_negative(w: Wire) -> None:
    w.send(OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n")


@attack("content_length", "bad_answer", "timeout")
def chunk_line_without_end(w: Wire) -> None:
    w.send(OK + b"Transfer-Encoding: chunked\r\n\r\n5;")
    w.forever(b"a" * 65536)


@attack("timeout", "content_length", "bad_answer", None)
def trailers_without_end(w: Wire) -> None:
    w.send(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")
    w.forever(b"X: 1\r\n" * 1000)


@attack(None)
def header_injection_and_nul(w: Wire) -> None:
    w.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX\x00: \x1b[31m\r\n : empty\r\nContent-Length: 6\r\n\r\n<html>"
    )


# --- compression --------------------------------------------------------------------------------------------


@attack("too_large")
def gzip_bomb(w: Wire) -> None:
    w.answer(ZEROS, Content_Encoding="gzip")


@attack("too_large")
def deflate_bomb(w: Wire) -> None:
    w.answer(zlib.compress(b"0" * 50_000_000), Content_Encoding="deflate")


@attack("decode", "too_large")
def gzip_in_gzip_bomb(w: Wire) -> None:
    w.answer(gzip.compress(ZEROS), Content_Encoding="gzip, gzip")


@attack("decode")
def packed_a_hundred_times(w: Wire) -> None:
    w.answer(ZEROS, Content_Encoding=", ".join(["gzip"] * 100))


@attack("decode")
def brotli_that_nobody_asked_for(w: Wire) -> None:
    w.answer(b"\x5b\xff\xff\x03\x01\x00" * 1000, Content_Encoding="br")


@attack("decode")
def zstd_that_nobody_asked_for(w: Wire) -> None:
    w.answer(b"\x28\xb5\x2f\xfd" * 1000, Content_Encoding="zstd")


@attack("decode")
def not_gzip_at_all(w: Wire) -> None:
    w.answer(b"<html>plain</html>", Content_Encoding="gzip")


@attack("decode", "content_length", "too_large", None)
def gzip_cut_in_two(w: Wire) -> None:
    w.answer(ZEROS[:2000], Content_Encoding="gzip")


# --- redirects ----------------------------------------------------------------------------------------------


def _to(location: str) -> Serve:
    def serve(w: Wire) -> None:
        w.answer(b"", "302 Found", Location=location.replace("{port}", str(w.web.port)))

    return serve


@attack("redirect_loop")
def redirects_to_itself(w: Wire) -> None:
    w.answer(b"", "302 Found", Location=w.path)


@attack("redirect_loop")
def redirects_in_a_ring(w: Wire) -> None:
    w.answer(b"", "302 Found", Location="/redirects_in_a_ring/" + ("b" if w.path.endswith("a") else "a"))


@attack("redirect_loop")
def redirects_for_ever(w: Wire) -> None:
    number = int(w.path.rpartition("/")[2] or 0) if w.path.count("/") > 1 else 0
    w.answer(b"", "302 Found", Location=f"/redirects_for_ever/{number + 1}")


@attack("redirect_loop")
def sets_a_new_cookie_and_redirects(w: Wire) -> None:
    w.answer(b"", "302 Found", Location=w.path, Set_Cookie=f"c={next(_numbers)}")


_numbers = itertools.count()

LED_ASTRAY: dict[str, tuple[str, tuple[Cause, ...]]] = {
    "to_loopback": ("http://127.0.0.1:{port}/", ("private_address",)),
    "to_loopback_ipv6": ("http://[::1]:{port}/", ("private_address",)),
    "to_localhost": ("http://localhost:{port}/", ("private_address",)),
    "to_private_10": ("http://10.0.0.1/", ("private_address",)),
    "to_private_172": ("http://172.16.0.1/", ("private_address",)),
    "to_private_192": ("http://192.168.1.1/", ("private_address",)),
    "to_carrier_nat": ("http://100.64.0.1/", ("private_address",)),
    "to_link_local": ("http://169.254.1.1/", ("private_address",)),
    "to_metadata": ("http://169.254.169.254/latest/meta-data/", ("private_address",)),
    "to_metadata_aliyun": ("http://100.100.100.200/latest/meta-data/", ("private_address",)),
    "to_metadata_ipv6": ("http://[fd00:ec2::254]/latest/meta-data/", ("private_address",)),
    "to_mapped_ipv6": ("http://[::ffff:127.0.0.1]:{port}/", ("private_address",)),
    "to_nat64": ("http://[64:ff9b::7f00:1]:{port}/", ("private_address",)),
    "to_6to4": ("http://[2002:7f00:1::]:{port}/", ("private_address",)),
    "to_decimal": ("http://2130706433:{port}/", ("private_address",)),
    "to_octal": ("http://0177.0.0.1:{port}/", ("private_address",)),
    "to_hexadecimal": ("http://0x7f.0.0.1:{port}/", ("private_address",)),
    "to_short_form": ("http://127.1:{port}/", ("private_address",)),
    "to_zero": ("http://0.0.0.0:{port}/", ("private_address",)),
    "to_multicast": ("http://224.0.0.1/", ("private_address",)),
    "to_fullwidth_digits": ("http://１２７.0.0.1:{port}/", ("private_address", "dns", "bad_url")),
    "to_rebinding_name": ("http://rebind.test:{port}/", ("private_address",)),
    "with_credentials": ("http://www.gov.cn@127.0.0.1:{port}/", ("private_address", "bad_url")),
    "with_backslash": ("http://127.0.0.1:{port}\\@www.gov.cn/", ("private_address", "bad_url", "dns")),
    "to_a_file": ("file:///etc/passwd", ("bad_url",)),
    "to_gopher": ("gopher://127.0.0.1:{port}/_GET", ("bad_url",)),
    "to_javascript": ("javascript:alert(1)", ("bad_url",)),
    "to_data": ("data:text/html,<script>alert(1)</script>", ("bad_url",)),
    "to_port_0": ("http://127.0.0.2:0/", ("bad_url", "refused", "private_address")),
    "to_port_99999": ("http://127.0.0.2:99999/", ("bad_url",)),
    "to_nothing": ("http:///", ("bad_url", "not_found_404")),
    "to_60_kilobytes": ("http://127.0.0.2:{port}/" + "a" * 60_000, ("not_found_404", "bad_url", "reset")),
    "to_a_label_too_long": (f"http://{'a' * 300}.test/", ("dns", "bad_url")),
    "to_control_characters": ("http://127.0.0.2:{port}/\x01\x1b[31m\x7f", ("not_found_404", "bad_url")),
}
TABLE += [Attack(f"redirects_{name}", _to(to), causes) for name, (to, causes) in LED_ASTRAY.items()]


# --- pages --------------------------------------------------------------------------------------------------


def _page(body: bytes, kind: str) -> Serve:
    def serve(w: Wire) -> None:
        if w.path.count("/") > 1:
            w.answer(b"no", "404 Not Found")
        else:
            w.answer(body, kind=kind)

    return serve


TABLE += [
    Attack(name, _page(body, kind), (None, "too_large"), page=True)
    for name, (body, kind) in markup.pages().items()
]
ATTACKS = {attack.name: attack for attack in TABLE}
