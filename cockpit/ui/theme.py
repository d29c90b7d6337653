"""Design tokens (tokens.json), turned into CSS variables and the Plotly template."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

FONT = (
    "Inter, 'PingFang SC', 'Microsoft YaHei', 'HarmonyOS Sans SC', 'Noto Sans CJK SC', 'Source Han Sans SC', "
    "'WenQuanYi Micro Hei', sans-serif"
)
LEVELS: Mapping[str, tuple[str, str]] = {
    "red": ("▲", "红"),
    "orange": ("◆", "橙"),
    "yellow": ("■", "黄"),
    "blue": ("●", "蓝"),
    "ok": ("✓", "正常"),
    "none": ("—", "无数据"),
}


@cache
def tokens() -> dict[str, Any]:
    """Colours of both modes."""
    return json.loads(Path(__file__).with_name("tokens.json").read_text(encoding="utf-8"))


_fixed: ContextVar[str | None] = ContextVar("fixed", default=None)


@contextmanager
def fixed(name: str) -> Iterator[None]:
    """One mode whatever the browser shows, for what is made to be sent or printed."""
    token = _fixed.set(name)
    try:
        yield
    finally:
        _fixed.reset(token)


def plain_css() -> str:
    """The style sheet of the light mode without the frame's parts that fetch anything."""
    return f":root{{{variables('light')}}}" + re.sub(r"@font-face\s*\{[^}]*\}|@import[^;]*;", "", sheet())


def mode() -> str:
    """light or dark: `?theme=` wins, then what the browser shows."""
    if _fixed.get():
        return str(_fixed.get())
    asked = st.query_params.get("theme")
    if asked in {"light", "dark"}:
        return asked
    return "dark" if st.context.theme.type == "dark" else "light"


def colours() -> dict[str, Any]:
    return tokens()[mode()]


def variables(name: str) -> str:
    """CSS variables of one mode."""
    t = tokens()[name]
    simple = {k: v for k, v in t.items() if isinstance(v, str)}
    parts = [f"--{k}:{v}" for k, v in simple.items()]
    for level, (fill, tint, text, on) in t["sev"].items():
        parts += [
            f"--{level}:{fill}",
            f"--{level}-tint:{tint}",
            f"--{level}-text:{text}",
            f"--{level}-on:{on}",
        ]
    parts += [f"--fresh{n}:{colour}" for n, colour in enumerate(t["fresh"])]
    parts += [f"--band{n}:{colour}" for n, colour in enumerate(t["band"])]
    return ";".join(parts)


@cache
def sheet() -> str:
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")


def css(*, kiosk: bool, scale: float) -> str:
    """The page's style sheet: variables of the mode, print always light."""
    wall = Path(__file__).with_name("kiosk.css").read_text(encoding="utf-8") if kiosk else ""
    size = f"html{{font-size:calc(min(100vw / 120, 100vh / 67.5) * {scale:.2f})!important}}" if kiosk else ""
    paper = f":root{{{variables('light')}}}" + ("" if mode() == "light" else charts_on_paper())
    return f"<style>:root{{{variables(mode())}}}@media print{{{paper}}}{sheet()}{wall}{size}</style>"


@cache
def charts_on_paper() -> str:
    """Plotly writes its colours into the drawing: on paper each of the dark mode becomes its partner of the light one."""
    rules = []
    for dark, light in zip(_drawn(tokens()["dark"]), _drawn(tokens()["light"]), strict=True):
        rgb = ", ".join(str(int(dark[n : n + 2], 16)) for n in (1, 3, 5))
        rules += [
            f'.js-plotly-plot [style*="{what}: rgb({rgb})"]{{{what}:{light}!important}}'
            for what in ("fill", "stroke")
        ]
    return "".join(dict.fromkeys(rules))


def _drawn(t: Mapping[str, Any]) -> list[str]:
    """The colours of a mode that charts are drawn with; later ones win where two share a value."""
    single = [t[name] for name in ("text", "text2", "text3", "axis", "grid", "card", "accent")]
    return [*single, *t["fresh"], *t["cat"], *(fill for fill, *_ in t["sev"].values())]


@cache
def script() -> str:
    """What the frame does in the browser: copy link, theme, lost connection, the turning of the wall."""
    return f"<script>{Path(__file__).with_name('frame.js').read_text(encoding='utf-8')}</script>"
