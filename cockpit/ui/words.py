"""Codes in words: hiding techniques and channel types as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from cockpit import registry
from cockpit.detect.hidden_look import NAMES as TECHNIQUES
from cockpit.plain import visible
from cockpit.ui import data

# Rules of detectors that have a number and no word in it.
RULES: Mapping[str, str] = MappingProxyType(
    {
        "reader": "统计复核",
        "traditional": "繁体字",
        "date.seen_before": "早于所写日期就已存在",
        "date.moved": "发布日期被改过",
        "date.tag": "与标签里的日期不符",
        "date.url": "与地址里的日期不符",
        "date.future": "日期晚于今天",
    }
)
_CODE = re.compile(r"（([a-z_]+)）")


def technique(code: str | None) -> str:
    """A hiding technique in words; an unknown one is 其他手法."""
    families = {"iframe_": "看不见或覆盖整页的框架", "foreign_": "页面设置指向站外"}
    family = next((name for start, name in families.items() if (code or "").startswith(start)), "其他手法")
    return TECHNIQUES.get(code or "", family)


def rule(code: str | None) -> str:
    """A detector's rule in words, with its number, by which it can be looked up; others are words already."""
    return f"{RULES[code]}（{code}）" if code in RULES else code or ""


def plain(text: str | None) -> str:
    """A stored sentence with technique codes in brackets put into words and hidden characters named."""
    return visible(_CODE.sub(lambda found: f"（{technique(found[1])}）", text or ""))


@st.cache_data(ttl=60, show_spinner=False)
def _types(root: str) -> dict[str, str]:  # noqa: ARG001 - the key
    folder = data.data()
    if not folder.registry.is_dir():
        return {}
    return {t.channel_type: t.type_name for t in registry.load_register(folder).channel_types}


def channel_types() -> dict[str, str]:
    """Channel type code → name as in the register; the home page is one too."""
    return {"home": "首页"} | _types(str(data.data().root))
