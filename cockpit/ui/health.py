"""The parts of 采集健康."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from cockpit import clock, store
from cockpit.causes import FAULTS, causes
from cockpit.store.queries import collection
from cockpit.ui import data, html, numbers
from cockpit.ui.wall import ASPECTS

DAYS = 14
NAMES = {
    "probe": "可用性探测",
    "patrol": "巡查",
    "ipv6": "IPv6",
    "certificate": "证书",
    "ledgers": "台账导入",
    "samples": "演示数据",
}
STATES = {"ok": "✓ 完成", "partial": "◆ 部分未采", "failed": "▲ 失败", "stopped": "■ 中止"}
LEVELS = {"ok": "ok", "partial": "orange", "failed": "red", "stopped": "yellow"}


def lead() -> str:
    runs, gaps = data.ask(collection.collectors), data.ask(collection.gaps)
    broken = [NAMES.get(r["collector"], r["collector"]) for r in runs if r["state"] == "failed"]
    sites = len({g["site_code"] for g in gaps})
    head = (
        f"<b>{html.e('、'.join(broken))} 最近一次失败</b>。" if broken else "各采集器最近一次都采到了数据。"
    )
    return head + (
        f"<b>{sites} 个网站有未采集的方面</b>，已从分母中去掉，不算坏成绩。" if sites else "没有采集缺口。"
    )


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
            told = f"{STATES[run['state']]}，{run['runs']} 次，未采到 {run['failed'] or 0} 个对象"
            mark = STATES[run["state"]].split(" ")[0]
            return f'<span class="ck-badge {LEVELS[run["state"]]}" title="{html.e(told)}">{mark}</span>'

        return show

    columns = [html.Column("采集器", lambda r: html.e(NAMES.get(r["collector"], r["collector"])), "nw")]
    columns += [html.Column(f"{day.month}-{day.day}", cell(day)) for day in days]
    names = dict.fromkeys(r["collector"] for r in rows)
    return html.title("采集器 × 天", "✓ 完成 ◆ 部分未采 ▲ 失败 ■ 中止 · 没有运行") + html.table(
        columns, ({"collector": n} for n in names)
    )


def collectors() -> str:
    rows = data.ask(collection.collectors)
    columns = [
        html.Column("采集器", lambda r: html.e(NAMES.get(r["collector"], r["collector"])), "nw"),
        html.Column(
            "最近一次",
            lambda r: f'<span class="ck-badge {LEVELS[r["state"]]}">{STATES[r["state"]]}</span>',
            "nw",
        ),
        html.Column("开始", lambda r: numbers.moment(r["started_at"]), "nw"),
        html.Column("最近成功", lambda r: numbers.moment(r["succeeded_at"]), "ck-hide nw"),
        html.Column("采到/对象", lambda r: f"{r['targets_measured']}/{r['targets']}", "num"),
        html.Column("行数", lambda r: numbers.whole(r["row_count"]), "num ck-hide"),
        html.Column("用时", lambda r: f"{(r['seconds'] or 0) / 60:.1f} 分", "num ck-hide"),
        html.Column("说明", lambda r: html.e(_note(r["note"])), "ck-hide"),
    ]
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


def gaps() -> str:
    rows = data.ask(collection.gaps)
    if not rows:
        return html.title("采集缺口") + html.state("good", "✓ 每个在用网站的每个方面，最近一次都采到了。")
    table, now = causes(), clock.now()
    by_cause = Counter(r["cause"] for r in rows)
    told = "；".join(f"{table[c].label} {n} 项" for c, n in by_cause.most_common() if c in table)
    columns = [
        html.Column("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
        html.Column("网站", lambda r: html.e(r["site_name"]), "ck-hide"),
        html.Column("方面", lambda r: html.e(ASPECTS.get(r["aspect"], r["aspect"])), "nw"),
        html.Column("原因", lambda r: html.e(table[r["cause"]].label if r["cause"] in table else r["cause"])),
        html.Column(
            "含义与办法",
            lambda r: html.e(
                f"{table[r['cause']].meaning}。{table[r['cause']].remedy}" if r["cause"] in table else "—"
            ),
            "ck-hide",
        ),
        html.Column(
            "责任方", lambda r: html.e(FAULTS[table[r["cause"]].fault] if r["cause"] in table else "—"), "nw"
        ),
        html.Column("最近采到", lambda r: numbers.ago(r["last_ok"], now) if r["last_ok"] else "从未", "nw"),
    ]
    return html.title("采集缺口", f"{len(rows)} 项：{told}") + html.table(columns, rows)


def rejected() -> str:
    folder = data.data().rejected
    files = sorted(folder.glob("*.reason.txt")) if folder.is_dir() else []
    waiting = store.pending_batches(data.data())
    head = html.title("暂存与拒收", f"待入库 {waiting} 个，拒收 {len(files)} 个")
    if not files:
        return head + html.state(
            "good",
            "✓ 没有拒收的批次。"
            + (f"有 {waiting} 个批次待入库：运行 python -m cockpit load。" if waiting else ""),
        )
    columns = [
        html.Column("批次文件", lambda r: html.e(r["name"])),
        html.Column("原因", lambda r: html.e(r["reason"])),
    ]
    return head + html.table(
        columns,
        (
            {"name": f.name.removesuffix(".reason.txt"), "reason": f.read_text("utf-8", "replace")[:300]}
            for f in files[:100]
        ),
    )


def batches() -> str:
    rows = data.ask(collection.batches)
    columns = [
        html.Column("批次", lambda r: html.e(r["batch_id"])),
        html.Column("采集器", lambda r: html.e(NAMES.get(r["collector"], r["collector"])), "nw"),
        html.Column("入库时间", lambda r: numbers.moment(r["loaded_at"]), "nw"),
        html.Column("行数", lambda r: numbers.whole(r["row_count"]), "num"),
        html.Column("版本", lambda r: html.e(r["code_version"]), "ck-hide"),
    ]
    return html.title("最近入库", f"{len(rows)} 个批次") + html.table(columns, rows)
