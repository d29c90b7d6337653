"""The register's files: read and validated as a whole, replaced whole or not at all."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cockpit import tabular, tabular_out
from cockpit.errors import CockpitError, Fault, InputError, why
from cockpit.paths import SHIPPED, DataDir
from cockpit.registry.model import Account, Bonus, Channel, ChannelType, Maintenance, Register, Site, Unit
from cockpit.registry.sheets import ACCOUNTS, BONUS, CHANNEL_TYPES, CHANNELS, FILES, MAINTENANCE, SITES, UNITS
from cockpit.tabular import Row, Sheet


@dataclass
class Tables:
    """Parsed rows by sheet name, with every fault found on the way."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def values(self, sheet: Sheet) -> list[dict[str, Any]]:
        return [dict(row.values) for row in self.rows.get(sheet.name, [])]


def load_register(data: DataDir) -> Register:
    """The register of a data folder. Raises InputError with every fault, CockpitError where there is none."""
    if not (data.registry / "units.csv").is_file():
        raise CockpitError(
            f"数据目录 {data.root} 里没有台账（registry/units.csv）。请运行 python -m cockpit registry init "
            f"--data {data.root} 复制自带台账，或用 registry import 导入"
        )
    tables = read_folder(data.registry)
    check(tables)
    if tables.faults:
        raise InputError(tables.faults, f"台账有 {len(tables.faults)} 处错误，请先更正：")
    return _register(tables)


def read_folder(folder: Path) -> Tables:
    """Read every register file of a folder; files but units and sites may be missing."""
    tables = Tables()
    for name, sheet in FILES.items():
        path = folder / name
        source = path if path.is_file() or sheet is not CHANNEL_TYPES else SHIPPED / "registry" / name
        if not source.is_file():
            if not sheet.may_be_empty:
                tables.faults.append(
                    Fault(
                        name,
                        None,
                        None,
                        "缺少这个文件",
                        "请用 registry init 复制自带的新余市台账，或用 registry template 生成模板自己填",
                    )
                )
            continue
        _read_into(tables, source, sheet)
    return tables


def _read_into(tables: Tables, path: Path, sheet: Sheet) -> None:
    try:
        for raw in tabular.read(path):
            tables.rows.setdefault(sheet.name, []).extend(tabular.parse(raw, sheet, tables.faults))
    except InputError as error:
        tables.faults.extend(error.faults)


def read_files(paths: Iterable[Path]) -> Tables:
    """Read files to be imported; the kind of each is known by its headings."""
    tables = Tables()
    for path in paths:
        try:
            for raw in tabular.read(path):
                sheet = tabular.recognise(raw, FILES.values())
                tables.rows.setdefault(sheet.name, []).extend(tabular.parse(raw, sheet, tables.faults))
        except InputError as error:
            tables.faults.extend(error.faults)
    return tables


def check(tables: Tables) -> None:
    """Check what spans rows and files: periods, references, overlapping validity. Adds to `faults`."""
    _resolve_units(tables)
    for sheet in (UNITS, SITES, ACCOUNTS):
        _check_periods(tables, sheet)
    known_sites = {row.values["site_code"] for row in tables.rows.get("site", [])}
    types = {row.values["channel_type"] for row in tables.rows.get("channel_type", [])}
    for row in tables.rows.get("channel", []):
        site, kind = row.values["site_code"], row.values["channel_type"]
        if site and site not in known_sites:
            tables.faults.append(
                row.fault(CHANNELS, "site_code", f"「{site}」不在网站台账里", "请先登记网站，或更正编码")
            )
        if kind and types and kind not in types:
            tables.faults.append(
                row.fault(
                    CHANNELS, "channel_type", f"没有栏目类型「{kind}」", f"可用：{'、'.join(sorted(types))}"
                )
            )
    _check_windows(tables, known_sites)
    _check_bonus(tables)


def _check_bonus(tables: Tables) -> None:
    """Approved points need who approved them and when; a date before the declaration is a slip."""
    for row in tables.rows.get("bonus", []):
        declared, approved = row.values["declared_on"], row.values["approved_on"]
        if row.values["state"] == "approved":
            tables.faults += [
                row.fault(BONUS, name, "已批准的加分没有填", "请填批准岗位和批准日期")
                for name in ("approved_by", "approved_on")
                if not row.values[name]
            ]
        if declared and approved and approved < declared:
            tables.faults.append(
                row.fault(BONUS, "approved_on", f"{approved} 早于申报日期 {declared}", "请核对两个日期")
            )


