"""Facts that trigger every indicator on one object and leave another in order, in one small city.

Site s1 and account a1 of unit u1 (and unit u4) are bad in every way, s2, a2 and u2 are in order. A further family of
measures adds its facts in a module `facts_<family>.py` of this folder with `rows()` and REGISTER.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from cockpit import store
from cockpit.clock import local_day
from cockpit.paths import DataDir
from tests import appraise

NOW = datetime(2026, 11, 25, 4)
TODAY = local_day(NOW)
NIGHT = NOW - timedelta(hours=10)
ASPECTS = ("links", "hidden", "channels", "tags", "wording", "privacy", "certificate", "ipv6")
Row = tuple[str, dict[str, Any]]


def _site(n: int, **other: Any) -> dict[str, Any]:
    host = "http://s1.demo-site.com/" if n == 1 else f"http://s{n}.xinyu.gov.cn/"
    own = {"site_id_code": None if n == 1 else f"360500000{n}", "state": "active", "url": host}
    return {"site_code": f"s{n}", "site_name": f"{n}网", "unit_code": f"u{n}", **own, **other}


def _account(code: str, unit: str, state: str = "active") -> dict[str, Any]:
    return {
        "account_code": code,
        "account_name": code,
        "unit_code": unit,
        "platform": "微博",
        "state": state,
    }


REGISTER: dict[str, list[dict[str, Any]]] = {
    "unit": [
        {"unit_code": f"u{n}", "unit_name": f"u{n}局", "unit_group": "dept_service", "sort_order": n}
        for n in (1, 2, 4)
    ],
    "site": [_site(1), _site(2), _site(3, unit_code="u1")],
    "account": [
        _account("a1", "u1"),
        _account("a3", "u1"),
        _account("a2", "u2"),
        _account("a4", "u1", "suspended"),
        _account("a5", "u2", "suspended"),
    ],
    "maintenance": [
        {
            "site_code": "s1",
            "starts_at": NOW - timedelta(days=80),
            "ends_at": NOW - timedelta(days=45),
            "reason": "迁移",
            "approved_by": "值班岗",
        }
    ],
}


def load(data: DataDir) -> None:
    """Spool every fact of this folder and publish them."""
    batch = store.Batch(data, "facts", "facts")
    register = {name: list(entries) for name, entries in REGISTER.items()}
    for module in _families():
        for name, entries in getattr(module, "REGISTER", {}).items():
            register.setdefault(name, []).extend(entries)
        for table, row in module.rows():
            batch.add(table, **row)
    for table, row in rows():
        batch.add(table, **row)
    batch.write(NOW)
    store.load(data, NOW, register=register)


def _families() -> list[Any]:
    names = sorted(m.name for m in pkgutil.iter_modules(appraise.__path__) if m.name.startswith("facts_"))
    return [importlib.import_module(f"tests.appraise.{name}") for name in names]


def rows() -> Iterator[Row]:
    yield from _visits()
    for site in ("s1", "s2"):
        for aspect in ASPECTS:
            yield (
                "coverage",
                {
                    "measured_at": NIGHT,
                    "collector": "patrol",
                    "aspect": aspect,
                    "site_code": site,
                    "ok": True,
                    "complete": True,
                },
            )
    yield from _pages()
    yield from _night_before()
    yield from _sightings()
    yield from _applications()
    yield from _messages()
    yield from _accounts()
    yield from _guides()
    yield from _incidents()


def _visits() -> Iterator[Row]:
    for n in range(200):
        for site in ("s1", "s2"):
            failed = site == "s1" and (n < 4 or n % 5 == 0)
            yield (
                "probe",
                {
                    "measured_at": NOW - timedelta(minutes=10 + 45 * n),
                    "site_code": site,
                    "family": "4",
                    "ok": not failed,
                    "measured": True,
                    "cause": "timeout" if failed else None,
                    "seconds": 15.0 if failed else 9.0 if site == "s1" else 0.5,
                },
            )
    for site, reached, home in (("s1", 80, False), ("s2", 100, True)):
        yield (
            "ipv6_check",
            {
                "measured_at": NIGHT,
                "site_code": site,
                "has_aaaa": True,
                "home_ok": home,
                "level2_total": 100,
                "level2_ok": reached,
                "level3_total": 100,
                "level3_ok": reached,
            },
        )
        for number in range(2 * (100 - reached)):
            link = {"site_code": site, "measured_at": NIGHT, "host": "video.test", "cause": "no_aaaa"}
            yield "ipv6_link", {**link, "url": f"http://video.test/{number}", "level": 2 + number % 2}


CHANNELS = (  # type, days since the newest item on s1, on s2
    ("home", 20, 1),
    ("news", 30, 2),
    ("policy", 300, 20),
    ("service_statistics", 120, 10),
    ("reply", 90, 10),
    ("consultation", 10, 10),
)


def _pages() -> Iterator[Row]:
    for number, site in ((1, "s1"), (2, "s2")):
        root = f"http://{site}/"
        common = {"measured_at": NIGHT, "site_code": site}
        for kind, *ages in CHANNELS:
            url = root if kind == "home" else f"{root}{kind}/"
            yield (
                "channel_check",
                {
                    **common,
                    "url": url,
                    "channel_name": kind,
                    "channel_type": kind,
                    "level": 1 if kind == "home" else 2,
                    "latest": TODAY - timedelta(days=ages[number - 1]),
                    "items": 9,
                    "state": "fresh",
                },
            )
        names = ("办事服务", "领导信箱") if site == "s2" else ("更多", "举报信箱")
        for n, name in enumerate(names):
            yield ("link", _link(common, f"{root}{n}", "internal", name))
        for n in range(25 if site == "s1" else 2):
            yield ("link", _link(common, f"http://h{n}.com/", "external", "外链"))
        for n in range(7 if site == "s1" else 1):
            yield (
                "page",
                {
                    **common,
                    "url": f"{root}consultation/{n}.html",
                    "page_type": "article",
                    "published_at": datetime(2026, 9, n + 1),
                },
            )
        made = "2024-01/05" if site == "s1" else "2026-01/05"
        yield (
            "page",
            {
                **common,
                "url": f"{root}zcwj/{made}/content_{'a' * 32}.shtml",
                "page_type": "article",
                "published_at": datetime(2026, 1, 5, 9),
            },
        )


def _link(common: dict[str, Any], url: str, kind: str, text: str) -> dict[str, Any]:
    return {**common, "url": url, "kind": kind, "verdict": "ok", "text": text, "source": "http://x/"}


SIGHTINGS = (  # aspect, kind, how many, severity, rule, days before
    ("channels", "channel.overdue", 6, "medium", "news", 0),
    ("channels", "channel.overdue", 1, "medium", "policy", 0),
    ("channels", "channel.overdue", 1, "medium", "service_statistics", 0),
    ("channels", "channel.overdue", 1, "medium", "reply", 0),
    ("channels", "channel.blank", 5, "high", "catalog", 0),
    ("wording", "wording.formulation", 1, "critical", None, 0),
    ("wording", "wording.typo", 12, "medium", None, 9),
    ("privacy", "privacy.id_card", 1, "critical", None, 0),
    ("hidden", "hidden.link", 1, "critical", None, 0),
    ("hidden", "hidden.iframe", 1, "medium", None, 0),
    ("links", "link.dead", 20, "medium", None, 0),
    ("links", "link.soft_404", 10, "medium", None, 0),
    ("tags", "tag.missing", 10, "low", None, 0),
    ("tags", "home.missing", 3, "low", None, 0),
    ("channels", "date.forged", 1, "medium", None, 0),
    ("certificate", "certificate.expired", 1, "high", None, 0),
    ("certificate", "certificate.no_https", 1, "high", None, 0),
)


def _night_before() -> Iterator[Row]:
    """An earlier look at the links, for what counts only when it was seen twice."""
    common = {
        "run_id": "facts-0",
        "measured_at": NIGHT - timedelta(days=1),
        "aspect": "links",
        "site_code": "s1",
    }
    yield ("coverage", {**common, "collector": "patrol", "ok": True, "complete": True})
    number = next(n for n, row in enumerate(SIGHTINGS) if row[1] == "link.soft_404")
    for n in range(10):
        seen = {"kind": "link.soft_404", "target": f"{number}/{n}", "severity": "medium", "places": 1}
        yield ("sighting", {**common, **seen})


def _sightings() -> Iterator[Row]:
    for number, (aspect, kind, count, severity, rule, ago) in enumerate(SIGHTINGS):
        for n in range(count):
            yield (
                "sighting",
                {
                    "measured_at": NIGHT - timedelta(days=ago),
                    "aspect": aspect,
                    "kind": kind,
                    "site_code": "s1",
                    "target": f"{number}/{n}",
                    "text": f"{number}/{n}",
                    "severity": severity,
                    "rule": rule,
                    "places": 1,
                },
            )


def _applications() -> Iterator[Row]:
    for unit in ("u1", "u2"):
        for n in range(40):
            received = date(2026, 6, 1) + timedelta(days=n)
            bad = unit == "u1" and n % 2 == 0
            yield (
                "application",
                {
                    **_application(unit, n, received, date(2026, 7, 1) + timedelta(days=n)),
                    "answered_on": received + timedelta(days=60 if bad else 10),
                    "result": "本机关不掌握" if unit == "u1" else "予以公开",
                    "correction_asked_on": received + timedelta(days=30) if bad else None,
                },
            )
    yield ("application", _application("u1", 90, date(2026, 9, 1), date(2026, 10, 9)))
    soon = _application("u1", 91, date(2026, 10, 29), TODAY + timedelta(days=1))
    yield ("application", soon)
    asking = _application("u1", 92, TODAY - timedelta(days=40), TODAY + timedelta(days=20))
    yield ("application", {**asking, "third_party_from": TODAY - timedelta(days=38)})


def _application(unit: str, n: int, received: date, due: date) -> dict[str, Any]:
    return {
        "measured_at": NOW,
        "application_id": f"{unit}-{n}",
        "unit_code": unit,
        "received_on": received,
        "due_on": due,
    }


def _messages() -> Iterator[Row]:
    for unit in ("u1", "u2"):
        for n in range(40):
            bad = unit == "u1" and n < 20
            yield (
                "message",
                {
                    "measured_at": NOW,
                    "message_id": f"{unit}-{n}",
                    "unit_code": unit,
                    "channel_in": "我为政府网站找错",
                    "received_on": date(2026, 7, 1),
                    "answered_on": None if bad else date(2026, 7, 3),
                    "valid": True,
                },
            )


def _accounts() -> Iterator[Row]:
    for code, ago in (("a1", 15), ("a2", 1), ("a3", 2), ("a4", 100), ("a5", 2)):
        yield (
            "post",
            {
                "measured_at": NOW,
                "account_code": code,
                "post_id": "1",
                "posted_on": TODAY - timedelta(days=ago),
            },
        )


def _incidents() -> Iterator[Row]:
    for number, (site, account, done) in enumerate(
        (("s1", None, None), ("s2", None, 30), (None, "a1", None), (None, "a2", 30))
    ):
        yield (
            "serious_incident",
            {
                "measured_at": NOW,
                "incident_no": f"Y{number}",
                "unit_code": "u1",
                "site_code": site,
                "account_code": account,
                "incident_kind": "弄虚作假",
                "confirmed_on": TODAY - timedelta(days=60),
                "confirmed_by": "主管机关",
                "matter": "改了发布日期",
                "rectified_on": TODAY - timedelta(days=done) if done else None,
            },
        )


def _guides() -> Iterator[Row]:
    for unit, count, missing in (("u1", 6, 4), ("u4", 2, 5), ("u2", 6, 0)):
        for n in range(count):
            yield (
                "service_guide",
                {
                    "measured_at": NOW,
                    "item_id": f"{unit}-{n}",
                    "unit_code": unit,
                    "item_name": f"事项{n}",
                    "missing": "办理流程" if missing else None,
                    "missing_count": missing,
                    "needs_form": True,
                    "has_form": not missing,
                    "checked_on": date(2026, 11, 1),
                },
            )
