"""The parts of 工作台账: one register at a time, its judged entries, its numbers, its dates and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from cockpit import store
from cockpit.appraise import registers
from cockpit.appraise.register_judges import RULES
from cockpit.appraise.register_rules import STATES, Entry, Judged
from cockpit.registers.books import BOOKS
from cockpit.registers.model import Book
from cockpit.store.queries import scenes
from cockpit.tabular import Field
from cockpit.ui import charts, charts_registers, data, html, numbers, paging, tips, who
from cockpit.workdays import Calendar

DEFAULT = "task_progress"
QUIET = ("ok", "done", "none", "late")
BADGES = {
    "bad": ("red", "▲"),
    "soon": ("orange", "◆"),
    "open": ("blue", "●"),
    "none": ("none", "—"),
    "late": ("yellow", "■"),
    "ok": ("ok", "✓"),
    "done": ("ok", "✓"),
}
# Registers that have a page of their own, where their rows are judged in full.
PAGES = {"application": ("requests", "依申请公开"), "post": ("new_media", "政务新媒体")}
# Columns shown in the list; the drawer has all of them.
SHOWN = {
    "disclosure_item": ("item_code", "item_name", "tier"),
    "normative_document": ("doc_no", "title", "issued_on"),
    "policy_document": ("doc_no", "title", "disclosure", "interpretation_form"),
    "interpreter": ("post_name", "published_on"),
    "policy_review": ("report_year", "policy_title", "finished_on"),
    "public_zone": ("zone_name", "opened_on"),
    "quarterly_report": ("quarter", "report_kind", "published_on"),
    "clause_task": ("clause_no", "task_title", "period"),
    "task_progress": ("task_code", "task_title", "percent", "finished_on"),
    "commendation": ("commend_kind", "matter", "decided_on"),
    "serious_incident": ("incident_kind", "matter", "confirmed_by", "confirmed_on"),
    "message": ("message_id", "channel_in", "received_on", "answered_on"),
    "opinion_event": ("topic", "opinion_grade", "found_on", "responded_on"),
    "account_event": ("account_code", "event_kind", "applied_on"),
    "account_check": ("account_name", "checked_on"),
}


@dataclass(frozen=True)
class Filters:
    """What the address asks for."""

    book: str
    unit: str | None
    state: str | None

    def address(self, **changes: Any) -> str:
        return html.link(
            "workbook", **({"book": self.book, "unit": self.unit, "state": self.state} | changes)
        )


def names() -> dict[str, str]:
    """Registers for the picker, by group."""
    return {name: f"{book.group}　{book.title}" for name, book in BOOKS.items()}


def found(book: Book, unit: str | None) -> list[Entry]:
    """Judged entries of a register as the person in front of the screen may see them."""
    everything = _judged(
        str(data.data().root), store.version(data.data()) or "", who.unit(), book.name, data.today()
    )
    return [e for e in everything if unit is None or e.row.get("unit_code") == unit]


@st.cache_data(max_entries=60, show_spinner=False)
def _judged(root: str, version: str, seen_by: str | None, name: str, day: date) -> list[Entry]:  # noqa: ARG001 - the key
    with data.reading() as reader:
        at = registers.scene(reader, day, Calendar.load(data.data().calendar))
        if name in RULES:
            return [_named(e, at.tasks) for e in registers.judged(reader, name, at)]
        units = {u["unit_code"]: u for u in at.units}
        rows = [{**r, **_unit(units.get(r.get("unit_code"), {}))} for r in scenes.register(reader, name)]
    return [Entry(row, Judged("none", "本台账只登记，不评判")) for row in rows]


def _unit(unit: dict[str, Any]) -> dict[str, Any]:
    return {"unit_name": unit.get("unit_name"), "short_name": unit.get("short_name")}


def _named(entry: Entry, tasks: Any) -> Entry:
    """Progress rows carry the title of their task."""
    task = tasks.get(entry.row.get("task_code"))
    if task is None or "task_title" in entry.row:
        return entry
    return Entry(
        {**entry.row, "task_title": f"{task['clause_no']} {task['task_title']}"}, entry.judged, entry.missing
    )


def states(book: Book) -> dict[str, str]:
    """States that entries of a register can be in."""
    return dict(STATES) if book.name in RULES else {"none": STATES["none"]}


def kept(entries: list[Entry], filters: Filters) -> list[Entry]:
    """Entries of the list: of one state, or without a filter what is not in order."""
    if filters.state == "all":
        return entries
    if filters.state:
        return [e for e in entries if e.state == filters.state]
    waiting = [e for e in entries if e.state in {"bad", "soon"}]
    return waiting or entries


def summary(book: Book, entries: list[Entry], filters: Filters) -> str:
    """One sentence and the numbers, each leading to its rows."""
    count = registers.counts(entries)
    missing = sum(e.missing for e in entries)
    if not entries:
        lead = f"{html.e(book.title)}还没有登记。下面可以下载模板、填写后导入。"
    elif book.name not in RULES:
        page, title = PAGES.get(book.name, ("requests", "依申请公开"))
        lead = f"共 {len(entries)} 行。评判见{html.anchor(title, html.link(page))}页。"
    else:
        worst = next((e for e in entries if e.state in {"bad", "soon"}), None)
        lead = f"{html.e(book.question)}共 {len(entries)} 项，<b>不合要求 {count.get('bad', 0)} 项</b>"
        lead += f"（其中应有而没有 {missing} 项）" if missing else ""
        lead += f"、临期 {count.get('soon', 0)} 项。"
        if worst:
            owner = html.e(worst.row.get("short_name") or "")
            lead += f"先办：<b>{owner}</b> {html.e(name_of(book, worst))}——{html.e(worst.judged.text)}。"
    cells = [html.Kpi("全部", f"{len(entries)}", "项", book.group, filters.address(state="all"))]
    if book.name in RULES:
        cells += [
            html.Kpi(label, f"{count.get(s, 0)}", "项", NOTES[s], filters.address(state=s))
            for s, label in STATES.items()
            if s in {"bad", "soon"} or count.get(s)
        ]
    limit = RULES[book.name].limit if book.name in RULES else ""
    basis = f"依据：{book.clause}" + (f"；口径：{limit}" if limit else "")
    return (
        html.lead(lead) + html.kpis(cells, tips.of("workbook")) + f'<p class="ck-quiet">{html.e(basis)}</p>'
    )


NOTES = {
    "bad": "超期、缺失或不合规",
    "soon": "即将到期",
    "open": "在限期内",
    "none": "未采集或不适用",
    "late": "已完成但晚了",
    "ok": "齐全有效",
    "done": "在限期内完成",
}


def name_of(book: Book, entry: Entry) -> str:
    """What an entry is called in one phrase."""
    fields = (
        "task_title",
        "title",
        "item_name",
        "topic",
        "policy_title",
        "zone_name",
        "matter",
        "quarter",
        "account_name",
        *book.sheet.key,
    )
    return next((str(entry.row[f]) for f in fields if entry.row.get(f)), "")


def strip(book: Book, entries: list[Entry]) -> None:
    """Entries that wait, by working days left."""
    calendar, today = Calendar.load(data.data().calendar), data.today()
    rows = [
        {
            "state": e.state,
            "left": calendar.between(today, e.judged.due),
            "told": f"{e.row.get('short_name') or ''} {name_of(book, e)}：{e.judged.text}".strip(),
        }
        for e in entries
        if e.judged.due and e.state in charts_registers.LOOKS
    ]
    if not rows:
        return
    late = sum(r["state"] == "bad" for r in rows)
    html.show(html.title("限期条", f"{len(rows)} 项有限期、还没有完成；左侧为已超期"))
    charts.draw(
        charts_registers.due_strip(rows),
        f"due_{book.name}",
        f"{len(rows)} 项待办，其中 {late} 项超期",
        230,
        *charts.by_days_left(rows, "state", {k: STATES[k] for k in charts_registers.LOOKS}),
    )


def badge(state: str) -> str:
    level, mark = BADGES[state]
    return f'<span class="ck-badge {level}">{mark} {STATES[state]}</span>'


def listing(book: Book, entries: list[Entry], filters: Filters) -> str:
    """The rows behind the numbers."""
    shown = kept(entries, filters)
    rest = len(entries) - len(shown)
    note = f"{len(shown)} 项" + (f"；另有 {rest} 项，可按状态查看" if rest and not filters.state else "")
    head = html.title("清单", note)
    if filters.state:
        head += f'<p class="ck-quiet">{html.anchor("清除筛选", filters.address(state=None), "ck-chip")}</p>'
    if not shown:
        return head + html.state(
            "good" if entries else "none", "✓ 没有符合条件的记录。" if entries else "— 还没有登记，不评判。"
        )
    columns = [html.Column("状态", lambda e: badge(e["entry"].state))] if book.name in RULES else []
    if any(e.row.get("short_name") for e in shown):
        columns.append(
            html.Column("责任单位", lambda e: html.e(e["entry"].row.get("short_name") or "—"), "nw")
        )
    columns += [html.Column(*_column(book, name)) for name in SHOWN.get(book.name, book.sheet.key)]
    if book.name in RULES:
        columns += [
            html.Column("限期", lambda e: numbers.iso(e["entry"].judged.due), "nw key"),
            html.Column("说明", lambda e: html.e(e["entry"].judged.text), "full"),
        ]
    columns.append(html.Column("明细", lambda e: _more(book, e["entry"], filters), "nw"))
    return head + paging.table(columns, [{"entry": e} for e in shown], css="stack book")


def _column(book: Book, name: str) -> tuple[str, Any, str]:
    spec = next((f for f in book.sheet.fields if f.name == name), None)
    heading = spec.heading if spec else {"account_name": "账号", "task_title": "任务"}[name]
    css = {"date": "nw ck-hide", "int": "num"}.get(spec.kind if spec else "", "")
    return heading, lambda e: html.e(shown(spec, e["entry"].row.get(name))), css


def shown(spec: Field | None, value: Any) -> str:
    """A cell as people read it."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if spec is not None and spec.kind == "choice":
        return spec.choices.get(value, str(value))
    return str(value)


