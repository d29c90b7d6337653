"""The deadline strip of 依申请公开: one row a case, stops hatched, today and the due date marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

import plotly.graph_objects as go

from cockpit.appraise.applications import STATES, Case
from cockpit.ui import theme

COLOURS = {
    "overdue": "red",
    "soon": "orange",
    "wrong": "red",
    "waiting": "none",
    "stopped": "yellow",
    "open": "blue",
}
DAY_MS = 86_400_000


def strip(found: Sequence[Case], today: date) -> go.Figure:
    """Bars from receipt to today (or the due date, when overdue earlier); hatched parts do not count."""
    t, figure = theme.colours(), go.Figure()
    names = [_name(c) for c in found]
    for case, name in zip(found, names, strict=True):
        start = case.row.get("correction_received_on") or case.row["received_on"]
        colour = t["sev"][COLOURS[case.state]][0]
        if start > case.row["received_on"]:
            _bar(
                figure,
                name,
                case.row["received_on"],
                start,
                "补正（重新起算前）",
                t["sev"]["none"][0],
                hatched=True,
            )
        if case.state == "waiting":
            asked = case.row["correction_asked_on"]
            _bar(figure, name, start, asked, "告知补正前", t["sev"]["none"][0])
            _bar(figure, name, asked, today, "等待补正（未起算）", t["sev"]["none"][0], hatched=True)
            continue
        _run(figure, name, case, (start, today), colour)
    _marks(figure, found, names, t)
    figure.add_vline(x=_at(today), line={"color": t["text2"], "width": 1.5})
    figure.add_annotation(
        x=_at(today), y=1, yref="paper", yanchor="bottom", text=f"▼ 今天 {today:%m-%d}", showarrow=False
    )
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1], showgrid=False)
    figure.update_xaxes(type="date", tickformat="%m-%d")
    figure.update_layout(barmode="overlay", bargap=0.45, margin={"t": 26})
    return figure


def _run(figure: go.Figure, name: str, case: Case, span: tuple[date, date], colour: str) -> None:
    """The counted parts in the colour of the state, the stops between them hatched."""
    at, today = span
    for stop in case.clock.stops if case.clock else ():
        _bar(figure, name, at, stop.first, "办理", colour)
        _bar(figure, name, stop.first, min(today, stop.last), f"{stop.name}（停表）", colour, hatched=True)
        at = min(today, stop.last)
    _bar(figure, name, at, today, "办理", colour)


def _bar(
    figure: go.Figure, name: str, first: date, last: date, text: str, colour: str, *, hatched: bool = False
) -> None:
    if last <= first:
        return
    t = theme.colours()
    pattern = {"shape": "/", "fgcolor": colour, "bgcolor": t["card"], "size": 6, "solidity": 0.35}
    figure.add_trace(
        go.Bar(
            y=[name],
            x=[(last - first).days * DAY_MS],
            base=[_at(first)],
            orientation="h",
            marker={
                "color": colour,
                "pattern": pattern if hatched else {},
                "line": {"color": colour, "width": 1},
            },
            hovertemplate=f"%{{y}}<br>{text} {first} — {last}<extra></extra>",
        )
    )


def _marks(figure: go.Figure, found: Sequence[Case], names: Sequence[str], t: dict) -> None:
    dated = [(c, n) for c, n in zip(found, names, strict=True) if c.clock and c.state != "waiting"]
    figure.add_trace(
        go.Scatter(
            x=[_at(c.clock.due) for c, _ in dated],
            y=[n for _, n in dated],
            mode="markers",
            marker={
                "symbol": "diamond",
                "size": 11,
                "color": t["text"],
                "line": {"width": 1, "color": t["card"]},
            },
            customdata=[(c.clock.due.isoformat(), STATES[c.state], c.left) for c, _ in dated],
            hovertemplate="%{y}<br>期限 %{customdata[0]}，%{customdata[1]}，剩 %{customdata[2]} 个工作日<extra></extra>",
        )
    )


def _name(case: Case) -> str:
    return f"{case.row['short_name']} {str(case.row['application_id'])[-12:]}"


def _at(day: date) -> datetime:
    return datetime.combine(day, time())
