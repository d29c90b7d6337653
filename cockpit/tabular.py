"""Tables that people keep in Excel: one declaration of fields reads, validates, writes and explains them.

CSV in UTF-8 (with or without BOM), GBK/GB18030 or UTF-16, separated by comma, tab or semicolon, and xlsx.
Every fault is reported with file, row (as Excel counts) and heading; nothing is used unless all is right.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from cockpit.clock import parse_time
from cockpit.errors import CockpitError, Fault, InputError, why
from cockpit.plain import hidden

MAX_BYTES = 50_000_000
MAX_UNPACKED = 500_000_000
MAX_ROWS = 200_000
MAX_SHEET = 1_048_576  # rows of a sheet, as Excel has them; a file that says more is made to keep us busy


@dataclass(frozen=True)
class Field:
    """One column. kind: text, code, int, number, bool, date, time (Beijing, kept as UTC), url or choice (`choices`: value → label)."""

    name: str
    heading: str
    kind: str = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    unique: bool = False
    least: int | None = None
    most: int | None = None
    note: str = ""


@dataclass(frozen=True, eq=False)
class Sheet:
    """One kind of table: its name in the store, its Chinese title and its fields. `key` must be unique."""

    name: str
    title: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    may_be_empty: bool = False

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)


@dataclass
class RawTable:
    """Cells as they stand in a file: headings and rows with their Excel row number."""

    file: str
    headings: list[str]
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One parsed row and where it came from."""

    file: str
    number: int
    values: Mapping[str, Any]

    def fault(self, sheet: Sheet, name: str, message: str, remedy: str = "") -> Fault:
        return Fault(self.file, self.number, sheet.field(name).heading, message, remedy)


def read(path: Path) -> list[RawTable]:
    """The tables of one file: one of a CSV, one a sheet of an xlsx. Raises InputError for an unreadable file."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _unreadable(path, f"文件超过 {MAX_BYTES // 1_000_000} MB", "请拆分后分别导入")
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, f"读不了文件（{why(error)}）", "请检查路径和权限") from error
    return read_bytes(path.name, content)


def read_bytes(name: str, content: bytes) -> list[RawTable]:
    """The tables of a file's content. Raises InputError for what cannot be read."""
    path = Path(name)
    if not content.strip():
        raise _unreadable(path, "文件是空的", "请用 template 命令生成模板后填写")
    return _read_xlsx(path, content) if content[:4] == b"PK\x03\x04" else [_read_csv(path, content)]


def _unreadable(path: Path, message: str, remedy: str) -> InputError:
    return InputError([Fault(path.name, None, None, message, remedy)])


