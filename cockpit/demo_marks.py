"""What people said of the demonstration's findings: some 属实, some 误报, and one rule that dropped for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cockpit import clock, pipeline, store
from cockpit.appraise import marking
from cockpit.appraise.review import Review, load_review
from cockpit.detect import snapshot
from cockpit.paths import DataDir
from cockpit.store import snapshots
from collectors.samples_content import WRONG_RULE

ACTOR = "演示值班员"
PAGE = (
    "<html><head><title>演示页面</title></head><body><!-- 演示数据，不得用于考核 -->\n"
    "<p>地址：{url}</p>\n<p>{text}</p>\n<p>浏览次数：{age}</p></body></html>\n"
)
# Rule or its beginning → what is said of its findings, one after another; the rest waits.
SAID: tuple[tuple[str, tuple[str, ...]], ...] = (
    (WRONG_RULE, ("false_alarm",) * 5 + ("confirmed",)),
    ("traditional", ("confirmed", "false_alarm")),
    ("typo:", ("confirmed",) * 9),
    ("id_card", ("confirmed",)),
)


def say(data: DataDir, now: datetime) -> None:
    """Mark findings and load."""
    review = load_review(data.rules)
    with store.reader(data) as reader:
        found = reader.rows(
            "SELECT finding_id, site_code, kind, rule, target FROM finding "
            "WHERE gone_at IS NULL AND aspect IN ('wording', 'privacy') ORDER BY first_seen, finding_id"
        )
    done: set[str] = set()
    for start, said in SAID:
        rows = [f for f in found if (f["rule"] or "").startswith(start) and f["finding_id"] not in done]
        for number, (finding, what) in enumerate(zip(rows, said, strict=False)):
            done.add(finding["finding_id"])
            _mark(data, finding, what, review, now - timedelta(hours=9 - number))
        done |= {f["finding_id"] for f in rows if f["rule"] == WRONG_RULE}
    _snapshots(data, now)
    pipeline.load_all(data, now)


def _snapshots(data: DataDir, now: datetime) -> None:
    """What the pages of some findings looked like; two of one page, as after a change."""
    with store.reader(data) as reader:
        found = reader.rows(
            "SELECT site_code, kind, page_url, excerpt, suggestion, last_seen FROM finding "
            "WHERE gone_at IS NULL AND aspect IN ('wording', 'privacy') AND page_url IS NOT NULL "
            "ORDER BY severity, first_seen, finding_id LIMIT 40"
        )
    batch = store.Batch(data, "samples", "demo-snapshots")
    for number, f in enumerate(found):
        for age in (0, 7) if number % 3 == 0 else (0,):
            content = snapshot.of_text(PAGE.format(url=f["page_url"], text=f["excerpt"], age=age))
            batch.add(
                "snapshot",
                measured_at=f["last_seen"] - timedelta(days=age),
                site_code=f["site_code"],
                url=f["page_url"],
                snapshot_sha256=snapshots.write(data, content),
                form="attachment" if "/files/" in f["page_url"] else "page",
                http_status=200,
                size_bytes=len(content),
            )
    batch.write(now)


def _mark(data: DataDir, finding: dict[str, Any], what: str, review: Review, at: datetime) -> None:
    wrong = what == "false_alarm"
    marking.mark(
        data,
        finding,
        what,
        review,
        actor=ACTOR,
        now=at,
        reason="“截止目前阶段”是固定搭配，不是错字" if wrong else "",
        until=clock.local_day(at) + timedelta(days=180) if wrong else None,
    )
