"""The evidence drawer on the right, opened by ?evidence=ID on every page: a lost point, a warning or a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import streamlit as st

from cockpit.appraise.indicators import NATURES
from cockpit.causes import causes
from cockpit.report.columns import DISPUTES, STATES
from cockpit.store.queries import disputes, links, scores, warnings
from cockpit.ui import (
    behind,
    data,
    html,
    kept_pages,
    notified,
    numbers,
    steps,
    sums,
    trailing,
    verdict,
    who,
    words,
)


def drawer() -> None:
    """Open the drawer when the address asks for it; call once at the end of a page."""
    asked = st.query_params.get("evidence")
    if asked and st.session_state.get("evidence_shown") != asked:
        st.session_state["evidence_shown"] = asked
        _dialog(asked)


@st.dialog("证据", position="right", width="large")
def _dialog(asked: str) -> None:
    kind = next((k for k in PARTS if asked.startswith(k)), None)
    body = PARTS[kind](asked) if kind else None
    html.show(body or html.state("none", f"没有编号为 {html.e(asked)} 的证据，可能已被更正替代。"))
    finding = _finding_of(asked) if body else None
    if finding:
        kept_pages.draw(finding)
        html.show(verdict.state(finding))
        verdict.controls(finding)


def _finding_of(asked: str) -> str | None:
    """The finding behind what the drawer shows, whose truth a person may judge."""
    if asked.startswith("F"):
        return asked
    if asked.startswith("D-"):
        row = data.ask(scores.deduction, deduction_id=asked)
    else:
        row = data.ask(warnings.one, warning_id=asked)
    return row["finding_id"] if row else None


def _finding(asked: str) -> str | None:
    f = data.ask(warnings.finding, finding_id=asked)
    if f is None:
        return None
    return html.facts(_finding_facts(f)) + _places(f)


def _finding_facts(f: Mapping[str, Any]) -> list[tuple[str, str]]:
    cause = causes().get(f["cause"] or "")
    return [
        ("问题编号", html.e(f["finding_id"])),
        ("单位·站点", html.e(f"{f['unit_name'] or '—'} · {f['site_name'] or '—'}")),
        ("对象", html.outside(f["target"])),
        ("所在页", html.outside(f["page_url"])),
        *([("附件出自", html.outside(f["source_page"]))] if f["source_page"] else []),
        ("命中", html.e(f["text"]) + (f" → 建议“{html.e(f['suggestion'])}”" if f["suggestion"] else "")),
        ("上下文", html.e(words.plain(f["excerpt"]) or "—")),
        ("原因", html.e(f"{cause.label}：{cause.meaning}。{cause.remedy}") if cause else "—"),
        ("位置", html.e(f["place"] or (f"源码第 {f['line']} 行" if f["line"] else "—"))),
        (
            "手法·规则",
            html.e(_how(f))
            + (f"（检测器 {html.e(f['detector_version'])}）" if f["detector_version"] else ""),
        ),
        (
            "首次—最近",
            f"{numbers.moment(f['first_seen'])} — {numbers.moment(f['last_seen'])}，共见到 {f['times']} 次",
        ),
        ("现状", f"已于 {numbers.moment(f['gone_at'])} 消失" if f["gone_at"] else "仍然存在"),
        ("出现页数", numbers.whole(f["places"] or 1)),
        ("HTTP 状态", html.e(f["http_status"] or "—")),
        ("页面摘要", f'<span class="ck-hash">{html.e(f["content_sha256"] or "—")}</span>'),
        ("采集运行", html.e(f["run_id"] or "—")),
    ]


def _how(f: Mapping[str, Any]) -> str:
    """Technique in words and the detector's rule number, which for hidden links is the technique again."""
    parts = (
        words.technique(f["technique"]) if f["technique"] else "",
        words.rule(f["rule"]) if f["rule"] != f["technique"] else "",
    )
    return " · ".join(part for part in parts if part) or "—"


