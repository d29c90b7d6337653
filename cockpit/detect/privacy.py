"""Personal data in public text (隐私泄露): identity numbers, mobiles, bank cards, addresses, passports, plates.

Order of rules (facts/text.md §6): digits are normalised with a position map, social-credit codes are taken
out first, then identity numbers by province, real date and check digit (GB 11643), mobiles by segment and
surroundings, cards by Luhn and context. What is already masked is silent. Hits are masked here and leave as
mask plus digest; the original goes nowhere.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from cockpit.detect.finding import TextFinding

PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
LIST_LEAK = 3
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_DROPPED = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_FOLD = str.maketrans("０１２３４５６７８９ＸｘＡＢＣＤＥＦＧ－—–‐‑﹣　\u00a0", "0123456789XXABCDEFG------  ")
_FOLDED = [chr(code) for code in _FOLD]  # looking for each is faster than one class in a regular expression
_LONG_NUMBER = re.compile(r"[0-9](?:[ -]?[0-9]){10}")  # a mobile has eleven digits, everything else more
_ANY_DIGITS = re.compile(r"[0-9０-９]{4}|[护车牌][照号]")

_ID_LABEL = re.compile(r"身份证|身份号码|公民身份|证件号|证号|身份代码")
_USCC_LABEL = re.compile(r"信用代码|机构代码|纳税人识别|税号|统一代码")
_NOT_MOBILE_BEFORE = re.compile(
    r"(?:编号|编码|订单|单号|QQ|qq|代码|账号|帐号|卡号|文号|流水|备案|序号|批号|条码|标识码|索引号|微信号?|案号|合同|票号|传真|字第|No\.?)[^\d\n]{0,6}$"
)
_NOT_MOBILE_AFTER = re.compile(r"^\s*(?:元|万元|平方|亩|㎡|吨|人次|千瓦|公斤|件|号令|%|％|：\d)")
_DUTY = re.compile(r"联系|咨询|值班|热线|服务|监督|举报|投诉|办公|负责人|经办")
_CARD_LABEL = re.compile(r"银行|卡号|账号|帐号|一卡通|存折|开户|社保卡|农商|信用社|建行|工行|农行|中行|邮储")
_CARD_PUBLIC = re.compile(
    r"对公|保证金|户\s*名[^\n]{0,20}(?:公司|局|中心|委员会|办公室|财政|医院|学校|协会|集团)|缴款|国库|基本户|非税|专户|捐款|捐赠|工会|收款单位|公司"
)
_ADDRESS_LABEL = r"(?:家庭\s*(?:住|地)址|现住址?|住\s*址|家住|户籍(?:所在)?地?址?|居住地址?|常住地址|住所)"
_ADDRESS = re.compile(
    _ADDRESS_LABEL + r"\s*(?:为|是|在|:|：)?\s*(?P<a>[^\s，。；;,、|\n]{2,40}?"
    r"(?:\d+\s*(?:号楼|栋|幢|单元|室|号|户)|[一二三四五六七八九十\d]+\s*(?:组|队)\s*\d*\s*号?)(?:\s*\d*\s*(?:栋|幢|单元|室|号|户|楼|层))*\d{0,4}室?)"
)
_PASSPORT = re.compile(r"护照(?:号码|号)?\s*[:：]?\s*(?P<n>[EGDSP][A-HJ-NP-Z]?\d{7,8})(?![0-9A-Za-z])")
_PLATE = re.compile(
    r"(?:车牌(?:号码|号)?|号牌|牌照|车号)\s*[:：为]?\s*(?P<n>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·.\s-]?[A-HJ-NP-Z0-9]{5,6})(?![A-Z0-9])"
)
_ID = re.compile(
    r"(?<![0-9A-Za-z*])(?P<n>\d{6}[ -]?(?:18|19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])[ -]?(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[0-9Xx])(?![0-9A-Za-z*])"
)
_ID_SPACED = re.compile(r"(?<![0-9A-Za-z*])(?P<n>\d(?:[ -]?\d){16}[ -]?[0-9Xx])(?![0-9A-Za-z*])")
_ID15 = re.compile(r"(?<![0-9A-Za-z*])(?P<n>\d{15})(?![0-9A-Za-z*])")
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z*.-])(?:(?:\+|00)?86[ -]?)?(?P<n>1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?![0-9A-Za-z*])(?!\.\d)(?!-\d{4})"
)
_CARD = re.compile(r"(?<![0-9A-Za-z*.])(?P<n>[3-6]\d{3}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,7})?)(?![0-9A-Za-z*])")
_USCC_CODE = re.compile(
    r"(?<![0-9A-Za-z])([0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10})(?![0-9A-Za-z])"
)
_VIRTUAL = ("170", "171", "162", "165", "167")
_SEGMENTS = frozenset(
    [
        "130",
        "131",
        "132",
        "133",
        "134",
        "135",
        "136",
        "137",
        "138",
        "139",
        "145",
        "146",
        "147",
        "148",
        "149",
        "150",
        "151",
        "152",
        "153",
        "155",
        "156",
        "157",
        "158",
        "159",
        "162",
        "165",
        "166",
        "167",
        "170",
        "171",
        "172",
        "173",
        "174",
        "175",
        "176",
        "177",
        "178",
        "180",
        "181",
        "182",
        "183",
        "184",
        "185",
        "186",
        "187",
        "188",
        "189",
        "190",
        "191",
        "192",
        "193",
        "195",
        "196",
        "197",
        "198",
        "199",
    ]
)


class _Text:
    """The folded text with a map back to the original, and what has been taken already."""

    def __init__(self, text: str) -> None:
        if any(ch in text for ch in "\u200b\u200c\u200d\u2060\ufeff\u00ad"):
            kept = [(i, ch) for i, ch in enumerate(text) if ord(ch) not in _DROPPED]
            self._map: list[int] | None = [i for i, _ in kept]
            text = "".join(ch for _, ch in kept)
        else:
            self._map = None
        self.folded = text.translate(_FOLD) if any(ch in text for ch in _FOLDED) else text
        self.taken: list[tuple[int, int]] = []

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original."""
        return (start, end) if self._map is None else (self._map[start], self._map[end - 1] + 1)

    def free(self, start: int, end: int) -> bool:
        at = bisect_left(self.taken, (start, start))
        return (at == 0 or self.taken[at - 1][1] <= start) and (
            at == len(self.taken) or self.taken[at][0] >= end
        )

    def before(self, at: int, size: int = 30) -> str:
        """What stands before on the same line or the one above."""
        return self.folded[max(0, at - size) : at]

    def after(self, at: int, size: int = 12) -> str:
        return self.folded[at : at + size]


