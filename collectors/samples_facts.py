"""What the collectors would have written about the demonstration city, day by day."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence, Set
from datetime import date, datetime, time, timedelta
from typing import Any

from cockpit.clock import to_local, to_utc
from collectors.samples_checks import certificate, ipv6, unreachable
from collectors.samples_city import BLANK_NAMES, CHANNELS, SEED, Actor, Trouble
from collectors.samples_content import VERSION, content

Row = tuple[str, dict[str, Any]]
VISITS = 24  # probes a day, one run each
ROUND = timedelta(minutes=8)  # how long a probe run takes; every site is visited within
NIGHT = time(1, 30)  # when the others start, in Beijing
TAKES = {"patrol": timedelta(minutes=95), "ipv6": timedelta(minutes=25), "certificate": timedelta(minutes=3)}
ENTRANCES = {0: "办事服务", 1: "领导信箱"}  # what every site must offer
NIGHTLY_DAYS = 14  # nightly patrols for the last two weeks, weekly before
STATUS_OF = {"not_found_404": 404, "soft_404": 200, "server_5xx": 503}  # a timeout has none
ASPECT_OF = {
    "link": "links",
    "hidden": "hidden",
    "wording": "wording",
    "privacy": "privacy",
    "tag": "tags",
    "channel": "channels",
    "home": "channels",
    "certificate": "certificate",
}
PATROL_ASPECTS = ("links", "hidden", "channels", "tags", "wording", "privacy")


def day_rows(cast: Sequence[Actor], day: date, last: date, until: datetime) -> Iterator[Row]:
    """All facts of one Beijing day, of the runs that had ended by `until` (naive UTC)."""
    night = to_utc(datetime.combine(day, NIGHT))
    wanted = {"patrol": (last - day).days < NIGHTLY_DAYS or day.weekday() == 6}
    for name in ("ipv6", "certificate"):  # every Sunday, and the newest night that is over
        tonight = to_utc(datetime.combine(last, NIGHT)) + TAKES[name] > until
        wanted[name] = day.weekday() == 6 or day == last - timedelta(days=tonight)
    done = {name for name, takes in TAKES.items() if wanted[name] and night + takes <= until}
    rounds = [at for at in _rounds(day) if at + ROUND <= until]
    for actor in cast:
        if actor.site is None or actor.site.state != "active" or not actor.site.valid_on(day):
            continue
        visits = list(_probes(actor, day, last))[: len(rounds)]
        yield from visits
        yield from map(_looked, visits if day == last else visits[-1:])
        if "patrol" in done:
            yield from _patrol(actor, day, last, night)
        if "ipv6" in done:
            yield from ipv6(actor, day, last, night)
        if "certificate" in done:
            yield from certificate(actor, day, last, night)
    yield from _runs(cast, day, rounds, done)


def _rounds(day: date) -> list[datetime]:
    """When the probe runs of a Beijing day start, naive UTC."""
    return [to_utc(datetime.combine(day, time(number))) for number in range(VISITS)]


def _probes(actor: Actor, day: date, last: date) -> Iterator[Row]:
    draw = random.Random(f"{SEED}:probe:{actor.key}:{day}")
    ago = (last - day).days
    share = next((s for start, end, s in actor.story.outages if end <= ago <= start), 0.004)
    for number, start in enumerate(_rounds(day)):
        at = start + timedelta(minutes=draw.randrange(0, 8))
        if unreachable(actor, day, last):
            yield _probe(actor, at, False, "no_route", False, None)
        elif draw.random() < share or _down(actor, ago, number):
            yield _probe(actor, at, False, "timeout", True, 15.0)
        else:
            yield _probe(actor, at, True, None, True, round(actor.seconds * draw.uniform(0.7, 1.6), 3))


def _down(actor: Actor, ago: int, hour: int) -> bool:
    down = actor.story.down
    return down is not None and ago == down[0] and down[1] <= hour <= down[2]


def _probe(
    actor: Actor, at: datetime, ok: bool, cause: str | None, measured: bool, seconds: float | None
) -> Row:
    return "probe", {
        "run_id": _probe_run(at),
        "measured_at": at,
        "site_code": _code(actor),
        "family": "4",
        "ok": ok,
        "cause": cause,
        "measured": measured,
        "http_status": 200 if ok else None,
        "seconds": seconds,
        "address": "192.0.2.10",
    }


def _probe_run(at: datetime) -> str:
    """The run of an hour: the visits of that hour and the run say the same."""
    return f"demo-probe-{to_local(at):%Y%m%d%H}"


def _looked(visit: Row) -> Row:
    """That a visit took place, as the collector writes it; of days gone by the last one is enough here."""
    at = {key: visit[1][key] for key in ("run_id", "measured_at", "site_code")}
    ok, cause = visit[1]["measured"], None if visit[1]["measured"] else visit[1]["cause"]
    kind = {"collector": "probe", "aspect": "availability"}
    return "coverage", {**at, **kind, "ok": ok, "complete": ok, "cause": cause, "pages": 1, "items": 1}


def _code(actor: Actor) -> str:
    assert actor.site is not None
    return actor.site.site_code


def _patrol(actor: Actor, day: date, last: date, at: datetime) -> Iterator[Row]:
    common = {"run_id": f"demo-patrol-{day:%Y%m%d}", "measured_at": at, "site_code": _code(actor)}
    if unreachable(actor, day, last):
        for aspect in PATROL_ASPECTS:
            yield (
                "coverage",
                {**common, "collector": "patrol", "aspect": aspect, "ok": False, "cause": "no_route"},
            )
        return
    draw = random.Random(f"{SEED}:patrol:{actor.key}")
    pages = draw.randint(80, 420)
    for aspect in PATROL_ASPECTS:
        yield (
            "coverage",
            {
                **common,
                "collector": "patrol",
                "aspect": aspect,
                "ok": True,
                "complete": True,
                "pages": pages,
                "items": pages * 3,
            },
        )
    standing = [
        t
        for t in actor.troubles
        if t.until <= (last - day).days <= t.since and not (t.until > 0 and (last - day).days == t.until)
    ]
    yield from _links(actor, common, standing, draw)
    for trouble in standing:
        yield "sighting", {**common, **_sighting(trouble, actor.site.url)}
    yield from _channels(actor, common, day, last)
    yield from content(actor, day, last, at)


def _sighting(t: Trouble, home: str) -> dict[str, Any]:
    page, status = _page_of(t, home)
    return {
        "aspect": ASPECT_OF[t.kind.split(".")[0]],
        "kind": t.kind,
        "target": t.target,
        "locator": t.locator,
        "severity": t.severity,
        "confidence": 0.95,
        "text": t.text,
        "places": t.places,
        "suggestion": t.suggestion,
        "excerpt": t.excerpt,
        "technique": t.technique,
        "rule": t.technique or _rule(t),
        "place": "正文第 36 字" if t.kind.startswith(("wording.", "privacy.")) else None,
        "detector_version": VERSION,
        "cause": t.cause,
        "page_url": page,
        "http_status": status,
    }


def _page_of(t: Trouble, home: str) -> tuple[str, int | None]:
    """(page that shows a finding, status): of a dead link the first source, and what its target answered."""
    if t.kind.startswith("link."):
        return f"{home}page/0.html", STATUS_OF.get(t.cause or "")
    if t.kind.startswith(("hidden.", "privacy.")):
        return t.target if t.kind == "hidden.cloaking" else home, 200
    if t.kind.startswith("tag."):
        return f"{home}page/1.html", 200
    return t.locator if (t.locator or "").startswith("http") else f"{home}gzdt/1.html", 200


def _rule(t: Trouble) -> str | None:
    """The detector's rule as a real patrol would name it."""
    if t.kind == "privacy.id_card":
        return "id_card"
    return f"{t.kind.split('.')[1]}:{t.target}" if t.kind.startswith("wording.") else None


