"""依申请公开 registers: applications, reviews and suits, mock requests, and the annual report's tables as filed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cockpit import deadline
from cockpit.appraise import annual
from cockpit.appraise.applications import STAGES
from cockpit.errors import CockpitError, Fault
from cockpit.registers.model import NOTE, UNIT, Book, Context, Values, choice
from cockpit.tabular import Field, Row, Sheet

GROUP = "依申请公开"
REGULATION = "《政府信息公开条例》"
NOT_BEFORE_RECEIPT = (
    "accepted_on",
    "handled_on",
    "reviewed_on",
    "correction_asked_on",
    "answered_on",
    "third_party_from",
    "partner_from",
)
STAGE_NAMES = ("登记", "受理", "补正", "征求第三方意见", "办理", "审核", "答复", "归档")


def _stage_fields() -> tuple[Field, ...]:
    """Date and responsible post of each stage; the answer's date is 答复日期."""
    out = []
    for key, name in STAGES.items():
        note = "填岗位，不填姓名和手机号"
        out.append(Field(f"{key}_on", f"{name}日期", "date"))
        out.append(Field(f"{key}_post", f"{name}岗位", note=note))
    return tuple(out)


def _application(sheet: Sheet, row: Row, values: Values, context: Context, faults: list[Fault]) -> None:
    """Receipt by the rule of the way it came in, then the clock; a clock that fails names its step."""
    before = len(faults)
    why = _received(sheet, row, values, faults)
    if values["received_on"] is None or len(faults) > before:
        return
    if values["received_on"] > context.today:
        fault = row.fault(
            sheet, "received_on", f"{values['received_on']} 晚于今天 {context.today}", "请核对日期"
        )
        faults.append(fault)
        return
    for name in NOT_BEFORE_RECEIPT:
        if values[name] and values[name] < values["received_on"]:
            message = f"{values[name]} 早于收到申请日期 {values['received_on']}"
            faults.append(row.fault(sheet, name, message, "请核对先后"))
    if values["answered_on"] and not values["result"] and values["stage"] in {"答复", "归档"}:
        faults.append(
            row.fault(sheet, "result", "已答复但没有处理结果", "年度报告表三按处理结果统计，请填写")
        )
    if len(faults) > before:
        return
    end = values["answered_on"] or context.today
    try:
        found = deadline.compute(
            context.calendar,
            values["received_on"],
            extended=bool(values["extended"]),
            extended_on=values["extended_on"],
            third_party=_period(values, "third_party", end),
            partner=_period(values, "partner", end),
            corrected=values["correction_received_on"],
            why=why,
        )
    except CockpitError as error:
        faults.append(row.fault(sheet, "received_on", str(error)))
        return
    waiting = values["correction_asked_on"] and not values["correction_received_on"]
    values["due_on"] = None if waiting and not values["answered_on"] else found.due


def _received(sheet: Sheet, row: Row, values: Values, faults: list[Fault]) -> str:
    """Fill the day of receipt from the channel's own date; where both are given they must agree."""
    arrival = deadline.ARRIVALS.get(values["channel_in"] or "")
    found = values.get(arrival.field) if arrival else None
    if found is None:
        if values["received_on"] is None:
            need = f"，或{arrival.date_name}（{arrival.why}）" if arrival else "，或申请方式和相应的日期"
            faults.append(row.fault(sheet, "received_on", "不能为空", f"请填写收到申请日期{need}"))
        return ""
    if values["received_on"] not in {None, found}:
        message = f"{values['received_on']} 与{arrival.date_name} {found} 不同"
        faults.append(row.fault(sheet, "received_on", message, f"第三十一条：{arrival.why}"))
    values["received_on"] = found
    return arrival.why


def _period(values: Values, name: str, end: object) -> tuple | None:
    first = values[f"{name}_from"]
    return None if first is None else (first, values[f"{name}_to"] or max(first, end))


