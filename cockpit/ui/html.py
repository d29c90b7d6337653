"""Components as HTML: they print, update in place and need no third party. Everything given is escaped here."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from cockpit import plain
from cockpit.ui import theme

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+.!|~>$<&=-])")


def show(*parts: str) -> None:
    """Draw HTML parts as one block."""
    st.html(f'<div class="ck">{"".join(parts)}</div>')


def e(value: Any) -> str:
    """Any value as safe text: markup escaped, hidden characters named."""
    return escape("" if value is None else plain.visible(str(value)))


def label(text: str) -> str:
    """Text of others in a widget's label, which Streamlit reads as Markdown, pictures and formulas among it."""
    return _MARKDOWN.sub(r"\\\1", plain.line(text).replace(":", "："))


def link(page: str, **params: Any) -> str:
    """Address of a page with its filters; empty ones are left out. `page` '' is the overview."""
    kept = [(k, v) for k, v in params.items() if v not in (None, "", [])]
    query = urlencode(kept, doseq=True)
    return f"/{page}" + (f"?{query}" if query else "")


def anchor(text: str, href: str, css: str = "") -> str:
    """A link inside the cockpit; `text` is HTML."""
    return f'<a class="{css}" href="{e(href)}" target="_self">{text}</a>'


def outside(url: str | None, text: str | None = None) -> str:
    """A scraped address: shown as text, opened only when it is http(s), never followed with our referrer."""
    if not url:
        return "—"
    shown = e(text or url)
    if not url.startswith(("http://", "https://")):
        return shown
    return f'<a href="{e(url)}" target="_blank" rel="noopener noreferrer nofollow">{shown}</a>'


def badge(level: str | None) -> str:
    """Level as shape and word; colour only repeats it."""
    mark, word = theme.LEVELS[level or "ok"]
    return f'<span class="ck-badge {level or "ok"}">{mark}{word}</span>'


def tag(text: str) -> str:
    """A small framed word, e.g. where a number comes from."""
    return f'<span class="ck-tag">{e(text)}</span>'


@dataclass(frozen=True)
class Kpi:
    """One number with unit, comparison and the list behind it. All texts are plain."""

    name: str
    value: str
    unit: str
    note: str
    href: str


def kpis(items: Iterable[Kpi], tips: Mapping[str, str]) -> str:
    """The numbers side by side; ten stand in two full rows. tips: name → what the number means."""
    items = list(items)
    css = " five" if len(items) == 10 else ""
    cells = "".join(
        f'<a class="ck-kpi" href="{e(k.href)}" target="_self" title="{e(tips.get(k.name, ""))}"><div class="n">{e(k.name)}</div>'
        f'<div class="v">{e(k.value)}<small>{e(k.unit)}</small></div><div class="c">{e(k.note)}</div></a>'
        for k in items
    )
    return f'<div class="ck-kpis{css}">{cells}</div>'


def title(text: str, note: str = "", tip: str = "") -> str:
    """Heading of a part; `tip` explains its words to who points at the note."""
    shown = f' title="{e(tip)}"' if tip else ""
    return f'<div class="ck-title"><b>{e(text)}</b><span{shown}>{e(note)}</span></div>'


def lead(text: str) -> str:
    """The page's one sentence; `text` is HTML."""
    return f'<div class="ck-lead">{text}</div>'


def state(kind: str, text: str) -> str:
    """good, none (not measured), error or plain; `text` is HTML."""
    return f'<div class="ck-state {kind}">{text}</div>'


def done(text: str, key: str) -> str:
    """What was just done; `text` is HTML. It is brought into view once for each `key`, as a phone may have scrolled on."""
    return f'<div class="ck-state good" data-done="{e(key)}">✓ {text}</div>'


@dataclass(frozen=True)
class Column:
    """A table column: heading and how a row's cell is made (HTML); css as num, nw, ck-hide."""

    heading: str
    cell: Any
    css: str = ""