def key_of(book: Book, entry: Entry) -> str:
    return "~".join(str(entry.row.get(name)) for name in book.sheet.key)


def _more(book: Book, entry: Entry, filters: Filters) -> str:
    if entry.missing:
        return '<span class="muted">未登记</span>'
    return html.anchor("看明细", filters.address(row=key_of(book, entry)))


def drawer(book: Book, entries: list[Entry]) -> None:
    """Open the drawer of ?row=KEY; call once at the end of the page."""
    asked = st.query_params.get("row")
    if asked and st.session_state.get("row_shown") != (book.name, asked):
        st.session_state["row_shown"] = (book.name, asked)
        _dialog(book, next((e for e in entries if not e.missing and key_of(book, e) == asked), None))


@st.dialog("台账明细", position="right", width="large")
def _dialog(book: Book, entry: Entry | None) -> None:
    if entry is None:
        html.show(html.state("none", "没有这一行，可能已被后来的导入替代。"))
        return
    facts = [("台账", html.e(book.title))]
    if book.name in RULES:
        facts += [
            ("状态", badge(entry.state)),
            ("说明", html.e(entry.judged.text)),
            ("限期", numbers.iso(entry.judged.due)),
        ]
    for spec in book.sheet.fields:
        value = entry.row.get("unit_name") if spec.name == "unit_code" else entry.row.get(spec.name)
        cell = html.outside(value) if spec.kind == "url" and value else html.e(shown(spec, value))
        facts.append((spec.heading, cell))
    facts.append(("导入时间", numbers.moment(entry.row.get("measured_at"))))
    html.show(html.facts(facts))
