"""The commands `backup` and `restore` of `python -m cockpit`."""

from __future__ import annotations

import argparse
from pathlib import Path

from cockpit import clock, plain
from cockpit.clock import to_local
from cockpit.errors import CockpitError
from cockpit.paths import data_dir
from cockpit.store import backup as keeping
from cockpit.store.audit_check import verify


def add_backup_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="文件", help="写到这个文件")
    parser.add_argument(
        "--folder", type=Path, metavar="目录", help="或写进这个目录，按时间取名，只留最近 --keep 份"
    )
    parser.add_argument("--keep", type=int, default=14, metavar="份", help="--folder 里保留几份（默认 14）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


def run_backup(args: argparse.Namespace) -> int:
    """备份：数据库、归档批次、台账、口径、词库、附件、快照、留痕，一个文件。"""
    if (args.out is None) == (args.folder is None) or args.keep < 1:
        raise CockpitError("--out 与 --folder 应且只应写一个，--keep 至少为 1")
    data, now = data_dir(args.data), clock.now(args.as_of)
    mark = "演示数据-" if data.is_demo else ""
    out = args.out or args.folder / f"cockpit-{mark}{to_local(now):%Y%m%d-%H%M%S}.tar"
    manifest = keeping.backup(data, out, now)
    if args.folder:
        for old in sorted(args.folder.glob(f"cockpit-{mark}[0-9]*.tar"))[: -args.keep]:
            old.unlink()
    _tell(
        args,
        {"file": str(out)},
        manifest,
        f"已备份 {len(manifest.files)} 个文件、{manifest.size / 1e6:.1f} MB 到 {out}。",
    )
    return 0


def add_restore_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="文件", help="备份文件")
    parser.add_argument("--replace", action="store_true", help="目录里已有数据也替换；原有数据移到旁边保留")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


def run_restore(args: argparse.Namespace) -> int:
    """恢复：先逐个核对，再整体换上；有一处不符就什么都不改。"""
    data = data_dir(args.data)
    manifest = keeping.restore(data, args.file, clock.now(args.as_of), replace=args.replace)
    verdict = verify(data)
    sound = verdict.sound and f"{verdict.head[0]}:{verdict.head[1]}" == manifest.audit_head
    text = (
        f"已恢复 {len(manifest.files)} 个文件到 {data.root}，留痕{'完好' if sound else '不符，请运行 python -m cockpit verify-audit'}。"
        "密钥不在备份里，请另行放好 secrets.toml 和 .streamlit/secrets.toml。"
    )
    _tell(args, {"audit_sound": sound}, manifest, text)
    return 0 if sound else 1


def _tell(args: argparse.Namespace, more: dict[str, object], manifest: keeping.Manifest, text: str) -> None:
    answer = {
        "origin": manifest.origin,
        "created_at": manifest.created_at,
        "published": manifest.published,
        "audit_head": manifest.audit_head,
        "files": len(manifest.files),
        "bytes": manifest.size,
    }
    print(plain.as_json(more | answer) if args.json else text)
