"""The frame of every page: set-up, sidebar, header, states, footer, and panels that never take a page down."""

from __future__ import annotations

import difflib
import logging
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import streamlit as st

from cockpit import clock, plain, store
from cockpit.errors import CockpitError
from cockpit.store.queries import overview
from cockpit.ui import data, first_visit, html, lateness, numbers, paging, theme, topbar, who

NAME = "新余市政务公开数据驾驶舱"
GROUPS: Mapping[str, str] = MappingProxyType(
    {"看": "总体", "办": "处置", "查": "专题", "考": "考核", "管": "管理"}
)
NATURES: Mapping[str, str] = MappingProxyType({"demo": "演示数据，不得用于考核", "collected": "采集数据"})
HEAD_FIRST = 0.03  # seconds: the browser draws the head before the rest of the page reaches it
log = logging.getLogger("cockpit.ui")
log.addFilter(plain.LogFilter())


@dataclass(frozen=True)
class Screen:
    """One page: file, Chinese title, group, icon, and the act (cockpit/access.py) that a role must permit."""

    file: str
    title: str
    group: str
    icon: str
    needs: str = "view"


SCREENS: Mapping[str, Screen] = MappingProxyType(
    {
        "overview": Screen("dashboard.py", "运行总览", "看", ":material/dashboard:"),
        "scorecard": Screen("pages/scorecard.py", "每周计分卡", "看", ":material/leaderboard:"),
        "unit": Screen("pages/unit.py", "单位档案", "看", ":material/apartment:"),
        "alerts": Screen("pages/alerts.py", "预警处置", "办", ":material/notifications:"),
        "review": Screen("pages/review.py", "异议复核", "办", ":material/balance:"),
        "workbook": Screen("pages/workbook.py", "工作台账", "办", ":material/assignment:"),
        "updates": Screen("pages/updates.py", "栏目更新", "查", ":material/update:"),
        "content": Screen("pages/content.py", "错敏与隐私", "查", ":material/spellcheck:"),
        "links": Screen("pages/links.py", "链接健康", "查", ":material/link_off:"),
        "availability": Screen("pages/availability.py", "可用性与安全", "查", ":material/shield:"),
        "ipv6": Screen("pages/ipv6.py", "IPv6 支持度", "查", ":material/lan:"),
        "requests": Screen("pages/requests.py", "依申请公开", "查", ":material/inbox:"),
        "new_media": Screen("pages/new_media.py", "政务新媒体", "查", ":material/campaign:"),
        "appraisal": Screen("pages/appraisal.py", "考核导出", "考", ":material/download:"),
        "rehearsal": Screen("pages/rehearsal.py", "迎检预演", "考", ":material/fact_check:"),
        "rules": Screen("pages/rules.py", "规则口径", "考", ":material/gavel:"),
        "collection": Screen("pages/collection.py", "采集健康", "考", ":material/monitor_heart:"),
        "registry_admin": Screen(
            "pages/registry_admin.py", "台账管理", "管", ":material/edit_note:", "register"
        ),
        "trail": Screen("pages/trail.py", "操作留痕", "管", ":material/history:", "audit"),
        "lists": Screen("pages/lists.py", "清单", "", ""),
    }
)


WITHOUT_DATA = frozenset({"registry_admin", "rules"})  # pages that show files and work before the first load
# Pages that work before the first collection: registers are brought in, and what was changed can be read
UNCOLLECTED = WITHOUT_DATA | {"workbook", "requests", "new_media", "trail", "lists"}


def boot(key: str, title: str | None = None) -> dict[str, Any]:
    """Start a page. Returns what the frame knows of the published version; stops where it has nothing to show yet."""
    screen = SCREENS[key]
    kiosk = is_kiosk()
    st.set_page_config(
        page_title=f"{plain.line(title or screen.title)[:80]} · {NAME}",
        page_icon="📊",
        layout="wide",
        initial_sidebar_state="collapsed" if kiosk else "auto",
    )
    st.html(theme.css(kiosk=kiosk, scale=_scale()))
    st.html(theme.script(), unsafe_allow_javascript=True)
    who.gate(screen.needs)
    if not kiosk:
        _sidebar()
    frame = _frame()
    if frame is None and key in WITHOUT_DATA:
        return {"version": "尚未入库"}
    if frame is None or (not frame["visited"] and key not in UNCOLLECTED):
        html.show(f'<div class="ck-head"><h1>{html.e(title or screen.title)}</h1></div>')
        first_visit.show(key)
        st.stop()
    if frame.get("origin") == "demo" and not kiosk:
        html.show(f'<div class="ck-demo">{html.DEMO}。网站、账号和问题均为虚构。</div>')
    if not kiosk:
        topbar.draw(
            address(key),
            title or screen.title,
            GROUPS.get(screen.group, ""),
            map("/{}".format, map(address, SCREENS)),
        )
    return frame


