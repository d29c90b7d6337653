"""What a government home page must show at its foot (国办发〔2017〕47号, 国办函〔2018〕12号), beside the three tags.

Missing = not on the page. Invalid = there, but without a number, or not the registered one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from cockpit.detect.page import Page

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_MARK = re.compile(r"conac\.cn|_ideConac|bszs\.|党政机关(?:网站)?标识|事业单位(?:网站)?标识", re.IGNORECASE)
_ICP = re.compile(rf"[{_PROVINCES}]\s*ICP\s*备\s*\d{{8}}\s*号", re.IGNORECASE)
_ICP_WORD = re.compile(r"ICP\s*备|beian\.miit\.gov\.cn", re.IGNORECASE)
_POLICE = re.compile(r"公网安备\s*\d{11,14}\s*号?")
_POLICE_WORD = re.compile(r"公网安备|beian\.gov\.cn|beian\.mps\.gov\.cn", re.IGNORECASE)
_CODE = re.compile(r"标识码\s*[:：]?\s*(bm\d{8}|\d{10})(?!\d)", re.IGNORECASE)
_WRONGS = re.compile(r"_jiucuo_|jiucuo|zfwzgl\.www\.gov\.cn|我为政府网站找错|政府网站找错|网站纠错")
_REPORT = re.compile(r"年度报表|网站(?:工作|监管)?年报|网站(?:工作|监管)年度报告|工作年度报表|监管年度报表")
_HOST = re.compile(r"主\s*办(?:单\s*位)?\s*[:：]|主管单位\s*[:：]|版权所有\s*[:：]?")
_CONTACT = re.compile(r"联系(?:方式|电话|我们)|电\s*话\s*[:：]|邮\s*箱\s*[:：]|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")
_SITE_MAP = re.compile(r"网站地图|站点地图|sitemap", re.IGNORECASE)


@dataclass(frozen=True)
class HomeReport:
    """Items of a home page that are absent and that are wrong, by their Chinese names, in official order."""

    missing: tuple[str, ...]
    invalid: tuple[str, ...]


def _there(pattern: re.Pattern[str]) -> Callable[[str, str | None], str | None]:
    return lambda html, _code: None if pattern.search(html) else "missing"


def _numbered(right: re.Pattern[str], word: re.Pattern[str]) -> Callable[[str, str | None], str | None]:
    return lambda html, _code: None if right.search(html) else "invalid" if word.search(html) else "missing"


def _code(html: str, registered: str | None) -> str | None:
    shown = {code.lower() for code in _CODE.findall(html)}
    if not shown:
        return "invalid" if "标识码" in html else "missing"
    return "invalid" if registered and registered.lower() not in shown else None


# name → (page source, registered code) → None, "missing" or "invalid"
ITEMS: tuple[tuple[str, Callable[[str, str | None], str | None]], ...] = (
    ("党政机关网站标识", _there(_MARK)),
    ("我为政府网站找错", _there(_WRONGS)),
    ("网站标识码", _code),
    ("主办单位", _there(_HOST)),
    ("联系方式", _there(_CONTACT)),
    ("ICP备案号", _numbered(_ICP, _ICP_WORD)),
    ("公安备案号", _numbered(_POLICE, _POLICE_WORD)),
    ("网站地图", _there(_SITE_MAP)),
    ("网站年度报表", _there(_REPORT)),
)


def check(page: Page, site_id_code: str | None = None) -> HomeReport:
    """Check one home page. `site_id_code`: the registered 标识码; None = not compared."""
    states = [(name, state(page.html, site_id_code)) for name, state in ITEMS]
    return HomeReport(
        tuple(name for name, state in states if state == "missing"),
        tuple(name for name, state in states if state == "invalid"),
    )
