"""The rows of a bundle's files, of one issue (期) or of a week that is not closed yet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from cockpit.appraise import due, issues
from cockpit.appraise.indicators import Rules
from cockpit.appraise.judge import Result
from cockpit.appraise.score import deduction_id
from cockpit.clock import previous_week, week_bounds
from cockpit.errors import CockpitError
from cockpit.report import annexes, unrated
from cockpit.report.annexes import EVIDENCE, Mask, Names
from cockpit.report.cells import cell
from cockpit.report.columns import FILES, STAMP
from cockpit.store.queries import exports
from cockpit.store.queries import issues as stored
from cockpit.store.queries.scores import weeks
from cockpit.store.reader import Reader
from cockpit.workdays import Calendar

GROUPS = ("county", "dept_service", "dept_other")
Lines = list[list[str]]


@dataclass(frozen=True)
class Source:
    """What a bundle is made of: a week, its issue (None while it is not closed), the rules it was judged by."""

    week: str
    revision: int
    issue: Mapping[str, Any] | None
    rules: Rules
    rules_text: bytes
    files: Mapping[str, str]
    names: Names
    batch: str
    owed: Sequence[due.Row] | None  # what was due in the week; None for an issue that kept none
    closed_at: datetime | None = None  # of the first closing: corrections keep its annexes

    @property
    def title(self) -> str:
        """2026-W47 第 1 次更正, 首次封存, or 未封存."""
        if self.issue is None:
            return f"{self.week} 未封存"
        return f"{self.week} {f'更正{self.revision}' if self.revision else '首次封存'}"


def source(
    reader: Reader,
    rules: Rules,
    rules_text: bytes,
    week: str,
    calendar: Calendar,
    revision: int | None = None,
) -> Source:
    """The newest issue of a week or the one asked for. Raises CockpitError for a week without scores."""
    known = weeks(reader)
    if week not in known:
        newest = f"最近已计分的是 {known[0]}" if known else "还没有任何一周计过分"
        raise CockpitError(f"{week} 还没有计分，{newest}。请先运行 python -m cockpit score --week {week}")
    closed = {issue["revision"]: issue for issue in stored.issues(reader, week)}
    if revision is not None and revision not in closed:
        raise CockpitError(
            f"{week} 没有第 {revision} 次更正，现有：{'、'.join(map(str, sorted(closed))) or '未封存'}"
        )
    owed = due.of_week(reader, calendar, week, revision)
    if not closed:
        return Source(
            week,
            0,
            None,
            rules,
            rules_text,
            MappingProxyType({}),
            annexes.names(reader, week),
            reader.version,
            owed,
        )
    issue = closed[max(closed) if revision is None else revision]
    files = stored.files(reader, week, issue["revision"])
    frozen = issues.rules_of(reader, week, issue["revision"])
    batch = f"{week}-{issue['revision']}-{issue['results_sha256'][:12]}"
    names = annexes.kept_names(files) or annexes.names(reader, week)
    text = files[issues.INDICATORS].encode("utf-8", "surrogatepass")
    return Source(
        week, issue["revision"], issue, frozen, text, files, names, batch, owed, closed[0]["closed_at"]
    )


def lines(
    reader: Reader, source: Source, nature: str, mask: Mask, unit: str | None, calendar: Calendar
) -> dict[str, Lines]:
    """File → headings and cells, in their stable order, stamped."""
    rows = _scored_rows(reader, source)
    kept = annexes.thaw(source.files)
    if not kept:
        ids = [r["finding_id"] for r in rows["02_扣分明细"] if r["finding_id"]]
        rows |= annexes.live(reader, source.week, calendar, source.owed or ())
        evidence = {f["finding_id"]: f for f in exports.findings(reader, ids)}
        rows[EVIDENCE] = [
            {**evidence[d["finding_id"]], "deduction_id": d["deduction_id"], "unit_code": d["unit_code"]}
            for d in _by_id(rows["02_扣分明细"])
            if d["finding_id"] in evidence
        ]
    stamp = {"nature_of_data": nature, "batch": source.batch}
    out: dict[str, Lines] = {}
    for name, columns in FILES.items():
        if name in rows:
            chosen = [r for r in rows[name] if unit is None or r.get("unit_code") == unit]
            full = (*columns, *STAMP)
            out[name] = [[c.heading for c in full]]
            out[name] += [[cell(c, {**r, **stamp}, mask) for c in full] for r in chosen]
        else:
            found = (
                _evidence(kept[name], rows["02_扣分明细"], unit)
                if name == EVIDENCE
                else _of(kept[name], unit)
            )
            out[name] = [[*found[0], *(c.heading for c in STAMP)]]
            out[name] += [[*line, nature, source.batch] for line in found[1:]]
    return out


def _of(found: Lines, unit: str | None) -> Lines:
    if unit is None:
        return found
    place = found[0].index("单位编码")
    return [found[0], *(line for line in found[1:] if line[place] == unit)]


def _evidence(found: Lines, deductions: Sequence[Mapping[str, Any]], unit: str | None) -> Lines:
    """The frozen findings, one line for each lost point that rests on one."""
    heads = found[0]
    own, to = heads.index("证据编号"), heads.index("扣分编号")
    by_id = {line[own]: line for line in found[1:]}
    out = [heads]
    for d in _by_id(deductions):
        line = by_id.get(d["finding_id"] or "")
        if line and (unit is None or d["unit_code"] == unit):
            out.append([*line[:to], d["deduction_id"], *line[to + 1 :]])
    return out


def _by_id(deductions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(deductions, key=lambda d: d["deduction_id"])


def _scored_rows(reader: Reader, s: Source) -> dict[str, list[dict[str, Any]]]:
    named = {i.id: i.name for i in s.rules.indicators.values()}
    start, end = week_bounds(s.week)
    before = previous_week(s.week)
    earlier = annexes.previous_issue(reader, before, s.issue["closed_at"] if s.issue else None)
    results = exports.results(reader, s.week, s.revision)
    by_unit: dict[str, list[dict[str, Any]]] = {}
    for row in results:
        by_unit.setdefault(row["unit_code"], []).append(row)
    scores = [
        _scored(s.names.put(row), start, end, by_unit.get(row["unit_code"], []), s.rules)
        for row in exports.scores(reader, s.week, s.revision, before, earlier)
    ]
    scores.sort(key=lambda r: (_group(r["unit_group"]), *s.names.order(r)))
    lost = [
        {**s.names.put(row), "indicator_name": named.get(row["indicator_id"])}
        for row in exports.deductions(reader, s.week, s.revision)
    ]
    lost.sort(key=lambda r: (*s.names.order(r), r["indicator_id"], r["deduction_id"]))
    added = [
        {**s.names.put(row), "indicator_name": named.get(row["indicator_id"])}
        for row in exports.bonuses(reader, s.week, s.revision)
    ]
    added.sort(key=lambda r: (*s.names.order(r), r["indicator_id"], r["bonus_id"]))
    results = [{**s.names.put(row), "indicator_name": named.get(row["indicator_id"])} for row in results]
    results.sort(
        key=lambda r: (*s.names.order(r), r["indicator_id"], r["site_code"] or "", r["account_code"] or "")
    )
    objects = [_object(s.names.put(row)) for row in exports.object_scores(reader, s.week, s.revision)]
    objects.sort(key=lambda r: (*s.names.order(r), r["object"], r["object_code"]))
    return {
        "01_单位得分": scores,
        "02_扣分明细": folded(lost, results, s.rules),
        "09_指标结果": results,
        "10_计分依据": _basis(reader, s),
        "11_加分明细": added,
        "12_对象得分": objects,
    }


def folded(
    lost: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]], rules: Rules
) -> list[dict[str, Any]]:
    """Lost points with the two steps from 应扣 to 折算后: the cap of the indicator, and the factor of the unit.

    factor: 100 ÷ the weights that were measured ÷ the objects the indicator was measured on, as the score counts.
    """
    measured = [r for r in results if r["measured"]]
    weights: dict[str, dict[str, float]] = {}
    objects = Counter((r["unit_code"], r["indicator_id"]) for r in measured)
    for r in measured:
        weights.setdefault(r["unit_code"], {})[r["indicator_id"]] = rules.indicators[r["indicator_id"]].weight
    whole: dict[tuple[Any, ...], float] = {}
    for d in lost:
        whole[_of_object(d)] = whole.get(_of_object(d), 0.0) + (d["points_raw"] or 0.0)
    return [_folded(d, whole[_of_object(d)], weights, objects, rules) for d in lost]


def _of_object(d: Mapping[str, Any]) -> tuple[Any, ...]:
    return d["unit_code"], d["indicator_id"], d["site_code"], d["account_code"]


def _folded(
    d: Mapping[str, Any],
    whole: float,
    weights: Mapping[str, Mapping[str, float]],
    objects: Mapping[tuple[str, str], int],
    rules: Rules,
) -> dict[str, Any]:
    weight, count = (
        sum(weights.get(d["unit_code"], {}).values()),
        objects[(d["unit_code"], d["indicator_id"])],
    )
    if d["is_veto"] or not weight or not count:
        return {
            **d,
            "capped": None,
            "factor": None,
            "points_each": None if d["is_veto"] else d["points_each"],
        }
    cap = rules.indicators[d["indicator_id"]].cap
    capped = (d["points_raw"] or 0.0) * min(1.0, cap / whole) if whole else 0.0
    return {**d, "capped": capped, "factor": 100 / weight / count}


def _object(row: Mapping[str, Any]) -> dict[str, Any]:
    """A site's or account's own score with what it is."""
    kind = "site" if row["site_code"] else "account"
    return {**row, "object": kind, "object_code": row["site_code"] or row["account_code"]}


def _group(name: str) -> int:
    return GROUPS.index(name) if name in GROUPS else len(GROUPS)


def _scored(
    row: Mapping[str, Any],
    start: datetime,
    end: datetime,
    results: Sequence[Mapping[str, Any]],
    rules: Rules,
) -> dict[str, Any]:
    why = unrated.reason(results, rules) if row["score"] is None else None
    return {**row, "start": start, "end": end, "reason": why}


def _basis(reader: Reader, s: Source) -> list[dict[str, Any]]:
    """Everything the scores are computed from, in the order in which they are computed."""
    if s.issue is None:
        return []
    found = issues.frozen_results(reader, s.rules, s.week, s.revision)
    place = {name: n for n, name in enumerate(s.rules.indicators)}
    found.sort(
        key=lambda r: (
            place[r.indicator.id],
            *s.names.order({"unit_code": r.measured.unit_code}),
            r.measured.code,
        )
    )
    return [row for result in found for row in _basis_rows(s.week, result)]


def _basis_rows(week: str, r: Result) -> list[dict[str, Any]]:
    head = {
        "unit_code": r.measured.unit_code,
        "indicator_id": r.indicator.id,
        "object": r.indicator.object,
        "object_code": r.measured.code,
        "value": r.measured.value,
        "cause": r.measured.cause,
        "veto_lifted": r.veto_lifted,
    }
    if not r.measured.rows:
        return [head]
    return [
        {
            **head,
            "number": n,
            "deduction_id": deduction_id(week, r, e.finding_id or e.fact),
            "fact": e.fact,
            "evidence_url": e.url,
            "finding_id": e.finding_id,
            "quantity": e.quantity,
            "kept": e.kept,
        }
        for n, e in enumerate(r.measured.rows)
    ]


def period_name(week: str) -> str:
    """2026-W47 → 2026年第47周."""
    found = re.fullmatch(r"(\d{4})-W(\d{2})", week)
    return f"{found[1]}年第{int(found[2])}周" if found else week
