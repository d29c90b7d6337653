"""Labelled sentences for the statistical reader: read, kept apart from its text, dealt into folds, flags counted.

No sentence of a fold shares RUN characters in a row with one of another fold or with the text that the reader
counts: no sentence that is judged was seen, neither by the trees nor by the n-grams; shorter stretches recur.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cockpit.detect.reader import LEAST_LINE
from cockpit.detect.word_reader import Array, Change
from cockpit.errors import CockpitError, why

RUN = 12  # Chinese characters in a row that make two sentences the same text
FOLDS = 5
_NOT_HAN = re.compile(r"[^\u4e00-\u9fff]+")
_END = re.compile(r"(?<=[。；])")


@dataclass(frozen=True)
class Sentence:
    """What was written and what was meant, character by character; `kind` is the name of its file."""

    kind: str
    written: str
    meant: str

    @property
    def slips(self) -> dict[int, str]:
        """Place → right character."""
        pairs = enumerate(zip(self.written, self.meant, strict=True))
        return {at: right for at, (wrong, right) in pairs if wrong != right}


@dataclass(frozen=True)
class Flag:
    """One flagged character: is there a slip, and is the suggestion the right one."""

    kind: str
    fold: int
    confidence: float
    slip: bool
    right: bool


def read(path: Path) -> list[Sentence]:
    """Lines `number<TAB>written<TAB>meant`; pairs of unequal length (added or lost characters) are passed over.

    Raises CockpitError.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CockpitError(f"标注句子 {path} 读不了：{why(error)}") from error
    except UnicodeDecodeError as error:
        raise CockpitError(f"标注句子 {path} 不是 UTF-8 文本") from error
    found = []
    for number, line in enumerate(lines, 1):
        cells = line.split("\t")
        if len(cells) != 3:
            raise CockpitError(f"标注句子 {path} 第 {number} 行应是三列：错字数、原句、正确句，用制表符隔开")
        if len(cells[1]) == len(cells[2]):
            found.append(Sentence(path.stem, cells[1], cells[2]))
    if not any(sentence.slips for sentence in found):
        raise CockpitError(f"标注句子 {path} 里没有一处错字")
    return found


def runs(text: str) -> set[str]:
    """All stretches of RUN Chinese characters; of a shorter text itself."""
    han = _NOT_HAN.sub("", text)
    return {han[at : at + RUN] for at in range(len(han) - RUN + 1)} or {han}


def folds(sentences: Sequence[Sentence]) -> Array:
    """Fold of every sentence: sentences that share a run stay together, the largest groups are dealt first."""
    above = list(range(len(sentences)))

    def root(n: int) -> int:
        while above[n] != n:
            above[n] = n = above[above[n]]
        return n

    first: dict[str, int] = {}
    for n, sentence in enumerate(sentences):
        for run in sorted(runs(sentence.meant)):
            above[root(n)] = root(first.setdefault(run, n))
    groups = defaultdict(list)
    for n in range(len(sentences)):
        groups[root(n)].append(n)
    fold, sizes = np.zeros(len(sentences), dtype=np.int64), [0] * FOLDS
    for group in sorted(groups.values(), key=lambda g: (-len(g), _digest(sentences[g[0]].meant))):
        smallest = sizes.index(min(sizes))
        fold[group] = smallest
        sizes[smallest] += len(group)
    return fold


def apart(lines: Iterable[str], sentences: Sequence[Sentence]) -> list[str]:
    """The sentences of a text that share no run with labelled ones, each once, in an order of their own."""
    known: set[str] = set().union(*(runs(sentence.meant) for sentence in sentences))
    parts = dict.fromkeys(part for line in lines for part in _END.split(line) if len(part) >= LEAST_LINE)
    return sorted((part for part in parts if known.isdisjoint(runs(part))), key=_digest)


def some(lines: Iterable[str], characters: int) -> list[str]:
    """The first lines that hold so many characters together."""
    found, size = [], 0
    for line in lines:
        if size >= characters:
            break
        found.append(line)
        size += len(line)
    return found


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def flags(changes: Sequence[Sequence[Change]], sentences: Sequence[Sentence], fold: Array) -> Iterator[Flag]:
    """Every character that a change replaces."""
    for sentence, part, found in zip(sentences, fold.tolist(), changes, strict=True):
        slips = sentence.slips if found else {}
        for change in found:
            for at, right in enumerate(change.right, change.at):
                yield Flag(sentence.kind, part, change.confidence, at in slips, slips.get(at) == right)


def lowest(found: Sequence[Flag], goal: float) -> float:
    """The lowest threshold at which every kind of sentence still reaches the precision; 1 where one never does."""
    limits = []
    for kind in {flag.kind for flag in found}:
        sure = sorted((f for f in found if f.kind == kind), key=lambda f: -f.confidence)
        slips = np.cumsum([f.slip for f in sure])
        whole = (
            np.diff([f.confidence for f in sure], append=-1.0) < 0
        )  # a threshold takes all of one confidence
        good = np.flatnonzero(whole & (slips >= goal * np.arange(1, len(sure) + 1)))
        limits.append(sure[good[-1]].confidence if len(good) else 1.0)
    return max(limits, default=1.0)
