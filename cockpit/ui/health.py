"""The parts of 采集健康."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import streamlit as st

from cockpit import autoclose, clock, store
from cockpit.causes import FAULTS, causes
from cockpit.errors import CockpitError
from cockpit.store.queries import collection
from cockpit.ui import data, html, numbers, paging, tips
from cockpit.ui.wall import ASPECTS
from collectors.schedule_plan import load_plan

DAYS = 14
NAMES = {
    "probe": "可用性探测",
    "patrol": "巡查",
    "ipv6": "IPv6",
    "certificate": "证书",
    "ledgers": "台账导入",
    "samples": "演示数据",
    "score": "计分",
    "action": "处置留痕",
    "check": "单站检查",
    "close": "封存",
    "dispute": "异议",
    "access": "登录与权限",
    "registry": "台账",
    "audit": "操作留痕",
    "notify": "通知",
    "rehearse": "迎检预演",
    "warnings": "预警",
}
STATES = {"ok": "✓ 完成", "partial": "■ 部分未采", "failed": "▲ 失败", "stopped": "◆ 中止"}
LEVELS = {"ok": "ok", "partial": "yellow", "failed": "red", "stopped": "orange"}


def lead() -> str:
    runs, found = data.ask(collection.collectors), data.ask(collection.gaps)
    broken = [_name(r["collector"]) for r in runs if r["state"] == "failed"]
    partial = sum(r["state"] == "partial" for r in runs)
    sites = len({g["site_code"] for g in found})
    head = (
        f"<b>{html.e('、'.join(broken))}最近一次失败</b>。"
        if broken
        else "各采集器最近一次都采到了数据" + (f"，其中 {partial} 个有对象未采到。" if partial else "。")
    )
    return head + (
        f"<b>{sites} 个网站有未采集的方面</b>，已从分母中去掉，不算坏成绩。" if sites else "没有采集缺口。"
    )


def kpis() -> str:
    """How much is missing, each number with its list on this page."""
    found, waiting = data.ask(collection.gaps), store.pending_batches(data.data())
    runs = data.ask(collection.collectors)
    cells = [
        html.Kpi(
            "采集器", f"{len(runs)}", "个", "最近一次的结果", html.link("collection", show="collectors")
        ),
        html.Kpi("采集缺口", f"{len(found)}", "项", "网站×方面", html.link("collection", show="gaps")),
        html.Kpi("待入库批次", f"{waiting}", "个", "", html.link("collection", show="waiting")),
        html.Kpi("拒收批次", f"{len(_rejected())}", "个", "", html.link("collection", show="rejected")),
    ]
    return html.kpis(cells, tips.of("collection"))


def _name(collector: str) -> str:
    return NAMES.get(collector, collector)


def matrix() -> str:
    today = data.today()
    rows = data.ask(collection.runs_by_day, last=today, days=DAYS)
    if not rows:
        return html.title("采集器 × 天") + html.state("none", "— 近两周没有采集运行。")
    days = [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    found = {(r["collector"], r["day"]): r for r in rows}

    def cell(day: Any) -> Any:
        def show(row: dict[str, Any]) -> str:
            run = found.get((row["collector"], day))
            if run is None:
                return '<span class="muted" title="没有运行">·</span>'
            told = f"{STATES[run['state']]}，{run['runs']} 次，最多一次未采到 {run['worst'] or 0} 个对象"
            mark = STATES[run["state"]].split(" ")[0]
            missing = f" {run['worst']}" if run["state"] == "partial" and run["worst"] else ""
            return (
                f'<span class="ck-badge {LEVELS[run["state"]]}" title="{html.e(told)}">{mark}{missing}</span>'
            )

        return show

    columns = [html.Column("采集器", lambda r: html.e(_name(r["collector"])), "nw")]
    columns += [html.Column(f"{day.month}-{day.day}", cell(day)) for day in days]
    names = dict.fromkeys(r["collector"] for r in rows)
    return html.title(
        "采集器 × 天", "✓ 完成　■ 部分未采（未采到的对象数）　▲ 失败　◆ 中止　· 没有运行"
    ) + html.table(columns, ({"collector": n} for n in names))


def collectors() -> str:
    rows = data.ask(collection.collectors)
    columns = [
        html.Column("采集器", lambda r: html.e(_name(r["collector"])), "nw"),
        html.Column(
            "最近一次",
            lambda r: f'<span class="ck-badge {LEVELS[r["state"]]}">{STATES[r["state"]]}</span>',
            "nw",
        ),
        html.Column("开始", lambda r: numbers.moment(r["started_at"]), "nw"),
        html.Column("最近成功", lambda r: numbers.moment(r["succeeded_at"]), "ck-hide nw"),
        html.Column(
            "采到/对象",
            lambda r: f"{numbers.full(r['targets_measured'])}/{numbers.full(r['targets'])}",
            "num",
        ),
        html.Column("行数", lambda r: numbers.full(r["row_count"]), "num ck-hide"),
        html.Column("用时", lambda r: f"{(r['seconds'] or 0) / 60:.1f} 分", "num ck-hide"),
    ]
    if any(r["note"] for r in rows):
        columns.append(html.Column("说明", lambda r: html.e(_note(r["note"])), "ck-hide"))
    return html.title("采集器", f"{len(rows)} 个") + (
        html.table(columns, rows) if rows else html.state("none", "— 还没有采集运行。")
    )


def _note(note: str | None) -> str:
    """Cause ids in a run's note, in Chinese."""
    table = causes()
    return "，".join(
        " ".join(table[w].label if w in table else w for w in part.split(" "))
        for part in (note or "").split("，")
    )


