"""办事服务 registers: what a check of the guides (办事指南) found."""

from __future__ import annotations

from cockpit.registers.model import NOTE, UNIT, Book
from cockpit.tabular import Field, Sheet

GUIDE = Book(
    Sheet(
        "service_guide",
        "办事指南检查台账",
        (
            Field("item_id", "事项编号", "code", required=True),
            UNIT,
            Field("item_name", "事项名称", required=True),
            Field("url", "办事指南地址", "url"),
            Field(
                "missing",
                "缺失要素",
                note="以顿号分隔：事项名称、设定依据、申请条件、办理材料、办理地点、办理时间、联系电话、办理流程",
            ),
            Field("missing_count", "缺失类数", "int", required=True, least=0, most=8),
            Field("needs_form", "需要表格", "bool"),
            Field("has_form", "提供表格样表", "bool"),
            Field("checked_on", "检查日期", "date", required=True),
            NOTE,
        ),
        key=("item_id",),
    ),
    "办事服务",
    "国办秘函〔2019〕19号：服务不实用（办事指南重点要素）",
    "哪些办事指南缺要素、缺表格？",
    "national",
    past=("checked_on",),
    aspect="service",
)
BOOKS = (GUIDE,)
