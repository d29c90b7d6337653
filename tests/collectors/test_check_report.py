"""What `collectors check` tells people: one line for each matter, no empty words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from collectors import check_report


def _result(**parts: Any) -> dict[str, Any]:
    return {
        "url": "http://a.test/",
        "pages": 3,
        "seconds": 1.0,
        "availability": {"ok": True, "seconds": 0.1},
        "links": SimpleNamespace(bad=list),
        "attachments": {"total": 0, "read": 0},
        **{name: [] for name in ("hidden_links", "channels", "wording", "privacy", "tags", "unmeasured")},
        **parts,
    }


def test_a_hidden_link_on_every_page_is_one_line() -> None:
    found = [
        {"url": "http://spam.test/", "why": "移到屏幕外", "source": f"http://a.test/{n}"} for n in range(3)
    ]
    told = check_report.told(_result(hidden_links=found)).splitlines()
    assert "暗链 3 处" in told[1]
    assert told[2:] == ["  [暗链] http://spam.test/ 移到屏幕外 ← http://a.test/0 等 3 处"]


def test_only_what_is_wrong_with_tags_and_channels_is_told() -> None:
    tags = [{"source": "http://a.test/1", "missing": ["PubDate"], "invalid": []}]
    channels = [{"name": "人事信息", "state": "blank", "latest": None, "period_days": 365}]
    told = check_report.told(_result(tags=tags, channels=channels)).splitlines()
    assert told[2:] == [
        "  [栏目空白] 人事信息 看不到最近日期（期限 365 天）",
        "  [标签] http://a.test/1 缺 PubDate",
    ]
