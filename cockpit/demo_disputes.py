"""Disputes of the demonstration city: one in every state, two of them with the correction that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from cockpit import closing, pipeline, store
from cockpit.appraise import disputes as arguing
from cockpit.appraise.handling import load_handling
from cockpit.appraise.indicators import load_rules
from cockpit.paths import DataDir
from cockpit.store.queries import disputes, scores
from cockpit.store.queries import issues as stored
from cockpit.workdays import Calendar

CLOSER, UNIT, ACCEPTER, REVIEWER = "演示封存员", "演示单位联络员", "演示受理员", "演示复核员"
# State that a case of the newest closed week, and of the one before, comes to
NEWEST = ("open", "reviewing", "withdrawn", "upheld", "cancelled")
BEFORE = ("partial",)


@dataclass(frozen=True)
class Argument:
    """What a unit says against a lost point of one aspect, and what is decided on it."""

    reason: str
    upheld: str
    cancelled: str
    partial: str


# Aspect of the indicator → what is argued: words that fit what the point was lost for
ARGUMENTS: Mapping[str, Argument] = MappingProxyType(
    {
        "availability": Argument(
            "统计期内按计划割接网络，已提前报备",
            "报备时间晚于打不开的时间，维持",
            "经核对报备记录属实，撤销",
            "割接时段已报备，其余时段没有，保留一半",
        ),
        "channels": Argument(
            "栏目已按程序归并，旧栏目没有及时撤下",
            "封存时旧栏目仍可访问且超期，事后撤下不影响本期，维持",
            "归并批复早于统计期，撤销",
            "批复只涉及其中一部分栏目，保留一半",
        ),
        "links": Argument(
            "链接指向上级网站，对方改版后失效",
            "链接在本网站页面上，应由本网站更正，维持",
            "经复测为对方临时故障，当日已恢复，撤销",
            "部分链接为对方临时故障，保留一半",
        ),
        "hidden": Argument(
            "链接由统计组件带入，已请建站单位清除",
            "封存时仍在页面源码中，维持",
            "经核对为报备过的统计代码，撤销",
            "部分链接属报备过的统计代码，保留一半",
        ),
        "wording": Argument(
            "属于转载，原文如此",
            "转载也应核校，且没有注明来源，维持",
            "原文为引用历史文件，已注明出处，撤销",
            "部分内容属转载且已注明来源，保留一半",
        ),
        "privacy": Argument(
            "名单依法应当公示",
            "公示也应去标识化，维持",
            "经核对为单位对外办公电话，撤销",
            "部分号码为单位对外办公电话，保留一半",
        ),
        "tags": Argument(
            "模板升级，标签已经补齐",
            "封存时标签仍然缺失，事后整改不影响本期，维持",
            "经核对封存快照中有该标签，撤销",
            "部分页面在封存快照中有该标签，保留一半",
        ),
        "ipv6": Argument(
            "采集机 IPv6 网络不通，网站本身可达",
            "同一时段其他网站可达，维持",
            "检测时段采集机 IPv6 网络中断属实，撤销",
            "部分链接在复测中可达，保留一半",
        ),
        "certificate": Argument(
            "证书已在统计期内更换",
            "更换时间晚于封存时间，维持",
            "经核对更换时间早于统计时点，撤销",
            "一项已更换、一项没有，保留一半",
        ),
        "applications": Argument(
            "已书面告知申请人延期答复",
            "告知书日期晚于答复期限，维持",
            "延期告知书日期在期限以内，本条撤销；台账由单位补录后，预警随之办结",
            "其中一件延期告知属实，保留一半",
        ),
        "messages": Argument(
            "留言重复提交，已在另一件中答复",
            "两件内容不同，维持",
            "经核对为同一诉求，已按期答复，撤销",
            "部分留言为重复提交，保留一半",
        ),
        "media": Argument(
            "账号已在注销程序中",
            "注销尚未完成，维持",
            "注销批复早于统计期，撤销",
            "其中一个账号注销属实，保留一半",
        ),
        "service": Argument(
            "事项已下放，办事指南由县区发布",
            "事项仍列在本单位目录中，维持",
            "下放文件早于检查日期，撤销",
            "部分事项已下放，保留一半",
        ),
        "register": Argument(
            "工作已经完成，台账没有及时登记",
            "封存时没有佐证材料，维持",
            "佐证材料日期在期限以内，撤销",
            "部分事项佐证属实，保留一半",
        ),
    }
)
SHARE = 0.5


def argue(data: DataDir, now: datetime) -> None:
    """Raise, accept and conclude the cases; every correction follows by itself as in the real city."""
    with store.reader(data) as reader:
        weeks = {issue["week"]: issue["closed_at"] for issue in reversed(stored.issues(reader))}
        newest = sorted(weeks, reverse=True)
        ends = [now, *(weeks[week] for week in newest)]  # a week is argued until the next one is closed
        plans = [
            [(row, state, _Times.between(weeks[week], end)) for row, state in _chosen(reader, week, states)]
            for week, states, end in zip(newest, (NEWEST, BEFORE), ends, strict=False)
        ]
    for plan in reversed(plans):  # the earlier week first, as the trail tells it
        _settle(data, now, plan)


def _settle(data: DataDir, now: datetime, plan: Sequence[tuple[dict[str, Any], str, _Times]]) -> None:
    """All cases of one week, step by step."""
    aspects = {i.id: i.aspect for i in load_rules(data.rules).indicators.values()}
    argued = [ARGUMENTS[aspects[row["indicator_id"]]] for row, _, _ in plan]
    numbers = [
        _raise(data, times.raised, row, argument.reason, attach=state == "cancelled")
        for (row, state, times), argument in zip(plan, argued, strict=True)
    ]
    pipeline.load_all(data, now)
    for number, (_, state, times) in zip(numbers, plan, strict=True):
        _go_on(data, number, state, times.accepted)
    pipeline.load_all(data, now)
    for number, (_, state, times), argument in zip(numbers, plan, argued, strict=True):
        if state in {"upheld", "partial", "cancelled"}:
            kept = SHARE if state == "partial" else None
            at = times.decided
            words = getattr(argument, state)
            told = {"state": state, "reviewer": REVIEWER, "decision": words, "kept": kept}
            closing.decide(data, number, **told, now=at, load_at=now)  # the warnings stay those of now


@dataclass(frozen=True)
class _Times:
    """When the steps of a case were taken."""

    raised: datetime
    accepted: datetime
    decided: datetime

    @staticmethod
    def between(closed: datetime, end: datetime) -> _Times:
        return _Times(*(closed + (end - closed) * share / 4 for share in (1, 2, 3)))


def _chosen(reader: store.Reader, week: str, states: Sequence[str]) -> list[tuple[dict[str, Any], str]]:
    """The dearest lost point of as many units as there are states."""
    dearest: dict[str, dict[str, Any]] = {}
    for row in scores.deductions(reader, week):
        if not row["is_veto"]:
            dearest.setdefault(row["unit_code"], row)
    return list(zip(dearest.values(), states, strict=False))


def _raise(data: DataDir, now: datetime, row: dict[str, Any], reason: str, *, attach: bool) -> str:
    return arguing.raise_dispute(
        data,
        row,
        None,
        actor=UNIT,
        reason=reason,
        now=now,
        handling=load_handling(data.rules),
        calendar=Calendar.load(data.calendar),
        published=None,
        attachment=arguing.keep_bytes(data, *_proof(reason)) if attach else None,
    )


def _proof(reason: str) -> tuple[str, bytes]:
    """Name and content of the file that a unit hands in with its reason."""
    return "说明.txt", f"演示附件：{reason}。".encode()


def _go_on(data: DataDir, number: str, state: str, now: datetime) -> None:
    with store.reader(data) as reader:
        dispute = disputes.dispute(reader, number)
    if dispute is None or state == "open":
        return
    if state == "withdrawn":
        arguing.withdraw(data, dispute, actor=UNIT, now=now)
    else:
        arguing.accept(data, dispute, actor=ACCEPTER, now=now)
