"""The rooms and who may call whom (the arrows point one way), checked on every import of the tree."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from cockpit.paths import CHECKOUT

PYTHON = [
    path
    for folder in ("cockpit", "collectors", "pages")
    for path in sorted((CHECKOUT / folder).rglob("*.py"))
] + [CHECKOUT / "dashboard.py"]
BASE = {
    "cockpit.errors",
    "cockpit.clock",
    "cockpit.entry",
    "cockpit.paths",
    "cockpit.causes",
    "cockpit.workdays",
    "cockpit.deadline",
    "cockpit.tabular",
    "cockpit.tabular_out",
    "cockpit.usage",
    "cockpit.plain",
    "cockpit.shares",
}
# Room → prefixes of our own modules that it may import besides the base modules and itself.
ARROWS = {
    "cockpit/detect": {"cockpit.detect", "cockpit.tabular"},
    "cockpit/store": {"cockpit.store"},
    "cockpit/registry": {"cockpit.registry", "cockpit.tabular", "cockpit.detect"},
    "cockpit/appraise": {"cockpit.appraise", "cockpit.store"},
    "cockpit/report": {"cockpit.report", "cockpit.appraise", "cockpit.store"},
    "cockpit/registers": {
        "cockpit.registers",
        "cockpit.appraise",
        "cockpit.detect",
        "cockpit.registry",
        "cockpit.store",
    },
    "collectors": {
        "collectors",
        "cockpit.detect",
        "cockpit.store",
        "cockpit.registry",
        "cockpit.registers",
        "cockpit.tabular",
    },
    "pages": {
        "cockpit.ui",
        "cockpit.report",
        "cockpit.appraise",
        "cockpit.registers",
        "cockpit.store",
        "cockpit.pipeline",
    },
    "dashboard.py": {"cockpit.ui", "cockpit.report", "cockpit.appraise", "cockpit.store"},
}
COMPOSITION = {
    "cockpit/appraise/score_command.py",
    "cockpit/report/export_command.py",
    "cockpit/registers/command.py",
}  # commands may use pipeline


def imports(path: Path) -> set[str]:
    """Modules a file imports, `from a import b` as both a and a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def relative(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_a_room_calls_only_its_neighbours(path: Path) -> None:
    name = relative(path)
    room = next((room for room in ARROWS if name == room or name.startswith(room + "/")), None)
    if room is None:
        return  # composition root: cockpit/*.py and cockpit/ui may use everything
    allowed = ARROWS[room] | BASE | ({"cockpit.pipeline"} if name in COMPOSITION else set())
    ours = {m for m in imports(path) if m.split(".")[0] in {"cockpit", "collectors", "pages"}}
    modules = ours - {"cockpit", "cockpit.__version__"}
    wrong = {m for m in modules if not any(m == a or m.startswith(a + ".") for a in allowed)}
    assert wrong == set()


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_streamlit_stays_in_the_screens(path: Path) -> None:
    name = relative(path)
    if not name.startswith(("pages/", "cockpit/ui/")) and name != "dashboard.py":
        assert "streamlit" not in imports(path)


@pytest.mark.parametrize(
    "path",
    [p for p in PYTHON if relative(p).startswith(("pages/", "dashboard", "cockpit/ui/"))],
    ids=relative,
)
def test_screens_hold_no_sql(path: Path) -> None:
    assert not re.search(r"\b(SELECT|INSERT INTO|UPDATE)\s", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path",
    [
        p
        for p in PYTHON
        if relative(p).startswith(("cockpit/appraise/", "cockpit/detect/", "cockpit/report/"))
    ],
    ids=relative,
)
def test_rules_and_detectors_have_no_clock(path: Path) -> None:
    assert not re.search(r"(date\.today|datetime\.now|time\.time)\(", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_no_file_is_two_rooms(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
