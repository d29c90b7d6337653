"""Ledgers: the same manners as the register, due dates computed, personal data masked before it is stored."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from cockpit import store
from cockpit.paths import DataDir
from collectors.__main__ import main
from collectors.ledgers import SHEETS

APPLICATIONS = "申请编号,责任单位,收到申请日期,申请方式,是否延期,答复日期,备注\n"
NOW = "2026-11-23T12:00"


@pytest.fixture
def register(data: DataDir) -> DataDir:
    data.registry.mkdir(parents=True)
    (data.registry / "units.csv").write_text(
        "单位编码,责任单位,分组\nA-1,市教育局,其他部门\n", encoding="utf-8"
    )
    (data.registry / "sites.csv").write_text(
        "网站编码,网站名称,责任单位编码,首页地址,域名已核实,状态\ns1,甲,A-1,http://a.gov.cn/,是,在用\n",
        encoding="utf-8",
    )
    (data.registry / "accounts.csv").write_text(
        "账号编码,账号名称,责任单位编码,平台,状态\nw1,甲号,A-1,微信公众号,在用\n", encoding="utf-8"
    )
    return data


def bring(register: DataDir, tmp_path: Path, text: str, encoding: str = "utf-8") -> int:
    path = tmp_path / "台账.csv"
    path.write_text(text, encoding=encoding)
    return main(["ledgers", "--data", str(register.root), "--as-of", NOW, "import", str(path)])


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
def test_applications_get_their_due_date(register: DataDir, tmp_path: Path, encoding: str) -> None:
    assert (
        bring(
            register,
            tmp_path,
            APPLICATIONS + "甲1,市教育局,2026/9/18,网络,否,,\n甲2,A-1,2026-09-18,邮寄,是,,\n",
            encoding,
        )
        == 0
    )
    store.load(register, datetime(2026, 11, 23, 4))
    with store.reader(register) as reader:
        rows = reader.rows("SELECT application_id, unit_code, due_on, extended FROM application ORDER BY 1")
        [coverage] = reader.rows("SELECT aspect, unit_code, items FROM coverage")
    assert rows == [
        {"application_id": "甲1", "unit_code": "A-1", "due_on": date(2026, 10, 22), "extended": False},
        {"application_id": "甲2", "unit_code": "A-1", "due_on": date(2026, 11, 19), "extended": True},
    ]
    assert coverage == {"aspect": "applications", "unit_code": "A-1", "items": 2}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("甲1,无此局,2026-09-18,网络,否,,", "「责任单位」：「无此局」不在责任单位台账里"),
        ("甲1,市教育局,2026-02-30,网络,否,,", "「收到申请日期」：「2026-02-30」不是存在的日期"),
        ("甲1,市教育局,2026-12-30,网络,否,,", "晚于今天"),
        ("甲1,市教育局,2026-09-18,网络,否,2026-09-01,", "早于收到申请日期"),
        ("甲1,市教育局,2026-09-18,飞鸽,否,,", "「申请方式」：「飞鸽」不在可选范围内"),
        ("甲1,市教育局,2026-09-18,网络,否,,\n甲1,市教育局,2026-09-19,网络,否,,", "重复"),
    ],
)
def test_one_wrong_row_and_nothing_is_taken(
    register: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, message: str
) -> None:
    assert bring(register, tmp_path, APPLICATIONS + "好1,市教育局,2026-09-18,网络,否,,\n" + row + "\n") == 2
    error = capsys.readouterr().err
    assert message in error
    assert "台账.csv 第" in error
    assert store.pending_batches(register) == 0


def test_personal_data_in_free_text_is_masked_before_it_is_stored(register: DataDir, tmp_path: Path) -> None:
    assert (
        bring(
            register,
            tmp_path,
            APPLICATIONS
            + "甲1,市教育局,2026-09-18,网络,否,,申请人张某 身份证 11010519491231002X 电话 13912345678\n",
        )
        == 0
    )
    [batch] = register.spool.glob("*.parquet")
    assert b"11010519491231002X" not in batch.read_bytes()
    assert b"13912345678" not in batch.read_bytes()


def test_posts_and_messages(register: DataDir, tmp_path: Path) -> None:
    assert bring(register, tmp_path, "账号编码,文章编号,发布日期,标题\nw1,1,2026-11-20,通知\n") == 0
    assert (
        bring(register, tmp_path, "留言编号,责任单位,来源渠道,留言日期\nL1,市教育局,12345,2026-11-01\n") == 0
    )
    assert bring(register, tmp_path, "账号编码,文章编号,发布日期\n没有,1,2026-11-20\n") == 2


def test_templates_come_back_in(register: DataDir, tmp_path: Path) -> None:
    assert main(["ledgers", "--data", str(register.root), "template", "--out", str(tmp_path)]) == 0
    assert sorted(p.stem for p in tmp_path.glob("*.csv")) == sorted(s.title for s in SHEETS)


def test_a_table_of_another_kind_is_refused(
    register: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring(register, tmp_path, "颜色,大小\n红,1\n") == 2
    assert "不像" in capsys.readouterr().err
