"""Codes in words: hiding techniques and channel types as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from cockpit import registry
from cockpit.ui import data

TECHNIQUES: Mapping[str, str] = MappingProxyType(
    {
        "display_none": "样式设为不显示",
        "visibility_hidden": "样式设为不可见",
        "hidden_attribute": "标为隐藏",
        "off_screen": "移到屏幕外",
        "zero_size": "尺寸或字号为零",
        "font_size_zero": "字号为零",
        "color_transparent": "文字透明",
        "transparent": "完全透明",
        "clipped": "被裁掉",
        "behind": "垫在其他内容下面",
        "same_color": "文字与背景同色",
        "marquee": "极小的滚动框",
        "script_hides": "由脚本隐藏",
        "tag_noscript": "写在无脚本标签里",
        "tag_template": "写在模板标签里",
        "document_write": "由脚本写出",
        "script_encoded": "编码后由脚本写出",
        "comment": "写在注释里",
        "data_attribute": "藏在数据属性里",
        "title_hijack": "篡改标题关键词",
        "sold_link": "公开位置的违法链接",
        "foreign_script": "编码的站外脚本",
        "cloaking": "对搜索引擎和访客显示不同内容",
        "external_bad": "外链变为违法内容",
    }
)
_CODE = re.compile(r"（([a-z_]+)）")


def technique(code: str | None) -> str:
    """A hiding technique in words; an unknown one is 其他手法."""
    families = {"iframe_": "看不见或覆盖整页的框架", "foreign_": "页面设置指向站外"}
    family = next((name for start, name in families.items() if (code or "").startswith(start)), "其他手法")
    return TECHNIQUES.get(code or "", family)


def plain(text: str | None) -> str:
    """A stored sentence with technique codes in brackets put into words."""
    return _CODE.sub(lambda found: f"（{technique(found[1])}）", text or "")


@st.cache_data(ttl=60, show_spinner=False)
def _types(root: str) -> dict[str, str]:  # noqa: ARG001 - the key
    folder = data.data()
    if not folder.registry.is_dir():
        return {}
    return {t.channel_type: t.type_name for t in registry.load_register(folder).channel_types}


def channel_types() -> dict[str, str]:
    """Channel type code → name as in the register; the home page is one too."""
    return {"home": "首页"} | _types(str(data.data().root))
