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

from cockpit.detect.columns import Columns
from cockpit.detect.finding import TextFinding
from cockpit.detect.numbers import (
    PROVINCES,
    SEGMENTS,
    is_credit_code,
    is_date,
    is_dated,
    is_identity,
    passes_luhn,
)

LIST_LEAK = 3
_DROPPED = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_FOLD = str.maketrans("０１２３４５６７８９ＸｘＡＢＣＤＥＦＧ－—–‐‑﹣　\u00a0", "0123456789XXABCDEFG------  ")
_FOLDED = [chr(code) for code in _FOLD]  # looking for each is faster than one class in a regular expression
_LONG_NUMBER = re.compile(r"[0-9](?:[ .·-]?[0-9]){10}")  # a mobile has eleven digits, everything else more
_ANY_DIGITS = re.compile(r"[0-9０-９](?: ?[0-9０-９]){3}|[护车牌][照号牌]|[住址籍]|[·•][A-Z0-9]")

# What a number is called; the last name before it counts.
_ID_LABEL = re.compile(
    r"身份证|身份号码|公民身份|证件号|身份代码|社会保障号|残疾人?证|(?<![\u4e00-\u9fff])证号"
)
_OTHER_LABEL = re.compile(
    r"许可证|注册号|营业执照|准考证|考[生号]|资格证|合格证|产权证|登记证|编号|编码|订单|流水|案号|宗地|机构代码|信用代码|标识码"
)
_ID_INSIDE = re.compile(r"残疾|学籍|医师|护士|资格|执业|证书|证号")
_USCC_LABEL = re.compile(r"信用代码|机构代码|纳税人识别|税号|统一代码")
_NO_PHONE = (
    r"编号|编码|订单|单号|QQ|qq|代码|账号|帐号|卡号|文号|流水|备案|序号|批号|批次号?|条码|标识码|索引号|微信号?|案号|合同|票号|传真|字第|No\.?|"
    r"准考证号?|考生号|考号|[户学工证]号"
)
_NO_PHONE_BEFORE = re.compile(rf"(?:{_NO_PHONE})[^\d\n]{{0,6}}$")
_NO_PHONE_AFTER = re.compile(
    r"^\s*(?:[（(]?[千百万亿]{0,2}元|平方|亩|㎡|吨|人次|千瓦|公斤|件|号令|%|％|：\d)"
)
_PHONE = r"(?:电话|手机|同号|联系方式)"
_PHONE_BEFORE = re.compile(
    rf"{_PHONE}(?:号码?)?(?![^\d\n]*(?:编号|序号|备案号))[^\d\n，。；]{{0,3}}$|(?:电话|手机)[^\d\n]{{0,2}}微信[^\d\n]{{0,4}}$|(?:我的|本人)号码[^\d\n]{{0,3}}$"
)
_PHONE_NAME = re.compile(rf"{_PHONE}|联系")
_PHONE_HEAD = re.compile(
    rf"{_PHONE}|{_NO_PHONE}|联系|号码?$|金额|产值|总[额值]|数量|[（(][千百万亿]{{0,2}}元"
)
_DUTY = re.compile(r"联系|咨询|值班|热线|服务|监督|举报|投诉|办公|负责人|经办")
_OFFICE = re.compile(r"咨询|值班|热线|服务|监督|举报|投诉|办公|负责人|经办|受理")
_OF_OFFICE = re.compile(r"联系人|负责人|经办|值班|咨询|热线|监督|投诉|举报")
_PERSONAL = re.compile(
    r"(?:残疾人|低保(?:户|对象|人员)|特困|五保户|脱贫户|贫困户|监测户|学生|家长|监护人|患者|户主|投诉人|举报人|信访人|反映人|当事人|被征收人|业主|考生|孤儿|老人)"
    r"(?:(?!中心|办|联合会|残联|[局科站所]|委员会|服务|咨询|热线|值班|监督|受理|资助|救助|管理|专员)[^\d\n。；;]){0,14}"
    rf"{_PHONE}(?:号码?)?[^\d\n，。；]{{0,3}}$"
)
_NAMED = re.compile(  # 张建国，联系电话：
    r"(?<![\u4e00-\u9fff])[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤敖简晏习傅章艾]"
    r"[\u4e00-\u9fff]{1,2}(?<![镇乡区局办科室村部所站院会厅处街县市社队坊司长任员])[，,（(\s：:]{0,2}(?:联系)?(?:电话|方式|手机)(?:号码?)?[：:\s）)]{0,2}$"
)
_CARD_LABEL = re.compile(r"银行|卡号|账号|帐号|一卡通|存折|开户|社保卡|农商|信用社|建行|工行|农行|中行|邮储")
_CARD_PUBLIC = re.compile(
    r"对公|保证金|户\s*名[^\n]{0,20}(?:公司|局|中心|委员会|办公室|财政|医院|学校|协会|集团)|缴款|国库|基本户|非税|专户|捐款|捐赠|工会|收款单位|公司"
)
_HOME = r"(?:家庭(?:所在地|详细)?\s*(?:住|地)址|现住址?|住\s*址|家住|户籍(?:所在地|地)?(?:地?址)?|[现常长]?居住(?:地址|地|于|在|址)|常住地址|住所地?)"
_DOOR = (
    r"(?P<a>(?=[\u4e00-\u9fff\d])(?!变更|登记|证明)[^\s，。；;,、|（(的与请需]{2,40}?(?:\d+\s*(?:号楼|栋|幢|单元|室|号(?![文令公窗材表]))|[一二三四五六七八九十\d]+\s*(?:组|队)\s*\d*\s*号?)"
    r"(?:\s*\d*\s*(?:栋|幢|单元|室|号|户|楼|层))*\d{0,4}室?)"
)
_ADDRESS = re.compile(rf"(?P<label>{_HOME})\s*[）)]?\s*[为是在于:：]?\s*{_DOOR}")
_ADDRESS_HEAD = re.compile(r"家庭.{0,2}[住地]址|^现?住址|户籍.{0,3}地|^.{0,2}居住地")
_ADDRESS_CELL = re.compile(rf"(?m)(?:^|\t)[ ]*(?P<cell>{_DOOR}[^\t\n]{{0,12}}?)[ ]*(?=\t|$)")
# 住址 and 住所 are also said of companies: what was named last before them decides.
_EITHER = re.compile(r"住\s*[址所]")
_OF_PERSON = re.compile(
    r"(?<![\u4e00-\u9fff])[男女](?![\u4e00-\u9fff])|身份证|公民|出生|户主|本人|居民|残疾人|低保|姓名|村民|学生|家庭|工作单位[^，,；;\n]{0,20}"
)
_OF_BODY = re.compile(
    r"(?:公司|企业|合作社|厂|机构|单位|委员会|中心|医院|学校|银行|集团|协会|[店局院社所部站])(?:的|名称)?(?=[，,：:（(）)；;、\s]|$)|"
    r"代码|注册|经营|办公|执照|法定代表|住所[（(]"
)
_PASSPORT = re.compile(
    r"护照(?:证件)?(?:号码|号)?\s*[为是:：]{0,2}\s*(?P<n>[EGDSP][A-HJ-NP-Z]?\d{7,8})(?![0-9A-Za-z])|"
    r"通行证(?:证件)?(?:号码|号)?\s*[为是:：]{0,2}\s*(?P<m>[HMCW][A-Z]?\d{7,10})(?![0-9A-Za-z])"
)
_PLATE_NUMBER = r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]"
_PLATE = re.compile(
    rf"(?:车牌(?:号码|号)?|号牌(?:号码|号)?|牌照|车号|车辆[:：])\s*[为是:：]{{0,2}}\s*(?P<n>{_PLATE_NUMBER}[·.\s-]?[A-HJ-NP-Z0-9]{{5,6}})(?![A-Z0-9])|"
    rf"(?P<m>{_PLATE_NUMBER}[·•][A-HJ-NP-Z0-9]{{5,6}})(?![A-Z0-9])"
)
_ID = re.compile(
    r"(?<![0-9A-Za-z*])(?P<n>\d{6}[ ·-]?(?:18|19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])[ -]?(?:0[1-9]|[12]\d|3[01])[ ·-]?\d{3}[0-9Xx])(?![0-9A-Za-z*])"
)
_ID_SPACED = re.compile(r"(?<![0-9A-Za-z*])(?P<n>\d(?:[ -]?\d){16}[ -]?[0-9Xx])(?![0-9A-Za-z*])")
_ID15 = re.compile(r"(?<![0-9A-Za-z*])(?P<n>\d{15})(?![0-9A-Za-z*])")
# 残疾证号 are an identity number and two digits, 学籍号 a letter and one, certificates of doctors end in one.
_ID_HOLDER = re.compile(r"(?<![0-9A-Za-z*])[A-Z]{0,2}(?P<run>\d{17,26}[0-9X]\d{0,2})(?![0-9A-Za-z*])")
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z*.=_-])(?:(?:\+|00)?86[ -]?)?(?P<n>1[3-9]\d(?:[ -]?\d{4}[ -]?|\.\d{4}\.)\d{4})(?![0-9A-Za-z*])(?!\.\d)(?!-\d{4})"
)
_SPREAD_MOBILE = re.compile(r"(?<![0-9A-Za-z*.-])(?<!\d )(?P<n>1 [3-9](?: \d){9})(?! ?[0-9A-Za-z*])")
_MORE_DIGITS = re.compile(r" \d{3,4}(?!\d)")  # 138 0013 8000 2561 are amounts
_CARD = re.compile(r"(?<![0-9A-Za-z*.])(?P<n>[3-6]\d{3}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,7})?)(?![0-9A-Za-z*])")
_USCC_CODE = re.compile(
    r"(?<![0-9A-Za-z])([0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10})(?![0-9A-Za-z])"
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
        self.columns = Columns(self.folded)

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

    def named(self, at: int, size: int = 30) -> str:
        """What stands before on the same line."""
        return self.before(at, size).rsplit("\n", 1)[-1]

    def after(self, at: int, size: int = 12) -> str:
        return self.folded[at : at + size]


def find(text: str) -> list[TextFinding]:
    """Every leak in a text, in order of position; three or more make a list leak, which is critical."""
    if not _ANY_DIGITS.search(text):
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
    of_people = {f.identity for f in found if f.rule == "mobile.named"}
    if len(of_people) >= LIST_LEAK:
        serious = [s or f.rule == "mobile.named" for s, f in zip(serious, found, strict=True)]
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
        person = code[:17].isdigit() and (is_identity(code) or _last(_ID_LABEL, before) >= 0)
        if is_credit_code(code) and (labelled or not person):
            yield match.start(), match.end(), None


def _identity(work: _Text) -> Iterator[Hit]:
    for pattern in (_ID, _ID_SPACED):
        for match in pattern.finditer(work.folded):
            digits = re.sub(r"[ ·-]", "", match["n"]).upper()
            if is_identity(digits):
                yield *match.span("n"), _person(digits, "critical", 0.99, "id.checksum")
            elif is_dated(digits) and _is_labelled(work, *match.span("n")):
                yield *match.span("n"), _person(digits, "high", 0.8, "id.label")
    for match in _ID_HOLDER.finditer(work.folded):
        run, at = match["run"], match.start("run")
        label = work.columns.heading(*match.span(), _ID_INSIDE) or work.before(match.start())
        for low in {0, len(run) - 18}:
            digits = run[low : low + 18]
            if digits[:17].isdigit() and is_identity(digits) and _ID_INSIDE.search(label):
                yield at + low, at + low + 18, _person(digits, "critical", 0.95, "id.inside")
    for match in _ID15.finditer(work.folded):
        digits = match["n"]
        plausible = digits[:2] in PROVINCES and is_date("19" + digits[6:12])
        if plausible and _is_labelled(work, *match.span("n")):
            yield *match.span("n"), _person(digits, "high", 0.8, "id.15")


def _person(digits: str, severity: str, confidence: float, rule: str) -> TextFinding:
    return _hit("privacy.id_card", digits, mask(digits, 2, 3), severity, confidence, rule)


_ID_HEAD = re.compile(f"{_ID_LABEL.pattern}|{_OTHER_LABEL.pattern}|号|码")


def _is_labelled(work: _Text, start: int, end: int) -> bool:
    """Whether the number is called an identity number by the heading over it, or last before it."""
    label = work.columns.heading(start, end, _ID_HEAD) or work.before(start)
    return _last(_ID_LABEL, label) > _last(_OTHER_LABEL, label) and not re.search("执照|注册号", label)


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=-1)


