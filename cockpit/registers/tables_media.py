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
BOOKS = (MESSAGE, POST)
