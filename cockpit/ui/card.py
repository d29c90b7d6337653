"""The parts of the weekly scorecard; every figure comes from the stored scores of one week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cockpit.clock import previous_week, week_bounds
from cockpit.report.columns import GROUPS
from cockpit.store.queries import scores, warnings
from cockpit.ui import data, html, numbers, theme

HISTORY = 12


@dataclass(frozen=True)
class Sheet:
    """One week's scores with the week before, the last twelve weeks and the dearest indicator of each unit."""

    week: str
    rows: list[dict[str, Any]]
    before: Mapping[str, dict[str, Any]]
    history: Mapping[str, list[float | None]]
    top: Mapping[str, dict[str, Any]]
    open_levels: Mapping[str, list[str]]

    @property
    def rated(self) -> list[dict[str, Any]]:
        return [r for r in self.rows if r["score"] is not None]

    @property
    def vetoed(self) -> list[dict[str, Any]]:
        return [r for r in self.rows if r["vetoed"]]

    def change(self, row: Mapping[str, Any]) -> float | None:
        """Against last week, by the same rules only."""
        old = self.before.get(row["unit_code"])
        if (
            row["score"] is None
            or old is None
            or old["score"] is None
            or old["rules_sha256"] != row["rules_sha256"]
        ):
            return None
        return row["score"] - old["score"]


def week_label(week: str) -> str:
    return numbers.week(week)


def read(week: str) -> Sheet:
    rows = data.ask(scores.stored_scores, week=week)
    before = {r["unit_code"]: r for r in data.ask(scores.stored_scores, week=previous_week(week))}
    history: dict[str, dict[str, float | None]] = {}
    for r in data.ask(scores.history, until=week, count=HISTORY):
        history.setdefault(r["unit_code"], {})[r["week"]] = r["score"]
    weeks = sorted({w for by_week in history.values() for w in by_week})
    levels: dict[str, list[str]] = {}
    for w in data.ask(warnings.open_warnings):
        levels.setdefault(w["unit_code"], []).append(w["level"])
    return Sheet(
        week,
        rows,
        before,
        {u: [h.get(w) for w in weeks] for u, h in history.items()},
        data.ask(scores.top_deductions, week=week),
        levels,
    )


def heading(sheet: Sheet, frame: Mapping[str, Any]) -> str:
    end = week_bounds(sheet.week)[1]
    version = next((r["rules_version"] for r in sheet.rows), "")
    computed = max((r["computed_at"] for r in sheet.rows), default=None)
    return (
        '<div class="ck-head"><h1>新余市政务公开监管每周计分卡</h1>'
        f"<span>{week_label(sheet.week)}</span><span>口径 v{html.e(version)}</span><span>数据截至 {numbers.moment(end)}</span>"
        f"<span>计算于 {numbers.moment(computed)}</span>{'<span><b>演示数据</b></span>' if frame.get('origin') == 'demo' else ''}</div>"
    )


def mean(rows: list[dict[str, Any]]) -> float | None:
    values = [r["score"] for r in rows if r["score"] is not None]
    return sum(values) / len(values) if values else None


def lead(sheet: Sheet) -> str:
    """Average and direction, vetoes by name, the dearest problem, the unit that fell most."""
    average, old = mean(sheet.rows), mean(list(sheet.before.values()))
    if average is None:
        return "本周没有单位达到评分所需的采集量。"
    moved = "" if old is None else f"，较上周<b>{_direction(average - old)}</b>"
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
    return f"{'上升' if value > 0 else '下降'} {abs(value):.1f} 分"


def _problem(sheet: Sheet) -> str:
    lost: dict[str, float] = {}
    count: dict[str, int] = {}
    for r in data.ask(scores.points_by_indicator, week=sheet.week):
        lost[r["indicator_id"]] = lost.get(r["indicator_id"], 0) + (r["points"] or 0)
        count[r["indicator_id"]] = count.get(r["indicator_id"], 0) + r["n"]
    if not lost or max(lost.values()) <= 0:
        return ""
    dearest = max(lost, key=lambda i: lost[i])
    indicator = data.rules().indicators.get(dearest)
    return f"突出问题是<b>{html.e(indicator.name if indicator else dearest)}（{count[dearest]} 处）</b>。"


def kpis(sheet: Sheet) -> str:
    average, old = mean(sheet.rows), mean(list(sheet.before.values()))
    passed = sum(r["grade"] == "合格" for r in sheet.rows)
    passed_before = sum(r["grade"] == "合格" for r in sheet.before.values())
    vetoed_before = sum(bool(r["vetoed"]) for r in sheet.before.values())
    unrated = len(sheet.rows) - len(sheet.rated)
    lost = sum(r["deducted"] for r in sheet.rows)
    points = data.ask(scores.deductions, week=sheet.week)
    change = None if average is None or old is None else average - old
    veto_change = len(sheet.vetoed) - vetoed_before
    list_of = lambda name: html.link("lists", list=name, period=sheet.week)  # noqa: E731
    return html.kpis(
        [
            html.Kpi(
                "全市平均分",
                numbers.score(average),
                "分",
                f"较上周 {numbers.change(change)} {numbers.better(change)}",
                list_of("rated"),
            ),
            html.Kpi(
                "合格单位",
                f"{passed}",
                f"/{len(sheet.rows)}",
                f"较上周 {numbers.change(passed - passed_before, 0)}",
                list_of("passed"),
            ),
            html.Kpi(
                "单项否决",
                f"{len(sheet.vetoed)}",
                "个",
                f"较上周 {numbers.change(veto_change, 0)} {numbers.better(veto_change, up_is_good=False)}",
                list_of("vetoed"),
            ),
            html.Kpi(
                "扣分", f"{len(points)}", "条", f"合计 {lost:.1f} 分（含否决行）", list_of("deductions")
            ),
            html.Kpi("未评单位", f"{unrated}", "个", "没有网站或采集不足，不评分", list_of("unrated")),
        ]
    )


