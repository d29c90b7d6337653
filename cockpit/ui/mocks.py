"""模拟测评: what happens when somebody asks, unit by unit."""

from __future__ import annotations

from datetime import date
from typing import Any

from cockpit import deadline
from cockpit.store.queries import registers
from cockpit.ui import data, html, numbers
from cockpit.workdays import Calendar


def judge(row: dict[str, Any], calendar: Calendar, today: date) -> dict[str, Any]:
    """One mock request with its due date and what is wrong with the answer."""
    channel = row["channel_in"]
    start = row.get(deadline.ARRIVALS[channel].field) or row["submitted_on"]
    due = deadline.compute(calendar, start).due
    answered = row["answered_on"]
    faults = [
        (row["channel_open"] is False, "渠道不畅通"),
        (answered is not None and answered > due, "答复逾期"),
        (answered is None and today > due, "逾期未答复"),
        (row["well_formed"] is False, "格式不规范"),
        (row["remedy_told"] is False, "未告知救济途径"),
    ]
    return {
        **row,
        "due": due,
        "faults": [text for wrong, text in faults if wrong],
        "open": answered is None and today <= due,
    }


def listing(unit: str | None, today: date) -> str:
    """The log with one sentence above it."""
    calendar = Calendar.load(data.data().calendar)
    rows = [judge(r, calendar, today) for r in data.ask(registers.book_rows, table="mock_request", unit=unit)]
    if not rows:
        return html.title("模拟测评") + html.state("none", "— 还没有模拟测评记录。")
    wrong, waiting = sum(bool(r["faults"]) for r in rows), sum(r["open"] for r in rows)
    note = f"{len(rows)} 次，发现问题 {wrong} 次，等待答复 {waiting} 次；《2023年新余市政务公开工作要点》四（二）"
    columns = [
        html.Column("责任单位", lambda r: html.e(r["short_name"]), "nw"),
        html.Column("方式", lambda r: html.e(r["channel_in"]), "nw"),
        html.Column("提交", lambda r: numbers.iso(r["submitted_on"]), "ck-hide nw"),
        html.Column("期限", lambda r: numbers.iso(r["due"]), "ck-hide nw"),
        html.Column("答复", lambda r: numbers.iso(r["answered_on"]) if r["answered_on"] else "未答复", "nw"),
        html.Column(
            "问题", lambda r: html.e("、".join(r["faults"]) or ("等待答复" if r["open"] else "✓ 无")), "full"
        ),
        html.Column("等次", lambda r: html.e(r["grade"] or "—"), "nw"),
    ]
    return html.title("模拟测评", note) + html.table(columns, rows, css="stack")
