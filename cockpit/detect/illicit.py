"""Words of the black link trade. Matched on folded text: full-width forms, look-alikes and separators undone.

A sure term tells by itself. A doubtful one is also part of honest words (加快三年, 外挂电梯): it counts among what
is hidden, but where everybody can see it only beside a word of the trade or a second term.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

_LOOK_ALIKE = {"愽": "博", "搏": "博", "綵": "彩", "婇": "彩", "拾": "10"}
_ALIKE = re.compile("[" + "".join(_LOOK_ALIKE) + "]")
_SEPARATORS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff·•.。*_|/\\-]+")

# Every alternative starts with a plain character: that is what makes the search quick.
SURE = re.compile(
    r"时时彩(?!排)|北京赛车(?![场手道])|赛车pk|pk10|六合彩|百家乐(?![业居园器])|老虎机(?!场)|真人(?:视讯|荷官|百家)|"
    r"新葡京|葡京(?:娱乐|赌)|菠菜网|幸运飞艇|分分彩|凤凰彩票|盈彩(?:票|网)|亚博(?=app|体育|娱乐|网页|官网|直播|yabo)|"
    r"私服(?:发布|网|传奇)|传奇私服|新开私服|游戏私服|奇迹私服|天龙私服|成人(?:视频|电影|小说|影院|在线)|裸聊|约炮|"
    r"a(?<![a-z]a)v在线|国产av|麻豆(?:传媒|视频|影)|黄色网站|代开发票(?:公司|电话|微信|优惠|加微)|办假证|假证制作|办证刻章|迷药(?:出售|网|购买)|枪支出售|"
    r"外围(?:足球|投注|下注|买球|赌)|足球(?:外围|投注(?!意))|体育投注(?![意站点机])|博彩(?:网|平台|公司|论坛|导航|娱乐|投注)|"
    r"世界杯(?:外围|投注|下注|买球)|欧洲杯(?:外围|投注|下注|买球)|亚洲杯(?:外围|投注|下注|买球)|送彩金|领(?:取)?彩金|"
    r"首存彩金|彩金(?:领取|大派送)|b(?<![a-z]b)et(?:365|way)|1(?<![0-9]1)88bet|8(?<![0-9]8)8bet|manbetx|kaiyun|"
    r"y(?<![a-z]y)abo\d|x(?<![a-z]x)pj\d|澳门(?:威尼斯人|金沙|永利|皇冠|银河(?=娱乐|网|官)|太阳城|赌)|威尼斯人(?:娱乐|赌)|"
    r"太阳城(?:娱乐|赌|集团)|银河(?:娱乐|赌)|金沙(?:娱乐|赌)|开云体育(?![局场馆中公])|九游会|华(?<!中华)体会|"
    r"凯发(?:k8|娱乐|国际)|彩票平台|棋牌(?:平台|娱乐(?![室场活])|网站)|捕鱼(?:平台|娱乐|网站)|棋牌游戏(?:大厅|平台|下载|官网|中心)|电子游艺(?![厅机场设])|"
    r"代孕(?:公司|中介|机构|包|套餐|价格|网)|信用卡套现|刷单兼职|高仿(?:[手名腕]表|名?包包|名牌|奢侈|鞋|香烟|身份证)|"
    r"精仿(?:[手名腕]表|名?包包|香烟)"
)
# Doubtful term → characters that make it honest right before it | right after it.
DOUBTFUL: Mapping[str, str] = MappingProxyType(
    {
        "快三": "加尽赶更较很最又|年农大个项产类级期天月位区季峡日批步分",
        "下注": "以如地井向乡|意明册浆视重入解水射释油浓资销",
        "亚博": "东南西北中美欧|物览士会弈爱文",
        "私服": "走|装务饰从",
        "外挂": "|电楼墙板石式件架机",
        "高仿": "提|真制",
        "精仿": "|真制",
        "彩金": "七五多光异出精喝|秋牌色银杯奖龙湖山沙",
        "返水": "往|路域位面产平",
        "a货": "abcdefghijklmnopqrstuvwxyz0123456789|车场运物轮",
        "博彩": "广|众业百",
        "彩票网": "|点",
        "葡京": "|",
        "轮盘": "|式机",
        "代开发票": "局关机税可户人法|业办流指服窗点申须事操的和系管程规",
        "娱乐城": "|市",
        "真人娱乐": "|节秀",
        "威尼斯人": "|口民",
        "太阳城": "|市区",
        "盈彩": "轻|带",
        "凤凰彩": "|虹",
        "必赢": "战|",
        "必威": "|",
        "开户送": "|",
        "色情": "|",
        "一夜情": "|",
        "援交": "支救|通流接付警办给",
        "迷药": "|",
        "麻豆": "|",
        "代孕": "|",
        "毕业证办理": "|流指须程",
        "论文代写": "|",
        "棋牌游戏": "|",
        "捕鱼达人": "|",
        "皇冠体育": "|局场馆中公",
        "万博体育": "|局场馆中公",
        "星空体育": "|局场馆中公",
        "米兰体育": "|局场馆中公",
        "必威体育": "|局场馆中公",
        "乐鱼体育": "|局场馆中公",
        "bob体育": "|局场馆中公",
        "爱游戏": "|",
    }
)
# What the trade says of itself, right after a name.
TRADE = re.compile(
    r"app|官网|官方|网站|网址|网页|平台|入口|登录|登陆|注册|下载|客户端|投注|开户|开奖|走势|代理|购买|辅助|体育|娱乐|视频"
)
# Official language about the trade, not of it.
AGAINST = re.compile(
    r"打击|查处|整治|禁止|严禁|取缔|举报|防范|警惕|(?<![方档答图文教预草])案(?!例)|罪|通告|曝光|治理|清理|侦破|破获|涉赌|反诈|骗|远离|拒绝|查获|处罚|警方|公安|法院|(?<!官方)宣传(?![网站])|危害|谨防|揭秘"
)
# A whole part of a host name between dots and hyphens: "tibet", "essex" and "yun365" are none of these.
SURE_HOSTS = re.compile(
    r"(?:^|[.-])(?:(?:bet365|188bet|88bet|casino|caipiao|duchang|porn|manbetx)[a-z0-9]{0,6}|\d{0,4}pk10\d*|[a-z]{0,2}\d{2,4}bet\d*)(?=[.-]|$)",
    re.IGNORECASE,
)
HOSTS = re.compile(
    SURE_HOSTS.pattern
    + r"|(?:^|[.-])(?:(?:bet|ssc|bjsc|sifu|bocai|lottery|sex|xpj|yabo|vns|kaiyun|leyu)\d{2,5}(?:vip|app|com|cp)?|(?:haosf|sf)\d{3}|[78]{3,5})(?=[.-]|$)",
    re.IGNORECASE,
)
SPOKEN_AGAINST = 20  # folded characters around a term in which official language disarms it
NEAR = 40  # folded characters between two doubtful terms of one sentence
AFTER = 4  # a word of the trade ends at most so far from a name
_NAMES = re.compile("|".join(sorted(map(re.escape, DOUBTFUL), key=len, reverse=True)))


def fold(text: str) -> str:
    """Text as the terms are written: NFKC, lower case, look-alikes replaced, separators dropped."""
    folded = _ALIKE.sub(lambda m: _LOOK_ALIKE[m[0]], unicodedata.normalize("NFKC", text).lower())
    return _SEPARATORS.sub("", folded)


def terms(text: str) -> list[str]:
    """Distinct terms of a text, sure or doubtful: enough for what nobody is meant to see."""
    folded = fold(text)
    found = [*SURE.findall(folded), *(match[0] for match in _doubtful(folded))]
    return list(dict.fromkeys(found))


def telling(text: str) -> list[str]:
    """Distinct terms of a text that tell even where everybody can read them."""
    return _telling(fold(text))


def accused(text: str) -> frozenset[str]:
    """Telling terms of a whole page, without those that official language stands beside."""
    return frozenset(_telling(fold(text), SPOKEN_AGAINST))


def which(texts: Sequence[str]) -> list[int]:
    """The numbers of the texts with a telling term, all looked through at once."""
    whole = fold("\0".join(texts))
    if not SURE.search(whole) and not _NAMES.search(whole):
        return []
    return [
        number
        for number, folded in enumerate(whole.split("\0"))
        if (SURE.search(folded) or _NAMES.search(folded)) and _telling(folded)
    ]


def _telling(folded: str, around: int = 0) -> list[str]:
    """`around`: how near official language disarms a term; 0 = not at all."""

    def disarmed(match: re.Match[str]) -> bool:
        return around > 0 and bool(
            AGAINST.search(folded, max(0, match.start() - around), match.end() + around)
        )

    found = [match[0] for match in SURE.finditer(folded) if not disarmed(match)]
    before: re.Match[str] | None = None
    for match in _doubtful(folded):
        if disarmed(match):
            continue
        if TRADE.search(folded, match.end(), match.end() + AFTER):
            found.append(match[0])
        if before and before[0] != match[0] and match.start() - before.end() <= NEAR:
            found += [before[0], match[0]]
        before = match
    return list(dict.fromkeys(found))


def _doubtful(folded: str) -> Iterator[re.Match[str]]:
    for match in _NAMES.finditer(folded):
        before, _, after = DOUBTFUL[match[0]].partition("|")
        honest = folded[max(0, match.start() - 1) : match.start()].endswith(
            tuple(before)
        ) or folded.startswith(tuple(after), match.end())
        if not honest:
            yield match
