"""Writes small word models in KenLM's binary format, as train-reader reads them."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from cockpit.paths import SHIPPED
from tests.detect.test_reader import town

MAGIC = b"mmap lm http://kheafield.com/code format version 5\n\0"
BITS = 8  # of a probability's and a backoff's number

WORDS = {
    **dict.fromkeys(("农村", "饮水", "工程", "维修", "养护", "资金", "村民", "反映", "水质", "浑浊"), -4.0),
    **dict.fromkeys(("干净", "干部", "工作", "保障", "问题", "设施"), -3.8),
    **dict.fromkeys("的了在和水村工人", -2.5),
    **dict.fromkeys("凡应反映民户", -3.5),
}
PAIRS = {
    ("农村", "饮水"): -0.6,
    ("饮水", "工程"): -0.5,
    ("工程", "维修"): -0.9,
    ("维修", "养护"): -0.4,
    ("养护", "资金"): -0.8,
    ("村民", "反映"): -0.5,
    ("水质", "浑浊"): -0.7,
    ("饮水", "设施"): -1.0,
}
USED = {*"".join([*WORDS, *town()]), *"户应凡"}
RIGHT = "农村饮水工程维修养护资金，村民反映的水质浑浊问题。"


def model_file(
    words: Mapping[str, float], pairs: Mapping[tuple[str, str], float], *, kind: int = 5, order: int = 3
) -> bytes:
    """A model of words and seen pairs (fewer than 60) with their log10 probabilities, and one triple."""
    names = ["<unk>", *words]
    number = {word: n for n, word in enumerate(names)}
    counts = [len(names), len(pairs), 1]
    values = sorted(set(pairs.values()))
    body = MAGIC.ljust(88, b"\1")
    body += struct.pack("<B3xfIB3xI", order, 1.5, kind, 1, 1) + struct.pack("<3Q", *counts)
    body = body.ljust(-(-len(body) // 8) * 8, b"\0")
    body += struct.pack("<Q", len(names) - 1) + struct.pack(f"<{len(names)}Q", *range(len(names)))
    body += bytes([2, BITS, BITS]).ljust(8, b"\0")
    table = np.zeros(1 << BITS, "<f4")
    table[: len(values)] = values
    body += table.tobytes() + bytes(4 << BITS) + bytes(4 << BITS)
    ordered = sorted(pairs, key=lambda p: (number[p[1]], number[p[0]]))  # KenLM's tries run backwards
    starts = np.searchsorted([number[second] for _, second in ordered], range(len(names) + 1))
    for name, start in zip([*names, ""], starts.tolist(), strict=True):
        body += struct.pack("<ffQ", words.get(name, -7.0), -0.5, start)
    body += bytes(16)  # room for one word more
    body += bytes([0, 22]).ljust(8, b"\0") + bytes(8) + bytes(7)  # pointers: none is chopped
    word_bits = len(names).bit_length()
    packed, width = 0, word_bits + 2 * BITS + 1
    for place, pair in enumerate(ordered):
        entry = number[pair[0]] | values.index(pairs[pair]) << word_bits + BITS
        packed |= entry << place * width
    body += packed.to_bytes(len(pairs) * width // 8 + 64, "little")
    return body + "\0".join([*names, ""]).encode()


def small_lexicon(folder: Path, characters: set[str]) -> Path:
    """The shipped lexicon with the table of only some characters: comparing all with all takes seconds."""
    shutil.copytree(SHIPPED / "lexicon", folder)
    table = folder / "characters.csv"
    head, *rows = table.read_text(encoding="utf-8-sig").splitlines()
    table.write_text("\n".join([head, *(row for row in rows if row[0] in characters)]), encoding="utf-8")
    return folder
