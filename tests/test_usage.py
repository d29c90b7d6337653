"""Options of a command before and behind its action."""

from __future__ import annotations

import pytest

from cockpit.__main__ import build_parser
from collectors.__main__ import build_parser as build_collector


@pytest.mark.parametrize(
    ("build", "name", "action"),
    [
        (build_parser, "registry", ["init"]),
        (build_parser, "registers", ["import", "表.csv"]),
        (build_parser, "warnings", ["ack", "W1", "--actor", "甲"]),
        (build_parser, "disputes", ["list"]),
        (build_parser, "access", ["list"]),
        (build_collector, "ledgers", ["import", "表.csv"]),
    ],
)
def test_the_folder_and_the_time_may_stand_on_both_sides(build, name: str, action: list[str]) -> None:
    where = ["--data", "甲目录", "--as-of", "2026-11-23"]
    before, behind = (build(name).parse_args(words) for words in ([*where, *action], [*action, *where]))
    assert (before.data, before.as_of) == (behind.data, behind.as_of) == ("甲目录", "2026-11-23")
    assert vars(before) == vars(behind) | {"run": before.run}
    neither = build(name).parse_args(action)
    assert (neither.data, neither.as_of) == (None, None)


def test_what_stands_behind_the_action_holds() -> None:
    """Written twice, the one nearer to the work is meant."""
    words = ["--data", "甲", "init", "--data", "乙"]
    assert build_parser("registry").parse_args(words).data == "乙"
