"""The bulletin says what the closed issues say, names what is not closed, and is a sound Word document."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path

import docx
import pytest

from cockpit import store
from cockpit.__main__ import main
from cockpit.appraise.indicators import load_rules
from cockpit.appraise.periods import parse_period
from cockpit.detect.privacy import masked
from cockpit.paths import DataDir
from cockpit.report import bulletin, bulletin_docx
from cockpit.report.bulletin import Annex, Bulletin
from cockpit.store.queries import periods as stored_periods

NOW = datetime(2026, 11, 24, 4)


def build(city: DataDir, period: str) -> Bulletin:
    with store.reader(city) as reader:
        return bulletin.build(reader, load_rules(city.rules), parse_period(period), NOW, mask=masked)


def text_of(content: bytes) -> tuple[list[str], list[list[list[str]]]]:
    document = docx.Document(io.BytesIO(content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return [p.text for p in document.paragraphs], tables


def test_the_numbers_are_those_of_the_closed_issues(city: DataDir) -> None:
    made = build(city, "2026-W47")
    with store.reader(city) as reader:
        rows = reader.rows("SELECT * FROM score WHERE week = '2026-W47' AND revision = 1")
        [older] = reader.rows(
            "SELECT count(*) FILTER (grade = '合格') / count(*) FILTER (grade <> '未评') AS rate FROM score WHERE week = '2026-W46' AND revision = (SELECT max(revision) FROM issue WHERE week = '2026-W46')"
        )
    graded = [r["grade"] for r in rows]
    passed, failed = graded.count("合格"), graded.count("不合格")
    overall = "".join(made.sections[0][1])
    assert f"监测责任单位 {len(rows)} 个" in overall
    assert f"合格单位 {passed} 个，不合格单位 {failed} 个" in overall
    rate = passed / (passed + failed)
    assert (
        f"合格率 {bulletin.percent(rate)}，环比（较2026年第46周）{bulletin.points_of(rate, older['rate'])}"
        in overall
    )
    with store.reader(city) as reader:  # a site that no collector reached all week is not 采集到的
        [seen] = reader.rows(
            "SELECT count(DISTINCT site_code) AS n FROM indicator_result WHERE week = '2026-W47' AND revision = 1"
            " AND measured AND indicator_id NOT IN ('U-CODE', 'A-OFF', 'V-W-01-FACT')"
        )
    assert f"采集到的网站 {seen['n']} 个" in overall
    assert "同比（较上年同期）没有可比数据" in overall
    assert [row[1] for row in made.annexes[0].rows] == [
        u["unit_name"] for u in _names(city, [r["unit_code"] for r in rows if r["grade"] == "不合格"])
    ]
    assert "2026-W47（更正1）" in made.notice
    assert [heading for heading, _ in made.sections] == [
        "一、总体情况",
        "二、主要成效",
        "三、存在问题",
        "四、工作要求",
    ]


def _names(city: DataDir, codes: list[str]) -> list[dict[str, str]]:
    with store.reader(city) as reader:
        return reader.rows(
            "SELECT unit_name FROM unit WHERE unit_code IN (SELECT unnest($c::VARCHAR[])) ORDER BY CASE unit_group WHEN 'county' THEN 1 WHEN 'dept_service' THEN 2 ELSE 3 END, sort_order",
            {"c": codes},
        )


def test_weeks_that_are_not_closed_are_named(city: DataDir) -> None:
    made = build(city, "2026-11")
    assert "还有 1 周没有结束（2026-W48 起），待结束封存后计入" in made.notice
    assert made.figures["weeks"] == ["2026-W45", "2026-W46", "2026-W47"]


def test_the_lost_points_of_a_week_are_all_there(city: DataDir) -> None:
    made = build(city, "2026-W47")
    with store.reader(city) as reader:
        [whole] = reader.rows(
            "SELECT sum(points) AS points FROM deduction WHERE week = '2026-W47' AND revision = 1"
        )
    told = sum(float(row[5]) for row in made.annexes[1].rows if row[5] != "否决")
    assert told == pytest.approx(whole["points"], abs=0.01 * len(made.annexes[1].rows))
    assert {row[6] for row in made.annexes[1].rows} == {"期末仍在"}
    assert {row[6] for row in build(city, "2026-11").annexes[1].rows} == {"期末仍在", "期末已消除"}


@pytest.mark.parametrize(
    ("now", "then", "text"),
    [(0.9, 0.95, "下降 5.0 个百分点"), (1.0, 0.8, "上升 20.0 个百分点"), (0.5, 0.5, "持平"), (0.5, None, "没有可比数据")],
)  # fmt: skip
def test_rates_change_in_percentage_points(now: float, then: float | None, text: str) -> None:
    assert bulletin.points_of(now, then) == text


def test_a_rate_is_cut_and_never_rounded_up() -> None:
    assert [bulletin.percent(v) for v in (0.98999, 0.99, 1.0, 0.0, None, 29 / 31)] == [
        "98.9%", "99.0%", "100.0%", "0.0%", "—", "93.5%",
    ]  # fmt: skip


def test_the_document_opens_and_holds_everything(
    city: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "通报.docx"
    words = ["bulletin", "--data", str(city.root), "--as-of", "2026-11-24T12:00", "--period", "2026-11"]
    assert main([*words, "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"file", "period", "weeks", "missing", "unfinished", "units", "rated", "passed", "failed", "coverage", "pass_rate", "pass_rate_before", "pass_rate_last_year", "average", "comparable"}  # fmt: skip
    made = build(city, "2026-11")
    paragraphs, tables = text_of(out.read_bytes())
    assert paragraphs[:2] == [made.title, "（演示数据，不得用于考核）"]
    for heading, parts in made.sections:
        assert {heading, *parts} <= set(paragraphs)
    assert tables == [[list(a.heads), *map(list, a.rows)] for a in made.annexes if a.rows]
    with zipfile.ZipFile(out) as inside:
        body = inside.read("word/document.xml").decode()
        fonts = inside.read("word/fontTable.xml").decode()
    assert all(
        name in body and f'w:name="{name}"><w:altName' in fonts
        for name in ("方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312")
    )
    assert body.count("<w:tblHeader/>") == len(tables)


def test_hostile_facts_stay_text(tmp_path: Path) -> None:
    nasty = "<w:p>&amp;\x00\x0b\ud800 ]]> 'x' \"y\""
    annex = Annex("一览表", nasty, ("列",), (100,), [(nasty,)])
    content = bulletin_docx.make(Bulletin(nasty, False, nasty, [("一、", [nasty])], [annex], "日期"), NOW)
    paragraphs, tables = text_of(content)
    kept = "<w:p>&amp; ]]> 'x' \"y\""
    assert paragraphs.count(kept) == 4
    assert tables == [[["列"], [kept]]]


def test_wrong_use_is_told(
    city: DataDir, tmp_path: Path, data: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    start = ["bulletin", "--data", str(city.root)]
    for words, message in (
        (["--period", "2019-01", "--out", str(tmp_path / "a.docx")], "2019年1月还没有封存的周"),
        (["--period", "2026-11", "--out", str(tmp_path / "a.pdf")], "应以 .docx 结尾"),
        (["--period", "2026Q9", "--out", str(tmp_path / "a.docx")], "周期「2026Q9」不存在"),
    ):
        assert main([*start, *words]) == 2
        assert message in capsys.readouterr().err
    assert list(tmp_path.glob("*.docx")) == []


def test_what_disputes_took_back_is_counted_as_if_it_stood(city: DataDir) -> None:
    with store.reader(city) as reader:
        cancelled = reader.rows(
            "SELECT DISTINCT y.week, d.indicator_id, y.dispute_id FROM dispute AS y JOIN deduction AS d USING (deduction_id) WHERE y.state = 'cancelled'"
        )
        assert cancelled
        for week in {row["week"] for row in cancelled}:
            counts = Counter(row["indicator_id"] for row in cancelled if row["week"] == week)
            assert stored_periods.taken_back(reader, [week]) == dict(counts)
            halved = stored_periods.taken_back(reader, [week, "2026-W01"])
            assert halved == {i: n / 2 for i, n in counts.items()}
