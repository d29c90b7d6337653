"""The lists behind the numbers, one function each; they ask the same query as the number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cockpit.appraise import due
from cockpit.causes import causes
from cockpit.report import annexes
from cockpit.report.columns import DISPUTES
from cockpit.store.queries import disputes, links, overview, scores, warnings
from cockpit.ui import behind, common_causes, data, html, numbers
from cockpit.ui.wall import ASPECTS
from cockpit.workdays import Calendar

Params = Mapping[str, str]
C = html.Column


@dataclass(frozen=True)
class RowList:
    """A titled list with its columns."""

    title: str
    unit: str
    rows: Sequence[dict[str, Any]]
    columns: Sequence[html.Column]
    note: str = ""


def _text(field: str) -> Callable[[dict[str, Any]], str]:
    return lambda row: html.e(row[field] if row[field] is not None else "—")


def _targets(_params: Params) -> RowList:
    rows = data.ask(overview.target_list, day=data.today())
    columns = [
        C("类别", _text("kind"), "nw"),
        C("名称", _text("name")),
        C("责任单位", _text("unit_name"), "nw"),
        C("地址", lambda r: html.outside(r["url"]), "ck-hide"),
        C("备注", _text("note"), "ck-hide"),
    ]
    return RowList("在管对象", "个", rows, columns)


def _available(_params: Params) -> RowList:
    rows = [r for r in data.ask(overview.availability_now, day=data.today()) if r["ok"]]
    other = [r for r in data.ask(overview.availability_now, day=data.today()) if not r["ok"]]
    columns = [
        C("网站", _text("site_name")),
        C("责任单位", _text("unit_name"), "nw"),
        C("打开时间", lambda r: f"{r['seconds']:.1f} 秒", "num"),
        C("最近访问", lambda r: numbers.moment(r["measured_at"]), "nw"),
    ]
    table = causes()
    told = "；".join(
        f"{r['unit_name']}：{table[r['cause']].label if r['cause'] in table else '没有访问记录'}"
        for r in other
    )
    return RowList(
        "当前可用的网站", "个", rows, columns, f"不在其中的 {len(other)} 个——{told}。" if other else ""
    )


def _veto(_params: Params) -> RowList:
    rows = data.ask(warnings.veto_units)
    columns = [
        C("责任单位", lambda r: html.anchor(html.e(r["unit_name"]), html.link("unit", unit=r["unit_code"]))),
        C("最高级别", lambda r: html.badge("red" if r["worst"] == 1 else "orange")),
        C("相关预警", _text("warnings"), "num"),
    ]
    return RowList("单项否决风险单位", "个单位", rows, columns, "红色为已触及否决线，橙色为达到预警线。")


def _ipv6(_params: Params) -> RowList:
    rows = data.ask(overview.ipv6_sites)
    goal = data.rules().indicators["I-01"].near
    columns = [
        C("网站", _text("site_name")),
        C("责任单位", _text("unit_name"), "nw"),
        C("二级 可达/总数", lambda r: f"{r['level2_ok']}/{r['level2_total']}", "num"),
        C("三级 可达/总数", lambda r: f"{r['level3_ok']}/{r['level3_total']}", "num"),
        C("支持度", lambda r: numbers.percent(r["rate"], goal), "num"),
        C("检测时间", lambda r: numbers.moment(r["measured_at"]), "ck-hide nw"),
    ]
    ok, total = (
        sum(r["level2_ok"] + r["level3_ok"] for r in rows),
        sum(r["level2_total"] + r["level3_total"] for r in rows),
    )
    return RowList("IPv6 二三级链接支持度", "个网站", rows, columns, f"合计可达 {ok} 条，总数 {total} 条。")


def _findings(params: Params) -> RowList:
    aspect = params.get("aspect", "links")
    rows = data.ask(overview.findings_list, at=data.now(), aspect=aspect)
    columns = [
        C("出现时间", lambda r: numbers.moment(r["opened_at"]), "nw"),
        C("责任单位", _text("unit_name"), "nw"),
        C("问题", lambda r: html.e(r["text"] or r["target"])),
        C("对象", _text("target"), "ck-hide"),
        C("现状", lambda r: "已消失" if r["closed_at"] else "仍在", "nw"),
        C(
            "证据",
            lambda r: html.anchor(
                "看证据", html.link("lists", list="findings", aspect=aspect, evidence=r["finding_id"])
            ),
            "nw",
        ),
    ]
    return RowList(f"近 30 天新增：{ASPECTS.get(aspect, aspect)}", "条", rows, columns)


def _host(params: Params) -> RowList:
    rows = data.ask(links.host_places, host=params.get("host", ""), unit=params.get("unit"))
    columns = [
        C("责任单位", _text("unit_name"), "nw"),
        C("死链", _text("target")),
        C("链接文字", _text("text"), "ck-hide"),
        C("所在页", lambda r: html.outside(r["source"])),
        C(
            "证据",
            lambda r: html.anchor(
                "看证据",
                html.link(
                    "lists",
                    list="host",
                    host=params.get("host"),
                    unit=params.get("unit"),
                    evidence=r["finding_id"],
                ),
            ),
            "nw",
        ),
    ]
    return RowList(
        f"指向 {params.get('host', '')} 的死链",
        "个所在页",
        rows,
        columns,
        f"来自 {len({r['finding_id'] for r in rows})} 个不同地址；同一地址修一次即可。",
    )


def _week(params: Params) -> str:
    known = data.ask(scores.weeks)
    return params.get("period") if params.get("period") in known else known[0]


def _revision(params: Params) -> int | None:
    """The revision of the week that was asked for; None is the newest."""
    asked = params.get("revision", "")
    return int(asked) if asked.isdecimal() and len(asked) < 4 else None


def _scored(title: str, keep: Callable[[dict[str, Any]], bool]) -> Callable[[Params], RowList]:
    def build(params: Params) -> RowList:
        week = _week(params)
        stored = data.ask(scores.stored_scores, week=week, revision=_revision(params))
        rows = [r for r in stored if keep(r)]
        columns = [
            C(
                "责任单位",
                lambda r: html.anchor(
                    html.e(r["unit_name"]), html.link("unit", unit=r["unit_code"], period=week)
                ),
            ),
            C("得分", lambda r: numbers.score(r["score"]), "num"),
            C("等级", lambda r: html.e("否决" if r["vetoed"] else r["grade"]), "nw"),
            C("组内名次", lambda r: str(r["rank_in_group"] or "—"), "num"),
            C("扣分", lambda r: f"{r['deducted']:.2f}", "num"),
            C("已采指标", lambda r: f"{r['indicators_measured']}/{r['indicators_total']}", "num"),
        ]
        return RowList(f"{numbers.week(week)}{title}", "个单位", rows, columns)

    return build


def _deductions(params: Params) -> RowList:
    week, rules = _week(params), data.rules().indicators
    chosen = params.get("indicator", "")
    name = lambda code: rules[code].name if code in rules else code  # noqa: E731
    rows = [
        r
        for r in data.ask(scores.deductions, week=week, revision=_revision(params))
        if not chosen or (r["indicator_id"] == chosen and not r["is_veto"])
    ]
    scored = {
        r["unit_code"]: r["score"]
        for r in data.ask(scores.stored_scores, week=week, revision=_revision(params))
    }
    unrated = [{"score": scored.get(r["unit_code"]), "deducted": r["points"]} for r in rows]
    columns = [
        C("责任单位", _text("unit_name"), "nw"),
        C("指标", lambda r: html.e(name(r["indicator_id"]))),
        C("事实", _text("fact")),
        C("扣分", lambda r: "<b>否决</b>" if r["is_veto"] else f"−{r['points']:.2f}", "num"),
        C(
            "证据",
            lambda r: html.anchor(
                "看证据",
                html.link(
                    "lists", list="deductions", period=week, indicator=chosen, evidence=r["deduction_id"]
                ),
            ),
            "nw",
        ),
    ]
    return RowList(
        f"{numbers.week(week)}扣分明细" + (f"：{name(chosen)}" if chosen else ""),
        "条",
        rows,
        columns,
        f"合计 {sum(r['points'] for r in rows):.1f} 分{numbers.of_unrated(unrated)}。",
    )


def _disputes(params: Params) -> RowList:
    week, rules = _week(params), data.rules().indicators
    rows = data.ask(disputes.disputes, week=week)
    columns = [
        C("状态", lambda r: html.e(DISPUTES[r["state"]]), "nw"),
        C("责任单位", _text("unit_name"), "nw"),
        C("指标", lambda r: html.e(getattr(rules.get(r["indicator_id"]), "name", r["indicator_id"]))),
        C("事实", _text("fact")),
        C("扣分", lambda r: "<b>否决</b>" if r["is_veto"] else f"−{r['points']:.2f}", "num"),
        C(
            "证据",
            lambda r: html.anchor(
                "看证据", html.link("lists", list="disputes", period=week, evidence=r["deduction_id"])
            ),
            "nw",
        ),
    ]
    waiting = sum(r["state"] in {"open", "reviewing"} for r in rows)
    return RowList(f"{numbers.week(week)}异议", "件", rows, columns, f"未办结 {waiting} 件。")


def _cause(params: Params) -> RowList:
    title, rows, columns, note = common_causes.places(params)
    return RowList(title, "个问题", rows, columns, note)


def _behind(params: Params) -> RowList:
    title, counter, rows, columns, note = behind.whole(params)
    return RowList(title, counter, rows, columns, note)


def _due(params: Params, matter: str) -> list[dict[str, Any]] | None:
    """What was due in the week with its names, late ones first; of a closed week as frozen."""
    week, calendar = _week(params), Calendar.load(data.data().calendar)
    with data.reading() as reader:
        rows, names = due.of_week(reader, calendar, week, _revision(params)), annexes.names(reader, week)
    if rows is None:
        return None
    found = [{**names.put(r), "in_time": due.in_time(r)} for r in rows if r["matter"] == matter]
    return sorted(found, key=lambda r: (r["in_time"], r["due_on"], r["warning_id"] or r["application_id"]))


def _repaired(params: Params) -> RowList:
    week, rows = _week(params), _due(params, "warning")
    columns = [
        C("结果", lambda r: "按期" if r["in_time"] else "<b>逾期</b>", "nw"),
        C("级别", lambda r: html.badge(r["warning_level"]), "nw"),
        C("责任单位", _text("unit_name"), "nw"),
        C(
            "事项",
            lambda r: html.anchor(
                html.e(r["title"]),
                html.link("lists", list="repaired", period=week, evidence=r["warning_id"]),
            ),
        ),
        C("整改限期", lambda r: numbers.iso(r["due_on"]), "nw"),
        C("办结时间", lambda r: numbers.moment(r["closed_at"]) if r["closed_at"] else "未办结", "nw"),
    ]
    note = "整改限期在这一周的预警，限期当日 24 时前复测通过为按期；误报和已忽略的不算。已封存的周是封存当时的情况。"
    return RowList(f"{numbers.week(week)}到期整改", "件", rows or [], columns, _of_these(rows, note))


def _answered(params: Params) -> RowList:
    week, rows = _week(params), _due(params, "application")
    columns = [
        C("结果", lambda r: "按期" if r["in_time"] else "<b>逾期</b>", "nw"),
        C("申请编号", _text("application_id"), "nw"),
        C("责任单位", _text("unit_name"), "nw"),
        C("收到日期", lambda r: numbers.iso(r["received_on"]), "nw"),
        C("答复期限", lambda r: numbers.iso(r["due_on"]), "nw"),
        C("答复日期", lambda r: numbers.iso(r["answered_on"]) if r["answered_on"] else "未答复", "nw"),
    ]
    note = "答复期限在这一周的申请，按统计周结束时的情况；待补正和逾期不补正的不算。"
    return RowList(f"{numbers.week(week)}到期答复", "件", rows or [], columns, _of_these(rows, note))


def _of_these(rows: Sequence[dict[str, Any]] | None, note: str) -> str:
    if rows is None:
        return "这一期封存时没有保存到期事项，不再补算。"
    done = sum(r["in_time"] for r in rows)
    return f"按期 {done} 件，逾期 {len(rows) - done} 件。{note}"


LISTS: Mapping[str, Callable[[Params], RowList]] = MappingProxyType(
    {
        "targets": _targets,
        "available": _available,
        "veto": _veto,
        "ipv6": _ipv6,
        "findings": _findings,
        "host": _host,
        "rated": _scored("已评分单位", lambda r: r["score"] is not None),
        "passed": _scored("合格单位", lambda r: r["grade"] == "合格"),
        "vetoed": _scored("单项否决单位", lambda r: bool(r["vetoed"])),
        "unrated": _scored("未评单位", lambda r: r["score"] is None),
        "repaired": _repaired,
        "answered": _answered,
        "deductions": _deductions,
        "disputes": _disputes,
        "cause": _cause,
        "behind": _behind,
    }
)
