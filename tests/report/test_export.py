"""The appraisal bundle: whole values, Excel-safe, byte-identical, dictionary complete, sums equal."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from cockpit import demo, store
from cockpit.__main__ import main
from cockpit.appraise.indicators import load_rules
from cockpit.paths import DataDir
from cockpit.report import export
from cockpit.report.columns import FILES, STAMP, Col, cell
from cockpit.tabular_out import neutral

NOW = datetime(2026, 11, 24, 4)
WEEK = "2026-W47"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataDir]:
    data = DataDir(tmp_path_factory.mktemp("export") / "samples")
    data.mark_demo()
    demo.build(data, NOW, 3, quiet=True)
    yield data


def bundle(data: DataDir, now: datetime = NOW, actor: str = "甲") -> export.Bundle:
    with store.reader(data) as reader:
        return export.build(reader, load_rules(data.rules), WEEK, now, actor)


def table(made: export.Bundle, name: str) -> list[dict[str, str]]:
    text = made.files[f"演示数据_{name}.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_files_open_in_chinese_excel(city: DataDir) -> None:
    for name, content in bundle(city).files.items():
        if name.endswith(".csv"):
            assert content.startswith(b"\xef\xbb\xbf"), name
            assert content.count(b"\n") == content.count(b"\r\n"), name


def test_lost_points_add_up_to_the_scores(city: DataDir) -> None:
    made = bundle(city)
    lost: dict[str, float] = {}
    for row in table(made, "02_扣分明细"):
        lost[row["单位编码"]] = lost.get(row["单位编码"], 0.0) + float(row["封顶后扣分（分）"])
    for row in table(made, "01_单位得分"):
        assert round(lost.get(row["单位编码"], 0.0), 2) == float(row["扣分（分）"])
        if row["最终得分（分）"]:
            assert round(100 - float(row["扣分（分）"]), 2) == float(row["不否决时得分（分）"])
        else:
            assert "不评分" in row["未评原因"]


def test_unmeasured_is_an_empty_cell_with_its_reason(city: DataDir) -> None:
    rows = [r for r in table(bundle(city), "09_指标结果") if r["是否采到"] == "否"]
    assert rows
    assert all(r["指标值"] == "" and r["未采集原因"] and r["判断"] == "未采集" for r in rows)


def test_every_row_says_that_it_is_a_demonstration(city: DataDir) -> None:
    made = bundle(city)
    assert {r["数据性质"] for name in FILES for r in table(made, name)} == {"演示数据"}
    assert export.archive_name(made, load_rules(city.rules), NOW).startswith("演示数据_")


def test_two_exports_are_identical_but_for_time_and_person(city: DataDir) -> None:
    one, two = bundle(city), bundle(city, datetime(2026, 11, 25), "乙")
    assert {n for n in one.files if one.files[n] != two.files[n]} == {"meta.json"}
    assert export.archive(one) == export.archive(bundle(city))
    sums = dict(reversed(line.split("  ")) for line in one.files["SHA256SUMS"].decode().splitlines())
    assert sums == {
        n: hashlib.sha256(c).hexdigest() for n, c in one.files.items() if n not in {"meta.json", "SHA256SUMS"}
    }


def test_the_dictionary_covers_every_column_of_every_file(city: DataDir) -> None:
    listed = [(r["文件"], r["字段"]) for r in table(bundle(city), "数据字典")]
    assert listed == [(name, c.heading) for name, columns in FILES.items() for c in (*columns, *STAMP)]
    assert all(c.meaning for columns in FILES.values() for c in columns)


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\tx", "\rx"])
def test_formulas_are_neutralised(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert cell(Col("事实", "fact", "文字", "x"), {"fact": text}) == f"'{text}"


def test_a_fact_with_a_formula_is_safe_in_the_file(data: DataDir, noon: datetime) -> None:
    batch = store.Batch(data, "score", "r")
    batch.add(
        "score",
        week=WEEK,
        revision=0,
        unit_code="u",
        unit_group="county",
        vetoed=False,
        score=99.0,
        deducted=1.0,
        base=100.0,
    )
    batch.add(
        "deduction",
        deduction_id="D-1",
        week=WEEK,
        revision=0,
        indicator_id="L-DEAD",
        unit_code="u",
        fact='=HYPERLINK("http://x")',
        points=1.0,
        is_veto=False,
    )
    batch.write(noon)
    store.load(data, noon)
    with store.reader(data) as reader:
        made = export.build(reader, load_rules(data.rules), WEEK, noon, "甲")
    rows = list(csv.DictReader(io.StringIO(made.files["02_扣分明细.csv"].decode("utf-8-sig"), newline="")))
    assert rows[0]["事实描述"] == '\'=HYPERLINK("http://x")'


def test_the_command_and_its_errors(
    city: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "考核"
    assert main(["export", "--data", str(city.root), "--week", WEEK, "--out", str(out)]) == 0
    assert json.loads((out / "meta.json").read_text("utf-8"))["期次"] == WEEK
    assert len(list(out.iterdir())) == len(FILES) + 4
    assert main(["export", "--data", str(city.root), "--week", "2020-W01", "--out", str(out)]) == 2
    assert "还没有计分" in capsys.readouterr().err
    (tmp_path / "file").write_text("x")
    assert main(["export", "--data", str(city.root), "--week", WEEK, "--out", str(tmp_path / "file")]) == 2
    assert (
        main(["export", "--data", str(city.root), "--week", WEEK, "--out", str(out), "--unit", "无此局"]) == 2
    )


def test_the_archive_holds_every_file(city: DataDir) -> None:
    made = bundle(city)
    with zipfile.ZipFile(io.BytesIO(export.archive(made))) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == set(made.files)
