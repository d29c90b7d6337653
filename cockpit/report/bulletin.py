"""What a bulletin (通报) says: the words and rows of one period, from closed issues only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cockpit.appraise.indicators import Rules
from cockpit.appraise.periods import Accumulated, Period, UnitPeriod, accumulate
from cockpit.clock import to_local
from cockpit.errors import CockpitError
from cockpit.report.columns import GROUPS
from cockpit.store.queries import exports
from cockpit.store.queries import periods as stored
from cockpit.store.reader import Reader

NONE = "—"
LEAST_MOVE = 0.5  # points; a smaller change is not told as progress or decline (项目默认)


@dataclass(frozen=True)
class Annex:
    """One table behind the text. widths: share of the line per column."""

    title: str
    note: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: list[tuple[str, ...]]


@dataclass(frozen=True)
class Bulletin:
    """A whole bulletin. sections: heading and paragraphs."""

    title: str
    demo: bool
    notice: str
    sections: list[tuple[str, list[str]]]
    annexes: list[Annex]
    signature: str
    figures: Mapping[str, Any] = field(default_factory=dict)


def build(
    reader: Reader, rules: Rules, period: Period, now: datetime, *, mask: Callable[[str], str]
) -> Bulletin:
    """The bulletin of a period. Raises CockpitError when none of its weeks is closed.

    `mask` takes personal data out of scraped prose; it is the caller's, as reports do not know detectors.
    """
    this = accumulate(reader, rules, period, now)
    if not this.closed:
        raise CockpitError(
            f"{period.name}还没有封存的周，不能出通报。请先运行 python -m cockpit close-week --week 周次"
        )
    before = accumulate(reader, rules, period.before(), now)
    year_before = period.year_before()
    last_year = accumulate(reader, rules, year_before, now) if year_before else None
    demo = exports.snapshot(reader).get("origin") == "demo"
    lost = [{**r, "fact": mask(str(r["fact"]))} for r in stored.deductions(reader, this.weeks)]
    return Bulletin(
        f"{period.name}全市政务公开监测情况通报",
        demo,
        _notice(this),
        [
            ("一、总体情况", _overall(reader, rules, this, before, last_year)),
            ("二、主要成效", _good(reader, rules, this, before)),
            ("三、存在问题", _bad(reader, rules, this, before)),
            ("四、工作要求", _wanted(this)),
        ],
        [_failed(rules, this, lost), _lost(rules, this, lost), _again(this, before)],
        f"{to_local(now):%Y}年{to_local(now).month}月{to_local(now).day}日",
        _figures(this, before, last_year),
    )


def _figures(this: Accumulated, before: Accumulated, last_year: Accumulated | None) -> dict[str, Any]:
    return {
        "period": this.period.code,
        "weeks": this.weeks,
        "missing": list(this.missing),
        "unfinished": list(this.unfinished),
        "units": len(this.units),
        "rated": len(this.rated),
        "passed": len(this.passed),
        "failed": len(this.failed),
        "coverage": this.coverage,
        "pass_rate": this.pass_rate,
        "pass_rate_before": before.pass_rate,
        "pass_rate_last_year": last_year.pass_rate if last_year else None,
        "average": this.average,
        "comparable": this.comparable,
    }


def _notice(this: Accumulated) -> str:
    """Which closed issues the numbers come from, and which weeks are not in them."""
    named = [i["week"] + (f"（更正{i['revision']}）" if i["revision"] else "") for i in this.closed]
    text = f"本通报数字全部来自已封存的 {len(named)} 期：{'、'.join(named)}。"
    if this.missing:
        text += f"尚未封存的 {len(this.missing)} 周（{'、'.join(this.missing)}）不在其中。"
    if this.unfinished:
        text += f"还有 {len(this.unfinished)} 周没有结束（{this.unfinished[0]} 起），待结束封存后计入。"
    if not this.comparable:
        text += "期内口径有变化，平均数跨两个口径，比较时请注意。"
    return text


def percent(share: float | None) -> str:
    """Cut, never rounded up: 98.97 % is 98.9 %."""
    return NONE if share is None else f"{int(share * 1000 + 1e-9) / 10:.1f}%"


def points_of(now: float | None, then: float | None) -> str:
    """A change of a rate in 个百分点."""
    if now is None or then is None:
        return "没有可比数据"
    change = round((now - then) * 100, 1)
    return "持平" if change == 0 else f"{'上升' if change > 0 else '下降'} {abs(change):.1f} 个百分点"


def _overall(
    reader: Reader, rules: Rules, this: Accumulated, before: Accumulated, last_year: Accumulated | None
) -> list[str]:
    registered = [
        i for i, r in rules.indicators.items() if r.aspect == "register" or r.metric == "maintenance_days"
    ]
    seen = stored.checked(reader, this.weeks, registered)
    same_rules = set(this.rules) == set(before.rules)
    compare = points_of(this.pass_rate, before.pass_rate)
    if before.pass_rate is not None and not same_rules:
        compare += f"（两期口径不同：上期 {percent(before.pass_rate)}）"
    first = (
        f"{this.period.name}共监测责任单位 {len(this.units)} 个、网站 {seen['sites']} 个、政务新媒体账号 {seen['accounts']} 个，"
        f"其中采集到的网站 {seen['sites_measured']} 个、账号 {seen['accounts_measured']} 个。"
        f"达到评分条件的单位 {len(this.rated)} 个，覆盖率 {percent(this.coverage)}。"
    )
    second = (
        f"合格单位 {len(this.passed)} 个，不合格单位 {len(this.failed)} 个，合格率 {percent(this.pass_rate)}，"
        f"环比（较{this.period.before().name}）{compare}，"
        f"同比（较上年同期）{points_of(this.pass_rate, last_year.pass_rate if last_year else None)}。"
    )
    if this.average is not None:
        moved = "" if before.average is None else f"，上期为 {_cut(before.average)} 分"
        second += f"全市平均 {_cut(this.average)} 分{moved}。"
    vetoed = [u for u in this.units if u.vetoed_weeks]
    third = (
        f"期内触发单项否决的单位 {len(vetoed)} 个：{_names(vetoed)}；期末仍处于单项否决的 {sum(u.vetoed_last for u in vetoed)} 个。"
        if vetoed
        else "期内没有单位触发单项否决。"
    )
    return [first, second, third]


def _cut(value: float) -> str:
    return f"{int(value * 10 + 1e-9) / 10:.1f}"


def _names(units: Sequence[UnitPeriod]) -> str:
    return "、".join(u.short_name for u in units)


def _good(reader: Reader, rules: Rules, this: Accumulated, before: Accumulated) -> list[str]:
    out = []
    for group, name in GROUPS.items():
        best = [u for u in this.units if u.unit_group == group and u.rank is not None and u.rank <= 3]
        best.sort(key=lambda u: u.rank or 0)
        if best:
            told = "、".join(f"{u.short_name}（{_cut(float(u.score or 0))} 分）" for u in best)
            out.append(f"{name}得分居前的是：{told}。")
    up = _moved(this, before, up=True)
    if up:
        out.append(
            f"进步明显的是：{'、'.join(f'{u.short_name}（上升 {_step(change)} 分）' for u, change in up)}。"
        )
    fewer = _fewer(reader, rules, this, before)
    if fewer:
        out.append(f"较上期减少的问题：{'、'.join(fewer)}。")
    added = [u for u in this.units if u.bonus > 0]
    if added:
        told = "、".join(f"{u.short_name}（{u.bonus:.0f} 分）" for u in added)
        out.append(f"获得加分的单位：{told}。")
    return out or ["本期没有可以比较的成效数据。"]


def _moved(this: Accumulated, before: Accumulated, *, up: bool) -> list[tuple[UnitPeriod, Decimal]]:
    """At most five units that moved, by the same rules only."""
    if set(this.rules) != set(before.rules):
        return []
    old = {u.unit_code: u.mean for u in before.units}
    moves = [
        (u, u.mean - old[u.unit_code])
        for u in this.units
        if u.mean is not None and old.get(u.unit_code) is not None
    ]
    chosen = [m for m in moves if (m[1] >= LEAST_MOVE if up else m[1] <= -LEAST_MOVE)]
    return sorted(chosen, key=lambda m: -abs(m[1]))[:5]


def _step(change: Decimal) -> str:
    """How far, as the scorecard rounds it."""
    return str(abs(change).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _fewer(reader: Reader, rules: Rules, this: Accumulated, before: Accumulated) -> list[str]:
    """Indicators with fewer places than before; what a review took back was not repaired and is counted in."""
    if set(this.rules) != set(before.rules):
        return []
    now = {r["indicator_id"]: r["places_a_week"] for r in stored.by_indicator(reader, this.weeks)}
    for indicator, places in stored.taken_back(reader, this.weeks).items():
        now[indicator] = now.get(indicator, 0.0) + places
    old = {r["indicator_id"]: r["places_a_week"] for r in stored.by_indicator(reader, before.weeks)}
    falls = sorted(
        ((old[i] - now.get(i, 0.0), i) for i in old if old[i] - now.get(i, 0.0) >= 1), reverse=True
    )
    return [
        f"{_name(rules, i)}（平均每周由 {old[i]:.0f} 条减至 {now.get(i, 0.0):.0f} 条）" for _, i in falls[:3]
    ]


def _name(rules: Rules, indicator: str) -> str:
    return rules.indicators[indicator].name if indicator in rules.indicators else indicator


def _bad(reader: Reader, rules: Rules, this: Accumulated, before: Accumulated) -> list[str]:
    out = []
    ranked = [r for r in stored.by_indicator(reader, this.weeks) if r["points"] > 0][:5]
    for number, r in enumerate(ranked, 1):
        clause = rules.indicators[r["indicator_id"]].clause if r["indicator_id"] in rules.indicators else ""
        veto = f"，其中 {r['vetoed']} 个单位触发单项否决" if r["vetoed"] else ""
        out.append(
            f"（{'一二三四五'[number - 1]}）{_name(rules, r['indicator_id'])}。涉及 {r['units']} 个单位，"
            f"平均每周扣分 {r['places_a_week']:.0f} 条{veto}。依据：{clause}。"
        )
    down = _moved(this, before, up=False)
    if down:
        told = "、".join(f"{u.short_name}（下降 {_step(change)} 分）" for u, change in down)
        out.append(f"退步明显的是：{told}。")
    unrated = [u for u in this.units if u.score is None]
    if unrated:
        out.append(f"另有 {len(unrated)} 个单位没有网站或采集不足，未予评分：{_names(unrated)}。")
    return out or ["本期没有发现需要通报的问题。"]


def _wanted(this: Accumulated) -> list[str]:
    failed = f"本期不合格的 {len(this.failed)} 个单位（附件1）" if this.failed else "各单位"
    return [
        f"（一）立即整改。{failed}要对照附件逐条整改，明确责任人和时限，整改结果报市政府办公室，由系统复测确认。",
        "（二）举一反三。各单位要对照扣分明细（附件2）开展自查，同一原因造成的问题一次改到位。",
        "（三）依规提出异议。对扣分有不同意见的，可在公布后规定的工作日内通过系统提出，附佐证材料。",
        "（四）抓好长效。临近期限的栏目、将到期的证书和依申请公开件，按预警提示提前办理。",
    ]


def _reason(rules: Rules, unit: UnitPeriod, lost: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Why a unit failed and the clause."""
    own = [r for r in lost if r["unit_code"] == unit.unit_code]
    vetoes = [r for r in own if r["is_veto"]]
    if unit.vetoed_last and vetoes:
        told = "；".join(dict.fromkeys(str(r["fact"]) for r in vetoes))
        return told, "；".join(dict.fromkeys(str(r["clause"]) for r in vetoes))
    worst = sorted(own, key=lambda r: -r["points"])[:3]
    told = f"平均得分低于 {rules.pass_score:g} 分，主要是{'、'.join(dict.fromkeys(_name(rules, r['indicator_id']) for r in worst))}"
    return told, f"得分低于 {rules.pass_score:g} 分为不合格（国办秘函〔2019〕19号）"


