"""The annual report's tables on screen: from the ledgers, checked, compared with what units filed, handed out."""

from __future__ import annotations

from datetime import date
from typing import Any

from cockpit import tabular_out
from cockpit.appraise import annual
from cockpit.registers import tables_foi
from cockpit.store.queries import registers
from cockpit.ui import cases, data, door, html, numbers

TABLES = {"3": "表三 收到和处理申请", "4": "表四 复议诉讼", "2": "表二 主动公开"}
Shown = tuple[tuple[str, ...], annual.Table]


def _rows(table: str, unit: str | None) -> list[dict[str, Any]]:
    return data.ask(registers.book_rows, table=table, unit=unit)


def table(kind: str, unit: str | None, year: int, today: date) -> tuple[Shown, list[str], list[str]]:
    """Columns and cells of one table, what does not balance, and what could not be counted."""
    if kind == "4":
        made = annual.table4(_rows("review_case", unit), year, today)
        return (annual.COLUMNS4, made), annual.balance4(made), []
    if kind == "2":
        made = annual.table2(_rows("normative_document", unit), _rows("annual_table2", unit), year, today)
        return (annual.COLUMNS2, made), [], []
    made, missing = annual.table3(_rows("application", unit), year, today)
    return (annual.COLUMNS3, made), annual.balance3(made), missing


def show(kind: str, unit: str | None, unit_name: str, year: int, today: date) -> None:
    """One table with its balance and a download."""
    (columns, made), faults, missing = table(kind, unit, year, today)
    name = TABLES[kind]
    html.show(html.title(f"{name}（{year} 年，{unit_name}）", "由台账生成；国办公开办函〔2021〕30号格式"))
    html.show(_as_html(columns, made, kind))
    if kind == "2":
        text = "规章、规范性文件按台账计数，其余按单位报送的表二汇总；“—”为没有台账也没有报送，不是零。"
        html.show(f'<p class="ck-quiet">{text}</p>')
    elif faults:
        html.show(html.state("error", "勾稽不符：<br>" + "<br>".join(html.e(f) for f in faults)))
    else:
        html.show(html.state("good", "✓ 勾稽平衡：" + BALANCES[kind]))
    if missing:
        html.show(html.state("none", "<br>".join(html.e(text) for text in missing[:20])))
    door.download(
        "下载这张表（CSV）",
        csv(columns, made, unit_name, year),
        f"{'演示_' if data.data().is_demo else ''}{year}年_{name.replace(' ', '_')}_{unit_name}.csv",
        "text/csv",
        key=f"annual_{kind}",
        about=f"年报{name} {year} {unit_name}",
    )


BALANCES = {
    "3": "每列 一＋二＝三（七）＋四，三（七）＝各项办理结果之和，每行总计＝各列之和。",
    "4": "每行 总计＝结果维持＋结果纠正＋其他结果＋尚未审结。",
}


def csv(columns: tuple[str, ...], made: annual.Table, unit_name: str, year: int) -> bytes:
    """The table as people file it."""
    rows = [[row, *(_plain(cells[c]) for c in columns)] for row, cells in made.items()]
    if data.data().is_demo:
        rows.append(["演示数据，不得用于考核"])
    return tabular_out.csv_bytes([f"项目（{year}年 {unit_name}）", *columns], rows)


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _as_html(columns: tuple[str, ...], made: annual.Table, kind: str) -> str:
    def cell(row: dict[str, Any], column: str) -> str:
        if kind == "2" and column not in annual.ROWS2[row["项目"]]:
            return ""
        value = row[column]
        return numbers.NONE if value is None else f"{value:,g}"

    heads = [html.Column("项目", lambda r: html.e(r["项目"]))]
    heads += [html.Column(c, lambda r, c=c: cell(r, c), "num") for c in columns]
    return html.table(heads, [{"项目": row, **cells} for row, cells in made.items()], css="annual")


def filed(year: int, today: date) -> str:
    """What units filed for a year against their ledgers."""
    lines = []
    forms = (
        ("3", "annual_table3", tables_foi.COUNTS3, annual.ROWS3, annual.balance3),
        ("4", "annual_table4", tables_foi.COUNTS4, annual.KINDS4, annual.balance4),
    )
    for kind, name, counts, rows, balance in forms:
        given = _rows(name, None)
        names = {r["unit_code"]: r["unit_name"] or r["unit_code"] for r in given}
        for (unit, at), filed_table in tables_foi.filed_tables(given, counts, rows).items():
            if at != year:
                continue
            (_, made), _, _ = table(kind, unit, year, today)
            faults, other = balance(filed_table), annual.differences(made, filed_table)
            told = "；".join([*faults, *other][:6]) or "✓ 勾稽平衡，与台账一致"
            lines.append(
                {"unit": names[unit], "table": TABLES[kind], "n": len(faults) + len(other), "told": told}
            )
    head = html.title("单位报送的年报与台账核对", f"{year} 年 {len(lines)} 张")
    if not lines:
        return head + html.state(
            "none",
            f"— {year} 年还没有单位报送年报表格。模板：<code>python -m cockpit registers template</code>",
        )
    columns = [
        html.Column("单位", lambda r: html.e(r["unit"]), "nw"),
        html.Column("表", lambda r: html.e(r["table"]), "nw"),
        html.Column("不符", lambda r: f"{r['n']} 处" if r["n"] else "✓ 无", "num"),
        html.Column("说明", lambda r: html.e(r["told"]), "full"),
    ]
    return head + html.table(columns, lines, css="stack")


def reviews(unit: str | None, year: int, answered: int, today: date) -> str:
    """争议发生率 and 被纠错败诉率 of the year, with the cases."""
    rows = _rows("review_case", unit)
    made = annual.table4(rows, year, today)
    corrected, disputed = annual.corrected_rate(made), annual.dispute_rate(made, answered)
    told = (
        f"被纠错率 {numbers.percent(corrected.share)}（纠正 {corrected.hits}/审结 {corrected.samples}）{cases.rated(corrected)}；"
        f"争议发生率 {numbers.percent(disputed.share)}（{disputed.hits} 件/答复 {disputed.samples} 件）"
        + (
            f"，样本 {disputed.samples} 件（<{annual.LEAST_SAMPLES}），不评级"
            if disputed.level == "none"
            else ""
        )
    )
    shown = [r for r in rows if not r["decided_on"] or r["decided_on"].year == year]
    columns = [
        html.Column("责任单位", lambda r: html.e(r["short_name"]), "nw"),
        html.Column("案号", lambda r: html.e(r["case_no"]), "nw"),
        html.Column("类别", lambda r: html.e(r["review_kind"]), "nw"),
        html.Column("受理", lambda r: numbers.iso(r["filed_on"]), "ck-hide nw"),
        html.Column("审结", lambda r: numbers.iso(r["decided_on"]), "ck-hide nw"),
        html.Column("结果", lambda r: html.e(r["outcome"] or "尚未审结"), "nw"),
    ]
    body = html.table(columns, shown, css="stack") if shown else html.state("good", "✓ 没有复议诉讼。")
    return (
        html.title("复议诉讼", f"{year} 年审结和尚未审结 {len(shown)} 件")
        + f'<p class="ck-quiet">{html.e(told)}</p>'
        + body
    )
