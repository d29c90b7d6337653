"""留言 and 政务新媒体 registers."""

from __future__ import annotations

from types import MappingProxyType

from cockpit.registers.model import NOTE, UNIT, Book, choice
from cockpit.tabular import Field, Sheet

CHANNELS = (
    "仙女湖夜话",
    "12345",
    "企业家直通车",
    "人民网领导留言板",
    "领导信箱",
    "我为政府网站找错",
    "中国政府网转办留言",
    "其他",
)
MESSAGE = Book(
    Sheet(
        "message",
        "网民留言台账",
        (
            Field("message_id", "留言编号", "code", required=True),
            UNIT,
            Field("site_code", "网站编码", "code", note="留言来自哪个网站；不来自网站的留空"),
            Field("channel_in", "来源渠道", "choice", choices=choice(*CHANNELS)),
            Field("received_on", "留言日期", "date", required=True),
            Field("answered_on", "答复日期", "date"),
            Field("published", "是否公开", "bool"),
            Field("satisfied", "是否满意", "bool"),
            Field("valid", "是否有效留言", "bool", note="空按有效计"),
            NOTE,
        ),
        key=("message_id",),
    ),
    "互动回应",
    "《2023年新余市政务公开工作要点》四（五）、五（四）",
    "七个渠道的留言办没办、办得好不好？",
    references=MappingProxyType({"unit_code": "unit", "site_code": "site"}),
    past=("received_on", "answered_on"),
    ordered=(("received_on", "answered_on"),),
    aspect="messages",
)
POST = Book(
    Sheet(
        "post",
        "政务新媒体发文台账",
        (
            Field("account_code", "账号编码", "code", required=True),
            Field("post_id", "文章编号", "code", required=True),
            Field("posted_on", "发布日期", "date", required=True),
            Field("title", "标题"),
            Field("url", "地址", "url"),
            Field("interactions", "互动量", "int", least=0),
        ),
        key=("account_code", "post_id"),
    ),
    "政务新媒体",
    "国办秘函〔2019〕19号；《2023年新余市政务公开工作要点》五（二）",
    "账号多久没更新了？",
    "national",
    references=MappingProxyType({"account_code": "account"}),
    past=("posted_on",),
    aspect="media",
)
OPINION = Book(
    Sheet(
        "opinion_event",
        "政务舆情回应台账",
        (
            Field("opinion_no", "舆情编号", "code", required=True),
            UNIT,
            Field("found_on", "发现日期", "date", required=True),
            Field("topic", "议题", required=True, note="只记事件和回应，不记网民个人"),
            Field("opinion_grade", "等级", "choice", choices=choice("一般", "较大", "重大", "特别重大")),
            Field("judged_on", "研判日期", "date"),
            Field("responded_on", "回应日期", "date"),
            Field("response_url", "回应地址", "url"),
            Field("closed_on", "办结日期", "date"),
            NOTE,
        ),
        key=("opinion_no",),
        may_be_empty=True,
    ),
    "互动回应",
    "《2023年新余市政务公开工作要点》四（七）",
    "哪些舆情还没有研判、回应、办结？",
    past=("found_on", "judged_on", "responded_on", "closed_on"),
    ordered=(("found_on", "judged_on"), ("found_on", "responded_on"), ("responded_on", "closed_on")),
)
ACCOUNT_EVENT = Book(
    Sheet(
        "account_event",
        "新媒体账号开办注销台账",
        (
            Field("event_no", "记录编号", "code", required=True),
            Field("account_code", "账号编码", "code", required=True),
            Field(
                "event_kind",
                "事项",
                "choice",
                required=True,
                choices=choice("开设", "备案", "变更", "停更报备", "注销"),
            ),
            Field("applied_on", "申请日期", "date", required=True),
            Field("approved_on", "办结日期", "date", note="批准、备案或注销完成的日期"),
            Field("approved_by", "批准单位"),
            NOTE,
        ),
        key=("event_no",),
        may_be_empty=True,
    ),
    "政务新媒体",
    "《2023年新余市政务公开工作要点》五（二）；国办政务公开办：停止维护的账号应履行注销程序",
    "账号有没有备案，停用的有没有注销？",
    references=MappingProxyType({"account_code": "account"}),
    past=("applied_on", "approved_on"),
    ordered=(("applied_on", "approved_on"),),
)
ACCOUNT_CHECK = Book(
    Sheet(
        "account_check",
        "新媒体板块巡查台账",
        (
            Field("account_code", "账号编码", "code", required=True),
            Field("checked_on", "巡查日期", "date", required=True),
            Field("board_disclosure", "政务公开板块", "bool"),
            Field("board_service", "办事服务板块", "bool"),
            Field("board_interaction", "政民互动板块", "bool"),
            Field("board_interpretation", "政策解读板块", "bool"),
            Field("interaction_works", "互动功能是否有效", "bool"),
            Field("vote_found", "发现强制网络投票", "bool"),
            Field("like_found", "发现点赞打卡摊派", "bool"),
            Field("rectified_on", "整改日期", "date"),
            NOTE,
        ),
        key=("account_code", "checked_on"),
        may_be_empty=True,
    ),
    "政务新媒体",
    "《2023年新余市政务公开工作要点》五（二）（应设板块；杜绝“指尖上的形式主义”）",
    "板块设齐了没有，有没有“指尖上的形式主义”？",
    references=MappingProxyType({"account_code": "account"}),
    past=("checked_on", "rectified_on"),
    ordered=(("checked_on", "rectified_on"),),
)
BOOKS = (MESSAGE, OPINION, POST, ACCOUNT_EVENT, ACCOUNT_CHECK)
