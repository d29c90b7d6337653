"""How easily one character is written for another: same sound, nearly the same sound, like strokes.

The table (data/lexicon/characters.csv: the characters of GB 2312) holds readings, from pypinyin 0.55.0 (MIT), and
stroke orders, from pycorrector 1.1.4 (Apache-2.0); the confusion sets add what experience knows. Only the word
reader needs it, when it is trained; its model keeps what comes out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import distance, process

from cockpit import tabular
from cockpit.errors import Fault, InputError
from cockpit.tabular import Field, Sheet

Array = np.ndarray[Any, Any]
SHEET = Sheet(
    "characters",
    "汉字音形",
    (
        Field("character", "字", required=True),
        Field("readings", "读音", required=True, note="拼音加声调数字，几个读音用空格隔开"),
        Field("strokes", "笔顺", note="h 横 s 竖 p 撇 n 捺 z 折，连着写"),
    ),
    key=("character",),
)
MOST = 100  # characters that one is likely to be mistaken for
LEAST = 0.35
_SHAPES = (
    ("character", re.compile(r"[\u3400-\u9fff]"), "只写一个汉字"),
    ("readings", re.compile(r"[a-zü]+[1-5](?: +[a-zü]+[1-5])*"), "拼音加声调数字，几个读音用空格隔开"),
    ("strokes", re.compile(r"[hspnz]+"), "只用 h、s、p、n、z"),
)
_AT_ONCE = 500  # characters compared with all others at a time
_TONE = re.compile(r"\d")
_FUZZY = (
    (re.compile("^([zcs])h"), r"\1"),
    (re.compile("^l"), "n"),
    (re.compile("^f"), "h"),
    (re.compile("ng$"), "n"),
)


@dataclass(frozen=True)
class Character:
    """Its readings with tones, and its strokes in order."""

    readings: frozenset[str]
    strokes: str


@dataclass(frozen=True)
class Likeness:
    """Pairs (written << 16 | meant) in order, with how alike they are, and how alike in strokes."""

    keys: Array
    score: Array
    shape: Array


def load(path: Path) -> dict[str, Character]:
    """The table of characters. Raises InputError with every fault."""
    faults: list[Fault] = []
    if not path.is_file():
        fault = Fault(str(path), None, None, "没有汉字音形表", "从程序自带的 data/lexicon 复制一份")
        raise InputError([fault], "统计复核缺少汉字音形表：")
    rows = [row for raw in tabular.read(path) for row in tabular.parse(raw, SHEET, faults)]
    for row in rows:
        faults.extend(row.fault(SHEET, *wrong) for wrong in _wrong(row.values))
    if faults:
        raise InputError(faults, f"汉字音形表有 {len(faults)} 处错误，请先更正：")
    return {
        r.values["character"]: Character(frozenset(r.values["readings"].split()), r.values["strokes"] or "")
        for r in rows
    }


def _wrong(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(field, what is wrong, remedy) of one row."""
    for name, shape, remedy in _SHAPES:
        cell = values[name]
        if cell and not shape.fullmatch(cell):
            yield name, f"“{cell[:20]}”不合格式", remedy


def of(table: Mapping[str, Character], confusions: Mapping[str, str], usual: Mapping[str, float]) -> Likeness:
    """For every character those it is most easily mistaken for; `usual`: log10 of how common they are."""
    characters = list(table)
    number = {c: n for n, c in enumerate(characters)}
    groups = [_groups(table, heard) for heard in (_as_it_is, _toneless, _fuzzy)]
    common = np.array([usual.get(c, -7.0) for c in characters])
    codes = np.array([ord(c) for c in characters], dtype=np.int64)
    strokes = [table[c].strokes for c in characters]
    keys, scores, shapes = [], [], []
    for begin in range(0, len(characters), _AT_ONCE):
        part = characters[begin : begin + _AT_ONCE]
        shape = process.cdist(
            [s or "-" for s in strokes[begin : begin + _AT_ONCE]],
            [s or "+" for s in strokes],
            scorer=distance.Indel.normalized_similarity,
            dtype=np.float32,
        )
        score = 6 * np.clip(shape - 0.62, 0, 1)
        for row, character in enumerate(part):
            for by_sound, heard in groups:
                same = {number[o] for sound in heard(table[character]) for o in by_sound[sound]}
                score[row, list(same)] += 1
            score[row, [number[o] for o in confusions.get(character, "") if o in number]] += 0.7
            score[row, begin + row] = 0
            near = np.flatnonzero(score[row] > LEAST)
            near = near[np.argsort(-(score[row, near] + 0.35 * common[near]), kind="stable")[:MOST]]
            keys.append((codes[begin + row] << 16) | codes[near])
            scores.append(score[row, near])
            shapes.append(shape[row, near])
    key, found, alike = (np.concatenate(part) for part in (keys, scores, shapes))
    order = np.argsort(key)
    return Likeness(key[order], found[order].astype(np.float32), alike[order].astype(np.float32))


Heard = Callable[[Character], Iterable[str]]


def _groups(table: Mapping[str, Character], heard: Heard) -> tuple[Mapping[str, list[str]], Heard]:
    found = defaultdict(list)
    for character, how in table.items():
        for sound in heard(how):
            found[sound].append(character)
    return found, heard


def _as_it_is(character: Character) -> Iterable[str]:
    return character.readings


def _toneless(character: Character) -> Iterable[str]:
    return {_TONE.sub("", reading) for reading in character.readings}


def _fuzzy(character: Character) -> Iterable[str]:
    """Sounds that many speakers do not tell apart: zh/z, l/n, f/h, ng/n."""
    found = set()
    for sound in _toneless(character):
        heard = sound
        for pattern, instead in _FUZZY:
            heard = pattern.sub(instead, heard)
        found.add(heard)
    return found
