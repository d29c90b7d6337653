"""Strips of 工作台账 and 政务新媒体: entries by working days left, accounts by days since the newest post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from cockpit.appraise.register_rules import STATES
from cockpit.ui import charts, theme

AHEAD = 30
LOOKS = {"bad": ("red", "triangle-up"), "soon": ("orange", "diamond"), "open": ("blue", "circle")}
STRIP_DAYS, WEEKLY, VETO = 21, 7, 14
SHAPES = {
    "微信公众号": "circle",
    "微博": "square",
    "抖音": "diamond",
    "今日头条": "triangle-up",
    "移动客户端": "star",
}


def due_strip(rows: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Each entry that still waits, by working days left; left of the line it is late."""
    t = theme.colours()["sev"]
    looks = {
        s: charts.Lane(STATES[s], shape, t[level][0], t[level][3]) for s, (level, shape) in LOOKS.items()
    }
    return charts.lanes(rows, "state", looks, AHEAD)


def media_strip(rows: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Each account by days since its newest post, 0–21, with the lines of 7 and 14 days; the shape is the platform."""
    t, figure = theme.colours(), go.Figure()
    names = [r["name"] for r in rows]
    figure.add_vrect(
        x0=VETO, x1=STRIP_DAYS + 1, fillcolor=t["sev"]["red"][1], opacity=0.6, line_width=0, layer="below"
    )
    for platform in dict.fromkeys(r["platform"] for r in rows):
        part = [r for r in rows if r["platform"] == platform]
        figure.add_trace(
            go.Scatter(
                x=[min(STRIP_DAYS, r["age"]) for r in part],
                y=[r["name"] for r in part],
                mode="markers+text",
                showlegend=False,
                text=[f"{r['age']} 天" for r in part],
                textposition="middle right",
                textfont={"size": 11, "color": t["text2"]},
                marker={
                    "symbol": SHAPES.get(platform, "hexagon"),
                    "size": 11,
                    "color": [t["sev"][r["level"]][0] for r in part],
                    "line": {"width": 1, "color": t["axis"]},
                },
                customdata=[(platform, r["latest"], r["age"]) for r in part],
                hovertemplate="%{y}（%{customdata[0]}）<br>最近发文 %{customdata[1]}，%{customdata[2]} 天前<extra></extra>",
            )
        )
        figure.add_trace(_shape(platform, t))
    for day, text, side in ((WEEKLY, "每周 7 天", "right"), (VETO, "14 天否决", "left")):
        figure.add_vline(x=day, line={"color": t["text2"], "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=day, y=1, yref="paper", yanchor="bottom", xanchor=side, text=text, showarrow=False
        )
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1], showgrid=False)
    figure.update_xaxes(range=[-0.6, STRIP_DAYS + 1], dtick=7, title=None, ticksuffix=" 天")
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "x": 0, "y": -0.08, "yanchor": "top"}, margin={"t": 26}
    )
    return figure


def _shape(platform: str, t: Mapping[str, Any]) -> go.Scatter:
    """The legend's entry of a platform: its shape in a colour that means nothing, since colour is the level."""
    marker = {
        "symbol": SHAPES.get(platform, "hexagon"),
        "size": 11,
        "color": t["card"],
        "line": {"width": 1.5, "color": t["text2"]},
    }
    return go.Scatter(x=[None], y=[None], mode="markers", name=platform, marker=marker)
