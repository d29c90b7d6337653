"""The appraisal bundle (考核包): CSV files, dictionary, notes and checksums of one week.

UTF-8 with BOM, CRLF, RFC 4180, stable order; two exports of one published version are byte-identical but for
the time and person in meta.json.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cockpit import __version__
from cockpit.appraise.indicators import Rules
from cockpit.clock import local_day, previous_week, to_local, week_bounds
from cockpit.errors import CockpitError
from cockpit.report.columns import FILES, ORIGINS, STAMP, Col, cell
from cockpit.store.queries import exports
from cockpit.store.queries.scores import weeks
from cockpit.store.reader import Reader
from cockpit.store.schema import all_tables
from cockpit.tabular_out import csv_bytes

DICTIONARY = "数据字典"
_ZIP_TIME = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Bundle:
    """The files of one export by name, and whether they are 演示数据."""

    week: str
    files: Mapping[str, bytes]
    demo: bool
    rows: Mapping[str, int]


def build(
    reader: Reader,
    rules: Rules,
    week: str,
    now: datetime,
    actor: str,
    *,
    mask: Callable[[str], str],
    unit: str | None = None,
) -> Bundle:
    """Everything of one week, or of one unit in it. Raises CockpitError for a week without scores.

    `mask` takes personal data out of scraped prose; it is the caller's, as reports do not know detectors.
    """
    known = weeks(reader)
    if week not in known:
        newest = f"最近已计分的是 {known[0]}" if known else "还没有任何一周计过分"
        raise CockpitError(f"{week} 还没有计分，{newest}。请先运行 python -m cockpit score --week {week}")
    meta = exports.snapshot(reader)
    demo = meta.get("origin") == "demo"
    tables = _tables(reader, rules, week)
    if unit:
        tables = {
            name: [row for row in rows if row.get("unit_code") == unit] for name, rows in tables.items()
        }
    stamp = {"nature_of_data": "演示数据" if demo else "采集数据", "batch": reader.version}
    prefix = "演示数据_" if demo else ""
    files = {
        f"{prefix}{name}.csv": _csv((*FILES[name], *STAMP), rows, stamp, mask)
        for name, rows in tables.items()
    }
    files[f"{prefix}{DICTIONARY}.csv"] = _dictionary(rules)
    files[f"{prefix}说明.txt"] = _notes(week, demo, reader.version, rules).encode("utf-8-sig")
    counts = {name: len(rows) for name, rows in tables.items()}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files["meta.json"] = _meta(week, reader.version, rules, meta, now, actor, counts, sums)
    files["SHA256SUMS"] = "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()
    return Bundle(week, files, demo, counts)


def write(bundle: Bundle, folder: Path) -> list[Path]:
    """Write the files of a bundle into a folder. Raises CockpitError when the folder refuses."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, content in bundle.files.items():
            beside = folder / f".{name}.tmp"
            beside.write_bytes(content)
            beside.rename(folder / name)
            paths.append(folder / name)
    except OSError as error:
        raise CockpitError(f"写不了 {folder}（{error.strerror}）。请检查目录、权限和磁盘空间") from error
    return paths


