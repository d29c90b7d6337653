"""Tables edited in the browser: every fault with its place, the difference before, undo after, nobody overwritten."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from cockpit import books, tabular_out
from cockpit.books import BOOKS, Book
from cockpit.errors import CockpitError, InputError
from cockpit.paths import SHIPPED, DataDir

NOW = datetime(2026, 11, 23, 2)
UNITS, SITES = BOOKS["unit"], BOOKS["site"]


@pytest.fixture
def city(data: DataDir) -> DataDir:
    books.start_with_shipped(data)
    return data


def cells(data: DataDir, book: Book) -> list[dict[str, Any]]:
    return [
        {f.heading: tabular_out.shown(f, r[f.name]) for f in book.sheet.fields}
        for r in books.rows(data, book)
    ]


def propose(data: DataDir, book: Book, rows: list[dict[str, Any]]) -> books.Proposal:
    return books.propose(data, book, rows, books.version(data, book))


@pytest.mark.parametrize("key", list(BOOKS))
def test_every_book_comes_back_unchanged_from_the_editor(city: DataDir, key: str) -> None:
    book = BOOKS[key]
    proposal = propose(city, book, cells(city, book))
    assert (proposal.faults, bool(proposal.difference)) == ((), False)
    with pytest.raises(CockpitError, match="没有改动"):
        books.save(city, proposal, actor="值班", now=NOW)


def test_a_save_shows_its_difference_and_can_be_taken_back(city: DataDir) -> None:
    rows, before = cells(city, UNITS), (city.registry / "units.csv").read_bytes()
    name = rows[0]["责任单位"]
    rows[0]["简称"] = "新简称"
    rows.append({"单位编码": "ZZ", "责任单位": "新设局", "分组": "其他部门"})
    owners = {site["unit_code"] for site in books.rows(city, SITES)}
    removed = next(row["单位编码"] for row in rows[1:] if row["单位编码"] not in owners)
    rows = [row for row in rows if row["单位编码"] != removed]
    proposal = propose(city, UNITS, rows)
    told = proposal.difference
    assert (told.added, told.removed) == (("ZZ",), (removed,))
    assert [(c.heading, c.after) for c in told.changed] == [("简称", "新简称")]
    saved = books.save(city, proposal, actor="值班", now=NOW)
    assert saved.told == "新增 1 行、删除 1 行、修改 1 行 1 处"
    assert {r["unit_name"] for r in books.rows(city, UNITS)} >= {name, "新设局"}
    with pytest.raises(CockpitError, match="操作人"):
        books.undo(city, UNITS, actor=" ", now=NOW)
    books.undo(city, UNITS, actor="主任", now=NOW.replace(hour=3))
    assert (city.registry / "units.csv").read_bytes() == before
    assert [(e.actor, e.action) for e in books.history(city)] == [("主任", "undo"), ("值班", "save")]
    with pytest.raises(CockpitError, match="没有可以撤销"):
        books.undo(city, UNITS, actor="主任", now=NOW)


def test_every_fault_names_row_and_column_and_nothing_is_saved(city: DataDir) -> None:
    rows = cells(city, SITES)
    before = (city.registry / "sites.csv").read_bytes()
    rows[0] |= {"首页地址": "www.xinyu.gov.cn", "状态": "好"}
    rows[2]["网站编码"] = ""
    proposal = propose(city, SITES, rows)
    assert {(f.row, f.field) for f in proposal.faults} == {(2, "首页地址"), (2, "状态"), (4, "网站编码")}
    with pytest.raises(InputError):
        books.save(city, proposal, actor="值班", now=NOW)
    assert (city.registry / "sites.csv").read_bytes() == before


def test_references_between_tables_are_checked(city: DataDir) -> None:
    rows = cells(city, SITES)
    rows[0]["责任单位编码"] = "没有这个局"
    [fault] = propose(city, SITES, rows).faults
    assert (fault.row, fault.field) == (2, "责任单位编码")
    units = cells(city, UNITS)
    owner = books.rows(city, SITES)[0]["unit_code"]
    kept = [row for row in units if row["单位编码"] != owner]
    assert any("不在责任单位台账里" in f.message for f in propose(city, UNITS, kept).faults), (
        "a site would be left alone"
    )


def test_two_people_do_not_overwrite_each_other(city: DataDir) -> None:
    first, second = cells(city, UNITS), cells(city, UNITS)
    first[0]["简称"], second[0]["简称"] = "甲", "乙"
    one, two = propose(city, UNITS, first), propose(city, UNITS, second)
    books.save(city, one, actor="甲", now=NOW)
    with pytest.raises(CockpitError, match="刚被别人改过"):
        books.save(city, two, actor="乙", now=NOW)
    third = cells(city, UNITS)
    third[0]["简称"] = "丙"
    (city.registry / "units.csv").write_bytes((city.registry / "units.csv").read_bytes() + b"\r\n")
    with pytest.raises(CockpitError, match="不能撤销"):
        books.undo(city, UNITS, actor="甲", now=NOW)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "xlsx"])
def test_an_upload_may_be_excel_or_gbk(city: DataDir, encoding: str) -> None:
    headings, row = ["单位编码", "责任单位", "分组"], ["ZZ", "新设局", "其他部门"]
    if encoding == "xlsx":
        book, buffer = openpyxl.Workbook(), io.BytesIO()
        book.active.append(headings)
        book.active.append(row)
        book.save(buffer)
        content = buffer.getvalue()
    else:
        content = f"{','.join(headings)}\r\n{','.join(row)}\r\n".encode(encoding)
    base = books.version(city, UNITS)
    merged = books.upload(city, UNITS, f"../../表.{encoding}", content, base, merge=True)
    assert (merged.faults, merged.difference.told()) == ((), "新增 1 行、删除 0 行、修改 0 行 0 处")
    assert len(merged.difference.added) == 1


def test_a_merged_file_changes_only_the_columns_it_has(city: DataDir) -> None:
    row = books.rows(city, UNITS)[0]
    content = f"单位编码,责任单位,分组\n{row['unit_code']},新名称,县区/园区\n".encode()
    merged = books.upload(city, UNITS, "a.csv", content, books.version(city, UNITS), merge=True)
    assert [(c.heading, c.after) for c in merged.difference.changed] == [("责任单位", "新名称")]


def test_a_wrong_upload_is_told_and_leaves_nothing_behind(city: DataDir) -> None:
    base = books.version(city, UNITS)
    wrong = books.upload(city, UNITS, "a.csv", "甲,乙\r\n1,2\r\n".encode(), base, merge=True)
    assert {f.field for f in wrong.faults} >= {"甲", "单位编码"}
    assert books.upload(city, UNITS, "a.xlsx", b"PK\x03\x04broken", base, merge=False).faults
    assert books.version(city, UNITS) == base


def test_a_lexicon_of_its_own_begins_as_the_shipped_one(city: DataDir) -> None:
    book = BOOKS["lexicon-whitelist"]
    assert city.lexicon == SHIPPED / "lexicon"
    row = {"词语": "截止目前", "理由": "引文", "失效日期": "2027-01-01", "登记人": "值班"}
    books.save(city, propose(city, book, [row]), actor="值班", now=NOW)
    assert city.lexicon == city.root / "lexicon"
    assert [r["wrong"] for r in books.rows(city, book)] == ["截止目前"]
    typos = BOOKS["lexicon-typos"]
    assert books.path_of(city, typos).read_bytes() == (SHIPPED / "lexicon" / "typos.csv").read_bytes()
    [fault] = propose(city, book, [row | {"理由": ""}]).faults
    assert (fault.row, fault.field) == (2, "理由")


def test_formulas_stay_text(city: DataDir) -> None:
    rows = cells(city, UNITS)
    rows[0]["备注"] = "=1+1"
    books.save(city, propose(city, UNITS, rows), actor="值班", now=NOW)
    assert "'=1+1" in (city.registry / "units.csv").read_text(encoding="utf-8-sig")