def _cards(work: _Text) -> Iterator[Hit]:
    for match in _CARD.finditer(work.folded):
        digits = re.sub(r"[ -]", "", match["n"])
        before = work.before(match.start("n"), 40)
        if (
            16 <= len(digits) <= 19
            and passes_luhn(digits)
            and _CARD_LABEL.search(work.columns.heading(*match.span("n"), _CARD_LABEL) or before)
            and not _CARD_PUBLIC.search(before)
        ):
            yield (
                *match.span("n"),
                _hit("privacy.bank_card", digits, mask(digits, 4, 4), "high", 0.95, "card.luhn"),
            )


def _mobiles(work: _Text) -> Iterator[Hit]:
    for pattern in (_MOBILE, _SPREAD_MOBILE):
        for match in pattern.finditer(work.folded):
            start, end = match.span("n")
            digits = re.sub(r"[ .-]", "", match["n"])
            if digits[:3] not in SEGMENTS or len(set(digits)) < 3:
                continue
            heading = work.columns.heading(start, end, _PHONE_HEAD, _PHONE_NAME)
            label = heading or work.named(start)
            if " " in match["n"] and _MORE_DIGITS.match(work.after(end)):
                continue
            called = _PHONE_BEFORE.search(label) is not None
            if not called and (pattern is _SPREAD_MOBILE or _is_no_phone(work, start, end, heading)):
                continue
            rule, severity, confidence = _told_of(label, heading)
            yield start, end, _hit("privacy.mobile", digits, mask(digits, 3, 4), severity, confidence, rule)


