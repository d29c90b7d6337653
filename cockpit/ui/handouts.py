"""The rest of 考核导出: is the week closed and proved, what was taken out before, and the bulletin of its period."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from cockpit import clock, closing, store
from cockpit.appraise import periods
from cockpit.clock import week_days
from cockpit.detect.privacy import masked
from cockpit.errors import CockpitError
from cockpit.paths import data_dir
from cockpit.report import bulletin, bulletin_docx
from cockpit.report.columns import GROUPS
from cockpit.report.export import Bundle
from cockpit.store.queries import audit, issues
from cockpit.ui import data, door, html, numbers, shell, who

SHOWN = 20
WRITING = 30  # seconds after which an export that was pressed is no longer waited for
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def issue(week: str) -> dict[str, Any] | None:
    """The newest issue of a week, None while it is open."""
    found = data.ask(issues.issues, week=week)
    return found[0] if found else None


def proof(week: str) -> list[str]:
    """What a closed week's recomputation found, in words; empty when all agrees."""
    return _proof(str(data.data().root), store.version(data.data()) or "", week)


@st.cache_data(max_entries=60, show_spinner=False)
def _proof(root: str, version: str, week: str) -> list[str]:  # noqa: ARG001 - the version is the key
    found = closing.recompute(data_dir(root), week, clock.now())
    return [f"{part}与摘要不符" for part in found.tampered] + [
        f"{d.key} {d.field}" for d in found.differences
    ]


def pressed() -> None:
    """The download button was pressed: the file is made and written down beside the page, which looks until it is."""
    st.session_state["export_pressed"] = clock.now()


def history(bundle: Bundle) -> None:
    """The list of exports; an export of this session stands in it as soon as it is written down."""
    since = st.session_state.get("export_pressed")

    def live() -> None:
        if since is not None and (_written(since) or clock.now() - since > timedelta(seconds=WRITING)):
            st.session_state.pop("export_pressed", None)
            st.rerun()
        if since is not None:
            html.show(html.state("", "正在生成考核包并登记这次导出……"))
        html.show(_listed(bundle))

    st.fragment(live, run_every=1 if since else None)()


def _written(since: datetime) -> bool:
    newest = next(iter(data.ask(audit.listed, kind="export")), None)
    return newest is not None and newest["event_at"] >= since


def _listed(bundle: Bundle) -> str:
    """Who took this week's bundle before, and whether the same would come out now."""
    rows = [r for r in data.ask(audit.listed, kind="export") if r["object_id"].startswith(bundle.week)][
        :SHOWN
    ]
    head = html.title("历次导出", f"{len(rows)} 次")
    if not rows:
        return head + html.state("", "这一期还没有人导出过。")
    now = hashlib.sha256(bundle.files["SHA256SUMS"]).hexdigest()[:16]

    def same(row: dict[str, Any]) -> str:
        if not row["object_id"].endswith("全部单位"):
            return "—（单个单位）"
        return "✓ 一致" if now in (row["after"] or "") else "■ 与现在的内容不同（已有更正，或异议状态有变化）"

    columns = [
        html.Column("时间", lambda r: numbers.moment(r["event_at"]), "nw"),
        html.Column("谁", lambda r: html.e(r["actor"])),
        html.Column("范围", lambda r: html.e(r["object_id"])),
        html.Column("校验和摘要", lambda r: html.e(r["after"] or "—"), "ck-hide"),
        html.Column("与现在比", same),
    ]
    return head + html.table(columns, rows)


def period_codes(week: str) -> dict[str, str]:
    """The periods a week belongs to: itself, its month, quarter and year."""
    thursday = clock.week_days(week)[0].toordinal() + 3
    day = week_days(week)[0].fromordinal(thursday)
    codes = (week, f"{day:%Y-%m}", f"{day.year}Q{(day.month + 2) // 3}", str(day.year))
    return {code: periods.parse_period(code).name for code in codes}


