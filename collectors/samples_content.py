"""The demonstration's attachments, weak findings that wait for a person, and a rule that turns out to be wrong.

Also what pages say about themselves: marks at the foot of home pages, and publish dates that contradict themselves.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from cockpit.detect import reader
from cockpit.detect.homepage import ITEMS
from collectors.samples_city import SEED, Actor

Row = tuple[str, dict[str, Any]]
VERSION = "演示"
WRONG_RULE = "typo:截止目前"  # marked 误报 again and again in cockpit/demo_marks.py, so that it drops
WEAK_SINCE, WRONG_SINCE = 6, 2  # days
NAMES = ("工作方案", "年度预算", "补贴发放名单", "采购公告", "招聘岗位表", "政策问答", "规划文本", "统计表")
ENDINGS = ("pdf", "xlsx", "docx", "doc", "wps", "zip")
SUSPECTS = (  # of the statistical reader, for review only: with its neighbours, and what it should perhaps be
    ("面推近各", "面推进各", 0.93),
    ("督险查组", "督检查组", 0.88),
    ("业朴助资", "业补助资", 0.97),
    ("转移传化", "转移转化", 0.71),
)
# What a contradiction of dates is told by: rule, severity, days the page says, and the other date's
DATES = (
    ("date.seen_before", "high", 2, 9, "页面写 {shown} 发布，但 {other} 巡查时已经存在"),
    ("date.url", "medium", 5, 61, "页面上写 {shown}，地址里的日期是 {other}"),
    ("date.tag", "medium", 8, 12, "页面上写 {shown}，标签 PubDate 写 {other}"),
    ("date.moved", "medium", 3, 20, "发布时间由 {other} 改成了 {shown}"),
    ("date.url", "low", 6, 16, "页面上写 {shown}，地址里的日期是 {other}"),
)
SEEN_BEFORE = "GXJ"  # whose page stood there before the day it says it was published
MARKS = tuple(name for name, _ in ITEMS)
NUMBERED = frozenset({"网站标识码", "ICP备案号", "公安备案号"})  # there, but perhaps without a right number
UNREAD = (("scan", "attachment_scanned"), ("locked", "attachment_encrypted"), ("packed", "attachment_format"))


def content(actor: Actor, day: date, last: date, at: datetime) -> Iterator[Row]:
    """Rows of one night at one site."""
    assert actor.site is not None
    common = {
        "run_id": f"demo-patrol-{day:%Y%m%d}",
        "measured_at": at,
        "site_code": actor.site.site_code,
        "detector_version": VERSION,
    }
    ago = (last - day).days
    if ago <= 1:
        yield from _attachments(actor, common, at)
    for since, row in (*_findings(actor), *_dates(actor, last)):
        if ago <= since:
            yield "sighting", {**common, "http_status": 200, **row}
    for until, row in _marks(actor):
        if until <= ago:
            yield "sighting", {**common, "http_status": 200, **row}


def _attachments(actor: Actor, common: dict[str, Any], at: datetime) -> Iterator[Row]:
    draw = random.Random(f"{SEED}:attachments:{actor.key}")
    rows = [
        (f"{draw.choice(NAMES)}{number}.{draw.choice(ENDINGS)}", "read", None)
        for number in range(draw.randint(4, 14))
    ]
    for stem, cause in UNREAD:
        if draw.random() < 0.25:
            rows.append((f"{stem}.{'rar' if stem == 'packed' else 'pdf'}", "unmeasured", cause))
    for name, state, cause in rows:
        url = f"{actor.site.url}files/{name}" if actor.site else name
        yield (
            "attachment",
            {
                **common,
                "url": url,
                "source": f"{actor.site.url}gzdt/9.html" if actor.site else None,
                "text": name,
                "state": state,
                "cause": cause,
                "read_at": at if state == "read" else None,
                "size_bytes": draw.randint(20, 4000) * 1024,
                "characters": draw.randint(300, 60_000) if state == "read" else None,
            },
        )
    yield (
        "coverage",
        {
            **{k: v for k, v in common.items() if k != "detector_version"},
            "collector": "patrol",
            "aspect": "attachments",
            "ok": True,
            "complete": True,
            "pages": len(rows),
            "items": sum(state == "read" for _, state, _ in rows),
        },
    )


def _findings(actor: Actor) -> Iterator[tuple[int, dict[str, Any]]]:
    """(days since it stands, sighting)."""
    assert actor.site is not None
    draw = random.Random(f"{SEED}:content:{actor.key}")
    if draw.random() < 0.4:
        character, right = draw.choice((("後", "后"), ("裏", "里"), ("發", "发")))
        page = f"{actor.site.url}zwgk/{draw.randint(100, 999)}.html"
        yield (
            WEAK_SINCE,
            _slip("traditional", character, right, "low", page, f"……全面发展{character}的各项工作……"),
        )
    if draw.random() < 0.45:
        page = f"{actor.site.url}tjxx/{draw.randint(100, 999)}.html"
        row = _slip(WRONG_RULE, "截止目前", "截至目前", "medium", page, "……截止目前阶段的报名工作已经结束……")
        yield WRONG_SINCE, row
    if draw.random() < 0.35:
        text, right, share = draw.choice(SUSPECTS)
        page = f"{actor.site.url}gzdt/{draw.randint(100, 999)}.html"
        row = _slip(reader.RULE, text, right, "low", page, f"……会议要求全{text}项工作……")
        yield draw.randint(1, WEAK_SINCE), {**row, "confidence": share}
    if actor.key == "XCZXJ":
        file, page = f"{actor.site.url}files/补贴发放名单2.xlsx", f"{actor.site.url}gzdt/9.html"
        leak = "36*************114"
        yield (
            4,
            {
                **_slip("id_card", leak, None, "critical", file, f"……李某某 {leak} 一卡通……"),
                "aspect": "privacy",
                "kind": "privacy.id_card",
                "locator": "demo-attachment",
                "place": "名单!C12（同类共 38 处）",
                "source_page": page,
            },
        )


def _dates(actor: Actor, last: date) -> Iterator[tuple[int, dict[str, Any]]]:
    """(days since it stands, sighting) of publish dates that contradict themselves: leads for a person, no veto."""
    assert actor.site is not None
    draw = random.Random(f"{SEED}:dates:{actor.key}")
    sure = actor.key == SEEN_BEFORE
    if actor.story.site_since is not None or (draw.random() >= 0.3 and not sure):
        return  # of a site looked at for some days only no earlier patrol can tell anything
    rule, severity, since, before, why = DATES[0] if sure else draw.choice(DATES)
    shown, other = last - timedelta(days=since), last - timedelta(days=before)
    url = f"{actor.site.url}zcwj/t{other:%Y%m%d}_{draw.randint(1000, 9999)}.html"
    yield (
        since,
        {
            "aspect": "channels",
            "kind": "date.forged",
            "target": url,
            "page_url": url,
            "severity": severity,
            "confidence": 0.9 if severity == "high" else 0.6,
            "text": "关于印发年度工作要点的通知（演示）",
            "excerpt": why.format(shown=shown, other=other),
            "rule": rule,
            "places": 1,
        },
    )


def _marks(actor: Actor) -> Iterator[tuple[int, dict[str, Any]]]:
    """(days since it was mended, sighting) of what the foot of a home page lacks or has in a wrong form."""
    assert actor.site is not None
    draw = random.Random(f"{SEED}:marks:{actor.key}")
    for name in draw.sample(MARKS, draw.choice((0, 0, 0, 1, 1, 2, 4))):
        missing = draw.random() < 0.4 or name not in NUMBERED
        yield (
            draw.choice((0, 0, 0, 25)),
            {
                "aspect": "tags",
                "kind": "home.missing" if missing else "home.invalid",
                "target": name,
                "locator": "home",
                "page_url": actor.site.url,
                "severity": "low",
                "confidence": 0.9,
                "text": name,
                "excerpt": f"首页{'没有' if missing else '有但不规范：'}{name}",
                "places": 1,
            },
        )


def _slip(rule: str, text: str, right: str | None, severity: str, page: str, excerpt: str) -> dict[str, Any]:
    return {
        "aspect": "wording",
        "kind": "wording.typo",
        "target": text,
        "locator": page,
        "page_url": page,
        "severity": severity,
        "confidence": 0.7 if severity == "low" else 0.95,
        "text": text,
        "excerpt": excerpt,
        "suggestion": right,
        "rule": rule,
        "places": 1,
        "place": "正文第 218 字",
    }
