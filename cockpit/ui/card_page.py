"""The scorecard as one file to send: everything inside, nothing fetched, no links into the cockpit, prints on A4."""

from __future__ import annotations

import re

from cockpit.report.scorecard import Sheet
from cockpit.ui import card, card_table, html, numbers, theme

_OWN = """
body{margin:0;background:var(--page);color:var(--text);font-family:FONT;font-size:14px}
main{max-width:72rem;margin:0 auto;padding:1rem}
.ck-mark{position:fixed;inset:0;z-index:9;pointer-events:none;display:grid;place-items:center;font-size:min(9vw,5rem);font-weight:700;color:rgba(176,18,31,.13);transform:rotate(-24deg)}
@media print{main{padding:0;max-width:none}.ck-mark{color:rgba(176,18,31,.13)!important}}
"""


def make(sheet: Sheet, *, demo: bool) -> str:
    """A whole HTML document. Links lead nowhere outside the cockpit, so only their words stay."""
    with theme.fixed("light"):
        parts = (
            card.heading(sheet, demo=demo),
            card.notices(sheet),
            html.lead(card.lead(sheet)),
            card.kpis(sheet),
            card.boxes(sheet),
            card_table.table(sheet),
            card.proof(sheet),
            card.print_style(sheet, demo=demo),
        )
        style = f"{theme.plain_css()}{_OWN.replace('FONT', theme.FONT)}"
    body = _without_links("".join(parts)).replace("查看上一版", "")
    mark = (
        f'<div class="ck-mark" aria-hidden="true">{html.DEMO}</div><p class="ck-demo">{html.DEMO}</p>'
        if demo
        else ""
    )
    title = html.e(f"新余市政务公开监管每周计分卡 {sheet.title} {numbers.week(sheet.week)}")
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{style}</style></head>'
        f'<body>{mark}<main><div class="ck">{body}</div></main></body></html>'
    )


def _without_links(body: str) -> str:
    return re.sub(r"</a>", "</span>", re.sub(r'<a class="([^"]*)"[^>]*>', r'<span class="\1">', body))


def name(sheet: Sheet, *, demo: bool) -> str:
    """演示数据_计分卡_2026-W47_更正1.html."""
    kind = "未封存" if sheet.issue is None else f"更正{sheet.revision}" if sheet.revision else ""
    parts = ["演示数据" if demo else "", "计分卡", sheet.week, kind]
    return "_".join(part for part in parts if part) + ".html"