def _is_no_phone(work: _Text, start: int, end: int, heading: str) -> bool:
    """Another number by its name, its unit, or the heading over it."""
    if _NO_PHONE_BEFORE.search(work.before(start, 16)) or _NO_PHONE_AFTER.search(work.after(end)):
        return True
    if heading == "" or _PHONE_NAME.search(heading):
        return False
    return re.search(_NO_PHONE, heading) is not None or not heading.endswith("号码")


def _told_of(label: str, heading: str) -> tuple[str, str, float]:
    """Whose number it is: a private person's, that of a person named before, a duty phone, or unknown.

    联系电话 before one number may be an office's; over a column it is that of the people in the rows.
    """
    if _PERSONAL.search(label):
        return "mobile", "high", 0.9
    if not _OFFICE.search(label) and (heading or not _DUTY.search(label[-16:])):
        return "mobile", "high", 0.9
    named = _NAMED.search(label) and not _OF_OFFICE.search(label)
    return ("mobile.named" if named else "mobile.duty"), "low", 0.6


def _addresses(work: _Text) -> Iterator[Hit]:
    for match in _ADDRESS.finditer(work.folded):
        if not _EITHER.fullmatch(match["label"].removesuffix("地")) or _of_person(work, match):
            yield from _home(match)
    if any(_ADDRESS_HEAD.search(line.strip()) for line in re.split(r"[\t\n]", work.folded) if len(line) < 20):
        for match in _ADDRESS_CELL.finditer(work.folded):
            if work.columns.heading(*match.span("cell"), _ADDRESS_HEAD):
                yield from _home(match)


