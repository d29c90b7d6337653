"""The bundle as one workbook (xlsx): cover, scores, deductions, dictionary; numbers as numbers, codes as text."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from cockpit.report.cells import Col
from cockpit.report.columns import FILES, STAMP
from cockpit.report.contents import Lines, Source, period_name

SHEETS = ("01_单位得分", "02_扣分明细")
NUMBERS = {"整数": "0", "小数": "0.00", "数值": "0.######", "比例": "0.######"}
FONT, HEAD, VETO = "宋体", "#EAEEF3", "#FDECEC"
WIDEST = 48
MADE = datetime(2020, 1, 1)  # the same bytes whenever it is made


def make(lines: Mapping[str, Lines], dictionary: Lines, source: Source, demo: bool, script: str) -> bytes:
    """The workbook of a bundle. `script`: how the verifier in the bundle is named."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": f"新余市政务公开监管考核包 {source.title}", "created": MADE})
    styles = _styles(book)
    _cover(book.add_worksheet("封面说明"), styles, source, demo, script)
    for name in SHEETS:
        sheet = book.add_worksheet(name[3:])
        _table(sheet, styles, lines[name], {c.heading: c for c in (*FILES[name], *STAMP)})
        _page(sheet, source, demo, len(lines[name][0]))
    sheet = book.add_worksheet("数据字典")
    _table(sheet, styles, dictionary, {})
    _page(sheet, source, demo, len(dictionary[0]))
    book.close()
    return buffer.getvalue()


def _styles(book: xlsxwriter.Workbook) -> dict[str, object]:
    plain = {"font_name": FONT, "font_size": 11, "valign": "top"}
    styles = {kind: book.add_format({**plain, "num_format": shown}) for kind, shown in NUMBERS.items()}
    styles |= {
        f"{kind}否决": book.add_format({**plain, "num_format": shown, "bg_color": VETO})
        for kind, shown in NUMBERS.items()
    }
    styles["文字"] = book.add_format({**plain, "num_format": "@", "text_wrap": True})
    styles["文字否决"] = book.add_format({**plain, "num_format": "@", "text_wrap": True, "bg_color": VETO})
    styles["head"] = book.add_format(
        {**plain, "bold": True, "bg_color": HEAD, "bottom": 1, "text_wrap": True}
    )
    styles["title"] = book.add_format({**plain, "font_size": 16, "bold": True})
    return styles


def _cover(sheet: Worksheet, styles: Mapping[str, object], source: Source, demo: bool, script: str) -> None:
    issue = source.issue or {}
    rows = [
        ("期次", f"{period_name(source.week)}（{source.title}）"),
        ("数据性质", "演示数据，不得用于考核" if demo else "采集数据"),
        ("批次号", source.batch),
        ("口径版本", f"v{source.rules.version}"),
        ("规则集SHA256", source.rules.sha256),
        ("事实SHA256", issue.get("facts_sha256") or "未封存"),
        ("结果SHA256", issue.get("results_sha256") or "未封存"),
        ("更正理由", issue.get("reason") or "无"),
        ("复算", f"python {script}（在解开后的目录里运行）"),
        ("说明", "“项目默认”的分值和限期没有可核实的官方来源；空单元格的含义见数据字典，空值不是 0。"),
    ]
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 70)
    sheet.write_string(0, 0, "新余市政务公开监管考核包", styles["title"])
    for n, (name, text) in enumerate(rows, 2):
        sheet.write_string(n, 0, name, styles["head"])
        sheet.write_string(n, 1, text, styles["文字"])
    _page(sheet, source, demo, 2)
    sheet.repeat_rows(0)


def _table(sheet: Worksheet, styles: Mapping[str, object], lines: Lines, columns: Mapping[str, Col]) -> None:
    heads = lines[0]
    veto = heads.index("是否单项否决") if "是否单项否决" in heads else None
    for place, head in enumerate(heads):
        sheet.write_string(0, place, head, styles["head"])
        longest = max([_width(head), *(_width(line[place]) for line in lines[1:200])], default=8)
        sheet.set_column(place, place, min(WIDEST, longest + 2))
    for number, line in enumerate(lines[1:], 1):
        red = "否决" if veto is not None and line[veto] == "是" else ""
        for place, text in enumerate(line):
            kind = columns[heads[place]].type if heads[place] in columns else "文字"
            if kind in NUMBERS and text:
                sheet.write_number(number, place, float(text), styles[kind + red])
            else:
                sheet.write_string(number, place, text, styles["文字" + red])


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def _page(sheet: Worksheet, source: Source, demo: bool, columns: int) -> None:
    """Frozen head with filter, landscape A4 one page wide, head repeated, issue and batch on every page."""
    sheet.freeze_panes(1, 0)
    if columns > 2:
        sheet.autofilter(0, 0, 0, columns - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    mark = "（演示数据，不得用于考核）" if demo else ""
    sheet.set_header(f"&C新余市政务公开监管 {source.title}{mark}")
    sheet.set_footer(f"&L批次 {source.batch}&R第 &P 页 共 &N 页")
