"""Words of the black link trade. Matched on folded text: full-width forms, look-alikes and separators undone."""

from __future__ import annotations

import re
import unicodedata

_LOOK_ALIKE = str.maketrans({"愽": "博", "搏": "博", "綵": "彩", "婇": "彩", "拾": "10"})
_SEPARATORS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff·•.。*_|/\\-]+")

# One of these in a link text or title is a signal on its own; none occurs in ordinary official language.
STRONG = re.compile(
    r"时时彩|北京赛车|赛车pk|pk10|六合彩|百家乐|老虎机|轮盘|真人视讯|真人娱乐|娱乐城|葡京|博彩|菠菜网|亚博|亚愽|盈彩|凤凰彩|"
    r"快三|幸运飞艇|分分彩|私服|外挂|成人视频|成人电影|色情|裸聊|一夜情|援交|约炮|av在线|黄色网站|代开发票|办假证|办证刻章|"
    r"迷药|枪支出售|外围足球|足球投注|体育投注|棋牌平台|开户送|彩金|返水|必赢|下注|bet365|188bet|澳门新|威尼斯人|银河娱乐|"
    r"金沙娱乐|太阳城|彩票平台|彩票网|高仿|精仿|a货"
)
# Official language about the trade, not of it.
AGAINST = re.compile(
    r"打击|查处|整治|禁止|严禁|取缔|举报|防范|警惕|(?<![方档答图文教预草])案(?!例)|罪|通告|曝光|治理|清理|侦破|破获|涉赌|反诈|骗|远离|拒绝|查获|处罚|警方|公安|法院|(?<!官方)宣传(?![网站])|危害|谨防|揭秘"
)
HOSTS = re.compile(
    r"(?:bet|casino|caipiao|pk10|ssc|sifu|duchang|bocai|lottery|porn|sex|888|777|365)\d*[.-]", re.IGNORECASE
)


def fold(text: str) -> str:
    """Text as the terms are written: NFKC, lower case, look-alikes replaced, separators dropped."""
    folded = unicodedata.normalize("NFKC", text).lower().translate(_LOOK_ALIKE)
    return _SEPARATORS.sub("", folded)


def terms(text: str) -> list[str]:
    """Distinct strong terms in a text."""
    return list(dict.fromkeys(STRONG.findall(fold(text))))
