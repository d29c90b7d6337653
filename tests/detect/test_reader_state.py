"""What is told of the statistical reader: on the screen of a command, and over the review queue."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cockpit.detect import reader, reader_state
from cockpit.paths import SHIPPED, DataDir
from collectors import __main__ as collectors
from tests.detect.word_models import RIGHT

SLIP = RIGHT.replace("养护", "养户")


@pytest.fixture
def city(read_city: Path, tmp_path: Path) -> DataDir:
    """A copy that a test may spoil."""
    return DataDir(Path(shutil.copytree(read_city, tmp_path / "city")))


def scan(city: DataDir, capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
    """(what was found in a line with a slip, what was said beside it)."""
    (city.root / "a.txt").write_text(SLIP, encoding="utf-8")
    capsys.readouterr()
    assert collectors.main(["scan", "--data", str(city.root), "--json", str(city.root / "a.txt")]) == 0
    said = capsys.readouterr()
    return [f["text"] for f in json.loads(said.out)["findings"]], said.err


def resave(city: DataDir, **changed: np.ndarray) -> None:
    with np.load(city.reader_model) as kept:
        np.savez_compressed(city.reader_model, **{**kept, **changed})


def test_a_reader_that_takes_part_says_nothing(city: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    found, said = scan(city, capsys)
    assert (found, said) == (["养户资"], "")
    state = reader_state.load(city)[1]
    assert (state.trained, state.background, state.warning) == (True, True, "")
    assert state.measured["precision"] >= 0.95
    precision, recall = state.fitted
    assert precision > recall > 0, "planted slips are not all that is told"


def test_before_the_first_training_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert reader_state.load(DataDir(tmp_path)) == (None, reader_state.State())


def test_a_damaged_model_is_said_to_take_no_part(city: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    city.reader_model.write_bytes(city.reader_model.read_bytes()[:2000])
    found, said = scan(city, capsys)
    assert found == []
    assert said == (
        "统计复核没有参加：reader/model.npz：复核模型损坏，或者是另一版程序训练的。"
        "请重新训练：python -m collectors train-reader\n"
    )


def test_a_model_of_other_features_takes_no_part(city: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    resave(city, features=np.array(["old"]))
    found, said = scan(city, capsys)
    assert found == []
    assert "另一版程序训练的。请重新训练" in said


def test_a_model_whose_judgement_was_renewed_goes_on_and_says_so(
    city: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = (SHIPPED / "lexicon" / reader_state.JUDGEMENT).read_bytes()
    (city.root / "lexicon" / reader_state.JUDGEMENT).write_bytes(shipped + b"\n")
    found, said = scan(city, capsys)
    assert found == ["养户资"], "what was confirmed must not look mended by an upgrade"
    assert said == "统计复核的判据已随程序更新，请重新训练：python -m collectors train-reader\n"


def over_the_queue() -> None:
    import streamlit as st

    from cockpit.ui import verdict

    st.html(verdict.about_reader())


@pytest.mark.parametrize(
    ("spoil", "shown", "hidden"),
    [
        (None, ["用了背景词语模型", "有真实错字的公文句上查准率 9", f"找不到：{reader.CANNOT}"], "◆"),
        (lambda m: m.write_bytes(b"PK"), ["◆ 统计复核没有参加", "请重新训练"], "查准率"),
        (lambda m: m.unlink(), ["统计复核没有训练"], "◆"),
    ],
)
def test_the_review_queue_says_what_reads_for_it(
    city: DataDir, monkeypatch: pytest.MonkeyPatch, spoil: object, shown: list[str], hidden: str
) -> None:
    monkeypatch.setenv("COCKPIT_DATA", str(city.root))
    if callable(spoil):
        spoil(city.reader_model)
    page = AppTest.from_function(over_the_queue, default_timeout=30).run()
    assert not page.exception
    text = page.get("html")[0].proto.body
    assert all(word in text for word in shown), text
    assert hidden not in text