def _failed(rules: Rules, this: Accumulated, lost: Sequence[Mapping[str, Any]]) -> Annex:
    rows = []
    for number, unit in enumerate(this.failed, 1):
        reason, clause = _reason(rules, unit, lost)
        shown = NONE if unit.score is None else _cut(float(unit.score))
        rows.append((str(number), unit.unit_name, shown, reason, clause))
    note = "期末周处于单项否决，或期内平均分（含加分）低于合格线（期间合并办法为项目默认）。"
    return Annex(
        "不合格单位名单", note, ("序号", "责任单位", "得分", "原因", "依据条款"), (6, 18, 8, 36, 32), rows
    )


def _lost(rules: Rules, this: Accumulated, lost: Sequence[Mapping[str, Any]]) -> Annex:
    last = this.weeks[-1]
    rows = []
    for number, r in enumerate(lost, 1):
        more = f"（期末周 {r['places_last']} 处）" if r["places_last"] > 1 else ""
        points = "否决" if r["is_veto"] else f"{r['points'] / max(1, len(this.weeks)):.2f}"
        state = "期末仍在" if r["last_week"] == last else "期末已消除"
        cells = (
            r["short_name"],
            r["object_name"] or "单位",
            _name(rules, r["indicator_id"]),
            f"{r['fact']}{more}",
        )
        rows.append((str(number), *cells, points, state))
    note = "同一单位、同一对象、同一指标并为一行；扣分为折算到每周的平均数，分值性质见规则口径。"
    heads = ("序号", "责任单位", "网站或账号", "指标", "问题描述", "每周扣分", "整改情况")
    return Annex("扣分一览表", note, heads, (6, 14, 16, 15, 28, 11, 10), rows)


def _again(this: Accumulated, before: Accumulated) -> Annex:
    now = {u.unit_code: u for u in this.units}
    rows = []
    for number, old in enumerate(before.failed, 1):
        unit = now.get(old.unit_code)
        state = (
            "本期未监测"
            if unit is None
            else {"合格": "已合格", "不合格": "仍不合格"}.get(unit.grade, unit.grade)
        )
        then = NONE if old.score is None else _cut(float(old.score))
        shown = NONE if unit is None or unit.score is None else _cut(float(unit.score))
        rows.append((str(number), old.unit_name, then, shown, state))
    note = f"上期为{before.period.name}，" + (
        f"已封存 {len(before.closed)} 周。" if before.closed else "没有封存的周。"
    )
    return Annex(
        "上期不合格单位复查情况",
        note,
        ("序号", "责任单位", "上期得分", "本期得分", "复查结果"),
        (8, 38, 16, 16, 22),
        rows,
    )
