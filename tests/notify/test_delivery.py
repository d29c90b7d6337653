"""Real local receivers: mail over SMTP, robots and signed webhooks over HTTP; retries, limits, the record."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller

from cockpit import access, pipeline, store
from cockpit.__main__ import main
from cockpit.paths import SHIPPED, DataDir
from cockpit.store.queries import deliveries
from tests.faults.town import NOW, register_town, walk

SIGN = "signing-secret-of-the-test"


class Robot:
    """An HTTP receiver that keeps what it got and answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, bytes]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/send?access_token=TOKEN-1234"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def _handler(robot: Robot) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            robot.got.append((self.path, dict(self.headers), body))
            status, answer = robot.answers.pop(0) if robot.answers else (200, b'{"errcode": 0}')
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler


@pytest.fixture
def robot() -> Iterator[Robot]:
    made = Robot()
    yield made
    made.close()


@pytest.fixture
def city(data: DataDir) -> DataDir:
    """Two units, each with nine blank channels, and settings of its own."""
    register_town(data)
    batch = store.Batch(data, "patrol", "walk")
    walk(data, batch, NOW)
    batch.write(NOW)
    pipeline.load_all(data, NOW)
    return data


def configure(data: DataDir, kind: str, secret: str, audience: str = '"contact"', **more: Any) -> None:
    path = data.root / "rules" / "notify.toml"
    lines = [f"{k} = {v}" for k, v in more.items()]
    entry = [
        "[[channel]]",
        f'name = "{kind}"',
        f'kind = "{kind}"',
        f"audience = [{audience}]",
        'secret = "TEST"',
        *lines,
    ]
    path.write_text(
        (SHIPPED / "rules" / "notify.toml").read_text("utf-8") + "\n" + "\n".join(entry) + "\n", "utf-8"
    )
    keys = data.root / "secrets.toml"
    keys.write_text(f'TEST = "{secret}"\n')
    keys.chmod(0o600)


