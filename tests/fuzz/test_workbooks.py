"""What the fuzzer found in uploaded workbooks, told as files that somebody could send."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from cockpit import tabular
from cockpit.detect import privacy
from cockpit.errors import Fault, InputError
from cockpit.tabular import Field, Sheet
from tests.sites import files

SHEET = Sheet(
    "t", "表", (Field("code", "编号", "code", required=True), Field("day", "日期", "date")), ("code",)
)


def workbook(day: object) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["编号", "日期"])
    book.active.append(["A1", day])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def faults_of(content: bytes) -> list[str]:
    faults: list[Fault] = []
    (raw,) = tabular.read_bytes("a.xlsx", content)
    tabular.parse(raw, SHEET, faults)
    return [fault.message for fault in faults]


@pytest.mark.parametrize("day", [datetime(9999, 12, 31), date(1900, 3, 1), datetime(1948, 12, 31)])
def test_a_date_of_the_workbook_must_be_reasonable_too(day: date) -> None:
    (message,) = faults_of(workbook(day))
    assert message.endswith("的年份不合理")


def test_a_reasonable_date_and_the_number_behind_it_are_taken() -> None:
    assert faults_of(workbook(datetime(2026, 11, 3, 4, 5))) == []
    assert faults_of(workbook(45999)) == []


def test_a_damaged_workbook_is_told_and_not_thrown() -> None:
    content = workbook("2026-11-03")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        at = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    told = [
        _told(content[:place] + b"\xff\x00\xff" + content[place + 3 :])
        for place in range(at + 50, at + 250, 3)
    ]
    assert "不是能打开的 xlsx 文件" in told
    assert set(told) <= {"", "不是能打开的 xlsx 文件", "工作簿里没有内容", "文件是空的"}


def _told(content: bytes) -> str:
    try:
        tabular.read_bytes("a.xlsx", content)
    except InputError as error:
        return error.faults[0].message
    return ""


def test_a_sheet_of_a_thousand_million_rows_ends_soon() -> None:
    parts = {}
    with zipfile.ZipFile(io.BytesIO(workbook("2026-11-03"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = (
        sheet.replace(b'r="2"', b'r="1000000000"')
        .replace(b'"A2"', b'"A1000000000"')
        .replace(b'"B2"', b'"B1000000000"')
        .replace(b"A1:B2", b"A1:B1000000000")
    )
    started = time.process_time()
    with pytest.raises(InputError, match="超过 200000 行"):
        tabular.read_bytes("a.xlsx", files.packed(parts))
    assert time.process_time() - started < 20


def test_a_number_masked_once_is_masked_wherever_it_stands() -> None:
    text = "身份证号110105诼号11010519491231002-X2356602，号11010519491231002-X。"
    assert "11010519491231002-X" not in privacy.masked(text)


def test_the_first_sheets_of_a_file_keep_their_row_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ([], ["编号", "日期"], [], ["A1", "2026-13-40"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    (raw,) = tabular.read(tmp_path / "a.xlsx")
    assert [number for number, _ in raw.rows] == [4]
