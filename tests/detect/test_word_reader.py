"""The reader with background knowledge: slips in words that the training texts never had, also of two characters."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from cockpit.detect import confusions, likeness, reader, trees, word_reader
from cockpit.detect.lattice import Split
from cockpit.errors import InputError
from cockpit.paths import SHIPPED
from collectors import __main__ as collectors
from collectors import train_reader
from tests.detect.test_reader import CONFUSIONS, town
from tests.detect.word_models import PAIRS, RIGHT, USED, WORDS, model_file, small_lexicon


@pytest.fixture(scope="module")
def model(read_city: Path) -> reader.Model:
    return reader.load(read_city / "reader" / "model.npz")


def told(text: str, model: reader.Model) -> list[tuple[str, str]]:
    return [(f.text, f.suggestion) for f in reader.find(text, model)]


def test_right_words_that_the_city_never_wrote_are_silent(model: reader.Model) -> None:
    assert told(RIGHT, model) == []


@pytest.mark.parametrize(
    ("wrong", "found", "better"),
    [
        ("农村饮水工程维修养户资金，村民反映的水质浑浊问题。", "养户资", "养护资"),
        ("农村饮水工程维修养护资金，村民反应的水质浑浊问题。", "反应的", "反映的"),
        ("农村饮水工程维修养护资金，村民凡应的水质浑浊问题。", "民凡应的", "民反映的"),
    ],
)
def test_a_slip_in_them_is_found(model: reader.Model, wrong: str, found: str, better: str) -> None:
    assert (found, better) in told(wrong, model)
    [one] = [f for f in reader.find("第一行没有问题的文字\n" + wrong, model) if f.text == found]
    assert (one.severity, one.rule) == ("low", "reader")
    assert ("第一行没有问题的文字\n" + wrong)[one.start : one.end] == found


def test_words_written_for_likelier_ones_are_suspects_though_they_are_words(tmp_path: Path) -> None:
    words = {"国家": -3.0, "郭嘉": -4.6, "发展": -3.0, "建设": -3.2, "见": -3.0, "合": -3.0}
    (tmp_path / "zh.lm").write_bytes(model_file(words, {("国家", "发展"): -0.8}))
    table = small_lexicon(tmp_path / "lexicon", {*"".join(words), "设"}) / "characters.csv"
    lattice = train_reader.known_words(tmp_path / "zh.lm", table, confusions.load(CONFUSIONS))
    codes = np.array([ord(c) for c in "郭嘉发展合见设"])
    found = lattice.candidates(
        Split(lattice, codes), np.ones(len(codes), dtype=bool), (np.zeros(0, np.int64),) * 2
    )
    meant = {
        (at, chr(right) + (chr(after) if two else ""))
        for at, two, right, after in zip(found.at, found.two, found.right, found.right_next, strict=True)
    }
    assert meant == {(0, "国家"), (5, "建")}
    assert found.gain.min() > 1


def test_lines_are_read_the_same_alone_and_together(model: reader.Model) -> None:
    lines = [RIGHT, "农村饮水工程维修养户资金，村民反映的水质浑浊问题。", *town()[:3]]
    model.forget()
    together = model.read(lines)
    model.forget()
    assert [model.read([line])[0] for line in lines] == together
    assert model.read(lines) == together, "remembered"
    assert [bool(found) for found in together] == [False, True, False, False, False]


def test_training_twice_gives_the_same_file(read_city: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("\n".join(town()), encoding="utf-8")
    small_lexicon(tmp_path / "lexicon", USED)
    command = ["train-reader", "--data", str(tmp_path), "--background", str(read_city / "zh.lm")]
    assert collectors.main(command) == 0
    with (
        np.load(tmp_path / "reader" / "model.npz") as one,
        np.load(read_city / "reader" / "model.npz") as two,
    ):
        assert one.files == two.files
        assert all(np.array_equal(one[name], two[name]) for name in one.files)


def test_it_is_said_whether_a_background_was_used(
    read_city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train-reader", "--data", str(read_city), "--background", str(read_city / "zh.lm"), "--json"]
    assert collectors.main(command) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["background"] == str(read_city / "zh.lm")
    assert said["precision"] >= 0.95
    assert said["threshold"] >= trees.load(TREES, word_reader.FEATURES).threshold


TREES = SHIPPED / "lexicon" / "reader_trees.json"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "没有这个文件"),
        (b"", "开头不是 KenLM 语言模型的标记"),
        (model_file(WORDS, PAIRS)[:500], "内容残缺"),
    ],
)
def test_a_background_that_cannot_be_used_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, said: str
) -> None:
    (tmp_path / "corpus").mkdir()
    file = tmp_path / "zh.lm"
    if content is not None:
        file.write_bytes(content)
    assert collectors.main(["train-reader", "--data", str(tmp_path), "--background", str(file)]) == 2
    error = capsys.readouterr().err
    assert (str(file) in error, said in error, "libime-data-language-model" in error) == (True, True, True)
    assert not (tmp_path / "reader").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"features": ["gain"]}, "特征与本版程序的不同"),
        ({"nodes": [[0, 0.0, 1, 1, 0.0]], "roots": [0]}, "节点编号超出范围"),
        ({"nodes": [[99, 0.0, 0, 0, 0.0]], "roots": [0]}, "特征编号超出范围"),
        ({"roots": [-1]}, "节点编号超出范围"),
        ({"roots": []}, "内容残缺"),
        ({"nodes": []}, "内容残缺"),
        ({"nodes": [[0, 0.0], [1]]}, "内容残缺"),
        ({"nodes": [[0, float("nan"), 0, 0, 0.0]], "roots": [0]}, "内容残缺"),
        ({"threshold": "high"}, "内容残缺"),
        ({"threshold": 1.5}, "层数或阈值超出范围"),
        ({"depth": 10**9}, "层数或阈值超出范围"),
        (b"{", "不是 UTF-8 的 JSON 文件"),
        (b"\xff", "不是 UTF-8 的 JSON 文件"),
        (b"[]", "特征与本版程序的不同"),
    ],
)
def test_damaged_trees_are_refused(tmp_path: Path, change: dict[str, object] | bytes, said: str) -> None:
    right = json.loads(TREES.read_text(encoding="utf-8"))
    content = change if isinstance(change, bytes) else json.dumps(right | change).encode()
    (tmp_path / "t.json").write_bytes(content)
    with pytest.raises(ValueError, match=said):
        trees.load(tmp_path / "t.json", word_reader.FEATURES)


def test_the_command_names_trees_that_are_not_for_it(
    read_city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHIPPED / "lexicon", tmp_path / "lexicon")
    (tmp_path / "lexicon" / "reader_trees.json").write_text('{"features": ["old"]}', encoding="utf-8")
    command = ["train-reader", "--data", str(tmp_path), "--background", str(read_city / "zh.lm")]
    assert collectors.main(command) == 2
    error = capsys.readouterr().err
    assert "特征与本版程序的不同。从程序自带的 data/lexicon 复制一份" in error
    assert str(tmp_path / "lexicon" / "reader_trees.json") in error


def test_trees_decide_as_written() -> None:
    two = trees.Trees(
        feature=np.array([1, 0, 0, 0]),
        limit=np.array([2.0, 0, 0, 0]),
        below=np.array([1, 1, 2, 3]),
        above=np.array([2, 1, 2, 3]),
        value=np.array([9.0, -1.0, 1.5, 0.5]),
        root=np.array([0, 3]),
        depth=1,
        threshold=0.5,
    )
    shares = two.confidence(np.array([[0.0, 2.0], [0.0, 2.1]]))
    assert shares == pytest.approx([1 / (1 + np.exp(0.5)), 1 / (1 + np.exp(-2.0))])


def test_likeness_knows_sound_and_shape() -> None:
    table = likeness.load(SHIPPED / "lexicon" / "characters.csv")
    some = {c: table[c] for c in "户护互人入大"}
    alike = likeness.of(some, confusions.load(CONFUSIONS), {})
    score = dict(zip(alike.keys.tolist(), alike.score.tolist(), strict=True))
    shape = dict(zip(alike.keys.tolist(), alike.shape.tolist(), strict=True))
    same_sound, same_shape = ord("户") << 16 | ord("护"), ord("人") << 16 | ord("入")
    assert score[same_sound] > score[ord("户") << 16 | ord("互")] > 3, (
        "like strokes count on top of the sound"
    )
    assert (score[same_shape] > 1, shape[same_shape]) == (True, 1.0)
    assert ord("户") << 16 | ord("人") not in score


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("户,,psn", "「读音」：不能为空"),
        (",hu4,psn", "「字」：不能为空"),
        ("人,ren2,pn\n人,ren2,pn", "重复"),
        ("户口,hu4,psn", "「字」：“户口”不合格式。只写一个汉字"),
        ("户,hù,psn", "「读音」：“hù”不合格式。拼音加声调数字，几个读音用空格隔开"),
        ("户,hu4,丶尸", "「笔顺」：“丶尸”不合格式。只用 h、s、p、n、z"),
    ],
)
def test_a_wrong_row_of_the_characters_is_named(tmp_path: Path, row: str, said: str) -> None:
    (tmp_path / "t.csv").write_text(f"字,读音,笔顺\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        likeness.load(tmp_path / "t.csv")
    assert said in str(caught.value)