def _places(f: Mapping[str, Any]) -> str:
    if not str(f["kind"]).startswith("link."):
        return ""
    rows = data.ask(links.places, url=f["target"])
    columns = [
        html.Column("所在页", lambda r: html.outside(r["source"])),
        html.Column("链接文字", lambda r: html.e(r["text"])),
    ]
    return html.title(f"全部 {len(rows)} 个所在页") + html.table(columns, rows) if rows else ""


def _deduction(asked: str) -> str | None:
    d = data.ask(scores.deduction, deduction_id=asked)
    if d is None:
        return None
    indicator = data.rules().indicators.get(d["indicator_id"])
    rows = [
        ("扣分编号", html.e(d["deduction_id"])),
        ("单位·对象", html.e(f"{d['unit_name']} · {d['object_name'] or '单位'}")),
        ("指标", html.e(f"{d['indicator_id']} {indicator.name if indicator else ''}")),
        ("条款", html.e(d["clause"])),
        ("依据", html.e(indicator.source if indicator else "—")),
        ("性质", f'<span class="ck-tag">{html.e(NATURES.get(d["nature"], d["nature"]))}</span>'),
        ("事实", html.e(d["fact"])),
        ("计算", html.e(sums.told(d))),
        ("证据页面", html.outside(d["evidence_url"])),
        ("首次发现", numbers.moment(d["first_seen"])),
        ("整改", html.e(indicator.remedy if indicator else "—")),
        (
            "异议",
            html.e(DISPUTES.get(d["dispute_state"] or "", "未提异议"))
            + (f"：{html.e(d['decision'])}" if d["decision"] else "")
            + _dispute_link(d),
        ),
    ]
    body = html.facts(rows)
    if d["finding_id"]:
        finding = _finding(d["finding_id"])
        body += html.title("证据") + (finding or html.state("none", "问题记录已不在库中"))
    return body


def _dispute_link(d: Mapping[str, Any]) -> str:
    """The way to the case, or to raise one."""
    case = data.ask(disputes.newest_on, deduction_id=d["deduction_id"])
    if case and case["state"] != "withdrawn":
        return "　" + html.anchor("查看案件", html.link("review", case=case["dispute_id"]))
    if who.may("dispute_raise"):
        return "　" + html.anchor("提出异议", html.link("review", **{"raise": d["deduction_id"]}))
    return ""


def _warning(asked: str) -> str | None:
    w = data.ask(warnings.one, warning_id=asked)
    if w is None:
        return None
    indicator = data.rules().indicators.get(w["indicator_id"])
    rows = [
        ("预警编号", html.e(w["warning_id"])),
        ("级别", html.badge(w["level"])),
        ("单位·对象", html.e(f"{w['unit_name']} · {w['object_name'] or '单位'}")),
        ("事项", html.e(words.plain(w["title"]))),
        ("距红线", html.e(w["distance"] or "该指标没有否决线")),
        ("条款", html.e(indicator.clause if indicator else "—")),
        ("怎么办", html.e(indicator.remedy if indicator else "—")),
        ("发现", numbers.moment(w["opened_at"])),
        ("限期", f"{numbers.iso(w['due_on'])}（工作日，项目默认）"),
        ("状态", html.e(STATES[w["state"]])),
        ("责任岗位", html.e(w["owner"] or "未指定")),
        ("应知会", html.e(steps.ladder(w))),
    ]
    trail = data.ask(warnings.trail, warning_id=asked)
    body = html.facts(rows) + _objects(w) + steps.history(asked)
    if trail and who.may("audit"):
        body += trailing.of_object("warning", asked)
    body += notified.of_warning(asked)
    return body


def _objects(w: Mapping[str, Any]) -> str:
    """What the warning is about: its finding, or the objects that its number counts."""
    if w["finding_id"]:
        return html.title("证据", "1 处") + (
            _finding(w["finding_id"]) or html.state("none", "问题记录已不在库中")
        )
    return behind.part(w)


PARTS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {"D-": _deduction, "W": _warning, "F": _finding}
)
