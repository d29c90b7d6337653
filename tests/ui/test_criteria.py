"""The table of the acceptance criteria names tests that exist, for all twelve."""

from __future__ import annotations

import re
from pathlib import Path

import tests
from tests import browser

ROOT = Path(tests.__file__).parent


def test_every_criterion_names_its_tests_and_they_are_there() -> None:
    parts = re.split(r"(?m)^ ?(\d+)  ", browser.__doc__ or "")
    table = {
        int(n): re.findall(r"^    (\S+)::(\w+)$", body, re.M)
        for n, body in zip(parts[1::2], parts[2::2], strict=True)
    }
    assert sorted(table) == list(range(1, 13))
    assert all(table.values())
    missing = [
        f"{file}::{name}"
        for named in table.values()
        for file, name in named
        if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []
