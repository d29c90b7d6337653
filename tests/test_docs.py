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


def test_links_of_the_readme_lead_to_files() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert [t for t in targets if not t.startswith("http") and not (CHECKOUT / t).exists()] == []
