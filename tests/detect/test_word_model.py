"""The background word model: exactly what the file says, and a clear refusal of anything else."""

from __future__ import annotations

import struct

import pytest

from cockpit.detect import word_model
from tests.detect.word_models import MAGIC, model_file

WORDS = {"安全": -3.5, "生产": -3.25, "的": -1.5, "监督": -4.0, "五个字的词": -5.0, "ABC": -5.0}
PAIRS = {("安全", "生产"): -0.5, ("的", "安全"): -2.0, ("生产", "监督"): -1.25, ("五个字的词", "的"): -1.0}


def with_count(order: int, count: int) -> bytes:
    """A file that claims another number of words, pairs or triples than it has."""
    body, at = bytearray(model_file(WORDS, PAIRS)), 88 + 20 + 8 * order
    body[at : at + 8] = struct.pack("<Q", count)
    return bytes(body)


def test_words_and_pairs_are_read_as_they_were_written() -> None:
    words = word_model.read(model_file(WORDS, PAIRS))
    kept = ["的", "安全", "生产", "监督"]
    assert words.keys.tolist() == sorted(word_model.key(word) for word in kept)
    place = {word: words.keys.tolist().index(word_model.key(word)) for word in kept}
    assert {word: float(words.likely[place[word]]) for word in kept} == {word: WORDS[word] for word in kept}
    assert set(words.backoff.tolist()) == {-0.5}
    told = dict(zip(words.pairs.tolist(), words.paired.tolist(), strict=True))
    assert told == {
        place[a] << word_model.WORD_BITS | place[b]: likely
        for (a, b), likely in PAIRS.items()
        if a in place and b in place
    }, "words that are too long or not Chinese are left out with their pairs"
    assert word_model.characters(words) == {"的": -1.5}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "开头不是 KenLM 语言模型的标记"),
        (b"PK\x03\x04" * 99, "开头不是 KenLM 语言模型的标记"),
        (MAGIC, "内容残缺或不是能读的一种"),
        (model_file(WORDS, PAIRS, kind=2), "模型类型 2"),
        (model_file(WORDS, PAIRS, order=2), "阶数 2"),
        (model_file(WORDS, PAIRS)[:300], "内容残缺或不是能读的一种"),
        (model_file(WORDS, PAIRS)[:-4], "词表有 6 词，应有 7 词"),
        (model_file({"ABC": -2.0}, {("ABC", "ABC"): -1.0}), "有 0 个中文词"),
        (model_file(WORDS, {("ABC", "的"): -1.0}), "没有一对中文词"),
        (with_count(0, 2**40), "个词组，文件没有这么大"),
        (with_count(1, 2**40), "个词组，文件没有这么大"),
        (with_count(1, 2**63), "个词组，文件没有这么大"),
        (with_count(2, 2**60), "个词组，文件没有这么大"),
        (model_file(WORDS, PAIRS)[:2000] + b"<unk>\0" + "的\0".encode() * 6, "内容残缺或不是能读的一种"),
    ],
)
def test_any_other_file_is_refused_with_its_reason(body: bytes, said: str) -> None:
    with pytest.raises(word_model.WrongFileError) as caught:
        word_model.read(body)
    assert said in str(caught.value)
