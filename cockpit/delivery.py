"""Sending one message over one channel. Secrets come in as arguments and appear in no message of ours.

Group robots are asked for their own verdict: they answer 200 and put the refusal (over the limit, wrong signature)
into the body. Mail and everything else goes through Apprise.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import os
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote_plus, urlsplit

import requests

from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.report.notices import Notice

TIMEOUT = 10
MOST_ANSWER = 4000
SECRET_PREFIX = "COCKPIT_SECRET_"
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it tells addresses with their tokens


@dataclass(frozen=True)
class Parcel:
    """What goes out: the notice, to which addresses (mail only), and when, as seconds since 1970."""

    notice: Notice
    to: Sequence[str]
    stamp: int


class NotDeliveredError(Exception):
    """A message did not arrive; the text says why, without any secret."""


def secret(data: DataDir, name: str) -> str:
    """A secret by its name: environment first, then secrets.toml of the data folder. Raises CockpitError."""
    found = os.environ.get(SECRET_PREFIX + name) or _stored(data).get(name)
    if not found:
        raise CockpitError(
            f"没有密钥 {name}：请设环境变量 {SECRET_PREFIX}{name}，或写进 {data.root}/secrets.toml（权限 600）"
        )
    return str(found)


def _stored(data: DataDir) -> Mapping[str, Any]:
    path = data.root / "secrets.toml"
    try:
        if path.stat().st_mode & 0o077:
            raise CockpitError(f"{path} 别人也能读。请运行 chmod 600 {path}")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CockpitError(f"{path} 不是正确的 TOML") from error


def send(parcel: Parcel, key: str) -> None:
    """Deliver, or raise NotDeliveredError."""
    SENDERS[parcel.notice.channel.kind](parcel, key)


def _wecom(parcel: Parcel, key: str) -> None:
    _post(key, {"msgtype": "text", "text": {"content": _whole(parcel)}}, "errcode")


def _dingtalk(parcel: Parcel, key: str) -> None:
    """`key`: the robot's address, and behind a space the secret it signs with (加签)."""
    url, _, sign = key.partition(" ")
    if sign:
        stamp = str(parcel.stamp * 1000)
        digest = hmac.new(sign.encode(), f"{stamp}\n{sign}".encode(), hashlib.sha256).digest()
        url += f"&timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"
    _post(url, {"msgtype": "text", "text": {"content": _whole(parcel)}}, "errcode")


def _feishu(parcel: Parcel, key: str) -> None:
    url, _, sign = key.partition(" ")
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": _whole(parcel)}}
    if sign:
        digest = hmac.new(f"{parcel.stamp}\n{sign}".encode(), b"", hashlib.sha256).digest()
        body |= {"timestamp": str(parcel.stamp), "sign": base64.b64encode(digest).decode()}
    _post(url, body, "code")


def _webhook(parcel: Parcel, key: str) -> None:
    """A JSON object signed over time and body: X-Cockpit-Signature = HMAC-SHA256(secret, "time.body")."""
    url, _, sign = key.partition(" ")
    if not sign:
        raise NotDeliveredError("webhook 的密钥应是“地址 签名密钥”，中间一个空格")
    n = parcel.notice
    body = json.dumps(
        {
            "id": n.notice_id,
            "level": n.level,
            "audience": n.audience,
            "unit_code": n.unit_code,
            "unit_name": n.unit_name,
            "title": n.title,
            "text": n.text,
            "sent_at": parcel.stamp,
        },
        ensure_ascii=False,
    ).encode()
    digest = hmac.new(sign.encode(), f"{parcel.stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Cockpit-Timestamp": str(parcel.stamp), "X-Cockpit-Signature": f"sha256={digest}"}
    _request(url, body, headers | {"X-Cockpit-Delivery": n.notice_id})


def _mail(parcel: Parcel, key: str) -> None:
    if not parcel.to:
        raise NotDeliveredError("access.csv 里没有这个单位的收件人")
    for address in parcel.to:
        _apprise(parcel, f"{key}{'&' if '?' in key else '?'}to={quote_plus(address)}&format=text")


def _other(parcel: Parcel, key: str) -> None:
    _apprise(parcel, key)


def _apprise(parcel: Parcel, address: str) -> None:
    import apprise  # 0.3 s that only sending should pay

    way = apprise.Apprise()
    if not way.add(address):
        raise NotDeliveredError("密钥里的地址不是 Apprise 能识别的写法")
    try:
        done = way.notify(body=parcel.notice.text, title=parcel.notice.title)
    except (OSError, TypeError, ValueError) as error:
        raise NotDeliveredError(f"发送失败（{type(error).__name__}）") from error
    if not done:
        raise NotDeliveredError("对方没有接收（邮件服务器或接口拒绝、连不上）")


def _whole(parcel: Parcel) -> str:
    return f"{parcel.notice.title}\n{parcel.notice.text}"


def _post(url: str, body: Mapping[str, Any], verdict: str) -> None:
    """Send to a robot and read its own verdict."""
    answer = _request(url, json.dumps(body, ensure_ascii=False).encode(), {})
    try:
        code = json.loads(answer).get(verdict, 0)
    except (ValueError, AttributeError) as error:
        raise NotDeliveredError("机器人的回答不是 JSON") from error
    if code:
        raise NotDeliveredError(f"机器人拒收，错误码 {str(code)[:12]}")


def _request(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise NotDeliveredError("密钥里的地址应以 http:// 或 https:// 开头")
    try:
        with requests.post(
            url,
            data=body,
            headers={"Content-Type": "application/json; charset=utf-8", **headers},
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
        ) as response:
            answer = response.raw.read(MOST_ANSWER)
    except requests.RequestException as error:
        slow = isinstance(error, requests.Timeout)
        raise NotDeliveredError("连不上（超时）" if slow else "连不上（对方拒绝或断开）") from error
    if not 200 <= response.status_code < 300:
        raise NotDeliveredError(f"对方回答 HTTP {response.status_code}")
    return answer


SENDERS: Mapping[str, Callable[[Parcel, str], None]] = MappingProxyType(
    {
        "mail": _mail,
        "wecom": _wecom,
        "dingtalk": _dingtalk,
        "feishu": _feishu,
        "webhook": _webhook,
        "apprise": _other,
    }
)


def stamp() -> int:
    """Seconds since 1970, which signatures are valid by; no rule depends on it."""
    return int(time.time())
