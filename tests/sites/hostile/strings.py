"""What a hostile site, file or person writes into a title, a name, a reason: each would do something if it were obeyed."""

from __future__ import annotations

import hashlib

RUN = "window.pwned=1"  # what must never happen in a browser
AWAY = "evil.test"  # what must never be asked for or linked to
FORGED = "伪造的一行 办结"  # what must never begin a line of its own
MARKUP = (
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f"<svg/onload={RUN}><animate onbegin={RUN}>",
    f'"><iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f"' onmouseover='{RUN}' autofocus onfocus='{RUN}' x='",
    f'<a href="javascript:{RUN}">点这里</a>',
    "<style>*{display:none!important;--pwned:1}</style>",
    f"<img src=http://{AWAY}/a.png><link rel=stylesheet href=http://{AWAY}/a.css><base href=http://{AWAY}/>",
    f"<form action=http://{AWAY}/><input name=q><button>登录</button></form>",
    f"<meta http-equiv=refresh content='0;url=http://{AWAY}/'>",
    f"<details open ontoggle={RUN}>x</details></div></table></details>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;&#60;img src=x onerror={RUN}&#62;",
    f"<b>假的</b><br><a href='http://{AWAY}/'>链接</a>",
)
WRITING = (
    f"![图](http://{AWAY}/a.png) [点这里](http://{AWAY}/)",
    "# 标题 **粗** _斜_ `代码` ~~删~~ :red[红] :material/delete: :gray-badge[9]",
    r"$\frac{1}{2}$ $$\int_0^1 x$$ \(x\) \input{/etc/passwd}",
    f"{{{{constructor.constructor('{RUN}')()}}}} ${{{RUN}}} <%= 7*7 %> %{{customdata[0]}} {{0.__class__}} %s %(x)s",
    "'; DROP TABLE warning; --",
    "../../../../etc/passwd",
    "CON:|?*\\..\\..\\windows\\win.ini",
)
FORMULAS = (
    f'=HYPERLINK("http://{AWAY}/","点这里")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "＝1＋1",
)
HIDDEN = (
    "\x1b[31m红\x1b[0m\x1b]0;标题\x07\x1b[2J",
    "文件\u202efdp.exe\u2066倒\u2069",
    "看\u200b不\u2060见\ufeff的\u00ad字" + "\u200b" * 300,
    "\x00空\x08\x7f\x85\x9b31m",
    f"真行\n{FORGED}\t完成",
    f"真行\r{FORGED}",
    "\t=1+1",
    "\r=1+1",
    "Z\u0337" + "\u0336" * 60 + "\u0489" * 60,
    "\u2028\u2029\ufff9\U000e0041\U000e007f",
)
LONG = ("W" * 700, "很长的标题" * 120, "a" * 60 + "/" + "b" * 300)
VISIBLE = (*MARKUP, *WRITING, *FORMULAS)  # what a register accepts: letters that everybody sees
EVERYTHING = (*VISIBLE, *HIDDEN, *LONG)


def poison(value: str, words: tuple[str, ...] = EVERYTHING, most: int = 10_000) -> str:
    """The value with one of the strings before or behind it; the same value always becomes the same."""
    number = int.from_bytes(hashlib.sha256(value.encode("utf-8", "replace")).digest()[:4])
    word = words[number % len(words)]
    front = word.lstrip().startswith(("=", "@", "+", "-", "＝")) or number % 7 == 0
    return (f"{word}{value}" if front else f"{value}{word}")[:most]


def poison_address(value: str) -> str:
    """An address as a hostile page would write it; still the same address for the same value."""
    number = len(value) + sum(value.encode("utf-8", "replace"))
    forms = (
        f'{value}"><img src=x onerror={RUN}>',
        f"{value}?<script>{RUN}</script>",
        f"javascript:{RUN}//{value}",
        f"data:text/html,<script>{RUN}</script>{value}",
        f"{value}' onclick='{RUN}",
        f"{value}/\u202e\x1b[31m/../../etc/passwd",
        f"{value}/{'w' * 900}",
    )
    return forms[number % len(forms)] if number % 3 else value