def decode(content: bytes) -> str:
    """Text of a user's CSV: BOM first, then strict UTF-8, then GB18030. Raises UnicodeError."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _read_csv(path: Path, content: bytes) -> RawTable:
    try:
        text = decode(content)
    except UnicodeError as error:
        raise _unreadable(path, "既不是 UTF-8 也不是 GBK 编码", "请在 Excel 中另存为“CSV UTF-8”") from error
    if "\x00" in text:
        raise _unreadable(path, "不是文本文件", "请提供 CSV 或 xlsx 文件")
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise _unreadable(path, f"CSV 格式有误（{error}）", "请检查引号是否成对，或另存为 xlsx") from error
    return _raw(path, path.name, lines)


def _read_xlsx(path: Path, content: bytes) -> list[RawTable]:
    try:
        tables = list(_sheets(path, content))
    except InputError:
        raise
    except Exception as error:  # a parser met something it was not made for: the file is broken, not we
        raise _unreadable(path, "不是能打开的 xlsx 文件", "请在 Excel 中另存为 xlsx 或 CSV") from error
    if not tables:
        raise _unreadable(path, "工作簿里没有内容", "请用 template 命令生成模板后填写")
    return tables


def _sheets(path: Path, content: bytes) -> Iterator[RawTable]:
    import openpyxl  # 60 ms and 20 MB that only those who read or write xlsx should pay

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
            raise _unreadable(path, "解压后过大，疑似恶意文件", "请核对文件来源")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        lines = []
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            if any(cell is not None for cell in cells):
                lines.append((number, list(cells)))
            if len(lines) > MAX_ROWS + 1 or number > MAX_SHEET:
                raise _unreadable(path, f"超过 {MAX_ROWS} 行", "请拆分后分别导入")
        if lines:
            yield _raw(path, f"{path.name}[{sheet.title}]", lines)


def _raw(path: Path, name: str, lines: Sequence[tuple[int, list[Any]]]) -> RawTable:
    filled = [(number, cells) for number, cells in lines if any(_text(cell) for cell in cells)]
    if not filled:
        raise _unreadable(path, "文件是空的", "请用 template 命令生成模板后填写")
    if len(filled) > MAX_ROWS:
        raise _unreadable(path, f"超过 {MAX_ROWS} 行", "请拆分后分别导入")
    headings = [_text(cell) for cell in filled[0][1]]
    while headings and not headings[-1]:
        headings.pop()
    return RawTable(name, headings, filled[1:])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().strip("\ufeff\u200b")


def recognise(raw: RawTable, sheets: Iterable[Sheet]) -> Sheet:
    """The kind of a table by its headings. Raises InputError when none fits."""
    given = set(raw.headings)
    candidates = list(sheets)
    best = max(candidates, key=lambda s: (_fit(s, given), -len(s.fields)))
    if _fit(best, given) < 2:
        titles = "、".join(sheet.title for sheet in candidates)
        fault = Fault(
            raw.file,
            1,
            None,
            f"表头「{'，'.join(raw.headings[:8])}」不像{titles}中的任何一种",
            "请用 template 命令生成的模板",
        )
        raise InputError([fault])
    return best


def _fit(sheet: Sheet, given: set[str]) -> int:
    return sum(bool(given & {f.heading, f.name, *f.aliases}) for f in sheet.fields)


def parse(raw: RawTable, sheet: Sheet, faults: list[Fault]) -> list[Row]:
    """Rows of a table; every fault found is appended to `faults`."""
    places = _places(raw, sheet, faults)
    if not raw.rows and not sheet.may_be_empty:
        faults.append(Fault(raw.file, None, None, f"{sheet.title}没有任何数据行", "至少填写一行"))
    rows = []
    for number, cells in raw.rows:
        extra = [c for c in cells[len(raw.headings) :] if _text(c)]
        if extra:
            faults.append(Fault(raw.file, number, None, "这一行的列数比表头多", "检查是否有没加引号的逗号"))
        values = {}
        for spec in sheet.fields:
            place = places.get(spec.name)
            if place is None:  # a missing column is told once, not on every row
                values[spec.name] = None
                continue
            cell = cells[place] if place < len(cells) else None
            values[spec.name] = _value(raw, number, spec, cell, faults)
        rows.append(Row(raw.file, number, values))
    _check_unique(sheet, rows, faults)
    return rows


def _places(raw: RawTable, sheet: Sheet, faults: list[Fault]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, heading in enumerate(raw.headings):
        spec = next((f for f in sheet.fields if heading in {f.heading, f.name, *f.aliases}), None)
        if spec is None:
            known = "、".join(f.heading for f in sheet.fields)
            faults.append(
                Fault(raw.file, 1, heading or f"第 {place + 1} 列", "不认识的列", f"可用的列：{known}")
            )
        elif spec.name in places:
            faults.append(Fault(raw.file, 1, heading, "这一列出现了两次", "只保留一列"))
        else:
            places[spec.name] = place
    for spec in sheet.fields:
        if spec.required and spec.name not in places:
            faults.append(Fault(raw.file, 1, spec.heading, "缺少这一列", "请补上，可参照模板"))
    return places


def _value(raw: RawTable, number: int, spec: Field, cell: Any, faults: list[Fault]) -> Any:
    text = _text(cell)
    try:
        if not text and spec.required:
            raise _WrongValueError("不能为空", "请填写")
        if unseen := hidden(text):  # two names that look alike would be two things
            raise _WrongValueError(f"含看不见的字符（{unseen}）", "请清空这一格后手工重新输入，不要粘贴")
        return PARSERS[spec.kind](spec, cell, text) if text else None
    except _WrongValueError as wrong:
        faults.append(Fault(raw.file, number, spec.heading, wrong.message, wrong.remedy))
        return None


class _WrongValueError(ValueError):
    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def _parse_text(_spec: Field, _cell: Any, text: str) -> str:
    if len(text) > 2000:
        raise _WrongValueError("内容超过 2000 字", "请精简")
    return text


def _parse_code(_spec: Field, _cell: Any, text: str) -> str:
    if not re.fullmatch(r"[\w.·-]{1,64}", text):
        raise _WrongValueError(f"「{text}」不能作编码", "只用字母、数字、汉字和 . - _，不超过 64 个字")
    return text


def _parse_int(spec: Field, _cell: Any, text: str) -> int:
    try:
        number = int(text.replace(",", ""))
    except ValueError as error:
        raise _WrongValueError(f"「{text}」不是整数", "请填整数") from error
    low, high = spec.least, spec.most
    if (low is not None and number < low) or (high is not None and number > high):
        raise _WrongValueError(f"{number} 超出范围", f"应在 {low} 到 {high} 之间")
    return number


def _parse_number(spec: Field, _cell: Any, text: str) -> float:
    try:
        number = float(text.replace(",", ""))
    except ValueError as error:
        raise _WrongValueError(f"「{text}」不是数字", "请填数字") from error
    low = spec.least if spec.least is not None else -1e12
    if not low <= number <= (spec.most if spec.most is not None else 1e12):
        raise _WrongValueError(f"{text} 超出范围", "请核对")
    return number


_TRUE, _FALSE = {"是", "1", "true", "y", "yes", "√"}, {"否", "0", "false", "n", "no", "×"}


def _parse_bool(_spec: Field, _cell: Any, text: str) -> bool:
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise _WrongValueError(f"「{text}」既不是“是”也不是“否”", "请填 是 或 否")


_DATE = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?|(\d{4})(\d{2})(\d{2})"
)
_EXCEL_EPOCH = date(1899, 12, 30)


def parse_date(text: str) -> date:
    """A day as people write it: 2026-11-23, 2026/11/23, 2026年11月23日, 20261123. Raises ValueError."""
    match = _DATE.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    year, month, day = (int(part) for part in match.groups() if part is not None)
    return date(year, month, day)


def _parse_date(_spec: Field, cell: Any, text: str) -> date:
    try:
        found = _day(cell, text)
    except ValueError as error:
        raise _WrongValueError(f"「{text}」不是存在的日期", "请写成 2026-11-23") from error
    if not 1949 <= found.year <= 2100:
        raise _WrongValueError(f"「{text}」的年份不合理", "请核对")
    return found


def _day(cell: Any, text: str) -> date:
    """The day of a cell: a date of the workbook, the number Excel keeps behind a date, or as people write it."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if len(text) == 5 and text.isascii() and text.isdigit() and 20000 <= int(text) <= 80000:
        return _EXCEL_EPOCH + timedelta(days=int(text))
    return parse_date(text)


