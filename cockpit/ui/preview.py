"""The parts of 迎检预演: the figure in words, counts that lead to their rows, the rows, and the clauses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from cockpit import store
from cockpit.appraise.indicators import NATURES, OBJECTS
from cockpit.appraise.judge import evaluate
from cockpit.appraise.rehearsal import Clause, Rehearsal, rehearse
from cockpit.causes import causes
from cockpit.clock import local_day
from cockpit.store.queries import scores
from cockpit.ui import data, html, numbers, tips, who
from cockpit.workdays import Calendar

GROUPS: Mapping[str, str] = {"failing": "已触红线", "near": "接近红线", "unmeasured": "未采集"}
NOTES = {
    "failing": "今天抽查即不合格的条款",
    "near": "已到预警或临近线，或按趋势三个月内触线",
    "unmeasured": "不算合格也不算不合格",
}


def today() -> Rehearsal:
    """The rehearsal of this minute, made once for everybody who may see the same rows."""
    folder = data.data()
    return _today(str(folder.root), store.version(folder) or "", who.unit(), data.rules().sha256, data.now())


@st.cache_resource(max_entries=8, show_spinner=False)  # shared, not copied: nobody changes it
def _today(root: str, version: str, unit: str | None, rules: str, now: datetime) -> Rehearsal:  # noqa: ARG001 - the key
    with data.reading() as reader:
        results = evaluate(reader, data.rules(), now, Calendar.load(data.data().calendar))
        return rehearse(results, scores.recent_values(reader), local_day(now))


def summary(found: Rehearsal) -> str:
    parts = []
    for c in found.counts:
        if not c.total:
            continue
        missed = f"（另 {c.unmeasured} 个未采集）" if c.unmeasured else ""
        verdict = "触及按单位计的条款" if c.object == "unit" else "不合格"  # a unit also fails by its sites
        parts.append(f"<b>{c.failing}/{c.total - c.unmeasured} 个{OBJECTS[c.object]}{verdict}</b>{missed}")
    why = Counter(c.name for c in found.failing).most_common(3)
    because = "，主要因为" + "、".join(f"{html.e(name)}（{n}）" for name, n in why) if why else ""
    soon = next((c for c in found.near if c.crosses_on), None)
    names = data.ask(scores.object_names)
    next_one = (
        f"最近要触线的是{html.e(names.get(soon.code, soon.code))}：{html.e(soon.name)}，{numbers.short_day(soon.crosses_on)}。"
        if soon and soon.crosses_on
        else ""
    )
    lead = f"若今天抽查，{'、'.join(parts)}{because}。{next_one}"
    cells = [
        html.Kpi(name, f"{len(group(found, key))}", "条", NOTES[key], html.link("rehearsal", show=key))
        for key, name in GROUPS.items()
    ]
    return html.lead(lead) + html.kpis(cells, tips.of("rehearsal"))


def group(found: Rehearsal, key: str) -> Sequence[Clause]:
    return {"near": found.near, "unmeasured": found.unmeasured}.get(key, found.failing)


def listing(found: Rehearsal, key: str, clause: str = "") -> str:
    """The rows of one group, of one clause where it is asked for."""
    rows = [vars(c) for c in group(found, key) if clause in {"", c.indicator}]
    name = GROUPS.get(key, GROUPS["failing"])
    if not rows:
        return html.title(name, "0 条") + html.state("good", f"✓ 没有{html.e(name)}的条款。")
    names, table = data.ask(scores.object_names), causes()
    columns = [
        html.Column("对象", lambda r: html.e(names.get(r["code"], r["code"])), "nw"),
        html.Column(
            "责任单位",
            lambda r: html.anchor(
                html.e(names.get(r["unit_code"], r["unit_code"])), html.link("unit", unit=r["unit_code"])
            ),
            "nw",
        ),
        html.Column(
            "条款", lambda r: html.anchor(html.e(r["name"]), html.link("rules", q=r["indicator"])), "nw"
        ),
        # on paper it stands once a clause, in the table below
        html.Column("性质", lambda r: html.tag(NATURES[r["nature"]]), "nw ck-noprint"),
    ]
    if key == "unmeasured":
        columns.append(
            html.Column(
                "原因",
                lambda r: html.e(table[r["cause"]].label if r["cause"] in table else r["cause"]),
                "full",
            )
        )
    else:
        columns.append(html.Column("事实", lambda r: html.e(r["fact"]), "full"))
        columns.append(html.Column("距红线", lambda r: html.e(r["distance"]), "nw"))
    if key == "near":
        columns.append(
            html.Column(
                "预计触线",
                lambda r: f"<b>{numbers.iso(r['crosses_on'])}</b>" if r["crosses_on"] else "没有变差趋势",
                "nw key",
            )
        )
        columns.append(html.Column("推算依据", lambda r: html.e(r["basis"] or "—"), "ck-hide"))
    note = f"{len(rows)} 条；未采集的不在数内"
    return html.title(name, note) + html.table(columns, rows, css="stack")


def by_clause(found: Rehearsal) -> str:
    """Every veto with how many objects it fails, nears and could not measure."""
    tally: dict[str, Counter[str]] = {}
    clauses: dict[str, Clause] = {}
    near = set(found.near)

    def count(row: Mapping[str, Any], state: str) -> str:
        n = row.get(state, 0)
        return html.anchor(str(n), html.link("rehearsal", show=state, clause=row["id"])) if n else "0"

    for c in found.clauses:
        clauses.setdefault(c.indicator, c)
        state = "failing" if c.failing else "unmeasured" if c.cause else "near" if c in near else "ok"
        tally.setdefault(c.indicator, Counter())[state] += 1
    rows = [{"id": i, "c": clauses[i], **tally[i]} for i in tally]
    columns = [
        html.Column("编号", lambda r: html.e(r["id"]), "nw"),
        html.Column("条款", lambda r: html.e(r["c"].clause), "full"),
        html.Column("性质", lambda r: html.tag(NATURES[r["c"].nature]), "nw"),
        html.Column("触线", lambda r: count(r, "failing"), "num key"),
        html.Column("接近", lambda r: count(r, "near"), "num key"),
        html.Column("合格", lambda r: str(r.get("ok", 0)), "num key"),
        html.Column("未采集", lambda r: count(r, "unmeasured"), "num key"),
    ]
    return html.title("逐条款", "每项单项否决涉及的对象数") + html.table(columns, rows, css="stack clauses")