def _links(
    actor: Actor, common: dict[str, Any], standing: Sequence[Trouble], draw: random.Random
) -> Iterator[Row]:
    assert actor.site is not None
    for number in range(40):
        yield (
            "link",
            {
                **common,
                "url": f"{actor.site.url}page/{number}.html",
                "kind": "internal",
                "level": 2 + number % 2,
                "verdict": "ok",
                "http_status": 200,
                "places": draw.randint(1, 9),
                "source": actor.site.url,
                "text": ENTRANCES.get(number, f"页面{number}") if number not in actor.story.lacks else "更多",
            },
        )
    for trouble in standing:
        if trouble.kind.startswith("link."):
            yield (
                "link",
                {
                    **common,
                    "url": trouble.target,
                    "kind": "internal",
                    "level": 3,
                    "verdict": trouble.kind.split(".")[1],
                    "cause": trouble.cause,
                    "http_status": STATUS_OF.get(trouble.cause or ""),
                    "places": trouble.places,
                    "source": actor.site.url,
                    "text": trouble.text,
                },
            )
            for place in range(trouble.places):
                yield (
                    "link_place",
                    {
                        **common,
                        "url": trouble.target,
                        "source": f"{actor.site.url}page/{place}.html",
                        "text": trouble.text,
                    },
                )


