"""Wording as people outside wrote it: right sentences whose words meet by chance, and slips that had been missed."""

from __future__ import annotations

from datetime import date

import pytest

from cockpit.detect import wording
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import SHIPPED

MATCHER = wording.Matcher(Lexicon.load(SHIPPED / "lexicon"))
ON = date(2026, 11, 20)


def told(text: str) -> list[str]:
    return [f.text for f in MATCHER.find(text, ON) if f.severity != "low"]


@pytest.mark.parametrize(
    "text",
    [
        "民政救助全程代办，医疗救助全覆盖", "保证全年粮食产量", "投标保证全部免收", "奖励全市优秀教师", "养老全覆盖", "糖尿病慢性并发症",
        "飞沫传染并造成扩散", "工作方按月支付", "实施方按照合同", "双方按如下比例分担", "材料归档按规定", "一户一档按月更新", "油茶总栽培面积",
        "单独栽植", "首座落成的电站", "专题讲座落下帷幕", "公布署名文章", "进入帐篷区", "部分帐篷", "安全生产检察公益诉讼", "无休止地扯皮",
        "管网扯断", "台风彩虹", "更新时待办事项", "要做为人师表的楷模", "全部置任务清单", "从末梢循环", "行政许可正式实施", "由责任单立即整改",
        "提高共产觉悟", "平安祥和过节", "督促检察机关履职", "装满清水", "圆满清零", "饱满清洁", "思维民主", "业务中台关系数据库",
        "市人大主任会议听取汇报", "台湾国际旅展", "交通迅速恢复", "残疾入户评定", "协调察看现场", "考生需知悉规则", "会议强调察民情",
    ],
)  # fmt: skip
def test_words_that_meet_make_no_slip(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("请缴保证全缴纳凭证", "保证全缴纳"), ("建立实施方按", "实施方按"), ("工作方按已印发", "工作方按"), ("展示舞台风彩", "风彩"), ("学习惯彻落实", "惯彻落实"),
        ("作出布署", "布署"), ("房屋座落于", "座落"), ("通迅地址", "通迅"), ("报名需知", "报名需知"), ("市人民政付", "人民政付"), ("残疾入补贴", "残疾入"),
        ("严格尊守纪律", "尊守"), ("接受调察", "调察"), ("执政为名", "执政为名"), ("国务苑", "国务苑"), ("伟大旗织", "伟大旗织"), ("党的领道", "党的领道"),
        ("科学发展关", "科学发展关"),
    ],
)  # fmt: skip
def test_slips_are_found_where_no_word_runs_on(text: str, hit: str) -> None:
    assert told(text) == [hit]


def test_a_word_runs_across_an_edge_on_either_side() -> None:
    crossing = wording.crossings("入帐", ("进入", "帐篷", "入帐"))
    assert (crossing.before, crossing.after) == (("进",), ("篷",))


@pytest.mark.parametrize(
    "text",
    [
        "2012年8月至2016年5月任市安全生产监督管理局科长", "1998.07—2002.05 新余市环境保护局科员", "2010年3月，调入新余市国土资源局工作",
        "曾在市工商行政管理局、市质量技术监督局工作", "1998年在市工商行政管理局登记注册", "被告市环境保护局2014年作出决定", "地方税务局旧址",
        "国土资源局批准文号：余国土资〔2013〕5号", "美国环境保护局", "泰国国家旅游局局长率团来访", "集团公司纪检监察部负责人", "前市国土资源局局长",
        "由原市国土资源局划出",
    ],
)  # fmt: skip
def test_an_old_name_where_it_belongs(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "目前市国土资源局正在办理", "日前市国土资源局召开会议", "提前到市国土资源局办理", "原则上由市国土资源局负责", "30日前将材料报送市国土资源局",
        "太原市国土资源局", "前期由市国土资源局负责", "老百姓到市国土资源局办事", "2015年以来，群众可到国土资源局办理", "2026年11月由市国土资源局办理", "广州市国土资源局",
    ],
)  # fmt: skip
def test_an_old_name_in_the_present(text: str) -> None:
    assert told(text) == ["国土资源局"]


@pytest.mark.parametrize(
    "text",
    [
        "由公安、市场监督管理、海关等部门负责", "住房和城乡建设、交通运输等部门", "由生态环境等部门提供", "应急管理等部门", "经中华人民共和国主管机关批准",
        "损害中华人民共和国主权", "中华人民共和国副主席", "中国人民政治协商会议各级委员会委员", "日本、韩国和台湾等国家和地区", "香港、澳门等国家和地区的游客",
        "出口至香港等国家和地区", "与香港、日本等国际机构合作", "与日本、香港等国企合作",
    ],
)  # fmt: skip
def test_official_usage_is_right(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("国务院办公庭印发", "国务院办公庭"), ("国务院办公听印发", "国务院办公听"), ("市人力资源与社会保障局", "人力资源与社会保障局"),
        ("国家发展与改革委员会", "国家发展与改革委员会"), ("远销台湾、日本、韩国等国家。", "台湾、日本、韩国等国家"),
        ("来自日本、香港等国的游客", "日本、香港等国"), ("与中国、台湾两国企业签约", "中国、台湾两国"),
    ],
)  # fmt: skip
def test_serious_slips_are_found(text: str, hit: str) -> None:
    assert hit in told(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("时时彩计划方案，北京赛车预测方案", True), ("百 家 乐 葡·京 真人荷官", True), ("办证刻章 代开发票", True), ("威尼斯人官网 返水 彩金", True),
        ("百家乐投注技巧，老虎机官方宣传网", True), ("代开发票，各类增值税发票，加微信详谈", True), ("亚博体育app官方下载", True), ("办证刻章，本科毕业证，联系QQ详谈", True), ("代开发票", False),
        ("谎称代开发票，让人加微信后实施诈骗", False), ("市公安局破获一起跨境网络赌博案，该团伙以百家乐、时时彩等形式吸引赌客投注", False),
        ("警方破获案件：时时彩、北京赛车赌博团伙", False), ("开展禁赌宣传，远离时时彩、北京赛车", False),
    ],
)  # fmt: skip
def test_spam_by_what_is_said_of_it(text: str, found: bool) -> None:
    assert any(f.kind == "wording.spam" for f in MATCHER.find(text)) is found


@pytest.mark.parametrize(
    "text",
    [
        "關于印发新余市2026年政务公开工作要点的通知",
        "三是加強队伍建设，提高服务能力",
        "新余市渝水區人民政府办公室",
    ],
)
def test_a_stray_traditional_character(text: str) -> None:
    assert [f.rule for f in MATCHER.find(text)] == ["traditional"]


def test_names_keep_their_characters() -> None:
    assert MATCHER.find("授予陈堃、於志强、刘喆同志“优秀共产党员”称号。") == []
