"""Measures of the registers: per unit, how many entries are not as they should be, and how many come due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from cockpit.appraise import registers
from cockpit.appraise.annual import CORRECTED_RED
from cockpit.appraise.moment import Evidence, Measured, Moment, Queries, too_few
from cockpit.appraise.register_judges import RULES
from cockpit.appraise.register_rules import Entry
from cockpit.store.queries import scenes

# register → how its bad entries are called in a fact; clause_task only tells dates and is not measured
NOUNS: Mapping[str, str] = MappingProxyType(
    {
        "disclosure_item": "主动公开事项要素不全或没有栏目",
        "normative_document": "规范性文件失效仍公开或未标注",
        "policy_document": "政策文件不合要求",
        "interpreter": "政策解读员未确立或未公布",
        "policy_review": "政策评价未按年开展",
        "public_zone": "政务公开专区未建成或功能不全",
        "quarterly_report": "重点任务、民生实事未按季公开",
        "task_progress": "要点任务超期",
        "commendation": "问责整改超期",
        "message": "留言超期未答复",
        "opinion_event": "政务舆情超期未回应",
        "account_event": "新媒体账号未备案或未注销",
        "account_check": "新媒体板块、互动或“指尖上的形式主义”",
    }
)


# One look at the registers serves all measures of an evaluation: the facts do not change while `q` lives.
_LOOKS: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()


def _judged(q: Queries, m: Moment, table: str) -> list[Entry]:
    looks = _LOOKS.setdefault(q, {})
    if m.day not in looks:
        looks[m.day] = registers.scene(q, m.day, m.calendar)
    if (m.day, table) not in looks:
        looks[m.day, table] = registers.judged(q, table, looks[m.day])
    return looks[m.day, table]


def _by_unit(q: Queries, m: Moment, table: str) -> dict[str, list[Entry]]:
    units: dict[str, list[Entry]] = {}
    for entry in _judged(q, m, table):
        if entry.row.get("unit_code"):
            units.setdefault(entry.row["unit_code"], []).append(entry)
    return units


def _told(entry: Entry) -> str:
    """One entry as a fact: its own name and what is wrong."""
    names = (
        "title",
        "item_name",
        "topic",
        "policy_title",
        "zone_name",
        "matter",
        "quarter",
        "task_code",
        "account_name",
        "message_id",
    )
    name = next((str(entry.row[n]) for n in names if entry.row.get(n)), "")
    return f"{name}：{entry.judged.text}" if name and not entry.missing else entry.judged.text


def _bad(table: str) -> Callable[[Queries, Moment], list[Measured]]:
    def measure(q: Queries, m: Moment) -> list[Measured]:
        out = []
        for unit, found in _by_unit(q, m, table).items():
            bad = tuple(
                Evidence(_told(e), url=e.row.get("url") if not e.missing else None)
                for e in found
                if e.state == "bad"
            )
            out.append(Measured(unit, unit, float(len(bad)), f"{NOUNS[table]} {len(bad)} 项", bad))
        return out

    return measure


def registers_due_soon(q: Queries, m: Moment) -> list[Measured]:
    """Entries of all registers that come due within days, so that nobody is surprised."""
    units: dict[str, list[Evidence]] = {}
    for table in NOUNS:
        for entry in _judged(q, m, table):
            unit = entry.row.get("unit_code")
            if unit:
                soon = units.setdefault(unit, [])
                if entry.state == "soon":
                    soon.append(Evidence(_told(entry)))
    return [Measured(u, u, float(len(s)), f"工作台账临期 {len(s)} 项", tuple(s)) for u, s in units.items()]


def corrected_share(q: Queries, m: Moment) -> list[Measured]:
    """被纠错败诉率: corrected ÷ decided reviews and suits of the window; too few are not rated."""
    units: dict[str, list[dict[str, Any]]] = {}
    for row in scenes.register(q, "review_case"):
        decided = row["decided_on"]
        if decided and decided <= m.day and (m.day - decided).days < m.window_days:
            units.setdefault(row["unit_code"], []).append(row)
    out = []
    for unit, rows in units.items():
        if len(rows) < max(1, m.least_samples):
            out.append(too_few({"unit_code": unit}, len(rows), m.least_samples))
            continue
        hits = sum(r["outcome"] == "结果纠正" for r in rows)
        fact = f"复议诉讼审结 {len(rows)} 件，纠正 {hits} 件，占 {hits / len(rows) * 100:.1f}%（参考线 {CORRECTED_RED:.0%}，项目默认）"
        out.append(Measured(unit, unit, hits / len(rows), fact, (Evidence(fact),)))
    return out


METRICS: Mapping[str, Callable[[Queries, Moment], list[Measured]]] = MappingProxyType(
    {
        **{f"register_{table}": _bad(table) for table in NOUNS if table in RULES},
        "registers_due_soon": registers_due_soon,
        "corrected_share": corrected_share,
    }
)
