"""The parts of 依申请公开: counts, stages, results, the list of cases, and the drawer with the clock spelled out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from cockpit import store
from cockpit.appraise import annual, applications
from cockpit.appraise.applications import STATES, Case
from cockpit.appraise.measures_applications import LATE_DAYS, answered_late_lately
from cockpit.store.queries import registers
from cockpit.ui import charts, charts_cases, data, html, numbers, paging, tips, who
from cockpit.workdays import Calendar

STRIP_ROWS = 24
LOOKS = {
    "overdue": ("red", "▲"),
    "soon": ("orange", "◆"),
    "wrong": ("red", "▲"),
    "waiting": ("none", "—"),
    "stopped": ("yellow", "■"),
    "open": ("blue", "●"),
    "late": ("orange", "◆"),
    "answered": ("ok", "✓"),
    "dropped": ("none", "—"),
}


@dataclass(frozen=True)
class Filters:
    """What the address asks for; None = everything."""

    unit: str | None
    state: str | None
    stage: str | None
    year: int

    def address(self, **changes: object) -> str:
        """This page with these filters; a change replaces one."""
        kept = {"unit": self.unit, "state": self.state, "stage": self.stage, "year": self.year}
        return html.link("requests", **(kept | changes))


# state in the address → which cases it means
KEEP = {
    "running": lambda c, _y: c.running,
    "received": lambda c, y: c.row["received_on"].year == y,
    "closed": lambda c, y: c.row["answered_on"] is not None and c.row["answered_on"].year == y,
    "lately": lambda c, _y: answered_late_lately(c, data.today()),
    **{state: (lambda c, _y, state=state: c.state == state) for state in STATES},
}
NAMES = {
    "running": "在办",
    "received": "本年收到",
    "closed": "本年办结",
    "lately": f"近 {LATE_DAYS} 天逾期答复",
    **STATES,
}
LATE = (
    "overdue",
    "lately",
    "late",
)  # the kinds of being late, each with its list; the first two make the warning A-01


def calendar() -> Calendar:
    return Calendar.load(data.data().calendar)


def found(unit: str | None) -> list[Case]:
    """All cases of a unit, or of the city, as of today."""
    folder = data.data()
    return _found(str(folder.root), store.version(folder) or "", who.unit(), unit, data.today())


@st.cache_resource(max_entries=20, show_spinner=False)  # shared, not copied: nobody changes a case
def _found(root: str, version: str, scope: str | None, unit: str | None, day: date) -> list[Case]:  # noqa: ARG001 - the key
    rows = data.ask(registers.book_rows, table="application", unit=unit)
    return applications.cases(calendar(), rows, day)


def tally(cases: list[Case], unit: str | None = None, year: int = 0) -> dict[str, int]:
    """State of the address → how many cases its list has."""
    return {state: len(kept(cases, Filters(unit, state, None, year))) for state in NAMES}


def kept(cases: list[Case], filters: Filters) -> list[Case]:
    """The cases of the list: by state, year or result group; without a filter those still running."""
    state = filters.state or "running"
    if state.startswith("result:"):
        group, line = state[7:], annual.RESULTS
        return [
            c
            for c in cases
            if c.row["answered_on"]
            and c.row["answered_on"].year == filters.year
            and c.row["result"] in line
            and line[c.row["result"]][1] == group
            and c.row["applicant_type"] in annual.APPLICANTS
        ]
    shown = [c for c in cases if KEEP.get(state, KEEP["running"])(c, filters.year)]
    return [c for c in shown if filters.stage is None or (c.running and c.stage == filters.stage)]


def summary(cases: list[Case], filters: Filters) -> str:
    """The page's sentence and its numbers, each leading to that many rows."""
    count = tally(cases, filters.unit, filters.year)
    mean = applications.mean_workdays(calendar(), [c for c in cases if KEEP["closed"](c, filters.year)])
    worst = next((c for c in cases if c.state in {"overdue", "soon"}), None)
    lead = f"在办 {count['running']} 件，<b>逾期未答复 {count['overdue']} 件</b>、{applications.SOON_WORKDAYS} 个工作日内到期 {count['soon']} 件。"
    if worst and worst.clock:
        lead += f"先办：<b>{html.e(worst.row['short_name'])}</b> {html.e(worst.row['application_id'])}，期限 {worst.clock.due}，现在{worst.stage}环节。"
    slow = max(applications.bottlenecks(cases), key=lambda b: b.median or 0)
    if slow.median:
        lead += f"用时最长的环节是<b>{slow.stage}</b>（中位 {slow.median:g} 个工作日）。"
    items = [
        ("running", "件", f"待补正 {count['waiting']}、征求意见中 {count['stopped']}"),
        ("soon", "件", f"{applications.SOON_WORKDAYS} 个工作日内到期"),
        ("overdue", "件", "已过答复期限"),
        ("received", "件", f"{filters.year} 年"),
        ("closed", "件", f"平均 {mean:.1f} 个工作日" if mean is not None else "还没有办结"),
        ("late", "件", f"全部年度 · 近 {LATE_DAYS} 天 {count['lately']}"),
    ]
    cells = [
        html.Kpi(NAMES[s], f"{count[s]}", unit, note, filters.address(state=s, stage=None))
        for s, unit, note in items
    ]
    return html.lead(lead) + html.kpis(cells, tips.of("requests"))


