"""The statistical reader: trained on a small town's prose, it finds planted slips and says nothing of right lines."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from cockpit.detect import confusions, reader, reader_training, wording
from cockpit.detect.lexicon import Lexicon
from cockpit.errors import InputError
from cockpit.paths import SHIPPED
from collectors import __main__ as collectors
from collectors import train_reader

WHO = (
    "市财政局",
    "市教育局",
    "市民政局",
    "市水利局",
    "市商务局",
    "市司法局",
    "市审计局",
    "市统计局",
    "市公安局",
    "市交通运输局",
)
WHAT = (
    "召开专题会议研究部署重点工作",
    "组织开展安全生产监督检查",
    "公布年度部门预算和决算信息",
    "举办政策解读培训班",
    "深入基层开展走访调研",
    "推进政务服务标准化建设",
)
HOW = (
    "要求各科室按照职责分工抓好落实",
    "进一步提升群众的满意度和获得感",
    "切实解决企业和群众反映的突出问题",
    "确保各项任务按时保质完成",
    "持续优化营商环境",
    "不断提高行政效能和服务水平",
)
WHEN = ("近日", "本周", "日前", "上午", "下午", "今年以来")


def town() -> list[str]:
    return [
        f"{when}，{who}{what}，{how}。" for when, who, what, how in itertools.product(WHEN, WHO, WHAT, HOW)
    ]


CONFUSIONS = SHIPPED / "lexicon" / "confusions.csv"


@pytest.fixture(scope="module")
def model() -> reader.Model:
    return reader_training.train(town(), confusions.load(CONFUSIONS))[0]


def test_a_planted_slip_is_found_for_review_only(model: reader.Model) -> None:
    text = "第一行没有问题的文字\n近日，市财政局组织开展安全生产监督检察，切实解决企业和群众反映的突出问题。"
    [found] = reader.find(text, model)
    assert (found.kind, found.severity, found.rule) == ("wording.typo", "low", "reader")
    assert (text[found.start : found.end], found.text, found.suggestion) == ("检察，", "检察，", "检查，")


def test_right_lines_are_silent(model: reader.Model) -> None:
    assert [f for line in town()[::7] for f in reader.find(line, model)] == []


def test_it_is_measured_on_lines_it_was_not_trained_on(model: reader.Model) -> None:
    assert model.measured["precision"] >= 0.95
    assert model.measured["recall"] >= 0.68
    assert model.measured["lines"] > 50


def test_a_saved_model_reads_the_same(model: reader.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "m.npz")
    again = reader.load(tmp_path / "m.npz")
    line = "今年以来，市水利局深入基层开展走访调妍，持续优化营商环境。"
    assert reader.find(line, again) == reader.find(line, model) != []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"x" * 100])
def test_a_damaged_model_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.npz").write_bytes(content)
    with pytest.raises(ValueError, match="损坏，或者是另一版程序训练的"):
        reader.load(tmp_path / "m.npz")


def test_no_pickle_is_ever_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", characters=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="损坏，或者是另一版程序训练的"):
        reader.load(tmp_path / "m.npz")


def test_its_suspects_join_the_lists_findings_without_displacing_them(model: reader.Model) -> None:
    matcher = wording.Matcher(Lexicon.load(SHIPPED / "lexicon"), model)
    found = matcher.find(
        "近日，市财政局组织开展安全生产监督检察，切实解决企业和群众反映的突出问题。我局做为牵头单位。"
    )
    assert [(f.rule, f.severity) for f in found] == [("reader", "low"), ("typo:做为", "medium")]


def test_too_little_text_is_refused() -> None:
    with pytest.raises(ValueError, match="至少要"):
        reader_training.train(["一行不够长的训练文本而已"], {})


def test_the_command_trains_from_files_and_leaves_personal_data_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    leak = "张某某身份证号码11010519491231002X，已经核验通过。"
    (corpus / "a.txt").write_text("\n".join([*town(), leak]), encoding="utf-8")
    (corpus / "b.html").write_text("<p>" + "</p><p>".join(town()[:50]) + "</p>", encoding="utf-8")
    known = "近日，市财政局做为牵头单位公布年度部门预算和决算信息。"
    (corpus / "c.md").write_text(known, encoding="utf-8")
    read = list(train_reader.lines([corpus], wording.Matcher(Lexicon.load(SHIPPED / "lexicon"))))
    assert set(read) == set(town()), "neither the leak nor what the lexicon knows to be wrong"
    assert len(read) == len(town()), "each line once"
    assert collectors.main(["train-reader", "--data", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["precision"] >= 0.95
    assert (tmp_path / "reader" / "model.npz").is_file()
    assert collectors.main(["train-reader", str(tmp_path / "nothing"), "--data", str(tmp_path)]) == 2
    assert "请检查路径和权限" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("做作,坐,故", "t.csv 第 3 行「字」：“做作”不是一个汉字。只写一个汉字"),
        ("a,坐,", "t.csv 第 3 行「字」：“a”不是一个汉字。只写一个汉字"),
        ("做,作、坐,故", "t.csv 第 3 行「音近字」：有不是汉字的“、”。汉字连着写，不用标点和空格"),
        ("做,坐,故做", "t.csv 第 3 行「形近字」：写了“做”自己。删去"),
        ("做,,", "t.csv 第 3 行「音近字」：音近字和形近字都空着。至少填一个，或者删去这一行"),
        ("做," + "坐" * 61 + ",", "t.csv 第 3 行「音近字」：有 61 个字。只留最常见的，最多 60 个"),
        (",坐,", "t.csv 第 3 行「字」：不能为空。请填写"),
        ("察,查,", "t.csv 第 3 行「字」：「察」与第 2 行重复"),
    ],
)
def test_a_wrong_row_of_the_confusion_sets_is_named(tmp_path: Path, row: str, said: str) -> None:
    (tmp_path / "t.csv").write_text(f"字,音近字,形近字\n察,查,\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        confusions.load(tmp_path / "t.csv")
    assert said in str(caught.value)


def test_the_command_names_the_row_and_trains_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("\n".join(town()), encoding="utf-8")
    (tmp_path / "lexicon" / "confusions.csv").write_text(
        "字,音近字,形近字\n察,查 ,\n察察,查,\n", encoding="utf-8"
    )
    assert collectors.main(["train-reader", "--data", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "confusions.csv 第 3 行「字」：“察察”不是一个汉字" in said
    assert not (tmp_path / "reader").exists()