def boxes(sheet: Sheet) -> str:
    moved = sorted(
        ((sheet.change(r), r) for r in sheet.rows if sheet.change(r) is not None), key=lambda p: p[0] or 0
    )
    up = [(c, r) for c, r in reversed(moved) if c and c >= 0.05][:3]
    down = [(c, r) for c, r in moved if c and c <= -0.05][:3]
    return (
        '<div class="ck-boxes">'
        + _box("需要领导关注", [_attention(w) for w in _first_matters()])
        + _box("进步最大", [_mover(c, r) for c, r in up], "本周没有明显进步的单位")
        + _box("退步最大", [_mover(c, r) for c, r in down], "本周没有明显退步的单位")
        + "</div>"
    )


def _first_matters() -> list[dict[str, Any]]:
    """At most three open matters, one a unit, the most serious first."""
    chosen: dict[str, dict[str, Any]] = {}
    for w in data.ask(warnings.open_warnings):
        chosen.setdefault(w["unit_code"], w)
    return list(chosen.values())[:3]


def _attention(w: Mapping[str, Any]) -> str:
    indicator = data.rules().indicators.get(w["indicator_id"])
    what = indicator.name if indicator and w["finding_id"] else w["title"]
    text = f"{html.e(w['short_name'])}：{html.e(what)}，须在 {numbers.short_day(w['due_on'])} 前整改"
    return html.badge(w["level"]) + " " + html.anchor(text, html.link("scorecard", evidence=w["warning_id"]))


def _mover(change: float | None, row: Mapping[str, Any]) -> str:
    css = "ck-good" if (change or 0) > 0 else "ck-bad"
    return html.anchor(
        f'{html.e(row["short_name"])} <b class="{css}">{numbers.change(change)} {numbers.better(change)}</b>',
        html.link("unit", unit=row["unit_code"]),
    )


def _box(name: str, items: list[str], empty: str = "没有需要关注的事项") -> str:
    body = (
        "<ol>" + "".join(f"<li>{item}</li>" for item in items) + "</ol>"
        if items
        else f'<span class="muted">{empty}</span>'
    )
    return f'<div class="ck-box"><h3>{name}</h3>{body}</div>'


def table(sheet: Sheet) -> str:
    parts = [
        html.title(
            "各单位得分", "深色条为本周，竖线为上周，底色分界 60 合格、90 优秀；红底为单项否决，不参与排名"
        )
    ]
    for group, name in GROUPS.items():
        rows = [r for r in sheet.rows if r["unit_group"] == group]
        rows.sort(key=lambda r: (r["vetoed"], r["score"] is None, -(r["score"] or 0), r["sort_order"] or 0))
        if rows:
            parts.append(
                f'<div class="ck-group">{name} {len(rows)} 家</div>'
                + html.table(_columns(sheet), rows, lambda r: "veto" if r["vetoed"] else "")
            )
    return "".join(parts)


def _columns(sheet: Sheet) -> list[html.Column]:
    rules = data.rules().indicators

    def old(r: Mapping[str, Any]) -> float | None:
        return (sheet.before.get(r["unit_code"]) or {}).get("score")

    def top(r: Mapping[str, Any]) -> str:
        found = sheet.top.get(r["unit_code"])
        if not found:
            return '<span class="muted">—</span>'
        name = rules[found["indicator_id"]].name if found["indicator_id"] in rules else found["indicator_id"]
        return f"{html.e(name)} −{found['points']:.1f}"

    def open_marks(r: Mapping[str, Any]) -> str:
        levels = sheet.open_levels.get(r["unit_code"], [])
        text = " ".join(
            f"{theme.LEVELS[level][0]}{theme.LEVELS[level][1]}{levels.count(level)}"
            for level in ("red", "orange", "yellow", "blue")
            if level in levels
        )
        return (
            html.anchor(text, html.link("alerts", unit=r["unit_code"]))
            if text
            else '<span class="muted">—</span>'
        )

    def shown(r: Mapping[str, Any]) -> str:
        if r["score"] is None:
            return '<span class="muted">未评</span>'
        return (
            f"<b>否决</b>（{numbers.score(r['score'])}）"
            if r["vetoed"]
            else f"<b>{numbers.score(r['score'])}</b>"
        )

    def moved(r: Mapping[str, Any]) -> str:
        change = sheet.change(r)
        css = "" if not change or abs(change) < 0.05 else "ck-good" if change > 0 else "ck-bad"
        return f'<span class="{css}">{numbers.change(change)}</span>'

    return [
        html.Column("名次", lambda r: str(r["rank_in_group"] or "—"), "num"),
        html.Column(
            "责任单位",
            lambda r: html.anchor(
                html.e(r["unit_name"]), html.link("unit", unit=r["unit_code"], period=sheet.week)
            ),
            "nw",
        ),
        html.Column("得分（0—100）", lambda r: html.bullet(r["score"], old(r), veto=r["vetoed"]), "ck-hide"),
        html.Column("本周", shown, "num"),
        html.Column("较上周", moved, "num"),
        html.Column("近12周", lambda r: html.sparkline(sheet.history.get(r["unit_code"], [])), "ck-hide"),
        html.Column("扣分最多的一项", top),
        html.Column("未办结", open_marks, "nw"),
    ]
