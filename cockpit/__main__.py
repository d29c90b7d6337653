"""`python -m cockpit <command>`: everything that is not collecting.

Exit codes: 0 done (findings are not failures), 1 ran but part could not be done, 2 wrong use or bad input.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from cockpit import entry, plain
from cockpit.usage import Parser, everywhere


@dataclass(frozen=True)
class Command:
    """Where a command lives: module, functions for its arguments and its work, and its Chinese help.

    existing: it works on a data folder that is there; a path that is not is a slip of the pen, and none is made.
    """

    module: str
    help: str
    arguments: str = "add_arguments"
    main: str = "main"
    existing: bool = True


KEPT = "已写成的数据不受影响"

COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "registry": Command(
            "cockpit.registry_command", "台账：检查、导入、导出、模板、初始化", existing=False
        ),
        "load": Command("cockpit.commands", "入库：把采集批次并入数据库并发布", "add_load_arguments", "load"),
        "rebuild": Command(
            "cockpit.commands", "重建：从归档批次重新生成数据库", "add_rebuild_arguments", "rebuild"
        ),
        "collect": Command(
            "cockpit.collect_command", "采一遍：探测、巡查、IPv6、证书，入库，首次还计分", existing=False
        ),
        "score": Command("cockpit.score_command", "计分：计算一周的单位得分与扣分明细"),
        "close-week": Command(
            "cockpit.close_command",
            "封存：冻结一周的事实、口径与得分，或出更正",
            "add_close_arguments",
            "close_week",
        ),
        "recompute": Command(
            "cockpit.close_command",
            "复算：证明封存的一周，一致或逐项列出不同",
            "add_recompute_arguments",
            "recompute",
        ),
        "disputes": Command("cockpit.dispute_command", "异议：提出、受理、结论、撤回、统计"),
        "export": Command("cockpit.export_command", "导出：一周的考核 CSV 与数据字典"),
        "scorecard": Command(
            "cockpit.scorecard_command", "计分卡：一周的计分卡，一个可发送、可打印的网页文件"
        ),
        "bulletin": Command("cockpit.bulletin_command", "通报：一周、一月、一季或一年的 Word 通报"),
        "verify-bundle": Command(
            "cockpit.verify_command", "核验考核包：只用包内数据重算每个得分", existing=False
        ),
        "warnings": Command("cockpit.warnings_command", "预警：列出、签收、处置、转办、忽略、撤销、立即复测"),
        "rehearse": Command("cockpit.rehearse_command", "预演：若今天抽查，谁不合格、为什么、何时触线"),
        "indicators": Command(
            "cockpit.indicators_command", "口径：全部指标、与封存口径比较、改限值试算", existing=False
        ),
        "deadline": Command("cockpit.deadline_command", "期限：依申请公开答复期限逐步计算", existing=False),
        "registers": Command(
            "cockpit.registers.command", "工作台账：清单、模板、检查、导入、导出", existing=False
        ),
        "demo": Command("cockpit.demo", "演示：生成演示城市 26 周数据、入库并计分", existing=False),
        "backup": Command(
            "cockpit.backup_command", "备份：整个数据目录，一个文件", "add_backup_arguments", "run_backup"
        ),
        "restore": Command(
            "cockpit.backup_command",
            "恢复：先逐个核对再整体换上",
            "add_restore_arguments",
            "run_restore",
            existing=False,
        ),
        "notify": Command("cockpit.notify_command", "通知：按规则把预警发给联系人、分管领导、市政府办"),
        "access": Command("cockpit.access_command", "账号：谁是什么角色，登记、修改、删除", existing=False),
        "verify-audit": Command("cockpit.audit_command", "核对留痕：改动、删除、换序、截断都能发现"),
        "doctor": Command(
            "cockpit.commands",
            "体检：说明安装哪里不对、怎样修复",
            "add_doctor_arguments",
            "run_doctor",
            existing=False,
        ),
    }
)


def build_parser(name: str) -> argparse.ArgumentParser:
    """The parser of one command; its module is imported only now."""
    command = COMMANDS[name]
    module = importlib.import_module(command.module)
    parser = Parser(prog=f"python -m cockpit {name}", description=command.help)
    parser.add_argument(
        "--data", metavar="目录", help="数据目录（默认取环境变量 COCKPIT_DATA，再默认 data/）"
    )
    parser.add_argument(
        "--as-of", metavar="时间", help="以此时刻为“现在”，如 2026-11-23T10:00（默认取 COCKPIT_NOW）"
    )
    getattr(module, command.arguments)(parser)
    everywhere(parser)
    parser.set_defaults(run=getattr(module, command.main))
    return parser


def usage() -> str:
    """The list of commands."""
    lines = ["用法：python -m cockpit <命令> [参数]", "", "命令："]
    lines += [f"  {name:<14}{command.help}" for name, command in COMMANDS.items()]
    return "\n".join([*lines, "", "每个命令加 -h 查看参数。采集命令见 python -m collectors -h"])


def main(argv: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in {"-h", "--help"}:
        print(usage())
        return 0 if words else 2
    if words[0] not in COMMANDS:
        print(f"没有命令「{words[0]}」。\n\n{usage()}", file=sys.stderr)
        return 2
    with plain.streams():
        return _run(words)


def _run(words: Sequence[str]) -> int:
    args = build_parser(words[0]).parse_args(words[1:])
    args.existing = COMMANDS[words[0]].existing
    return entry.run(args, log="cockpit.log", kept=KEPT, stopped="已按要求停止，已写成的数据都在。")


if __name__ == "__main__":
    sys.exit(main())
