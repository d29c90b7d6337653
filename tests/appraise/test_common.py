"""Common causes: one broken footer on twenty sites is one cause with its places, and nothing is counted twice."""

from __future__ import annotations

from typing import Any

from cockpit.appraise.common import causes, explained


def finding(number: int, site: str, kind: str, target: str, **more: Any) -> dict[str, Any]:
    return {
        "finding_id": f"F{number}", "site_code": site, "site_url": f"http://{site}.test/", "kind": kind,
        "aspect": kind.split(".", maxsplit=1)[0], "target": target, "text": None, "places": 1, "unit_code": f"u-{site}", **more,
    }  # fmt: skip


def told(found: list[dict[str, Any]]) -> list[tuple[str, str, int, int]]:
    return [(c.rule, c.key, c.sites, c.places) for c in causes(found)]


def test_one_broken_footer_on_twenty_sites_is_one_cause_with_its_places() -> None:
    footer = "http://bszs.example/jiucuo"
    found = [finding(n, f"s{n}", "link.dead", footer, places=30) for n in range(20)]
    assert told(found) == [("address", footer, 20, 600)]


def test_a_dead_host_of_a_supplier_takes_what_no_single_address_explains() -> None:
    found = [
        finding(1, "s1", "link.dead", "http://cdn.example/a.js"),
        finding(2, "s2", "link.dead", "http://cdn.example/a.js"),
        finding(3, "s1", "link.dead", "http://cdn.example/b.js"),
        finding(4, "s3", "link.soft_404", "http://cdn.example/c.js", places=4),
    ]
    assert told(found) == [
        ("host", "cdn.example", 2, 5),
        ("address", "http://cdn.example/a.js", 2, 2),
    ]


def test_a_path_of_a_shared_template_needs_three_sites_and_many_pages() -> None:
    path = "/footer/map.html"
    found = [finding(n, f"s{n}", "link.dead", f"http://s{n}.test{path}", places=9) for n in range(3)]
    assert told(found) == [("template", path, 3, 27)]
    assert told(found[:2]) == [], "two sites may both have lost a page of that name"
    once = [{**f, "places": 4} for f in found]
    assert told(once) == [], "an article that four pages point to is no template"
    home = [finding(n, f"s{n}", "link.dead", f"http://s{n}.test/", places=9) for n in range(3)]
    assert told(home) == [], "a home page that is down is the site's own trouble"


def test_hidden_links_by_host_and_wording_by_its_text() -> None:
    found = [
        finding(1, "s1", "hidden.link", "http://bet.example/1"),
        finding(2, "s2", "hidden.link", "http://bet.example/2"),
        finding(3, "s1", "wording.typo", "攻府", text="攻府"),
        finding(4, "s2", "wording.typo", "攻府", text="攻府"),
        finding(5, "s2", "wording.typo", "帐号", text="帐号"),
    ]
    assert told(found) == [("hidden", "bet.example", 2, 2), ("wording", "攻府", 2, 2)]


def test_several_findings_of_one_site_are_no_common_cause() -> None:
    found = [finding(n, "s1", "link.dead", "http://old.example/x") for n in range(5)]
    assert told(found) == []


def test_the_warnings_behind_a_cause() -> None:
    found = [finding(n, f"s{n}", "link.dead", "http://old.example/x") for n in range(2)]
    found += [finding(n + 5, f"s{n}", "hidden.link", "http://bet.example/") for n in range(2)]
    warnings = [
        {"warning_id": "W1", "finding_id": None, "site_code": "s0", "aspect": "link"},
        {"warning_id": "W2", "finding_id": None, "site_code": "s9", "aspect": "link"},
        {"warning_id": "W3", "finding_id": "F5", "site_code": "s0", "aspect": "hidden"},
        {"warning_id": "W4", "finding_id": "F99", "site_code": "s0", "aspect": "hidden"},
    ]
    by_rule = {c.rule: [w["warning_id"] for w in explained(c, warnings)] for c in causes(found)}
    assert by_rule == {"address": ["W1"], "hidden": ["W3"]}
