"""Registers of 《2023年新余市政务公开工作要点》: lists and documents, interpretation, zones, quarterly reports, tasks."""

from __future__ import annotations

import re
from types import MappingProxyType

from cockpit.errors import Fault
from cockpit.registers.model import NOTE, UNIT, Book, Context, Values, choice
from cockpit.tabular import Field, Row, Sheet

CITY = "《2023年新余市政务公开工作要点》"
LISTS, POLICY, DUTY = "清单与文件", "政策全流程", "督办与考核"
URL = Field("url", "地址", "url")
TITLE = Field("title", "标题", required=True)
DOC_NO = Field("doc_no", "文号", required=True, note="如 余府发〔2023〕5号")

ITEM = Book(
    Sheet(
        "disclosure_item",
        "主动公开事项清单",
        (
            Field("item_code", "事项编号", "code", required=True),
            UNIT,
            Field("tier", "清单层级", "choice", choices=choice("政府", "部门")),
            Field("item_name", "公开事项名称", required=True),
            Field("content", "公开内容标准"),
            Field("basis", "公开依据"),
            Field("time_limit", "公开时限", note="如 自形成或变更之日起 20 个工作日内"),
            Field("subject_name", "公开主体"),
            Field("channels_out", "公开渠道"),
            Field("url", "栏目地址", "url", note="网站上的栏目首页；用来核对栏目是否存在、是否空白"),
            Field("valid_from", "生效日期", "date", required=True, note="调整后的事项另起一行"),
            Field("valid_to", "失效日期", "date"),
            NOTE,
        ),
        key=("item_code", "valid_from"),
        may_be_empty=True,
    ),
    LISTS,
    CITY + "四（一）、五（一）",
    "清单上的事项要素齐不齐，网站上有没有对应栏目？",
    ordered=(("valid_from", "valid_to"),),
)
DOCUMENT = Book(
    Sheet(
        "normative_document",
        "规范性文件台账",
        (
            DOC_NO,
            UNIT,
            Field(
                "document_kind", "文件类别", "choice", required=True, choices=choice("规章", "行政规范性文件")
            ),
            TITLE,
            Field("issued_on", "制发日期", "date", required=True),
            Field("expires_on", "有效期至", "date"),
            Field("ended_on", "废止失效日期", "date"),
            Field("label_shown", "网站是否标注有效性", "bool"),
            Field("still_shown", "网站是否仍按现行有效公开", "bool"),
            Field("checked_on", "核对日期", "date"),
            URL,
            NOTE,
        ),
        key=("doc_no",),
        may_be_empty=True,
    ),
    LISTS,
    CITY + "四（三）；国办公开办函〔2021〕30号表二",
    "哪些文件失效了还挂在网上，哪些快到期？",
    past=("issued_on", "checked_on"),
    ordered=(("issued_on", "expires_on"), ("issued_on", "ended_on")),
)
POLICY_DOCUMENT = Book(
    Sheet(
        "policy_document",
        "政策文件台账",
        (
            DOC_NO,
            UNIT,
            TITLE,
            Field("issued_on", "发布日期", "date", required=True),
            Field("disclosure", "公开属性", "choice", choices=choice("主动公开", "依申请公开", "不予公开")),
            Field("consult_told", "是否明确政策咨询", "bool"),
            Field("public_interest", "是否涉及公众切身利益", "bool"),
            Field("opinions_sought", "是否征集意见", "bool"),
            Field("needs_interpretation", "是否应当解读", "bool"),
            Field("drafted_together", "解读是否同步起草", "bool"),
            Field("approved_together", "解读是否同步审签", "bool"),
            Field("interpreted_on", "解读发布日期", "date"),
            Field(
                "interpretation_form",
                "解读形式",
                "choice",
                choices=choice("图文", "图表", "视频动画", "文字", "新闻发布会", "访谈文章"),
            ),
            Field("interpretation_url", "解读地址", "url"),
            Field("fiscal", "是否涉及财政资金惠企", "bool"),
            Field("paid_by_platform", "是否通过惠企通兑现", "bool"),
            URL,
            NOTE,
        ),
        key=("doc_no",),
        may_be_empty=True,
    ),
    POLICY,
    CITY + "四（四）1—4",
    "政策文件标没标公开属性和咨询，解读同步了没有？",
    past=("issued_on", "interpreted_on"),
)
INTERPRETER = Book(
    Sheet(
        "interpreter",
        "政策解读员台账",
        (
            Field("interpreter_no", "编号", "code", required=True),
            UNIT,
            Field("post_name", "解读员岗位", required=True, note="填岗位，不填姓名和手机号"),
            Field("contact", "工作联系方式", note="办公电话"),
            Field("published_on", "名单公布日期", "date"),
            Field("left_on", "离岗日期", "date"),
            URL,
            NOTE,
        ),
        key=("interpreter_no",),
        may_be_empty=True,
    ),
    POLICY,
    CITY + "四（四）3（各级政府部门至少确立 1 名，2023 年 8 月底前公布）",
    "哪个部门还没有公布政策解读员？",
    past=("published_on", "left_on"),
    ordered=(("published_on", "left_on"),),
)
EVALUATION = Book(
    Sheet(
        "policy_review",
        "政策评价台账",
        (
            Field("review_no", "评价编号", "code", required=True),
            UNIT,
            Field("report_year", "年度", "int", required=True, least=2008, most=2100),
            Field("policy_title", "评价的政策", required=True),
            Field(
                "review_method",
                "方式",
                "choice",
                choices=choice("征集调查", "专题座谈", "重点访谈", "舆情监测", "网络问政", "其他"),
            ),
            Field("started_on", "开始日期", "date"),
            Field("finished_on", "完成日期", "date"),
            URL,
            NOTE,
        ),
        key=("review_no",),
        may_be_empty=True,
    ),
    POLICY,
    CITY + "四（四）5（六个试点单位每年至少一次）",
    "试点单位今年做了政策评价没有？",
    past=("started_on", "finished_on"),
    ordered=(("started_on", "finished_on"),),
)
ZONE = Book(
    Sheet(
        "public_zone",
        "政务公开专区台账",
        (
            Field("zone_no", "专区编号", "code", required=True),
            UNIT,
            Field("zone_name", "专区名称", required=True),
            Field("planned_on", "计划建成日期", "date"),
            Field("opened_on", "建成日期", "date"),
            Field("can_read", "信息查阅", "bool"),
            Field("can_apply", "政府信息申请", "bool"),
            Field("can_serve", "政务自助办理", "bool"),
            Field("can_show", "互动展示", "bool"),
            Field("can_explain", "重要政策现场解读", "bool"),
            Field("can_coach", "综合政策辅导", "bool"),
            Field("can_demo", "办事流程演示", "bool"),
            Field("has_window", "政策咨询窗口", "bool"),
            NOTE,
        ),
        key=("zone_no",),
        may_be_empty=True,
    ),
    DUTY,
    CITY + "五（三）",
    "县区本级专区建了没有，功能全不全？",
    past=("opened_on",),
)


