"""The line above every page: where am I (each step back is a link), copy the address, print, light or dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import streamlit as st

from cockpit.store.queries import scores
from cockpit.ui import data, html, theme

STEPS = ("unit", "site", "account", "show", "list", "period", "evidence")
PRINTED = frozenset({"scorecard", "unit", "lists", "appraisal", "review"})
WEEKLY = PRINTED  # the same pages go by weeks
SHOWN: Mapping[str, str] = {"period": "选定周次", "evidence": "证据", "site": "网站", "account": "账号"}


def draw(page: str, title: str, group: str, paths: Iterable[str]) -> None:
    """Breadcrumb and tools of one page; `page` is its address without the slash."""
    crumbs = [html.anchor("新余市", "/")]
    crumbs += [f"<span>{html.e(group)}</span>"] if group else []
    steps = list(_steps(page))
    crumbs.append(_crumb(title, page, {}, last=not steps))
    kept: dict[str, str] = {}
    for number, (key, value, name) in enumerate(steps):
        kept[key] = value
        crumbs.append(_crumb(name, page, kept, last=number == len(steps) - 1))
    tools = ['<a href="#" role="button" data-ck="copy">复制本页链接</a>']
    if page in PRINTED:
        tools.append('<a href="#" role="button" data-ck="print">打印</a>')
    to, word = ("Light", "浅色") if theme.mode() == "dark" else ("Dark", "深色")
    tools.append(
        f'<a href="#" role="button" data-ck="theme" data-to="{to}" data-paths="{html.e(" ".join(paths))}">{word}</a>'
    )
    html.show(
        f'<div class="ck-top ck-noprint"><nav aria-label="所在位置">{"<i>›</i>".join(crumbs)}</nav>'
        f"<div>{''.join(tools)}</div></div>"
    )


def _steps(page: str) -> Iterable[tuple[str, str, str]]:
    """What narrows this page: parameter, value, name. A week counts where a page goes by weeks and the week is scored."""
    for key in STEPS:
        value = st.query_params.get(key)
        if not value or key in {"show", "list"}:
            continue
        if key != "period" or (page in WEEKLY and value in data.ask(scores.weeks)):
            yield key, value, _name(key, value)


def _name(key: str, value: str) -> str:
    if key == "unit":
        return next((u["unit_name"] for u in data.ask(scores.units) if u["unit_code"] == value), value)
    if key == "period":
        return value.replace("-W", "年第") + "周" if "-W" in value else value
    return SHOWN.get(key, value)


def _crumb(name: str, page: str, kept: Mapping[str, str], *, last: bool) -> str:
    if last:
        return f'<span aria-current="page">{html.e(name)}</span>'
    return html.anchor(html.e(name), f"/{page}" + (f"?{urlencode(dict(kept))}" if kept else ""))
