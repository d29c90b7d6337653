"""The demonstration's notifications and hand-made changes: every outcome once; nothing is sent."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from cockpit import clock, pipeline, store, trail
from cockpit.appraise.indicators import load_rules
from cockpit.paths import DataDir
from cockpit.report.notices import Notice, Setting, plan
from cockpit.report.notify_rules import Channel, load_settings
from cockpit.store.queries import deliveries
from cockpit.workdays import Calendar

CHANNELS = (
    Channel("演示·邮件", "mail", ("contact", "leader"), "DEMO_MAIL", 20),
    Channel("演示·企业微信群", "wecom", ("office",), "DEMO_WECOM", 20),
)
# Outcome of the n-th message: state, why it did not arrive, tries
OUTCOMES = (
    ("sent", None, 1),
    ("sent", None, 2),
    ("retry", "连不上（超时）", 2),
    ("sent", None, 1),
    ("failed", "对方回答 HTTP 503", 6),
    ("sent", None, 1),
)
MOST = 24
BY = "演示管理员"


def tell(data: DataDir, now: datetime) -> None:
    """Messages that would have gone out, each with an outcome, and an export and a file edit in the trail."""
    with store.reader(data) as reader:
        rows = deliveries.subjects(reader, now - timedelta(days=3))
    settings = replace(load_settings(data.rules), channels=CHANNELS)
    noon = now.replace(hour=4, minute=0, second=0, microsecond=0)
    around = Setting(
        settings, load_rules(data.rules), Calendar.load(data.calendar), min(noon, now), demo=True
    )
    batch = store.Batch(data, "notify")
    for number, notice in enumerate(plan(rows, {}, around)[:MOST]):
        _add(batch, number, notice, now)
    batch.write(now, "demo-notices")
    _changes(data, now)
    pipeline.load_all(data, now)


def _add(batch: store.Batch, number: int, notice: Notice, now: datetime) -> None:
    state, failure, tries = OUTCOMES[number % len(OUTCOMES)]
    batch.add(
        "delivery",
        delivery_id=f"demo-delivery-{number:03d}",
        notice_id=notice.notice_id,
        attempted_at=now - timedelta(hours=5, minutes=3 * number),
        channel=notice.channel.name,
        audience=notice.audience,
        unit_code=notice.unit_code,
        notice_level=notice.level,
        title=notice.title,
        text=notice.text,
        items=len(notice.items),
        attempt=tries,
        delivery_state=state,
        failure=failure,
        next_at=now + timedelta(minutes=15) if state == "retry" else None,
    )
    for item in notice.items:
        batch.add(
            "delivery_item", notice_id=notice.notice_id, warning_id=item.warning_id, occasion=item.occasion
        )


def _changes(data: DataDir, now: datetime) -> None:
    """Kinds of changes that no event table holds."""
    week = clock.previous_week(clock.week_of(now))
    digest = hashlib.sha256(f"演示 {week}".encode()).hexdigest()[:16]
    told = (
        (
            "register.import",
            "register",
            "registry/sites.csv",
            "演示网站,旧域名",
            "演示网站,新域名",
            "域名迁移",
        ),
        (
            "file.edit",
            "lexicon",
            "lexicon/whitelist.csv",
            None,
            "演示词,人名，不是错字,2027-06-30",
            "误报加入白名单",
        ),
        ("access.set", "access", "demo@xinyu.example", "演示甲 · 查看", "演示甲 · 值守", "轮岗"),
        ("export.bundle", "export", "演示周 全部单位", None, f"SHA256SUMS {digest}", None),
    )
    for number, (action, kind, name, before, after, reason) in enumerate(told):
        trail.note(
            data,
            actor=BY,
            action=action,
            kind=kind,
            object_id=name,
            now=now - timedelta(hours=8 - number),
            before=before,
            after=after,
            reason=reason,
            batch_id=f"audit-demo-{number}",
        )
