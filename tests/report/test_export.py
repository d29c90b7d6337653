"""The appraisal bundle: whole values, Excel-safe, byte-identical, dictionary complete, sums equal."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import zipfile
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from cockpit import store
from cockpit.__main__ import main
from cockpit.appraise.indicators import load_rules
from cockpit.detect.privacy import masked
from cockpit.export_command import bundle_of
from cockpit.paths import DataDir
from cockpit.report import annexes, export
from cockpit.report.cells import SHOWN, Col, cell
from cockpit.report.columns import CHANNEL_STATES, FILES, STAMP
from cockpit.store.queries import channels, scores
from cockpit.store.queries.scores import LATEST
from cockpit.tabular_out import neutral
from cockpit.workdays import Calendar

NOW = datetime(2026, 11, 24, 4)
WEEK = "2026-W47"


def bundle(data: DataDir, now: datetime = NOW, actor: str = "甲", unit: str | None = None) -> export.Bundle:
    return bundle_of(data, WEEK, now, actor, unit=unit)


def copy_of(city: DataDir, tmp_path: Path) -> DataDir:
    """A folder of its own with the same published data."""
    data = DataDir(tmp_path / "copy")
    shutil.copytree(city.root, data.root, symlinks=True)
    return data


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
        lost[row["单位编码"]] = lost.get(row["单位编码"], 0.0) + float(row["折算后扣分（分）"])
    for row in table(made, "01_单位得分"):
        assert round(lost.get(row["单位编码"], 0.0), 2) == float(row["扣分（分）"])
        if row["最终得分（分）"]:
            assert round(100 - float(row["扣分（分）"]), 2) == float(row["不否决时得分（分）"])
        else:
            assert "不评分" in row["未评原因"]


def test_added_points_add_up_to_the_scores(city: DataDir) -> None:
    made = bundle(city)
    added: dict[str, float] = {}
    for row in table(made, "11_加分明细"):
        added[row["单位编码"]] = added.get(row["单位编码"], 0.0) + float(row["封顶后加分（分）"])
    for row in table(made, "01_单位得分"):
        assert round(added.get(row["单位编码"], 0.0), 2) == float(row["加分（分）"] or 0)


def test_unmeasured_is_an_empty_cell_with_its_reason(city: DataDir) -> None:
    rows = [r for r in table(bundle(city), "09_指标结果") if r["是否采到"] == "否"]
    assert rows
    assert all(r["指标值"] == "" and r["未采集原因"] and r["判断"] in {"未采集", "不适用"} for r in rows)


def test_every_row_says_that_it_is_a_demonstration(city: DataDir) -> None:
    made = bundle(city)
    assert {r["数据性质"] for name in FILES for r in table(made, name)} == {"演示数据"}
    assert export.archive_name(made, NOW).startswith("演示数据_")


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


FORMULAS = [
    "=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\tx", "\nx", " =1+1", "\u3000=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "|x", "%0A=1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_neutralised(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert cell(Col("事实", "fact", "文字", "x"), {"fact": text}) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "shown"), [("\rx", "␍x"), ("\x1b[2Jx", "␛[2Jx"), ("a\u202ex", "a⟨U+202E⟩x")]
)
def test_hidden_characters_are_named(text: str, shown: str) -> None:
    assert neutral(text) == shown
    assert cell(Col("事实", "fact", "文字", "x"), {"fact": text}) == shown


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
    made = bundle_of(data, WEEK, noon, "甲")
    rows = list(csv.DictReader(io.StringIO(made.files["02_扣分明细.csv"].decode("utf-8-sig"), newline="")))
    assert rows[0]["事实描述"] == '\'=HYPERLINK("http://x")'


def test_the_command_and_its_errors(
    city: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "考核"
    assert main(["export", "--data", str(city.root), "--week", WEEK, "--out", str(out)]) == 0
    assert json.loads((out / "meta.json").read_text("utf-8"))["期次"] == WEEK
    assert len(list(out.iterdir())) == len(FILES) + 7
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


def test_one_unit_takes_its_evidence_along(city: DataDir) -> None:
    whole = bundle(city)
    unit = next(r["单位编码"] for r in table(whole, "02_扣分明细") if r["证据数"] == "1")
    part = bundle(city, unit=unit)
    for name in FILES:
        rows = table(part, name)
        if "单位编码" in {c.heading for c in FILES[name]}:
            assert rows == [r for r in table(whole, name) if r["单位编码"] == unit], name
    lost = [r for r in table(part, "02_扣分明细") if r["证据数"] == "1"]
    assert {r["扣分编号"] for r in table(part, "03_证据清单")} == {r["扣分编号"] for r in lost} != set()


def test_every_deduction_is_in_the_file_with_its_stored_values(city: DataDir) -> None:
    with store.reader(city) as reader:
        stored = {
            r["deduction_id"]: r
            for r in reader.rows(
                f"SELECT * FROM deduction JOIN {LATEST} USING (week, revision) WHERE week = ?", [WEEK]
            )
        }
    listed = {r["扣分编号"]: r for r in table(bundle(city), "02_扣分明细")}
    assert set(listed) == set(stored)
    for key, row in listed.items():
        assert float(row["折算后扣分（分）"]) == stored[key]["points"]
        assert float(row["应扣（分）"]) == stored[key]["points_raw"]
        assert float(row["数量"]) == pytest.approx(stored[key]["quantity"], abs=5e-7)
        assert (row["是否单项否决"] == "是") is stored[key]["is_veto"]


def test_a_second_dispute_doubles_no_row_and_no_points(city: DataDir, tmp_path: Path) -> None:
    data = copy_of(city, tmp_path)
    before = table(bundle(data), "02_扣分明细")
    target = before[0]["扣分编号"]
    batch = store.Batch(data, "action", "r")
    for number, state in ((1, "upheld"), (2, "open")):
        batch.add(
            "dispute",
            dispute_id=f"Y{number}",
            deduction_id=target,
            raised_at=datetime(2026, 11, 23, number),
            reason="x",
            state=state,
        )
    batch.write(NOW)
    store.load(data, NOW)
    after = table(bundle(data), "02_扣分明细")
    assert [r["扣分编号"] for r in after] == [r["扣分编号"] for r in before]
    assert after[0]["异议状态"] == "待受理"


def test_availability_has_a_row_for_every_site_and_day(city: DataDir) -> None:
    rows = [r for r in table(bundle(city), "06_可用性日汇总") if r["网络"] == "4"]
    with store.reader(city) as reader:
        sites = reader.rows("SELECT site_code, valid_from FROM site WHERE state = 'active'")
    days = [date(2026, 11, 16) + timedelta(days=n) for n in range(7)]
    expected = {
        (s["site_code"], d.isoformat())
        for s in sites
        for d in days
        if s["valid_from"] is None or s["valid_from"] <= d
    }
    assert {(r["网站编码"], r["日期"]) for r in rows} >= expected
    for row in rows:
        assert (row["打不开占比"] == "") is (row["有效访问（次）"] in {"", "0"})
        assert (row["空值原因"] != "") is (row["打不开占比"] == "")


def test_channels_stand_in_the_file_as_on_the_screen(city: DataDir, tmp_path: Path) -> None:
    """A site that could not be looked at last is 未采集 in the file too, whatever was known before."""
    data = copy_of(city, tmp_path)
    site = table(bundle(data), "08_栏目更新")[0]["网站编码"]
    batch = store.Batch(data, "patrol", "r-failed")
    batch.add(
        "coverage",
        measured_at=NOW,
        collector="patrol",
        aspect="channels",
        site_code=site,
        ok=False,
        cause="timeout",
    )
    batch.write(NOW)
    store.load(data, NOW)
    with store.reader(data) as reader:
        rows, shown = annexes.live(reader, WEEK, Calendar(), [])["08_栏目更新"], channels.counts(reader)
    assert Counter(r["state"] for r in rows) == {s: n for s, n in shown.items() if n}
    failed = [r for r in rows if r["site_code"] == site]
    assert {(r["state"], r["cause"]) for r in failed} == {("unmeasured", "timeout")}


def test_groups_come_in_their_order(city: DataDir) -> None:
    groups = list(dict.fromkeys(r["分组"] for r in table(bundle(city), "01_单位得分")))
    assert groups == ["县区/园区", "有对外服务职能的部门", "其他部门"]


def test_personal_data_never_leaves_unmasked() -> None:
    number = "360502199003071234"
    leaking = f"申请人张三 身份证号 {valid_id(number)} 已核验"
    prose = [c for columns in FILES.values() for c in columns if c.type == "脱敏文字"]
    assert {c.heading for c in prose} == {"事实描述", "摘录（已脱敏）", "事项"}
    for col in prose:
        shown = cell(col, {col.field: leaking}, masked)
        assert valid_id(number) not in shown
        assert "张三" in shown


def valid_id(number: str) -> str:
    """The identity number with its right check digit (GB 11643)."""
    total = sum(
        int(d) * w
        for d, w in zip(number, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=False)
    )
    return number[:17] + "10X98765432"[total % 11]


@pytest.mark.parametrize(
    ("value", "text"), [(1 / 7, "0.142857"), (24.0, "24"), (0.0, "0"), (1e-6, "0.000001"), (-0.5, "-0.5")]
)
def test_values_are_plain_decimals(value: float, text: str) -> None:
    assert cell(Col("指标值", "value", "数值", "x"), {"value": value}) == text


def test_no_cell_is_empty_where_the_dictionary_says_it_never_is(city: DataDir) -> None:
    made = bundle(city)
    never = {(r["文件"], r["字段"]) for r in table(made, "数据字典") if r["空值含义"] == "不适用"}
    assert never
    wrong = {
        (name, field)
        for name in FILES
        for row in table(made, name)
        for field, text in row.items()
        if not text and (name, field) in never
    }
    assert wrong == set()


def test_the_dictionary_names_unit_range_and_source(city: DataDir) -> None:
    rows = {(r["文件"], r["字段"]): r for r in table(bundle(city), "数据字典")}
    assert rows["01_单位得分", "扣分（分）"]["来源"] == "score.deducted"
    assert rows["01_单位得分", "扣分（分）"]["单位"] == "分"
    assert rows["08_栏目更新", "状态"]["取值范围"] == "、".join(CHANNEL_STATES.values())
    assert "I-01" in rows["07_IPv6", "首页可达"]["相关指标"]
    assert {r["类型"] for r in rows.values()} <= {*SHOWN, "脱敏文字"}


def test_the_steps_from_a_fact_to_its_points_are_told(city: DataDir) -> None:
    """应扣 → 封顶后 (never more) → × 折算系数 → 折算后, which may be more again and says why."""
    rules = load_rules(city.rules)
    groups: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in table(bundle(city), "02_扣分明细"):
        if row["是否单项否决"] == "否":
            groups.setdefault((row["单位编码"], row["指标编号"], row["站点/账号名称"]), []).append(row)
        else:
            assert (row["封顶后扣分（分）"], row["折算系数"]) == ("", "")
    assert groups
    for (_, indicator, _), rows in groups.items():
        raw, capped, folded = (
            sum(float(r[name]) for r in rows)
            for name in ("应扣（分）", "封顶后扣分（分）", "折算后扣分（分）")
        )
        assert capped == pytest.approx(min(raw, rules.indicators[indicator].cap), abs=1e-4)
        assert folded == pytest.approx(capped * float(rows[0]["折算系数"]), abs=0.006)


def test_each_site_and_account_has_its_own_line(city: DataDir) -> None:
    rows = table(bundle(city), "12_对象得分")
    assert {r["对象类型"] for r in rows} == {"网站", "账号"}
    with store.reader(city) as reader:
        unit = rows[0]["单位编码"]
        own = scores.own_scores(reader, WEEK, unit)
    told = {r["对象编码"]: (r["得分（分）"], r["等级"]) for r in rows if r["单位编码"] == unit}
    assert told == {
        code: ("" if o["score"] is None else f"{o['score']:.2f}", o["grade"]) for code, o in own.items()
    }