def _of_person(work: _Text, match: re.Match[str]) -> bool:
    """住址 is a person's unless a body was named last, 住所 only if a person was."""
    before = work.before(match.start(), 80)
    person, body = _last(_OF_PERSON, before), _last(_OF_BODY, before)
    return person >= max(body, 0) if "所" in match["label"] else person >= body


def _home(match: re.Match[str]) -> Iterator[Hit]:
    address = match["a"]
    if "*" not in address and "×" not in address:
        keep = re.search(r"^.*?(?:镇|乡|街道|区|县|市)", address)
        masked = (keep[0] if keep else address[:2]) + "***"
        yield *match.span("a"), _hit("privacy.home_address", address, masked, "high", 0.85, "address.door")


def _passports(work: _Text) -> Iterator[Hit]:
    for match in _PASSPORT.finditer(work.folded):
        group = "n" if match["n"] else "m"
        shown = mask(match[group], 1, 2)
        yield (
            *match.span(group),
            _hit("privacy.passport", match[group], shown, "medium", 0.8, "passport.label"),
        )


def _plates(work: _Text) -> Iterator[Hit]:
    for match in _PLATE.finditer(work.folded):
        group = "n" if match["n"] else "m"
        shown = mask(match[group], 2, 2)
        yield *match.span(group), _hit("privacy.plate", match[group], shown, "low", 0.7, "plate.label")


Rule = Callable[[_Text], Iterator[Hit]]
NUMBERS: tuple[Rule, ...] = (_credit_codes, _identity, _cards, _mobiles)
LABELLED: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("址", "住", "户籍"), _addresses),
    (("护照", "通行证"), _passports),
    (("车牌", "号牌", "牌照", "车号", "车辆", "·", "•"), _plates),
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