def notify(
    data: DataDir, capsys: pytest.CaptureFixture[str], minutes: int = 0, *words: str
) -> tuple[int, dict[str, Any]]:
    at = NOW + timedelta(minutes=minutes)
    code = main(["notify", "--data", str(data.root), "--as-of", f"{at.isoformat()}+00:00", "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def record(data: DataDir) -> list[tuple[int, str, str | None]]:
    with store.reader(data) as reader:
        rows = reader.rows(
            "SELECT attempt, delivery_state, failure FROM delivery ORDER BY attempted_at, delivery_id"
        )
    return [(r["attempt"], r["delivery_state"], r["failure"]) for r in rows]


def test_a_robot_gets_one_message_a_unit_once(
    city: DataDir, robot: Robot, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(city, "wecom", robot.url)
    code, answer = notify(city, capsys)
    assert code == 0
    assert answer["sent"] == len(robot.got) == len(answer["notices"]) > 0
    assert {n["unit_code"] for n in answer["notices"]} == set(units(city))
    texts = [json.loads(body)["text"]["content"] for _, _, body in robot.got]
    assert all(t.startswith("【") for t in texts)
    assert {json.loads(body)["msgtype"] for _, _, body in robot.got} == {"text"}
    code, again = notify(city, capsys, 10)
    assert (code, again["sent"], again["notices"]) == (0, 0, [])
    assert record(city) == [(1, "sent", None)] * answer["sent"]


def units(data: DataDir) -> list[str]:
    with store.reader(data) as reader:
        return [r["u"] for r in reader.rows("SELECT DISTINCT unit_code AS u FROM warning ORDER BY 1")]


def test_dingtalk_and_feishu_are_signed(
    city: DataDir, robot: Robot, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(city, "dingtalk", f"{robot.url} {SIGN}")
    assert notify(city, capsys)[0] == 0
    asked = {k: v[0] for k, v in parse_qs(urlsplit(robot.got[0][0]).query).items()}
    expected = hmac.new(SIGN.encode(), f"{asked['timestamp']}\n{SIGN}".encode(), hashlib.sha256).digest()
    assert asked["sign"] == base64.b64encode(expected).decode()
    robot.got.clear()
    robot.answers = [(200, b'{"code": 0, "msg": "success"}')] * 9
    configure(city, "feishu", f"{robot.url} {SIGN}")
    assert notify(city, capsys)[0] == 0
    body = json.loads(robot.got[0][2])
    expected = hmac.new(f"{body['timestamp']}\n{SIGN}".encode(), b"", hashlib.sha256).digest()
    assert body["sign"] == base64.b64encode(expected).decode()
    assert body["content"]["text"].startswith("【")


def test_a_webhook_can_prove_where_it_comes_from(
    city: DataDir, robot: Robot, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(city, "webhook", f"{robot.url} {SIGN}")
    _, answer = notify(city, capsys)
    _, headers, body = robot.got[0]
    expected = hmac.new(
        SIGN.encode(), f"{headers['X-Cockpit-Timestamp']}.".encode() + body, hashlib.sha256
    ).hexdigest()
    assert headers["X-Cockpit-Signature"] == f"sha256={expected}"
    told = json.loads(body)
    assert set(told) == {"id", "level", "audience", "unit_code", "unit_name", "title", "text", "sent_at"}
    assert told["id"] == headers["X-Cockpit-Delivery"] == answer["notices"][0]["id"]


def test_a_robot_that_refuses_with_200_has_not_delivered(
    city: DataDir, robot: Robot, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(city, "wecom", robot.url)
    robot.answers = [(200, b'{"errcode": 45009, "errmsg": "freq out of limit"}')] * 99
    code, answer = notify(city, capsys)
    assert (code, answer["sent"], answer["retry"]) == (1, 0, len(units(city)))
    assert record(city) == [(1, "retry", "机器人拒收，错误码 45009")] * len(units(city))


def test_tries_again_with_growing_pauses_until_it_arrives(
    city: DataDir, robot: Robot, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(city, "webhook", f"{robot.url} {SIGN}")
    n = len(units(city))
    robot.answers = [(503, b"")] * (2 * n)
    first = notify(city, capsys)[1]
    assert notify(city, capsys, 0)[1]["retry"] == 0, "not before its time"
    assert notify(city, capsys, 1)[1]["retry"] == n
    assert notify(city, capsys, 5)[1]["sent"] == 0
    assert notify(city, capsys, 6)[1]["sent"] == n
    assert (
        sorted(record(city))
        == [(1, "retry", "对方回答 HTTP 503")] * n
        + [(2, "retry", "对方回答 HTTP 503")] * n
        + [(3, "sent", None)] * n
    )
    sent = {json.loads(body)["id"] for _, _, body in robot.got}
    assert sent == {x["id"] for x in first["notices"]}, "the same message, not a new one"


def test_gives_up_in_the_end_and_shows_it(city: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    configure(city, "webhook", f"http://127.0.0.1:9/x {SIGN}")
    first = {n["id"] for n in notify(city, capsys)[1]["notices"]}
    for minutes in (1, 6, 21, 81, 321, 999):
        notify(city, capsys, minutes)
    with store.reader(city) as reader:
        rows = [r for r in deliveries.listed(reader) if r["notice_id"] in first]
    assert [(r["attempt"], r["delivery_state"]) for r in rows] == [(6, "failed")] * len(first)
    assert {f for _, _, f in record(city)} == {"连不上（对方拒绝或断开）"}


def test_the_limit_a_minute_leaves_the_rest_for_the_next_run(
    city: DataDir, robot: Robot, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(city, "wecom", robot.url, per_minute=1)
    assert len(units(city)) == 2
    _, first = notify(city, capsys)
    assert (first["sent"], first["held"]) == (1, 1)
    assert notify(city, capsys, 0)[1]["held"] == 1
    _, second = notify(city, capsys, 2)
    assert (second["sent"], second["held"], len(robot.got)) == (1, 0, 2)


class Postbox:
    """An SMTP server's handler that keeps what it got."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], Any]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def test_mail_reaches_the_contacts_of_the_unit(city: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    box = Postbox()
    post = Controller(box, hostname="127.0.0.1", port=free_port())
    post.start()
    try:
        configure(city, "mail", f"mailto://127.0.0.1:{post.port}?from=cockpit@x.cn")
        one, two = units(city)
        rows = [
            {"account": "li@x.cn", "name": "李", "role": "contact", "unit_code": one},
            {"account": "ma@x.cn", "name": "马", "role": "contact", "unit_code": two},
        ]
        access.write_people(access.access_file(city), rows)
        code, answer = notify(city, capsys)
    finally:
        post.stop()
    assert (code, answer["sent"]) == (0, 2)
    got = {to[0]: str(make_header(decode_header(mail["Subject"]))) for to, mail in box.mails}
    assert got == {{one: "li@x.cn", two: "ma@x.cn"}[n["unit_code"]]: n["title"] for n in answer["notices"]}
    body = box.mails[0][1]
    part = next(p for p in body.walk() if p.get_content_type() == "text/plain")
    assert "新增·" in part.get_payload(decode=True).decode("utf-8")


def test_a_unit_without_a_contact_is_told_as_undelivered(
    city: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(city, "mail", "mailto://127.0.0.1:9?from=cockpit@x.cn")
    assert notify(city, capsys)[0] == 1
    assert {f for _, _, f in record(city)} == {"access.csv 里没有这个单位的收件人"}


def test_no_secret_is_ever_shown_or_kept(
    city: DataDir, robot: Robot, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    configure(city, "webhook", f"{robot.url} {SIGN}")
    robot.answers = [(500, f"TOKEN-1234 {SIGN}".encode())] * 99
    main(["notify", "--data", str(city.root), "--as-of", "2026-11-23T12:00"])
    shown = capsys.readouterr()
    logged = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("urllib3"))
    kept = b"".join(p.read_bytes() for p in city.root.rglob("*") if p.is_file() and p.name != "secrets.toml")
    for secret in ("TOKEN-1234", SIGN):
        assert secret not in shown.out + shown.err + logged
        assert secret.encode() not in kept


def test_a_missing_or_open_secret_is_named(
    city: DataDir, robot: Robot, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(city, "wecom", robot.url)
    (city.root / "secrets.toml").chmod(0o644)
    _, answer = notify(city, capsys)
    assert "chmod 600" in answer["problems"][0]
    (city.root / "secrets.toml").unlink()
    _, answer = notify(city, capsys, 5)
    assert "COCKPIT_SECRET_TEST" in answer["problems"][0]
    assert robot.got == []


def test_demonstration_data_is_shown_and_never_sent(
    city: DataDir, robot: Robot, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(city, "wecom", robot.url)
    city.mark_demo()
    code, answer = notify(city, capsys)
    assert (code, answer["dry_run"], answer["sent"], robot.got) == (0, True, 0, [])
    assert all(n["title"].startswith("【演示数据】") for n in answer["notices"])
    assert len(answer["notices"]) == 2


def test_without_a_channel_it_says_how(city: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notify", "--data", str(city.root)]) == 0
    assert "还没有配置通道" in capsys.readouterr().out
