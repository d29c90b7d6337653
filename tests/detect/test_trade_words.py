"""Words and hosts of the black link trade: found in its own language, silent inside honest words."""

from __future__ import annotations

import pytest

from cockpit.detect import hidden, illicit
from cockpit.detect import page as pages

URL = "http://www.a.gov.cn/art/1.html"
HONEST = (
    "加快三年行动计划落地见效", "请考生仔细阅读以下注意事项", "第七届中国—南亚博览会", "中亚博士后交流", "海关查验走私服装", "提高仿制药质量",
    "加装外挂电梯政策解读", "外挂墙板技术规程", "澳门新闻界来我市采访", "体育彩票网点征召", "江苏快三游戏停售公告", "七彩金秋文艺汇演", "出彩金牌讲解员大赛",
    "往返水路客运航线公告", "隧道地下注浆施工", "轮盘式清雪车采购", "B2A货车通行证办理", "高仿真消防演练", "威尼斯人口博物馆", "太阳城光伏项目", "亚博物馆联盟成立",
    "必赢之战：打好污染防治攻坚战", "博彩众长 文艺创作取得成果", "对口支援交通建设", "UAV在线监测系统", "足球投注意力", "AC米兰体育场参观", "中华体会",
    "税务机关代开发票办理指南", "自然人代开发票操作流程", "电子游艺厅安全检查", "棋牌娱乐室消防检查",
)  # fmt: skip
TRADE = (
    "世界杯买球", "欧洲杯外围投注", "开云体育官网入口", "九游会老哥俱乐部", "华体会登录", "万博manbetx客户端", "皇冠体育app", "星空体育_米兰体育", "棋牌游戏大厅下载",
    "麻豆传媒国产", "代孕公司包成功", "亚博体育", "江苏快三平台", "外挂下载", "时时彩", "北京赛车pk10", "澳门新葡京", "传奇私服", "高仿手表", "亚愽体育",
    "六合彩开奖公告", "北京赛车资讯中心",
)  # fmt: skip


def found(html: str) -> list[str]:
    return [h.technique for h in hidden.find(pages.parse(html, URL))]


@pytest.mark.parametrize("text", HONEST)
def test_honest_words_are_no_verdict_where_everybody_reads_them(text: str) -> None:
    assert illicit.telling(text) == []
    assert found(f"<title>{text}_某市</title><a href='http://www.media.com/1.html'>{text}</a>") == []


@pytest.mark.parametrize("text", TRADE)
def test_the_language_of_the_trade_tells_by_itself(text: str) -> None:
    assert illicit.telling(text)
    assert found(f"<title>{text}</title>") == ["title_hijack"]
    assert found(f"<title>某市</title><a href='http://www.q7z9.com/'>{text}</a>") == ["sold_link"]


@pytest.mark.parametrize("text", ["毕业证办理", "南国太阳城", "江苏快三"])
def test_a_doubtful_word_tells_where_the_title_is_disguised(text: str) -> None:
    coded = "".join(f"&#{ord(c)};" for c in text)
    assert found(f"<title>{text}</title>") == []
    assert found(f"<title>{coded}</title>") == ["title_hijack"]


@pytest.mark.parametrize(
    "script",
    [
        "if(navigator.userAgent.indexOf('Baiduspider')<0)document['title']='某市'",
        "var u=navigator.userAgent;if(!/baiduspider/i.test(u)){document.title='某市'}",
        r"var u=navigator.userAgent;if(u.indexOf('baidu')<0)document['\x74itle']='某市'",
    ],
)
def test_a_title_put_right_again_for_visitors(script: str) -> None:
    coded = "".join(f"&#{ord(c)};" for c in "官方网站")
    assert found(f"<title>{coded}</title><script>{script}</script>") == ["title_hijack"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *((host, False) for host in ("www.tibet.cn", "www.vtibet.com", "www.essex.ac.uk", "www.ssc.net.cn")),
        *((host, False) for host in ("www.yun365.cn", "www.jx888.com.cn", "www.ticai-lottery.cn")),
        *((host, True) for host in ("www.bet365-cn.com", "casino-bet.com", "www.ssc588.com", "yabo88.com")),
    ],
)
def test_hosts_are_read_by_whole_labels(host: str, *, expected: bool) -> None:
    assert bool(illicit.HOSTS.search(host)) is expected
