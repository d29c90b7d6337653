"""Long lists in pages: a browser that draws 4,000 rows keeps its reader waiting; the page is part of the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from cockpit.ui import html, numbers

PAGE = 100  # rows: drawn at once, and still found by the browser’s own search
KEY, ALL = "page", "all"


def table(
    columns: Sequence[html.Column],
    rows: Sequence[Mapping[str, Any]],
    row_css: Any = None,
    css: str = "",
    *,
    key: str = KEY,
) -> str:
    """As html.table, at most PAGE rows at once. `key` names the page in the address; two long lists need two."""
    if len(rows) <= PAGE:
        return html.table(columns, rows, row_css, css)
    if st.query_params.get(key) == ALL:
        return _pager(key, f"全部 {numbers.full(len(rows))} 行", ("分页", 1)) + html.table(
            columns, rows, row_css, css
        )
    last = (len(rows) + PAGE - 1) // PAGE
    page = _asked(key, last)
    shown = rows[(page - 1) * PAGE : page * PAGE]
    told = f"第 {(page - 1) * PAGE + 1}—{(page - 1) * PAGE + len(shown)} 行，共 {numbers.full(len(rows))} 行，第 {page}/{last} 页"
    steps = [("首页", 1), ("← 上一页", page - 1)] if page > 1 else []
    steps += [("下一页 →", page + 1), ("末页", last)] if page < last else []
    turn = _pager(key, told, *steps, ("全部显示", ALL))
    return turn + html.table(columns, shown, row_css, css) + turn


def _asked(key: str, last: int) -> int:
    """The page of the address; what is no page is the first, what is too far is the last."""
    text = st.query_params.get(key, "")
    return min(last, max(1, int(text))) if text.isdecimal() and len(text) < 6 else 1


def _pager(key: str, told: str, *steps: tuple[str, int | str]) -> str:
    links = "".join(html.anchor(name, address(key, to if to != 1 else None), "ck-chip") for name, to in steps)
    return f'<nav class="ck-pager ck-noprint" aria-label="翻页"><span>{told}</span>{links}</nav>'


def address(key: str, value: int | str | None) -> str:
    """This very address with one parameter changed; a relative one, so that it fits every screen."""
    kept = {k: st.query_params.get_all(k) for k in st.query_params if k not in {key, KEY, "evidence"}}
    return "?" + urlencode(kept | ({key: value} if value is not None else {}), doseq=True)
