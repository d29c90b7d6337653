"""Old names of institutions where they belong: 原…, careers, what happened while the name was right, documents of its time.

An old name is wrong only in the present tense. What speaks of the past is in a table of contexts; a year of the
same sentence that lies before the end of the name says it too.
"""

from __future__ import annotations

import re
from datetime import date

# Countries of whom official texts speak; their institutions have names of their own.
COUNTRIES = (
    "日本|韩国|朝鲜|美国|英国|法国|德国|俄罗斯|加拿大|澳大利亚|新西兰|新加坡|马来西亚|印度尼西亚|印尼|印度|泰国|越南|老挝|柬埔寨|缅甸|"
    "菲律宾|蒙古国|巴基斯坦|哈萨克斯坦|沙特|阿联酋|以色列|土耳其|埃及|南非|巴西|阿根廷|墨西哥|意大利|西班牙|葡萄牙|荷兰|比利时|瑞士|瑞典|挪威|丹麦|芬兰|波兰|乌克兰|希腊"
)
REACH = 100  # characters before a name that tell its time
# 前 and 原 are words of their own only at the beginning of a name: not in 目前, 提前, 30日前, 原则, 平原.
_BEFORE = re.compile(
    r"(?:(?:(?<![\u4e00-\u9fff\d])|(?<=[由为是任系的与和被在将把到从]))前(?![往来期后述])|(?<![平太高草中还复三固开松清五])原(?![则因来本告始有料件理定先])|"
    r"时任|曾任|撤销|不再保留|更名|改名|挂牌前|改革前|机构改革以前|划入|并入|整合|组建)[^，。；\n]{0,6}$|老$"
    r"|(?:历任|曾任|先后任|先后在|简历|生平|曾在|曾于|曾是|曾经|调入|调任|毕业后|参加工作)[^\n。]{0,80}$"
    rf"|(?:{COUNTRIES}|联邦)[^，。；\n]{{0,4}}$"
)
_AFTER = re.compile(
    r"[^，。；\n]{0,6}?(?:旧址|前身|宿舍|家属|小区|旧楼|老楼|(?:重组|改组|更名|改名|合并|整合|划转|并入|划入)(?:为|成|至|到|组建)?|撤销|不再保留)"
)
# The signature of an old document: 令, 公告, 第 5 号, 〔2016〕
_ACT = re.compile(r"令|公告|第\s*\d+\s*号|[〔［\[（(]\s*(?:19|20)\d\d")
_YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*(?:年(?!(?:\d{1,2}月)?(?:\d{1,2}日)?(?:以来|至今|起(?!任)))|[.．/-]\s*\d)"
)
_NEXT_YEAR = re.compile(r"[^，。；\n]{0,8}?((?:19|20)\d\d)年|[^。；\n]{0,16}?[〔［\[]((?:19|20)\d\d)[〕］\]]")
_SENTENCE = re.compile(r"[。；\n]")


def is_historical(text: str, start: int, end: int, until: date | None) -> bool:
    """Whether the name at [start, end), right until a day, speaks of its own time."""
    before, after = text[max(0, start - REACH) : start], text[end : end + 24]
    if _BEFORE.search(before) or _AFTER.match(after) or _ACT.match(after):
        return True
    if before.rfind("《") > before.rfind("》"):
        return True
    return until is not None and _told_of(before, after, until.year)


def _told_of(before: str, after: str, last: int) -> bool:
    """The year nearest before the name in its sentence, or just behind it, is one in which the name was right."""
    years = _YEAR.findall(_SENTENCE.split(before)[-1])
    if years:
        return int(years[-1]) <= last
    match = _NEXT_YEAR.match(after)
    return match is not None and int(match[1] or match[2]) <= last
