"""The statistical reader (错别字复核): one-character slips that no word list holds, from the city's own texts.

A character n-gram model (orders 1-4, stupid backoff: Brants et al. 2007) of published pages says how usual a
character is where it stands; a noisy channel weighs characters of the same sound or shape against it
(Kernighan et al. 1990). A logistic combination, fitted on slips planted in held-out text, gives the confidence.

Where it was trained with background knowledge (train-reader --background), suspects come from a word model and
are judged by trees instead (cockpit/detect/word_reader.py); a slip may then be two neighbouring characters.

Its findings are for review (severity low), never alerts. It cannot find: a real word in place of another
(制定/制订, 权力/权利), missing or doubled characters, slips in names and numbers, and whatever its training
texts get wrong themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from cockpit.detect import word_reader
from cockpit.detect.finding import TextFinding
from cockpit.detect.grams import Numbers, pack

ORDER = 4
BACKOFF = np.log(0.4)
RULE = "reader"
LEAST_LINE, MOST_LINE = 8, 2000  # characters of a line worth reading
REMEMBERED = 20_000  # lines
TOGETHER = 100  # lines that are read at a time
SUPPORT = 1  # times the characters around the candidate must stand together elsewhere
CANNOT = (
    "漏字多字、人名地名和数字里的错误、训练文本里同样写错的字，以及多数真词误用（如制定/制订、权力/权利）"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]+")
_DIGITS = re.compile(r"[0-9０-９]")


@dataclass(frozen=True)
class Slip:
    """A suspect: the characters at `at` and what they should perhaps be, with the features of the judgement."""

    at: int
    wrong: str
    right: str
    features: tuple[float, ...] = ()


Read = tuple[tuple[Slip, float], ...]


class Model:
    """Counts of n-grams as sorted keys, the confusion sets, and the fitted weights."""

    def __init__(
        self,
        characters: str,
        keys: list[Numbers],
        counts: list[Numbers],
        confusions: Mapping[str, str],
        weights: Numbers | None = None,
        threshold: float = 0.5,
        measured: Mapping[str, float] | None = None,
        background: word_reader.Background | None = None,
    ) -> None:
        self.characters = characters
        self.keys, self.counts = keys, counts
        self.confusions = confusions
        self.weights, self.threshold = weights, threshold
        self.measured = dict(measured or {})
        self.background = background
        self._remembered: dict[str, Read] = {}
        self.path: str | None = None  # the file it came from, by which other processes read it again
        self._numbers = {c: n for n, c in enumerate(characters, 2)}  # 0 = unknown, 1 = edge of a line
        self._by_code = np.zeros(2**16, dtype=np.int64)
        for c, n in self._numbers.items():
            self._by_code[min(ord(c), 2**16 - 1)] = n
        self._total = float(counts[0].sum()) or 1.0
        self._near = {
            self._numbers[c]: np.array(
                [self._numbers[o] for o in others if o in self._numbers], dtype=np.int64
            )
            for c, others in confusions.items()
            if c in self._numbers
        }

    def encode(self, line: str) -> Numbers:
        """Numbers of the characters with three edges on either side; digits and letters are one class each."""
        numbers = self._numbers
        inner = [numbers.get(c, 0) for c in folded(line)]
        return np.array([1, 1, 1, *inner, 1, 1, 1], dtype=np.int64)

    def numbers_of(self, codes: Numbers) -> Numbers:
        """Numbers of characters given by their codes."""
        return self._by_code[codes]

    def count(self, order: int, grams: Numbers) -> Numbers:
        """How often each n-gram of an order stands in the training texts."""
        keys = self.keys[order - 1]
        if not len(keys):
            return np.zeros(len(grams), dtype=np.int64)
        places = np.minimum(np.searchsorted(keys, grams), len(keys) - 1)
        return np.where(keys[places] == grams, self.counts[order - 1][places], 0)

    def log_likely(self, windows: Numbers) -> Any:
        """log P of the last character of rows of four, by stupid backoff."""
        result = np.log((self.count(1, windows[:, 3]) + 0.5) / self._total) + 3 * BACKOFF
        for order in (2, 3, 4):
            whole = self.count(order, pack(windows[:, 4 - order :]))
            before = self.count(order - 1, pack(windows[:, 4 - order : 3]))
            seen = (whole > 0) & (before > 0)
            rate = np.log(np.maximum(whole, 1) / np.maximum(before, 1)) + (4 - order) * BACKOFF
            result = np.where(seen, rate, result)
        return result

    def suspects(self, line: str) -> list[Slip]:
        """The best candidate of every place whose neighbourhood was never seen as it is."""
        x = self.encode(line)
        places = [at for at in self._unusual(x, line) if len(self._near.get(int(x[at + 3]), ()))]
        if not places:
            return []
        near = [self._near[int(x[at + 3])] for at in places]
        sizes = np.array([len(n) + 1 for n in near])  # the character itself comes first
        first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        rows = np.repeat(np.stack([x[at : at + 7] for at in places]), sizes, axis=0)
        rows[:, 3] = np.concatenate(
            [np.concatenate([x[at + 3 : at + 4], n]) for at, n in zip(places, near, strict=True)]
        )
        triples = [self.count(3, pack(rows[:, k : k + 3])) for k in (1, 2, 3)]
        support = np.maximum.reduce(triples)
        usable = support >= SUPPORT
        usable[first] = True
        score = np.full(len(rows), -1e9)
        chosen = rows[usable]
        score[usable] = sum(self.log_likely(chosen[:, k : k + 4]) for k in range(4))
        return [
            self._slip(
                line,
                x,
                at,
                rows[begin : begin + size],
                score[begin : begin + size],
                [t[begin : begin + size] for t in triples],
            )
            for at, begin, size in zip(places, first, sizes, strict=True)
            if usable[begin + 1 : begin + size].any()
        ]

    def _unusual(self, x: Numbers, line: str) -> list[int]:
        """Places of Chinese characters with no support by the trigrams around them in the training texts."""
        if len(line) < 3:
            return []
        known = self.count(3, pack(np.lib.stride_tricks.sliding_window_view(x, 3))) > 0
        start = np.arange(3, 3 + len(line))
        rare = ~known[start - 1] & ~(known[start - 2] & known[start])
        return [int(i) - 3 for i in start[rare] if _HAN.match(line[int(i) - 3])]

    def _slip(
        self, line: str, x: Numbers, at: int, rows: Numbers, score: Numbers, triples: list[Numbers]
    ) -> Slip:
        """The best of some candidates (row 0 is what stands there) with the features of the judgement."""
        best = 1 + int(np.argmax(score[1:]))
        two = rows[[0, best]]
        pairs = [self.count(2, pack(two[:, k : k + 2])) for k in (2, 3)]
        fours = [self.count(4, pack(two[:, k : k + 4])) > 0 for k in range(4)]
        alone = self.count(1, two[:, 3])
        support = max(int(t[0]) for t in triples)
        logs = np.log1p([*(t[best] for t in triples), support, *pairs[0], *pairs[1], *alone])
        second = np.delete(score[1:], best - 1).max(initial=score[0])
        features = (
            1.0,
            float(score[best] - score[0]) / 10,
            float(sum(int(f[1]) - int(f[0]) for f in fours)),
            float(sum(int(n) in {0, 1} for n in (x[at + 2], x[at + 4]))),
            float(score[best] - second) / 10,
            *map(float, logs),
        )
        return Slip(at, line[at], self.characters[int(rows[best, 3]) - 2], features)

    def confidence(self, slip: Slip) -> float:
        """Probability of a slip by the fitted weights."""
        if self.weights is None:
            return 0.0
        return float(1 / (1 + np.exp(-float(np.dot(self.weights, slip.features)))))

    def read_line(self, line: str) -> list[tuple[Slip, float]]:
        """Suspects above the threshold; of neighbours only the surest."""
        found = [(slip, self.confidence(slip)) for slip in self.suspects(line)]
        sure = sorted((f for f in found if f[1] >= self.threshold), key=lambda f: -f[1])
        kept: list[tuple[Slip, float]] = []
        for slip, share in sure:
            if all(abs(slip.at - other.at) > 1 for other, _ in kept):
                kept.append((slip, share))
        return sorted(kept, key=lambda f: f[0].at)

    def read(self, lines: Sequence[str]) -> list[Read]:
        """Suspects above the threshold of every line; lines read before are remembered."""
        known = {line: self._remembered.get(line) for line in lines}
        fresh = [line for line, found in known.items() if found is None]
        if len(self._remembered) + len(fresh) > REMEMBERED:
            self._remembered = {}
        new = dict(zip(fresh, self._read(fresh), strict=True))
        self._remembered.update(new)
        return [new[line] if line in new else known[line] or () for line in lines]

    def forget(self) -> None:
        """Read every line anew, as after a change of the judgement."""
        self._remembered = {}

    def _read(self, lines: Sequence[str]) -> list[Read]:
        if self.background is None or not lines:
            return [tuple(self.read_line(line)) for line in lines]
        read: list[Read] = []
        for begin in range(0, len(lines), TOGETHER):
            part = lines[begin : begin + TOGETHER]
            changes = word_reader.read([folded(line) for line in part], self, self.background)
            read += [
                tuple((Slip(c.at, line[c.at : c.at + len(c.right)], c.right), c.confidence) for c in found)
                for line, found in zip(part, changes, strict=True)
            ]
        return read

    def save(self, path: Path) -> None:
        """Write beside and rename: a half-written model is never read."""
        beside = path.with_suffix(".tmp.npz")
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays = {f"keys{n}": k for n, k in enumerate(self.keys)} | {
            f"counts{n}": c.astype(np.int32) for n, c in enumerate(self.counts)
        }
        np.savez_compressed(
            beside,
            characters=np.array(self.characters),
            confused=np.array(list(self.confusions)),
            confusions=np.array(list(self.confusions.values())),
            weights=np.array([]) if self.weights is None else self.weights,
            threshold=np.array(self.threshold),
            measured=np.array([f"{k}={v}" for k, v in self.measured.items()]),
            **arrays,
            **(self.background.arrays() if self.background else {}),
        )
        beside.rename(path)


def load(path: Path) -> Model:
    """Read a model file. Raises ValueError where it is none of this version (no pickled objects are accepted)."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            weights = kept["weights"]
            model = Model(
                str(kept["characters"]),
                [kept[f"keys{n}"] for n in range(ORDER)],
                [kept[f"counts{n}"] for n in range(ORDER)],
                dict(zip(kept["confused"].tolist(), kept["confusions"].tolist(), strict=True)),
                weights if len(weights) else None,
                float(kept["threshold"]),
                {k: float(v) for k, _, v in (m.partition("=") for m in kept["measured"].tolist())},
                word_reader.Background.of(kept) if "words_keys" in kept else None,
            )
            model.path = str(path)
            return model
    except (OSError, KeyError, EOFError, ValueError, BadZipFile) as error:
        raise ValueError("复核模型损坏，或者是另一版程序训练的") from error


def folded(line: str) -> str:
    """Digits and letters as one character each, so that numbers and codes do not make texts unusual."""
    return _LATIN.sub(lambda m: "A" * len(m[0]), _DIGITS.sub("0", line))


def find(text: str, model: Model) -> list[TextFinding]:
    """Findings for review, line by line."""
    starts, lines = [], []
    for start, line in _lines(text):
        starts.append(start)
        lines.append(line)
    found = []
    for start, line, slips in zip(starts, lines, model.read(lines), strict=True):
        for slip, share in slips:
            begin, end = max(0, slip.at - 1), min(len(line), slip.at + len(slip.wrong) + 1)
            better = line[begin : slip.at] + slip.right + line[slip.at + len(slip.wrong) : end]
            place = (start + begin, start + end)
            found.append(
                TextFinding("wording.typo", *place, line[begin:end], better, "low", round(share, 3), RULE)
            )
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        if LEAST_LINE <= len(line) <= MOST_LINE:
            yield at, line
        at += len(line) + 1
