"""同源问题: one cause on several sites, on 预警处置 and as a list of its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cockpit.appraise import common
from cockpit.appraise.common import WHAT, Cause
from cockpit.store.queries import common as stored
from cockpit.store.queries import warnings
from cockpit.ui import data, html, numbers

SHOWN = 8


def found(unit: str | None = None) -> list[Cause]:
    """Common causes that show on a unit's sites, or all."""
    causes = common.causes(data.ask(stored.findings))
    return [c for c in causes if unit is None or any(f["unit_code"] == unit for f in c.findings)]


def sentence(unit: str | None, listed: Sequence[Mapping[str, Any]]) -> str:
    """The cause that is worth most of those behind the listed warnings, for the head of the page; empty where none is."""
    behind = [(c, n) for c in found(unit) if (n := len(common.explained(c, listed)))]
    if not behind:
        return ""
    first, warned = behind[0]
    places = html.anchor(f"{len(first.findings)} 个问题", _link(first))
    what = f"{WHAT[first.rule][0]} <b>{html.e(first.key)}</b>"
    return f"改一处最值：{what}，{first.sites} 个网站 {first.places} 页上的 {places}一起消除，与下面 {warned} 条预警有关。"


def _link(cause: Cause) -> str:
    return html.link("lists", list="cause", cause=cause.id)


def panel(unit: str | None) -> str:
    """Causes on several sites, each with its sites, places and the warnings it is behind."""
    causes = found(unit)
    if not causes:
        return ""
    open_ = data.ask(warnings.open_warnings)
    columns = [
        html.Column("同源", lambda c: html.e(WHAT[c.rule][0]), "nw"),
        html.Column("源头", lambda c: html.e(c.key), "full"),
        html.Column("网站", lambda c: str(c.sites), "num key"),
        html.Column("问题", lambda c: html.anchor(f"{len(c.findings)} 个", _link(c)), "num key"),
        html.Column("出现页数", lambda c: f"{c.places} 页", "num"),
        html.Column("相关预警", lambda c: f"{len(common.explained(c, open_))} 条", "num ck-hide"),
        html.Column("改一处", lambda c: html.e(WHAT[c.rule][1]), "ck-hide"),
    ]
    more = f"，列前 {SHOWN} 个" if len(causes) > SHOWN else ""
    note = f"{len(causes)} 个源头在两个以上网站出现{more}；改一处，各站一起消除"
    return html.title("跨网站同源", note) + html.table(columns, causes[:SHOWN], css="stack")


def places(params: Mapping[str, str]) -> tuple[str, list[dict[str, Any]], list[html.Column], str]:
    """Title, rows, columns and note of the list of one cause: a row a finding."""
    asked = params.get("cause", "")
    cause = next((c for c in found() if c.id == asked), None)
    rows = [dict(f) for f in cause.findings] if cause else []
    columns = [
        html.Column("责任单位", lambda r: html.e(r["unit_name"] or "—"), "nw"),
        html.Column("网站", lambda r: html.e(r["site_name"])),
        html.Column(
            "问题", lambda r: html.e(r["text"] if cause and cause.rule == "wording" else r["target"])
        ),
        html.Column("首个所在页", lambda r: html.outside(r["page_url"])),
        html.Column("出现页数", lambda r: str(r["places"] or 1), "num"),
        html.Column("首次发现", lambda r: numbers.moment(r["first_seen"]), "nw"),
    ]
    if cause is None:
        return "同源问题", [], columns, "这个源头已经消除，或网址有误。"
    name, remedy = WHAT[cause.rule]
    return (
        f"{name}：{cause.key}",
        rows,
        columns,
        f"{cause.sites} 个网站、出现在 {cause.places} 页。{remedy}。",
    )