def find(text: str) -> list[TextFinding]:
    """Every leak in a text, in order of position; three or more make a list leak, which is critical."""
    if not _ANY_DIGITS.search(text) and "址" not in text and "住" not in text:
        return []
    work = _Text(text)
    found: list[TextFinding] = []
    for rule in _rules(work.folded):
        for start, end, finding in rule(work):
            if work.free(start, end):
                insort(work.taken, (start, end))
                if finding is not None:
                    a, b = work.span(start, end)
                    found.append(replace(finding, start=a, end=b))
    found.sort(key=lambda f: f.start)
    return _as_list(found)


def _as_list(found: list[TextFinding]) -> list[TextFinding]:
    serious = [
        f.kind in {"privacy.id_card", "privacy.bank_card"} or f.severity in {"high", "critical"}
        for f in found
    ]
    if sum(serious) < LIST_LEAK:
        return found
    return [
        replace(f, severity="critical", rule=f"{f.rule}+list") if is_serious else f
        for f, is_serious in zip(found, serious, strict=True)
    ]


Hit = tuple[int, int, TextFinding | None]


def _hit(kind: str, original: str, masked: str, severity: str, confidence: float, rule: str) -> TextFinding:
    bare = re.sub(r"[\s·.-]", "", original).upper()
    digest = hashlib.sha256(f"{kind}:{bare}".encode()).hexdigest()[:32]
    return TextFinding(kind, 0, 0, masked, None, severity, confidence, rule, digest)


def mask(digits: str, head: int, tail: int) -> str:
    """Keep the first `head` and last `tail` characters (永安市 2022：身份证 35*************123，手机 138****1234)."""
    return digits[:head] + "*" * (len(digits) - head - tail) + digits[len(digits) - tail :]


def _credit_codes(work: _Text) -> Iterator[Hit]:
    for match in _USCC_CODE.finditer(work.folded):
        code = match[1]
        before = work.before(match.start())
        labelled = bool(_USCC_LABEL.search(before))
        person = code[:17].isdigit() and (_id_valid(code) or bool(_ID_LABEL.search(before)))
        if _uscc_valid(code) and (labelled or not person):
            yield match.start(), match.end(), None


def _uscc_valid(code: str) -> bool:
    total = sum(_USCC.index(ch) * w for ch, w in zip(code, _USCC_WEIGHTS, strict=False))
    return _USCC[(31 - total % 31) % 31] == code[17]


def _id_valid(digits: str) -> bool:
    total = sum(int(d) * w for d, w in zip(digits, _ID_WEIGHTS, strict=False))
    return (
        digits[:2] in PROVINCES
        and _real_date(digits[6:14])
        and "10X98765432"[total % 11] == digits[17].upper()
    )


