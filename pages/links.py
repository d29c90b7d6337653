"""链接健康: where are dead and hidden links, and do they have one source?"""

from __future__ import annotations

import streamlit as st

from cockpit.causes import causes
from cockpit.store.queries import collection, links, scores
from cockpit.ui import charts, data, evidence, html, numbers, paging, shell, tips, words

GROUPS = {"dead": "死链", "hidden": "暗链", "external": "外链变异", "soft": "假正常页"}
NOTES = {
    "dead": "确认打不开的不同地址",
    "hidden": "访客看不见的站外链接",
    "external": "外部网站变成违法内容",
    "soft": "状态正常但内容说不存在",
}

FIRST_HIDDEN = 20

frame = shell.boot("links")
shell.header(frame, "链接健康")
units = {u["unit_code"]: u["unit_name"] for u in data.ask(scores.units)}
top = st.container()
a, b = st.columns(2)
with a:
    unit = shell.choose("责任单位", "unit", units, all_label="全部单位")
with b:
    group = shell.choose("种类", "group", GROUPS) or "dead"
counts, checked = data.ask(links.counts, unit=unit), data.ask(links.checked)
with top, shell.panel("关键数字"):
    dead = data.ask(links.listed, group="dead", unit=unit)
    worst = dead[0] if dead and (dead[0]["places"] or 1) > 3 else None
    spread = (
        "其中 "
        + html.anchor(
            f"<b>1 个链接造成 {worst['places']} 处</b>",
            html.link("links", unit=unit, group=group, evidence=worst["finding_id"]),
        )
        + f"（{html.e(worst['unit_name'])}“{html.e(worst['text'] or worst['target'])}”），修一处即可。"
        if worst
        else ""
    )
    missed = {
        g["site_name"]
        for g in data.ask(collection.gaps)
        if g["aspect"] == "links" and unit in {None, g["unit_code"]}
    }
    kept = sum(row["site_name"] in missed for row in dead)
    known = f"上次采到的 {kept} 个死链仍在数内，改没改好不知道" if kept else "不在数内"
    unmeasured = (
        f"<br>— 未采集 {len(missed)} 个网站（{html.e('、'.join(sorted(missed)[:3]))}），{known}："
        + html.anchor("看原因", html.link("collection", aspect="links"))
        if missed
        else ""
    )
    html.show(
        html.lead(
            f"现有死链 {counts['dead']} 个、暗链 {counts['hidden']} 处、外链变异 {counts['external']} 处。{spread}"
            f"已检 {numbers.full(checked['n'])} 条链接，最近一次 {numbers.moment(checked['at'])}。{unmeasured}"
        ),
        html.kpis(
            [
                html.Kpi(name, f"{counts[key]}", "个", NOTES[key], html.link("links", unit=unit, group=key))
                for key, name in GROUPS.items()
            ],
            tips.of("links"),
        ),
    )
if counts["hidden"] and group != "hidden":
    with shell.panel("暗链"):
        rows = data.ask(links.listed, group="hidden", unit=unit)
        more = f"，先列 {FIRST_HIDDEN} 处" if len(rows) > FIRST_HIDDEN else ""
        html.show(
            html.title("暗链", f"{len(rows)} 处，任何时候都排在最前{more}"),
            html.table(
                [
                    html.Column("级别", lambda _r: html.badge("red")),
                    html.Column("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
                    html.Column("目标", lambda r: html.e(r["target"]), "full"),
                    html.Column("所在页", lambda r: html.outside(r["page_url"]), "ck-hide"),
                    html.Column("为什么", lambda r: html.e(words.plain(r["excerpt"])), "full"),
                    html.Column("首次发现", lambda r: numbers.moment(r["first_seen"])[:10], "ck-hide nw"),
                    html.Column(
                        "证据",
                        lambda r: html.anchor(
                            "看证据", html.link("links", unit=unit, group=group, evidence=r["finding_id"])
                        ),
                        "nw",
                    ),
                ],
                rows[:FIRST_HIDDEN],
                css="stack",
            ),
            html.anchor(f"看全部 {len(rows)} 处 →", html.link("links", unit=unit, group="hidden"), "ck-chip")
            if more
            else "",
        )
left, right = st.columns(2, gap="medium")
with left, shell.panel("按目标主机"):
    hosts = data.ask(links.by_host, unit=unit)
    html.show(html.title("按目标主机归并", "死链出现的处数，前 12 个主机"))
    html.show(
        html.bars(
            [
                html.Bar(
                    h["host"] or "（不是网址）",
                    h["places"],
                    None,
                    html.link("lists", list="host", host=h["host"], unit=unit),
                )
                for h in hosts
            ],
            "wide",
        )
        if hosts
        else html.state("good", "✓ 没有死链。")
    )
with right, shell.panel("走势"):
    rows = data.ask(links.trend, at=data.now(), days=60, unit=unit)
    html.show(html.title("近 60 天死链数", "每天结束时仍存在的死链"))
    charts.draw(
        charts.trend([r["day"] for r in rows], [r["n"] for r in rows], "个"),
        "dead-trend",
        f"死链由 {rows[0]['n']} 个到 {rows[-1]['n']} 个",
        260,
        ("日期", "死链（个）"),
        [(r["day"], r["n"]) for r in rows],
    )
with shell.panel("清单"):
    rows = data.ask(links.listed, group=group, unit=unit)
    html.show(html.title(GROUPS[group], f"{len(rows)} 个，出现页数多的在前"))
    table = causes()
    if rows:
        html.show(
            paging.table(
                [
                    html.Column("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
                    html.Column("链接文字", lambda r: html.e(r["text"] or "—"), "ck-hide"),
                    html.Column("地址", lambda r: html.e(r["target"]), "full"),
                    html.Column(
                        "原因",
                        lambda r: html.e(
                            table[r["cause"]].label
                            if r["cause"] in table
                            else words.plain(r["excerpt"]) or "—"
                        ),
                    ),
                    html.Column("出现页数", lambda r: numbers.full(r["places"] or 1), "num key"),
                    html.Column("首次发现", lambda r: numbers.moment(r["first_seen"])[:10], "nw key"),
                    html.Column(
                        "证据",
                        lambda r: html.anchor(
                            "看证据", html.link("links", unit=unit, group=group, evidence=r["finding_id"])
                        ),
                        "nw",
                    ),
                ],
                rows,
                css="stack",
            )
        )
    else:
        shell.nothing(f"没有{GROUPS[group]}。已检 {numbers.full(checked['n'])} 条链接。")
evidence.drawer()
shell.footer(frame)
