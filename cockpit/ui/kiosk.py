"""The wall (`?kiosk=1`): three scenes in one block of HTML, so that neither a refresh nor a turn shows a blank frame.

Which scene and which page of warnings is shown is decided in the browser (frame.js); everything is drawn already.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from cockpit import clock
from cockpit.store.queries import availability, scores, warnings
from cockpit.ui import card, data, html, numbers, outages, papers, shell, uptime, wall
from cockpit.workdays import Calendar

SCENES = ("总览", "预警与可用性", "本周计分卡")
EVERY, ROTATE, LONGEST = 30, 20, 600  # seconds
SPREAD = (
    3  # seconds: desks that came back together after a restart of the server do not ask together for ever
)
PAGE, MOST_PAGES = 8, 5
LOWEST = 15
BARS = 3  # indicators under the boxes of the third scene
MOST_SCORES = 52  # units in the two columns of the third scene; more would need smaller letters
ROOM = 8  # rows of the middle of the second scene that leave room for the new findings
TEXT = 20  # size of the words on the small map
C = html.Column


def pace() -> float:
    """Seconds between two refreshes of this session: on the wall what it says, at desks a little more or less."""
    if shell.is_kiosk():
        return EVERY
    return st.session_state.setdefault("pace", EVERY + random.uniform(-SPREAD, SPREAD))


def draw(frame: Mapping[str, Any]) -> None:
    """Everything on the wall."""
    rows = _warnings()
    pin, why = _pin(rows)
    week = next(iter(data.ask(scores.weeks)), None)
    parts = [
        _scene(1, lambda: data.drawn(wall.kpis), lambda: data.drawn(_overview)),
        _scene(2, lambda: data.drawn(wall.kpis), lambda: data.drawn(_trouble)),
        _scene(3, lambda: data.drawn(_score_figures, week), lambda: data.drawn(_scores, week)),
    ]
    demo = '<div class="ck-demo">演示数据，不得用于考核。</div>' if frame.get("origin") == "demo" else ""
    html.show(
        f'<div class="ck-wall" data-scenes="{len(SCENES)}" data-rotate="{_rotate()}" data-pin="{pin}" data-why="{why}">{_head(frame, demo)}{"".join(parts)}</div>'
    )


def _pin(rows: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
    """The scene that stays, and why: asked by `scene=`, or a red warning that nobody has acknowledged; 0 = turning."""
    asked = st.query_params.get("scene", "")
    if asked.isdigit() and 1 <= int(asked) <= len(SCENES):
        return int(asked), ""
    waiting = any(r["level"] == "red" and r["state"] == "new" for r in rows)
    return (2, "，红色预警未签收，停在本屏") if waiting else (0, "")


def _rotate() -> int:
    """Seconds a scene stays; 0 = no turning."""
    try:
        return min(LONGEST, max(0, int(st.query_params.get("rotate", ROTATE))))
    except ValueError:
        return ROTATE


def _head(frame: Mapping[str, Any], demo: str) -> str:
    now = clock.now()
    dots = "".join(f'<i class="d{n}" title="{name}"></i>' for n, name in enumerate(SCENES, 1))
    tail = (
        f'<span class="ck-dots" role="img" aria-label="{len(SCENES)} 屏轮播">{dots}</span>'
        f'<span class="ck-next" data-every="{EVERY}" data-drawn="{now:%Y%m%d%H%M%S}">每 {EVERY} 秒刷新</span>{demo}'
    )
    return shell.header_html(frame, shell.NAME, wall.clock_line(), tail=tail)


def _scene(number: int, top: Callable[[], str], body: Callable[[], str]) -> str:
    name = SCENES[number - 1]
    return f'<section class="ck-scene s{number}" aria-label="{name}">{shell.part(name, top)}{shell.part(name, body)}</section>'


def _columns(*columns: str, extra: str = "", css: str = "") -> str:
    """Columns of a scene; `extra` is shown on ultra-wide walls only."""
    parts = "".join(f"<div>{c}</div>" for c in columns)
    return f'<div class="ck-cols {css}">{parts}<div class="ck-extra">{extra}</div></div>'


def _warnings() -> list[dict[str, Any]]:
    calendar, today = Calendar.load(data.data().calendar), data.today()
    rows = [{**r, "left": calendar.between(today, r["due_on"])} for r in data.ask(warnings.open_warnings)]
    return wall.matters(rows)


def _overview() -> str:
    left = shell.part("近 24 小时可用性", lambda: wall.availability(8)) + shell.part(
        "近 30 天新增问题", wall.findings
    )
    return _columns(
        left + shell.part("县区分布", lambda: wall.locator(TEXT)),
        shell.part("责任单位状态", lambda: wall.matrix(wall=True)),
        shell.part("最新预警", lambda: pages("side", _warnings(), PAGE)),
        extra=shell.part("中断记录", lambda: _incidents(14)),
    )


def pages(name: str, rows: Sequence[Mapping[str, Any]], size: int) -> str:
    """Open warnings in pages that turn; the first red ones stay on every page."""
    total = sum(r["count"] for r in rows)
    head = html.title("最新预警", f"未办结 {total} 条")
    if not rows:
        return head + html.state("good", "✓ 没有未办结预警。")
    pinned = [r for r in rows if r["level"] == "red"][: size // 3]
    rest, room = [r for r in rows if r not in pinned], size - len(pinned)
    parts = [rest[n : n + room] for n in range(0, len(rest), room)][:MOST_PAGES] or [[]]
    shown = sum(r["count"] for part in (pinned, *parts) for r in part)
    turn = "".join(f'<i class="p{n}">第 {n + 1}/{len(parts)} 页</i>' for n in range(len(parts)))
    note = f"未办结 {total} 条" + (f"，大屏列前 {shown} 条" if shown < total else "")
    body = "".join(
        f'<div class="ck-page p{n}">{"".join(map(wall.alert, (*pinned, *part)))}</div>'
        for n, part in enumerate(parts)
    )
    return (
        f'<div class="ck-title"><b>最新预警</b><span>{note}</span><span class="ck-turn {name}">{turn}</span></div>'
        f'<div class="ck-pages {name}" data-name="{name}" data-pages="{len(parts)}">{body}</div>'
    )


def _trouble() -> str:
    middle = shell.part("可用性", _sites) + shell.part("证书", _certificates)
    if middle.count("<tr") <= ROOM:
        middle += shell.part("近 30 天新增问题", wall.findings)
    return _columns(
        shell.part("最新预警", lambda: pages("big", _warnings(), PAGE)),
        middle,
        shell.part("中断记录", lambda: _incidents(14)),
        extra=shell.part("近 30 天新增问题", wall.findings)
        + shell.part("县区分布", lambda: wall.locator(TEXT)),
        css="even",
    )


def _sites() -> str:
    rows = uptime.sites(None)
    warn, _ = uptime.limits()
    bad = [
        r
        for r in rows
        if r in uptime.down(rows) or r in uptime.unmeasured(rows) or r in uptime.reached(rows, warn)
    ]
    head = html.title("可用性异常的网站", f"{len(bad)} 个；其余 {len(rows) - len(bad)} 个打得开、没到预警线")
    return head + (
        uptime.legend() + uptime.short_strips(bad[:LOWEST])
        if bad
        else html.state("good", f"✓ {len(rows)} 个网站现在都打得开，近 7 天没有达到预警线的。")
    )


def _incidents(most: int) -> str:
    rows = data.ask(availability.incidents, at=data.now(), day=data.today(), days=uptime.WINDOW, unit=None)
    return outages.short_incidents(rows, most)


def _certificates() -> str:
    rows = data.ask(availability.certificates, at=data.now(), day=data.today(), unit=None)
    return papers.short_certificates(rows)


def _score_figures(week: str | None) -> str:
    return card.kpis(card.read(week)) if week else ""


def _scores(week: str | None) -> str:
    if week is None:
        return html.state("none", "— 还没有任何一周计过分。")
    sheet = card.read(week)
    head = html.title(f"{numbers.week(week)}计分卡")
    order = sorted(sheet.rated, key=lambda r: (not r["vetoed"], r["score"]))
    half = -(-min(len(order), MOST_SCORES) // 2)
    dearest = shell.part("扣分最多的指标", lambda: card.dearest(sheet, BARS))
    return _columns(
        head
        + html.lead(card.lead(sheet))
        + f'<div class="ck-tall">{card.boxes(sheet)}</div><div class="ck-last">{dearest}</div>',
        _lowest(sheet, order, 0, half),
        _lowest(sheet, order, half, half),
        extra=dearest,
        css="even",
    )


def _lowest(sheet: card.Sheet, order: Sequence[Mapping[str, Any]], start: int, count: int) -> str:
    """Units from the lowest score on, vetoed ones first; the more there are, the closer their rows."""
    rows = order[start : start + count]
    if not rows:
        return ""

    def old(r: Mapping[str, Any]) -> float | None:
        return (sheet.before.get(r["unit_code"]) or {}).get("score")

    columns = [
        C("责任单位", lambda r: html.e(r["short_name"]), "nw"),
        C("得分（0—100）", lambda r: html.bullet(r["score"], old(r), veto=r["vetoed"])),
        C("本周", lambda r: "否决" if r["vetoed"] else numbers.score(r["score"]), "num"),
        C("较上周", lambda r: numbers.change(sheet.change(r)), "num"),
    ]
    end = start + len(rows)
    more = "，其余见每周计分卡" if start and end < len(order) else ""
    title = html.title(
        "得分从低到高", f"第 {start + 1}—{end} 个，共 {len(order)} 个已评单位；竖线为上周{more}"
    )
    table = html.table(columns, rows, lambda r: "veto" if r["vetoed"] else "")
    return f'{title}<div class="ck-scores" style="--rows:{max(count, LOWEST)}">{table}</div>'
