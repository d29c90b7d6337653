"""The commands `load`, `rebuild` and `doctor` of `python -m cockpit`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from cockpit import clock, doctor, pipeline, plain, store
from cockpit.paths import data_dir

INSTEAD = (
    "请去掉 --as-of（和 COCKPIT_NOW）再运行；要看当时的情况用 rehearse --as-of 或 score --week，只算不改"
)


def add_load_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="没有待入库批次也重新发布（刷新预警、台账）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


def load(args: argparse.Namespace) -> int:
    """入库：把暂存批次并入数据库并发布。"""
    data, now = data_dir(args.data), clock.now(args.as_of)
    pipeline.refuse_the_past(data, now, "入库", INSTEAD)
    report = pipeline.load_all(data, now, force=args.force)
    return _tell(report, args.json, "没有待入库批次，已发布的数据不变。")


def add_rebuild_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


def rebuild(args: argparse.Namespace) -> int:
    """重建：从归档批次重新生成数据库。"""
    data, now = data_dir(args.data), clock.now(args.as_of)
    pipeline.refuse_the_past(data, now, "重建", INSTEAD)
    report = pipeline.rebuild_all(data, now)
    return _tell(report, args.json, "没有归档批次，已发布空库。")


def _tell(report: store.LoadReport, as_json: bool, nothing: str) -> int:
    if as_json:
        print(plain.as_json(asdict(report)))
    elif report.version:
        print(
            f"已入库 {report.batches} 个批次、{report.rows} 行，发布为 {report.version}，用时 {report.seconds:.1f} 秒。"
        )
    else:
        print(nothing)
    for name, reason in report.rejected:
        print(
            f"拒收 {name}：{reason}。文件已移到 spool/rejected/，其余批次照常入库。",
            file=sys.stderr if as_json else sys.stdout,
        )
    return 1 if report.rejected else 0


def add_doctor_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


def run_doctor(args: argparse.Namespace) -> int:
    """体检：检查安装、台账、规则、数据库与采集，说明怎样修复。"""
    checks = doctor.examine(data_dir(args.data), clock.now(args.as_of))
    if args.json:
        print(plain.as_json([asdict(check) for check in checks]))
    else:
        for check in checks:
            print(
                f"{doctor.MARKS[check.state]} {check.name}：{check.fact}"
                + (f"\n    → {check.remedy}" if check.remedy else "")
            )
        wrong = sum(check.state == "wrong" for check in checks)
        noted = sum(bool(check.remedy) for check in checks if check.state != "wrong")
        more = f"另有 {noted} 项提示，办法见“→”。" if noted else ""
        told = f"{wrong} 项需要处理。" if wrong else "没有出错的。" if noted else "没有发现问题。"
        print(f"体检完成，{told}{more}")
    return 1 if any(check.state == "wrong" for check in checks) else 0
