"""Privacy and wording: hits with right offsets, complaints of real users kept silent, nothing raw gets out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.detect import privacy, wording
from cockpit.detect.lexicon import Lexicon
from cockpit.errors import InputError
from cockpit.paths import SHIPPED

MATCHER = wording.Matcher(Lexicon.load(SHIPPED / "lexicon"))
ID = "11010519491231002X"  # the sample number of GB 11643


@pytest.mark.parametrize(
    ("text", "kind", "masked", "severity"),
    [
        (f"公民身份号码 {ID} 已核验", "id_card", "11*************02X", "critical"),
        ("身份证号：36010519780615000x", "id_card", "36*************00X", "critical"),
        ("证件号码：110105 19491231 002X", "id_card", "11*************02X", "critical"),
        ("身份证１１０１０５１９４９１２３１００２Ｘ", "id_card", "11*************02X", "critical"),
        ("身份证号：360102199003070000（村委会）", "id_card", "36*************000", "high"),
        ("张某某 13912345678", "mobile", "139****5678", "high"),
        ("联系电话：13912345678", "mobile", "139****5678", "low"),
        ("开户行：农商银行，账号 6222020200112230012", "bank_card", None, None),
        ("家住渝水区城南街道红星村3组12号", "home_address", "渝水区***", "high"),
        ("护照号码：E12345678", "passport", "E******78", "medium"),
        ("车牌号：赣K12345", "plate", "赣K***45", "low"),
    ],
)
def test_leaks_are_found_and_masked(text: str, kind: str, masked: str | None, severity: str | None) -> None:
    found = [f for f in privacy.find(text) if f.kind == f"privacy.{kind}"]
    if masked is None:  # whether this number passes Luhn decides
        assert all(f.text.count("*") >= 8 for f in found)
        return
    assert [(f.text, f.severity) for f in found] == [(masked, severity)]


@pytest.mark.parametrize(
    "text",
    [
        "身份证 3604***********1234", "手机 138****1234", "案号（2026）赣0502民初1234567890号", "订单编号 202611231234567", "流水号13912345678901",
        "统一社会信用代码 91360500MA35F0000X", "索引号：3605000013-2025-01167", "咨询电话 0790-6441234，热线 12345", "总投资 13800000000 元",
        "QQ：13912345678", "网站标识码 3605000013", "共资助 15612345678.50 元",
    ],
)  # fmt: skip
def test_numbers_that_are_no_leak(text: str) -> None:
    assert privacy.find(text) == []


def test_three_on_a_page_are_a_list_leak() -> None:
    text = "\n".join(f"张某 1391234567{n}" for n in range(3))
    assert {f.severity for f in privacy.find(text)} == {"critical"}


def test_nothing_of_the_original_leaves_the_detector() -> None:
    for finding in privacy.find(f"身份证 {ID}，电话 13912345678，住址：渝水区某街道幸福路8号2栋301室"):
        assert ID not in repr(finding)
        assert "13912345678" not in repr(finding)
        assert "301室" not in repr(finding)


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["", "\u200b", " ", "-"]))
def test_offsets_are_those_of_the_original(before: str, after: str, gap: str) -> None:
    written = f"{ID[:6]}{gap}{ID[6:14]}{gap}{ID[14:]}"
    text = f"{before}身份证：{written}。{after}"
    for finding in privacy.find(text):
        if finding.rule.startswith("id.checksum") and written in text[finding.start : finding.end]:
            assert text[finding.start : finding.end] == written
        assert 0 <= finding.start < finding.end <= len(text)


@pytest.mark.parametrize(
    ("text", "kind", "hit", "right"),
    [
        ("我局做为牵头单位", "typo", "做为", "作为"),
        (
            "以习近平新时代中国特色会主义思想为指导",
            "formulation",
            "习近平新时代中国特色会主义思想",
            "习近平新时代中国特色社会主义思想",
        ),
        ("中华人民共合国公民", "formulation", "中华人民共合国", "中华人民共和国"),
        ("开展扫黑险恶工作", "typo", "扫黑险恶", "扫黑除恶"),
        ("市人民检察院院长出席", "title", "人民检察院院长", "人民检察院检察长"),
        ("帮助残废人就业", "discouraged", "残废人", "残疾人"),
        ("打击犯罪份子", "legal", "犯罪份子", "犯罪分子"),
        ("由市国土资源局负责", "institution", "国土资源局", "自然资源局"),
    ],
)
def test_wrong_wording(text: str, kind: str, hit: str, right: str) -> None:
    found = [f for f in MATCHER.find(text, date(2026, 11, 20)) if f.severity != "low"]
    assert [(f.kind, f.text, f.suggestion) for f in found] == [(f"wording.{kind}", hit, right)]
    assert text[found[0].start : found[0].end] == hit


@pytest.mark.parametrize(
    "text",
    [
        "以习近平新时代中国特色社会主义思想为指导", "坚持和发展中国特色社会主义", "党的十九大精神和党的二十大精神", "这是个大麻烦", "路口交通整治", "扫黑除恶专项斗争",
        "共产党员", "三黄片药品抽检", "所做为民服务", "新建一座落差十米的水坝", "原国土资源局档案", "启蒙族谱", "傻子瓜子", "福利彩票公益金", "山西省人民政府",
        "自己经营", "按安装规程", "市场监督管理部门", "一带一路倡议",
    ],
)  # fmt: skip
def test_look_alikes_stay_silent(text: str) -> None:
    assert [f for f in MATCHER.find(text, date(2026, 11, 20)) if f.severity != "low"] == []


def test_an_institution_is_wrong_only_after_its_end() -> None:
    assert MATCHER.find("市国土资源局", date(2017, 5, 1)) == []
    assert MATCHER.find("市国土资源局", None) == []


def test_spam_needs_two_signals() -> None:
    assert [f.kind for f in MATCHER.find("时时彩")] == []
    assert {f.kind for f in MATCHER.find("时时彩 北京赛车 开户")} == {"wording.spam"}


def test_a_whitelist_entry_without_reason_is_refused(tmp_path) -> None:
    (tmp_path / "whitelist.csv").write_text(
        "词语,规则,理由,失效日期,登记人\n做为,,,2027-01-01,甲\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="whitelist.csv 第 2 行「理由」"):
        Lexicon.load(tmp_path)


def test_a_whitelist_entry_silences_until_it_expires(tmp_path) -> None:
    for path in (SHIPPED / "lexicon").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "whitelist.csv").write_text(
        "词语,规则,理由,失效日期,登记人\n做为,,引文原样,2027-01-01,甲\n", encoding="utf-8"
    )
    matcher = wording.Matcher(Lexicon.load(tmp_path))
    assert matcher.find("做为", date(2026, 11, 1)) == []
    assert [f.text for f in matcher.find("做为", date(2027, 1, 1))] == ["做为"]