def strip(cases: list[Case]) -> None:
    """Every running case by time, the most urgent on top."""
    running = [c for c in cases if c.running and c.state != "wrong"]
    note = "斜线为不计入的时间（补正、征求意见），◆ 为答复期限，竖线为今天"
    if len(running) > STRIP_ROWS:
        note += f"；只画最急的 {STRIP_ROWS} 件，其余见清单"
    html.show(html.title("到期时间条", f"{len(running)} 件在办；{note}"))
    if not running:
        html.show(html.state("good", "✓ 没有在办的申请。"))
        return
    shown, late = running[:STRIP_ROWS], sum(c.state == "overdue" for c in running)
    charts.draw(
        charts_cases.strip(shown, data.today()),
        "case_strip",
        f"{len(running)} 件在办申请的时限，其中 {late} 件逾期未答复",
        70 + 26 * len(shown),
        ("申请", "收到", "期限", "状态"),
        [
            (
                f"{c.row['short_name']} {c.row['application_id']}",
                c.row["received_on"],
                c.clock.due if c.clock else None,
                STATES[c.state],
            )
            for c in shown
        ],
    )


def stages(cases: list[Case], filters: Filters) -> str:
    """Cases in each stage, in process order, with how long a stage takes and whose post it is."""
    lines = applications.bottlenecks(cases)
    bars = [html.Bar(b.stage, b.now, None, filters.address(state="running", stage=b.stage)) for b in lines]
    columns = [
        html.Column("环节", lambda b: html.e(b["stage"]), "nw"),
        html.Column("中位", lambda b: "—" if b["median"] is None else f"{b['median']:g}", "num"),
        html.Column("最长", lambda b: "—" if b["longest"] is None else str(b["longest"]), "num"),
        html.Column("最长一件的岗位", lambda b: html.e(b["post"] or "未登记")),
    ]
    head = html.title("环节在办数", "按办理顺序；下表为各环节用时（工作日，已扣除停表）")
    return head + html.bars(bars) + html.table(columns, [vars(b) for b in lines])


