"""Plotly figures in our own template; every figure has its message as alternative text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from cockpit import plain
from cockpit.ui import html, numbers, theme

Rows = Sequence[Sequence[Any]]

DAYS_BEHIND = 20
TOLD = 5  # lines in the tooltip of a mark that stands for many
LONGEST = 60  # letters of a name in a chart
AGES = ("≤50%", "≤80%", "≤100%", "超期", "≥1.5 倍")  # of the period since the last update
CONFIG = {"displayModeBar": False, "responsive": True, "doubleClick": False, "scrollZoom": False}


def template(size: int = 13) -> go.layout.Template:
    """Axes, grid, fonts and colours of the current mode."""
    t = theme.colours()
    axis = {
        "showgrid": True,
        "gridcolor": t["grid"],
        "zeroline": False,
        "linecolor": t["axis"],
        "tickcolor": t["axis"],
        "ticks": "outside",
        "ticklen": 4,
        "tickfont": {"color": t["text2"], "size": size - 1},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": theme.FONT, "size": size, "color": t["text"]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": t["cat"],
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8, "pad": 0},
            "xaxis": axis,
            "yaxis": axis,
            "separators": ".,",
            "hovermode": "closest",
            "showlegend": False,
            "bargap": 0.35,
            "hoverlabel": {
                "bgcolor": t["sunken"],
                "bordercolor": t["axis"],
                "font": {"family": theme.FONT, "size": size, "color": t["text"]},
                "align": "left",
            },
        }
    )


def harmless(figure: go.Figure) -> go.Figure:
    """Names and texts that others wrote, as text: Plotly would make links and bold letters of their markup."""
    known: dict[str, str] = {}
    for trace in figure.data:
        for field in ("x", "y", "text", "customdata", "name"):
            if getattr(trace, field, None) is not None:
                setattr(trace, field, _harmless(getattr(trace, field), known))
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        if axis.categoryarray is not None:
            axis.categoryarray = _harmless(axis.categoryarray, known)
    return figure


def _harmless(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, str):
        if value not in known:
            short = plain.line(value)
            short = short if len(short) <= LONGEST else f"{short[: LONGEST - 1]}…"
            short = short.replace("<", "&lt;")
            known[value] = f"{short}（{len(known)}）" if short in known.values() else short
        return known[value]
    if isinstance(value, list | tuple):
        return type(value)(_harmless(v, known) for v in value)
    if getattr(value, "dtype", None) is not None and value.dtype.kind in "OU":
        return [_harmless(v, known) for v in value.tolist()]
    return value


def draw(figure: go.Figure, key: str, alt: str, height: int, heads: Sequence[str], rows: Rows) -> None:
    """Show a figure with its message as alternative text and its numbers as a folded table.

    On a phone the figure itself is folded too: lists come first there (style.css, frame.js).
    """
    harmless(figure).update_layout(template=template(), height=height, uirevision=key)
    with st.container(gap=None):
        html.show(
            f'<div class="ck-fold ck-noprint"><a href="#" role="button" aria-expanded="false" data-ck="fold">图：{html.e(alt)}</a></div>'
        )
        st.plotly_chart(figure, theme=None, config=CONFIG, key=key, alt=alt, width="stretch")
        html.show(data_table(heads, rows))


def data_table(heads: Sequence[str], rows: Rows) -> str:
    """The numbers of a figure for those who cannot see it, or want to copy them."""
    head = "".join(f'<th scope="col">{html.e(name)}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{_shown(value)}</td>' for value in row)}</tr>" for row in rows)
    return (
        f'<details class="ck-data ck-noprint"><summary>查看数据表（{len(rows)} 行）</summary>'
        f'<div class="ck-scroll" role="group"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>'
    )


def _shown(value: Any) -> str:
    return numbers.NONE if value is None else html.e(value)


def waterfall(
    base: float, steps: Sequence[tuple[str, float]], final: float | None, last: str = "得分"
) -> go.Figure:
    """100 → one step per dimension → the score, which has no bar while there is none."""
    t = theme.colours()
    end = [] if final is None else [last]
    labels = ["基准", *(name for name, _ in steps), *end]
    values = [base, *(-points for _, points in steps), *([0.0] * len(end))]
    shown = [
        f"{base:.0f}",
        *(f"−{points:.2f}" for _, points in steps),
        *(numbers.score(final) for _ in end),
    ]
    figure = go.Figure(
        go.Waterfall(
            x=labels,
            y=values,
            measure=["absolute", *["relative"] * len(steps), *["total"] * len(end)],
            text=shown,
            textposition="outside",
            connector={"line": {"color": t["axis"], "width": 1}},
            decreasing={"marker": {"color": t["sev"]["orange"][0]}},
            increasing={"marker": {"color": t["sev"]["ok"][0]}},
            totals={"marker": {"color": t["accent"]}},
            hovertemplate="%{x}<br>%{text} 分<extra></extra>",
        )
    )
    low = max(0.0, base - sum(p for _, p in steps) - 12)
    figure.update_yaxes(range=[low, base + 6], title=None)
    figure.update_xaxes(showgrid=False)
    return figure


def score_line(weeks: Sequence[str], values: Sequence[float | None], vetoed: Sequence[bool]) -> go.Figure:
    """Scores by week with the lines 60, 80 and 90; vetoed weeks are marked."""
    t = theme.colours()
    figure = go.Figure(
        go.Scatter(
            x=[f"{int(w[-2:])}周" for w in weeks],
            y=list(values),
            mode="lines+markers",
            line={"color": t["accent"], "width": 2},
            marker={"size": 5},
            hovertemplate="%{x}<br>%{y:.1f} 分<extra></extra>",
        )
    )
    marks = [(w, v) for w, v, veto in zip(weeks, values, vetoed, strict=True) if veto and v is not None]
    figure.add_trace(
        go.Scatter(
            x=[f"{int(w[-2:])}周" for w, _ in marks],
            y=[v for _, v in marks],
            mode="markers",
            hovertemplate="%{x}<br>单项否决<extra></extra>",
            marker={"symbol": "triangle-up", "size": 12, "color": t["sev"]["red"][0]},
        )
    )
    for limit in (60, 80, 90):
        figure.add_hline(y=limit, line={"color": t["axis"], "width": 1, "dash": "dot"})
    figure.update_yaxes(range=[45, 102])
    figure.update_xaxes(nticks=9, showgrid=False, tickangle=0)
    return figure


def calendar(rows: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Channel × day: age against period in five bins, square markers so that each can be pointed at."""
    t = theme.colours()
    names = {(r["site_code"], r["url"]): _row_name(r) for r in rows}
    parts: list[list[Mapping[str, Any]]] = [[] for _ in AGES]
    for row in rows:
        if row["age"] is not None:
            parts[_bin(row["age"] / row["period_days"])].append(row)
    figure = go.Figure()
    for number, (label, part) in enumerate(zip(AGES, parts, strict=True)):
        figure.add_trace(
            go.Scatter(
                x=[r["day"].isoformat() for r in part],
                y=[names[r["site_code"], r["url"]] for r in part],
                mode="markers",
                name=label,
                marker={
                    "symbol": "square",
                    "size": 11,
                    "color": t["fresh"][number],
                    "line": {"width": 0.5, "color": t["axis"]} if number == 2 else {"width": 0},
                },
                customdata=np.array([r["age"] for r in part], dtype=int),
                hovertemplate="%{y}<br>%{x|%m-%d} 距上次更新 %{customdata} 天<extra></extra>",
            )
        )
    figure.update_yaxes(
        categoryorder="array", categoryarray=list(dict.fromkeys(names.values()))[::-1], showgrid=False
    )
    figure.update_xaxes(tickformat="%m-%d", showgrid=False)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    return figure


