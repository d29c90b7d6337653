"""Confirmed serious problems (严重问题): what only people can find out, and the national list makes a veto of."""

from __future__ import annotations

from types import MappingProxyType

from cockpit.errors import Fault
from cockpit.registers.model import NOTE, UNIT, Book, Context, Values, choice
from cockpit.tabular import Field, Row, Sheet

# 国办秘函〔2019〕19号, 单项否决“安全、泄密事故等严重问题”; what patrols see (wording, links) has indicators of its own
KINDS = (
    "泄露国家秘密",
    "发布违法有害内容",
    "安全事故处置不力",
    "弄虚作假",
    "严重负面舆情",
)


def _one_object(sheet: Sheet, row: Row, values: Values, _context: Context, faults: list[Fault]) -> None:
    if bool(values["site_code"]) == bool(values["account_code"]):
        faults.append(
            row.fault(sheet, "site_code", "网站和账号应填且只填一个", "填出问题的网站编码，或账号编码")
        )


INCIDENT = Book(
    Sheet(
        "serious_incident",
        "严重问题认定台账",
        (
            Field("incident_no", "编号", "code", required=True),
            UNIT,
            Field("site_code", "网站编码", "code", note="网站和账号只填一个"),
            Field("account_code", "账号编码", "code"),
            Field("incident_kind", "类别", "choice", required=True, choices=choice(*KINDS)),
            Field("happened_on", "发生日期", "date"),
            Field("confirmed_on", "认定日期", "date", required=True),
            Field("confirmed_by", "认定机关", required=True, note="如 市委网信办、市保密局、市公安局"),
            Field("matter", "事由", required=True, note="不写涉密内容和个人信息"),
            Field("rectified_on", "整改完成日期", "date"),
            NOTE,
        ),
        key=("incident_no",),
        may_be_empty=True,
    ),
    "督办与考核",
    "国办秘函〔2019〕19号：单项否决“安全、泄密事故等严重问题”",
    "哪些严重问题经主管机关认定，整改了没有？",
    "national",
    references=MappingProxyType({"unit_code": "unit", "site_code": "site", "account_code": "account"}),
    past=("happened_on", "confirmed_on", "rectified_on"),
    ordered=(("happened_on", "confirmed_on"), ("confirmed_on", "rectified_on")),
    check=_one_object,
)
BOOKS = (INCIDENT,)
