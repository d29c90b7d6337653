"""The appraisal bundle (考核包): CSV files, workbook, dictionary, rules, notes, checksums and its own verifier.

UTF-8 with BOM, CRLF, RFC 4180, stable order. Of a closed week everything comes from what was frozen, so two
exports of one issue are byte-identical but for the stamp in meta.json, however much has been loaded since.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cockpit import __version__
from cockpit.appraise import due
from cockpit.appraise.indicators import Rules
from cockpit.clock import to_local, week_bounds
from cockpit.errors import CockpitError, why
from cockpit.report import contents, recheck, workbook
from cockpit.report.cells import Col
from cockpit.report.columns import FILES, ORIGINS, STAMP
from cockpit.report.contents import Lines, Source
from cockpit.store.queries import exports
from cockpit.store.reader import Reader
from cockpit.store.schema import all_tables
from cockpit.tabular_out import csv_bytes
from cockpit.workdays import Calendar

DICTIONARY, RULES, SCRIPT, BOOK = "数据字典", "口径.toml", "复算.py", "考核包.xlsx"
_ZIP_TIME = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Bundle:
    """The files of one export by name, and whether they are 演示数据."""

    week: str
    files: Mapping[str, bytes]
    demo: bool
    rows: Mapping[str, int]
    rules_version: str
    revision: int
    closed: bool
    batch: str


def build(
    reader: Reader,
    rules: Rules,
    rules_text: bytes,
    week: str,
    now: datetime,
    actor: str,
    *,
    mask: Callable[[str], str],
    calendar: Calendar | None = None,
    unit: str | None = None,
    revision: int | None = None,
) -> Bundle:
    """Everything of one week (its newest issue, or `revision`), or of one unit in it.

    `rules`, `rules_text`, `calendar`: of today, for a week that is not closed. `mask` takes personal data out of scraped
    prose; it is the caller's, as reports do not know detectors. Raises CockpitError for a week without scores.
    """
    calendar = calendar or Calendar()
    source = contents.source(reader, rules, rules_text, week, calendar, revision)
    meta = exports.snapshot(reader)
    demo = meta.get("origin") == "demo"
    lines = contents.lines(reader, source, "演示数据" if demo else "采集数据", mask, unit, calendar)
    prefix = recheck.DEMO if demo else ""
    script = f"{prefix}{SCRIPT}"
    dictionary = _dictionary(source.rules)
    files = {f"{prefix}{name}.csv": csv_bytes(found[0], found[1:]) for name, found in lines.items()}
    files[f"{prefix}{DICTIONARY}.csv"] = csv_bytes(dictionary[0], dictionary[1:])
    files[f"{prefix}{BOOK}"] = workbook.make(lines, dictionary, source, demo, script)
    files[f"{prefix}{RULES}"] = source.rules_text
    files[script] = Path(recheck.__file__).read_bytes()
    files[f"{prefix}说明.txt"] = _notes(source, demo, unit, script).encode("utf-8-sig")
    counts = {name: len(found) - 1 for name, found in lines.items()}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files["meta.json"] = _meta(source, reader.version, meta, now, actor, unit, counts, sums)
    files["SHA256SUMS"] = "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()
    return Bundle(
        week,
        files,
        demo,
        counts,
        source.rules.version,
        source.revision,
        source.issue is not None,
        source.batch,
    )


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
        raise CockpitError(f"写不了 {folder}（{why(error)}）。请检查目录、权限和磁盘空间") from error
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


def archive_name(bundle: Bundle, now: datetime) -> str:
    """新余政务公开_考核包_周次_口径_时间.zip, marked when it is a demonstration, a correction or not closed."""
    mark = "演示数据_" if bundle.demo else ""
    kind = "未封存" if not bundle.closed else f"更正{bundle.revision}" if bundle.revision else ""
    parts = [bundle.week, kind, f"v{bundle.rules_version}", f"{to_local(now):%Y%m%d-%H%M}"]
    return f"{mark}新余政务公开_考核包_{'_'.join(p for p in parts if p)}.zip"


def _dictionary(rules: Rules) -> Lines:
    headings = ["文件", "字段", "含义", "类型", "来源", "空值含义", "单位", "取值范围", "相关指标"]
    rows = [
        [name, c.heading, c.meaning, c.type, _source(name, c), c.empty, c.unit, c.values, used]
        for name, columns in FILES.items()
        for used in [_indicators(name, rules)]
        for c in (*columns, *STAMP)
    ]
    return [headings, *rows]


def _source(name: str, col: Col) -> str:
    """table.column where the cell is a stored value, 计算 where it is worked out for the export."""
    stored = set(all_tables()[ORIGINS[name][0]].columns)
    return f"{ORIGINS[name][0]}.{col.field}" if col.field in stored else f"计算：{col.field}"


def _indicators(name: str, rules: Rules) -> str:
    aspect = ORIGINS[name][1]
    if aspect is None:
        return "全部"
    return "、".join(sorted(i.id for i in rules.indicators.values() if i.aspect == aspect)) or "—"


def _notes(source: Source, demo: bool, unit: str | None, script: str) -> str:
    rules = source.rules
    how = (
        f"复算：在解开后的目录里运行 python {script}（只用本包），或 python -m cockpit recompute --week {source.week}"
        if source.issue
        else f"本周尚未封存，数字可能变化。复算：python -m cockpit score --week {source.week} --check"
    )
    lines = [
        f"新余市政务公开监管考核包 {source.title}" + (f"（只含单位 {unit}）" if unit else ""),
        "演示数据，不得用于考核。" if demo else "数据性质：采集数据。",
        f"批次号 {source.batch}；口径版本 v{rules.version}；规则集 SHA256 {rules.sha256}",
        how,
        "校验：sha256sum -c SHA256SUMS",
        "时间均为北京时间（+08:00）。空单元格的含义见数据字典，空值不是 0。",
        "“项目默认”的分值和限期没有可核实的官方来源，是可配置的默认值。",
        "01 的“扣分”等于 02 中该单位“折算后扣分”之和，“加分”等于 11 中之和；单项否决时最终得分不超过 59。",
        "02：应扣 → 封顶后（每项指标每个对象不超过上限）→ 折算后（×折算系数：没采到的指标退出分母、多个对象取平均）。",
        "02 的单项否决行不另扣分（应扣为 0，得分按不超过 59 处理），数量是触发否决的指标值；同一事实的逐条扣分另有各行。",
        "未评单位（最终得分为空）的扣分由少量已采指标折算放大，只作参考：全市合计扣分包含它们，平均分和排名不包含。",
        "12 是每个网站、账号自己的得分，只按它自己采到的指标，不能由它们平均出单位得分。",
        *_moments(source),
    ]
    return "\r\n".join(lines) + "\r\n"


def _moments(source: Source) -> list[str]:
    """Which file tells of which moment."""
    end = f"{to_local(week_bounds(source.week)[1]):%Y-%m-%d %H:%M}"
    if source.closed_at is None:
        closed, ledger = "导出时", "导出时"
    else:
        at = f"{to_local(source.closed_at):%Y-%m-%d %H:%M}"
        closed, ledger = f"首次封存时（{at}）", f"首次封存时（{at}）已入库"
    return [
        f"03、04、08 是{closed}的情况，以后的处置、忽略不再改变；更正不改 03 至 08。",
        f"05 的环节、延期、期限、答复、结果都是统计周结束时（{end}）的情况，依据{ledger}的台账；"
        f"06 是统计周各日；07 是统计周结束前最近一次检测。",
        "“异议状态”和“未办结异议”是导出时的情况。",
        "整改按期率：04 中“计入整改按期率”为是的行，“按期”为是的占多少；按期答复率：05 同样。"
        + (
            "meta.json 写有两项的件数，复算一并核对。"
            if source.owed is not None
            else "本期封存时还没有保存这两项。"
        ),
    ]


def _in_time(source: Source, matter: str, unit: str | None) -> dict[str, int] | None:
    rows = source.owed
    kept = None if rows is None else [r for r in rows if unit is None or r["unit_code"] == unit]
    found = due.count(kept, matter)
    return found and {"到期": found.due, "按期": found.done}


def _meta(
    source: Source,
    version: str,
    meta: Mapping[str, Any],
    now: datetime,
    actor: str,
    unit: str | None,
    counts: Mapping[str, int],
    sums: Mapping[str, str],
) -> bytes:
    issue = source.issue or {}
    content = {
        "期次": source.week,
        "更正号": source.revision,
        "封存": source.issue is not None,
        "封存时间": to_local(issue["closed_at"]).isoformat(timespec="seconds") if issue else None,
        "封存人": issue.get("actor"),
        "更正理由": issue.get("reason"),
        "批次号": source.batch,
        "责任单位": unit,
        "事实SHA256": issue.get("facts_sha256"),
        "结果SHA256": issue.get("results_sha256"),
        "数据性质": meta.get("origin"),
        "口径版本": source.rules.version,
        "规则集SHA256": source.rules.sha256,
        "代码版本": issue.get("code_version") or __version__,
        "整改按期": _in_time(source, "warning", unit),
        "答复按期": _in_time(source, "application", unit),
        "行数": dict(counts),
        "文件SHA256": dict(sums),
        "数据库版本": version,
        "数据库快照时间": meta.get("loaded_at"),
        "生成时间": to_local(now).isoformat(timespec="seconds"),
        "生成人": actor,
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