def _parse_time(_spec: Field, cell: Any, text: str) -> datetime:
    """A minute as people write it, Beijing time; naive UTC."""
    written = cell.isoformat() if isinstance(cell, datetime) else text.replace("/", "-").replace("：", ":")
    try:
        found = parse_time(re.sub(r" (\d):", r" 0\1:", written))
    except CockpitError as error:
        raise _WrongValueError(f"「{text}」不是存在的时间", "请写成 2026-11-23 08:00") from error
    if not 1949 <= found.year <= 2100:
        raise _WrongValueError(f"「{text}」的年份不合理", "请核对")
    return found


def _parse_url(_spec: Field, _cell: Any, text: str) -> str:
    try:
        parts = urlsplit(text)
        ok = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        ok = False
    if not ok or re.search(r"[\s\"'<>]", text):
        raise _WrongValueError(f"「{text}」不是完整的网址", "请以 http:// 或 https:// 开头，不含空格")
    return text


def _parse_choice(spec: Field, _cell: Any, text: str) -> str:
    for value, label in spec.choices.items():
        if text in {value, label}:
            return value
    raise _WrongValueError(f"「{text}」不在可选范围内", f"应为 {'、'.join(spec.choices.values())} 之一")


PARSERS: Mapping[str, Callable[[Field, Any, str], Any]] = MappingProxyType(
    {
        "text": _parse_text,
        "code": _parse_code,
        "int": _parse_int,
        "number": _parse_number,
        "bool": _parse_bool,
        "date": _parse_date,
        "time": _parse_time,
        "url": _parse_url,
        "choice": _parse_choice,
    }
)


def _check_unique(sheet: Sheet, rows: Sequence[Row], faults: list[Fault]) -> None:
    seen: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = tuple(row.values[name] for name in sheet.key)
        if None in key:
            continue
        if key in seen:
            message = f"「{' / '.join(map(str, key))}」与第 {seen[key].number} 行重复"
            faults.append(row.fault(sheet, sheet.key[-1], message, "每个编号只能出现一次"))
        seen.setdefault(key, row)