def address(key: str) -> str:
    """Address of a screen without the slash; the overview has the root."""
    return "" if key == "overview" else key


def is_kiosk() -> bool:
    return st.query_params.get("kiosk") == "1"


def _scale() -> float:
    try:
        return min(2.5, max(0.6, float(st.query_params.get("scale", "1"))))
    except ValueError:
        return 1.0


def _frame() -> dict[str, Any] | None:
    if store.version(data.data()) is None:
        return None
    try:
        return data.ask(overview.frame)
    except CockpitError as error:
        html.show(html.state("error", html.e(error)))
        st.stop()


def current(frame: dict[str, Any]) -> dict[str, Any]:
    """The frame of the version published now, for live parts: a new load shows without a new page."""
    return _frame() or frame


def _waiting() -> Mapping[str, int]:
    """Open work by screen; nothing before the first load."""
    try:
        return data.ask(overview.open_counts) if store.version(data.data()) else {}
    except CockpitError:
        return {}


def _sidebar() -> None:
    waiting = _waiting()
    with st.sidebar:
        st.html(f'<div class="brand">{NAME}</div>')
        for group, name in GROUPS.items():
            screens = [
                (key, screen)
                for key, screen in SCREENS.items()
                if screen.group == group and who.may(screen.needs)
            ]
            if screens:
                st.html(f'<div class="group"><b>{group}</b> {name}</div>')
            for key, screen in screens:
                count = f" :gray-badge[{waiting[key]}]" if waiting.get(key) else ""
                st.page_link(screen.file, label=f"{screen.title}{count}", icon=screen.icon)
        who.badge()


def header(frame: Mapping[str, Any], title: str, *extra: str) -> None:
    """Title, as-of, freshness, coverage and the version of the rules."""
    html.show(header_html(frame, title, *extra))
    if "head_shown" not in st.session_state:
        st.session_state["head_shown"] = True
        time.sleep(HEAD_FIRST)


def header_html(frame: Mapping[str, Any], title: str, *extra: str, tail: str = "") -> str:
    """What `header` shows; `tail` is HTML."""
    now = clock.now()
    collected = frame.get("collected_at")
    behind = lateness.worst(frame.get("newest", {}), now)
    if collected is None:
        chip = '<span class="ck-chip dead">▲ 还没有采集记录</span>'
    elif behind.state == "dead":
        chip = f'<span class="ck-chip dead">▲ {html.e(behind.name)}中断自 {numbers.moment(behind.since)}，以下为最后一次数据</span>'
    elif behind.state == "late":
        chip = f'<span class="ck-chip late">■ {html.e(behind.name)}延迟，最近一次 {numbers.ago(behind.since, now)}</span>'
    else:
        chip = f"<span>数据截至 {numbers.clock(collected)}（{numbers.ago(collected, now)}）</span>"
    measured = ""
    if frame.get("targets"):
        mark = "✓ 采集正常" if frame["targets_measured"] == frame["targets"] else "◆ 部分未采"
        never = f"，{frame['unprobed']} 个网站还没有探测" if frame["unprobed"] else ""
        measured = html.anchor(
            f"{mark} {frame['targets_measured']}/{frame['targets']}{never}",
            html.link("collection", show="gaps"),
        )
    rules = f"<span>口径 v{html.e(frame['rules_version'])}</span>" if frame.get("rules_version") else ""
    more = "".join(f"<span>{html.e(text)}</span>" for text in extra if text)
    return (
        f'<div class="ck-head" data-asof="{numbers.moment(collected) if collected else ""}">'
        f"<h1>{html.e(title)}</h1>{more}{chip}{measured}{rules}{tail}</div>"
    )


