"""Registers: one declaration, one table; every fault is named, nothing is taken unless all is right."""

from __future__ import annotations

import csv
import io
import json
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
