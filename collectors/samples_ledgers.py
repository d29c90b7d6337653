"""Applications, messages and posts of the demonstration city, as ledgers would bring them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from cockpit.workdays import Calendar
from collectors.samples_city import SEED, Actor
from collectors.samples_registers import register_rows
from collectors.samples_requests import request_rows

Row = tuple[str, dict[str, Any]]
SILENT = {"KJJ": 8, "GZW": None}  # days since the newest post of all accounts; None: no ledger of posts
CHANNELS = (
    "领导信箱",
    "12345",
    "人民网领导留言板",
    "我为政府网站找错",
    "12345",
    "仙女湖夜话",
    "企业家直通车",
    "中国政府网转办留言",
)


def ledger_rows(
    cast: Sequence[Actor], last: date, days: int, calendar: Calendar, at: datetime
) -> Iterator[Row]:
    """Applications, messages and posts as ledgers would bring them, all known at `at`."""
    yield from request_rows(cast, last, calendar, at)
    yield from register_rows(cast, last, calendar, at)
    for actor in cast:
        yield from _messages(actor, last, days, at)
        yield from _posts(actor, last, days, at)


def _messages(actor: Actor, last: date, days: int, at: datetime) -> Iterator[Row]:
    if actor.unit.unit_group == "dept_other":
        return
    draw = random.Random(f"{SEED}:message:{actor.key}")
    for number in range(draw.randint(4, 12)):
        received = last - timedelta(days=draw.randint(8, max(8, days)))
        yield (
            "message",
            _message(actor, at, number, received, received + timedelta(days=draw.randint(1, 7)), draw),
        )
    if actor.story.message_waits is not None:
        yield "message", _message(actor, at, 99, last - timedelta(days=actor.story.message_waits), None, draw)


def _message(
    actor: Actor, at: datetime, number: int, received: date, answered: date | None, draw: random.Random
) -> dict[str, Any]:
    return {
        "measured_at": at,
        "message_id": f"演示{actor.key}-L{number:03d}",
        "unit_code": actor.unit.unit_code,
        "site_code": actor.site.site_code if actor.site else None,
        "channel_in": draw.choice(CHANNELS),
        "received_on": received,
        "answered_on": answered,
        "published": answered is not None,
        "satisfied": answered is not None and draw.random() < 0.9,
        "valid": True,
        "note": "演示数据",
    }


def _posts(actor: Actor, last: date, days: int, at: datetime) -> Iterator[Row]:
    for account in actor.accounts:
        draw = random.Random(f"{SEED}:post:{account.account_code}")
        silent = actor.story.account_silent if account.platform == "微信公众号" else None
        ago = silent if silent is not None else draw.randint(0, 4)
        if actor.key in SILENT:
            ago = SILENT[actor.key] if SILENT[actor.key] is not None else days + 1
        if account.state == "closed":
            ago = 40
        number = 0
        while ago <= days:
            yield (
                "post",
                {
                    "measured_at": at,
                    "account_code": account.account_code,
                    "post_id": f"{number:04d}",
                    "posted_on": last - timedelta(days=ago),
                    "title": "演示文章",
                    "interactions": draw.randint(20, 900),
                },
            )
            number += 1
            ago += draw.randint(1, 6)
