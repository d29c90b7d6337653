"""The table of the weekly scorecard: every unit in its group, by rank, vetoed ones last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cockpit.report.columns import GROUPS
from cockpit.report.scorecard import Sheet
from cockpit.ui import card, html, numbers, theme

_NOTHING = '<small class="none">—</small>'  # no line of its own on a phone


def table(sheet: Sheet) -> str:
    parts = [
        html.title(
            "各单位得分",
            "红底否决、不排名；只舍不入，名次看两位小数",
        ),
        '<p class="ck-quiet ck-hide ck-noprint">得分条：深色条本周，竖线上周，底色分界 60 合格、90 优秀。</p>',
    ]
    for group, name in GROUPS.items():
        rows = [r for r in sheet.rows if r["unit_group"] == group]
        rows.sort(key=lambda r: (r["vetoed"], r["score"] is None, -(r["score"] or 0), r["sort_order"] or 0))
        if rows:
            parts.append(
                f'<div class="ck-group">{name} {len(rows)} 家</div>'
                + html.table(_columns(sheet), rows, lambda r: "veto" if r["vetoed"] else "", "stack card")
            )
    return "".join(parts)


def _columns(sheet: Sheet) -> list[html.Column]:
    def old(r: Mapping[str, Any]) -> float | None:
        return (sheet.before.get(r["unit_code"]) or {}).get("score")

    def top(r: Mapping[str, Any]) -> str:
        found = sheet.top.get(r["unit_code"])
        if not found:
            return '<span class="muted">—</span>'
        return (
            f'<span class="ck-ends"><span>{html.e(sheet.name(found["indicator_id"]))}</span>'
            f"<span>−{found['points']:.1f}</span></span>"
        )

    def open_marks(r: Mapping[str, Any]) -> str:
        levels = sheet.open_levels(r["unit_code"])
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
            return f'<span class="muted" title="{numbers.UNRATED}">{numbers.NO_SCORE}</span>'
        return (
            f"<b>否决</b>（{numbers.score(r['score'])}）"
            if r["vetoed"]
            else f"<b>{numbers.score(r['score'])}</b>"
        ) + _disputed(r)

    def _disputed(r: Mapping[str, Any]) -> str:
        if r["unit_code"] not in sheet.disputed:
            return ""
        target = html.link("review", unit=r["unit_code"], period=sheet.week, status="waiting")
        return " " + html.anchor("◌ 异议中", target, "sub")

    def moved(r: Mapping[str, Any]) -> str:
        change = sheet.change(r)
        css = "" if not change or abs(change) < 0.05 else "ck-good" if change > 0 else "ck-bad"
        if change is None and old(r) is not None and r["score"] is not None:
            return f"<small>口径已变<br>上周 {numbers.score(old(r))}</small>"
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
        html.Column("扣分最多的一项", top, "end"),
        html.Column(
            "为什么变",
            lambda r: (
                f"<small>{told}</small>" if (told := html.e(card.why(sheet, r["unit_code"], 2))) else _NOTHING
            ),
            "full",
        ),
        html.Column(f"未办结（{numbers.short_day(sheet.day)}）" if sheet.day else "未办结", open_marks, "nw"),
    ]