def _channels(actor: Actor, common: dict[str, Any], day: date, last: date) -> Iterator[Row]:
    assert actor.site is not None
    newest = date.min
    rows = []
    for kind, name, path, period, interval in CHANNELS:
        latest = _latest(actor, kind, interval, day, last)
        newest = max(newest, latest)
        rows.append((kind, name, actor.site.url.rstrip("/") + path, latest, 20, period, 2))
    if actor.story.home_frozen is not None:
        newest = min(newest, last - timedelta(days=actor.story.home_frozen))
    rows.append(("home", "首页", actor.site.url, newest, 30, 14, 1))
    for kind, name, url, latest, items, period, level in rows:
        age = (day - latest).days
        state = "overdue" if age >= period else "due_soon" if age >= period * 10 / 14 else "fresh"
        yield "channel_check", _channel(common, url, name, kind, level, latest, items, period, state)
        if state == "overdue":
            told = {
                "aspect": "channels",
                "kind": "home.stale" if kind == "home" else "channel.overdue",
                "target": url,
                "page_url": url,
                "http_status": 200,
                "severity": "medium",
                "confidence": 0.95,
                "text": name,
                "places": 1,
                "rule": kind,
                "excerpt": f"最近更新 {latest}，期限 {period} 天",
            }
            yield "sighting", {**common, **told}
    for name in BLANK_NAMES[: actor.story.blank if (last - day).days <= actor.story.blank_since else 0]:
        url = f"{actor.site.url}blank/{BLANK_NAMES.index(name)}/"
        yield "channel_check", _channel(common, url, name, "catalog", 2, None, 0, 365, "blank")
        yield (
            "sighting",
            {
                **common,
                "aspect": "channels",
                "kind": "channel.blank",
                "target": url,
                "page_url": url,
                "http_status": 200,
                "severity": "high",
                "confidence": 0.95,
                "text": name,
                "places": 1,
                "rule": "catalog",
                "excerpt": "列表 0 条，期限 365 天",
            },
        )


def _channel(
    common: dict[str, Any],
    url: str,
    name: str,
    kind: str,
    level: int,
    latest: date | None,
    items: int,
    period: int,
    state: str,
) -> dict[str, Any]:
    return {
        **common,
        "url": url,
        "channel_name": name,
        "channel_type": kind,
        "level": level,
        "latest": latest,
        "items": items,
        "period_days": period,
        "state": state,
    }


def _latest(actor: Actor, kind: str, interval: int, day: date, last: date) -> date:
    """Newest update of a channel on or before a day: a steady rhythm, unless the story stopped it."""
    frozen = actor.story.channel_frozen.get(kind)
    if frozen is not None:
        day = min(day, last - timedelta(days=frozen))
    shift = random.Random(f"{SEED}:rhythm:{actor.key}:{kind}").randrange(interval)
    return day - timedelta(days=(day.toordinal() + shift) % interval)


def _runs(cast: Sequence[Actor], day: date, rounds: Sequence[datetime], done: Set[str]) -> Iterator[Row]:
    """The runs of a day: one probe run for each round, and the collectors of the night that are done."""
    sites = [a for a in cast if a.site and a.site.state == "active"]
    failed = sum(a.story.unreachable is not None for a in sites)
    night = to_utc(datetime.combine(day, NIGHT))
    runs = [("probe", _probe_run(at), at, ROUND) for at in rounds]
    runs += [(name, f"demo-{name}-{day:%Y%m%d}", night, TAKES[name]) for name in TAKES if name in done]
    for collector, run_id, at, takes in runs:
        yield (
            "run",
            {
                "run_id": run_id,
                "collector": collector,
                "started_at": at,
                "ended_at": at + takes,
                "state": "partial" if failed else "ok",
                "targets": len(sites),
                "targets_measured": len(sites) - failed,
                "targets_failed": failed,
                "row_count": len(sites) * 50,
            },
        )
