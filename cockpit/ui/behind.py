"""The objects behind a warning: a table in its evidence, and the list that holds exactly those rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from cockpit.appraise import behind
from cockpit.appraise.behind import FIELDS, Objects
from cockpit.causes import causes
from cockpit.store.queries import warnings
from cockpit.ui import data, html, numbers, paging, words
from cockpit.workdays import Calendar

SHOWN = 10  # rows in the drawer; the list has them all
Cell = Callable[[Any], str]


def _days(value: float | None) -> str:
    return numbers.NONE if value is None else f"{value:g} 天"


def _cause(code: str | None) -> str:
    return html.e(causes()[code].label if code in causes() else code or numbers.NONE)


# Field → how its value is drawn; what is not here is text of others
CELLS: Mapping[str, Cell] = MappingProxyType(
    {
        **dict.fromkeys(("target", "page_url", "url"), html.outside),
        **dict.fromkeys(("latest", "received_on", "due", "decided_on"), numbers.iso),
        **dict.fromkeys(("measured_at", "first_seen"), numbers.moment),
        **dict.fromkeys(("period_days", "late", "age"), _days),
        "answered_on": lambda day: numbers.iso(day) if day else "尚未答复",
        "overdue": lambda n: numbers.NONE if n is None else f"{n} 个工作日",
        "seconds": lambda n: numbers.NONE if n is None else f"{n:.1f} 秒",
        "cause": _cause,
    }
)
NARROW = frozenset({*CELLS, "places", "http_status"} - {"target", "page_url", "url", "cause"})


def _text(value: Any) -> str:
    return numbers.NONE if value is None or value == "" else html.e(words.plain(str(value)))


def _column(field: str) -> html.Column:
    cell = CELLS.get(field, _text)
    css = "nw key" if field in NARROW else "full" if field in {"target", "fact", "url", "page_url"} else ""
    return html.Column(FIELDS[field], lambda row: cell(row[field]), css)


def columns(objects: Objects) -> list[html.Column]:
    """The columns of the objects' kind; a finding has evidence of its own."""
    shown = [_column(field) for field in objects.shape]
    if any(row.get("finding_id") for row in objects.rows):
        shown.append(html.Column("证据", _own_evidence, "nw"))
    return shown


def _own_evidence(row: Mapping[str, Any]) -> str:
    found = row.get("finding_id")
    return html.anchor("看证据", paging.address("evidence", found)) if found else numbers.NONE


def of(w: Mapping[str, Any]) -> Objects | None:
    """The objects behind a warning."""
    with data.reading() as reader:
        return behind.of_warning(reader, w, data.rules(), Calendar.load(data.data().calendar))


def part(w: Mapping[str, Any]) -> str:
    """The objects in the drawer: how many there are, the first of them, and the way to all."""
    objects = of(w)
    if objects is None:
        return html.title("对象", "0 个") + html.state("none", "现在的规则里已经没有这个指标，列不出对象。")
    count = len(objects.rows)
    head = html.title(objects.noun, f"{count} {objects.counter}")
    if not count:
        return head + html.state("none", html.e(objects.why))
    told = (
        f"看全部 {count} {objects.counter} →"
        if count > SHOWN
        else f"在清单里看这 {count} {objects.counter} →"
    )
    link = html.anchor(told, html.link("lists", list="behind", warning=w["warning_id"]), "sub")
    return head + html.table(columns(objects), objects.rows[:SHOWN], css="stack") + link


def whole(
    params: Mapping[str, str],
) -> tuple[str, str, list[dict[str, Any]], list[html.Column], str]:
    """Title, counter, rows, columns and note of the list behind the warning of the address."""
    w = data.ask(warnings.one, warning_id=params.get("warning", ""))
    objects = of(w) if w else None
    if w is None or objects is None:
        return "预警的对象", "个", [], [], "没有这条预警，或网址有误。"
    note = f"{w['unit_name']}{w['object_name'] or ''}：{words.plain(w['title'])}。{objects.why}"
    return objects.noun, objects.counter, list(objects.rows), columns(objects), note
