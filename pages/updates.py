"""栏目更新: which channels are due, overdue or blank?"""

from __future__ import annotations

import streamlit as st

from cockpit.report.columns import CHANNEL_STATES
from cockpit.store.queries import channels, scores
from cockpit.ui import charts, data, evidence, html, numbers, shell

DAYS, ROWS = 60, 18

frame = shell.boot("updates")
shell.header(frame, "栏目更新")
units = {u["unit_code"]: u["unit_name"] for u in data.ask(scores.units)}
top = st.container()
a, b = st.columns(2)
with a:
    unit = shell.choose("责任单位", "unit", units, all_label="全部单位")
with b:
    state = shell.choose("状态", "state", CHANNEL_STATES, all_label="全部状态")
counts = data.ask(channels.counts, unit=unit)
with top, shell.panel("关键数字"):
    bad = counts["overdue"] + counts["blank"] + counts["undated"]
    html.show(
        html.lead(
            f"{sum(counts.values())} 个栏目中 <b>{bad} 个不合要求</b>（超期 {counts['overdue']}、空白 {counts['blank']}、未注明日期 {counts['undated']}），"
            f"{counts['due_soon']} 个即将超期。"
        ),
        html.kpis(
            html.Kpi(
                CHANNEL_STATES[name],
                f"{counts[name]}",
                "个",
                note,
                html.link("updates", unit=unit, state=name),
            )
            for name, note in (
                ("overdue", "超过更新期限"),
                ("blank", "自开设起没有内容"),
                ("undated", "视为不更新"),
                ("due_soon", "已过期限的七成"),
                ("unmeasured", "没有看到页面"),
                ("fresh", "在期限内"),
            )
        ),
    )
with shell.panel("更新日历"):
    rows = data.ask(channels.matrix, last=data.today(), days=DAYS, limit=ROWS, unit=unit)
    html.show(
        html.title("更新日历", f"最久未更新的 {ROWS} 个栏目，近 {DAYS} 天；颜色为距上次更新天数与期限之比")
    )
    if rows:
        late = len({(r["site_code"], r["url"]) for r in rows if r["now_ratio"] >= 1})
        charts.draw(
            charts.calendar(rows),
            "calendar",
            f"最久未更新的栏目中 {late} 个已超期",
            60 + 24 * len({(r["site_code"], r["url"]) for r in rows}),
        )
    else:
        html.show(html.state("none", "— 还没有栏目的更新记录。"))
with shell.panel("清单"):
    listed = data.ask(channels.listed, state=state, unit=unit)
    shown = listed if state or unit else [r for r in listed if r["state"] != "fresh"]
    note = (
        f"{len(shown)} 个"
        if shown is listed
        else f"只列异常 {len(shown)} 个；正常 {len(listed) - len(shown)} 个请按状态筛选"
    )
    html.show(html.title("清单", note))
    today = data.today()

    def left(row: dict) -> str:
        if row["latest"] is None:
            return "—"
        days = row["period_days"] - (today - row["latest"]).days
        return f"{days} 天" if days > 0 else f"<b>超期 {-days} 天</b>"

    if shown:
        html.show(
            html.table(
                [
                    html.Column("责任单位", lambda r: html.e(r["short_name"]), "nw"),
                    html.Column("网站", lambda r: html.e(r["site_name"]), "ck-hide"),
                    html.Column("栏目", lambda r: html.outside(r["url"], r["channel_name"] or r["url"])),
                    html.Column("期限", lambda r: f"{r['period_days']} 天", "num"),
                    html.Column("上次更新", lambda r: numbers.iso(r["latest"]), "nw"),
                    html.Column("剩余", left, "nw"),
                    html.Column("状态", lambda r: html.e(CHANNEL_STATES[r["state"]]), "nw"),
                    html.Column("条数", lambda r: numbers.whole(r["items"]), "num ck-hide"),
                ],
                shown,
            )
        )
    else:
        shell.nothing(f"没有符合条件的栏目。已检 {sum(counts.values())} 个栏目。")
evidence.drawer()
shell.footer(frame)
