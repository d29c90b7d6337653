"""List pages of channels as content systems and hand-made sites lay them out, each with the days of its entries.

A layout is written for one entry (or for all where they stand within each other); the same three entries fill all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

URL = "http://www.yushan.gov.cn/tzgg/index.html"
DAYS = (date(2026, 11, 5), date(2026, 9, 28), date(2025, 12, 31))
TITLES = (
    "关于做好2026年冬季供暖工作的通知",
    "市政府常务会议研究民生实事项目",
    "2025年12月份工作情况公示（第12期）",
)
FRAME = (
    '<html><head><title>通知公告</title></head><body><div class="header"><ul class="nav"><li><a href="/">网站首页</a></li>'
    '<li><a href="/zwgk/">政务公开栏目首页</a></li></ul><p>今天是2026年11月23日 星期一</p></div>'
    '<div class="position">当前位置：<a href="/">首页</a> &gt; 通知公告</div><div class="list">{body}</div>'
    '<div class="page">共 3 页 1 2 3 <a href="index_2.html">下一页</a></div>'
    '<div class="footer"><p>主办：玉山市人民政府 赣ICP备05001234号 最后更新：2026-11-23</p></div></body></html>'
)


@dataclass(frozen=True)
class Entry:
    title: str
    url: str
    day: date

    def __format__(self, form: str) -> str:
        """`a` the link, `t` the title, `u` the address, otherwise the day by strftime."""
        if form == "a":
            return f'<a href="{self.url}">{self.title}</a>'
        return {"t": self.title, "u": self.url}.get(form) or self.day.strftime(form)


ENTRIES = tuple(Entry(t, f"/tzgg/{n}.html", d) for n, (t, d) in enumerate(zip(TITLES, DAYS, strict=True), 1))


def each(form: str, around: str = "{}") -> Callable[[Sequence[Entry]], str]:
    """A layout of entries one after the other; `around` holds them all."""
    return lambda entries: around.format("\n".join(form.format(e=e) for e in entries))


def _json(entries: Sequence[Entry]) -> str:
    rows = ",".join(f'{{"title":"{e:t}","url":"{e:u}","pubDate":"{e:%Y-%m-%d} 09:30:00"}}' for e in entries)
    return f"<ul id=list></ul><script>var data = [{rows}]; render('#list', data);</script>"


def _datastore(entries: Sequence[Entry]) -> str:
    rows = "".join(
        f"<record><![CDATA[<li><a href='{e:u}' title='{e:t}'>{e:t}</a><span>{e:%Y-%m-%d}</span></li>]]></record>"
        for e in entries
    )
    return f"<script type='text/xml'><datastore><totalrecord>3</totalrecord><recordset>{rows}</recordset></datastore></script>"


def _written(entries: Sequence[Entry]) -> str:
    lines = "".join(
        f"document.write('<li><a href=\"{e:u}\">{e:t}</a><span>{e:%Y-%m-%d}</span></li>');\n" for e in entries
    )
    return f"<ul><script>{lines}</script></ul>"


LAYOUTS: dict[str, Callable[[Sequence[Entry]], str]] = {
    "li, day behind": each("<li>{e:a}<span>{e:%Y-%m-%d}</span></li>", "<ul>{}</ul>"),
    "li, day before": each("<li><span>[{e:%Y-%m-%d}]</span>{e:a}</li>", "<ul>{}</ul>"),
    "li, Chinese day": each("<li>{e:a}<i>{e:%Y年%m月%d日}</i></li>", "<ul>{}</ul>"),
    "li, slashes": each("<li>{e:a}<i>{e:%Y/%m/%d}</i></li>", "<ul>{}</ul>"),
    "li, dots": each("<li>{e:a} {e:%Y.%m.%d}</li>", "<ul>{}</ul>"),
    "li, day and time": each("<li>{e:a}<em>{e:%Y-%m-%d} 08:15</em></li>", "<ul>{}</ul>"),
    "li, time element": each('<li>{e:a}<time datetime="{e:%Y-%m-%d}">{e:%m-%d}</time></li>', "<ul>{}</ul>"),
    "li, all in the link": each('<li><a href="{e:u}"><h3>{e:t}</h3><p>摘要文字。</p><span>{e:%Y-%m-%d}</span></a></li>', "<ul>{}</ul>"),
    "table, number title day": each("<tr><td>1</td><td>{e:a}</td><td>{e:%Y-%m-%d}</td></tr>", "<table>{}</table>"),
    "table, index number and day": each("<tr><td>014500/2026-00123</td><td>{e:a}</td><td>玉府办发〔2026〕12号</td><td>{e:%Y-%m-%d}</td></tr>", "<table>{}</table>"),
    "table within a cell": each("<tr><td><table><tr><td>{e:a}</td></tr></table></td><td>{e:%Y-%m-%d}</td></tr>", "<table>{}</table>"),
    "dl for each": each("<dl><dt>{e:a}</dt><dd>{e:%Y-%m-%d}</dd></dl>"),
    "dl for all, day behind": each("<dt>{e:a}</dt><dd>{e:%Y-%m-%d}</dd>", "<dl>{}</dl>"),
    "dl for all, day before": each("<dt>{e:%Y-%m-%d}</dt><dd>{e:a}</dd>", "<dl>{}</dl>"),
    "block: day over year-month": each('<li><div class="d"><b>{e:%d}</b><span>{e:%Y-%m}</span></div><h4>{e:a}</h4></li>', "<ul>{}</ul>"),
    "block: day over Chinese month": each('<li><p class="d"><b>{e:%d}</b><i>{e:%Y年%m月}</i></p>{e:a}</li>', "<ul>{}</ul>"),
    "block: month-day over year": each('<li><div><strong>{e:%m-%d}</strong><em>{e:%Y}</em></div><div>{e:a}</div></li>', "<ul>{}</ul>"),
    "block: year over month-day": each('<li><div><em>{e:%Y}</em><strong>{e:%m/%d}</strong></div><div>{e:a}</div></li>', "<ul>{}</ul>"),
    "block: day over month/year": each('<li><div><b>{e:%d}</b><u>{e:%m/%Y}</u></div>{e:a}</li>', "<ul>{}</ul>"),
    "block: day, month, year apart": each('<li><b>{e:%d}</b><b>{e:%m}月</b><b>{e:%Y}</b>{e:a}</li>', "<ul>{}</ul>"),
    "card: labelled day": each("<div class=card><h3>{e:a}</h3><p>发布机构：市政府办</p><p>发布日期：{e:%Y-%m-%d}</p></div>"),
    "card: written and published": each("<div class=card><h3>{e:a}</h3><p>成文日期：2024-01-02</p><p>发布日期：{e:%Y-%m-%d}</p></div>"),
    "card: number and day": each("<div class=card><h3>{e:a}</h3><p>文号：玉府〔2026〕8号 有效期至2030-01-01 发布时间：{e:%Y年%m月%d日}</p></div>"),
    "card: definition list": each("<dl><dt>名称</dt><dd>{e:a}</dd><dt>发布日期</dt><dd>{e:%Y-%m-%d}</dd></dl>"),
    "flat, br between": each("{e:a} <font>({e:%Y-%m-%d})</font><br>", "<div>{}</div>"),
    "flat, day before": each("<span>{e:%Y-%m-%d}</span> {e:a}<br>", "<div>{}</div>"),
    "flat, paragraphs": each("<p>{e:a}&nbsp;&nbsp;{e:%Y-%m-%d}</p>"),
    "sibling divs": each('<div class="t">{e:a}</div><div class="d">{e:%Y-%m-%d}</div>', "<div>{}</div>"),
    "title attribute only": each('<li><a href="{e:u}" title="{e:t}">关于……</a><span>{e:%Y-%m-%d}</span></li>', "<ul>{}</ul>"),
    "picture and title": each('<li><a href="{e:u}"><img src=a.jpg></a><div><a href="{e:u}">{e:t}</a><p>{e:%Y-%m-%d}</p></div></li>', "<ul>{}</ul>"),
    "with channel names": each('<li><a href="/tzgg/">[通知公告]</a>{e:a}<span>{e:%Y-%m-%d}</span></li>', "<ul>{}</ul>"),
    "JCMS datastore": _datastore,
    "JSON in a script": _json,
    "written by a script": _written,
}  # fmt: skip


# Lists that show no day: neither the day of today, nor of the foot, nor of a title may be taken for one.
UNDATED: dict[str, Callable[[Sequence[Entry]], str]] = {
    "li without a day": each("<li>{e:a}</li>", "<ul>{}</ul>"),
    "table without a day": each("<tr><td>{e:a}</td><td>市政府办公室</td></tr>", "<table>{}</table>"),
    "years and numbers only": each("<li>{e:a}<span>玉府〔2026〕12号</span></li>", "<ul>{}</ul>"),
    "cards without a day": each("<div><h3>{e:a}</h3><p>共 12-15 条，点击 2026 次</p></div>"),
}


def cases() -> Iterator[tuple[str, str, dict[str, date]]]:
    """(name, page, address → day)."""
    expected = {f"http://www.yushan.gov.cn{e.url}": e.day for e in ENTRIES}
    for name, layout in LAYOUTS.items():
        yield name, FRAME.format(body=layout(ENTRIES)), expected
    for name, layout in UNDATED.items():
        yield name, FRAME.format(body=layout(ENTRIES)), {}
