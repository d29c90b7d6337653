"""Writing tables that people open in Excel: UTF-8 with BOM, CRLF, Chinese headings, formulas neutralised."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cockpit.clock import to_local
from cockpit.errors import CockpitError, why
from cockpit.plain import visible
from cockpit.tabular import Field, Sheet

# What Excel, WPS and LibreOffice take for a formula, also behind spaces and in the full-width forms of Chinese input.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?(e[+-]?\d+)?%?", re.IGNORECASE)


def shown(spec: Field, value: Any) -> str:
    """A value as it stands in a CSV: 是/否, dates as YYYY-MM-DD, choices by label, formulas neutralised."""
    if value is None:
        return ""
    if spec.kind == "bool":
        return "是" if value else "否"
    if spec.kind == "choice":
        return spec.choices.get(value, str(value))
    if spec.kind == "time":
        return f"{to_local(value):%Y-%m-%d %H:%M}"
    return neutral(str(value)) if spec.kind in {"text", "url", "code"} else str(value)


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP: CSV injection), hidden characters named."""
    text = visible(text)
    return f"'{text}" if text.lstrip(" \u3000\xa0").startswith(FORMULA_STARTS) else text


def guarded(cell: str) -> str:
    """A cell as it leaves the house: neutral unless it is a number."""
    return cell if _NUMBER.fullmatch(cell) else neutral(cell)


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV as Chinese Excel opens it: UTF-8 with BOM, CRLF, RFC 4180 quoting."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([guarded(cell) for cell in headings])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def sheet_csv(sheet: Sheet, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows of a sheet as CSV."""
    return csv_bytes(
        [f.heading for f in sheet.fields], ([shown(f, row.get(f.name)) for f in sheet.fields] for row in rows)
    )


def write_xlsx(path: Path, tables: Mapping[Sheet, Iterable[Mapping[str, Any]]]) -> None:
    """Several sheets in one workbook; all cells are text, so codes keep their zeros."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for sheet, rows in tables.items():
        page = book.create_sheet(sheet.title)
        page.append([f.heading for f in sheet.fields])
        for row in rows:
            page.append([guarded(shown(f, row.get(f.name))) for f in sheet.fields])
    try:
        book.save(path)
    except OSError as error:
        raise CockpitError(f"写不了 {path}（{why(error)}）。请检查目录和权限") from error
