"""A reader trained once for all tests of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors import __main__ as collectors
from tests.detect.test_reader import town
from tests.detect.word_models import PAIRS, USED, WORDS, model_file, small_lexicon


@pytest.fixture(scope="session")
def read_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose reader was trained with background knowledge (zh.lm); not to be changed."""
    folder = tmp_path_factory.mktemp("city")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "a.txt").write_text("\n".join(town()), encoding="utf-8")
    (folder / "zh.lm").write_bytes(model_file(WORDS, PAIRS))
    small_lexicon(folder / "lexicon", USED)
    assert (
        collectors.main(["train-reader", "--data", str(folder), "--background", str(folder / "zh.lm")]) == 0
    )
    return folder