def _quarter(sheet: Sheet, row: Row, values: Values, _context: Context, faults: list[Fault]) -> None:
    quarter = values["quarter"]
    if quarter and not re.fullmatch(r"20\d\dQ[1-4]", quarter):
        faults.append(row.fault(sheet, "quarter", f"「{quarter}」不是季度", "请写成 2026Q3"))


QUARTERLY = Book(
    Sheet(
        "quarterly_report",
        "季度公开台账",
        (
            UNIT,
            Field("quarter", "季度", "code", required=True, note="如 2026Q3"),
            Field(
                "report_kind",
                "公开内容",
                "choice",
                required=True,
                choices=choice("政府工作报告重点任务", "民生实事项目"),
            ),
            Field("published_on", "公开日期", "date"),
            URL,
            NOTE,
        ),
        key=("unit_code", "quarter", "report_kind"),
        may_be_empty=True,
    ),
    DUTY,
    CITY + "三（二）8（按季度公开）；《政府信息公开条例》第二十六条（20 个工作日）",
    "上季度的重点任务和民生实事公开了没有？",
    past=("published_on",),
    check=_quarter,
)


def _units(sheet: Sheet, row: Row, values: Values, context: Context, faults: list[Fault]) -> None:
    """Units separated by | or 、; each must be registered."""
    given = [word.strip() for word in re.split(r"[|、,，]", values["unit_codes"] or "") if word.strip()]
    unknown = [word for word in given if word not in context.units]
    for word in unknown:
        faults.append(
            row.fault(sheet, "unit_codes", f"「{word}」不在责任单位台账里", "请先登记单位，或更正编码")
        )
    if not unknown:
        values["unit_codes"] = "|".join(dict.fromkeys(context.units[word] for word in given))