def results(cases: list[Case], filters: Filters) -> str:
    """Results of the year by the six groups of the annual report."""
    table, missing = annual.table3([c.row for c in cases], filters.year, data.today())
    groups = annual.by_group(table)
    bars = [html.Bar(g, n, None, filters.address(state=f"result:{g}", stage=None)) for g, n in groups.items()]
    rate = annual.open_rate(table)
    told = f"实质公开率 {numbers.percent(rate.share)}（{rate.hits}/{rate.samples}）{rated(rate)}"
    quiet = f'<p class="ck-quiet">{html.e(told)}</p>'
    if missing:
        quiet += html.state("none", "<br>".join(html.e(text) for text in missing[:8]))
    return html.title("结果构成", f"{filters.year} 年，年度报告表三口径") + html.bars(bars) + quiet


def rated(rate: annual.Rate) -> str:
    """What a rate is judged, in words; a small sample is not judged."""
    if rate.level == "none":
        return f"，样本 {rate.samples} 件（<{annual.LEAST_SAMPLES}），不评级"
    small = "" if rate.samples >= annual.STABLE_SAMPLES else f"，样本不足 {annual.STABLE_SAMPLES}，仅供参考"
    word = {"red": "▲ 超过红线", "yellow": "■ 接近红线", None: "✓ 在参考范围内"}[rate.level]
    return f"，{word}（参考线为项目默认）{small}"


def badge(state: str) -> str:
    level, mark = LOOKS[state]
    return f'<span class="ck-badge {level}">{mark} {STATES[state]}</span>'


def listing(cases: list[Case], filters: Filters) -> str:
    """The rows behind the numbers."""
    shown = kept(cases, filters)
    name = filters.state or "running"
    what = NAMES.get(name, name.removeprefix("result:")) + (
        f" · {filters.stage}环节" if filters.stage else ""
    )
    head = html.title("清单", f"{what} {len(shown)} 件；剩余为工作日") + _late_ones(cases, filters)
    if not shown:
        return head + html.state("good", "✓ 没有符合条件的申请。")
    columns = [
        html.Column("状态", lambda r: badge(r["case"].state)),
        html.Column("责任单位", lambda r: html.e(r["case"].row["short_name"]), "nw"),
        html.Column("申请编号", lambda r: html.e(r["case"].row["application_id"]), "nw"),
        html.Column("收到", lambda r: numbers.iso(r["case"].row["received_on"]), "ck-hide nw"),
        html.Column(
            "期限", lambda r: numbers.iso(r["case"].clock.due) if due_known(r["case"]) else "—", "nw key"
        ),
        html.Column("答复", lambda r: numbers.iso(r["case"].row["answered_on"]), "ck-hide nw"),
        html.Column("剩余", lambda r: _left(r["case"]), "nw key"),
        html.Column("环节", lambda r: html.e(r["case"].stage), "nw"),
        html.Column("岗位", lambda r: html.e(_post(r["case"])), "ck-hide"),
        html.Column("结果", lambda r: html.e(r["case"].row["result"] or "—"), "ck-hide"),
        html.Column(
            "期限怎么算",
            lambda r: html.anchor("看步骤", filters.address(case=r["case"].row["application_id"])),
            "nw",
        ),
    ]
    return head + paging.table(columns, [{"case": c} for c in shown], css="stack cases")


def _late_ones(cases: list[Case], filters: Filters) -> str:
    """The ways to those that are late, each kind with its number; an answered one is in no other list of the page."""
    count = tally(cases, filters.unit, filters.year)
    chips = [
        html.anchor(
            f"{'✓ ' if filters.state == state else ''}{NAMES[state]} {count[state]}",
            filters.address(state=None if filters.state == state else state, stage=None),
            "ck-chip late" if filters.state == state else "ck-chip",
        )
        for state in LATE
    ]
    if filters.state or filters.stage:
        chips.append(html.anchor("清除筛选", filters.address(state=None, stage=None), "ck-chip"))
    return f'<p class="ck-quiet">{" ".join(chips)}</p>'


def due_known(case: Case) -> bool:
    return case.clock is not None and case.state not in {"waiting", "dropped"}


