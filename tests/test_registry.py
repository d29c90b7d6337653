"""The register: every fault is told with file, row and field; nothing changes unless all is right."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from cockpit.__main__ import main
from cockpit.errors import InputError
from cockpit.paths import SHIPPED, DataDir
from cockpit.registry import load_register
from cockpit.registry.files import FILES

UNITS = "单位编码,责任单位,分组\nA-1,市教育局,有对外服务职能的部门\n"
SITES = "网站编码,网站名称,责任单位编码,首页地址,域名已核实,状态\ns1,甲网,市教育局,http://a.gov.cn/,是,在用\n"


@pytest.fixture
def register(data: DataDir) -> DataDir:
    data.registry.mkdir(parents=True)
    (data.registry / "units.csv").write_text(UNITS, encoding="utf-8")
    (data.registry / "sites.csv").write_text(SITES, encoding="utf-8")
    return data


def test_the_shipped_register_is_right_and_says_what_is_not_verified() -> None:
    shipped = load_register(DataDir(SHIPPED))
    assert len(shipped.units) == 36
    assert {"市大数据中心", "渝水区政府", "市乡村振兴局"} <= {u.unit_name for u in shipped.units}
    assert not any(site.verified for site in shipped.sites)
    assert {t.channel_type: t.period_days for t in shipped.channel_types} | {
        "news": 14,
        "notice": 183,
        "policy": 183,
    } == {t.channel_type: t.period_days for t in shipped.channel_types}


def test_units_may_be_given_by_name(register: DataDir) -> None:
    [site] = load_register(register).sites
    assert (site.unit_code, site.verified, site.state) == ("A-1", True, "active")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(register: DataDir, encoding: str) -> None:
    (register.registry / "units.csv").write_bytes(UNITS.encode(encoding))
    assert load_register(register).units[0].unit_name == "市教育局"


BAD_SITES = [
    ("s1,甲网,市教育局,www.a.gov.cn,是,在用", "第 2 行「首页地址」：「www.a.gov.cn」不是完整的网址"),
    ("s1,甲网,不存在局,http://a.gov.cn/,是,在用", "第 2 行「责任单位编码」：「不存在局」不在责任单位台账里"),
    ("s1,甲网,市教育局,http://a.gov.cn/,也许,在用", "第 2 行「域名已核实」：「也许」既不是“是”也不是“否”"),
    ("s1,甲网,市教育局,http://a.gov.cn/,是,开着", "第 2 行「状态」：「开着」不在可选范围内"),
    (",甲网,市教育局,http://a.gov.cn/,是,在用", "第 2 行「网站编码」：不能为空"),
    ("s1,甲,市教育局,http://a.gov.cn/,是,在用\ns1,乙,市教育局,http://b.gov.cn/,是,在用", "第 3 行"),
    ("s1,甲\u2066网,市教育局,http://a.gov.cn/,是,在用", "第 2 行「网站名称」：含看不见的字符（U+2066）"),
    ("s1,甲网,市教育局,http://a.\u200bgov.cn/,是,在用", "第 2 行「首页地址」：含看不见的字符（U+200B）"),
    ("s1,甲网,市教育局,http://a.gov.cn/,是,在用,多出来", "第 2 行：这一行的列数比表头多"),
]


@pytest.mark.parametrize(("rows", "message"), BAD_SITES)
def test_faults_name_file_row_and_field(register: DataDir, rows: str, message: str) -> None:
    (register.registry / "sites.csv").write_text(SITES.splitlines()[0] + "\n" + rows + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_register(register)
    assert message in str(caught.value)
    assert "sites.csv" in str(caught.value)


def test_every_fault_is_told_not_only_the_first(register: DataDir) -> None:
    (register.registry / "sites.csv").write_text(
        SITES.splitlines()[0] + "\ns1,,无此局,a.cn,错,错\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        load_register(register)
    assert len(caught.value.faults) == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "文件是空的"), (b"\n\n", "文件是空的"), ("单位编码,单位编码,责任单位,分组\n".encode(), "出现了两次"), ("单位编码,责任单位\nA,甲\n".encode(), "缺少这一列"),
        ("单位编码,责任单位,分组,颜色\nA,甲,其他部门,红\n".encode(), "不认识的列"), (b"\xff\xfe\x00", "编码"), (b"\x81\x20\x81\x20", "编码"), (b"PK\x03\x04junk", "xlsx"),
        ("单位编码,责任单位,分组\n".encode(), "没有任何数据行"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used(register: DataDir, content: bytes, message: str) -> None:
    (register.registry / "units.csv").write_bytes(content)
    with pytest.raises(InputError, match=message):
        load_register(register)


@pytest.mark.parametrize("value", ["2026-02-30", "二〇二六年", "2026-13-01", "0001-01-01", "昨天"])
def test_impossible_dates(register: DataDir, value: str) -> None:
    (register.registry / "units.csv").write_text(
        f"单位编码,责任单位,分组,生效日期\nA-1,市教育局,其他部门,{value}\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="units.csv 第 2 行「生效日期」"):
        load_register(register)


@pytest.mark.parametrize("value", ["2026-01-02", "2026/1/2", "2026年1月2日", "20260102", "46024"])
def test_dates_as_people_write_them(register: DataDir, value: str) -> None:
    (register.registry / "units.csv").write_text(
        f"单位编码,责任单位,分组,生效日期\nA-1,市教育局,其他部门,{value}\n", encoding="utf-8"
    )
    assert load_register(register).units[0].valid_from.isoformat() == "2026-01-02"


def test_overlapping_validity_is_refused(register: DataDir) -> None:
    rows = "A-1,甲,其他部门,2020-01-01,2024-01-01\nA-1,乙,其他部门,2023-01-01,\n"
    (register.registry / "units.csv").write_text(
        "单位编码,责任单位,分组,生效日期,失效日期\n" + rows, encoding="utf-8"
    )
    with pytest.raises(InputError, match="有效期与第 2 行重叠"):
        load_register(register)


def test_the_same_code_twice_is_called_that(register: DataDir) -> None:
    (register.registry / "units.csv").write_text(
        "单位编码,责任单位,分组\nA-1,甲,其他部门\nA-1,乙,其他部门\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="units.csv 第 3 行「单位编码」：编码与第 2 行重复"):
        load_register(register)


def test_a_missing_column_is_told_once_and_not_on_every_row(register: DataDir) -> None:
    (register.registry / "units.csv").write_text("单位编码,责任单位\nA,甲\nB,乙\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_register(register)
    assert [str(fault) for fault in caught.value.faults if fault.file == "units.csv"] == [
        "units.csv 第 1 行「分组」：缺少这一列。请补上，可参照模板"
    ]


def run(*words: str) -> int:
    return main(["registry", "--data", *words])


def test_import_changes_nothing_when_one_row_is_wrong(
    register: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (register.registry / "sites.csv").read_bytes()
    bad = tmp_path / "新网站.csv"
    bad.write_text(SITES + "s2,乙网,市教育局,http://b.gov.cn/,是,开着\n", encoding="gb18030")
    assert run(str(register.root), "import", str(bad)) == 2
    assert "新网站.csv 第 3 行「状态」" in capsys.readouterr().err
    assert (register.registry / "sites.csv").read_bytes() == before


def test_import_replaces_merges_and_keeps_the_old(register: DataDir, tmp_path: Path) -> None:
    new = tmp_path / "x.csv"
    new.write_text(SITES.replace("s1,甲网", "s2,乙网"), encoding="gb18030")
    assert run(str(register.root), "import", "--merge", str(new)) == 0
    assert [s.site_code for s in load_register(register).sites] == ["s1", "s2"]
    assert run(str(register.root), "import", str(new)) == 0
    assert [s.site_code for s in load_register(register).sites] == ["s2"]
    assert (register.registry / "sites.csv.bak").exists()


def test_import_of_a_workbook(register: DataDir, tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "网站"
    for line in csv.reader(io.StringIO(SITES.replace("s1", "s9"))):
        book.active.append(line)
    book.save(tmp_path / "台账.xlsx")
    assert run(str(register.root), "import", str(tmp_path / "台账.xlsx")) == 0
    assert [s.site_code for s in load_register(register).sites] == ["s9"]


def test_export_comes_back_the_same_and_opens_in_excel(register: DataDir, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(str(register.root), "export", "--out", str(out)) == 0
    content = (out / "units.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    before = load_register(register)
    assert run(str(register.root), "import", str(out / "units.csv"), str(out / "sites.csv")) == 0
    assert load_register(register) == before


def test_templates_hold_every_heading(data: DataDir, tmp_path: Path) -> None:
    assert run(str(data.root), "template", "--out", str(tmp_path)) == 0
    for name, sheet in FILES.items():
        assert (tmp_path / name).read_text("utf-8-sig").strip().split(",") == [
            f.heading for f in sheet.fields
        ]


def test_a_folder_without_register_says_what_to_do(data: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "--data", str(data.root)]) == 2
    assert "registry init" in capsys.readouterr().err
    data.root.mkdir()
    assert main(["load", "--data", str(data.root)]) == 0
    with pytest.raises(Exception, match="registry init"):
        load_register(data)
    assert run(str(data.root), "init") == 0
    assert len(load_register(data).units) == 36
    assert run(str(data.root), "init") == 2
