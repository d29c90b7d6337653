"""`python -m cockpit registry` with its trail: what an import changed in the register's files, and who did it."""

from __future__ import annotations

import argparse

from cockpit import clock, trail
from cockpit.paths import DataDir, data_dir
from cockpit.registry import commands
from cockpit.registry.files import FILES
from cockpit.usage import add_actor

CHANGING = {"import", "init"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_actor(parser)
    commands.add_arguments(parser)


def main(args: argparse.Namespace) -> int:
    """台账：检查、导入、导出、模板、初始化。"""
    data = data_dir(args.data)
    if args.action not in CHANGING:
        return commands.main(args)
    before = _contents(data)
    code = commands.main(args)
    for name, content in _contents(data).items():
        trail.file_edit(
            data,
            data.registry / name,
            before[name],
            content,
            actor=args.actor,
            now=clock.now(args.as_of),
            action=f"register.{args.action}",
        )
    return code


def _contents(data: DataDir) -> dict[str, bytes | None]:
    paths = {name: data.registry / name for name in FILES}
    return {name: path.read_bytes() if path.is_file() else None for name, path in paths.items()}