def _row_name(row: Mapping[str, Any]) -> str:
    return f"{row['unit_name']} {row['channel_name']}（{row['period_days']}天）"


def _bin(ratio: float) -> int:
    """Five steps of age against period; a channel at its limit is overdue."""
    return next(
        (n for n, limit in enumerate((0.5, 0.8)) if ratio <= limit),
        2 if ratio < 1 else 3 if ratio < 1.5 else 4,
    )


def trend(days: Sequence[date], values: Sequence[float], unit: str) -> go.Figure:
    """One line by day from zero."""
    t = theme.colours()
    figure = go.Figure(
        go.Scatter(
            x=list(days),
            y=list(values),
            mode="lines",
            line={"color": t["accent"], "width": 2},
            hovertemplate="%{x|%m-%d}<br>%{y} " + unit + "<extra></extra>",
        )
    )
    figure.update_xaxes(tickformat="%m-%d", showgrid=False)
    figure.update_yaxes(rangemode="tozero")
    return figure


@dataclass(frozen=True)
class Lane:
    """One row of a deadline strip: what is in it, its mark and its colours."""

    name: str
    symbol: str
    colour: str
    on: str


def lanes(rows: Sequence[Mapping[str, Any]], field: str, looks: Mapping[str, Lane], ahead: int) -> go.Figure:
    """How much comes due on which working day, a lane for each kind; left of the line it is late.

    A mark stands for everything of its kind due on its day and carries its number, so that a hundred do not pile up.
    `rows` have `left` and `told`, a line about each.
    """
    t, figure = theme.colours(), go.Figure()
    places: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        place = min(ahead, max(-DAYS_BEHIND, row["left"]))
        places.setdefault((row[field], place), []).append(row["told"])
    most = max(map(len, places.values()), default=1)
    names = []
    for kind, lane in looks.items():
        found = {place: told for (k, place), told in sorted(places.items()) if k == kind}
        names.append(f"{lane.name} {sum(map(len, found.values()))}")
        figure.add_trace(
            go.Scatter(
                x=list(found),
                y=[names[-1]] * len(found),
                mode="markers+text",
                text=[f"{len(told)}" for told in found.values()],
                textfont={"color": lane.on, "size": 11},
                marker={
                    "symbol": lane.symbol,
                    "opacity": 1,
                    "size": [22 + 12 * (len(told) / most) ** 0.5 for told in found.values()],
                    "color": lane.colour,
                    "line": {"width": 1, "color": t["axis"]},
                },
                customdata=[_few(told) for told in found.values()],
                hovertemplate=[
                    "<br>".join(f"%{{customdata[{n}]}}" for n in range(len(_few(told)))) + "<extra></extra>"
                    for told in found.values()
                ],
                cliponaxis=False,
            )
        )
    figure.add_vline(x=-0.5, line={"color": t["axis"], "width": 1})
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1], range=[-0.6, len(names) - 0.4])
    figure.update_xaxes(
        title={
            "text": f"剩余工作日（负数为超期，两端含 {DAYS_BEHIND} 天以上超期和 {ahead} 天以上剩余）",
            "font": {"size": 12, "color": t["text2"]},
        },
        dtick=5,
        range=[-DAYS_BEHIND - 1, ahead + 1],
        showgrid=False,
    )
    return figure


def _few(told: Sequence[str]) -> list[str]:
    """The first lines of what a mark stands for, and how many there are where that is not all."""
    return [*told[:TOLD], *([f"等 {len(told)} 项"] if len(told) > TOLD else [])]


def by_days_left(
    rows: Sequence[Mapping[str, Any]], field: str, names: Mapping[str, str]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """A deadline strip as a table: how many of each kind with how many working days left."""
    count = Counter((r["left"], r[field]) for r in rows)
    days = sorted({left for left, _ in count})
    return ["剩余工作日", *names.values()], [(left, *(count[left, kind] for kind in names)) for left in days]
