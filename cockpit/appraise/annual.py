"""The three tables of the annual report on 政府信息公开 (国办公开办函〔2021〕30号), from the ledgers or as filed.

A table is a mapping of its rows in order; every row has one whole number per column, or None where nothing is
known. The balance checks (勾稽) are the same for a table made here and for one a unit filed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

Row = Mapping[str, Any]
Table = dict[str, dict[str, float | None]]

APPLICANTS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
TOTAL = "总计"
COLUMNS3 = (*APPLICANTS, TOTAL)
NEW, CARRIED_IN, SUM, CARRIED_OUT = "一、本年新收", "二、上年结转", "三（七）总计", "四、结转下年度继续办理"
# result as kept in the ledger → its row of table three, with the group it belongs to
RESULTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "予以公开": ("（一）予以公开", "予以公开"),
        "部分公开": ("（二）部分公开", "部分公开"),
        "国家秘密": ("（三）1 属于国家秘密", "不予公开"),
        "其他法律行政法规禁止公开": ("（三）2 其他法律行政法规禁止公开", "不予公开"),
        "危及“三安全一稳定”": ("（三）3 危及“三安全一稳定”", "不予公开"),
        "保护第三方合法权益": ("（三）4 保护第三方合法权益", "不予公开"),
        "三类内部事务信息": ("（三）5 属于三类内部事务信息", "不予公开"),
        "四类过程性信息": ("（三）6 属于四类过程性信息", "不予公开"),
        "行政执法案卷": ("（三）7 属于行政执法案卷", "不予公开"),
        "行政查询事项": ("（三）8 属于行政查询事项", "不予公开"),
        "本机关不掌握": ("（四）1 本机关不掌握相关政府信息", "无法提供"),
        "没有现成信息需要另行制作": ("（四）2 没有现成信息需要另行制作", "无法提供"),
        "补正后申请内容仍不明确": ("（四）3 补正后申请内容仍不明确", "无法提供"),
        "信访举报投诉类申请": ("（五）1 信访举报投诉类申请", "不予处理"),
        "重复申请": ("（五）2 重复申请", "不予处理"),
        "要求提供公开出版物": ("（五）3 要求提供公开出版物", "不予处理"),
        "无正当理由大量反复申请": ("（五）4 无正当理由大量反复申请", "不予处理"),
        "要求确认或重新出具已获取信息": ("（五）5 要求行政机关确认或重新出具已获取信息", "不予处理"),
        "逾期不补正": ("（六）1 申请人无正当理由逾期不补正", "其他处理"),
        "逾期未缴费": ("（六）2 申请人逾期未按收费通知要求缴纳费用", "其他处理"),
        "其他": ("（六）3 其他", "其他处理"),
    }
)
GROUPS = tuple(dict.fromkeys(group for _, group in RESULTS.values()))
ROWS3 = (NEW, CARRIED_IN, *(row for row, _ in RESULTS.values()), SUM, CARRIED_OUT)

KINDS4 = ("行政复议", "未经复议直接起诉", "复议后起诉")
OUTCOMES4 = ("结果维持", "结果纠正", "其他结果", "尚未审结")
COLUMNS4 = (*OUTCOMES4, TOTAL)

COLUMNS2 = ("本年制发件数", "本年废止件数", "现行有效件数", "本年处理决定数量", "本年收费金额（万元）")
# row → columns that the form asks for
ROWS2: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "规章": COLUMNS2[:3],
        "行政规范性文件": COLUMNS2[:3],
        "行政许可": COLUMNS2[3:4],
        "行政处罚": COLUMNS2[3:4],
        "行政强制": COLUMNS2[3:4],
        "行政事业性收费": COLUMNS2[4:],
    }
)
# limits of a city's product (regulations §3.5 [P:S53]); below 30 nothing is rated, from 100 on it is stable
LEAST_SAMPLES, STABLE_SAMPLES = 30, 100
CORRECTED_RED, CORRECTED_YELLOW = 0.15, 0.10
OPEN_RED, OPEN_YELLOW = 0.40, 0.45


def empty3() -> Table:
    return {row: dict.fromkeys(COLUMNS3, 0.0) for row in ROWS3}


def table3(rows: Sequence[Row], year: int, day: date) -> tuple[Table, list[str]]:
    """Table three of a year as known on a day, and what of the ledger could not be counted."""
    table, missing = empty3(), []
    first, last = date(year, 1, 1), min(date(year, 12, 31), day)
    for row in rows:
        received = row["received_on"]
        if received > last:
            continue
        answered = row["answered_on"] if row["answered_on"] and row["answered_on"] <= last else None
        if answered and answered < first:
            continue
        kind, result = row["applicant_type"], row["result"]
        if kind not in APPLICANTS:
            missing.append(f"申请 {row['application_id']} 没有申请人类型，未计入")
            continue
        if answered and result not in RESULTS:
            missing.append(f"申请 {row['application_id']} 已答复但没有处理结果，未计入")
            continue
        end = RESULTS[result][0] if answered else CARRIED_OUT
        for line in (NEW if received >= first else CARRIED_IN, end, *((SUM,) if answered else ())):
            for column in (kind, TOTAL):
                table[line][column] = (table[line][column] or 0) + 1
    return table, missing


def table4(rows: Sequence[Row], year: int, day: date) -> Table:
    """Table four: what was decided in the year, and what was still pending at its end."""
    table: Table = {kind: dict.fromkeys(COLUMNS4, 0.0) for kind in KINDS4}
    first, last = date(year, 1, 1), min(date(year, 12, 31), day)
    for row in rows:
        if row["filed_on"] > last or (row["decided_on"] and row["decided_on"] < first):
            continue
        decided = row["decided_on"] is not None and row["decided_on"] <= last
        outcome = row["outcome"] if decided else "尚未审结"
        for column in (outcome, TOTAL):
            table[row["review_kind"]][column] = (table[row["review_kind"]][column] or 0) + 1
    return table


def table2(documents: Sequence[Row], filed: Sequence[Row], year: int, day: date) -> Table:
    """Table two: rules and documents from their register, the rest from what units filed; None = nothing known."""
    table: Table = {row: dict.fromkeys(COLUMNS2) for row in ROWS2}
    last = min(date(year, 12, 31), day)
    for row, kind in (("规章", "规章"), ("行政规范性文件", "行政规范性文件")):
        own = [d for d in documents if d["document_kind"] == kind and d["issued_on"] <= last]
        if own:
            ended = [d for d in own if d["ended_on"] and d["ended_on"] <= last]
            table[row][COLUMNS2[0]] = float(sum(d["issued_on"].year == year for d in own))
            table[row][COLUMNS2[1]] = float(sum(d["ended_on"].year == year for d in ended))
            table[row][COLUMNS2[2]] = float(len(own) - len(ended))
    for line in filed:
        if line["report_year"] == year:
            for column, field in zip(COLUMNS2, FIELDS2, strict=True):
                if column in ROWS2[line["report_item"]] and line[field] is not None:
                    known = table[line["report_item"]][column]
                    fresh = line["report_item"] not in {"规章", "行政规范性文件"}
                    if fresh or known is None:
                        table[line["report_item"]][column] = (known or 0) + float(line[field])
    return table


FIELDS2 = ("made", "abolished", "in_force", "decisions", "fees")


def balance3(table: Table) -> list[str]:
    """What does not add up in a table three: each column 一＋二＝三（七）＋四, 三（七）＝Σ, 总计＝Σ of the columns."""
    faults = []
    for column in COLUMNS3:
        cell = {row: table[row][column] or 0 for row in ROWS3}
        results = sum(cell[row] for row, _ in RESULTS.values())
        if results != cell[SUM]:
            faults.append(f"“{column}”列：三（七）总计 {cell[SUM]:g} ≠ 各项办理结果之和 {results:g}")
        left, right = cell[NEW] + cell[CARRIED_IN], cell[SUM] + cell[CARRIED_OUT]
        if left != right:
            faults.append(f"“{column}”列：一＋二＝{left:g} ≠ 三（七）＋四＝{right:g}")
    return faults + _totals(table, ROWS3, APPLICANTS)


def balance4(table: Table) -> list[str]:
    """What does not add up in a table four: 总计 is the sum of the four outcomes."""
    return _totals(table, KINDS4, OUTCOMES4)


def _totals(table: Table, rows: Sequence[str], columns: Sequence[str]) -> list[str]:
    out = []
    for row in rows:
        parts, total = sum(table[row][c] or 0 for c in columns), table[row][TOTAL] or 0
        if parts != total:
            out.append(f"“{row}”行：总计 {total:g} ≠ 各列之和 {parts:g}")
    return out


def differences(made: Table, filed: Table) -> list[str]:
    """Where a filed table says something else than the ledger."""
    return [
        f"“{row}”行“{column}”列：年报 {cells[column] or 0:g}，台账 {made[row][column] or 0:g}"
        for row, cells in filed.items()
        for column in cells
        if (cells[column] or 0) != (made[row][column] or 0)
    ]


@dataclass(frozen=True)
class Rate:
    """A share with its sample; `level` None = within limits, 'none' = too few to rate."""

    hits: int
    samples: int
    level: str | None

    @property
    def share(self) -> float | None:
        return self.hits / self.samples if self.samples else None


def corrected_rate(table: Table) -> Rate:
    """被纠错败诉率: corrected of all that was decided."""
    hits = sum(int(table[kind]["结果纠正"] or 0) for kind in KINDS4)
    decided = sum(int(table[kind][o] or 0) for kind in KINDS4 for o in OUTCOMES4[:3])
    share = hits / decided if decided else 0.0
    level = "red" if share > CORRECTED_RED else "yellow" if share > CORRECTED_YELLOW else None
    return Rate(hits, decided, "none" if decided < LEAST_SAMPLES else level)


def open_rate(table: Table) -> Rate:
    """实质公开率: given in full or in part, of all that was answered."""
    hits = int((table["（一）予以公开"][TOTAL] or 0) + (table["（二）部分公开"][TOTAL] or 0))
    answered = int(table[SUM][TOTAL] or 0)
    share = hits / answered if answered else 1.0
    level = "red" if share < OPEN_RED else "yellow" if share < OPEN_YELLOW else None
    return Rate(hits, answered, "none" if answered < LEAST_SAMPLES else level)


def dispute_rate(table: Table, answered: int) -> Rate:
    """争议发生率: reviews and suits per answered application (the city's document names it without a limit)."""
    cases = sum(int(table[kind][TOTAL] or 0) for kind in KINDS4)
    return Rate(cases, answered, "none" if answered < LEAST_SAMPLES else None)


def by_group(table: Table) -> dict[str, int]:
    """Results by the six groups of the form, all applicants."""
    out = dict.fromkeys(GROUPS, 0)
    for row, group in RESULTS.values():
        out[group] += int(table[row][TOTAL] or 0)
    return out
