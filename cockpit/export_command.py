"""`python -m cockpit export`: the appraisal bundle of one week as files."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import datetime
from pathlib import Path

from cockpit import clock, plain, store, trail
from cockpit.appraise.disputes import OPEN
from cockpit.appraise.indicators import load_rules
from cockpit.detect.privacy import masked
from cockpit.errors import CockpitError, why
from cockpit.paths import DataDir, data_dir
from cockpit.report import export
from cockpit.store.queries import disputes
from cockpit.workdays import Calendar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--week", metavar="周次", help="如 2026-W47（默认最近一个完整的周）")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="目录或ZIP", help="写到这个目录，或以 .zip 结尾的文件"
    )
    parser.add_argument("--unit", metavar="单位", help="只导出这个责任单位（编码或名称）")
    parser.add_argument("--revision", type=int, metavar="号", help="第几次更正（默认最新；0 为首次封存）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


def main(args: argparse.Namespace) -> int:
    data, now = data_dir(args.data), clock.now(args.as_of)
    week = clock.parse_week(args.week) if args.week else clock.last_complete_week(now)
    with store.reader(data) as reader:
        unit = _unit(reader, args.unit)
        waiting = sum(r["state"] in OPEN for r in disputes.disputes(reader, week, unit))
    bundle = bundle_of(data, week, now, person(), unit=unit, revision=args.revision)
    if waiting:
        print(f"注意：{week} 还有 {waiting} 件异议没有结论，得分可能更正", file=sys.stderr)
    paths = _write(bundle, args.out)
    trail.exported(data, bundle.files["SHA256SUMS"], week, args.unit, actor=person(), now=now)
    if args.json:
        print(
            plain.as_json(
                {"week": week, "files": [p.name for p in paths], "rows": dict(bundle.rows)},
            )
        )
    else:
        print(
            f"已导出 {week} 考核包 {len(paths)} 个文件到 {args.out}"
            + ("（演示数据，不得用于考核）" if bundle.demo else "")
            + "："
        )
        for name, count in bundle.rows.items():
            print(f"  {name} {count} 行")
    return 0


def bundle_of(
    data: DataDir,
    week: str,
    now: datetime,
    actor: str,
    *,
    unit: str | None = None,
    revision: int | None = None,
) -> export.Bundle:
    """The bundle of a week. The frozen texts of an issue are nobody's own; `unit` filters every file of it."""
    rules = load_rules(data.rules)
    text = (data.rules / "indicators.toml").read_bytes()
    calendar = Calendar.load(data.calendar)
    with store.reader(data) as reader:
        return export.build(
            reader,
            rules,
            text,
            week,
            now,
            actor,
            mask=masked,
            calendar=calendar,
            unit=unit,
            revision=revision,
        )


def _write(bundle: export.Bundle, out: Path) -> list[Path]:
    if out.suffix.lower() != ".zip":
        return export.write(bundle, out)
    return save(out, export.archive(bundle))


def save(path: Path, content: bytes) -> list[Path]:
    """Write one file whole or not at all. Raises CockpitError when the folder refuses."""
    beside = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.rename(path)
    except OSError as error:
        raise CockpitError(f"写不了 {path}（{why(error)}）。请检查目录、权限和磁盘空间") from error
    return [path]


def _unit(reader: store.Reader, given: str | None) -> str | None:
    if not given:
        return None
    row = reader.one(
        "SELECT unit_code FROM unit WHERE unit_code = $u OR unit_name = $u OR short_name = $u", {"u": given}
    )
    if row is None:
        raise CockpitError(
            f"台账里没有责任单位「{given}」。编码和名称可用 python -m cockpit registry export 查看"
        )
    return str(row["unit_code"])


def person() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "未知"