def _real_date(text: str) -> bool:
    try:
        born = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return 1900 <= born.year <= 2040


def _identity(work: _Text) -> Iterator[Hit]:
    for pattern in (_ID, _ID_SPACED):
        for match in pattern.finditer(work.folded):
            digits = re.sub(r"[ -]", "", match["n"]).upper()
            labelled = bool(_ID_LABEL.search(work.before(match.start("n"))))
            if _id_valid(digits):
                yield (
                    *match.span("n"),
                    _hit("privacy.id_card", digits, mask(digits, 2, 3), "critical", 0.99, "id.checksum"),
                )
            elif labelled and digits[:2] in PROVINCES and _real_date(digits[6:14]):
                yield (
                    *match.span("n"),
                    _hit("privacy.id_card", digits, mask(digits, 2, 3), "high", 0.8, "id.label"),
                )
    for match in _ID15.finditer(work.folded):
        digits = match["n"]
        if (
            _ID_LABEL.search(work.before(match.start()))
            and digits[:2] in PROVINCES
            and _real_date("19" + digits[6:12])
        ):
            yield *match.span("n"), _hit("privacy.id_card", digits, mask(digits, 2, 3), "high", 0.8, "id.15")


def _cards(work: _Text) -> Iterator[Hit]:
    for match in _CARD.finditer(work.folded):
        digits = re.sub(r"[ -]", "", match["n"])
        before = work.before(match.start("n"), 40)
        if (
            16 <= len(digits) <= 19
            and _luhn(digits)
            and _CARD_LABEL.search(before)
            and not _CARD_PUBLIC.search(before)
        ):
            yield (
                *match.span("n"),
                _hit("privacy.bank_card", digits, mask(digits, 4, 4), "high", 0.95, "card.luhn"),
            )


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _mobiles(work: _Text) -> Iterator[Hit]:
    for match in _MOBILE.finditer(work.folded):
        digits = re.sub(r"[ -]", "", match["n"])
        before, after = work.before(match.start("n"), 16), work.after(match.end("n"))
        if (
            digits[:3] not in _SEGMENTS
            or _NOT_MOBILE_BEFORE.search(before)
            or _NOT_MOBILE_AFTER.search(after)
            or len(set(digits)) < 3
        ):
            continue
        duty = bool(_DUTY.search(before.rsplit("\n", 1)[-1]))
        severity, confidence = ("low", 0.6) if duty else ("high", 0.9)
        yield (
            *match.span("n"),
            _hit(
                "privacy.mobile",
                digits,
                mask(digits, 3, 4),
                severity,
                confidence,
                "mobile.duty" if duty else "mobile",
            ),
        )


def _addresses(work: _Text) -> Iterator[Hit]:
    for match in _ADDRESS.finditer(work.folded):
        address = match["a"]
        if "*" in address or "×" in address:
            continue
        keep = re.search(r"^.*?(?:镇|乡|街道|区|县|市)", address)
        masked = (keep[0] if keep else address[:2]) + "***"
        yield *match.span("a"), _hit("privacy.home_address", address, masked, "high", 0.85, "address.door")


def _passports(work: _Text) -> Iterator[Hit]:
    for match in _PASSPORT.finditer(work.folded):
        yield (
            *match.span("n"),
            _hit("privacy.passport", match["n"], mask(match["n"], 1, 2), "medium", 0.8, "passport.label"),
        )


def _plates(work: _Text) -> Iterator[Hit]:
    for match in _PLATE.finditer(work.folded):
        yield (
            *match.span("n"),
            _hit("privacy.plate", match["n"], mask(match["n"], 2, 2), "low", 0.7, "plate.label"),
        )


Rule = Callable[[_Text], Iterator[Hit]]
NUMBERS: tuple[Rule, ...] = (_credit_codes, _identity, _cards, _mobiles)
LABELLED: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("址", "住", "户籍"), _addresses),
    (("护照",), _passports),
    (("车牌", "号牌", "牌照", "车号"), _plates),
)


def _rules(text: str) -> Iterator[Rule]:
    """The rules that can hit at all, in their order: most pages hold no long number and no label."""
    if _LONG_NUMBER.search(text):
        yield from NUMBERS
    yield from (rule for labels, rule in LABELLED if any(label in text for label in labels))


def masked(text: str) -> str:
    """A text with every leak replaced by its mask, e.g. an excerpt to be stored."""
    found = find(text)
    known = {text[f.start : f.end]: f.text for f in found}
    for finding in reversed(found):
        text = text[: finding.start] + finding.text + text[finding.end :]
    for raw, shown in known.items():  # and where the same number hides inside a longer one
        if len(raw) >= 8:
            text = text.replace(raw, shown)
    return text
