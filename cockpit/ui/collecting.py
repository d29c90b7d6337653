"""Collect now: start with the consequence named, progress with n/N, stop; for 采集健康 and the first visit."""

from __future__ import annotations

import os

import streamlit as st

from cockpit import clock, collect_command, registry
from cockpit.collect_command import Progress, Step
from cockpit.errors import CockpitError
from cockpit.ui import data, html, numbers, who

REFRESH = "2s"


def panel(step: str = "") -> None:
    """The state of the last work; the button that starts one, or the progress of the one that runs."""
    html.show(html.title(f"{step}立即采集", "采一遍并入库，在后台进行，可以关掉页面"))
    found = collect_command.progress(data.data())
    if found is not None and found.state == "running":
        _running()
        return
    if found is not None:
        html.show(_told(found))
    _start()


@st.fragment(run_every=REFRESH)
def _running() -> None:
    """Draws itself anew while the work runs; when it ends the whole page does."""
    found = collect_command.progress(data.data())
    if found is None or found.state != "running":
        st.rerun()
        return
    st.progress(min(1.0, _share(found)), text=_sentence(found))
    html.show(_steps(found))
    if who.may("recheck") and st.button("停止采集（已采到的会入库）", key="collect_stop"):
        who.require("recheck")
        try:
            collect_command.stop(data.data())
        except CockpitError as error:
            html.show(html.state("error", html.e(error)))
        else:
            html.show(html.state("", "正在停止：当前这一步收尾、入库后结束。"))


def _share(found: Progress) -> float:
    walking = any(step.running and step.name == "patrol" for step in found.steps)
    inside = found.walked / found.sites if walking and found.sites else 0.0
    return (found.done + inside) / max(1, len(found.steps))


def _sentence(found: Progress) -> str:
    step = next((s for s in found.steps if s.running), None)
    if step is None:
        return "准备开始"
    more = f"，{found.walked}/{found.sites} 个网站" if step.name == "patrol" else f"，共 {found.sites} 个网站"
    return f"第 {found.done + 1}/{len(found.steps)} 步：{step.label}{more if step.name in collect_command.COLLECTORS else ''}"


def _mark(step: Step) -> str:
    if step.running:
        return "▶ 进行中"
    if step.code is None:
        return "· 等待"
    return "✓ 完成" if step.code == 0 else "■ 部分没采到" if step.code == 1 else "▲ 没有完成"


def _steps(found: Progress) -> str:
    columns = [
        html.Column("步骤", lambda s: html.e(s["label"]), "nw"),
        html.Column("状态", lambda s: html.e(_mark(Step(**s))), "nw"),
        html.Column("用时", lambda s: f"{s['seconds']:.0f} 秒" if s["code"] is not None else "—", "num"),
    ]
    return html.table(columns, (vars(step) for step in found.steps))


def _told(found: Progress) -> str:
    when = numbers.moment(collect_command.started(found))
    kind = "good" if found.state == "done" else "error" if found.state == "failed" else ""
    text = f"{collect_command.STATES[found.state]}（{when} 开始）。{html.e(found.message)}"
    missed = [s.label for s in found.steps if s.code == 1]
    if missed:
        text += f"{html.e('、'.join(missed))}有对象没采到，原因见采集健康。"
    return html.state(kind, text)


def _start() -> None:
    if not who.may("recheck"):
        html.show(html.state("", f"{html.e(who.why('recheck'))}。"))
        return
    try:
        sites = registry.load_register(data.data()).active_sites(clock.local_day(clock.now()))
    except CockpitError as error:
        html.show(html.state("none", f"还不能采集：{html.e(error)}"))
        return
    if not sites:
        html.show(
            html.state(
                "none",
                "台账里还没有在用的网站。"
                + html.anchor("去登记 →", html.link("registry_admin", book="site")),
            )
        )
        return
    unverified = sum(not site.verified for site in sites)
    warning = f"其中 {unverified} 个域名还没有核实。" if unverified else ""
    with st.popover("立即采集……"):
        html.show(
            f"<p>将访问台账里 <b>{len(sites)} 个网站</b>，逐页巡查，随后入库。{warning}网站多时要几十分钟，可随时停止。</p>"
        )
        private = st.checkbox("允许访问内网地址（内网部署时选）", key="collect_private")
        if st.button(f"开始采集 {len(sites)} 个网站", type="primary", key="collect_go"):
            who.require("recheck")
            _go(private)


def _go(private: bool) -> None:
    extra = ["--allow-private"] if private else []
    if os.environ.get("COCKPIT_HOSTS"):
        extra += ["--hosts", os.environ["COCKPIT_HOSTS"]]
    try:
        collect_command.start(data.data(), extra)
    except CockpitError as error:
        html.show(html.state("error", html.e(error)))
    else:
        st.rerun()
