"""An empty installation explains itself: what this page will show, what it needs, and three steps from the browser."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from cockpit import books, clock, registry, trail
from cockpit.errors import CockpitError
from cockpit.registry.sheets import FILES
from cockpit.ui import collecting, data, html, who

# Page → (what will appear here, what it needs, the command that brings it)
PAGES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "overview": ("现在哪里出问题、先处理哪一个", "台账和一次采集", "python -m collectors all"),
        "scorecard": ("每周各单位得分、名次和要领导关注的事", "采满一周后计分", "python -m cockpit score"),
        "unit": ("一个单位为什么是这个分，逐条扣分和证据", "采集并计分", "python -m cockpit score"),
        "alerts": ("没办结的预警、谁超期，签收转办留痕", "一次巡查", "python -m collectors patrol"),
        "updates": ("快超期、已超期、空白的栏目", "一次巡查", "python -m collectors patrol"),
        "content": ("写错的字词、泄露的个人信息、没读全的附件", "一次巡查", "python -m collectors patrol"),
        "links": (
            "死链、暗链在哪里，是不是同一个源头",
            "两次巡查（第二次确认）",
            "python -m collectors patrol",
        ),
        "availability": ("网站能不能打开、证书还剩几天", "每小时一次探测", "python -m collectors probe"),
        "ipv6": ("二三级链接的 IPv6 支持度", "一次检测", "python -m collectors ipv6"),
        "requests": ("依申请公开的期限和结果", "导入申请台账", "python -m collectors ledgers import 文件"),
        "appraisal": ("考核包：扣分、证据、数据字典", "采满一周并计分", "python -m cockpit export"),
        "review": ("单位对扣分的异议、复核结论和更正", "计过分的一周", "python -m cockpit score"),
        "workbook": (
            "台账里哪些超期、哪些该有而没有",
            "一次采集，再导入台账",
            "python -m cockpit registers import 文件",
        ),
        "new_media": (
            "哪些账号快成“僵尸”、备案与注销",
            "登记账号，导入发文台账",
            "python -m collectors ledgers import 文件",
        ),
        "rehearsal": ("若今天抽查哪些不合格、因为哪一条", "一次采集", "python -m collectors all"),
        "trail": ("谁在什么时候改了什么、为什么", "一次采集", "python -m collectors all"),
        "collection": ("每个采集器的结果、没采到什么和原因", "一次采集", "python -m collectors all"),
    }
)


def show(key: str) -> None:
    """In place of a page that has no data yet."""
    will, needs, command = PAGES.get(key, ("采集结果", "台账和一次采集", "python -m collectors all"))
    html.show(
        html.lead("还没有数据。下面三步都可以在这里完成，不用命令行。"),
        html.state(
            "none",
            f"这一页将显示：<b>{html.e(will)}</b>。需要：{html.e(needs)}（命令 <code>{html.e(command)}</code>）。",
        ),
    )
    _register()
    if _ready():
        collecting.panel("第二步：")
        html.show(
            html.title("第三步：看结果"),
            html.state(
                "",
                "采集完成后自动入库、计分，本页随即换成真实内容。以后用 <code>python -m collectors schedule</code> 持续采集。",
            ),
        )
    html.show(
        '<p class="ck-quiet">只想先看看：<code>make run</code> 打开演示数据，<code>make demo</code> 在本机小城上真实采集一遍。'
        "不对劲：<code>python -m cockpit doctor</code> 说明哪里不对、怎样修复。</p>"
    )


def _ready() -> bool:
    return (data.data().registry / "units.csv").is_file()


def _register() -> None:
    """Step one: whose sites are looked at."""
    html.show(html.title("第一步：台账", "责任单位、网站、栏目、新媒体账号"))
    edit = html.anchor("打开台账管理 →", html.link("registry_admin", book="site"), "ck-chip")
    if not _ready():
        html.show(
            html.state(
                "", "还没有台账。可以先用自带的新余市责任单位台账（域名须核实），或上传自己的 Excel。" + edit
            )
        )
        if who.may("register"):
            actor = who.sign("操作人（岗位）", "setup_actor")
            if st.button("使用自带的新余市台账", type="primary", key="setup_register"):
                _copy(actor)
        return
    try:
        found = registry.load_register(data.data())
    except CockpitError as error:
        html.show(html.state("error", html.e(error)), edit)
        return
    open_ = [site for site in found.active_sites(clock.local_day(clock.now())) if not site.verified]
    told = f"✓ {len(found.units)} 个责任单位、{len(found.sites)} 个网站、{len(found.accounts)} 个新媒体账号。"
    warn = f"<b>{len(open_)} 个网站的域名还没有核实</b>，请先核对再采集。" if open_ else ""
    html.show(html.state("good" if not open_ else "", told + warn + edit))


def _copy(actor: str) -> None:
    who.require("register")
    if not actor.strip():
        html.show(html.state("error", "请填写操作人"))
        return
    books.start_with_shipped(data.data())
    for name in FILES:
        path = data.data().registry / name
        if path.is_file():
            trail.file_edit(
                data.data(),
                path,
                None,
                path.read_bytes(),
                actor=actor,
                now=clock.now(),
                action="register.init",
            )
    data.publish("登记台账")
    st.rerun()