def _left(case: Case) -> str:
    if case.state in {"waiting", "dropped"}:
        return "期限未起算"
    if case.clock is None or case.left is None:
        return "算不出"
    if not case.running:
        return f"提前 {case.left} 天" if case.left >= 0 else f"<b>晚 {-case.left} 天</b>"
    if case.left == 0:
        return "今天到期"
    return f"{case.left} 天" if case.left > 0 else f"<b>超期 {-case.left} 天</b>"


def _post(case: Case) -> str:
    stay = next((s for s in case.stays if s.running), case.stays[-1] if case.stays else None)
    return (stay.post if stay and stay.post else None) or case.row["handler"] or "未登记"


def drawer(cases: list[Case]) -> None:
    """Open the drawer of ?case=ID; call once at the end of the page."""
    asked = st.query_params.get("case")
    if asked and st.session_state.get("case_shown") != asked:
        st.session_state["case_shown"] = asked
        _dialog(next((c for c in cases if c.row["application_id"] == asked), None))


@st.dialog("申请", position="right", width="large")
def _dialog(case: Case | None) -> None:
    if case is None:
        html.show(html.state("none", "没有这件申请。"))
        return
    row = case.row
    facts = [
        ("申请编号", html.e(row["application_id"])),
        ("责任单位", html.e(row["unit_name"])),
        ("状态", badge(case.state)),
        ("申请方式", html.e(row["channel_in"] or "未登记")),
        ("申请人类型", html.e(row["applicant_type"] or "未登记")),
        ("处理结果", html.e(row["result"] or "—")),
        ("答复期限", f"<b>{numbers.iso(case.clock.due)}</b>" if due_known(case) and case.clock else "—"),
        ("备注", html.e(row["note"] or "—")),
    ]
    html.show(
        html.facts(facts),
        html.title("期限是怎么算出来的"),
        _clock(case),
        html.title("六个环节"),
        _stays(case),
    )
    reviews = [
        r
        for r in data.ask(registers.book_rows, table="review_case")
        if r["application_id"] == row["application_id"]
    ]
    if reviews:
        columns = [
            html.Column("案号", lambda r: html.e(r["case_no"])),
            html.Column("类别", lambda r: html.e(r["review_kind"])),
            html.Column("受理", lambda r: numbers.iso(r["filed_on"])),
            html.Column("结果", lambda r: html.e(r["outcome"] or "尚未审结")),
        ]
        html.show(html.title("由此引起的复议诉讼", f"{len(reviews)} 件"), html.table(columns, reviews))


def _clock(case: Case) -> str:
    """Every step of the clock, or the step it fails at."""
    if case.clock is None:
        return html.state("error", html.e(case.trouble))
    steps = "".join(f"<li>{html.e(step.text)}</li>" for step in case.clock.steps)
    notes = ""
    if case.state == "waiting":
        notes = html.state(
            "none",
            "— 已告知补正、还没有收到补正，答复期限未起算（第三十条）；以上为未补正时的算法，仅供参考。",
        )
    if case.clock.provisional:
        notes += html.state("none", "— 期限落在放假安排尚未公布的年份，为暂算。")
    return f"<ol>{steps}</ol>{notes}"


def _stays(case: Case) -> str:
    columns = [
        html.Column("环节", lambda s: html.e(s["stage"]), "nw"),
        html.Column("责任岗位", lambda s: html.e(s["post"] or "未登记")),
        html.Column("起", lambda s: numbers.iso(s["first"]), "nw"),
        html.Column("止", lambda s: "进行中" if s["running"] else numbers.iso(s["last"]), "nw"),
        html.Column("工作日", lambda s: str(s["workdays"]), "num"),
    ]
    return html.table(columns, [vars(s) for s in case.stays])


def years(cases: list[Case], today: date) -> dict[str, str]:
    """Years that can be looked at, the running one first."""
    seen = {c.row["received_on"].year for c in cases} | {today.year}
    return {str(year): f"{year} 年" for year in sorted(seen, reverse=True)}
