"""The rule of each register of the city's document. Limits without an official source are 项目默认 and say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from cockpit.appraise.register_rules import (
    EXPIRY_DAYS,
    Judged,
    Row,
    Rule,
    Scene,
    faulty,
    lacking,
    timed,
)

INTERPRET_WORKDAYS = 3  # 郑州 2016: 最迟 3 个工作日 (regulations §7 [F:S87]); here 项目默认
DISCLOSE_WORKDAYS = 20  # 《政府信息公开条例》第二十六条
ACCOUNT_WORKDAYS = 10  # 项目默认
PILOTS = ("360500-GXJ", "360500-RSJ", "360500-SWJ", "360500-WGXLJ", "360502-YSQ", "360521-FYX")
INTERPRETERS_SINCE = date(2023, 9, 1)  # 四（四）3: 2023 年 8 月底前
NOT_DEPARTMENTS = ("360500-WXB", "360500-TKJT", "360500-STGS")  # 党委机构和企业，不在“政府部门”之内


def item(row: Row, scene: Scene) -> Judged:
    """主动公开清单 ↔ channel coverage, 四（一）and 五（一）."""
    if row["valid_to"] and row["valid_to"] <= scene.day:
        return Judged("none", f"已于 {row['valid_to']} 失效")
    names = {
        "content": "公开内容标准",
        "basis": "公开依据",
        "time_limit": "公开时限",
        "subject_name": "公开主体",
        "channels_out": "公开渠道",
    }
    empty = [text for name, text in names.items() if not row[name]]
    state = scene.channels.get(row["url"] or "")
    problems = [
        (empty, f"缺要素：{'、'.join(empty)}"),
        (not row["url"], "没有登记对应栏目"),
        (state == "blank", "对应栏目空白"),
        (state == "overdue", "对应栏目超期未更新"),
    ]
    judged = faulty(problems, "要素齐全，栏目在更新")
    if judged.state == "ok" and state in {None, "unmeasured"}:
        return Judged("none", "对应栏目还没有采到，栏目情况不评")
    return judged


def document(row: Row, scene: Scene) -> Judged:
    """规范性文件: only what is in force is shown, and its validity is labelled, 四（三）."""
    over = next((d for d in (row["ended_on"], row["expires_on"]) if d and d <= scene.day), None)
    if over:
        if row["still_shown"]:
            return Judged("bad", f"已于 {over} 失效，网站仍按现行有效公开", over)
        return Judged("done", f"已于 {over} 失效，网站已清理或标注")
    problems = [
        (row["label_shown"] is False, "网站没有标注有效性"),
        (row["still_shown"] is False, "现行有效但没有公开"),
    ]
    judged = faulty(problems, "现行有效，已标注")
    if judged.state == "ok" and row["expires_on"] and (row["expires_on"] - scene.day).days <= EXPIRY_DAYS:
        left = (row["expires_on"] - scene.day).days
        return Judged("soon", f"{left} 天后到期，请评估续期或废止", row["expires_on"])
    if judged.state == "ok" and row["label_shown"] is None:
        return Judged("none", "还没有核对网站上的标注")
    return judged


def policy(row: Row, scene: Scene) -> Judged:
    """政策文件: 公开属性, 政策咨询, 征集意见, 三同步, 惠企通, 四（四）1—4."""
    problems = [
        (not row["disclosure"], "没有标注公开属性"),
        (row["consult_told"] is False, "没有明确政策咨询"),
        (row["public_interest"] and row["opinions_sought"] is False, "涉及切身利益而没有征集意见"),
        (row["fiscal"] and row["paid_by_platform"] is False, "涉及财政资金而没有通过“惠企通”兑现"),
        (row["needs_interpretation"] and row["drafted_together"] is False, "解读没有同步起草"),
        (row["needs_interpretation"] and row["approved_together"] is False, "解读没有同步审签"),
    ]
    judged = faulty(problems, "公开属性、咨询、解读齐全")
    if not row["needs_interpretation"]:
        return judged
    due = scene.calendar.add(row["issued_on"], INTERPRET_WORKDAYS)
    told = timed(scene, due, row["interpreted_on"], "解读")
    if judged.state == "bad":
        return Judged("bad", judged.text + (f"、{told.text}" if told.state in {"bad", "late"} else ""), due)
    return told


def interpreter(row: Row, _scene: Scene) -> Judged:
    if row["left_on"]:
        return Judged("none", f"已于 {row['left_on']} 离岗")
    return (
        Judged("ok", f"{row['published_on']} 公布")
        if row["published_on"]
        else Judged("bad", "名单还没有公布")
    )


def no_interpreter(scene: Scene, rows: Sequence[Row]) -> Iterable[dict[str, Any]]:
    """Departments without anybody, 四（四）3."""
    if scene.day < INTERPRETERS_SINCE:
        return
    have = {r["unit_code"] for r in rows if not r["left_on"]}
    for unit in scene.units:
        if unit["unit_group"] != "county" and unit["unit_code"] not in (*have, *NOT_DEPARTMENTS):
            yield lacking(unit, "没有确立政策解读员")


def evaluation(row: Row, scene: Scene) -> Judged:
    return timed(scene, date(row["report_year"], 12, 31), row["finished_on"], "政策评价")


def no_evaluation(scene: Scene, rows: Sequence[Row]) -> Iterable[dict[str, Any]]:
    """Pilot units that have begun nothing this year; only in the last quarter, when time runs out, 四（四）5."""
    if scene.day.month < 10:
        return
    begun = {r["unit_code"] for r in rows if r["report_year"] == scene.day.year}
    for unit in scene.units:
        if unit["unit_code"] in PILOTS and unit["unit_code"] not in begun:
            yield lacking(unit, f"试点单位 {scene.day.year} 年还没有开展政策评价")


ZONE_BASICS = {
    "can_read": "信息查阅",
    "can_apply": "政府信息申请",
    "can_serve": "政务自助办理",
    "can_show": "互动展示",
}


def zone(row: Row, scene: Scene) -> Judged:
    """政务公开专区 with its four basic functions, 五（三）."""
    if not row["opened_on"]:
        return timed(scene, row["planned_on"], None, "专区建成")
    lost = [text for name, text in ZONE_BASICS.items() if row[name] is False]
    more = [n for n in ("can_explain", "can_coach", "can_demo", "has_window") if row[n]]
    return faulty([(lost, f"缺功能：{'、'.join(lost)}")], f"基本功能齐全，增加功能 {len(more)}/4")


def no_zone(scene: Scene, rows: Sequence[Row]) -> Iterable[dict[str, Any]]:
    have = {r["unit_code"] for r in rows}
    for unit in scene.units:
        if unit["unit_group"] == "county" and unit["unit_code"] not in have:
            yield lacking(unit, "本级没有政务公开专区")


def quarter_end(quarter: str) -> date:
    """The last day of '2026Q3'."""
    year, number = int(quarter[:4]), int(quarter[-1])
    return (date(year + number // 4, number % 4 * 3 + 1, 1)) - timedelta(days=1)


def quarterly(row: Row, scene: Scene) -> Judged:
    """重点任务 and 民生实事 by quarter, 三（二）8, within the 20 working days of article 26."""
    due = scene.calendar.add(quarter_end(row["quarter"]), DISCLOSE_WORKDAYS)
    if not row["published_on"] and quarter_end(row["quarter"]) >= scene.day:
        return Judged("none", "本季度还没有结束", due)
    return timed(scene, due, row["published_on"], "季度公开")


def task(row: Row, scene: Scene) -> Judged:
    """A task of one unit, 六（五）."""
    whole = scene.tasks.get(row["task_code"], {})
    told = timed(scene, whole.get("due_on"), row["finished_on"], "任务")
    if told.state in {"open", "soon", "bad"} and not row["filed_on"]:
        return Judged(told.state, f"{told.text}；还没有分解报备", told.due)
    return Judged(told.state, f"{told.text}；进度 {row['percent'] or 0}%", told.due)


def whole_task(row: Row, scene: Scene) -> Judged:
    """A task of the document itself: only whether its date is near or past; who is late is in 任务进度台账."""
    due = row["due_on"]
    if due is None:
        return Judged("none", "没有限期")
    left = scene.left(due)
    count = len(str(row["unit_codes"]).split("|"))
    when = f"剩 {left} 个工作日" if due >= scene.day else "限期已过"
    return Judged("none", f"{count} 个责任单位，{when}；完成情况见任务进度台账", due)


def commendation(row: Row, scene: Scene) -> Judged:
    """表扬 and 问责, 六（四）: what must be put right has a date."""
    if row["commend_kind"] == "表扬":
        return Judged("ok", "表扬")
    return timed(scene, row["rectify_by"], row["rectified_on"], "整改")


def incident(row: Row, _scene: Scene) -> Judged:
    """严重问题: standing until it is put right."""
    told = f"{row['incident_kind']}，{row['confirmed_by']} {row['confirmed_on']} 认定"
    if row["rectified_on"]:
        return Judged("done", f"{told}，{row['rectified_on']} 整改完成")
    return Judged("bad", f"{told}，还没有整改完成")


OPINION_WORKDAYS = {"重大": 1, "特别重大": 1}  # 项目默认; others 3


def opinion(row: Row, scene: Scene) -> Judged:
    """政务舆情: answered in time, then closed, 四（七）."""
    due = scene.calendar.add(row["found_on"], OPINION_WORKDAYS.get(row["opinion_grade"] or "", 3))
    told = timed(scene, due, row["responded_on"], "回应")
    if told.state in {"done", "late"} and not row["closed_on"]:
        return Judged("open", f"{told.text}，还没有办结", due)
    return told


# working days by channel and where the number comes from (regulations §7)
MESSAGE_LIMITS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "我为政府网站找错": (3, "辽宁省政府网站管理办法：3 个工作日"),
        "12345": (5, "项目默认"),
        "中国政府网转办留言": (5, "项目默认"),
    }
)
MESSAGE_DEFAULT = (7, "项目默认")


def message(row: Row, scene: Scene) -> Judged:
    """留言 by channel, 四（五）and 五（四）."""
    if row["valid"] is False:
        return Judged("none", "无效留言")
    days, _ = MESSAGE_LIMITS.get(row["channel_in"] or "", MESSAGE_DEFAULT)
    told = timed(scene, scene.calendar.add(row["received_on"], days), row["answered_on"], "答复")
    if row["answered_on"] and row["satisfied"] is False:
        return Judged(told.state, f"{told.text}；网民不满意", told.due)
    return told


def account_event(row: Row, scene: Scene) -> Judged:
    due = scene.calendar.add(row["applied_on"], ACCOUNT_WORKDAYS)
    return timed(scene, due, row["approved_on"], row["event_kind"])


def no_account_event(scene: Scene, rows: Sequence[Row]) -> Iterable[dict[str, Any]]:
    """Accounts in use without 备案, closed ones without 注销, 五（二）."""
    have = {(r["account_code"], r["event_kind"]) for r in rows}
    for account in scene.accounts:
        need = {"active": "备案", "closed": "注销"}.get(account["state"])
        if need and (account["account_code"], need) not in have:
            told = f"“{account['account_name']}”没有{need}记录"
            unit = scene.unit(account["unit_code"])
            if unit:
                yield lacking(unit, told, account_code=account["account_code"])


BOARDS = {
    True: {"board_disclosure": "政务公开", "board_service": "办事服务", "board_interaction": "政民互动"},
    False: {
        "board_interaction": "政民互动",
        "board_interpretation": "政策解读",
        "board_disclosure": "政务公开",
    },
}


def account_check(row: Row, scene: Scene) -> Judged:
    """Boards by whether the unit has services; 指尖形式主义, 五（二）. A closed account is not judged."""
    account = scene.account(row["account_code"])
    if account.get("state") != "active":
        return Judged("none", "账号已停用或注销，不评")
    service = scene.unit(account.get("unit_code")).get("has_service") is not False
    lost = [text for name, text in BOARDS[service].items() if row[name] is False]
    problems = [
        (lost, f"缺板块：{'、'.join(lost)}"),
        (row["interaction_works"] is False, "互动功能无效"),
        (row["vote_found"], "发现强制网络投票"),
        (row["like_found"], "发现点赞打卡摊派"),
    ]
    judged = faulty(problems, "应设板块齐全，互动有效")
    if judged.state == "bad" and row["rectified_on"]:
        return Judged("late", f"{judged.text}，已于 {row['rectified_on']} 整改")
    return judged


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.table: rule
        for rule in (
            Rule("disclosure_item", item, "valid_from", limit="要素七项齐全，栏目存在且在更新"),
            Rule("normative_document", document, "issued_on", ("checked_on",), limit=f"到期前 {EXPIRY_DAYS} 天提醒（项目默认）"),
            Rule("policy_document", policy, "issued_on", ("interpreted_on",), limit=f"解读最迟 {INTERPRET_WORKDAYS} 个工作日（项目默认，参照郑州）"),
            Rule("interpreter", interpreter, None, ("published_on", "left_on"), no_interpreter, "每个政府部门至少 1 名"),
            Rule("policy_review", evaluation, "started_on", ("finished_on",), no_evaluation, "试点单位每年至少 1 次"),
            Rule("public_zone", zone, None, ("opened_on",), no_zone, "县区本级全覆盖，四项基本功能"),
            Rule("quarterly_report", quarterly, None, ("published_on",), limit=f"季度结束后 {DISCLOSE_WORKDAYS} 个工作日（条例第二十六条）"),
            Rule("clause_task", whole_task),
            Rule("task_progress", task, None, ("filed_on", "finished_on"), limit="任务分解表的限期"),
            Rule("commendation", commendation, "decided_on", ("rectified_on",), limit="决定写明的整改限期"),
            Rule("serious_incident", incident, "confirmed_on", ("rectified_on",), limit="经认定即单项否决，整改完成后下一周起不再计"),
            Rule("message", message, "received_on", ("answered_on",), limit="找错 3、12345 和中国政府网 5、其他 7 个工作日（除找错外为项目默认）"),
            Rule("opinion_event", opinion, "found_on", ("judged_on", "responded_on", "closed_on"), limit="重大及以上 1 个、其他 3 个工作日（项目默认）"),
            Rule("account_event", account_event, "applied_on", ("approved_on",), no_account_event, f"{ACCOUNT_WORKDAYS} 个工作日（项目默认）"),
            Rule("account_check", account_check, "checked_on", ("rectified_on",), limit="应设板块齐全、互动有效、没有“指尖上的形式主义”"),
        )
    }
)  # fmt: skip