def footer(frame: Mapping[str, Any], *, margin: bool = True) -> None:
    """Batch, rules and kind of data. On paper they stand in the margin of every sheet; `margin` False: the page has its own."""
    parts = [f"数据版本 {html.e(frame['version'].removesuffix('.duckdb'))}"]
    if frame.get("rules_sha256"):
        parts.append(
            f"口径 v{html.e(frame['rules_version'])} · 规则集 sha256 {html.e(frame['rules_sha256'][:12])}"
        )
    parts.append(f"数据性质：{NATURES.get(frame.get('origin', ''), '还没有采集数据')}")
    told = "　".join([*parts, "时间均为北京时间"])
    html.show(
        f'<div class="ck-foot ck-noprint">{told}</div>',
        html.margin(told, demo=frame.get("origin") == "demo") if margin else "",
    )


@contextmanager
def panel(name: str) -> Iterator[None]:
    """A part of a page; when it fails, the rest goes on and the failure has a number."""
    try:
        yield
    except Exception as error:
        html.show(_failure(name, error))


def part(name: str, make: Callable[[], str]) -> str:
    """The same for a part that is made as HTML."""
    try:
        return make()
    except Exception as error:
        return _failure(name, error)


def _failure(name: str, error: Exception) -> str:
    if isinstance(error, CockpitError):
        return html.state("error", html.e(error))
    number = f"E-{secrets.token_hex(2).upper()}"
    log.exception("panel %s failed, shown as %s", name, number)
    return html.state("error", f"“{html.e(name)}”暂时无法生成（编号 {number}），不影响其他内容。")


def nothing(text: str) -> None:
    """Good empty."""
    html.show(html.state("good", f"✓ {html.e(text)}"))


def choose(label: str, key: str, options: Mapping[str, str], *, all_label: str | None = None) -> str | None:
    """A filter that lives in the URL: codes in the address, Chinese on the screen. None = everything.

    (`bind="query-params"` writes the shown label, not the code, into the address.)
    """
    codes = ([""] if all_label else []) + list(options)
    widget, seen = f"filter_{key}", f"filter_{key}_url"
    asked = _code_of(st.query_params.get(key, ""), options)
    if widget not in st.session_state or st.session_state.get(seen) != asked:
        st.session_state[widget] = asked if asked in codes else codes[0]
    st.session_state[seen] = asked

    def changed() -> None:
        value = st.session_state[widget]
        if value == codes[0]:
            st.query_params.pop(key, None)
        else:
            st.query_params[key] = value
        for name in ("evidence", paging.KEY):
            st.query_params.pop(name, None)

    chosen = st.selectbox(
        label,
        codes,
        format_func=lambda code: plain.line(options.get(code, all_label or code)),
        key=widget,
        on_change=changed,
        placeholder="请选择",
        label_visibility="collapsed",
    )
    if asked and asked not in codes:
        html.show(_unknown(label, key, options, options.get(chosen) or all_label or "空"))
    return chosen or None


def _code_of(asked: str, options: Mapping[str, str]) -> str:
    """The code that the address asks for: itself, or the only one with this Chinese name."""
    named = [code for code, name in options.items() if name == asked]
    return named[0] if len(named) == 1 and asked not in options else asked


def _unknown(label: str, key: str, options: Mapping[str, str], instead: str) -> str:
    """The address names something that is not there: say so, say what is shown instead, and offer what is near."""
    asked = st.query_params[key]
    names = {name: code for code, name in options.items()}
    near = (names.get(text, text) for text in difflib.get_close_matches(asked, [*options, *names], 3, 0.4))
    offers = (
        ""
        if key == "period"
        else "、".join(  # two weeks look alike and mean nothing to each other
            html.anchor(html.e(options[code]), paging.address(key, code), "ck-chip")
            for code in dict.fromkeys(near)
        )
    )
    return html.state(
        "error",
        f"没有“{html.e(asked[:40])}”这个{html.e(label)}，下面显示的是“{html.e(instead)}”。"
        + (f"是不是要找：{offers}？" if offers else "")
        + f"请在{html.e(label)}列表里选择，共 {len(options)} 项。",
    )
