"""Certificates and security headers of 可用性与安全: is what protects the sites in order?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cockpit.causes import causes
from cockpit.ui import html, numbers, paging
from cockpit.ui.uptime import WORST, Rows, cause

C = html.Column

EXPIRING_DAYS = 30  # 项目默认
HEADERS: Mapping[str, str] = {
    "strict-transport-security": "强制 HTTPS",
    "content-security-policy": "内容安全策略",
    "x-frame-options": "禁止嵌套",
    "x-content-type-options": "禁止类型猜测",
    "referrer-policy": "来源策略",
}
MARKS: Mapping[str, str] = {"red": "▲", "orange": "◆", "yellow": "■"}


def problem(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Level and words of what is wrong with a certificate; None when it is in order or was not looked at."""
    if row["https"] is None:
        return None
    if not row["https"]:
        return "yellow", "没有 HTTPS"
    if row["expired"]:
        return "red", f"已过期 {-row['days_left']} 天"
    if not row["chain_ok"]:
        return "orange", causes()[row["cause"]].label if row["cause"] in causes() else "不受信任"
    if row["days_left"] is not None and row["days_left"] <= EXPIRING_DAYS:
        return "orange", f"剩 {row['days_left']} 天"
    return None


def _paper(row: Mapping[str, Any]) -> str:
    found = problem(row)
    if found:
        return f'<span class="ck-badge {found[0]}">{MARKS[found[0]]} {html.e(found[1])}</span>'
    if row["https"] is None:
        return f'<span class="ck-badge none">— 未采集</span> <span class="muted">{cause(row["cause"])}</span>'
    return f'<span class="ck-badge ok">✓ 剩 {row["days_left"]} 天</span>'


def certificates(rows: Rows, note: str) -> str:
    columns = [
        C("责任单位", lambda r: html.e(r["unit_name"]), "nw"),
        C("证书", _paper, "nw"),
        C("到期", lambda r: numbers.moment(r["not_after"])[:10], "nw key"),
        C("签发者", lambda r: html.e(r["issuer"] or "—"), "ck-hide"),
        C("协议", lambda r: html.e(r["tls_version"] or "—"), "ck-hide nw"),
        C("跳转到 HTTPS", lambda r: _yes(r["redirects_to_https"]), "nw key"),
        C("缺少的响应头", _headers, "full"),
        C("检查时间", lambda r: numbers.moment(r["measured_at"]), "ck-hide nw"),
    ]
    return html.title("证书与响应头", note) + (
        paging.table(columns, rows, css="stack") if rows else html.state("good", "✓ 没有有问题的证书。")
    )


def short_certificates(rows: Rows) -> str:
    """For the wall: certificates that need somebody."""
    bad = [r for r in rows if problem(r)]
    head = html.title("证书", f"{len(bad)} 个有问题")
    columns = [C("责任单位", lambda r: html.e(r["name"]), "nw"), C("证书", _paper, "nw")]
    return head + (html.table(columns, bad[:WORST]) if bad else html.state("good", "✓ 证书都在有效期内。"))


def _yes(value: bool | None) -> str:
    return "—" if value is None else "✓ 是" if value else "✕ 否"


def _headers(row: Mapping[str, Any]) -> str:
    if row["missing_headers"] is None:
        return "—"
    names = [n for n in row["missing_headers"].split(",") if n]
    if not names:
        return "✓ 齐全"
    return "、".join(f'<span title="{html.e(n)}">{html.e(HEADERS.get(n, n))}</span>' for n in names)
