"""Word probabilities of a KenLM file, as the input methods of Linux distributions carry them.

Such a file (Debian: libime-data-language-model, LGPL-2.1+) knows modern Chinese from far more text than a city has.
Only what the reader needs is taken out of it: words of one to four characters, how likely each is, and the pairs
that were seen. The format is KenLM's binary version 5, kind «quantized trie with compressed pointers».
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

MAGIC = b"mmap lm http://kheafield.com/code format version 5\n"
KIND = 5
LONGEST = 4  # characters of a word: four of 16 bits fill one key
WORD_BITS = 20
_HAN = re.compile(rf"[\u4e00-\u9fff]{{1,{LONGEST}}}")

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Words:
    """Words as sorted keys, their log10 probability and backoff, and the seen pairs with theirs."""

    keys: Array  # of the words, by `key`
    likely: Array
    backoff: Array
    pairs: Array  # first word's place << WORD_BITS | second word's place, sorted
    paired: Array


class WrongFileError(ValueError):
    """The file is no word model of the one kind that can be read; the message says why."""


def key(word: str) -> int:
    """Four characters of 16 bits, from the left."""
    found = 0
    for character in word:
        found = (found << 16) | ord(character)
    return found


def characters(words: Words) -> dict[str, float]:
    """log10 of every character that is a word of its own."""
    one = words.keys < 1 << 16
    return {chr(int(k)): float(v) for k, v in zip(words.keys[one], words.likely[one], strict=True)}


def read(body: bytes) -> Words:
    """Take the words and pairs out of a file's bytes. Raises WrongFileError."""
    if not body.startswith(MAGIC):
        raise WrongFileError("开头不是 KenLM 语言模型的标记")
    try:
        return _read(body)
    except WrongFileError:
        raise
    except (struct.error, IndexError, OverflowError, ValueError) as error:
        raise WrongFileError("内容残缺或不是能读的一种") from error


def _read(body: bytes) -> Words:
    counts, at = _header(body)
    words = body[body.rindex(b"<unk>\0") :].decode().split("\0")[:-1]
    if len(words) != counts[0]:
        raise WrongFileError(f"词表有 {len(words)} 词，应有 {counts[0]} 词")
    at += 8 + 8 * counts[0]  # hashes of the vocabulary
    version, prob_bits, backoff_bits = body[at], body[at + 1], body[at + 2]
    if version != 2 or not (0 < prob_bits <= 25 and 0 < backoff_bits <= 25):
        raise WrongFileError("量化表的版本不认识")
    at += 8
    table = np.frombuffer(body, "<f4", 1 << prob_bits, at)
    at += 4 * ((len(counts) - 2) * ((1 << prob_bits) + (1 << backoff_bits)) + (1 << prob_bits))
    rows = np.frombuffer(
        body, np.dtype([("likely", "<f4"), ("backoff", "<f4"), ("next", "<u8")]), counts[0] + 1, at
    )
    at += 16 * (counts[0] + 2)
    first, prob = _pairs(body, at, counts, prob_bits, backoff_bits)
    each = np.diff(rows["next"].astype(np.int64))
    if each.min() < 0 or each.sum() != len(first):
        raise WrongFileError("词对的数目对不上")
    second = np.repeat(np.arange(counts[0]), each)
    return _chosen(words, rows, first, second, table[prob])


def _header(body: bytes) -> tuple[list[int], int]:
    """(numbers of n-grams by length, where the rest begins)."""
    at = 88  # after the magic line and a probe of number formats
    order, _, kind, has_words, _ = struct.unpack_from("<B3xfIB3xI", body, at)
    if kind != KIND or not has_words or order < 3:
        raise WrongFileError(f"模型类型 {kind}、阶数 {order}，只读类型 {KIND}、三阶以上且带词表的")
    counts = list(struct.unpack_from(f"<{order}Q", body, at + 20))
    if max(counts) > 8 * len(body):  # every n-gram takes a bit at least
        raise WrongFileError(f"应有 {max(counts)} 个词组，文件没有这么大")
    return counts, -(-(at + 20 + 8 * order) // 8) * 8


def _pairs(body: bytes, at: int, counts: list[int], prob_bits: int, backoff_bits: int) -> tuple[Array, Array]:
    """(first word, number in the table of probabilities) of all pairs: KenLM's tries run from the last word back."""
    pointer_bits = body[at + 1]
    needed = counts[2].bit_length()
    chop = _chopped(counts[1] + 1, counts[2], min(pointer_bits, needed))
    stored = (counts[2] >> (needed - chop)) + 1
    at += 8 * (1 + stored) + 7
    word_bits = counts[0].bit_length()
    total = word_bits + prob_bits + backoff_bits + needed - chop
    raw = np.frombuffer(body, np.uint8, (counts[1] * total >> 3) + 16, at)
    places = np.arange(counts[1], dtype=np.uint64) * np.uint64(total)
    eights = np.lib.stride_tricks.sliding_window_view(raw, 8)[(places >> np.uint64(3)).astype(np.int64)]
    value = np.ascontiguousarray(eights).view("<u8")[:, 0] >> (places & np.uint64(7))
    word = value & np.uint64((1 << word_bits) - 1)
    prob = (value >> np.uint64(word_bits + backoff_bits)) & np.uint64((1 << prob_bits) - 1)
    return word.astype(np.int64), prob.astype(np.int64)


def _chopped(entries: int, most: int, limit: int) -> int:
    """Bits of a pointer that KenLM keeps in a table of its own, as its ArrayBhiksha reckons them."""
    needed = most.bit_length()
    costs = [(most >> (needed - chop)) * 64 - entries * chop for chop in range(limit + 1)]
    return costs.index(min(costs))


def _chosen(words: list[str], rows: Array, first: Array, second: Array, likely: Array) -> Words:
    """Only Chinese words that fit a key, sorted by it; pairs of them."""
    fits = [n for n, word in enumerate(words) if _HAN.fullmatch(word)]
    if not 0 < len(fits) <= 1 << WORD_BITS:
        raise WrongFileError(f"有 {len(fits)} 个中文词，至少要 1 个，至多 {1 << WORD_BITS} 个")
    keys = np.array([key(words[n]) for n in fits], dtype=np.uint64)
    order = np.argsort(keys)
    old = np.array(fits, dtype=np.int64)[order]
    place = np.full(len(words), -1, dtype=np.int64)
    place[old] = np.arange(len(old))
    good = (place[first] >= 0) & (place[second] >= 0)
    if not good.any():
        raise WrongFileError("没有一对中文词")
    pairs = (place[first[good]] << WORD_BITS) | place[second[good]]
    by = np.argsort(pairs)
    return Words(
        keys[order],
        rows["likely"][old].astype(np.float32),
        rows["backoff"][old].astype(np.float32),
        pairs[by],
        likely[good][by].astype(np.float32),
    )
