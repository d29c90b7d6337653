"""`python -m collectors <name>`: the collectors, each in a module of its own.

Exit codes: 0 done (findings are not failures), 1 part could not be measured, 2 wrong use or bad input.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cockpit import entry, plain
from cockpit.usage import Parser, everywhere
from collectors import options

COLLECTORS: Mapping[str, str] = MappingProxyType(
    {
        "probe": "可用性：打开每个网站首页，15 秒规则，IPv4 与 IPv6",
        "patrol": "巡查：逐站走一遍，死链、暗链、栏目更新、标签、错敏、隐私",
        "ipv6": "IPv6：AAAA、首页、二三级链接支持度",
        "certificate": "证书与安全：证书链、剩余天数、HTTPS 跳转、安全响应头",
        "ledgers": "台账：导入依申请公开、网民留言、新媒体发文",
        "samples": "演示数据：生成演示城市 26 周数据（只写入独立的演示目录）",
        "schedule": "调度：按 schedule.toml 持续采集",
        "check": "体检：马上检查一个网址，不写数据库",
        "train-reader": "复核：用本地文本训练统计复核模型（错字只进复核队列）",
        "scan": "扫描：把一段文字或一个网页交给检测器",
        "all": "依次运行 probe、patrol、ipv6、certificate",
    }
)


def usage() -> str:
    lines = ["用法：python -m collectors <采集器> [参数]", "", "采集器："]
    lines += [f"  {name:<14}{text}" for name, text in COLLECTORS.items()]
    return "\n".join([*lines, "", "每个采集器加 -h 查看参数。结果用 python -m cockpit load 入库"])


def build_parser(name: str) -> argparse.ArgumentParser:
    """The parser of one collector; its module is imported only now."""
    module = importlib.import_module(
        "collectors.together" if name == "all" else f"collectors.{name.replace('-', '_')}"
    )
    parser = Parser(prog=f"python -m collectors {name}", description=COLLECTORS[name])
    options.add_common(parser)
    module.add_arguments(parser)
    everywhere(parser)
    parser.set_defaults(run=module.main)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in {"-h", "--help"}:
        print(usage())
        return 0 if words else 2
    if words[0] not in COLLECTORS:
        print(f"没有采集器「{words[0]}」。\n\n{usage()}", file=sys.stderr)
        return 2
    with plain.streams():
        return _run(words)


def _run(words: Sequence[str]) -> int:
    args = build_parser(words[0]).parse_args(words[1:])
    return entry.run(
        args, log="collectors.log", kept="已写成的批次不受影响", stopped="已按要求停止，已写成的批次都在。"
    )


if __name__ == "__main__":
    sys.exit(main())