TASK = Book(
    Sheet(
        "clause_task",
        "任务分解表",
        (
            Field("task_code", "任务编号", "code", required=True),
            Field("clause_no", "条款", required=True),
            Field("task_title", "任务", required=True),
            Field("task_text", "内容", note="文件原文"),
            Field("responsible", "责任单位原文"),
            Field("unit_codes", "责任单位编码", note="多个单位用 | 分隔", required=True),
            Field("period", "周期", "choice", choices=choice("年内", "持续", "季度", "年度")),
            Field("due_on", "限期", "date"),
            Field("due_basis", "限期依据"),
            NOTE,
        ),
        key=("task_code",),
    ),
    DUTY,
    CITY + "六（五）",
    "要点里的每一条分给了谁、什么时候到期？",
    references=MappingProxyType({}),
    check=_units,
)
PROGRESS = Book(
    Sheet(
        "task_progress",
        "任务进度台账",
        (
            Field("task_code", "任务编号", "code", required=True),
            UNIT,
            Field("filed_on", "分解报备日期", "date"),
            Field("percent", "进度（%）", "int", aliases=("进度(%)", "进度"), least=0, most=100),
            Field("finished_on", "完成日期", "date"),
            Field("evidence", "佐证", note="文件、网址或说明"),
            NOTE,
        ),
        key=("task_code", "unit_code"),
        may_be_empty=True,
    ),
    DUTY,
    CITY + "六（五）",
    "哪些任务快到期、谁超期没完成？",
    references=MappingProxyType({"unit_code": "unit", "task_code": "clause_task.task_code"}),
    past=("filed_on", "finished_on"),
)
COMMENDATION = Book(
    Sheet(
        "commendation",
        "表扬问责台账",
        (
            Field("record_no", "编号", "code", required=True),
            UNIT,
            Field(
                "commend_kind",
                "类别",
                "choice",
                required=True,
                choices=choice("表扬", "通报批评", "约谈", "责令整改", "追责问责"),
            ),
            Field("decided_on", "决定日期", "date", required=True),
            Field("decided_by", "决定机关"),
            Field("matter", "事由", required=True, note="不填个人姓名"),
            Field("rectify_by", "整改限期", "date"),
            Field("rectified_on", "整改完成日期", "date"),
            NOTE,
        ),
        key=("record_no",),
        may_be_empty=True,
    ),
    DUTY,
    CITY + "六（四）",
    "表扬了谁、问责了谁，整改完了没有？",
    past=("decided_on", "rectified_on"),
    ordered=(("decided_on", "rectified_on"),),
)
ELEMENTS = ("事项名称", "设定依据", "申请条件", "办理材料", "办理地点", "办理时间", "联系电话", "办理流程")


def _guide(sheet: Sheet, row: Row, values: Values, _context: Context, faults: list[Fault]) -> None:
    """The missing elements by name; their number follows from them."""
    given = [word.strip() for word in re.split(r"[、,，|]", values["missing"] or "") if word.strip()]
    for word in (w for w in given if w not in ELEMENTS):
        faults.append(row.fault(sheet, "missing", f"「{word}」不是八类要素", f"可用：{'、'.join(ELEMENTS)}"))
    values["missing"] = "、".join(dict.fromkeys(given)) or None
    values["missing_count"] = len(dict.fromkeys(given))


GUIDE = Book(
    Sheet(
        "service_guide",
        "办事指南检查台账",
        (
            Field("item_id", "事项编号", "code", required=True),
            UNIT,
            Field("item_name", "事项名称", required=True),
            Field("url", "办事指南地址", "url"),
            Field("missing", "缺失的要素", note=f"顿号分隔；八类要素：{'、'.join(ELEMENTS)}"),
            Field("needs_form", "是否需要表格", "bool"),
            Field("has_form", "是否提供表格样表", "bool"),
            Field("checked_on", "检查日期", "date", required=True),
            NOTE,
        ),
        key=("item_id",),
        may_be_empty=True,
    ),
    LISTS,
    "国办秘函〔2019〕19号《政府网站与政务新媒体检查指标》",
    "哪些办事指南要素不全？",
    "national",
    past=("checked_on",),
    check=_guide,
    aspect="service",
    derived=("missing_count",),
)
BOOKS = (
    ITEM,
    DOCUMENT,
    POLICY_DOCUMENT,
    INTERPRETER,
    EVALUATION,
    ZONE,
    QUARTERLY,
    TASK,
    PROGRESS,
    COMMENDATION,
    GUIDE,
)
