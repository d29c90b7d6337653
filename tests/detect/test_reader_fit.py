"""Fitting the reader's judgement: sentences kept apart, honest thresholds, trees that decide as they were learnt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.detect import confusions, reader_training, trees, word_reader
from cockpit.errors import CockpitError
from cockpit.paths import SHIPPED
from collectors import train_reader
from tests.detect.test_reader import CONFUSIONS, town
from tests.detect.word_models import PAIRS, USED, WORDS, model_file, small_lexicon
from tests.quality import __main__ as quality
from tests.quality import fit_reader
from tests.quality import reader_sentences as labelled
from tests.quality.reader_sentences import FOLDS, Flag, Sentence

SHARED = "切实解决企业和群众反映的突出问题"


def right(text: str) -> Sentence:
    return Sentence("a", text, text)


def test_sentences_that_share_a_run_stay_in_one_fold() -> None:
    alone = [right(f"第{c}条规定{c * 12}") for c in "甲乙丙丁戊己庚辛"]
    sentences = [right(f"今年以来，{SHARED}。"), *alone, right(f"{SHARED}，确保落实。"), right("短句")]
    fold = labelled.folds(sentences)
    assert fold[0] == fold[9]
    assert sorted(np.bincount(fold, minlength=FOLDS).tolist()) == [2, 2, 2, 2, 3]
    assert labelled.folds(sentences).tolist() == fold.tolist()


def test_text_that_repeats_a_labelled_sentence_is_left_out_alone() -> None:
    lines = [f"市水利局召开会议研究防汛；{SHARED}。下一句留着没有关系。", "市水利局召开会议研究防汛；"]
    kept = labelled.apart(lines, [Sentence("a", SHARED.replace("反映", "反应"), SHARED)])
    assert sorted(kept) == ["下一句留着没有关系。", "市水利局召开会议研究防汛；"]
    assert labelled.some(["一二三", "四五六", "七八九"], 4) == ["一二三", "四五六"]


def test_slips_are_where_written_and_meant_differ(tmp_path: Path) -> None:
    file = tmp_path / "odw.train"
    file.write_text("1\t民众凡应问题\t民众反应问题\n0\t少一字\t少了一字\n", encoding="utf-8")
    [sentence] = labelled.read(file)
    assert (sentence.kind, sentence.slips) == ("odw", {2: "反"})
    changes = [[word_reader.Change(2, "反映", 0.9)]]
    assert list(labelled.flags(changes, [sentence], np.array([3]))) == [
        Flag("odw", 3, 0.9, True, True),
        Flag("odw", 3, 0.9, False, False),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "读不了：没有这个文件"),
        (b"\xff\xfe\x00", "不是 UTF-8 文本"),
        ("1\t甲\t乙\n一列".encode(), "第 2 行应是三列"),
        ("0\t甲\t甲".encode(), "没有一处错字"),
    ],
)
def test_sentences_that_cannot_be_used_are_named(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "odw.train"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CockpitError) as caught:
        labelled.read(file)
    assert (str(file) in str(caught.value), said in str(caught.value)) == (True, True)


def flags(kind: str, told: str) -> list[Flag]:
    """One flag a letter, the surest first: + is a slip."""
    return [Flag(kind, 0, 1 - n / 100, c == "+", c == "+") for n, c in enumerate(told)]


@pytest.mark.parametrize(
    ("found", "limit"),
    [
        (flags("a", "+++-"), 0.97),  # 3 of 4
        (flags("a", "+++--"), 0.97),
        (flags("a", "-+++-"), 0.97),  # what comes before the last good place counts as a whole
        (flags("a", "+++++-") + flags("b", "++----"), 0.99),  # every kind must reach it
        (flags("a", "--"), 1.0),
        ([], 1.0),
        (
            [Flag("a", 0, c, s, s) for c, s in ((0.9, True), (0.8, True), (0.8, False), (0.8, False))],
            0.9,
        ),  # a tie
    ],
)
def test_the_lowest_threshold_that_reaches_the_goal(found: list[Flag], limit: float) -> None:
    assert labelled.lowest(found, 0.75) == pytest.approx(limit)


def leaf(value: float) -> dict[str, Any]:
    return {"leaf_value": value}


def fork(feature: int, limit: float, below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    return {"split_feature": feature, "threshold": limit, "left_child": below, "right_child": above}


def test_nested_trees_become_rows_that_decide_the_same(tmp_path: Path) -> None:
    nested = [fork(0, 1.5, leaf(-1.0), fork(1, 0.0, leaf(0.25), leaf(2.0))), leaf(0.5)]
    rows = fit_reader.as_trees({"tree_info": [{"tree_structure": tree} for tree in nested]})
    assert (rows["depth"], len(rows["roots"])) == (2, 2)
    file = tmp_path / "t.json"
    file.write_text(json.dumps({"features": ["a", "b"], "threshold": 0.5, **rows}), encoding="utf-8")
    share = trees.load(file, ["a", "b"]).confidence(np.array([[1.5, 9.0], [1.6, 0.0], [2.0, 0.1]]))
    assert share == pytest.approx(1 / (1 + np.exp([0.5, -0.75, -2.5])))


class Stump:
    """The one split between right and wrong rows that is wrong least often."""

    def __init__(self, x: Any, y: Any) -> None:
        tries = [
            (k, limit) for k in range(x.shape[1]) for limit in np.quantile(x[:, k], np.arange(1, 10) / 10)
        ]
        self.feature, self.limit = max(tries, key=lambda t: np.mean((x[:, t[0]] > t[1]) == y))

    def predict(self, x: Any) -> Any:
        return np.where(x[:, self.feature] > self.limit, 0.95, 0.05)

    def dump_model(self) -> dict[str, Any]:
        return {"tree_info": [{"tree_structure": fork(self.feature, self.limit, leaf(-3.0), leaf(3.0))}]}


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """A word model, labelled sentences about a small town, and its text."""
    monkeypatch.setattr(fit_reader, "LITTLE", 3000)
    monkeypatch.setattr(fit_reader, "LEXICON", small_lexicon(tmp_path / "lexicon", USED | set("浊桌映")))
    (tmp_path / "zh.lm").write_bytes(model_file(WORDS, PAIRS))
    texts = town()
    (tmp_path / "text.txt").write_text("\n".join(texts), encoding="utf-8")
    rows = []
    for n, (a, b) in enumerate(
        [("维修养护", "维修养户"), ("村民反映", "村民凡映"), ("水质浑浊", "水质浑桌")] * 12
    ):
        meant = f"{'甲乙丙丁戊己庚辛壬癸子丑'[n // 3] * 3}农村饮水工程{a}{chr(0x4E10 + n) * 9}资金问题。"
        rows += [f"1\t{meant.replace(a, b)}\t{meant}", f"0\t{meant}\t{meant}"]
    (tmp_path / "odw.train").write_text("\n".join(rows), encoding="utf-8")
    return {
        "background": tmp_path / "zh.lm",
        "labelled": tmp_path / "odw.train",
        "text": tmp_path / "text.txt",
    }


def test_the_whole_way_from_sentences_to_trees(given: dict[str, Path], tmp_path: Path) -> None:
    made = fit_reader.fit(given["background"], [given["labelled"]], [given["text"]], Stump)
    much, little = made["measured"]
    assert much["text"] > little["text"] >= 3000
    assert (much["sentences"], much["slips"]) == (72, 36)
    assert much["slips"] >= much["hits"] >= much["right"] > 18
    assert much["hits"] >= 0.9 * much["flags"]
    out = tmp_path / "t.json"
    out.write_text(fit_reader.as_text(made), encoding="utf-8")
    read = trees.load(out, word_reader.FEATURES)
    assert (read.threshold, read.depth) == (made["threshold"], 1)
    assert "odw（本地文本" in fit_reader.told(made)


def test_what_judges_a_fold_never_saw_it(given: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the text that is counted nor the trees, in any of the nested cross-validations."""
    counted: list[set[str]] = []
    count = reader_training.counted

    def listen(lines: Any, near: Any) -> Any:
        counted.append(set(lines))
        return count(lines, near)

    monkeypatch.setattr(reader_training, "counted", listen)
    sentences = labelled.read(given["labelled"])
    folds = labelled.folds(sentences)
    meant = [{s.meant for s, f in zip(sentences, folds, strict=True) if f == fold} for fold in range(FOLDS)]
    near = confusions.load(CONFUSIONS)
    lattice = train_reader.known_words(given["background"], fit_reader.LEXICON / "characters.csv", near)
    work = fit_reader.Fit(sentences, town(), lattice, near, Stump)
    for fold, hidden in ((0, frozenset({3})), (3, frozenset({0})), (2, frozenset({0, 3})), (1, frozenset())):
        counted.clear()
        readings = work.readings(fold, hidden)
        unseen = hidden | {fold}
        assert len(counted) == (0 if (fold, hidden) == (3, {0}) else 2), "counted once for all that ask"
        for text in counted:
            assert [bool(text & right) for right in meant] == [n not in unseen for n in range(FOLDS)]
        for reading in readings:
            assert {int(folds[line]) for line in reading.found.line} == {fold}
    rows: list[int] = []
    monkeypatch.setattr(work, "learner", lambda x, _y: rows.append(len(x)))
    work.learn(frozenset({0, 3}))
    assert rows == [sum(len(r.right) for n in (1, 2, 4) for r in work.readings(n, frozenset({0, 3})))]


