"""栏目更新: which channels are due, overdue or blank?"""

from __future__ import annotations

import streamlit as st

from cockpit.report.columns import CHANNEL_STATES
from cockpit.store.queries import channels, scores
from cockpit.ui import charts, data, evidence, freshness, html, shell, tips, words

DAYS, ROWS = 60, 18

frame = shell.boot("updates")
shell.header(frame, "栏目更新")
units = {u["unit_code"]: u["unit_name"] for u in data.ask(scores.units)}
top = st.container()
a, b, c = st.columns(3)
with a:
    unit = shell.choose("责任单位", "unit", units, all_label="全部单位")
with b:
    state = shell.choose("状态", "state", CHANNEL_STATES, all_label="全部状态")
with c:
    names = words.channel_types()
    kinds = {k: names.get(k, "其他栏目") for k in data.ask(channels.kinds)}
    kind = shell.choose("栏目类型", "kind", kinds, all_label="全部类型")
counts = data.ask(channels.counts, unit=unit, kind=kind)
with top, shell.panel("关键数字"):
    bad = counts["overdue"] + counts["blank"] + counts["undated"]
    html.show(
        html.lead(
            f"{sum(counts.values())} 个栏目中 <b>{bad} 个不合要求</b>（超期 {counts['overdue']}、空白 {counts['blank']}、未注明日期 {counts['undated']}），"
            f"{counts['due_soon']} 个即将超期"
            + (f"；{counts['unmeasured']} 个未采集，不算正常也不算问题。" if counts["unmeasured"] else "。")
        ),
        html.kpis(
            [
                html.Kpi(
                    CHANNEL_STATES[name],
                    f"{counts[name]}",
                    "个",
                    note,
                    html.link("updates", unit=unit, kind=kind, state=name),
                )
                for name, note in (
                    ("overdue", "超过更新期限"),
                    ("blank", "自开设起没有内容"),
                    ("undated", "视为不更新"),
                    ("due_soon", "已过期限的七成"),
                    ("unmeasured", "没有看到页面"),
                    ("fresh", "在期限内"),
                )
            ],
            tips.of("updates"),
        ),
    )
with shell.panel("更新日历"):
    rows = data.ask(channels.matrix, last=data.today(), days=DAYS, limit=ROWS, unit=unit, kind=kind)
    html.show(
        html.title("更新日历", f"最久未更新的 {ROWS} 个栏目，近 {DAYS} 天；颜色为距上次更新天数与期限之比")
    )
    if rows:
        late = len({(r["site_code"], r["url"]) for r in rows if r["now_ratio"] >= 1})
        heads, ages = freshness.ages(rows)
        charts.draw(
            charts.calendar(rows),
            "calendar",
            f"最久未更新的栏目中 {late} 个已超期",
            60 + 24 * len(ages),
            heads,
            ages,
        )
    else:
        html.show(html.state("none", "— 还没有栏目的更新记录。"))
with shell.panel("清单"):
    html.show(freshness.listing(state, unit, kind))
evidence.drawer()
shell.footer(frame)