def _check_windows(tables: Tables, known_sites: set[str]) -> None:
    for row in tables.rows.get("maintenance", []):
        site, start, end = (row.values[name] for name in ("site_code", "starts_at", "ends_at"))
        if site and site not in known_sites:
            fault = row.fault(
                MAINTENANCE, "site_code", f"「{site}」不在网站台账里", "请先登记网站，或更正编码"
            )
            tables.faults.append(fault)
        if start and end and end <= start:
            tables.faults.append(
                row.fault(MAINTENANCE, "ends_at", "不晚于开始时间", "结束时间应晚于开始时间")
            )


def _resolve_units(tables: Tables) -> None:
    """Units may be given by code, name or short name; rows get the code."""
    names: dict[str, str] = {}
    for row in tables.rows.get("unit", []):
        code = row.values["unit_code"]
        if code:
            names |= {
                code: code,
                row.values["unit_name"] or code: code,
                row.values["short_name"] or code: code,
            }
    for sheet in (SITES, ACCOUNTS, BONUS):
        resolved = []
        for row in tables.rows.get(sheet.name, []):
            given = row.values["unit_code"]
            if given and given not in names:
                fault = row.fault(
                    sheet, "unit_code", f"「{given}」不在责任单位台账里", "请先登记单位，或更正编码"
                )
                tables.faults.append(fault)
            resolved.append(Row(row.file, row.number, {**row.values, "unit_code": names.get(given, given)}))
        if sheet.name in tables.rows:
            tables.rows[sheet.name] = resolved


def _check_periods(tables: Tables, sheet: Sheet) -> None:
    by_code: dict[str, list[Row]] = {}
    for row in tables.rows.get(sheet.name, []):
        start, end = row.values["valid_from"], row.values["valid_to"]
        if start and end and end <= start:
            fault = row.fault(sheet, "valid_to", f"{end} 不晚于开始日期 {start}", "结束日期应晚于开始日期")
            tables.faults.append(fault)
        if row.values[sheet.key[0]]:
            by_code.setdefault(row.values[sheet.key[0]], []).append(row)
    for rows in by_code.values():
        ordered = sorted(rows, key=lambda r: str(r.values["valid_from"] or ""))
        for earlier, later in itertools.pairwise(ordered):
            end, start = earlier.values["valid_to"], later.values["valid_from"]
            if end is None or start is None or end > start:
                twice = end is None and start is None
                column = sheet.key[0] if twice else "valid_from"
                message = (
                    f"编码与第 {earlier.number} 行重复" if twice else f"有效期与第 {earlier.number} 行重叠"
                )
                remedy = "同一编码的前后两条，前一条的结束日期应不晚于后一条的开始日期"
                if twice:
                    remedy = f"请删去一行或改编码；同一对象前后变化的，两行都写明有效期：{remedy}"
                tables.faults.append(later.fault(sheet, column, message, remedy))


def _register(tables: Tables) -> Register:
    types = tuple(
        ChannelType(
            **{
                **values,
                "name_patterns": _words(values["name_patterns"]),
                "path_patterns": _words(values["path_patterns"]),
                "counts_as": values["counts_as"] or "other",
                "nature": values["nature"] or "project_default",
            }
        )
        for values in tables.values(CHANNEL_TYPES)
    )
    return Register(
        tuple(Unit(**values) for values in tables.values(UNITS)),
        tuple(Site(**values) for values in tables.values(SITES)),
        tuple(Channel(**values) for values in tables.values(CHANNELS)),
        tuple(Account(**values) for values in tables.values(ACCOUNTS)),
        types,
        tuple(Maintenance(**values) for values in tables.values(MAINTENANCE)),
        tuple(Bonus(**values) for values in tables.values(BONUS)),
    )


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (text or "").split("|") if word.strip())


def write_tables(folder: Path, tables: Mapping[Sheet, Sequence[Mapping[str, Any]]]) -> list[Path]:
    """Replace register files: all are written beside first, then renamed; the old ones stay as `.bak`."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {sheet.name: name for name, sheet in FILES.items()}
    staged = []
    try:
        for sheet, rows in tables.items():
            final = folder / names[sheet.name]
            beside = final.with_name(f".{final.name}.{os.getpid()}.tmp")
            with beside.open("wb") as file:
                file.write(tabular_out.sheet_csv(sheet, rows))
                file.flush()
                os.fsync(file.fileno())
            staged.append((beside, final))
    except OSError as error:
        for beside, _ in staged:
            beside.unlink(missing_ok=True)
        raise CockpitError(f"台账没有改动：写不了 {folder}（{why(error)}）。请检查磁盘空间和权限") from error
    for beside, final in staged:
        if final.exists():
            final.replace(final.with_suffix(".csv.bak"))
        beside.rename(final)
    return [final for _, final in staged]
