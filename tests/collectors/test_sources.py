"""Bodies that are held for evidence: let go when nothing is wrong, kept when something is, always bounded."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from cockpit.detect.dates import Published
from cockpit.detect.tags import TagReport
from collectors import evidence, sources
from collectors.asker import Later
from collectors.eyes import Seen
from collectors.sources import Sources
from collectors.walked import LinkSeen, Places

WORDS = ["文字"]


def page(body: bytes = b"<p>page</p>") -> Later:
    return Later(body, "text/html", "http://a.test/final", 2, {})


def seen(url: str = "http://a.test/1", snapshot: bytes = b"", **more: object) -> Seen:
    plain = {
        "title": "",
        "page_type": "article",
        "links": [],
        "published": Published(None, None),
        "items": [],
    }
    rest = {"channel_links": [], "hidden": [], "tags": None, "hits": [], "gone": False, "sha256": "0" * 64}
    return Seen(url=url, snapshot=snapshot, **{**plain, **rest, **more})  # type: ignore[arg-type]


def link(source: int, verdict: str = "ok") -> LinkSeen:
    found = LinkSeen(f"http://a.test/{source}/x", "internal", 3, Places(WORDS), verdict=verdict)
    found.places.add(source, 0)
    return found


def held(verdict: str, worth: bool = False, snapshot: bytes = b"") -> set[str]:
    """What is kept of one page that brought one link."""
    kept = Sources(lambda _seen: worth)
    kept.add(0, "http://a.test/0", page())
    brought = link(0, verdict)
    kept.brought(brought)
    kept.looked(0, seen(snapshot=snapshot))
    assert set(kept.kept()) == {"http://a.test/0"}, "until its link is judged"
    kept.judged(brought)
    return set(kept.kept())


@pytest.mark.parametrize(
    ("verdict", "worth", "snapshot", "kept"),
    [
        ("ok", False, b"", False),
        ("skipped", False, b"", False),
        ("dead", False, b"", True),
        ("soft_404", False, b"", True),
        ("unsure", False, b"", True),
        ("ok", True, b"", True),
        ("ok", True, b"masked", False),  # the detectors made one already
    ],
)
def test_a_page_is_kept_for_what_is_wrong_with_it(
    verdict: str, worth: bool, snapshot: bytes, kept: bool
) -> None:
    assert held(verdict, worth, snapshot) == ({"http://a.test/0"} if kept else set())


def test_without_a_patrol_nothing_is_held() -> None:
    kept = Sources(None)
    kept.add(0, "http://a.test/0", page())
    kept.brought(link(0))
    assert kept.kept() == {}


def test_bytes_and_numbers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_BYTES", 100)
    monkeypatch.setattr(sources, "MOST_WANTED", 2)
    kept = Sources(lambda _seen: True)
    for number in range(5):
        kept.add(number, f"http://a.test/{number}", page(b"x" * 30))
        kept.looked(number, seen())
    assert list(kept.kept()) == ["http://a.test/0", "http://a.test/1"]
    kept.add(9, "http://a.test/9", page(b"x" * 41))
    assert "http://a.test/9" not in kept.kept(), "no room for it"


def test_the_first_page_with_a_fault_of_tags_is_evidence_and_dates_always_are() -> None:
    judge = evidence.worth("s", {("s", "http://a.test/old"): (date(2026, 11, 1), date(2026, 10, 1))})
    faults = TagReport("article", ("Author",), ("PubDate",))
    assert [judge(seen(tags=faults)) for _ in range(2)] == [True, False]
    assert judge(seen(tags=TagReport("article", ("Keywords",), ()))) is True
    assert judge(seen(tags=TagReport("article", (), ()))) is False
    moved = Published(date(2026, 11, 20), "label")
    assert [judge(seen("http://a.test/old", published=moved)) for _ in range(2)] == [True, True]
    assert judge(seen("http://a.test/new", published=moved)) is False
    assert judge(seen(forged=SimpleNamespace(rule="date.url"))) is True
