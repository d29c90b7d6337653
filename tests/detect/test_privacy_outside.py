"""Personal data as people outside wrote it: numbers by their names, tables by their headings, addresses by whose they are."""

from __future__ import annotations

import pytest

from cockpit.detect import page as pages
from cockpit.detect import privacy
from cockpit.detect.columns import Columns

ID = "11010519491231002X"  # the sample number of GB 11643
ALERT = {"medium", "high", "critical"}
PEOPLE = ("张建国", "刘小英", "李明", "胡桂花")
MOBILES = ("13807901234", "13907905678", "15979012345", "18679012345")
CARDS = ("6228480920123456716", "6228480920123456781", "6228480920123456856", "6228480920123456922")
OLD_IDS = tuple(f"36050264022800{n}" for n in range(1, 5))
HOMES = tuple(f"渝水区城北街道长青北路56号金色家园{n}栋1单元60{n}室" for n in range(1, 5))


def told(text: str) -> list[tuple[str, str]]:
    return [(f.kind.removeprefix("privacy."), f.severity) for f in privacy.find(text)]


def as_page(headings: list[str], rows: list[tuple[str, ...]]) -> str:
    lines = ["".join(f"<td>{c}</td>" for c in row) for row in [tuple(headings), *rows]]
    html = "<h1>公示</h1><table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"
    return pages.parse(html, "http://x.gov.cn/").text


def as_sheet(headings: list[str], rows: list[tuple[str, ...]]) -> str:
    return "\n".join("\t".join(row) for row in [("公示",), tuple(headings), *rows])


@pytest.mark.parametrize("written", [as_page, as_sheet])
@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        ("银行账号", CARDS, "bank_card"), ("身份证号", OLD_IDS, "id_card"), ("家庭住址", HOMES, "home_address"), ("联系电话", MOBILES, "mobile"),
        ("手机号码", MOBILES, "mobile"), ("家长联系方式", MOBILES, "mobile"),
    ],
)  # fmt: skip
def test_the_heading_of_a_column_holds_for_all_rows(
    written, heading: str, values: tuple[str, ...], kind: str
) -> None:
    rows = [
        (str(n), name, value, "1200") for n, (name, value) in enumerate(zip(PEOPLE, values, strict=True), 1)
    ]
    assert told(written(["序号", "姓名", heading, "补贴金额(元)"], rows)) == [(kind, "critical")] * 4


@pytest.mark.parametrize("written", [as_page, as_sheet])
@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("准考证号", tuple(f"1360502010{n}" for n in range(1, 5))), ("准考证号", tuple(f"36052601011234{n}" for n in range(1, 5))),
        ("金额", MOBILES), ("产值（元）", MOBILES), ("户号", MOBILES), ("注册号", OLD_IDS), ("许可证号", OLD_IDS), ("办公地址", HOMES),
    ],
)  # fmt: skip
def test_columns_of_other_numbers(written, heading: str, values: tuple[str, ...]) -> None:
    rows = [(name, value, "78.5") for name, value in zip(PEOPLE, values, strict=True)]
    assert told(written(["名称", heading, "成绩"], rows)) == []


def test_an_address_beside_a_mobile_is_no_heading() -> None:
    rows = [
        (name, f"罗坊镇湖头村1{n}号", value)
        for n, (name, value) in enumerate(zip(PEOPLE, MOBILES, strict=True))
    ]
    assert told(as_page(["甲", "乙", "丙"], rows)) == [("mobile", "critical")] * 4


def test_phones_of_duty_stay_for_review() -> None:
    rows = [(f"第{n}科", value) for n, value in zip("一二三四", MOBILES, strict=True)]
    assert told(as_page(["科室", "值班电话"], rows)) == [("mobile", "low")] * 4


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("电话（微信同号）：13807901234", ("mobile", "high")), ("手机/微信：13807901234", ("mobile", "high")), ("备案人电话：13807901234", ("mobile", "high")),
        ("合同签订人电话13807901234", ("mobile", "high")), ("低保户张建国（联系电话：13807901234）因病致贫", ("mobile", "high")),
        ("学生李明，家长联系方式13807901234", ("mobile", "high")), ("手机：138.0790.1234", ("mobile", "high")), ("我的号码是 1 3 8 0 7 9 0 1 2 3 4 请回电", ("mobile", "high")),
        (f"残疾人证号：{ID[:17]}X42", ("id_card", "critical")), (f"学籍号：G{ID}", ("id_card", "critical")),
        ("身份证号：110105·19491231·002X", ("id_card", "critical")),
        (f"医师资格证书编码：202336110{ID}", ("id_card", "critical")), ("户籍所在地：渝水区罗坊镇湖头村15号", ("home_address", "high")),
        ("现居住于渝水区阳光花园3栋2单元501室", ("home_address", "high")), ("张某，男，汉族，住所：渝水区劳动北路18号3栋101室", ("home_address", "high")),
        ("住址：渝水区劳动北路18号3栋101室", ("home_address", "high")), ("公司职工张建国，住址：渝水区劳动北路18号3栋", ("home_address", "high")), ("姓名：李明，工作单位：市财政局，住址：渝水区劳动北路18号3栋", ("home_address", "high")),
        ("车牌为赣K8A123的小型轿车", ("plate", "low")), ("号牌号码赣K8A123", ("plate", "low")),
        ("赣K·8A123", ("plate", "low")), ("港澳居民来往内地通行证号码：H01234567", ("passport", "medium")),
    ],
)  # fmt: skip
def test_leaks_that_had_been_missed(text: str, found: tuple[str, str]) -> None:
    assert told(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "当事人：某科技有限公司，住所：新余市渝水区劳动北路18号3栋101室", "当事人：张三小吃店，住所（住址）：新余市渝水区劳动北路18号", "住所地：新余市劳动南路1号",
        "公司住址：新余市高新区光明路666号3栋", "采购代理机构住所：新余市仰天西大道88号5楼", "居住地址管理室2024年3号文件", "营业执照注册号：360502600123456",
        "许可证号：360502201112345", "准考证号：360526010112345", "张建国 准考证号13605020101 笔试成绩78.5", "户号 13905022018 用电客户欠费",
        "居住在渝水区城北街道的居民有12户", "户籍地址变更申请表2号", "现住址与户籍地址不一致的需提供3号材料",
        "批次号：138-2026-1120", "?id=13807901234", "总产值13807901234（千元）", "138 0013 8000 2561 （单位：万元）",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_leak(text: str) -> None:
    assert [f for f in told(text) if f[1] in ALERT] == []


def test_people_with_their_phones_are_a_list() -> None:
    text = "\n".join(f"{name}，联系电话：{mobile}" for name, mobile in zip(PEOPLE, MOBILES, strict=True))
    assert told(text) == [("mobile", "critical")] * 4
    assert told(text.replace("张", "联系人：张").split("\n")[0]) == [("mobile", "low")]
    assert told("\n".join(f"办公室，联系电话：{mobile}" for mobile in MOBILES)) == [("mobile", "low")] * 4


def test_a_cell_is_alone_on_its_line_or_between_tabs() -> None:
    text = "户号\n张三 13807901234 元"
    start = text.index("138")
    assert Columns(text).heading(start, start + 11, privacy._PHONE_HEAD) == ""
