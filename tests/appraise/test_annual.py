"""The annual report's tables: made from the ledgers they balance; what does not add up is told by row and column."""

from __future__ import annotations

from datetime import date
from typing import Any

from cockpit.appraise import annual

DAY = date(2026, 11, 23)


def application(number: int, received: date, **more: Any) -> dict[str, Any]:
    blank = {"applicant_type": "自然人", "answered_on": None, "result": None}
    return {"application_id": f"甲{number}", "received_on": received, **blank, **more}


CASES = [
    application(1, date(2025, 12, 20), answered_on=date(2026, 1, 12), result="予以公开"),
    application(
        2, date(2026, 3, 2), answered_on=date(2026, 3, 20), result="部分公开", applicant_type="商业企业"
    ),
    application(3, date(2026, 3, 2), answered_on=date(2026, 3, 20), result="四类过程性信息"),
    application(4, date(2026, 11, 2)),
    application(5, date(2025, 3, 2), answered_on=date(2025, 3, 20), result="其他"),
    application(6, date(2026, 11, 30)),
]


def test_table_three_of_two_years() -> None:
    made, missing = annual.table3(CASES, 2026, DAY)
    assert (missing, annual.balance3(made)) == ([], [])
    total = {row: cells["总计"] for row, cells in made.items() if cells["总计"]}
    assert total == {
        annual.NEW: 3,
        annual.CARRIED_IN: 1,
        "（一）予以公开": 1,
        "（二）部分公开": 1,
        "（三）6 属于四类过程性信息": 1,
        annual.SUM: 3,
        annual.CARRIED_OUT: 1,
    }
    assert made["（二）部分公开"]["商业企业"] == 1
    before, _ = annual.table3(CASES, 2025, DAY)
    assert annual.balance3(before) == []
    assert (before[annual.NEW]["总计"], before[annual.CARRIED_OUT]["总计"]) == (2, 1)


def test_what_the_ledger_lacks_is_told_and_not_counted() -> None:
    lacking = [
        application(7, date(2026, 3, 2), applicant_type=None),
        application(8, date(2026, 3, 2), answered_on=date(2026, 3, 5)),
    ]
    made, missing = annual.table3(lacking, 2026, DAY)
    assert missing == ["申请 甲7 没有申请人类型，未计入", "申请 甲8 已答复但没有处理结果，未计入"]
    assert made == annual.empty3()


def test_each_balance_is_checked() -> None:
    made, _ = annual.table3(CASES, 2026, DAY)
    made[annual.NEW]["自然人"] = 9.0
    told = annual.balance3(made)
    assert told == ["“自然人”列：一＋二＝10 ≠ 三（七）＋四＝3", "“一、本年新收”行：总计 3 ≠ 各列之和 10"]
    made, _ = annual.table3(CASES, 2026, DAY)
    made[annual.SUM]["总计"] = 4.0
    assert [text.split("：")[0] for text in annual.balance3(made)] == [
        "“总计”列",
        "“总计”列",
        "“三（七）总计”行",
    ]


def review(kind: str, filed: date, decided: date | None = None, outcome: str | None = None) -> dict[str, Any]:
    return {"review_kind": kind, "filed_on": filed, "decided_on": decided, "outcome": outcome}


def test_table_four_and_its_rates() -> None:
    rows = [
        review("行政复议", date(2025, 12, 1), date(2026, 2, 1), "结果纠正"),
        review("行政复议", date(2026, 5, 1)),
        review("复议后起诉", date(2025, 1, 1), date(2025, 6, 1), "结果维持"),
    ]
    made = annual.table4(rows, 2026, DAY)
    assert made["行政复议"] == {"结果维持": 0, "结果纠正": 1, "其他结果": 0, "尚未审结": 1, "总计": 2}
    assert made["复议后起诉"]["总计"] == 0
    assert annual.balance4(made) == []
    made["行政复议"]["总计"] = 3.0
    assert annual.balance4(made) == ["“行政复议”行：总计 3 ≠ 各列之和 2"]


def test_small_samples_are_not_rated() -> None:
    def rate(corrected: int, upheld: int) -> annual.Rate:
        rows = [review("行政复议", DAY, DAY, "结果纠正")] * corrected + [
            review("行政复议", DAY, DAY, "结果维持")
        ] * upheld
        return annual.corrected_rate(annual.table4(rows, 2026, DAY))

    assert rate(9, 20).level == "none"
    assert [rate(3, 27).level, rate(4, 26).level, rate(5, 25).level] == [None, "yellow", "red"]
    assert rate(0, 0).share is None


def test_table_two_counts_documents_and_leaves_unknown_cells_empty() -> None:
    documents = [
        {"document_kind": "行政规范性文件", "issued_on": date(2026, 2, 1), "ended_on": None},
        {"document_kind": "行政规范性文件", "issued_on": date(2020, 2, 1), "ended_on": date(2026, 3, 1)},
    ]
    filed = [{"report_year": 2026, "report_item": "行政许可", "decisions": 7, **dict.fromkeys(("made", "abolished", "in_force", "fees"))}]  # fmt: skip
    made = annual.table2(documents, filed, 2026, DAY)
    assert [made["行政规范性文件"][c] for c in annual.COLUMNS2[:3]] == [1, 1, 1]
    assert made["行政许可"]["本年处理决定数量"] == 7
    assert made["规章"]["本年制发件数"] is None
