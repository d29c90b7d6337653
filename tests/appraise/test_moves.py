"""Why a unit moved: every lost point of two weeks is matched and told as new, worse, better, gone or the same."""

from __future__ import annotations

from typing import Any

from cockpit.appraise import moves
from cockpit.appraise.moves import Move


def row(
    finding: str | None, points: float, *, fact: str = "事实", site: str | None = "s", indicator: str = "L"
) -> dict[str, Any]:
    return {
        "indicator_id": indicator, "unit_code": "u", "site_code": site, "account_code": None, "finding_id": finding,
        "is_veto": False, "fact": fact, "points": points, "points_raw": points, "deduction_id": f"D-{finding or fact}", "object_name": "网",
    }  # fmt: skip


def kinds(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> dict[str, str]:
    return {i.deduction_id: i.kind for i in moves.items(before, now)}


def test_items_are_matched_by_their_finding() -> None:
    before = [row("a", 1.0), row("b", 1.0), row("c", 1.0), row("d", 0.69)]
    now = [row("a", 1.0), row("b", 2.0), row("e", 1.0), row("d", 0.70)]
    assert kinds(before, now) == {"D-a": "same", "D-b": "worse", "D-c": "gone", "D-e": "new", "D-d": "same"}
    assert kinds(now, before)["D-b"] == "better"


def test_what_nobody_measured_is_no_improvement() -> None:
    before = [row("a", 0.5), row("b", 0.5, site="t")]
    found = moves.items(before, [], {("L", "s", None)})
    assert {i.deduction_id: i.kind for i in found} == {"D-a": "unseen", "D-b": "gone"}


def test_other_points_for_the_same_fact_are_neither_better_nor_worse() -> None:
    before, now = [row("a", 1.12)], [{**row("a", 3.85), "points_raw": 1.12}]
    assert kinds(before, now) == kinds(now, before) == {"D-a": "folded"}


def test_an_object_whose_numbers_changed_is_not_a_new_matter() -> None:
    before, now = [row(None, 2.0, fact="支持度 97%")], [row(None, 1.0, fact="支持度 98%")]
    [item] = moves.items(before, now)
    assert (item.kind, item.fact, item.before, item.points) == ("better", "支持度 98%", 2.0, 1.0)


def test_rows_of_a_unit_itself_are_matched_by_their_fact() -> None:
    before = [row(None, 1.0, site=None, fact="申请 1"), row(None, 1.0, site=None, fact="申请 2")]
    now = [row(None, 1.0, site=None, fact="申请 2"), row(None, 1.0, site=None, fact="申请 3")]
    assert kinds(before, now) == {"D-申请 1": "gone", "D-申请 2": "same", "D-申请 3": "new"}


def test_a_unit_s_matter_stays_the_same_while_its_numbers_grow() -> None:
    def of_unit(*facts: str) -> list[dict[str, Any]]:
        return [row(None, 1.0, site=None, fact=fact) for fact in facts]

    before = of_unit("留言 甲-9（2026-09-21）1 个月未回应", "申请 乙-2 期限 2026-11-13，尚未答复")
    now = of_unit("留言 甲-9（2026-09-21）2 个月未回应", "申请 乙-2 期限 2026-11-13，2026-11-18 才答复")
    assert [i.kind for i in moves.items(before, now)] == ["same", "same"]
    other = of_unit("留言 甲-8（2026-09-21）1 个月未回应", "申请 乙-3 期限 2026-11-13，尚未答复")
    assert sorted(i.kind for i in moves.items(before, other)) == ["gone", "gone", "new", "new"]
    twice = of_unit("办结 3/5，60%", "办结 1/5，20%")  # two rows that only differ in amounts are two matters
    assert [i.kind for i in moves.items(twice, twice)] == ["same", "same"]


def test_a_veto_row_is_another_matter_than_its_points() -> None:
    veto = {**row(None, 0.0), "is_veto": True, "deduction_id": "D-veto"}
    assert kinds([row(None, 1.0)], [row(None, 1.0), veto]) == {"D-事实": "same", "D-veto": "new"}


def test_the_largest_contributor_comes_first() -> None:
    def lost(indicator: str, points: float, n: int) -> dict[str, Any]:
        return {"unit_code": "u", "indicator_id": indicator, "points": points, "n": n}

    before = [lost("A", 1.0, 2), lost("B", 4.0, 6), lost("C", 1.0, 1), lost("E", 0.5, 1)]
    now = [lost("A", 3.5, 5), lost("B", 0.5, 1), lost("C", 1.001, 1), lost("D", 2.0, 1)]
    assert moves.by_indicator(before, now) == {
        "u": [Move("B", -5, 3.5), Move("A", 3, -2.5), Move("D", 1, -2.0), Move("E", -1, 0.5)]
    }


def test_what_a_review_took_back_is_counted_apart() -> None:
    before = [{"unit_code": "u", "indicator_id": "A", "points": 3.0, "n": 3}]
    now = [{"unit_code": "u", "indicator_id": "A", "points": 1.0, "n": 1}]
    argued = [
        {"unit_code": "u", "indicator_id": "A", "state": "cancelled"},
        {"unit_code": "u", "indicator_id": "A", "state": "upheld"},
        {"unit_code": "v", "indicator_id": "A", "state": "partial"},
    ]
    assert moves.by_indicator(before, now, argued) == {"u": [Move("A", -2, 2.0, 1)]}


def test_changes_of_points_add_up_to_the_change_of_the_score() -> None:
    before = [
        {"unit_code": "u", "indicator_id": i, "points": p, "n": 1} for i, p in (("A", 1.25), ("B", 2.0))
    ]
    now = [{"unit_code": "u", "indicator_id": i, "points": p, "n": 1} for i, p in (("B", 0.75), ("C", 3.0))]
    total = sum(m.points for m in moves.by_indicator(before, now)["u"])
    assert total == (100 - 3.75) - (100 - 3.25)


def test_what_a_dispute_took_back_was_not_repaired() -> None:
    before = [row("a", 1.0), row("b", 1.0), row("c", 1.0), row("d", 1.0)]
    now = [row("b", 0.5), row("d", 2.0)]
    argued = [
        {**row(name, 1.0), "state": state}
        for name, state in (("a", "cancelled"), ("b", "partial"), ("c", "upheld"), ("d", "partial"))
    ]
    found = {i.deduction_id: i.kind for i in moves.items(before, now, (), argued)}
    assert found == {"D-a": "revoked", "D-b": "granted", "D-c": "gone", "D-d": "worse"}
    assert moves.KINDS["revoked"] == "异议成立撤销"
