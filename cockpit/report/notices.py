"""What is to be said to whom: warnings become one digest a unit and audience, by the settings and what was said before.

A message holds level, unit, indicator, distance, count, deadline and link; never a found word, personal data, an
address or a technique (design: pages.md §6.4). Pure: the clock and everything stored come in.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from cockpit.appraise.indicators import Rules
from cockpit.clock import local_day, to_local
from cockpit.plain import stripped
from cockpit.report.columns import LEVELS
from cockpit.report.notify_rules import Channel, Settings
from cockpit.workdays import Calendar

ORDER = ("red", "orange", "yellow", "blue")
URGENT = frozenset({"red", "orange"})
OPEN_STATES = frozenset({"new", "ack", "doing", "verify"})
MOST_LINES = 12
OCCASIONS: Mapping[str, str] = MappingProxyType(
    {"new": "新增", "half": "期限过半", "full": "到期未办结", "escalate": "超期上报", "closed": "办结"}
)
Told = Mapping[tuple[str, str, str, str], datetime]  # (channel, audience, warning, occasion) → when


@dataclass(frozen=True)
class Item:
    """One warning and why it is mentioned."""

    warning_id: str
    occasion: str
    level: str
    line: str


@dataclass(frozen=True)
class Notice:
    """One message: a unit's digest for one audience over one channel."""

    channel: Channel
    audience: str
    unit_code: str
    unit_name: str
    level: str
    title: str
    text: str
    items: tuple[Item, ...]

    @property
    def notice_id(self) -> str:
        """The same content for the same people is the same message, however often it is tried."""
        parts = [self.channel.name, self.audience, self.unit_code, self.text]
        parts += [f"{i.warning_id}/{i.occasion}" for i in self.items]
        return "N" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Setting:
    """The surroundings of one plan."""

    settings: Settings
    rules: Rules
    calendar: Calendar
    now: datetime
    demo: bool = False


def plan(warnings: Iterable[Mapping[str, Any]], told: Told, around: Setting) -> list[Notice]:
    """Messages that are due now, the most serious first. `warnings`: open ones and those closed lately."""
    rows = list(warnings)
    notices = []
    for channel in around.settings.channels:
        for audience in channel.audience:
            for unit in dict.fromkeys(row["unit_code"] for row in rows):
                own = [row for row in rows if row["unit_code"] == unit]
                notice = _digest(channel, audience, own, told, around)
                if notice:
                    notices.append(notice)
    return sorted(notices, key=lambda n: ORDER.index(n.level))


def _digest(
    channel: Channel, audience: str, rows: Sequence[Mapping[str, Any]], told: Told, around: Setting
) -> Notice | None:
    items = [
        Item(row["warning_id"], occasion, row["level"], line(row, occasion, around))
        for row in rows
        if (occasion := _occasion(row, audience, around))
        and _may_go(row, occasion, around)
        and not _was_told(told, (channel.name, audience, row["warning_id"], occasion), row["opened_at"])
    ]
    if not items:
        return None
    items.sort(key=lambda i: (i.occasion == "closed", ORDER.index(i.level), i.warning_id))
    level = next((i.level for i in items if i.occasion != "closed"), "blue")
    unit = rows[0]
    name = plain(unit["unit_name"] or unit["unit_code"])
    return Notice(
        channel,
        audience,
        unit["unit_code"],
        name,
        level,
        _title(name, level, items, rows, around),
        _text(unit["unit_code"], items, around),
        tuple(items),
    )


def _occasion(row: Mapping[str, Any], audience: str, around: Setting) -> str | None:
    """Why a warning is to be mentioned to an audience now; the latest reason counts."""
    if row["closed_at"] is not None:
        return "closed" if audience == "contact" else None
    if row["state"] not in OPEN_STATES:
        return None
    opened, today = local_day(row["opened_at"]), local_day(around.now)
    total = max(1, around.calendar.between(opened, row["due_on"])) if row["due_on"] else None
    spent = around.calendar.between(opened, today)
    if audience in around.settings.ladder:
        late = around.settings.ladder[audience]
        due = total is not None and spent >= total + late
        return "escalate" if due else "new" if audience == "office" and row["level"] == "red" else None
    if total is None or row["state"] == "verify":
        return "new"
    passed = [share for share in around.settings.repeat if spent >= share * total]
    return "new" if not passed else "full" if max(passed) >= 1 else "half"


