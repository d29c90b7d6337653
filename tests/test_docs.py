"""The README and the help say what is there: every command, collector, page, dependency and make target."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from cockpit.__main__ import COMMANDS, build_parser
from cockpit.paths import CHECKOUT
from cockpit.ui.shell import SCREENS
from collectors.__main__ import COLLECTORS
from collectors.__main__ import build_parser as collector_parser

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_is_documented_and_has_help(name: str) -> None:
    assert re.search(rf"python -m cockpit {name}|` · `{name}", README)
    text = build_parser(name).format_help()
    assert "--data" in text
    assert "--as-of" in text


@pytest.mark.parametrize("name", list(COLLECTORS))
def test_every_collector_is_documented_and_has_help(name: str) -> None:
    assert f"python -m collectors {name}" in README
    assert "--allow-private" in collector_parser(name).format_help()


@pytest.mark.parametrize("key", [k for k, s in SCREENS.items() if s.group])
def test_every_screen_is_documented_and_exists(key: str) -> None:
    assert SCREENS[key].title in README
    assert (CHECKOUT / SCREENS[key].file).is_file()


def test_every_dependency_earns_a_line() -> None:
    pins = re.findall(r"^([\w.-]+)==", (CHECKOUT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert [p for p in pins if p not in README] == []


def test_every_make_target_is_in_the_help() -> None:
    text = subprocess.run(["make", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    assert all(f"make {target}" in text for target in ("run", "demo", "test", "lint", "bench", "help"))


@pytest.mark.parametrize("room", ["cockpit", "collectors"])
def test_wrong_use_is_told_in_chinese_with_exit_2(room: str) -> None:
    for words in ([], ["不存在"]):
        done = subprocess.run(
            [sys.executable, "-m", room, *words], cwd=CHECKOUT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "用法" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("room", "words", "told"),
    [
        ("collectors", ["check"], "缺少参数：网址"),
        ("collectors", ["check", "http://a.cn/", "--max-pages", "x"], "参数 --max-pages 应是整数，「x」不是"),
        ("cockpit", ["registry", "chek"], "没有「chek」，可选："),
        ("cockpit", ["doctor", "--dat", "x"], "没有这个参数：--dat x"),
        ("cockpit", ["score", "--week"], "参数 --week 后面要写一个值"),
    ],
)
def test_wrong_arguments_are_told_in_chinese(
    room: str, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = (build_parser if room == "cockpit" else collector_parser)(words[0])
    with pytest.raises(SystemExit) as stopped:
        parser.parse_args(words[1:])
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert told in said
    assert not re.search("usage:|error:|argument", said)


@pytest.mark.parametrize("name", ["registry", "warnings", "registers"])
def test_help_has_no_english_headings(name: str) -> None:
    text = build_parser(name).format_help()
    assert text.startswith("用法：")
    assert not re.search("options:|positional|show this help", text)


def test_no_command_is_listed_twice() -> None:
    rows = re.findall(r"^\| `python -m (\w+ [\w-]+)", README, re.MULTILINE)
    assert len(rows) == len(set(rows)), [r for r in rows if rows.count(r) > 1]


@pytest.mark.parametrize(
    ("words", "as_json"),
    [([], False), (["--json"], True), (["--json", "list"], True), (["list", "--json"], True)],
)
def test_warnings_are_listed_without_a_word(words: list[str], as_json: bool) -> None:
    asked = build_parser("warnings").parse_args(words)
    assert (asked.task or "list", asked.json, asked.unit, asked.late) == ("list", as_json, None, False)


def test_links_of_the_readme_lead_to_files() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert [t for t in targets if not t.startswith("http") and not (CHECKOUT / t).exists()] == []
