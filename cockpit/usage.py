"""Command lines that help and complain in Chinese: what `argparse` says in English, said again."""

from __future__ import annotations

import argparse
import copy
import getpass
import re
from typing import Any, NoReturn

# What argparse says -> what the user reads. The first that matches is used; anything else stays as it is.
SAID = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"the following arguments are required: (.+)", r"缺少参数：\1"),
        (r"unrecognized arguments: (.+)", r"没有这个参数：\1"),
        (r"argument (.+?): invalid int value: '(.*)'", r"参数 \1 应是整数，「\2」不是"),
        (r"argument (.+?): invalid float value: '(.*)'", r"参数 \1 应是数字，「\2」不是"),
        (r"argument (.+?): invalid choice: '?(.*?)'? \(choose from (.+)\)", r"参数 \1 没有「\2」，可选：\3"),
        (r"argument (.+?): invalid \S+ value: '(.*)'", r"参数 \1 的值「\2」不对"),
        (r"argument (.+?): expected one argument", r"参数 \1 后面要写一个值"),
        (r"argument (.+?): expected at least one argument", r"参数 \1 后面至少要写一个值"),
        (r"argument (.+?): not allowed with argument (.+)", r"参数 \1 和 \2 只能写一个"),
        (r"argument (.+?): ignored explicit argument '(.*)'", r"参数 \1 后面不带值，多写了「\2」"),
        (r"one of the arguments (.+) is required", r"这些参数要写一个：\1"),
        (r"ambiguous option: (\S+) could match (.+)", r"参数 \1 不明确，可能是 \2"),
    )
)


def in_chinese(message: str) -> str:
    """A complaint of argparse in Chinese."""
    for pattern, text in SAID:
        if found := pattern.fullmatch(message):
            return found.expand(text)
    return message


class _Help(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


def add_actor(parser: argparse.ArgumentParser) -> None:
    """Who does it, for the trail."""
    parser.add_argument("--actor", default=getpass.getuser(), metavar="姓名", help="操作人（默认当前用户）")


def everywhere(parser: argparse.ArgumentParser) -> None:
    """Options of a command may also be written behind its action: `registry init --data 目录`."""
    options = [a for a in parser._actions if a.option_strings and a.dest != "help"]
    for group in parser._actions:
        if isinstance(group, argparse._SubParsersAction):
            for action in group.choices.values():
                for option in options:
                    if not {*option.option_strings} & {*action._option_string_actions}:
                        twin = copy.copy(option)
                        twin.default, twin.required = argparse.SUPPRESS, False
                        action._add_action(twin)


class Parser(argparse.ArgumentParser):
    """An argument parser in Chinese; parsers of its actions (`add_subparsers`) are of the same kind."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Help, "allow_abbrev": False, **options, "add_help": False})
        self._positionals.title, self._optionals.title = "要写的", "可选参数"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def parse_known_args(self, *words: Any, **options: Any) -> Any:
        found, rest = super().parse_known_args(*words, **options)
        for action in self._actions:
            if action.option_strings and getattr(found, action.dest, None) == "" and action.default != "":
                self.error(f"参数 {action.option_strings[0]} 是空的")
        return found, rest

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{in_chinese(message)}\n\n{self.format_usage()}写法见 {self.prog} -h\n")
