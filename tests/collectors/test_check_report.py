"""What `collectors check` tells people: one line for each matter, no empty words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from collectors import check_report
from collectors.check_report import LinkRows
from collectors.fetch import Response
from collectors.walked import LinkSeen, Places, Walked


def _result(**parts: Any) -> dict[str, Any]:
    return {
        "url": "http://a.test/",
        "pages": 3,
        "seconds": 1.0,
        "availability": {"ok": True, "seconds": 0.1},
        "links": SimpleNamespace(bad=list, refused=list),
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
    assert told[2:] == ["  [暗链] http://spam.test/ 移到屏幕外 ← http://a.test/0 等 3 页"]


def test_only_what_is_wrong_with_tags_and_channels_is_told() -> None:
    tags = [{"source": "http://a.test/1", "missing": ["PubDate"], "invalid": []}]
    channels = [{"name": "人事信息", "state": "blank", "latest": None, "period_days": 365}]
    told = check_report.told(_result(tags=tags, channels=channels)).splitlines()
    assert told[2:] == [
        "  [栏目空白] 人事信息 看不到最近日期（期限 365 天）",
        "  [标签] http://a.test/1 缺 PubDate",
    ]


def _links(*found: LinkSeen) -> LinkRows:
    home = Response("http://a.test/", "http://a.test/")
    return LinkRows(Walked("http://a.test/", home, links={link.url: link for link in found}))


def _link(url: str, verdict: str, cause: str, *chain: str) -> LinkSeen:
    return LinkSeen(url, "internal", 2, Places([]), verdict, cause, chain=chain)


def test_a_redirect_to_what_is_no_address_says_where_it_leads() -> None:
    away = _link("http://a.test/go", "dead", "bad_url", "javascript:alert(1)")
    wrong = _link("http://a.test:x/", "dead", "bad_url")
    told = check_report.told(_result(links=_links(away, wrong))).splitlines()
    assert told[2:] == [
        "  [死链] http://a.test/go → javascript:alert(1)（跳转后网址写法不对）← http://a.test/",
        "  [死链] http://a.test:x/（网址写法不对）← http://a.test/",
    ]


def test_links_that_the_guard_refused_are_listed_with_a_remedy_that_holds_for_metadata_too() -> None:
    inner = _link("http://10.0.0.1/", "skipped", "private_address")
    cloud = _link("http://a.test/m", "skipped", "private_address", "http://169.254.169.254/")
    other = _link("http://a.test/r", "skipped", "robots")
    told = check_report.told(_result(links=_links(inner, cloud, other))).splitlines()
    assert told[2].startswith("  [未访问] 2 个链接：")
    assert "加了也不访问" in told[2]
    assert told[3:] == [
        "  [未访问] http://10.0.0.1/（内网地址，未访问）← http://a.test/",
        "  [未访问] http://a.test/m → http://169.254.169.254/（跳转后内网地址，未访问）← http://a.test/",
    ]
