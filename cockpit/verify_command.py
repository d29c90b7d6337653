"""`python -m cockpit verify-bundle`: prove an appraisal bundle from the bundle alone."""

from __future__ import annotations

import argparse
from pathlib import Path

from cockpit import plain
from cockpit.errors import CockpitError
from cockpit.report import recheck


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path, metavar="考核包", help="ZIP 文件，或解开后的目录")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


def main(args: argparse.Namespace) -> int:
    """核验考核包：校验和、口径摘要，并只用包内数据重算每个得分。"""
    try:
        proof = recheck.verify(recheck.read(args.bundle))
    except recheck.NoBundleError as error:
        raise CockpitError(str(error)) from error
    print(plain.as_json(proof) if args.json else recheck.told(proof))
    return 0 if proof["same"] else 1