APPLICATION = Book(
    Sheet(
        "application",
        "依申请公开台账",
        (
            Field("application_id", "申请编号", "code", required=True),
            UNIT,
            Field("received_on", "收到申请日期", "date", note="可空：按申请方式由提交、签收或确认日期推定"),
            Field("channel_in", "申请方式", "choice", choices=choice(*deadline.ARRIVALS)),
            Field("submitted_on", "提交日期", "date", note="当面提交的，此日即收到申请之日"),
            Field("signed_on", "签收日期", "date", note="需签收邮寄的，此日即收到申请之日"),
            Field("confirmed_on", "确认日期", "date", note="平信、网络、传真的，此日即收到申请之日"),
            Field("applicant_type", "申请人类型", "choice", choices=choice(*annual.APPLICANTS)),
            Field("stage", "当前环节", "choice", choices=choice(*STAGE_NAMES)),
            Field("correction_asked_on", "补正告知日期", "date"),
            Field("correction_received_on", "收到补正日期", "date"),
            Field("third_party_from", "征求意见开始日期", "date", note="征求第三方意见"),
            Field("third_party_to", "征求意见结束日期", "date"),
            Field("partner_from", "征求其他机关开始日期", "date", note="协办、共同制作机关"),
            Field("partner_to", "征求其他机关结束日期", "date"),
            Field("extended", "是否延期", "bool"),
            Field("extended_on", "延期告知日期", "date"),
            *_stage_fields(),
            Field("result", "处理结果", "choice", choices=choice(*annual.RESULTS), note="年度报告表三的口径"),
            Field("handler", "经办岗位", note="填岗位，不填姓名和手机号"),
            NOTE,
        ),
        key=("application_id",),
    ),
    GROUP,
    REGULATION + "第三十至三十六条；《2023年新余市政务公开工作要点》四（二）",
    "哪些件要到期，在哪个环节卡住？",
    "national",
    past=("submitted_on", "signed_on", "confirmed_on", *(f"{s}_on" for s in STAGES)),
    ordered=(
        ("correction_asked_on", "correction_received_on"),
        ("third_party_from", "third_party_to"),
        ("partner_from", "partner_to"),
        ("accepted_on", "handled_on"),
        ("handled_on", "reviewed_on"),
        ("answered_on", "archived_on"),
    ),
    check=_application,
    aspect="applications",
    derived=("due_on",),
)

REVIEW = Book(
    Sheet(
        "review_case",
        "行政复议诉讼台账",
        (
            Field("case_no", "案号", "code", required=True),
            UNIT,
            Field("application_id", "申请编号", "code", note="由哪一件依申请公开引起"),
            Field("review_kind", "类别", "choice", required=True, choices=choice(*annual.KINDS4)),
            Field("filed_on", "受理日期", "date", required=True),
            Field("decided_on", "审结日期", "date"),
            Field("outcome", "结果", "choice", choices=choice(*annual.OUTCOMES4[:3])),
            NOTE,
        ),
        key=("case_no",),
        may_be_empty=True,
    ),
    GROUP,
    "《2023年新余市政务公开工作要点》四（二）；国办公开办函〔2021〕30号表四",
    "争议发生率和被纠错败诉率是多少？",
    references=MappingProxyType({"unit_code": "unit", "application_id": "application.application_id"}),
    past=("filed_on", "decided_on"),
    ordered=(("filed_on", "decided_on"),),
    check=lambda sheet, row, values, _context, faults: _both(
        sheet, row, values, ("decided_on", "outcome"), faults
    ),
)


def _both(sheet: Sheet, row: Row, values: Values, names: tuple[str, str], faults: list[Fault]) -> None:
    """Two cells that belong together: both filled or both empty."""
    for here, there in (names, names[::-1]):
        if values[here] is None and values[there] is not None:
            told = sheet.field(there).heading
            faults.append(row.fault(sheet, here, f"填了{told}就不能为空", "请补填，或清空两项"))


GRADES = ("优", "良", "中", "差")
MOCK = Book(
    Sheet(
        "mock_request",
        "模拟测评台账",
        (
            Field("mock_id", "测评编号", "code", required=True),
            UNIT,
            Field("channel_in", "申请方式", "choice", required=True, choices=choice(*deadline.ARRIVALS)),
            Field("submitted_on", "提交日期", "date", required=True),
            Field("subject", "申请内容摘要", note="不填申请人姓名、电话、地址"),
            Field("channel_open", "渠道是否畅通", "bool"),
            Field("confirmed_on", "确认日期", "date", note="单位与申请人联系确认的日期"),
            Field("answered_on", "答复日期", "date"),
            Field("well_formed", "答复格式是否规范", "bool", note="有文号、落款、印章"),
            Field("remedy_told", "是否告知救济途径", "bool"),
            Field("grade", "测评等次", "choice", choices=choice(*GRADES)),
            NOTE,
        ),
        key=("mock_id",),
        may_be_empty=True,
    ),
    GROUP,
    "《2023年新余市政务公开工作要点》四（二）",
    "假如有人来申请，各单位答得怎么样？",
    past=("submitted_on", "confirmed_on", "answered_on"),
    ordered=(("submitted_on", "confirmed_on"), ("submitted_on", "answered_on")),
)