def bulletins(week: str) -> None:
    """Make the bulletin of a period and hand it out; it is about the whole city."""
    html.show(html.title("通报", "数字只来自已封存的期；文字供起草人修改"))
    if who.unit() is not None:
        html.show(html.state("", "通报涉及全部单位，不向单位联系人提供。"))
        return
    options = period_codes(week)
    chosen = shell.choose("通报周期", "bulletin", options) or week
    if st.button(f"生成{options[chosen]}通报", key="bulletin_go", disabled=not who.may("export")):
        who.require("export")
        st.session_state["bulletin"] = (chosen, *_bulletin(chosen))
    kept = st.session_state.get("bulletin")
    if kept and kept[0] == chosen:
        code, notice, content, demo = kept
        html.show(html.state("good", f"✓ {html.e(notice)}"))
        name = f"{'演示数据_' if demo else ''}通报_{code}.docx"
        door.download("下载通报（Word）", content, name, WORD, key="bulletin_file", about=f"通报 {code}")


def _bulletin(code: str) -> tuple[str, bytes, bool]:
    now = clock.now()
    with data.reading() as reader:
        made = bulletin.build(reader, data.rules(), periods.parse_period(code), now, mask=masked)
    return made.notice, bulletin_docx.make(made, now), made.demo


def accumulated(week: str) -> str:
    """Month, quarter and year so far: the mean of closed weeks and the bonus of each unit."""
    parts = []
    for code in list(period_codes(week))[1:]:
        parts.append(_accumulated(code))
    return "".join(parts)


def _accumulated(code: str) -> str:
    try:
        with data.reading() as reader:
            found = periods.accumulate(reader, data.rules(), periods.parse_period(code), data.now())
    except CockpitError as error:
        return html.state("error", html.e(error))
    note = f"已封存 {len(found.closed)} 周" + (f"，未封存 {len(found.missing)} 周" if found.missing else "")
    if found.unfinished:
        later = len(found.unfinished) - 1
        note += "，本周未结束" + (f"，其后 {later} 周未到" if later else "")
    note += "" if found.comparable else "；期内口径有变化"
    head = html.title(
        f"{found.period.name}累计",
        f"{note}；加分超过 80 分才计入；评分周数不足一半的不排名；期末周单项否决或累计不到 {data.rules().pass_score:g} 分的不合格",
    )
    if not found.closed:
        return head + html.state("none", "— 还没有封存的周。")
    columns = [
        html.Column("组别", lambda r: html.e(GROUPS.get(r["u"].unit_group, r["u"].unit_group)), "nw ck-hide"),
        html.Column("组内名次", lambda r: str(r["u"].rank or "—"), "num"),
        html.Column(
            "责任单位",
            lambda r: html.anchor(html.e(r["u"].unit_name), html.link("unit", unit=r["u"].unit_code)),
            "nw",
        ),
        html.Column(
            "周均分", lambda r: numbers.score(None if r["u"].mean is None else float(r["u"].mean)), "num"
        ),
        html.Column(
            "加分",
            lambda r: (
                f"{r['u'].bonus:.0f}"
                + (f"（已批准 {r['u'].bonus_approved:.0f}）" if r["u"].bonus != r["u"].bonus_approved else "")
            ),
            "num",
        ),
        html.Column(
            "累计得分", lambda r: numbers.score(None if r["u"].score is None else float(r["u"].score)), "num"
        ),
        html.Column("评分周数", lambda r: f"{r['u'].rated_weeks}/{len(found.closed)}", "num ck-hide"),
        html.Column("否决周", lambda r: html.e("、".join(r["u"].vetoed_weeks) or "—"), "ck-hide"),
        html.Column("等级", lambda r: html.e(r["u"].grade), "nw"),
    ]
    rows = [{"u": u} for u in found.units]
    return head + f"<details><summary>{len(rows)} 个单位</summary>{html.table(columns, rows)}</details>"