def asked_gaps() -> list[dict[str, Any]]:
    """Gaps that the address asks for: all, of one cause, of one aspect."""
    cause, aspect = st.query_params.get("cause"), st.query_params.get("aspect")
    found = data.ask(collection.gaps)
    return [g for g in found if cause in {None, g["cause"]} and aspect in {None, g["aspect"]}]


def by_cause() -> str:
    """Why something is not measured, what it means, what to do, and whose move it is."""
    found = data.ask(collection.gaps)
    if not found:
        return html.title("采集缺口") + html.state("good", "✓ 每个在用网站的每个方面，最近一次都采到了。")
    table = causes()
    rows = [
        {"cause": cause, "n": n, "sites": len({g["site_code"] for g in found if g["cause"] == cause})}
        for cause, n in Counter(g["cause"] for g in found).most_common()
    ]

    def told(field: str) -> Any:
        return lambda r: html.e(getattr(table[r["cause"]], field) if r["cause"] in table else "—")

    columns = [
        html.Column("原因", lambda r: html.e(_cause(r["cause"])), "nw"),
        html.Column("含义", told("meaning"), "full"),
        html.Column("怎么办", told("remedy"), "full key"),
        html.Column("该谁动手", lambda r: html.e(_fault(r["cause"])), "nw"),
        html.Column("网站", lambda r: str(r["sites"]), "num key"),
        html.Column(
            "缺口",
            lambda r: html.anchor(f"{r['n']} 项", html.link("collection", show="gaps", cause=r["cause"])),
            "num",
        ),
    ]
    return html.title("缺口原因", f"{len(found)} 项，{len(rows)} 种原因") + html.table(
        columns, rows, css="stack"
    )


def _cause(cause: str | None) -> str:
    return causes()[cause].label if cause in causes() else "没有说明原因"


def _fault(cause: str | None) -> str:
    return FAULTS[causes()[cause].fault] if cause in causes() else "—"


def weeks() -> str:
    """Closing by the schedule: which weeks are closed, which wait, and for what."""
    try:
        plan = load_plan(data.data().rules)
    except CockpitError as error:
        return html.title("每周封存") + html.state("error", html.e(error))
    with data.reading() as reader:
        found = autoclose.examine(reader, plan, data.now())
    how = f"{plan.closing.name} 起，采齐即封（项目默认）" if plan.closing else "自动封存已关闭，由人封存"
    if not found:
        return html.title("每周封存", how) + html.state("none", "— 还没有采集过。")
    columns = [
        html.Column("周次", lambda w: html.e(w.week), "nw"),
        html.Column("状态", _badge, "nw"),
        html.Column("说明", lambda w: html.e(autoclose.told(w)), "full"),
        html.Column("缺采", _lacks, "num"),
    ]
    return html.title("每周封存", how) + html.table(columns, found, css="stack")


_BADGES = {"closed": ("ok", "✓"), "ready": ("ok", "●"), "waiting": ("orange", "▲")}