def test_a_suspect_is_right_partly_right_or_wrong() -> None:
    work = fit_reader.Fit.__new__(fit_reader.Fit)
    work.sentences = [Sentence("a", "民众凡应问题", "民众反映问题")]
    ask = [(2, "反", False, ""), (2, "反", True, "映"), (2, "反", True, "应"), (2, "几", False, ""), (3, "映", True, "门"), (1, "中", False, "")]  # fmt: skip
    found = word_reader.Suspects(
        np.zeros(len(ask), dtype=np.int64),
        np.array([a[0] for a in ask]),
        np.array([a[2] for a in ask]),
        np.array([ord(a[1]) for a in ask]),
        np.array([ord(a[3] or "\0") for a in ask]),
        np.zeros((len(ask), 1)),
    )
    partly = fit_reader.PARTLY
    assert work._right(found).tolist() == [1.0, 1.0, partly, partly, 0.0, 0.0]


def test_too_few_sentences_are_told(given: dict[str, Path]) -> None:
    first = given["labelled"].read_text(encoding="utf-8").splitlines()[:4]
    given["labelled"].write_text("\n".join(first), encoding="utf-8")
    with pytest.raises(CockpitError, match="句子太少"):
        fit_reader.fit(given["background"], [given["labelled"]], [given["text"]], Stump)


