"""The tables of the register (台账) as people see them: fields, headings, choices."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cockpit.tabular import Field, Sheet

GROUPS: Mapping[str, str] = MappingProxyType(
    {"county": "县区/园区", "dept_service": "有对外服务职能的部门", "dept_other": "其他部门"}
)
SITE_KINDS: Mapping[str, str] = MappingProxyType(
    {"portal": "门户", "department": "部门", "county": "县区", "park": "园区"}
)
SITE_STATES: Mapping[str, str] = MappingProxyType(
    {"active": "在用", "suspended": "临时下线", "closed": "已关停"}
)
ACCOUNT_STATES: Mapping[str, str] = MappingProxyType(
    {"active": "在用", "suspended": "停更报备", "closed": "已注销"}
)
# 中卫市 2024 年第一季度通报列出的平台（regulations §1.3 [F:S17]）
PLATFORMS: Mapping[str, str] = MappingProxyType(
    {
        name: name
        for name in (
            "微信公众号",
            "微博",
            "今日头条",
            "抖音",
            "快手",
            "微视频",
            "小红书",
            "哔哩哔哩",
            "百家号",
            "贴吧",
            "移动客户端",
            "其他",
        )
    }
)

_FROM = Field("valid_from", "生效日期", "date", note="空表示一直有效")
_TO = Field("valid_to", "失效日期", "date", note="当天起不再有效；空表示仍有效")
_NOTE = Field("note", "备注", aliases=("说明",))
_UNIT = Field(
    "unit_code",
    "责任单位编码",
    "code",
    required=True,
    aliases=("单位编码", "责任单位"),
    note="可填单位编码或单位名称",
)

UNITS = Sheet(
    "unit",
    "责任单位台账",
    (
        Field("unit_code", "单位编码", "code", required=True),
        Field("unit_name", "责任单位", required=True, aliases=("单位名称", "单位")),
        Field("unit_group", "分组", "choice", required=True, choices=GROUPS),
        Field("short_name", "简称"),
        Field("has_service", "检查办事服务", "bool", note="没有对外服务职能的填“否”"),
        Field("sort_order", "排序", "int", least=0, most=99999),
        Field("contact", "联系岗位", note="填岗位，不填姓名和手机号"),
        _FROM,
        _TO,
        _NOTE,
    ),
    key=("unit_code", "valid_from"),
)
SITES = Sheet(
    "site",
    "网站台账",
    (
        Field("site_code", "网站编码", "code", required=True),
        Field("site_name", "网站名称", required=True),
        _UNIT,
        Field("url", "首页地址", "url", required=True, aliases=("网址", "首页网址")),
        Field("site_id_code", "网站标识码", "code", note="10 位数字，6 位行政区划码加 4 位顺序码"),
        Field("site_kind", "类别", "choice", choices=SITE_KINDS),
        Field("verified", "域名已核实", "bool", required=True),
        Field("state", "状态", "choice", required=True, choices=SITE_STATES),
        _FROM,
        _TO,
        _NOTE,
    ),
    key=("site_code", "valid_from"),
)
CHANNELS = Sheet(
    "channel",
    "栏目台账",
    (
        Field("site_code", "网站编码", "code", required=True),
        Field("url", "栏目地址", "url", required=True),
        Field("channel_name", "栏目名称"),
        Field("channel_type", "栏目类型", "code", note="见 channel_types.csv 的类型编码"),
        Field(
            "period_days",
            "更新期限（天）",
            "int",
            aliases=("更新期限(天)", "更新期限"),
            least=1,
            most=3660,
            note="空则按栏目类型",
        ),
        _FROM,
        _TO,
        _NOTE,
    ),
    key=("site_code", "url", "valid_from"),
    may_be_empty=True,
)
ACCOUNTS = Sheet(
    "account",
    "政务新媒体台账",
    (
        Field("account_code", "账号编码", "code", required=True),
        Field("account_name", "账号名称", required=True),
        _UNIT,
        Field("platform", "平台", "choice", required=True, choices=PLATFORMS),
        Field("url", "主页地址", "url"),
        Field("state", "状态", "choice", required=True, choices=ACCOUNT_STATES),
        Field("valid_from", "开设日期", "date"),
        Field("valid_to", "注销日期", "date"),
        _NOTE,
    ),
    key=("account_code", "valid_from"),
    may_be_empty=True,
)
CHANNEL_TYPES = Sheet(
    "channel_type",
    "栏目类型",
    (
        Field("channel_type", "类型编码", "code", required=True),
        Field("type_name", "类型名称", required=True),
        Field(
            "period_days",
            "更新期限（天）",
            "int",
            required=True,
            aliases=("更新期限(天)",),
            least=1,
            most=3660,
        ),
        Field("name_patterns", "名称关键词", note="以 | 分隔，越具体越靠前"),
        Field("path_patterns", "地址关键词", note="以 | 分隔"),
        Field(
            "counts_as",
            "考核归类",
            "choice",
            choices={"news": "动态要闻类", "notice": "通知公告类", "policy": "政策文件类", "other": "其他"},
        ),
        Field(
            "nature",
            "性质",
            "choice",
            choices={"national": "国家", "local": "地方", "project_default": "项目默认"},
        ),
        Field("source", "依据"),
    ),
    key=("channel_type",),
)
MAINTENANCE = Sheet(
    "maintenance",
    "维护窗口台账",
    (
        Field("site_code", "网站编码", "code", required=True),
        Field("starts_at", "开始时间", "time", required=True),
        Field("ends_at", "结束时间", "time", required=True),
        Field("reason", "事由", required=True, note="如 机房停电、系统升级"),
        Field("approved_by", "批准岗位", required=True, note="填岗位，不填姓名和手机号"),
        _NOTE,
    ),
    key=("site_code", "starts_at"),
    may_be_empty=True,
)
# 《工作要点》六(一)：示范点建设、试点创新、经验交流、标准化规范化给予加分，累计计入年度
BONUS_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "model": "示范点建设",
        "pilot": "试点创新",
        "exchange": "经验交流",
        "standard": "标准化规范化",
    }
)
BONUS_STATES: Mapping[str, str] = MappingProxyType(
    {"declared": "已申报", "approved": "已批准", "rejected": "不予认定"}
)
BONUS = Sheet(
    "bonus",
    "加分台账",
    (
        Field("bonus_id", "加分编号", "code", required=True, unique=True),
        _UNIT,
        Field("kind", "事项类别", "choice", required=True, choices=BONUS_KINDS),
        Field("title", "事项", required=True),
        Field(
            "points",
            "加分（分）",
            "int",
            required=True,
            aliases=("加分",),
            least=1,
            most=30,
            note="整数；无官方分值，项目默认",
        ),
        Field("evidence", "佐证", required=True, note="文号、通报或网址"),
        Field("declared_on", "申报日期", "date", required=True),
        Field("state", "状态", "choice", required=True, choices=BONUS_STATES),
        Field("approved_by", "批准岗位", note="已批准的必填；填岗位，不填姓名和手机号"),
        Field("approved_on", "批准日期", "date", note="已批准的必填；按此日期计入当月、当季、当年"),
        _NOTE,
    ),
    key=("bonus_id",),
    may_be_empty=True,
)

# file name on disk → sheet
FILES: Mapping[str, Sheet] = MappingProxyType(
    {
        "units.csv": UNITS,
        "sites.csv": SITES,
        "channels.csv": CHANNELS,
        "accounts.csv": ACCOUNTS,
        "channel_types.csv": CHANNEL_TYPES,
        "maintenance.csv": MAINTENANCE,
        "bonus.csv": BONUS,
    }
)
