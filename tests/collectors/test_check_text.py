"""The text of `check`: what is cut off is said, with the way to see it all."""

from __future__ import annotations

from typing import Any

import pytest

from collectors import check_report
from collectors.check_report import SHOWN


class NoLinks:
    def bad(self) -> list[Any]:
        return []

    refused = bad


def result(**more: Any) -> dict[str, Any]:
    blank: dict[str, Any] = {
        name: [] for name in ("hidden_links", "channels", "wording", "privacy", "tags", "unmeasured")
    }
    return {
        "url": "http://a.test/", "pages": 1, "seconds": 2.0, "links": NoLinks(), "attachments": {"total": 0, "read": 0},
        "availability": {"ok": True, "seconds": 0.1, "cause": None}, **blank, **more,
    }  # fmt: skip


ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "hidden_links": ("暗链", {"url": "http://x.test/", "why": "藏在看不见的地方", "source": "/"}),
    "wording": ("错敏", {"text": "攻府", "suggestion": "政府", "source": "/"}),
    "privacy": ("隐私", {"text": "138****1234", "suggestion": None, "source": "/"}),
    "tags": ("标签", {"source": "/", "missing": ["SiteName"], "invalid": []}),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("more", [0, 1, 70])
def test_a_list_that_is_cut_says_so(name: str, more: int) -> None:
    label, row = ROWS[name]
    found = [{**row, "url": f"http://x.test/{n}"} for n in range(SHOWN + more)]  # the same one is told once
    lines = check_report.told(result(**{name: found})).splitlines()
    found = [line for line in lines if line.startswith(f"  [{label}] ")]
    if not more:
        assert len(found) == SHOWN
        return
    assert found[-1] == f"  [{label}] 只列前 {SHOWN} 条，共 {SHOWN + more} 条；--json 列出全部"
    assert len(found) == SHOWN + 1