def test_too_little_text_and_a_missing_learner_are_told(
    given: dict[str, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_reader, "lightgbm", lambda: Stump)
    monkeypatch.setattr(fit_reader, "LITTLE", 10_000_000)
    words = [w for name, path in given.items() for w in (f"--{name}", str(path))]
    assert fit_reader.main(words) == 2
    assert "至少要 20000000 字" in capsys.readouterr().err
    monkeypatch.undo()
    monkeypatch.setitem(__import__("sys").modules, "lightgbm", None)
    assert fit_reader.main(words) == 2
    assert (
        capsys.readouterr().err
        == "没有安装 LightGBM。请运行 .venv/bin/pip install -r requirements-reader.txt\n"
    )


def test_the_shipped_trees_say_what_was_measured() -> None:
    made = json.loads((SHIPPED / "lexicon" / "reader_trees.json").read_text(encoding="utf-8"))
    assert {(row["kind"], row["text"] > fit_reader.LITTLE * 2) for row in made["measured"]} == {
        (kind, much) for kind in ("odw", "law") for much in (True, False)
    }
    much = next(row for row in made["measured"] if row["kind"] == "odw")
    assert (much["hits"] >= 0.95 * much["flags"], much["hits"] >= 0.68 * much["slips"]) == (True, True)
    shown = quality.table(quality.background_rows())
    for row in made["measured"]:
        assert f"{row['hits'] / row['flags']:.1%}" in shown
        assert f"{row['hits'] / row['slips']:.1%}" in shown