_YEAR = Field("report_year", "年度", "int", required=True, least=2008, most=2100)


def _count(name: str, heading: str) -> Field:
    return Field(name, heading, "int", least=0, most=10_000_000)


COUNTS3: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            ("persons", "business", "research", "welfare", "legal", "others", "total"),
            annual.COLUMNS3,
            strict=True,
        )
    )
)
COUNTS4: Mapping[str, str] = MappingProxyType(
    dict(zip(("upheld", "corrected", "otherwise", "pending", "total"), annual.COLUMNS4, strict=True))
)


def filed_tables(
    rows: Sequence[Values], counts: Mapping[str, str], names: Sequence[str]
) -> dict[tuple[str, int], annual.Table]:
    """Filed rows as tables by unit and year; a row that is missing counts as zeros."""
    tables: dict[tuple[str, int], annual.Table] = {}
    for row in rows:
        key = (row["unit_code"], row["report_year"])
        blank = {name: dict.fromkeys(counts.values(), 0.0) for name in names}
        table = tables.setdefault(key, blank)
        table[row["report_item"]] = {label: float(row[field] or 0) for field, label in counts.items()}
    return tables


def _balance3(sheet: Sheet, rows: Sequence[Row], faults: list[Fault]) -> None:
    _balance(sheet, rows, faults, (COUNTS3, annual.ROWS3), annual.balance3)


def _balance4(sheet: Sheet, rows: Sequence[Row], faults: list[Fault]) -> None:
    _balance(sheet, rows, faults, (COUNTS4, annual.KINDS4), annual.balance4)


def _balance(sheet: Sheet, rows: Sequence[Row], faults: list[Fault], form: tuple, check: object) -> None:
    right = [
        r for r in rows if all(r.values[n] is not None for n in ("unit_code", "report_year", "report_item"))
    ]
    for (unit, year), table in filed_tables([dict(r.values) for r in right], *form).items():
        first = next(r for r in right if (r.values["unit_code"], r.values["report_year"]) == (unit, year))
        faults += [
            first.fault(sheet, "report_item", f"{unit} {year} 年勾稽不符：{text}", "请核对年报")
            for text in check(table)
        ]


TABLE2 = Book(
    Sheet(
        "annual_table2",
        "年报表二（主动公开）",
        (
            _YEAR,
            UNIT,
            Field("report_item", "项目", "choice", required=True, choices=choice(*annual.ROWS2)),
            *(_count(n, h) for n, h in zip(annual.FIELDS2[:4], annual.COLUMNS2[:4], strict=True)),
            Field("fees", annual.COLUMNS2[4], "number", least=0),
        ),
        key=("report_year", "unit_code", "report_item"),
        may_be_empty=True,
    ),
    GROUP,
    "国办公开办函〔2021〕30号表二",
    "主动公开了多少？",
    "national",
)
TABLE3 = Book(
    Sheet(
        "annual_table3",
        "年报表三（收到和处理申请）",
        (
            _YEAR,
            UNIT,
            Field("report_item", "项目", "choice", required=True, choices=choice(*annual.ROWS3)),
            *(_count(n, h) for n, h in COUNTS3.items()),
        ),
        key=("report_year", "unit_code", "report_item"),
        may_be_empty=True,
    ),
    GROUP,
    "国办公开办函〔2021〕30号表三",
    "单位报的年报与台账一致吗，勾稽平不平？",
    "national",
    whole=_balance3,
)
TABLE4 = Book(
    Sheet(
        "annual_table4",
        "年报表四（复议诉讼）",
        (
            _YEAR,
            UNIT,
            Field("report_item", "项目", "choice", required=True, choices=choice(*annual.KINDS4)),
            *(_count(n, h) for n, h in COUNTS4.items()),
        ),
        key=("report_year", "unit_code", "report_item"),
        may_be_empty=True,
    ),
    GROUP,
    "国办公开办函〔2021〕30号表四",
    "单位报的复议诉讼与台账一致吗？",
    "national",
    whole=_balance4,
)
BOOKS = (APPLICATION, REVIEW, MOCK, TABLE2, TABLE3, TABLE4)
