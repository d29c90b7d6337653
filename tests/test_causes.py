"""The table of causes: complete, and every id the code uses is in it."""

from __future__ import annotations

import re

import pytest

from cockpit.causes import FAULTS, cause, causes
from cockpit.paths import CHECKOUT


@pytest.mark.parametrize("name", list(causes()))
def test_every_cause_explains_itself(name: str) -> None:
    found = cause(name)
    assert found.label
    assert found.meaning
    assert found.remedy
    assert found.fault in FAULTS


def test_every_cause_written_in_the_collectors_is_in_the_table() -> None:
    used = set()
    for path in (CHECKOUT / "collectors").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'cause=\s*"(\w+)"', text)) | set(re.findall(r'Cause\("(\w+)"', text))
    assert used
    assert used - causes().keys() == set()