def table(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], row_css: Any = None, css: str = ""
) -> str:
    """A table that prints, with its head repeated. Cells are functions of the row that return HTML.

    css "stack": on a phone each row is a card whose cells carry their heading; a column with css "full" has
    its own line there, one with "end" has the last line.
    """
    head = "".join(f'<th class="{c.css}" scope="col">{e(c.heading)}</th>' for c in columns)
    body = "".join(
        f'<tr class="{row_css(row) if row_css else ""}">'
        + "".join(f'<td class="{c.css}" data-k="{e(c.heading)}">{c.cell(row)}</td>' for c in columns)
        + "</tr>"
        for row in rows
    )
    return f'<div class="ck-scroll" role="group"><table class="ck-table {css}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def bullet(value: float | None, before: float | None = None, *, veto: bool = False) -> str:
    """Score bar from 0 to 100 on the bands 0–60–90–100, with last week's mark."""
    if value is None:
        return '<span class="muted">—</span>'
    mark = f'<u style="left:{min(99.0, before):.1f}%"></u>' if before is not None else ""
    label = f"得分 {value:.1f}" + (f"，上周 {before:.1f}" if before is not None else "")
    css = "ck-bullet veto" if veto else "ck-bullet"
    return (
        f'<div class="{css}" role="img" aria-label="{label}"><i style="width:{value:.1f}%"></i>{mark}</div>'
    )


def sparkline(
    values: Sequence[float | None], low: float = 50, high: float = 100, width: int = 96, height: int = 22
) -> str:
    """A small line of weekly scores; gaps where there is none. Drawn as an image, which prints everywhere."""
    t = theme.colours()
    step = (width - 8) / max(1, len(values) - 1)
    points = [
        (4 + i * step, height - 3 - (max(low, v) - low) / (high - low) * (height - 6))
        for i, v in enumerate(values)
        if v is not None
    ]
    if not points:
        return '<span class="muted">—</span>'
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"><polyline points="{path}" fill="none" '
        f'stroke="{t["axis"]}" stroke-width="1.5"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{t["accent"]}"/></svg>'
    )
    shown = [v for v in values if v is not None]
    return image(svg, f"近 {len(shown)} 周得分，最低 {min(shown):.1f}，最近 {shown[-1]:.1f}")


def image(svg: str, alt: str) -> str:
    """An SVG as an image (inline SVG is taken out of st.html)."""
    return f'<img alt="{e(alt)}" src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">'


@dataclass(frozen=True)
class Bar:
    """One bar with the mark of the period before and the list behind it."""

    label: str
    value: float
    before: float | None
    href: str


def bars(items: Sequence[Bar], css: str = "") -> str:
    top = max([1.0, *(b.value for b in items), *(b.before or 0 for b in items)])
    rows = []
    for b in items:
        mark = f'<u style="left:{100 * b.before / top:.1f}%"></u>' if b.before is not None else ""
        rows.append(
            f'<span class="k">{e(b.label)}</span><span class="ck-bar"><i style="width:{100 * b.value / top:.1f}%"></i>{mark}</span>'
            f'<a class="v" href="{e(b.href)}" target="_self">{b.value:.0f}</a>'
        )
    return f'<div class="ck-bars {css}">{"".join(rows)}</div>'


@dataclass
class Strip:
    """24 hours of one site: '' ok, f failed, p partly failed, u unmeasured, x not visited."""

    name: str
    href: str
    cells: list[str] = field(default_factory=lambda: ["x"] * 24)


def strips(items: Sequence[Strip]) -> str:
    rows = []
    for s in items:
        cells = "".join(f'<i class="{c}"></i>' for c in s.cells)
        failed = sum(c in {"f", "p"} for c in s.cells)
        told = f"{s.name}近 24 小时 {failed} 个时段打不开" if failed else f"{s.name}近 24 小时有时段未采集"
        rows.append(
            f'<a href="{e(s.href)}" target="_self">{e(s.name)}</a><span class="ck-strip" role="img" aria-label="{e(told)}" title="{e(told)}">{cells}</span>'
        )
    axis = '<span></span><span class="ck-hours" aria-hidden="true"><small>24 小时前</small><small>12 小时前</small><small>现在</small></span>'
    return f'<div class="ck-strips">{"".join(rows)}{axis}</div>'


DEMO = "演示数据，不得用于考核"


def margin(told: str, *, demo: bool = False) -> str:
    """A line and the page number in the margin of every printed page, of a demonstration its mark above them.

    `told` is words of the program.
    """
    look = "font:8pt sans-serif;color:#445266"
    mark = f'@top-center{{content:"{DEMO}";font:bold 9pt sans-serif;color:#b0121f}}' if demo else ""
    boxes = (
        f"{mark}"
        f'@bottom-left{{content:"{told}";{look}}}'
        f'@bottom-right{{content:"第 " counter(page) " 页 共 " counter(pages) " 页";{look}}}'
    )
    return f"<style>@media print{{@page{{{boxes}}}}}</style>"


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and values under each other; values are HTML."""
    return "<dl>" + "".join(f"<dt>{e(k)}</dt><dd>{v}</dd>" for k, v in pairs) + "</dl>"
