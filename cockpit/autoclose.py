"""Closing by the schedule: a week that is over is closed once its collection is complete, else it is said what is missing.

Complete: every site in use on the week's Sunday was looked at by every scheduled collector in the last days of the
week. A site that did not answer was looked at; one that the machine did not get to was not. Run as often as you like:
what is closed stays closed, and of two that run at once the first one closes (`closing.close`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from cockpit import closing, pipeline, store
from cockpit.clock import last_complete_week, previous_week, to_local, week_bounds, week_days, week_of
from cockpit.collect_command import COLLECTORS
from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.store.queries import collection, issues
from collectors.schedule_plan import Closing, Plan, load_plan

ACTOR = "自动封存"
WEEKS = 4  # a week left open longer is for a person to decide
STATES: Mapping[str, str] = MappingProxyType(
    {
        "closed": "已封存",
        "running": "本周未结束",
        "early": "未到封存时间",
        "waiting": "等待采齐",
        "ready": "已采齐，待封存",
        "manual": "待人工封存",
    }
)


@dataclass(frozen=True)
class Missing:
    """A site that a collector did not get to in the last days of a week."""

    collector: str
    site_code: str
    site_name: str
    unit_code: str
    unit_name: str | None

    @property
    def label(self) -> str:
        return COLLECTORS.get(self.collector, self.collector)


@dataclass(frozen=True)
class Week:
    """One week and its closing. `due`: the moment (UTC) from which it is closed by itself; None where it is not."""

    week: str
    state: str
    due: datetime | None
    issue: Mapping[str, Any] | None = None
    missing: tuple[Missing, ...] = ()


def examine(reader: store.Reader, plan: Plan, now: datetime) -> list[Week]:
    """The running week and the last weeks that are over, newest first."""
    first = collection.first_look(reader)
    if first is None:
        return []
    earliest, last = week_of(first), last_complete_week(now)
    over = [previous_week(last, n) for n in range(WEEKS)]
    known = {issue["week"]: issue for issue in reversed(issues.issues(reader))}
    running = Week(week_of(now), "running", plan.closing and due(plan.closing, week_of(now)))
    return [running, *(_week(reader, plan, week, known.get(week), now) for week in over if week >= earliest)]


def _week(
    reader: store.Reader, plan: Plan, week: str, issue: Mapping[str, Any] | None, now: datetime
) -> Week:
    if issue is not None:
        return Week(week, "closed", None, issue)
    if plan.closing is None:
        return Week(week, "manual", None)
    moment, lacking = due(plan.closing, week), missing(reader, plan, week)
    state = "early" if now < moment else "waiting" if lacking else "ready"
    return Week(week, state, moment, None, lacking)


def due(rule: Closing, week: str) -> datetime:
    """The moment of the following week from which a week is closed."""
    return week_bounds(week)[1] + timedelta(days=rule.weekday, minutes=rule.minute)


def missing(reader: store.Reader, plan: Plan, week: str) -> tuple[Missing, ...]:
    """What was not looked at in the last days of a week, collector by collector."""
    until, days = week_bounds(week)[1], plan.closing.fresh_days if plan.closing else 7
    seen = collection.looked(reader, until - timedelta(days=days), until)
    sites = collection.sites_in_use(reader, week_days(week)[1])
    return tuple(
        Missing(collector, site["site_code"], site["site_name"], site["unit_code"], site["unit_name"])
        for collector in plan.collectors
        for site in sites
        if (collector, site["site_code"]) not in seen
    )


def run(data: DataDir, now: datetime) -> list[Week]:
    """Close every week that is due and complete, oldest first. Returns the weeks as they stand afterwards."""
    plan = load_plan(data.rules)
    if store.pending_batches(data):
        pipeline.load_all(data, now)
    for week in reversed(_examined(data, plan, now)):
        if week.state == "ready":
            _close(data, week.week, now)
    return _examined(data, plan, now)


def _examined(data: DataDir, plan: Plan, now: datetime) -> list[Week]:
    with store.reader(data) as reader:
        return examine(reader, plan, now)


def _close(data: DataDir, week: str, now: datetime) -> None:
    """Close one week; where another was faster, its closing holds. Raises CockpitError for any other trouble."""
    try:
        closing.close(data, week, actor=ACTOR, now=now)
    except CockpitError:
        if closing.newest(data, week) is None:
            raise


def told(week: Week) -> str:
    """One week in one sentence."""
    if week.issue is not None:
        number = f"更正{week.issue['revision']}，" if week.issue["revision"] else ""
        by = "" if week.issue["actor"] == ACTOR else f"由{week.issue['actor']}"
        how = "封存" if by else ACTOR
        return f"{number}{to_local(week.issue['closed_at']):%Y-%m-%d %H:%M} {by}{how}"
    moment = f"{to_local(week.due):%Y-%m-%d %H:%M}" if week.due else ""
    return {
        "running": f"{moment} 起采齐即封" if week.due else "本周结束后由人运行 close-week",
        "early": f"{moment} 起采齐即封" + (f"；现在还缺 {len(week.missing)} 项" if week.missing else ""),
        "waiting": f"{moment} 已到，还缺 {len(week.missing)} 项：{lacking(week.missing)}。补不回来的，核对后运行 "
        f"close-week --week {week.week}，缺的按未采集退出分母",
        "ready": "下一次日程即封存",
        "manual": f"自动封存已关闭，请运行 close-week --week {week.week}",
    }[week.state]


def lacking(found: Iterable[Missing], shown: int = 3) -> str:
    """What is missing, by collector, with a few names each."""
    by_collector: dict[str, list[str]] = {}
    for m in found:
        by_collector.setdefault(m.label, []).append(m.site_name)
    parts = []
    for label, names in by_collector.items():
        more = f"等 {len(names)} 个网站" if len(names) > shown else ""
        parts.append(f"{label}未看 {'、'.join(names[:shown])}{more}")
    return "；".join(parts)
