"""The parts of 考核导出: preflight, bundle, preview."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from cockpit import clock, store, trail
from cockpit.access import Person
from cockpit.appraise.disputes import OPEN
from cockpit.clock import week_bounds
from cockpit.export_command import bundle_of
from cockpit.paths import DataDir
from cockpit.report import export
from cockpit.store.queries import collection, disputes, scores
from cockpit.ui import data, door, handouts, html, numbers, shell, who
from cockpit.workdays import Calendar

PREVIEW_ROWS = 50


def preflight(week: str, now: datetime) -> str:
    """Whether the week is over, its numbers come out the same again, no dispute is open, nothing is missing."""
    checks = [_complete(week, now), _closed(week), _recompute(week, now), _disputes(week), _gaps()]
    left = sum(not c.ok for c in checks)
    asked = "，有异议未办结，下载前请先确认" if undecided(week) else "，不妨碍导出"
    note = "全部通过" if not left else f"{left} 项提请注意{asked}，结果会写明"
    columns = [
        html.Column("结果", lambda c: _verdict(c["check"].ok), "nw"),
        html.Column("检查", lambda c: html.e(c["check"].name), "nw"),
        html.Column("说明", lambda c: html.e(c["check"].text)),
        html.Column("", lambda c: html.anchor("查看", c["check"].href) if c["check"].href else "", "nw"),
    ]
    return html.title("导出前检查", note) + html.table(columns, ({"check": c} for c in checks))


@dataclass(frozen=True)
class Check:
    """One line of the preflight, with the place where its rows are."""

    ok: bool
    name: str
    text: str
    href: str = ""


def _verdict(ok: bool) -> str:
    return f'<span class="ck-badge {"ok" if ok else "yellow"}">{"✓ 通过" if ok else "■ 注意"}</span>'


def _complete(week: str, now: datetime) -> Check:
    over = week_bounds(week)[1] <= now
    return Check(over, "周已结束", "统计周期完整" if over else "本周还没有结束，得分会继续变化")


def _closed(week: str) -> Check:
    issue = handouts.issue(week)
    if issue is None:
        return Check(False, "已封存", "还没有封存，数字可能变化；封存：python -m cockpit close-week")
    name = f"更正{issue['revision']}" if issue["revision"] else "首次封存"
    return Check(True, "已封存", f"{name}，{numbers.moment(issue['closed_at'])} 由{issue['actor']}封存")


def _recompute(week: str, now: datetime) -> Check:
    if handouts.issue(week) is not None:
        wrong = handouts.proof(week)
        told = (
            "用封存的事实和口径重新计分，结果一致"
            if not wrong
            else f"{len(wrong)} 处不同：{'、'.join(wrong[:5])}"
        )
        return Check(not wrong, "复算一致", told)
    different = _differences(
        str(data.data().root),
        store.version(data.data()) or "",
        week,
        now.replace(minute=0, second=0, microsecond=0),
        who.unit(),
    )
    return Check(
        not different,
        "复算一致",
        "用入库事实重新计分，结果一致"
        if not different
        else f"{len(different)} 个单位与现有数据复算不同：{'、'.join(different[:5])}",
    )


@st.cache_data(max_entries=60, show_spinner=False)
def _differences(root: str, version: str, week: str, hour: datetime, unit: str | None) -> list[str]:  # noqa: ARG001 - version is the key
    from cockpit.appraise.score import score_week
    from cockpit.paths import data_dir

    folder = data_dir(root)
    with store.reader(folder, unit) as reader:
        stored = {r["unit_code"]: r["score"] for r in scores.stored_scores(reader, week)}
        again = score_week(
            reader, data.rules(), Calendar.load(folder.calendar), week, max(hour, week_bounds(week)[0])
        )
    fresh = {s.unit_code: None if s.score is None else float(s.score) for s in again.scores}
    return sorted(code for code in stored if stored[code] != fresh.get(code))


def _disputed(week: str) -> list[dict[str, Any]]:
    """The disputes of a week, exactly those of `disputes list --week`."""
    return data.ask(disputes.disputes, week=week)


def undecided(week: str) -> int:
    """How many disputes of the week have no conclusion yet: their points may still come back."""
    return sum(r["state"] in OPEN for r in _disputed(week))


def confirmed(week: str) -> bool:
    """Nothing is undecided, or the person says that the bundle is wanted all the same."""
    waiting = undecided(week)
    if not waiting:
        return True
    rows = html.anchor(f"{waiting} 件异议", html.link("lists", list="disputes", period=week))
    html.show(
        html.state(
            "",
            f"■ {numbers.week(week)}还有 {rows}没有结论，得分可能更正。请先办结；确需现在导出的，请勾选确认，"
            "01、02 两个文件的“异议状态”会写明是哪些。",
        )
    )
    return st.checkbox("我知道这些异议还没有结论，仍要导出", key=f"undecided_{week}")


def _disputes(week: str) -> Check:
    found, waiting = _disputed(week), undecided(week)
    return Check(
        not waiting,
        "异议已办结",
        f"本周共 {len(found)} 件，未办结 {waiting} 件" if found else "本周没有异议",
        html.link("lists", list="disputes", period=week) if found else "",
    )


def _gaps() -> Check:
    rows = data.ask(collection.gaps)
    sites = {r["site_code"] for r in rows}
    return Check(
        not rows,
        "没有采集缺口",
        "没有缺口" if not rows else f"{len(sites)} 个网站 {len(rows)} 项当前未采集，已从分母中去掉",
        html.link("collection", show="gaps") if rows else "",
    )


def make(week: str) -> export.Bundle:
    """The bundle of a week for the published version; the time in it is the hour."""
    version = store.version(data.data()) or ""
    return _made(str(data.data().root), version, week, data.rules().sha256, who.signature(), who.unit())


@st.cache_data(max_entries=20, show_spinner=False)
def _made(
    root: str,
    version: str,  # noqa: ARG001 - the key
    week: str,
    rules_sha: str,  # noqa: ARG001 - the key
    actor: str,
    unit: str | None,
) -> export.Bundle:
    from cockpit.paths import data_dir

    return bundle_of(data_dir(root), week, clock.now(), actor, unit=unit)


def contents(bundle: export.Bundle) -> str:
    """The files of the bundle with what proves them unchanged."""
    rows = [{"name": name, "content": content} for name, content in bundle.files.items()]
    counts = {f"{name}.csv": n for name, n in bundle.rows.items()}

    def lines(row: dict[str, Any]) -> str:
        found = next((n for name, n in counts.items() if row["name"].endswith(name)), None)
        return numbers.full(found)

    columns = [
        html.Column("文件", lambda r: html.e(r["name"])),
        html.Column("行数", lines, "num"),
        html.Column("大小", lambda r: f"{max(1, len(r['content']) // 1024):,} KB", "num"),
        html.Column("SHA256", lambda r: html.e(hashlib.sha256(r["content"]).hexdigest()[:16]), "ck-hide nw"),
    ]
    note = "同一批次再导出一次，除 meta.json 的时间和人外逐字节相同"
    return html.title("包内文件", note) + html.table(columns, rows)


def taken(bundle: export.Bundle) -> door.Record:
    """How the download of a bundle enters the trail: by its checksums, so that it can be compared later."""

    def record(folder: DataDir, _made: bytes, person: Person) -> None:
        sums = bundle.files["SHA256SUMS"]
        trail.exported(folder, sums, bundle.week, person.unit, actor=who.name_of(person), now=clock.now())

    return record


def archive(bundle: export.Bundle) -> bytes:
    return export.archive(bundle)


def name(bundle: export.Bundle) -> str:
    return export.archive_name(bundle, clock.now())


def preview(bundle: export.Bundle) -> None:
    """The first rows of one file, exactly as they stand in it."""
    files = {n: n.removesuffix(".csv") for n in bundle.files if n.endswith(".csv")}
    chosen = shell.choose("预览文件", "file", files) or next(iter(files))
    lines = list(csv.reader(io.StringIO(bundle.files[chosen].decode("utf-8-sig"), newline="")))
    heads, rows = lines[0], lines[1:]
    html.show(html.title(files[chosen], f"共 {len(rows)} 行，预览前 {min(PREVIEW_ROWS, len(rows))} 行"))
    columns = [html.Column(head, _cell(place)) for place, head in enumerate(heads)]
    html.show(
        html.table(columns, ({"cells": row} for row in rows[:PREVIEW_ROWS]), css="wide")
        if rows
        else html.state("", f"{numbers.week(bundle.week)}没有这类数据。")
    )


def _cell(place: int) -> Any:
    return lambda row: html.e(row["cells"][place])
