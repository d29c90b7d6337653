"""Registers: one declaration, one table; every fault is named, nothing is taken unless all is right."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from cockpit import store
from cockpit.__main__ import main
from cockpit.paths import DataDir
from cockpit.registers.books import BOOKS
from cockpit.store import all_tables
from cockpit.store.queries.registers import book_rows

NOW = "2026-11-23T12:00"
TYPES = {"int": "INTEGER", "number": "DOUBLE", "bool": "BOOLEAN", "date": "DATE"}


@pytest.fixture
def city(data: DataDir) -> DataDir:
    data.registry.mkdir(parents=True)
    (data.registry / "units.csv").write_text(
        "单位编码,责任单位,分组,检查办事服务\nA-1,市教育局,其他部门,否\nB-1,渝水区政府,县区/园区,是\n",
        encoding="utf-8",
    )
    (data.registry / "sites.csv").write_text(
        "网站编码,网站名称,责任单位编码,首页地址,域名已核实,状态\ns1,甲,A-1,http://a.gov.cn/,是,在用\n",
        encoding="utf-8",
    )
    (data.registry / "accounts.csv").write_text(
        "账号编码,账号名称,责任单位编码,平台,状态\nw1,甲号,A-1,微信公众号,在用\n", encoding="utf-8"
    )
    return data


def run(city: DataDir, *words: str) -> int:
    return main(["registers", "--data", str(city.root), "--as-of", NOW, *words])


def bring(city: DataDir, tmp_path: Path, text: str, action: str = "import", encoding: str = "utf-8") -> int:
    path = tmp_path / "表.csv"
    path.write_bytes(text.encode(encoding))
    return run(city, action, str(path))


def rows(city: DataDir, table: str) -> list[dict]:
    with store.reader(city) as reader:
        return book_rows(reader, table)


@pytest.mark.parametrize("name", list(BOOKS))
def test_each_register_has_one_typed_table(name: str) -> None:
    book, table = BOOKS[name], all_tables()[name]
    assert list(table.columns) == [
        c for c in table.columns if c in {"measured_at", *book.derived, *(f.name for f in book.sheet.fields)}
    ]
    for field in book.sheet.fields:
        column = table.columns[field.name]
        assert (column.type, column.required) == (
            TYPES.get(field.kind, "VARCHAR"),
            field.required or column.required,
        )
    assert set(book.references) | set(book.past) | {n for pair in book.ordered for n in pair} <= set(
        table.columns
    )
    assert book.clause
    assert book.question.endswith("？")


def test_no_two_registers_look_alike() -> None:
    headings = [frozenset(f.heading for f in b.sheet.fields) for b in BOOKS.values()]
    assert len(set(headings)) == len(headings)


def test_templates_of_all_registers_are_recognised_again(city: DataDir, tmp_path: Path) -> None:
    from cockpit import tabular

    assert run(city, "template", "--out", str(tmp_path)) == 0
    for book in BOOKS.values():
        [raw] = tabular.read(tmp_path / f"{book.title}.csv")
        assert tabular.recognise(raw, [b.sheet for b in BOOKS.values()]) is book.sheet
    guide = (tmp_path / "填写说明.txt").read_text(encoding="utf-8-sig")
    assert all(book.title in guide for book in BOOKS.values())


MOCK = "测评编号,责任单位,申请方式,提交日期,申请内容摘要,答复日期\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_import_list_export_round(
    city: DataDir, tmp_path: Path, encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = MOCK + "测1,市教育局,网络,2026/9/1,问 13912345678,2026-09-20\n"
    assert bring(city, tmp_path, text, encoding=encoding) == 0
    [row] = rows(city, "mock_request")
    assert (row["unit_code"], row["short_name"], str(row["answered_on"])) == ("A-1", "市教育局", "2026-09-20")
    assert "13912345678" not in row["subject"]
    capsys.readouterr()
    assert run(city, "list", "--json") == 0
    counts = {r["name"]: r["rows"] for r in json.loads(capsys.readouterr().out)}
    assert counts == {name: int(name == "mock_request") for name in BOOKS}
    assert run(city, "export", "模拟测评台账", "--out", str(tmp_path / "out")) == 0
    text = (tmp_path / "out" / "模拟测评台账.csv").read_text(encoding="utf-8-sig")
    assert next(iter(csv.DictReader(io.StringIO(text))))["责任单位"] == "A-1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MOCK + "测1,无此局,网络,2026-09-01,,\n", "表.csv 第 2 行「责任单位」：「无此局」不在责任单位台账里"),
        (MOCK + "测1,市教育局,飞鸽,2026-09-01,,\n", "「申请方式」：「飞鸽」不在可选范围内"),
        (MOCK + "测1,市教育局,网络,2026-09-01,,2026-08-01\n", "「答复日期」：2026-08-01 早于提交日期 2026-09-01"),
        (MOCK + "测1,市教育局,网络,2027-09-01,,\n", "晚于今天 2026-11-23"),
        ("案号,责任单位,类别,受理日期,申请编号\n复1,市教育局,行政复议,2026-09-01,没有的\n", "「没有的」在依申请公开台账里找不到"),
        ("案号,责任单位,类别,受理日期,审结日期\n复1,市教育局,行政复议,2026-09-01,2026-09-09\n", "「结果」：填了审结日期就不能为空"),
        ("年度,责任单位,项目,自然人,总计\n2025,市教育局,一、本年新收,2,3\n", "勾稽不符"),
        ("申请编号,责任单位,申请方式,提交日期\n甲1,市教育局,网络,2026-09-18\n", "确认日期"),
        ("申请编号,责任单位,收到申请日期,申请方式,确认日期\n甲1,市教育局,2026-09-18,网络,2026-09-21\n", "第三十一条"),
        ("申请编号,责任单位,收到申请日期,受理日期\n甲1,市教育局,2026-09-18,2026-09-17\n", "「受理日期」：2026-09-17 早于收到申请日期 2026-09-18。请核对先后"),
        ("申请编号,责任单位,收到申请日期,办理日期\n甲1,市教育局,2026-09-18,2026-09-17\n", "「办理日期」：2026-09-17 早于收到申请日期 2026-09-18"),
        (MOCK + "测1,市教\u200b育局,网络,2026-09-01,,\n", "「责任单位」：含看不见的字符（U+200B）。请清空这一格后手工重新输入"),
        (MOCK + "测1,市教育局,网络,2026-09-01,\u202e问题,\n", "「申请内容摘要」：含看不见的字符（U+202E）"),
        (MOCK + "测1,市教育局,网络,\u200e2026-09-01,,\n", "「提交日期」：含看不见的字符（U+200E）"),
        ("申请编号,责任单位,收到申请日期,是否延期,延期告知日期\n甲1,市教育局,2026-09-18,是,2026-11-18\n", "“延期”这一步"),
    ],
)  # fmt: skip
def test_every_fault_has_file_row_field_and_remedy(
    city: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    for action in ("check", "import"):
        assert bring(city, tmp_path, text, action) == 2
        error = capsys.readouterr().err
        assert message in error
        assert "表.csv 第 2 行" in error
        assert store.pending_batches(city) == 0


def test_receipt_is_worked_out_from_the_channel(city: DataDir, tmp_path: Path) -> None:
    text = "申请编号,责任单位,申请方式,提交日期,签收日期,确认日期\n甲1,市教育局,邮寄,2026-09-16,2026-09-18,\n"
    assert bring(city, tmp_path, text) == 0
    [row] = rows(city, "application")
    assert (str(row["received_on"]), str(row["due_on"])) == ("2026-09-18", "2026-10-22")


def test_a_running_stop_moves_the_stored_due_date_at_each_load(city: DataDir, tmp_path: Path) -> None:
    text = "申请编号,责任单位,收到申请日期,征求意见开始日期\n甲1,市教育局,2026-10-26,2026-11-09\n"
    assert bring(city, tmp_path, text) == 0
    [before] = rows(city, "application")
    assert main(["load", "--force", "--data", str(city.root), "--as-of", "2026-11-30T12:00"]) == 0
    [after] = rows(city, "application")
    assert (after["due_on"] - before["due_on"]).days == 7


def test_a_balanced_report_is_taken(city: DataDir, tmp_path: Path) -> None:
    text = "年度,责任单位,项目,自然人,总计\n2025,市教育局,一、本年新收,2,2\n2025,市教育局,（一）予以公开,1,1\n2025,市教育局,三（七）总计,1,1\n2025,市教育局,四、结转下年度继续办理,1,1\n"
    assert bring(city, tmp_path, text) == 0
    assert len(rows(city, "annual_table3")) == 4


TASKS = "任务编号,条款,任务,责任单位编码,限期\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("责任单位,季度,公开内容\n市教育局,2026年三季度,民生实事项目\n", "请写成 2026Q3"),
        (TASKS + "甲,六（五）,分解,市教育局、无此局,2026-12-31\n", "「无此局」不在责任单位台账里"),
        ("任务编号,责任单位,进度（%）\n没有的,市教育局,30\n", "「没有的」在任务分解表里找不到"),
        ("账号编码,巡查日期,政务公开板块\n没有,2026-11-01,是\n", "「没有」不在政务新媒体台账里"),
        ("事项编号,责任单位,事项名称,缺失的要素,检查日期\nX1,市教育局,入学,样表,2026-11-01\n", "不是八类要素"),
        ("文号,责任单位,标题,发布日期,公开属性\n余府发〔2026〕5号,市教育局,办法,2026-11-01,保密\n", "应为 主动公开、依申请公开、不予公开 之一"),
    ],
)  # fmt: skip
def test_faults_of_the_citys_registers(
    city: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    assert bring(city, tmp_path, text) == 2
    assert message in capsys.readouterr().err
    assert store.pending_batches(city) == 0


def test_progress_may_come_with_its_task(city: DataDir, tmp_path: Path) -> None:
    tasks, progress = tmp_path / "任务.csv", tmp_path / "进度.csv"
    tasks.write_text(TASKS + "甲,六（五）,分解,市教育局、B-1,2026-12-31\n", encoding="utf-8")
    progress.write_text(
        "任务编号,责任单位,分解报备日期,进度（%）\n甲,市教育局,2026-08-10,30\n", encoding="utf-8"
    )
    assert run(city, "import", str(progress), str(tasks)) == 0
    assert rows(city, "clause_task")[0]["unit_codes"] == "A-1|B-1"
    assert rows(city, "task_progress")[0]["percent"] == 30


def test_a_guides_missing_elements_are_counted(city: DataDir, tmp_path: Path) -> None:
    text = "事项编号,责任单位,事项名称,缺失的要素,检查日期\nX1,市教育局,入学,办理时间、联系电话,2026-11-01\n"
    assert bring(city, tmp_path, text) == 0
    assert rows(city, "service_guide")[0]["missing_count"] == 2


def test_the_tasks_of_the_document() -> None:
    """The shipped decomposition, held against the document: numbers, dates by working days, units that exist."""
    from cockpit import registry
    from cockpit.paths import SHIPPED
    from cockpit.workdays import Calendar

    with (SHIPPED / "registry" / "tasks.csv").open(encoding="utf-8-sig", newline="") as file:
        tasks = {row["任务编号"]: row for row in csv.DictReader(file)}
    units = {u.unit_code for u in registry.load_register(DataDir(SHIPPED)).units}
    assert len(tasks) == 61
    assert tasks["六-五-a"]["限期"] == Calendar().add(date(2023, 8, 7), 20).isoformat() == "2023-09-04"
    assert [t for t, row in tasks.items() if row["限期"] == "2023-08-31"] == ["四-四-3b", "五-四-a"]
    assert {row["周期"] for row in tasks.values()} == {"年内", "持续", "季度", "年度"}
    for row in tasks.values():
        assert set(row["责任单位编码"].split("|")) <= units, row["任务编号"]
        assert row["内容"]
        assert row["限期依据"]
    pilots = {"360500-GXJ", "360500-RSJ", "360500-SWJ", "360500-WGXLJ", "360502-YSQ", "360521-FYX"}
    assert set(tasks["四-四-5"]["责任单位编码"].split("|")) == pilots
    assert set(tasks["三-一-2"]["责任单位编码"].split("|")) == {"360500-JTYSJ", "360500-GAJ", "360500-TKJT"}
