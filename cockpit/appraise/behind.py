"""The objects behind the number of a warning: which channels, applications, visits … one table from metric to rows.

They are asked for at the instant the warning was last seen, by the measure that made its number or by the question
that the measure counts, so that as many rows come out as the number says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from cockpit.appraise.applications import STATES, Case
from cockpit.appraise.by_unit import window
from cockpit.appraise.indicators import Indicator, Rules
from cockpit.appraise.judge import moment_of
from cockpit.appraise.measures_applications import PICKS, cases_of
from cockpit.appraise.metrics import METRICS
from cockpit.appraise.moment import Moment, Queries
from cockpit.store.queries import behind as stored
from cockpit.workdays import Calendar

Row = dict[str, Any]
Shape = tuple[str, ...]  # the fields of a row that are shown, keys of FIELDS

# Field of a row → heading; how a value is drawn follows from the field too (cockpit/ui/behind.py)
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "text": "名称",
        "fact": "事项",
        "hit": "命中",
        "suggestion": "建议",
        "excerpt": "说明",
        "latest": "最近更新",
        "period_days": "期限",
        "late": "已超",
        "age": "已过",
        "target": "地址",
        "page_url": "所在页",
        "url": "地址",
        "host": "主机",
        "places": "页数",
        "cause": "原因",
        "http_status": "HTTP",
        "seconds": "用时",
        "measured_at": "时间",
        "first_seen": "首次发现",
        "application_id": "申请编号",
        "received_on": "收到",
        "due": "答复期限",
        "answered_on": "答复",
        "overdue": "已超",
        "state": "状态",
        "message_id": "留言编号",
        "channel_in": "来源",
        "account_name": "账号",
        "platform": "平台",
        "channel_name": "页面",
        "case_no": "案号",
        "review_kind": "类别",
        "decided_on": "审结",
        "outcome": "结果",
    }
)
CHANNELS: Shape = ("text", "latest", "period_days", "late", "target")
BLANKS: Shape = ("text", "excerpt", "first_seen", "target")
LINKS: Shape = ("target", "cause", "http_status", "places", "page_url", "first_seen")
WORDS: Shape = ("hit", "suggestion", "places", "page_url", "first_seen")
HIDDEN: Shape = ("target", "excerpt", "places", "page_url", "first_seen")
FACTS: Shape = ("fact", "page_url")
DATED: Shape = ("fact", "first_seen", "page_url")
VISITS: Shape = ("measured_at", "cause", "http_status", "seconds")
PAGES: Shape = ("channel_name", "latest", "age", "url")
ACCOUNT: Shape = ("account_name", "platform", "latest", "age", "url")
IPV6: Shape = ("url", "host", "cause")
APPLICATIONS: Shape = ("application_id", "received_on", "due", "answered_on", "overdue", "state")
MESSAGES: Shape = ("message_id", "channel_in", "received_on", "age")
REVIEWS: Shape = ("case_no", "review_kind", "decided_on", "outcome")


@dataclass(frozen=True)
class Asked:
    """What a question gets: the facts, the instant, the indicator and the code of the object."""

    q: Queries
    m: Moment
    indicator: Indicator
    code: str


@dataclass(frozen=True)
class Source:
    """What the rows behind a metric are called, how they are counted and shown, and where they come from."""

    noun: str
    counter: str
    shape: Shape
    rows: Callable[[Asked], list[Row]]


@dataclass(frozen=True)
class Objects:
    """The objects behind one warning; `why` tells why there are no rows."""

    noun: str
    counter: str
    shape: Shape
    rows: tuple[Row, ...]
    why: str = ""


def _facts(a: Asked) -> list[Row]:
    """The rows that the measure itself names."""
    found = next((m for m in METRICS[a.indicator.metric](a.q, a.m) if m.code == a.code), None)
    return [
        {"fact": e.fact, "page_url": e.url, "finding_id": e.finding_id, "first_seen": e.first_seen}
        for e in (found.rows if found else ())
    ]


def _findings(a: Asked) -> list[Row]:
    """The findings that the measure counts, with what is known of each."""
    facts = {row["finding_id"]: row for row in _facts(a)}
    rows = stored.findings(a.q, list(facts), a.m.day)
    return [
        {**row, "hit": row["text"], **facts[row["finding_id"]], "page_url": row["page_url"]} for row in rows
    ]


def _applications(a: Asked) -> list[Row]:
    picked = PICKS[a.indicator.metric]
    return [_application(c) for c in cases_of(a.q, a.m).get(a.code, []) if picked(c, a.m)]


def _application(c: Case) -> Row:
    return {
        **c.row,
        "due": c.clock.due if c.clock else None,
        "overdue": -c.left if c.left is not None and c.left < 0 else None,
        "state": STATES[c.state],
    }


def _visits_failed(a: Asked) -> list[Row]:
    return stored.failed_visits(a.q, a.code, a.m.start, a.m.at)


def _visits_slow(a: Asked) -> list[Row]:
    lines = [line for line in (a.indicator.notice, a.indicator.near, a.indicator.warn) if line is not None]
    return stored.slow_visits(a.q, a.code, a.m.start, a.m.at, min(lines))


def _ipv6(level: int) -> Callable[[Asked], list[Row]]:
    return lambda a: stored.failing_ipv6(a.q, a.code, level)


def _messages(a: Asked) -> list[Row]:
    return stored.waiting_messages(a.q, a.code, **window(a.m))


_APPLICATIONS = "applications_overdue", "applications_due_soon", "corrections_late", "third_parties_late"
SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "failed_share": Source("打不开的访问", "次", VISITS, _visits_failed),
        "down_now": Source(
            "最近连续打不开的访问",
            "次",
            VISITS,
            lambda a: stored.newest_failures(a.q, a.code, a.m.start, a.m.at),
        ),
        "home_p95_seconds": Source("打开慢的访问", "次", VISITS, _visits_slow),
        "maintenance_days": Source("停机窗口", "次", FACTS, _facts),
        "home_age_days": Source(
            "据以判断的页面",
            "个",
            PAGES,
            lambda a: stored.dated_pages(a.q, a.code, a.m.at, a.m.day),
        ),
        "core_channels_overdue": Source("超期栏目", "个", CHANNELS, _findings),
        "channels_overdue": Source("应更新未更新栏目", "个", CHANNELS, _findings),
        "policy_overdue": Source("超期栏目", "个", CHANNELS, _findings),
        "service_statistics_overdue": Source("超期栏目", "个", CHANNELS, _findings),
        "replies_overdue": Source("超期栏目", "个", CHANNELS, _findings),
        "channels_blank": Source("空白栏目", "个", BLANKS, _findings),
        "forged_dates": Source("日期可疑的页面", "个", HIDDEN, _findings),
        "critical_wording": Source("严重表述错误", "处", WORDS, _findings),
        "other_wording": Source("表述错误", "处", WORDS, _findings),
        "privacy_leaks": Source("个人信息", "处", WORDS, _findings),
        "old_faults": Source("超期未改的错误", "处", WORDS, _findings),
        "critical_hidden": Source("违法内容", "处", HIDDEN, _findings),
        "other_hidden": Source("可疑暗链", "处", HIDDEN, _findings),
        "dead_links": Source("死链", "个", LINKS, _findings),
        "soft_404_links": Source("假正常页", "个", LINKS, _findings),
        "foreign_hosts": Source("站外域名", "个", FACTS, _facts),
        "tag_faults": Source("标签问题", "类", DATED, _findings),
        "home_marks": Source("底部标识问题", "类", DATED, _findings),
        "certificate_faults": Source("证书与 HTTPS 问题", "项", DATED, _findings),
        "ipv6_level2": Source("IPv6 打不开的二级链接", "条", IPV6, _ipv6(2)),
        "ipv6_level3": Source("IPv6 打不开的三级链接", "条", IPV6, _ipv6(3)),
        "ipv6_home": Source("首页", "个", FACTS, _facts),
        "service_entrance_missing": Source("看过的网站", "个", FACTS, _facts),
        "consult_entrance_missing": Source("看过的网站", "个", FACTS, _facts),
        "domain_fault": Source("网站", "个", FACTS, _facts),
        "site_code_fault": Source("网站", "个", FACTS, _facts),
        "sites_of_unit": Source("在用网站", "个", FACTS, _facts),
        **{metric: Source("申请", "件", APPLICATIONS, _applications) for metric in _APPLICATIONS},
        "answered_in_time": Source("没有按期答复的申请", "件", APPLICATIONS, _applications),
        "opened_share": Source("没有予以公开的申请", "件", APPLICATIONS, _applications),
        "corrected_share": Source(
            "结果纠正的复议诉讼",
            "件",
            REVIEWS,
            lambda a: stored.corrected_cases(a.q, a.code, **window(a.m)),
        ),
        "message_months": Source("未回应的有效留言", "条", MESSAGES, _messages),
        "messages_answered": Source("未答复的有效留言", "条", MESSAGES, _messages),
        "reports_open": Source("超期未答复的找错留言", "条", FACTS, _facts),
        "reports_month": Source("超过 1 个月的找错留言", "条", FACTS, _facts),
        "poor_guides": Source("缺 4 类及以上要素的事项", "个", FACTS, _facts),
        "all_guides_poor": Source("缺 4 类及以上要素的事项", "个", FACTS, _facts),
        "incomplete_guides": Source("要素不全的事项", "个", FACTS, _facts),
        "missing_forms": Source("没有样表的事项", "个", FACTS, _facts),
        "account_age_days": Source("账号", "个", ACCOUNT, lambda a: stored.account(a.q, a.code, a.m.day)),
        "lingering_accounts": Source("账号", "个", ACCOUNT, lambda a: stored.account(a.q, a.code, a.m.day)),
        "accounts_of_platform": Source("账号", "个", FACTS, _facts),
        "site_incidents": Source("经认定的严重问题", "件", FACTS, _facts),
        "account_incidents": Source("经认定的严重问题", "件", FACTS, _facts),
        "consultations_year": Source("征集调查", "次", FACTS, _facts),
        "registers_due_soon": Source("临期事项", "项", FACTS, _facts),
        **{
            metric: Source("台账事项", "项", FACTS, _facts)
            for metric in METRICS
            if metric.startswith("register_")
        },
    }
)


def of_warning(q: Queries, warning: Mapping[str, Any], rules: Rules, calendar: Calendar) -> Objects | None:
    """The objects behind a warning as they stood when it was last seen; None where its indicator is no more."""
    indicator = rules.indicators.get(warning["indicator_id"])
    if indicator is None:
        return None
    source = SOURCES[indicator.metric]
    confirms = {c.kind: (c.seen, c.of) for c in rules.confirms}
    at = warning["last_seen"] + timedelta(microseconds=1)  # facts of that instant included
    moment = moment_of(indicator, at, calendar, confirms)
    code = warning["site_code"] or warning["account_code"] or warning["unit_code"]
    found = source.rows(Asked(q, moment, indicator, code))
    if warning["finding_id"]:
        found = [row for row in found if row.get("finding_id") == warning["finding_id"]]
    why = "" if found else _why(warning, source)
    return Objects(source.noun, source.counter, source.shape, tuple(found), why)


def _why(warning: Mapping[str, Any], source: Source) -> str:
    """Why no object is left to show: facts that are kept only as they are now have changed since."""
    ended = "预警已办结" if warning["closed_at"] else "预警最后一次判定之后数据有更新"
    return f"{ended}，现存数据里已经没有当时的{source.noun}；当时的判定见上面的事项和处置记录。"
