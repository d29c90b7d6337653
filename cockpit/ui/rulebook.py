"""The parts of 规则口径: the searchable table, the difference from a closed week's table, and 试算."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import streamlit as st

from cockpit import store
from cockpit.appraise import issues, namesakes, trial
from cockpit.appraise.indicators import (
    DIMENSIONS,
    EXCLUDES_BY,
    LIMIT_NAMES,
    LIMITS,
    NATURES,
    OBJECTS,
    SECTIONS,
    Indicator,
)
from cockpit.appraise.judge import evaluate, shown
from cockpit.clock import week_of
from cockpit.report.columns import JUDGEMENTS
from cockpit.store.queries import issues as stored
from cockpit.store.queries import scores
from cockpit.ui import data, html, numbers, shell
from cockpit.workdays import Calendar

VIEWS: Mapping[str, str] = {"table": "口径表", "diff": "版本对比", "trial": "试算"}
# Views that need more than the files of the rules, and what they say where nothing has been loaded yet.
NEEDS: Mapping[str, str] = {
    "diff": "还没有封存过任何一周，没有可以比较的口径。",
    "trial": "还没有采集入库，没有可以拿来试算的测量值。",
}


def summary() -> str:
    """The table in figures, and a warning where another table bears the same version name."""
    rules = data.rules()
    used = data.ask(stored.digests) if store.version(data.data()) is not None else []
    same = namesakes.warning(rules, used)
    warned = html.state("error", f"▲ {html.e(same)}。{html.e(namesakes.REMEDY)}。") if same else ""
    natures = Counter(i.nature for i in rules.indicators.values())
    told = "、".join(f"{NATURES[n]} {natures[n]} 项" for n in NATURES)
    vetoes = sum(i.veto is not None for i in rules.indicators.values())
    return (
        html.lead(
            f"口径 v{html.e(rules.version)} 共 {len(rules.indicators)} 项指标（{told}），其中单项否决 {vetoes} 项。"
            f"每个值单独标性质：没有可核实官方来源的标“项目默认”，说是官方而没有见到原文的标“原文未核实”。"
        )
        + warned
    )


def _search() -> str:
    """The search words, kept in the address."""
    asked = st.query_params.get("q", "")
    if st.session_state.get("rules_q_url") != asked:
        st.session_state["rules_q"] = st.session_state["rules_q_url"] = asked

    def changed() -> None:
        words = st.session_state["rules_q"].strip()
        st.session_state["rules_q_url"] = words
        if words:
            st.query_params["q"] = words
        else:
            st.query_params.pop("q", None)

    return st.text_input(
        "搜索指标、条款、依据",
        key="rules_q",
        max_chars=60,
        on_change=changed,
        placeholder="搜索编号、名称、条款、依据",
    )


def _found(words: str, section: str | None, nature: str | None) -> list[Indicator]:
    return [
        i
        for i in data.rules().indicators.values()
        if (section is None or i.section == section)
        and (nature is None or i.nature == nature)
        and all(
            w.lower() in " ".join((i.id, i.name, i.clause, i.source, i.explain, i.remedy)).lower()
            for w in words.split()
        )
    ]


def table() -> None:
    a, b, c = st.columns([2, 1, 1], vertical_alignment="bottom")
    with a:
        words = _search()
    with b:
        section = shell.choose("一级指标", "section", SECTIONS, all_label="全部一级指标")
    with c:
        nature = shell.choose("性质", "nature", NATURES, all_label="全部性质")
    found = _found(words, section, nature)
    if not found:
        html.show(
            html.state("", "没有符合条件的指标。") + html.anchor("清除筛选", html.link("rules"), "ck-chip")
        )
        return
    rows = [{"i": i} for i in found]
    html.show(
        html.title("指标", f"{len(rows)} 项") + html.table(_columns(), rows, css="stack rules"), _exclusions()
    )


def limits(i: Indicator) -> str:
    """The limits as HTML, the strictest first."""
    return (
        "<br>".join(_value(i, f, LIMIT_NAMES[f]) for f in reversed(LIMITS) if getattr(i, f) is not None)
        or "—"
    )


def _value(i: Indicator, field: str, name: str) -> str:
    """One limit with its name, its side and where it comes from."""
    mark = "≥" if i.compare == ">=" else "<"
    told = f"{name} {mark} {shown(i, getattr(i, field))}"
    return f"{html.e(told)} {html.tag(NATURES[i.nature_of(field)])}"


def _columns() -> list[html.Column]:
    def points(r: Mapping[str, Any]) -> str:
        i = r["i"]
        if i.cap <= 0:
            return "不计分"
        what = "加分" if i.role == "bonus" else "扣"
        each = f"{i.each}{what} {i.points_each:g} 分"
        return "<br>".join(
            [
                f"上限 {i.cap:g} 分 {html.tag(NATURES[i.nature_of('cap')])}",
                f"{each} {html.tag(NATURES[i.nature_of('points_each')])}",
                _value(i, "deduct_at", f"{what}分"),
            ]
        )

    return [
        html.Column("编号", lambda r: html.e(r["i"].id), "nw"),
        html.Column(
            "指标",
            lambda r: (
                f'<b>{html.e(r["i"].name)}</b><br><span class="muted">{html.e(OBJECTS[r["i"].object])} · '
                f"{html.e(SECTIONS.get(r['i'].section or '', DIMENSIONS[r['i'].dimension]))}</span>"
            ),
        ),
        html.Column(
            "条款与算法",
            lambda r: f'{html.e(r["i"].clause)}<br><span class="muted">算法：{html.e(r["i"].explain)}</span>',
            "full",
        ),
        html.Column("阈值", lambda r: limits(r["i"]), "nw"),
        html.Column("分值", points, "nw"),
        html.Column("依据与性质", lambda r: f"{html.e(r['i'].source)} {html.tag(NATURES[r['i'].nature])}"),
        html.Column(
            "生效",
            lambda r: (
                numbers.iso(r["i"].valid_from)
                + (f'<br><span class="muted">第 {html.e(r["i"].version)} 版</span>' if r["i"].version else "")
            ),
            "nw ck-hide",
        ),
    ]


def _exclusions() -> str:
    rules = data.rules()
    rows = [vars(e) for e in rules.exclusions]
    name = lambda code: html.e(f"{code} {rules.indicators[code].name}")  # noqa: E731
    columns = [
        html.Column("扣了", lambda r: name(r["winner"])),
        html.Column("就不再扣", lambda r: name(r["loser"])),
        html.Column("按", lambda r: html.e(EXCLUDES_BY[r["by"]]), "nw"),
        html.Column("理由", lambda r: html.e(r["reason"]), "full"),
    ]
    confirms = [vars(c) for c in rules.confirms]
    columns2 = [
        html.Column("问题种类", lambda r: html.e(r["kind"]), "nw"),
        html.Column("确认条件", lambda r: f"最近 {r['of']} 次检查中至少见到 {r['seen']} 次", "nw"),
        html.Column("理由", lambda r: html.e(r["reason"]), "full"),
    ]
    return (
        html.title("不重复扣分", f"{len(rows)} 条；原则见国办秘函〔2019〕19号，逐条对应为项目默认")
        + html.table(columns, rows, css="stack")
        + html.title("先确认后报警", f"{len(confirms)} 条，项目默认；没有列出的见到即算")
        + html.table(columns2, confirms, css="stack")
    )


def diff() -> None:
    """The table in force against that of a closed week."""
    with data.reading() as reader:
        closed = stored.issues(reader)
        if not closed:
            html.show(html.state("none", NEEDS["diff"]))
            return
        names = {
            f"{i['week']}.{i['revision']}": numbers.week(i["week"])
            + (f" 更正{i['revision']}" if i["revision"] else "")
            + f"（口径 v{i['rules_version']}）"
            for i in closed
        }
        chosen = shell.choose("与哪一期比较", "against", names) or next(iter(names))
        week, number = chosen.split(".")
        changes = trial.differences(issues.rules_of(reader, week, int(number)), data.rules())
    if not changes:
        html.show(html.state("good", f"✓ 现行口径与{html.e(names[chosen])}封存的口径完全相同。"))
        return
    columns = [
        html.Column("指标", lambda r: html.e(f"{r['indicator']} {r['name']}".strip())),
        html.Column(
            "字段", lambda r: html.e(r["field"] or ("新增" if r["before"] is None else "取消")), "nw"
        ),
        html.Column("当时", lambda r: html.e("—" if r["before"] is None else r["before"])),
        html.Column("现行", lambda r: html.e("—" if r["after"] is None else r["after"])),
    ]
    html.show(
        html.title("不同之处", f"{len(changes)} 处")
        + html.table(columns, [vars(c) for c in changes], css="stack")
    )


def trial_form() -> None:
    """Choose an indicator, a field and a value; see who changes. Nothing is stored."""
    html.show(
        html.title(
            "试算", "用现在的测量值按新限值重新判断；不改动任何数据，正式修改请改 data/rules/indicators.toml"
        )
    )
    indicators = data.rules().indicators
    a, b, c = st.columns([3, 1, 1])
    with a:
        name = st.selectbox(
            "指标", list(indicators), format_func=lambda i: f"{i} {indicators[i].name}", key="trial_id"
        )
    with b:
        field = st.selectbox("字段", list(trial.FIELDS), format_func=trial.FIELDS.get, key="trial_field")
    with c:
        value = st.text_input("新值", key="trial_value", max_chars=12, placeholder="如 0.04、4%、无")
    current = getattr(indicators[name], field)
    html.show(
        f'<p class="ck-quiet">现行{html.e(trial.FIELDS[field])}：{html.e(_amount(indicators[name], field, current))}；占比写小数或百分数</p>'
    )
    if value.strip():
        html.show(_outcome(trial.along(data.rules(), trial.Change(name, field, trial.parse_value(value)))))


def _amount(i: Indicator, field: str, value: float | None) -> str:
    """A value of a field with its unit."""
    if value is None:
        return "没有"
    return f"{value:g} 分" if field in {"cap", "points_each"} else shown(i, value)


def _outcome(changes: list[trial.Change]) -> str:
    rules, now = data.rules(), data.now()
    changed = trial.with_changes(rules, changes)
    with data.reading() as reader:
        results = evaluate(reader, rules, now, Calendar.load(data.data().calendar))
        found = trial.try_out(results, scores.units(reader), rules, changed, week_of(now))
        names = scores.object_names(reader)
    first, *rest = (
        f"{trial.FIELDS[c.field]} {_amount(rules.indicators[c.indicator], c.field, c.value)}" for c in changes
    )
    along = f"（{'、'.join(rest)}随之改动）" if rest else ""
    lead = html.lead(
        f"按{html.e(first)}{html.e(along)}试算：<b>{len(found.moves)} 个对象的判断会变，{len(found.units)} 个单位的得分、等级或名次会变。</b>"
    )
    if not found.moves and not found.units:
        return lead

    def judged(level: str | None, judgement: str) -> str:
        return (html.badge(level) + " " if level else "") + html.e(JUDGEMENTS[judgement])

    moves = [
        html.Column("对象", lambda r: html.e(names.get(r["code"], r["code"]))),
        html.Column("责任单位", lambda r: html.e(names.get(r["unit_code"], r["unit_code"])), "nw"),
        html.Column("现行判断", lambda r: judged(r["level_before"], r["judgement_before"]), "nw"),
        html.Column("试算判断", lambda r: judged(r["level_after"], r["judgement_after"]), "nw"),
    ]

    def score(s: Any) -> str:
        value = numbers.NO_SCORE if s.score is None else f"{s.score:.2f}"
        return f"{value}　{'否决' if s.vetoed else s.grade}" + (f"　第 {s.rank} 名" if s.rank else "")

    units = [
        html.Column("责任单位", lambda r: html.e(names.get(r["unit_code"], r["unit_code"])), "nw"),
        html.Column("现行", lambda r: html.e(score(r["before"])), "nw"),
        html.Column("试算", lambda r: html.e(score(r["after"])), "nw"),
    ]
    return (
        lead
        + html.title("判断会变的对象", f"{len(found.moves)} 个")
        + html.table(moves, [vars(m) for m in found.moves], css="stack")
        + html.title("得分会变的单位", f"{len(found.units)} 个")
        + html.table(units, [vars(u) for u in found.units], css="stack")
    )