def _may_go(row: Mapping[str, Any], occasion: str, around: Setting) -> bool:
    """Red goes at any hour, orange outside the quiet hours, the rest with the next digest."""
    if row["level"] == "red" and occasion != "closed":
        return True
    local = to_local(around.now)
    if around.settings.is_quiet(local):
        return False
    if row["level"] in URGENT and occasion != "closed":
        return True
    known = to_local(row["closed_at"] or row["opened_at"])
    return known <= _last_digest(local, around.settings)


def _last_digest(local: datetime, settings: Settings) -> datetime:
    moments = [
        datetime.combine(local.date() - timedelta(days=back), moment)
        for back in (0, 1)
        for moment in settings.digest
    ]
    return max((m for m in moments if m <= local), default=datetime.min)


def _was_told(told: Told, key: tuple[str, str, str, str], opened: datetime) -> bool:
    """Said since the warning opened; one that came back is new. Of a closing the opening was told before."""
    when = told.get(key)
    if when is not None and when >= opened:
        return True
    said = [told.get((*key[:3], other), datetime.min) for other in OCCASIONS if other != "closed"]
    return key[3] == "closed" and max(said) < opened


def _title(
    unit: str, level: str, items: Sequence[Item], rows: Sequence[Mapping[str, Any]], around: Setting
) -> str:
    fresh = sum(i.occasion == "new" for i in items)
    done = sum(i.occasion == "closed" for i in items)
    late = sum(i.occasion in {"full", "escalate"} for i in items)
    parts = [f"+{fresh} 新增"] * bool(fresh) + [f"−{done} 办结"] * bool(done) + [f"{late} 到期"] * bool(late)
    still = sum(r["closed_at"] is None and r["state"] in OPEN_STATES for r in rows)
    change = f"（{' / '.join(parts)}）" if parts else ""
    mark = "【演示数据】" if around.demo else ""
    head = "办结通知" if done == len(items) else f"{LEVELS[level]}色预警"
    return f"{mark}【{head}】{unit}：未办结 {still} 条{change}"


def _text(unit_code: str, items: Sequence[Item], around: Setting) -> str:
    lines = [item.line for item in items[:MOST_LINES]]
    if len(items) > MOST_LINES:
        lines.append(f"另有 {len(items) - MOST_LINES} 条，请登录查看。")
    if around.settings.link:
        lines.append(f"查看：{around.settings.link}/alerts?unit={re.sub(r'[^0-9A-Za-z_.-]', '', unit_code)}")
    return "\n".join(lines)


def line(row: Mapping[str, Any], occasion: str, around: Setting) -> str:
    """One warning in words: what kind of thing, how many, how near the red line, by when."""
    indicator = around.rules.indicators.get(row["indicator_id"])
    name = indicator.name if indicator else row["indicator_id"]
    what = f"{OCCASIONS[occasion]}·{LEVELS[row['level']]}　{plain(name)}"
    if row.get("items") and row["items"] > 1:
        what += f" {row['items']} 条"
    if occasion == "closed":
        return f"{what}：复测通过。"
    if row.get("distance"):
        what += f"，{plain(row['distance'])}"
    if row["due_on"] is None:
        return f"{what}。"
    day = f"{row['due_on'].month}月{row['due_on'].day}日{around.settings.end_of_day}"
    late = local_day(around.now) > row["due_on"]
    return f"{what}。{'应于' if late else '请于'}{day}前处置{'，已超期' if late else ''}。"


def plain(text: str) -> str:
    """One line without control, direction and markup characters and without links, of a bounded length."""
    kept = "".join(
        c for c in stripped(str(text)) if unicodedata.category(c)[0] not in "C" and c not in "\u2028\u2029"
    )
    return re.sub(r"[<>\[\]`*|]", "", kept).replace("://", "：//").strip()[:60]


def recipients(people: Iterable[Mapping[str, Any]], audience: str, unit_code: str) -> list[str]:
    """Mail addresses of an audience: 联系人 and 分管领导 of a unit, the duty desk of the 市政府办."""
    roles = {"contact": ("contact", unit_code), "leader": ("viewer", unit_code), "office": ("duty", None)}
    role, unit = roles[audience]
    return sorted(
        p["account"] for p in people if p["role"] == role and p["unit_code"] == unit and "@" in p["account"]
    )
