"""The parts of the weekly scorecard; every figure comes from the stored scores of one week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from cockpit import store
from cockpit.appraise.due import InTime
from cockpit.clock import week_bounds
from cockpit.paths import data_dir
from cockpit.report import scorecard
from cockpit.report.scorecard import Sheet
from cockpit.ui import data, html, numbers, theme, tips, who
from cockpit.workdays import Calendar


def read(week: str, revision: int | None = None) -> Sheet:
    """The sheet of a week for the published version, from the cache where it is there."""
    folder = data.data()
    rules = data.rules()
    return _read(str(folder.root), store.version(folder) or "", who.unit(), rules.sha256, week, revision)


@st.cache_data(max_entries=40, show_spinner=False)
def _read(
    root: str,
    version: str,  # noqa: ARG001 - the key
    unit: str | None,
    rules_sha: str,  # noqa: ARG001 - the key
    week: str,
    revision: int | None,
) -> Sheet:
    with store.reader(data_dir(root), unit) as reader:
        return scorecard.read(reader, data.rules(), Calendar.load(data_dir(root).calendar), week, revision)


def heading(sheet: Sheet, *, demo: bool) -> str:
    end = min([week_bounds(sheet.week)[1], *(r["facts_until"] for r in sheet.rows if r["facts_until"])])
    version = next((r["rules_version"] for r in sheet.rows), "")
    if sheet.issue is None:
        computed = max((r["computed_at"] for r in sheet.rows), default=None)
        state = f'<span class="ck-chip late">未封存，计算于 {numbers.moment(computed)}，得分可能变化</span>'
    else:
        state = f"<span>已封存 {numbers.moment(sheet.issue['closed_at'])}</span>"
    return (
        f'<div class="ck-head"><h1>新余市政务公开监管每周计分卡</h1><span><b>{html.e(sheet.title)}</b></span>'
        f"<span>{numbers.week(sheet.week)}</span><span>口径 v{html.e(version)}</span><span>数据截至 {numbers.moment(end)}</span>"
        f"{state}{'<span><b>演示数据</b></span>' if demo else ''}</div>"
    )


def notices(sheet: Sheet) -> str:
    """Whether a newer revision holds, and what this correction changed."""
    parts = []
    if sheet.revision < sheet.newest:
        newer = html.anchor(f"查看更正{sheet.newest}", html.link("scorecard", period=sheet.week))
        parts.append(html.state("error", f"本期已被更正{sheet.newest}替代，仅供查阅。{newer}"))
    if sheet.revision and sheet.issue:
        moved = "；".join(
            f"{html.e(c.unit_name)} {numbers.score(c.before)} → {numbers.score(c.after)}"
            for c in sheet.changes[:6]
        )
        older = html.anchor(
            "查看上一版", html.link("scorecard", period=sheet.week, revision=sheet.revision - 1)
        )
        reason = html.e(sheet.issue["reason"] or "—")
        parts.append(
            html.state(
                "", f"<b>更正{sheet.revision}</b>：{reason}。得分变化：{moved or '没有单位得分变化'}。{older}"
            )
        )
    return "".join(parts)


def proof(sheet: Sheet) -> str:
    """What a printed page must carry to be checked: issue, batch, digests."""
    if sheet.issue is None:
        return '<p class="ck-quiet ck-proof">本周尚未封存，没有批次号。</p>'
    i = sheet.issue
    return (
        f'<p class="ck-quiet ck-proof">批次 {html.e(sheet.week)}-{sheet.revision}-{html.e(i["results_sha256"][:12])} · '
        f"规则集 sha256 {html.e(i['rules_sha256'][:12])} · 事实 sha256 {html.e(i['facts_sha256'][:12])} · 封存人 {html.e(i['actor'])}</p>"
    )


def print_style(sheet: Sheet, *, demo: bool) -> str:
    """The batch, and the mark of a demonstration, in the margin of every printed page."""
    if sheet.issue is None:
        told = f"{sheet.week} 未封存"
    else:
        told = f"{sheet.title} 批次 {sheet.week}-{sheet.revision}-{sheet.issue['results_sha256'][:12]}"
    return html.margin(told, demo=demo)


def neighbours(sheet: Sheet, weeks: Sequence[str]) -> str:
    """Links to the issue before and after."""
    place = weeks.index(sheet.week) if sheet.week in weeks else 0
    parts = []
    if place + 1 < len(weeks):
        parts.append(html.anchor("← 上一期", html.link("scorecard", period=weeks[place + 1]), "ck-chip"))
    if place > 0:
        parts.append(html.anchor("下一期 →", html.link("scorecard", period=weeks[place - 1]), "ck-chip"))
    return f'<p class="ck-quiet ck-noprint">{" ".join(parts)}</p>'


def mean(rows: list[dict[str, Any]]) -> float | None:
    values = [r["score"] for r in rows if r["score"] is not None]
    return sum(values) / len(values) if values else None


def lead(sheet: Sheet) -> str:
    """Average and direction, vetoes by name, the dearest problem, the unit that fell most."""
    average, old = mean(sheet.rows), mean(list(sheet.before.values()))
    if average is None:
        return "本周没有单位达到评分所需的采集量。"
    moved = "" if old is None else f"，较上周<b>{_direction(average - old)}</b>"
    if old is not None and not sheet.comparable:
        moved = f"（口径已变，不与上周的 {numbers.score(old)} 分比较）"
    names = "、".join(html.e(r["short_name"]) for r in sheet.vetoed[:5])
    veto = (
        f"<b>{len(sheet.vetoed)} 个单位触发单项否决</b>（{names}）"
        if sheet.vetoed
        else "<b>没有单位触发单项否决</b>"
    )
    lowest = min((r for r in sheet.rated if not r["vetoed"]), key=lambda r: r["score"], default=None)
    worst = (
        f"未否决单位中得分最低的是<b>{html.e(lowest['short_name'])}（{numbers.score(lowest['score'])} 分）</b>。"
        if lowest
        else ""
    )
    return f"全市平均 <b>{numbers.score(average)} 分</b>{moved}。{veto}。{worst}{_problem(sheet)}"


def _direction(value: float) -> str:
    if abs(value) < 0.05:
        return "持平"
    return f"{'上升' if value > 0 else '下降'} {numbers.moved(value)} 分"


def _problem(sheet: Sheet) -> str:
    found = _by_indicator(sheet)
    if not found or found[0][1] <= 0:
        return ""
    return f"突出问题是<b>{html.e(sheet.name(found[0][0]))}（{found[0][2]} 条扣分）</b>。"


def _by_indicator(sheet: Sheet) -> list[tuple[str, float, int]]:
    """Indicator, points lost by all units and places, the dearest first."""
    found: dict[str, tuple[float, int]] = {}
    for r in sheet.points:
        points, places = found.get(r["indicator_id"], (0.0, 0))
        found[r["indicator_id"]] = (points + (r["points"] or 0), places + r["n"])
    return sorted(((i, *both) for i, both in found.items()), key=lambda row: -row[1])


def kpis(sheet: Sheet) -> str:
    average, old = mean(sheet.rows), mean(list(sheet.before.values()))
    passed = sum(r["grade"] == "合格" for r in sheet.rows)
    passed_before = sum(r["grade"] == "合格" for r in sheet.before.values())
    vetoed_before = sum(bool(r["vetoed"]) for r in sheet.before.values())
    change = None if average is None or old is None or not sheet.comparable else average - old
    of = {"period": sheet.week, "revision": _older(sheet)}
    list_of = lambda name: html.link("lists", list=name, **of)  # noqa: E731
    unrated = len(sheet.rows) - len(sheet.rated)
    lost = sum(r["deducted"] for r in sheet.rows)
    rest = (
        f"本周扣分 {html.anchor(f'{sheet.deductions} 条', list_of('deductions'))}（含否决行），合计 {lost:.1f} 分"
        f"{numbers.of_unrated(sheet.rows)}；{numbers.NO_SCORE} {html.anchor(f'{unrated} 个单位', list_of('unrated'))}（没有网站或采集不足，不算零分）。"
    )
    cells = html.kpis(
        [
            html.Kpi(
                "全市平均分",
                numbers.score(average),
                "分",
                f"较上周 {numbers.change(change)} {numbers.better(change)}"
                if sheet.before
                else "上周没有计分",
                list_of("rated"),
            ),
            html.Kpi(
                "合格单位",
                f"{passed}",
                f"/{len(sheet.rows)}",
                _than_before(sheet, passed - passed_before),
                list_of("passed"),
            ),
            html.Kpi(
                "单项否决",
                f"{len(sheet.vetoed)}",
                "个",
                _than_before(sheet, len(sheet.vetoed) - vetoed_before, up_is_good=False),
                list_of("vetoed"),
            ),
            _in_time("整改按期率", sheet.repaired, list_of("repaired")),
            _in_time("按期答复率", sheet.answered, list_of("answered")),
        ],
        tips.of("scorecard"),
    )
    return f'{cells}<p class="ck-quiet">{rest}</p>'


def _than_before(sheet: Sheet, change: int, *, up_is_good: bool = True) -> str:
    if not sheet.before:
        return "上周没有计分"
    return f"较上周 {numbers.change(change, 0)} {numbers.better(change, up_is_good=up_is_good)}"


def _older(sheet: Sheet) -> str | None:
    """The revision for an address, where it is not the newest one."""
    return str(sheet.revision) if sheet.revision < sheet.newest else None


def _in_time(name: str, weeks: tuple[InTime | None, InTime | None], href: str) -> html.Kpi:
    """Of what was due this week, how much was done in time; the week before in percentage points."""
    now, old = weeks
    if now is None:
        return html.Kpi(name, numbers.NONE, "", "这一期封存时没有保存，不再补算", href)
    if now.share is None:
        return html.Kpi(name, numbers.NONE, "", "本周没有到期的", href)
    note = f"{now.done}/{now.due} 件按期"
    if old is not None and old.share is not None:
        change = round((now.share - old.share) * 100, 1)
        note += f"，较上周 {numbers.change(change)}{' 个百分点' if change else ''} {numbers.better(change)}"
    return html.Kpi(name, numbers.percent(now.share, 1.0).removesuffix("%"), "%", note, href)


def boxes(sheet: Sheet) -> str:
    moved = sorted(
        ((sheet.change(r), r) for r in sheet.rows if sheet.change(r) is not None), key=lambda p: p[0] or 0
    )
    up = [(c, r) for c, r in reversed(moved) if c and c >= 0.05][:3]
    down = [(c, r) for c, r in moved if c and c <= -0.05][:3]
    none = "本周没有明显{}的单位" if moved else "上周没有计分或口径已变，不能比较"
    return (
        '<div class="ck-boxes">'
        + _box(
            f"需要领导关注<small>{numbers.short_day(sheet.day)}未办结</small>",
            [_attention(w, sheet) for w in _first_matters(sheet)],
            more=_rest(sheet),
        )
        + _box("进步最大", [_mover(c, r, sheet) for c, r in up], none.format("进步"))
        + _box("退步最大", [_mover(c, r, sheet) for c, r in down], none.format("退步"))
        + "</div>"
    )


def dearest(sheet: Sheet, most: int = 5) -> str:
    """The indicators that cost the city most, each with its rows."""
    here = {"list": "deductions", "period": sheet.week, "revision": _older(sheet)}
    bars = [
        html.Bar(f"−{lost:.1f} {sheet.name(i)}", places, None, html.link("lists", **here, indicator=i))
        for i, lost, places in _by_indicator(sheet)[:most]
        if places
    ]
    head = html.title("扣分最多的指标", "名称前为合计扣分，条为扣分处数")
    return head + (html.bars(bars, "wide") if bars else html.state("good", "✓ 本周没有扣分。"))


def _first_matters(sheet: Sheet) -> list[dict[str, Any]]:
    """At most three open matters, one a unit, the most serious first."""
    chosen: dict[str, dict[str, Any]] = {}
    for w in sheet.open_warnings:
        chosen.setdefault(w["unit_code"], w)
    return list(chosen.values())[:3]


def _rest(sheet: Sheet) -> str:
    """How many open matters stand behind the first ones, by level."""
    shown = {w["warning_id"] for w in _first_matters(sheet)}
    levels = [w["level"] for w in sheet.open_warnings if w["warning_id"] not in shown]
    if not levels:
        return ""
    marks = "、".join(f"{theme.LEVELS[x][1]} {levels.count(x)}" for x in theme.LEVELS if x in levels)
    return html.anchor(f"另有 {len(levels)} 条未办结（{marks}）", html.link("alerts"))


def _attention(w: Mapping[str, Any], sheet: Sheet) -> str:
    known = w["finding_id"] and w["indicator_id"] in sheet.names
    what = sheet.name(w["indicator_id"]) if known else w["title"]
    late = sheet.day is not None and w["due_on"] < sheet.day
    when = (
        f"限期 {numbers.short_day(w['due_on'])}，已超期"
        if late
        else f"须在{numbers.short_day(w['due_on'])}前整改"
    )
    text = f"{html.e(w['short_name'])}：{html.e(what)}，{when}"
    here = {"period": sheet.week, "revision": _older(sheet), "evidence": w["warning_id"]}
    return html.badge(w["level"]) + " " + html.anchor(text, html.link("scorecard", **here))


def _mover(change: float | None, row: Mapping[str, Any], sheet: Sheet) -> str:
    css = "ck-good" if (change or 0) > 0 else "ck-bad"
    return (
        html.anchor(
            f'{html.e(row["short_name"])} <b class="{css}">{numbers.change(change)} {numbers.better(change)}</b>',
            html.link("unit", unit=row["unit_code"], period=sheet.week),
        )
        + f'<small class="ck-why">{html.e(why(sheet, row["unit_code"]))}</small>'
    )


def why(sheet: Sheet, unit: str, most: int = 3) -> str:
    """The largest contributors to a unit's move: 死链 +2 条 −1.0；栏目更新 −1 条 +3.5. A veto first: it moves most."""
    now = next((r for r in sheet.rows if r["unit_code"] == unit), None)
    if now is None or sheet.change(now) is None:
        return ""
    was = sheet.before[unit]["vetoed"]
    parts = []
    if now["vetoed"]:
        parts.append(f"{'仍被' if was else '触发'}单项否决，按 {numbers.score(now['score'])} 分计")
    elif was:
        parts.append("不再单项否决")
    moves = sheet.moves.get(unit, [])
    told = [m for m in moves[:most] if not numbers.steady(m.points)]
    for m in told:
        places = f" {m.places:+d} 条".replace("-", "−") if m.places else ""
        review = f"（含异议改判 {m.conceded} 条，不是整改）" if m.conceded else ""
        parts.append(f"{sheet.name(m.indicator_id)}{places} {_signed(m.points)}{review}")
    rest = [m.points for m in moves if m not in told]
    if not numbers.steady(sum(rest)):
        parts.append(f"其余 {len(rest)} 项 {_signed(sum(rest))}")
    return "；".join(parts)


def _signed(points: float) -> str:
    return f"{'+' if points > 0 else '−'}{numbers.moved(points)}"


def _box(name: str, items: list[str], empty: str = "没有需要关注的事项", more: str = "") -> str:
    body = (
        "<ol>" + "".join(f"<li>{item}</li>" for item in items) + "</ol>"
        if items
        else f'<span class="muted">{empty}</span>'
    )
    rest = f'<span class="ck-why">{more}</span>' if more else ""
    return f'<div class="ck-box"><h3>{name}</h3>{body}{rest}</div>'
