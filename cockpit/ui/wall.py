"""The live block of 运行总览, for the desk, the phone and the wall: HTML only, so that a refresh never flickers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import escape
from typing import Any

from cockpit import clock
from cockpit.paths import SHIPPED
from cockpit.store.queries import overview, warnings
from cockpit.ui import cases, data, html, numbers, theme, tips
from cockpit.workdays import Calendar

GROUPS = {"county": "县区·园区", "dept_service": "有对外服务职能的部门", "dept_other": "其他部门"}
ASPECTS = {
    "channels": "栏目更新",
    "links": "死链",
    "hidden": "暗链",
    "wording": "错敏信息",
    "privacy": "隐私泄露",
    "tags": "网页标签",
    "certificate": "证书安全",
    "availability": "可用性",
    "ipv6": "IPv6",
    "attachments": "附件",
}
LEVEL = "颜色和级别是现在最高的未办结预警；数字是最近一周的得分，否决、未评也是那一周的。无数据：没有预警也没有得分，判断不了级别。"
DESK_ALERTS, MOST_TILES, QUIET_NAMES = 8, 40, 12


def lead() -> str:
    """The one sentence: what is wrong now, and what first."""
    units = data.ask(warnings.veto_units)
    reached = [u for u in units if u["worst"] == 1]
    total = data.ask(warnings.count_open)
    if not total:
        unknown = _visits()[1]
        return "目前没有未办结的预警" + (f"；{unknown}，情况不明。" if unknown else "。")
    first = data.ask(warnings.open_warnings)[0]
    head = (
        f"<b>{len(reached)} 个单位已触及单项否决</b>（{escape('、'.join(u['unit_name'] for u in reached[:4]))}{'等' if len(reached) > 4 else ''}）。"
        if reached
        else "没有单位触及单项否决。"
    )
    return (
        head
        + f"未办结预警 {total} 条，先处理：{html.anchor(escape(first['short_name'] + '——' + _matter(first)), html.link('', evidence=first['warning_id']))}。"
    )


def kpis() -> str:
    today, now = data.today(), data.now()
    counts = data.ask(overview.targets, day=today)
    sites = data.ask(overview.availability_now, day=today)
    up = sum(bool(s["ok"]) for s in sites)
    away = sum(s["measured"] is not True for s in sites)
    open_now, yesterday = (
        data.ask(warnings.count_open),
        data.ask(warnings.count_open_at, at=now - timedelta(days=1)),
    )
    units = data.ask(warnings.veto_units)
    asked = cases.tally(cases.found(None))
    six = data.ask(overview.ipv6_total)
    rate = six["ok"] / six["total"] if six["total"] else None
    goal = data.rules().indicators["I-01"].near or 0.99
    change = open_now - yesterday
    return html.kpis(
        [
            html.Kpi(
                "在管对象",
                numbers.whole(counts["sites"] + counts["accounts"]),
                "个",
                f"网站 {counts['sites']} · 新媒体 {counts['accounts']}",
                html.link("lists", list="targets"),
            ),
            html.Kpi(
                "当前可用",
                f"{up}",
                f"/{len(sites)}",
                f"打不开 {len(sites) - up - away} · 未采集 {away}",
                html.link("lists", list="available"),
            ),
            html.Kpi(
                "未办结预警",
                f"{open_now}",
                "条",
                f"较昨日 {numbers.change(change, 0)} {numbers.better(change, up_is_good=False)}",
                html.link("alerts"),
            ),
            html.Kpi(
                "单项否决风险",
                f"{len(units)}",
                "个单位",
                f"已触及 {sum(u['worst'] == 1 for u in units)} · 达预警线 {sum(u['worst'] > 1 for u in units)}",
                html.link("lists", list="veto"),
            ),
            html.Kpi(
                "依申请公开临期",
                f"{asked['soon']}",
                "件",
                f"{cases.NAMES['overdue']} {asked['overdue']} · {cases.NAMES['lately']} {asked['lately']}",
                html.link("requests", state="soon"),
            ),
            html.Kpi(
                "IPv6 二三级链接",
                numbers.percent(rate, goal).rstrip("%"),
                "%" if rate is not None else "",
                f"目标 {goal * 100:g}% · 已测 {six['sites']} 个网站",
                html.link("lists", list="ipv6"),
            ),
        ],
        tips.of("overview"),
    )


def availability(limit: int) -> str:
    now = data.now()
    rows = data.ask(overview.availability_strips, at=now, limit=limit)
    head = html.title("近 24 小时可用性", "每格 1 小时 · 只列异常站点 · 斜纹未采集 · 空格未访问")
    visited, unknown = _visits()
    gaps = html.anchor("看采集缺口", html.link("collection", show="gaps"))
    tail = html.state("none", f"— {unknown}，不知道能不能打开。{gaps}") if unknown else ""
    if not rows:
        return head + (html.state("good", "✓ 近 24 小时访问过的网站都打得开。") if visited else "") + tail
    strips: dict[str, html.Strip] = {}
    for row in rows:
        strip = strips.setdefault(
            row["site_code"], html.Strip(row["name"], html.link("unit", unit=row["unit_code"]))
        )
        if 0 <= row["slot"] < 24:
            bad = "f" if row["failed"] == row["visits"] else "p"
            strip.cells[23 - row["slot"]] = "u" if not row["visits"] else bad if row["failed"] else "ok"
    return head + html.strips(list(strips.values())) + tail


def _visits() -> tuple[int, str]:
    """How many sites were visited in the last day, and in words those of which nothing is known."""
    since = data.now() - timedelta(days=1)
    sites = data.ask(overview.availability_now, day=data.today())
    never = sum(s["measured_at"] is None for s in sites)
    old = sum(s["measured_at"] is not None and s["measured_at"] < since for s in sites)
    counted = ((never, "还没有探测"), (old, "近 24 小时没有探测"))
    return len(sites) - never - old, "，".join(f"{n} 个网站{words}" for n, words in counted if n)


def findings() -> str:
    rows = data.ask(overview.findings_by_aspect, at=data.now())
    bars = [
        html.Bar(
            ASPECTS.get(r["aspect"], r["aspect"]),
            r["now"],
            r["before"],
            html.link("lists", list="findings", aspect=r["aspect"]),
        )
        for r in rows
    ]
    body = html.bars(bars) if bars else html.state("good", "✓ 近 30 天没有新增问题。")
    return html.title("近 30 天新增问题", "竖线为上一个 30 天") + body


def matrix(wall: bool = False) -> str:
    """A tile for every unit, worst first; the wall folds the normal ones."""
    rows = data.ask(overview.unit_matrix, day=data.today())
    levels = [_level(r) for r in rows]
    tally = " ".join(
        f"{mark}{word} {levels.count(level)}"
        for level, (mark, word) in theme.LEVELS.items()
        if levels.count(level)
    )
    parts, room = (
        [html.title("责任单位状态", f"现在预警 {tally} · {_scored(rows)}", f"{LEVEL}{numbers.UNRATED}")],
        MOST_TILES if wall else len(rows),
    )
    for group, name in GROUPS.items():
        members = [r for r in rows if r["unit_group"] == group]
        if not members:
            continue
        serious = [r for r in members if r["level"]] if wall else members
        shown, room = serious[:room], max(0, room - len(serious))
        quiet = [r["name"] for r in members if r not in serious]
        tail = _folded(len(serious) - len(shown), quiet)
        parts.append(
            f'<div class="ck-group">{name} {len(members)} 家</div><div class="ck-tiles">{"".join(map(_tile, shown))}</div>{tail}'
        )
    return "".join(parts)


def _scored(rows: Sequence[Mapping[str, Any]]) -> str:
    """The week that the numbers on the tiles are of, and how many of them are no number."""
    week = next((r["week"] for r in rows if r["week"]), None)
    if week is None:
        return "还没有计分"
    vetoed, unrated = sum(bool(r["vetoed"]) for r in rows), sum(r["score"] is None for r in rows)
    return f"{numbers.week(week).split('（')[0]}得分：否决 {vetoed}、{numbers.NO_SCORE} {unrated}"


def _folded(unshown: int, quiet: Sequence[str]) -> str:
    """What the wall leaves out, in words."""
    parts = [f"另有 {unshown} 家有预警，见预警处置"] if unshown else []
    if quiet:
        names = "、".join(quiet[:QUIET_NAMES]) + ("等" if len(quiet) > QUIET_NAMES else "")
        parts.append(f"其余 {len(quiet)} 家没有未办结预警：{names}")
    return f'<div class="ck-quiet">{html.e("；".join(parts))}</div>' if parts else ""


def _level(row: Mapping[str, Any]) -> str:
    """The highest open warning now; what the newest week was judged stands in the tile as words."""
    return row["level"] or ("none" if row["score"] is None else "ok")


def _tile(row: Mapping[str, Any]) -> str:
    level = _level(row)
    mark, word = theme.LEVELS[level]
    value = (
        "否决" if row["vetoed"] else numbers.NO_SCORE if row["score"] is None else numbers.score(row["score"])
    )
    why = f"（{numbers.UNRATED}）" if value == numbers.NO_SCORE else ""
    told = f"{row['unit_name']}：现在{word}，未办结预警 {row['open_warnings']} 条；最近一周得分 {value}{why}"
    return (
        f'<a class="ck-tile {level}" href="{html.e(html.link("unit", unit=row["unit_code"]))}" target="_self" title="{html.e(told)}" aria-label="{html.e(told)}">'
        f'<span aria-hidden="true">{mark}</span><span class="nm">{html.e(row["name"])}</span><b>{value}</b></a>'
    )


def alerts(limit: int) -> str:
    rows = data.ask(warnings.open_warnings)
    head = html.title("最新预警", f"未办结 {len(rows)} 条，严重的在前")
    if not rows:
        return head + html.state("good", "✓ 没有未办结预警。")
    calendar, today = Calendar.load(data.data().calendar), data.today()
    told = matters([{**row, "left": calendar.between(today, row["due_on"])} for row in rows])
    items = "".join(map(alert, told[:limit]))
    more = html.anchor(f"查看全部 {len(rows)} 条 →", html.link("alerts"), "sub") if len(told) > limit else ""
    return head + items + more


def matters(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Findings of one kind at one unit are one matter with its places: without their detail they would look the same.

    `rows` come in the order of seriousness, which the matters keep; the least time counts.
    """
    found: dict[Any, dict[str, Any]] = {}
    for row in rows:
        key = (
            (row["unit_code"], row["indicator_id"], row["level"]) if row["finding_id"] else row["warning_id"]
        )
        kept = found.setdefault(key, {**row, "count": 0})
        kept["count"] += 1
        kept["left"] = min(kept["left"], row["left"])
        kept["state"] = "new" if "new" in {kept["state"], row["state"]} else kept["state"]
    return list(found.values())


