"""The life of a dispute, day by day: raised, accepted, decided by somebody else, and what it changes."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cockpit import closing, store
from cockpit.__main__ import main
from cockpit.appraise import disputes as arguing
from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.store.queries import disputes, scores
from tests.appraise.city import Story

WEEK = "2026-W45"
MONDAY = datetime(2026, 11, 9, 1)


class Case(Story):
    """A closed week and the commands that argue about it."""

    def __init__(self, data: DataDir, **night: Any) -> None:
        super().__init__(data)
        self.day = 5  # Sunday's patrol is enough
        self.night(**night)
        closing.close(data, WEEK, actor="封存员", now=MONDAY)

    def lost(self, indicator: str, revision: int = 0, *, veto: bool = False) -> list[dict[str, Any]]:
        return self.rows(
            f"SELECT * FROM deduction WHERE indicator_id = '{indicator}' AND revision = {revision} "
            f"AND is_veto = {veto} ORDER BY fact"
        )

    def score(self, revision: int = 0) -> dict[str, Any]:
        return self.rows(f"SELECT * FROM score WHERE unit_code = 'u1' AND revision = {revision}")[0]

    def do(self, step: str, number: str, day: str, actor: str, *words: str) -> int:
        return main(["disputes", step, number, "--data", str(self.data.root), "--as-of", f"{day}T10:00", "--actor", actor, *words])  # fmt: skip

    def state(self, number: str) -> dict[str, Any]:
        with store.reader(self.data) as reader:
            found = disputes.dispute(reader, number)
        assert found is not None
        return found


def number_of(row: dict[str, Any]) -> str:
    return "Y" + row["deduction_id"][1:]


def test_the_whole_life_and_its_correction(data: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    case = Case(data, dead=3)
    first, second, third = case.lost("L-DEAD")
    number = number_of(first)
    assert case.do("raise", first["deduction_id"], "2026-11-10", "联络员", "--reason", "外单位的页") == 0
    assert case.state(number)["due_on"] == date(2026, 11, 24), "ten working days after 10 November"
    assert case.do("raise", first["deduction_id"], "2026-11-10", "联络员", "--reason", "再来") == 2
    assert "不能重复提出" in capsys.readouterr().err
    assert case.do("decide", number, "2026-11-11", "复核员", "--decision", "撤销", "--reason", "x") == 2
    assert "当前是“待受理”，不能作出结论" in capsys.readouterr().err
    assert case.do("accept", number, "2026-11-11", " 联络员 ") == 2
    assert "受理人不能是提出人联络员" in capsys.readouterr().err
    assert case.do("accept", number, "2026-11-11", "受理员") == 0
    for person, role in (("封存员", "封存人"), ("联络员", "提出人"), (" 受理员 ", "受理人")):
        assert case.do("decide", number, "2026-11-12", person, "--decision", "撤销", "--reason", "x") == 2
        assert f"复核人不能是这条扣分的{role}" in capsys.readouterr().err
    assert case.do("decide", number, "2026-11-12", "复核员", "--decision", "撤销") == 2
    assert "请填写结论说明" in capsys.readouterr().err
    before = case.score()
    assert (
        case.do("decide", number, "2026-11-12", "复核员", "--decision", "撤销", "--reason", "确属外单位") == 0
    )
    assert "第 1 次更正" in capsys.readouterr().out
    assert case.score() == before, "the first issue stays as it was"
    assert case.score(1)["score"] == pytest.approx(before["score"] + first["points"], abs=0.011)
    assert [r["deduction_id"] for r in case.lost("L-DEAD", 1)] == [
        second["deduction_id"],
        third["deduction_id"],
    ]
    kept = case.state(number)
    assert (kept["state"], kept["kept"], kept["revision"], kept["reviewer"]) == (
        "cancelled",
        0.0,
        1,
        "复核员",
    )
    assert [r["reason"] for r in case.rows("SELECT reason FROM issue ORDER BY revision")] == [
        None, f"异议 {number} 撤销：确属外单位",
    ]  # fmt: skip
    trail = case.rows("SELECT action, from_state, to_state, actor FROM dispute_event ORDER BY event_at")
    assert [tuple(r.values()) for r in trail] == [
        ("raise", None, "open", "联络员"), ("accept", "open", "reviewing", "受理员"), ("decide", "reviewing", "cancelled", "复核员"),
    ]  # fmt: skip
    for revision in (0, 1):
        assert closing.recompute(data, WEEK, MONDAY + timedelta(days=5), revision=revision).same
    assert case.do("raise", first["deduction_id"], "2026-11-12", "联络员", "--reason", "x") == 2
    assert "一条扣分只复核一次" in capsys.readouterr().err


def test_the_reviewer_of_one_case_may_review_the_next(data: DataDir) -> None:
    """His name stands on 更正1, but he confirmed nothing: the first closing did."""
    case = Case(data, dead=3)
    for day, row in (("2026-11-10", case.lost("L-DEAD")[0]), ("2026-11-11", case.lost("L-DEAD")[1])):
        assert case.do("raise", row["deduction_id"], day, "联络员", "--reason", "x") == 0
        assert case.do("accept", number_of(row), day, "受理员") == 0
        assert case.do("decide", number_of(row), day, "复核员", "--decision", "撤销", "--reason", "x") == 0
    assert len(case.lost("L-DEAD", 2)) == 1
    assert closing.recompute(data, WEEK, MONDAY + timedelta(days=5)).same


def test_the_time_for_raising_is_counted_in_working_days(
    data: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    case = Case(data, dead=2)
    one, two = case.lost("L-DEAD")
    assert case.do("raise", one["deduction_id"], "2026-11-16", "联络员", "--reason", "最后一天") == 0
    assert case.do("raise", two["deduction_id"], "2026-11-17", "联络员", "--reason", "晚一天") == 2
    assert "异议期已过：应在封存后 5 个工作日内（2026-11-16 前）提出" in capsys.readouterr().err
    row = case.state(number_of(one))
    assert (arguing.late(row, row["due_on"]), arguing.late(row, row["due_on"] + timedelta(days=1))) == (
        False,
        True,
    )


def test_partly_granted_keeps_a_share(data: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    case = Case(data, dead=2)
    row = case.lost("L-DEAD")[0]
    number = number_of(row)
    case.do("raise", row["deduction_id"], "2026-11-10", "联络员", "--reason", "x")
    case.do("accept", number, "2026-11-10", "受理员")
    for wrong in ([], ["--keep", "0"], ["--keep", "1"], ["--keep", "-0.5"]):
        assert (
            case.do(
                "decide", number, "2026-11-11", "复核员", "--decision", "部分采纳", "--reason", "x", *wrong
            )
            == 2
        )
        assert "大于 0 小于 1" in capsys.readouterr().err
    case.do(
        "decide",
        number,
        "2026-11-11",
        "复核员",
        "--decision",
        "部分采纳",
        "--reason",
        "半数",
        "--keep",
        "0.5",
    )
    again = {r["deduction_id"]: r for r in case.lost("L-DEAD", 1)}[row["deduction_id"]]
    assert again["points_raw"] == row["points_raw"] / 2
    assert abs(again["points"] - row["points"] / 2) <= 0.01
    assert closing.recompute(data, WEEK, MONDAY + timedelta(days=5)).same


def test_upheld_changes_nothing_and_withdrawn_may_come_back(data: DataDir) -> None:
    case = Case(data, dead=2)
    one, two = case.lost("L-DEAD")
    for row in (one, two):
        case.do("raise", row["deduction_id"], "2026-11-10", "联络员", "--reason", "x")
    case.do("accept", number_of(one), "2026-11-10", "受理员")
    assert (
        case.do(
            "decide", number_of(one), "2026-11-11", "复核员", "--decision", "维持", "--reason", "快照相符"
        )
        == 0
    )
    assert case.do("withdraw", number_of(two), "2026-11-11", "联络员") == 0
    assert case.do("raise", two["deduction_id"], "2026-11-12", "联络员", "--reason", "补充材料") == 0
    assert case.state(f"{number_of(two)}-2")["state"] == "open"
    assert len(case.rows("SELECT * FROM issue")) == 1


def test_a_cancelled_veto_and_a_veto_whose_ground_falls(
    data: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    case = Case(data, blank=5)
    [veto] = case.lost("V-W-04c", veto=True)
    assert (case.score()["vetoed"], case.score()["score"]) == (True, 59.0)
    case.do("raise", veto["deduction_id"], "2026-11-10", "联络员", "--reason", "系统迁移")
    case.do("accept", number_of(veto), "2026-11-10", "受理员")
    assert (
        case.do(
            "decide",
            number_of(veto),
            "2026-11-11",
            "复核员",
            "--decision",
            "部分采纳",
            "--keep",
            "0.5",
            "--reason",
            "x",
        )
        == 2
    )
    assert "没有“部分采纳”" in capsys.readouterr().err
    assert case.state(number_of(veto))["state"] == "reviewing", "a refused decision leaves no trace"
    case.do("decide", number_of(veto), "2026-11-11", "复核员", "--decision", "撤销", "--reason", "已报备")
    after = case.score(1)
    assert (after["vetoed"], after["score"], after["rank_in_group"] is not None) == (
        False,
        case.score()["score_unvetoed"],
        True,
    )
    assert closing.recompute(data, WEEK, MONDAY + timedelta(days=5)).same


def test_a_finding_taken_back_takes_its_veto_along(data: DataDir) -> None:
    case = Case(data, blank=5)
    row = case.lost("V-W-04c")[0]
    case.do("raise", row["deduction_id"], "2026-11-10", "联络员", "--reason", "有内容")
    case.do("accept", number_of(row), "2026-11-10", "受理员")
    case.do("decide", number_of(row), "2026-11-11", "复核员", "--decision", "撤销", "--reason", "误判")
    assert (case.score(1)["vetoed"], case.lost("V-W-04c", 1, veto=True)) == (False, [])
    assert len(case.lost("V-W-04c", 1)) == 4


def test_a_decision_before_the_closing_is_in_the_first_issue(data: DataDir) -> None:
    story = Story(data)
    story.day = 5
    story.night(dead=3)
    assert main(["score", "--data", str(data.root), "--week", WEEK, "--as-of", "2026-11-09T08:00"]) == 0
    row = story.rows("SELECT * FROM deduction WHERE indicator_id = 'L-DEAD' ORDER BY fact")[0]
    words = ["--data", str(data.root), "--as-of", "2026-11-09T08:30", "--reason", "x"]
    assert main(["disputes", "raise", row["deduction_id"], "--actor", "联络员", *words]) == 0
    assert main(["disputes", "accept", number_of(row), "--actor", "受理员", *words]) == 0
    assert (
        main(["disputes", "decide", number_of(row), "--actor", "复核员", "--decision", "撤销", *words]) == 0
    )
    closing.close(data, WEEK, actor="封存员", now=MONDAY)
    ids = [
        r["deduction_id"]
        for r in story.rows("SELECT deduction_id FROM deduction WHERE indicator_id = 'L-DEAD'")
    ]
    assert len(ids) == 2
    assert row["deduction_id"] not in ids


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("证据.exe", b"MZ", "类型不收"), ("证据.pdf", b"<html>", "内容不是 .pdf 文件"),
        ("证据.png", b"\x89PNG" + bytes(arguing.MOST_BYTES), "超过 10 MB"),
    ],
)  # fmt: skip
def test_an_attachment_of_a_wrong_kind_is_refused(
    data: DataDir, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(CockpitError, match=message):
        arguing.keep_bytes(data, name, content)
    assert not data.attachments.exists()


def test_an_attachment_is_kept_by_its_digest_and_its_name_is_harmless(data: DataDir) -> None:
    kept = arguing.keep_bytes(data, "../../etc/佐证\n.pdf", b"%PDF-1.7 x")
    assert kept.name == ".._.._etc_佐证_.pdf"
    assert [p.name for p in data.attachments.iterdir()] == [kept.kept_as]


def test_the_command_answers_in_json(
    data: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = Case(data, dead=2)
    row = case.lost("L-DEAD")[0]
    proof = tmp_path / "说明.txt"
    proof.write_text("外单位的页", encoding="utf-8")

    def ask(step: str, number: str, *words: str) -> Any:
        assert case.do(step, number, "2026-11-10", words[0] if words else "甲", *words[1:], "--json") == 0
        return json.loads(capsys.readouterr().out)

    number = number_of(row)
    raised = ask("raise", row["deduction_id"], "联络员", "--reason", "x", "--attach", str(proof))
    assert raised == {"dispute_id": number}
    assert ask("accept", number, "受理员") == {"dispute_id": number, "state": "reviewing"}
    [listed] = ask("list", "", "甲", "--unit", "u1")
    assert (listed["dispute_id"], listed["attachment"], listed["state"]) == (number, "说明.txt", "reviewing")
    assert (data.attachments / listed["attachment_sha256"]).read_text("utf-8") == "外单位的页"
    decided = ask("decide", number, "复核员", "--decision", "撤销", "--reason", "x")
    assert decided == {"dispute_id": number, "revision": 1}
    [told] = ask("stats", "", "甲")
    assert (told["indicator_id"], told["raised"], told["cancelled"], told["waiting"]) == ("L-DEAD", 1, 1, 0)
    with store.reader(
        data
    ) as reader:  # what the unit loses less on the indicator, the shared points of its other rows counted
        before, after = (
            sum(
                d["points"] for d in scores.deductions(reader, WEEK, "u1", n) if d["indicator_id"] == "L-DEAD"
            )
            for n in (0, 1)
        )
    assert told["returned"] == pytest.approx(before - after)
    assert main(["disputes", "accept", "--data", str(data.root)]) == 2
    assert main(["disputes", "accept", "Y-不存在", "--data", str(data.root)]) == 2


@pytest.mark.parametrize("name", ["受理员（自填）", "受理 员", "受\u200b理员"])
def test_the_same_person_written_otherwise_is_no_second_pair_of_eyes(name: str) -> None:
    case = {"actor": "联络员", "accepter": "受理员"}
    with pytest.raises(CockpitError, match="不能是这条扣分的受理人"):
        arguing._four_eyes(case, name, "封存员")
    arguing._four_eyes(case, "复核员", "封存员")
