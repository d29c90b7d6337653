"""The parts of 单位档案."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from cockpit.appraise import moves
from cockpit.appraise.indicators import DIMENSIONS, NATURES
from cockpit.causes import causes
from cockpit.clock import previous_week, week_bounds
from cockpit.report import corrections as corrected
from cockpit.report import unrated
from cockpit.report.columns import DISPUTES, STATES
from cockpit.store.queries import disputes, scores, warnings
from cockpit.ui import charts, data, html, numbers, who

OBJECT_STATES = {"active": "在用", "suspended": "临时下线", "closed": "已关停或注销"}
WEEKS = 26


@dataclass(frozen=True)
class Dossier:
    """One unit in one week."""

    unit: str
    week: str | None
    score: dict[str, Any] | None
    before: dict[str, Any] | None
    lost: list[dict[str, Any]]
    results: list[dict[str, Any]]


def read(unit: str, week: str | None) -> Dossier:
    if week is None:
        return Dossier(unit, None, None, None, [], [])

    def of(asked: str) -> dict[str, Any] | None:
        return next((r for r in data.ask(scores.stored_scores, week=asked) if r["unit_code"] == unit), None)

    return Dossier(
        unit,
        week,
        of(week),
        of(previous_week(week)),
        data.ask(scores.deductions, week=week, unit=unit),
        data.ask(scores.results, week=week, unit=unit),
    )


def heading(d: Dossier, name: str) -> str:
    if d.score is None:
        return f'<div class="ck-head"><h1>{html.e(name)}</h1></div>' + html.state(
            "none", f"— {numbers.NO_SCORE}：本周没有计分记录。"
        )
    s = d.score
    value = numbers.score(s["score"])
    change = (
        s["score"] - d.before["score"]
        if d.before and d.before["score"] is not None and s["score"] is not None
        else None
    )
    rank = f"组内第 {s['rank_in_group']}/{s['ranked_in_group']}" if s["rank_in_group"] else "不参与排名"
    head = (
        f'<div class="ck-head"><h1>{html.e(name)}</h1><span>{numbers.week(s["week"])}</span><span>{rank}</span>'
        f"<span>已采指标 {s['indicators_measured']}/{s['indicators_total']}</span></div>"
    )
    if s["score"] is None:
        return head + html.state(
            "none",
            f"— {numbers.NO_SCORE}：{html.e(unrated.reason(d.results, data.rules()))}，也不算零分。{_over(d)}",
        )
    veto = ""
    if s["vetoed"]:
        reasons = "；".join(html.e(r["fact"].removeprefix("单项否决：")) for r in d.lost if r["is_veto"])
        veto = f"<b>触发单项否决</b>：{reasons}。不否决时 {numbers.score(s['score_unvetoed'])} 分{_cut(s['score_unvetoed'])}。"
    vetoes = sum(r["is_veto"] for r in d.lost)
    also = f"，另有单项否决 {vetoes} 条（不另扣分）" if vetoes else ""
    moved = (
        f"较上周 {numbers.change(change)} {numbers.better(change)}".rstrip()
        if change is not None
        else "上周没有可比得分"
    )
    return head + html.lead(
        f"本周 <b>{value} 分</b>{_cut(s['score'])}，{moved}，共扣 {len(d.lost) - vetoes} 条 {s['deducted']:.2f} 分{also}。{veto}"
    )


def _cut(score: float) -> str:
    """The whole score where the shown one is cut, so that 100 minus the rows adds up."""
    return "" if f"{score:.2f}" == f"{numbers.score(score)}0" else f"（{score:.2f}，显示时只舍不入）"


def _over(d: Dossier) -> str:
    """What nobody should wait for: a week that is over is not collected any more."""
    over = d.week is not None and week_bounds(d.week)[1] <= data.now()
    return "这一周已经结束，不会再补采。" if over else ""


def charts_by_dimension(d: Dossier) -> list[tuple[str, float]]:
    """Points lost by dimension, in the fixed order, without zeros."""
    rules = data.rules().indicators
    lost: dict[str, float] = {}
    for row in d.lost:
        if row["indicator_id"] in rules:
            name = DIMENSIONS[rules[row["indicator_id"]].dimension]
            lost[name] = lost.get(name, 0.0) + row["points"]
    return [(name, lost[name]) for name in DIMENSIONS.values() if lost.get(name, 0) > 0]


def draw(d: Dossier) -> None:
    left, right = st.columns(2, gap="medium")
    steps = charts_by_dimension(d)
    final = d.score["score_unvetoed"] if d.score else None
    with left:
        html.show(html.title("得分构成", "从 100 分起逐维度扣分，单项否决另行封顶 59 分"))
        told = "；".join(f"{name}扣 {points:.1f} 分" for name, points in steps) or "没有扣分"
        charts.draw(
            charts.waterfall(100.0, steps, final, "不否决时" if d.score and d.score["vetoed"] else "得分"),
            f"waterfall-{d.unit}-{d.week}",
            f"得分构成：{told}",
            280,
            ("步骤", "分"),
            [
                ("基准", 100),
                *((name, f"−{points:.2f}") for name, points in steps),
                ("得分", numbers.score(final)),
            ],
        )
    history = data.ask(scores.history, until=d.week, count=WEEKS, unit=d.unit)
    with right:
        html.show(html.title(f"近 {WEEKS} 周得分", "虚线为 60、80、90 分；▲ 为单项否决"))
        values = [h["score"] for h in history]
        shown = [v for v in values if v is not None]
        told = (
            f"近 {len(shown)} 周得分，最低 {min(shown):.1f}，最近 {shown[-1]:.1f}" if shown else "还没有得分"
        )
        figure = charts.score_line([h["week"] for h in history], values, [h["vetoed"] for h in history])
        charts.draw(
            figure,
            f"history-{d.unit}-{d.week}",
            told,
            280,
            ("周", "得分", "单项否决"),
            [(h["week"], numbers.score(h["score"]), "是" if h["vetoed"] else "") for h in history],
        )


def corrections(d: Dossier) -> str:
    """What the corrections of this week changed for this unit, newest first; nothing where there is none."""
    found = data.ask(corrected.of_unit, week=d.week, unit=d.unit) if d.week else []
    if not found:
        return ""
    note = "得分、扣分和名次以最新一版为准；原来的版本仍可查阅"
    return html.title("更正", note) + "".join(_correction(d, c) for c in found)


def _correction(d: Dossier, c: corrected.Correction) -> str:
    def told(row: Mapping[str, Any]) -> str:
        return f"{numbers.score(row['score'])} 分" + ("（否决）" if row["vetoed"] else "")

    rules = data.rules().indicators
    issue = html.anchor(
        f"更正{c.revision}", html.link("scorecard", period=d.week, revision=c.revision), "ck-link"
    )
    head = html.state(
        "",
        f"<b>{numbers.week(d.week or '')}{issue}</b>（{numbers.moment(c.closed_at)}，{html.e(c.actor)}）："
        f"得分 <b>{told(c.before)} → {told(c.after)}</b>。理由：{html.e(c.reason or '—')}",
    )

    def points(value: float | None, line: corrected.Line) -> str:
        return "—" if value is None else "<b>否决</b>" if line.is_veto else f"−{value:.2f}"

    columns = [
        html.Column("变化", lambda r: f"<b>{html.e(r['line'].what)}</b>", "nw"),
        html.Column(
            "指标",
            lambda r: html.e(getattr(rules.get(r["line"].indicator_id), "name", r["line"].indicator_id)),
        ),
        html.Column("事实", lambda r: html.e(r["line"].fact), "full"),
        html.Column("原来", lambda r: points(r["line"].before, r["line"]), "num key"),
        html.Column("更正后", lambda r: points(r["line"].after, r["line"]), "num key"),
    ]
    return head + (html.table(columns, ({"line": x} for x in c.lines), css="stack") if c.lines else "")


def deductions(d: Dossier) -> str:
    rows = d.lost
    head = html.title(
        "扣分明细", f"{len(rows)} 条，合计 {sum(r['points'] for r in rows):.2f} 分，每一分都有依据"
    )
    if not rows:
        return head + html.state(
            "good", f"✓ 本周没有扣分，已采 {d.score['indicators_measured'] if d.score else 0} 项指标。"
        )
    rules = data.rules().indicators

    def name(r: dict[str, Any]) -> str:
        found = rules.get(r["indicator_id"])
        return (
            html.e(found.name if found else r["indicator_id"])
            + f' <span class="ck-tag">{html.e(NATURES.get(r["nature"], r["nature"]))}</span>'
        )

    columns = [
        html.Column("指标", name),
        html.Column("事实", lambda r: html.e(r["fact"]), "full"),
        html.Column("对象", lambda r: html.e(r["object_name"] or "单位"), "ck-hide"),
        html.Column("扣分", lambda r: "<b>否决</b>" if r["is_veto"] else f"−{r['points']:.2f}", "num key"),
        html.Column("异议", _dispute, "nw"),
        html.Column(
            "证据",
            lambda r: html.anchor(
                "看证据", html.link("unit", unit=d.unit, period=d.week, evidence=r["deduction_id"])
            ),
            "nw ck-noprint",
        ),
    ]
    return head + html.table(columns, rows, lambda r: "veto" if r["is_veto"] else "", "stack")


def changes(d: Dossier) -> str:
    """What is new, worse, better and gone against last week, per item; weeks of one rule version only."""
    if d.score is None or d.before is None or d.week is None:
        return html.title("较上周变化") + html.state("none", "— 上周没有计分，不能比较。")
    if d.before["rules_sha256"] != d.score["rules_sha256"]:
        told = f"口径已变：本周 {numbers.score(d.score['score'])} 分（v{html.e(d.score['rules_version'])}），上周 {numbers.score(d.before['score'])} 分（v{html.e(d.before['rules_version'])}），不作比较。要比较，用 python -m cockpit score --trial 把旧周按现行口径试算，已封存的得分不变。"
        return html.title("较上周变化") + html.state("none", told)
    before = data.ask(scores.deductions, week=previous_week(d.week), unit=d.unit)
    unseen = {(r["indicator_id"], r["site_code"], r["account_code"]) for r in d.results if not r["measured"]}
    argued = data.ask(disputes.disputes, week=d.week, unit=d.unit)
    found = moves.items(before, d.lost, unseen, argued)
    counts = {kind: sum(i.kind == kind for i in found) for kind in moves.KINDS}
    note = "，".join(
        f"{moves.KINDS[kind]} {n}" for kind, n in counts.items() if n or kind not in moves.CONCEDED.values()
    )
    head = html.title("较上周变化", f"逐条比较：{note}")
    changed = [i for i in found if i.kind != "same"]
    if not changed:
        return head + html.state("good", "✓ 与上周相同，没有新增、加重、减轻或消除的扣分。")
    rules = data.rules().indicators
    css = {"new": "ck-bad", "worse": "ck-bad", "better": "ck-good", "gone": "ck-good"}
    told = {
        "unseen": "未采集：本周没采到，是否已改不知道。",
        "folded": "折算变化：事实没变，封顶或已采权重变了，折算后的扣分不同。",
        "revoked": "异议成立撤销：复核认定不该扣，不是整改后消除。",
        "granted": "异议部分采纳：复核后少扣，不是整改后减轻。",
    }
    notes = "".join(text for kind, text in told.items() if counts[kind])
    columns = [
        html.Column(
            "变化",
            lambda i: f'<b class="{css.get(i["item"].kind, "")}">{moves.KINDS[i["item"].kind]}</b>',
            "nw",
        ),
        html.Column(
            "指标",
            lambda i: html.e(getattr(rules.get(i["item"].indicator_id), "name", i["item"].indicator_id)),
        ),
        html.Column("事实", lambda i: html.e(i["item"].fact), "full"),
        html.Column("上周扣", lambda i: f"{i['item'].before:.2f}", "num key"),
        html.Column("本周扣", lambda i: f"{i['item'].points:.2f}", "num key"),
        html.Column(
            "证据",
            lambda i: html.anchor(
                "看证据", html.link("unit", unit=d.unit, period=d.week, evidence=i["item"].deduction_id)
            ),
            "nw ck-noprint",
        ),
    ]
    table = html.table(columns, ({"item": i} for i in changed), css="stack")
    return head + table + (f'<p class="ck-quiet">{notes}</p>' if notes else "")


def _dispute(r: dict[str, Any]) -> str:
    """The state of the dispute, or the way to raise one."""
    if r["dispute_state"]:
        return html.e(DISPUTES[r["dispute_state"]])
    return (
        html.anchor("提异议", html.link("review", **{"raise": r["deduction_id"]}), "ck-noprint")
        if who.may("dispute_raise")
        else "—"
    )


def unmeasured(d: Dossier) -> str:
    rows = [r for r in d.results if not r["measured"]]
    if not rows:
        return html.title("未采集", "") + html.state("good", "✓ 适用的指标全部采到。")
    rules, table = data.rules().indicators, causes()
    columns = [
        html.Column(
            "指标",
            lambda r: html.e(
                rules[r["indicator_id"]].name if r["indicator_id"] in rules else r["indicator_id"]
            ),
        ),
        html.Column("对象", lambda r: html.e(r["object_name"] or "单位")),
        html.Column("原因", lambda r: html.e(table[r["cause"]].label if r["cause"] in table else r["cause"])),
        html.Column(
            "怎么办", lambda r: html.e(table[r["cause"]].remedy if r["cause"] in table else "—"), "full"
        ),
    ]
    idle = sum(r["cause"] == "not_applicable" for r in rows)
    told = f"{len(rows) - idle} 项" + (f"，另有 {idle} 项不适用" if idle else "")
    over = _over(d)
    note = f"{told}；不进分母，不算扣分" + (f"；{over}“怎么办”管以后各周" if over else "")
    return html.title("未采集", note) + html.table(columns, rows, css="stack")


def warnings_table(d: Dossier) -> str:
    rows = data.ask(warnings.open_warnings, unit=d.unit)
    head = html.title("未办结预警", f"{len(rows)} 条")
    if not rows:
        return head + html.state("good", "✓ 没有未办结预警。")
    columns = [
        html.Column("级别", lambda r: html.badge(r["level"])),
        html.Column("事项", lambda r: html.e(r["title"]), "full"),
        html.Column("距红线", lambda r: html.e(r["distance"] or "—"), "ck-hide"),
        html.Column(
            "限期",
            lambda r: (
                numbers.iso(r["due_on"])
                + (" <b>超期</b>" if r["due_on"] and r["due_on"] < data.today() else "")
            ),
            "nw key",
        ),
        html.Column("状态", lambda r: html.e(STATES[r["state"]]), "nw"),
        html.Column(
            "证据",
            lambda r: html.anchor("看证据", html.link("unit", unit=d.unit, evidence=r["warning_id"])),
            "nw ck-noprint",
        ),
    ]
    return head + html.table(columns, rows, css="stack")


def objects(d: Dossier) -> str:
    rows = data.ask(scores.unit_objects, unit=d.unit)
    if not rows:
        return html.title("网站与账号") + html.state("none", "— 台账里没有登记网站或账号。")
    own = data.ask(scores.own_scores, week=d.week, unit=d.unit) if d.week else {}
    columns = [
        html.Column("类别", lambda r: html.e(r["kind"]), "nw"),
        html.Column("名称", lambda r: html.e(r["name"])),
        html.Column("单独得分", lambda r: _own(own.get(r["code"])), "num"),
        html.Column("地址", lambda r: html.outside(r["url"]), "ck-hide"),
        html.Column("状态", lambda r: html.e(OBJECT_STATES.get(r["state"], r["state"])), "nw"),
        html.Column(
            "生效—失效",
            lambda r: numbers.span(r["valid_from"], r["valid_to"]),
            "ck-hide nw",
        ),
        html.Column("备注", lambda r: html.e(r["note"]), "ck-hide"),
    ]
    note = f"{len(rows)} 个；单独得分只按该对象自己采到的指标，账号只评合格与否"
    return html.title("网站与账号", note) + html.table(columns, rows, css="stack")


def _own(row: dict[str, Any] | None) -> str:
    """A site's or account's own score or grade."""
    if row is None:
        return "—"
    told = row["grade"] if row["score"] is None else numbers.score(row["score"])
    return f"<b>{html.e(told)}（否决）</b>" if row["vetoed"] else html.e(told)


def bonuses(d: Dossier) -> str:
    """What was added, row by row; nothing where the unit stands at or below the line."""
    rows = data.ask(scores.bonuses, week=d.week, unit=d.unit)
    total = sum(r["points"] for r in rows)
    head = html.title(
        "加分明细", f"{len(rows)} 条，合计 {total:.2f} 分；得分高于 {data.rules().bonus_above:g} 分才计"
    )
    if not rows:
        return head + html.state("none", "— 本周没有加分。")
    rules = data.rules().indicators
    columns = [
        html.Column("加分", lambda r: f"+{r['points']:.2f}", "num"),
        html.Column(
            "指标", lambda r: html.e(getattr(rules.get(r["indicator_id"]), "name", r["indicator_id"]))
        ),
        html.Column("事实", lambda r: html.e(r["fact"]), "full"),
        html.Column("依据", lambda r: html.e(r["clause"]), "ck-hide"),
    ]
    return head + html.table(columns, rows, css="stack")