def archive(bundle: Bundle) -> bytes:
    """The bundle as one ZIP with fixed entry times, so that equal content gives equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in bundle.files.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, content)
    return buffer.getvalue()


def archive_name(bundle: Bundle, rules: Rules, now: datetime) -> str:
    """新余政务公开_考核包_周次_口径_时间.zip, marked when it is a demonstration."""
    mark = "演示数据_" if bundle.demo else ""
    return f"{mark}新余政务公开_考核包_{bundle.week}_v{rules.version}_{to_local(now):%Y%m%d-%H%M}.zip"


def _tables(reader: Reader, rules: Rules, week: str) -> dict[str, list[dict[str, Any]]]:
    start, end = week_bounds(week)
    day = local_day(end)
    names = {i.id: i.name for i in rules.indicators.values()}
    return {
        "01_单位得分": [
            _scored(row, start, end) for row in exports.scores(reader, week, previous_week(week))
        ],
        "02_扣分明细": [
            {**row, "indicator_name": names.get(row["indicator_id"])}
            for row in exports.deductions(reader, week)
        ],
        "03_证据清单": exports.evidence(reader, week),
        "04_预警处置": exports.warnings(reader, start, end),
        "05_依申请公开": [_application(row, day) for row in exports.applications(reader, end)],
        "06_可用性日汇总": [
            {**row, "reason": None if row["visits"] else "当天没有有效访问，未采集"}
            for row in exports.availability(reader, start, end)
        ],
        "07_IPv6": exports.ipv6(reader, end),
        "08_栏目更新": exports.channels(reader),
        "09_指标结果": [
            {**row, "indicator_name": names.get(row["indicator_id"])} for row in exports.results(reader, week)
        ],
    }


def _scored(row: Mapping[str, Any], start: datetime, end: datetime) -> dict[str, Any]:
    reason = None
    if row["score"] is None:
        reason = f"已采指标 {row['indicators_measured']}/{row['indicators_total']}，权重不足，不评分"
    return {**row, "start": start, "end": end, "reason": reason}


def _application(row: Mapping[str, Any], day: date) -> dict[str, Any]:
    due = row["due_on"]
    return {**row, "late": None if due is None else (row["answered_on"] or day) > due}


def _csv(
    columns: Sequence[Col],
    rows: Sequence[Mapping[str, Any]],
    stamp: Mapping[str, Any],
    mask: Callable[[str], str],
) -> bytes:
    return csv_bytes(
        [c.heading for c in columns], ([cell(c, {**row, **stamp}, mask) for c in columns] for row in rows)
    )


def _dictionary(rules: Rules) -> bytes:
    headings = ("文件", "字段", "含义", "类型", "来源", "空值含义", "单位", "取值范围", "相关指标")
    rows = [
        (name, c.heading, c.meaning, c.type, _source(name, c), c.empty, c.unit, c.values, used)
        for name, columns in FILES.items()
        for used in [_indicators(name, rules)]
        for c in (*columns, *STAMP)
    ]
    return csv_bytes(headings, rows)


def _source(name: str, col: Col) -> str:
    """table.column where the cell is a stored value, 计算 where it is worked out for the export."""
    stored = set(all_tables()[ORIGINS[name][0]].columns)
    return f"{ORIGINS[name][0]}.{col.field}" if col.field in stored else f"计算：{col.field}"


def _indicators(name: str, rules: Rules) -> str:
    aspect = ORIGINS[name][1]
    if aspect is None:
        return "全部"
    return "、".join(sorted(i.id for i in rules.indicators.values() if i.aspect == aspect)) or "—"


def _notes(week: str, demo: bool, version: str, rules: Rules) -> str:
    lines = [
        f"新余市政务公开监管考核包 {week}",
        "演示数据，不得用于考核。" if demo else "数据性质：采集数据。",
        f"数据库版本 {version}；口径版本 v{rules.version}；规则集 SHA256 {rules.sha256}",
        f"复算：python -m cockpit score --week {week} --check",
        "校验：sha256sum -c SHA256SUMS",
        "时间均为北京时间（+08:00）。空单元格的含义见数据字典，空值不是 0。",
        "“项目默认”的分值和限期没有可核实的官方来源，是可配置的默认值。",
        "01 的“扣分”等于 02 中该单位“封顶后扣分”之和；单项否决时最终得分不超过 59。",
    ]
    return "\r\n".join(lines) + "\r\n"


def _meta(
    week: str,
    version: str,
    rules: Rules,
    meta: Mapping[str, Any],
    now: datetime,
    actor: str,
    counts: Mapping[str, int],
    sums: Mapping[str, str],
) -> bytes:
    content = {
        "期次": week,
        "数据库版本": version,
        "数据库快照时间": meta.get("loaded_at"),
        "数据性质": meta.get("origin"),
        "口径版本": rules.version,
        "规则集SHA256": rules.sha256,
        "代码版本": __version__,
        "行数": dict(counts),
        "文件SHA256": dict(sums),
        "生成时间": to_local(now).isoformat(timespec="seconds"),
        "生成人": actor,
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