def alert(row: Mapping[str, Any]) -> str:
    """One open matter; `left` is its working days, `count` its warnings."""
    left = row["left"]
    due = numbers.due(left)
    shown = _safe_title(row)
    body = html.anchor(
        f"<span class='h'><b>{html.e(row['short_name'])}</b><span class='t'>{due}</span></span><span class='d'>{html.e(shown)}</span>",
        html.link("alerts", unit=row["unit_code"], level=row["level"])
        if row["count"] > 1
        else html.link("", evidence=row["warning_id"]),
    )
    return f'<div class="ck-alert">{html.badge(row["level"])}{body}</div>'


def _safe_title(row: Mapping[str, Any]) -> str:
    """What the matter is and how far from the limit it is."""
    return _matter(row) + (f"（{row['distance']}）" if row["distance"] and not row["finding_id"] else "")


def _matter(row: Mapping[str, Any]) -> str:
    """No wording, personal data or attack detail on a wall: only what kind of matter it is."""
    indicator = data.rules().indicators.get(row["indicator_id"])
    return (
        f"{indicator.name} {row.get('count', 1)} 处" if row["finding_id"] and indicator else f"{row['title']}"
    )


def locator(text: int = 15) -> str:
    """The two districts with their level, as a picture; no tiles, no outside request."""
    shapes = json.loads((SHIPPED / "map" / "xinyu_districts.geojson").read_text(encoding="utf-8"))["features"]
    rows = {
        r["unit_code"].split("-")[0]: r
        for r in data.ask(overview.unit_matrix, day=data.today())
        if r["unit_group"] == "county"
    }
    t = theme.colours()
    points = [p for f in shapes for p in f["geometry"]["coordinates"][0]]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    width, squeeze = 300.0, 0.8843  # cos(27.84°)
    scale = width / ((east - west) * squeeze)
    height = (north - south) * scale
    parts, told = [], []
    for feature in shapes:
        row = rows.get(feature["id"], {})
        level = _level(row) if row else "none"
        fill, _, _, on = t["sev"][level]
        ring = " ".join(
            f"{(x - west) * squeeze * scale:.1f},{(north - y) * scale:.1f}"
            for x, y in feature["geometry"]["coordinates"][0]
        )
        cx, cy = feature["properties"]["center"]
        mark, word = theme.LEVELS[level]
        name = feature["properties"]["name"]
        parts.append(f'<polygon points="{ring}" fill="{fill}" stroke="{t["card"]}" stroke-width="1.5"/>')
        parts.append(
            f'<text x="{(cx - west) * squeeze * scale:.0f}" y="{(north - cy) * scale:.0f}" font-size="{text}" text-anchor="middle" fill="{on}" '
            f'font-family="{html.e(theme.FONT)}">{mark} {name}</text>'
        )
        told.append(f"{name} {word}")
    parts.append(
        f'<text x="{width}" y="{height + text:.0f}" font-size="{max(11, text - 2)}" text-anchor="end" fill="{t["text3"]}" font-family="{html.e(theme.FONT)}">审图号：GS(2024)0650号</text>'
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + text + 6:.0f}" width="{width}" height="{height + text + 6:.0f}">{"".join(parts)}</svg>'
    return html.title("县区分布", "单位最高预警级别") + html.image(svg, "县区分布：" + "，".join(told))


def clock_line() -> str:
    """Date and time of the wall, in words."""
    local = clock.to_local(clock.now())
    return f"{numbers.day(local.date())} 星期{'一二三四五六日'[local.weekday()]} {local:%H:%M}"