def _badge(week: autoclose.Week) -> str:
    css, mark = _BADGES.get(week.state, ("none", "○"))
    return f'<span class="ck-badge {css}">{mark} {autoclose.STATES[week.state]}</span>'


def _lacks(week: autoclose.Week) -> str:
    if not week.missing:
        return "—"
    return html.anchor(f"{len(week.missing)} 项", html.link("collection", show="unlooked", week=week.week))


def unlooked() -> str:
    """The sites that a collector did not get to in the last days of the week in the address."""
    asked = st.query_params.get("week")
    plan = load_plan(data.data().rules)
    with data.reading() as reader:
        found = [w for w in autoclose.examine(reader, plan, data.now()) if w.week == asked]
    rows = found[0].missing if found else ()
    columns = [
        html.Column("责任单位", lambda m: html.e(m.unit_name or m.unit_code), "nw"),
        html.Column("网站", lambda m: html.e(m.site_name)),
        html.Column("没有进行的采集", lambda m: html.e(m.label), "nw"),
    ]
    head = html.title(f"{html.e(asked or '')} 封存前缺采", f"{len(rows)} 项")
    return head + (html.table(columns, rows) if rows else html.state("good", "✓ 这一周没有缺采。"))


def gaps() -> str:
    rows, now = asked_gaps(), clock.now()
    if not rows:
        return ""
    narrowed = st.query_params.get("cause") or st.query_params.get("aspect")
    columns = [
        html.Column("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
        html.Column("网站", lambda r: html.e(r["site_name"]), "ck-hide"),
        html.Column("方面", lambda r: html.e(ASPECTS.get(r["aspect"], r["aspect"])), "nw"),
        html.Column("原因", lambda r: html.e(_cause(r["cause"]))),
        html.Column("最近一次采集", lambda r: numbers.moment(r["measured_at"]), "ck-hide nw"),
        html.Column("最近采到", lambda r: numbers.ago(r["last_ok"], now) if r["last_ok"] else "从未", "nw"),
    ]
    back = html.anchor("看全部缺口", html.link("collection", show="gaps"), "ck-chip") if narrowed else ""
    return html.title("采集缺口", f"{len(rows)} 项") + back + paging.table(columns, rows)


def _rejected() -> list[Path]:
    folder = data.data().rejected
    return sorted(folder.glob("*.reason.txt")) if folder.is_dir() else []


def rejected() -> str:
    files = _rejected()
    head = html.title("拒收批次", f"{len(files)} 个；原文件保留在拒收目录，改正后可重新放回暂存")
    if not files:
        return head + html.state("good", "✓ 没有拒收的批次。")
    columns = [
        html.Column("批次文件", lambda r: html.e(r["name"])),
        html.Column("原因", lambda r: html.e(r["reason"])),
    ]
    return head + html.table(
        columns,
        (
            {"name": f.name.removesuffix(".reason.txt"), "reason": f.read_text("utf-8", "replace")[:300]}
            for f in files
        ),
    )


def waiting() -> str:
    """Batches that wait in the spool for the next load."""
    files = sorted(f for f in data.data().spool.glob("*.parquet") if not f.name.startswith("."))
    head = html.title("待入库批次", f"{len(files)} 个")
    if not files:
        return head + html.state("good", "✓ 没有等待入库的批次。")
    columns = [
        html.Column("批次文件", lambda f: html.e(f["name"])),
        html.Column("大小", lambda f: f"{f['size'] / 1024:.0f} KB", "num"),
    ]
    rows = ({"name": f.stem, "size": f.stat().st_size} for f in files)
    return (
        head + html.state("", "运行 <code>python -m cockpit load</code> 入库。") + html.table(columns, rows)
    )


def batches() -> str:
    rows = data.ask(collection.batches)
    columns = [
        html.Column("批次", lambda r: html.e(r["batch_id"])),
        html.Column("采集器", lambda r: html.e(_name(r["collector"])), "nw"),
        html.Column("入库时间", lambda r: numbers.moment(r["loaded_at"]), "nw"),
        html.Column("行数", lambda r: numbers.full(r["row_count"]), "num"),
        html.Column("版本", lambda r: html.e(r["code_version"]), "ck-hide"),
    ]
    return html.title("最近入库", f"最新 {len(rows)} 个批次") + html.table(columns, rows)
