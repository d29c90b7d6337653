"""Snapshots in the evidence drawer: when, what they weigh, whether they are what they say, and a copy to take away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cockpit import plain
from cockpit.store import snapshots
from cockpit.store.queries import warnings
from cockpit.store.queries.snapshots import snapshots_of
from cockpit.ui import data, door, html, numbers

FORMS = {"page": "网页源码", "face": "另一副面孔（换一种访问方式）", "attachment": "附件文字"}
SHOWN, PREVIEW = 5, 4000


def draw(finding_id: str) -> None:
    """The newest snapshots of the page of a finding; nothing where none was taken."""
    found = data.ask(snapshots_of, finding_id=finding_id)
    if not found:
        return
    note = f"{len(found)} 份，个人信息已脱敏；摘要是快照文件解压后内容的 SHA-256"
    html.show(html.title("证据快照", note), html.table(_columns(), found[:SHOWN]))
    finding = data.ask(warnings.finding, finding_id=finding_id) or {}
    own = finding.get("snapshot_sha256")  # a cloaked page has two: the face that a visitor sees shows nothing
    newest = next((row for row in found if row["snapshot_sha256"] == own), found[0])
    content = snapshots.read(data.data(), newest["snapshot_sha256"])
    if content is None:
        return
    with st.expander("看最近一份快照"):
        text = content.decode("utf-8", "replace")
        st.code(plain.visible(_around(text, finding.get("text"))), language=None, wrap_lines=True)
    door.download(
        "下载最近一份快照",
        content,
        f"快照_{newest['snapshot_sha256'][:16]}.txt",
        "text/plain",
        key=f"snapshot_{finding_id}",
        about=f"快照 {finding_id}",
    )


def _around(text: str, shown: str | None) -> str:
    """The part of a snapshot where the finding is, not two megabytes of markup."""
    at = max(0, text.find(shown or "\0"))
    start = max(0, at - PREVIEW // 2)
    return ("……" if start else "") + text[start : start + PREVIEW]


def _columns() -> list[html.Column]:
    return [
        html.Column("时间", lambda r: numbers.moment(r["measured_at"]), "nw"),
        html.Column("形式", lambda r: FORMS.get(r["form"], "—"), "nw"),
        html.Column("状态", lambda r: html.e(r["http_status"] or "—"), "num"),
        html.Column("大小", lambda r: f"{max(1, round((r['size_bytes'] or 0) / 1024))} KB", "num"),
        html.Column("摘要", _digest, "nw"),
        html.Column("核对", _checked, "nw"),
    ]


def _digest(row: Mapping[str, Any]) -> str:
    """Short, for narrow screens; whole in the tooltip and in the name of the file."""
    digest = html.e(row["snapshot_sha256"])
    return f'<span class="ck-hash" title="{digest}">{digest[:16]}…</span>'


def _checked(row: Mapping[str, Any]) -> str:
    good = snapshots.read(data.data(), row["snapshot_sha256"]) is not None
    return "✓ 相符" if good else "▲ 已清理或不符"
