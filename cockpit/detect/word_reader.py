"""The statistical reader with background knowledge: suspects from a word model, judged with the city's own texts.

Where the city's texts have never seen a character in its place, words that would read better are looked for
(cockpit/detect/lattice.py). Trees fitted on labelled sentences give the confidence (data/lexicon/reader_trees.json);
`python -m tests.quality.fit_reader` fits them anew, which a change of FEATURES or of what they mean asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from cockpit.detect.grams import pack
from cockpit.detect.lattice import HIGH, Candidates, Lattice, Split
from cockpit.detect.likeness import Likeness
from cockpit.detect.trees import Trees
from cockpit.detect.word_model import Words

if TYPE_CHECKING:
    from cockpit.detect.reader import Model

Array = np.ndarray[Any, Any]
TOP = 4  # candidates of one place that are judged
LIKE, BOTH = 0.7, 1.0  # in the order of candidates: weight of likeness, price of changing two characters
DOUBTFUL = 2.0  # gain from which a neighbour counts as suspect too
FEATURES = (
    "gain", "like", "shape", "two", "size", "word_likely", "cost", "split", "written_likely", "meant_likely",
    "order", "lead_over_neighbours", "suspects_near", "inside", "word_over_cost", "known_beside", "seen_most",
    "seen_left", "seen_right", "meant_seen_most", "meant_seen_least", "meant_seen_left", "meant_seen_right",
    "meant_fours", "meant_fit", "word_again", "written_again", "han_before", "han_after",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One or two characters that should perhaps be others."""

    at: int
    right: str
    confidence: float


@dataclass(frozen=True)
class Background:
    """What a word model knows, made ready, and the trees that judge by it."""

    lattice: Lattice
    trees: Trees

    def arrays(self) -> dict[str, Array]:
        """Everything as named arrays, for the file of the reader's model."""
        parts = {"words": self.lattice.words, "likeness": self.lattice.likeness, "trees": self.trees}
        return {"features": np.array(FEATURES)} | {
            f"{n}_{field.name}": np.asarray(getattr(part, field.name))
            for n, part in parts.items()
            for field in fields(part)
        }

    @classmethod
    def of(cls, kept: Mapping[str, Array]) -> Background:
        """The same again from named arrays. Raises KeyError where one is missing, ValueError for other features."""
        if tuple(kept["features"].tolist()) != FEATURES:
            raise ValueError("trees over other features")
        words, likeness, trees = (
            {field.name: kept[f"{n}_{field.name}"] for field in fields(kind)}
            for n, kind in (("words", Words), ("likeness", Likeness), ("trees", Trees))
        )
        kinds = {"depth": int, "threshold": float, "source": str}
        single = {name: kind(trees.pop(name)) for name, kind in kinds.items()}
        return cls(Lattice(Words(**words), Likeness(**likeness)), Trees(**trees, **single))


@dataclass(frozen=True)
class Suspects:
    """Candidates of several lines, one row each, with the features of the judgement."""

    line: Array
    at: Array
    two: Array
    right: Array
    right_next: Array
    features: Array


def suspects(lines: Sequence[str], model: Model, lattice: Lattice) -> Suspects | None:
    """The best candidates of every doubtful place; None where there is none. `lines` are folded."""
    text = _Text(lines, model)
    if not text.open.any():
        return None
    split = Split(lattice, text.codes)
    found = lattice.candidates(split, text.open, _singles(text, split, model, lattice))
    if not len(found.at):
        return None
    order = found.gain + LIKE * np.minimum(found.like, 3) - BOTH * found.two
    rows, rank = _top(found.at, order)
    features = _features(text, found, rows, rank, order, model, lattice)
    return Suspects(
        text.line[found.at[rows]],
        text.inside[found.at[rows]],
        found.two[rows],
        found.right[rows],
        found.right_next[rows],
        features,
    )


def read(lines: Sequence[str], model: Model, background: Background) -> list[list[Change]]:
    """For every line (folded) the changes above the trees' threshold; of neighbours only the surest."""
    found = suspects(lines, model, background.lattice)
    if found is None:
        return [[] for _ in lines]
    share = background.trees.confidence(found.features)
    return surest(found, share, background.trees.threshold, len(lines))


def surest(found: Suspects, share: Array, threshold: float, lines: int) -> list[list[Change]]:
    """For every line the suspects whose confidence reaches the threshold; of neighbours only the surest.

    A lower threshold adds changes and takes none away.
    """
    kept: list[list[Change]] = [[] for _ in range(lines)]
    for row in np.argsort(-share, kind="stable"):
        if share[row] < threshold:
            break
        right = chr(int(found.right[row])) + (chr(int(found.right_next[row])) if found.two[row] else "")
        change = Change(int(found.at[row]), right, float(share[row]))
        line = kept[int(found.line[row])]
        if all(change.at > c.at + len(c.right) or c.at > change.at + len(right) for c in line):
            line.append(change)
    return [sorted(changes, key=lambda c: c.at) for changes in kept]


class _Text:
    """Lines as one text: codes for the word model, numbers for the n-grams, and which place is where."""

    def __init__(self, lines: Sequence[str], model: Model) -> None:
        sizes = np.array([len(line) + 1 for line in lines])
        self.joined = "\n".join(lines) + "\n"
        self.lines = lines
        self.codes = np.array([min(ord(c), HIGH) for c in self.joined], dtype=np.int64)
        self.line = np.repeat(np.arange(len(lines)), sizes)
        self.inside = np.arange(len(self.codes)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        self.numbers = np.concatenate([model.encode(line) for line in lines])
        self.place = np.arange(len(self.codes)) + 5 * self.line + 3  # of a character among the numbers
        han = (self.codes >= 0x4E00) & (self.codes <= 0x9FFF)
        self.han = np.concatenate([han, [False]])
        known = model.count(3, pack(np.lib.stride_tricks.sliding_window_view(self.numbers, 3))) > 0
        p = self.place[han]
        self.beside = np.zeros(len(self.codes), dtype=np.int64)
        self.beside[han] = known[p - 2].astype(np.int64) + known[p]
        self.open = np.zeros(len(self.codes), dtype=bool)
        self.open[han] = ~known[p - 1]


def _singles(text: _Text, split: Split, model: Model, lattice: Lattice) -> tuple[Array, Array]:
    """Characters that the city's texts have seen between the same neighbours, where the text reads badly."""
    places = np.flatnonzero(text.open & (split.lengths == 1))
    row, meant = lattice.near(text.codes[places])
    at = places[row]
    windows = text.numbers[text.place[at][:, None] + np.arange(-3, 4)]
    windows[:, 3] = model.numbers_of(meant)
    seen = np.maximum.reduce([model.count(3, pack(windows[:, k : k + 3])) for k in (1, 2, 3)]) > 0
    return at[seen], meant[seen]


def _top(at: Array, order: Array) -> tuple[Array, Array]:
    """(rows of the best candidates of every place, their number among them)."""
    by = np.lexsort((-order, at))
    places = at[by]
    first = np.flatnonzero(np.concatenate([[True], places[1:] != places[:-1]]))
    sizes = np.diff(np.append(first, len(by)))
    rank = np.arange(len(by)) - np.repeat(first, sizes)
    return by[rank < TOP], rank[rank < TOP]


def _features(
    text: _Text, found: Candidates, rows: Array, rank: Array, order: Array, model: Model, lattice: Lattice
) -> Array:
    at, two = found.at[rows], found.two[rows]
    length = len(text.codes)
    best = np.full(length + 6, -9.0)
    np.maximum.at(best, found.at + 3, order)
    gains = np.zeros(length + 7)
    np.maximum.at(gains, found.at + 3, found.gain)
    doubtful = gains > DOUBTFUL
    beside = np.maximum.reduce([best[at + 3 + k] for k in (-2, -1, 1, 2)])
    near = sum(doubtful[at + 3 - k] for k in (1, 2, 3)) + sum(doubtful[at + 3 + two + k] for k in (1, 2, 3))
    word_likely = lattice.words.likely[found.word[rows]]
    written = text.numbers[text.place[at][:, None] + np.arange(-3, 4)]
    meant = written.copy()
    meant[:, 3] = model.numbers_of(found.right[rows])
    meant[two, 4] = model.numbers_of(found.right_next[rows][two])
    old, old_fours, old_fit = _seen(written, model)
    new, new_fours, new_fit = _seen(meant, model)
    again = np.array([_again(text, found, int(row)) for row in rows], dtype=float).reshape(-1, 2)
    return np.column_stack([
        found.gain[rows], found.like[rows], found.shape[rows], two, found.size[rows], word_likely,
        found.cost[rows], found.split[rows], lattice.likely(text.codes[at]), lattice.likely(found.right[rows]),
        rank, order[rows] - beside, near, at - found.start[rows], word_likely - found.cost[rows],
        text.beside[at], old[:, 0], old[:, 2], old[:, 3], new, new_fours - old_fours, new_fit - old_fit, again,
        np.where(at > 0, text.han[at - 1], False), text.han[at + 1],
    ])  # fmt: skip


def _seen(windows: Array, model: Model) -> tuple[Array, Array, Array]:
    """How often the city's texts have seen a character among its neighbours (log), in fours, and how it fits."""
    threes = [model.count(3, pack(windows[:, k : k + 3])) for k in (1, 2, 3)]
    twos = [model.count(2, pack(windows[:, k : k + 2])) for k in (2, 3)]
    fours = sum((model.count(4, pack(windows[:, k : k + 4])) > 0).astype(float) for k in range(4))
    fit = sum(model.log_likely(windows[:, k : k + 4]) for k in range(4))
    counts = np.stack([np.maximum.reduce(threes), np.minimum.reduce(threes), *twos], axis=1)
    return np.log1p(counts), fours, fit


def _again(text: _Text, found: Candidates, row: int) -> tuple[bool, bool]:
    """Whether the word meant, and what is written, stand elsewhere in the line."""
    at, start, size = int(found.at[row]), int(found.start[row]), int(found.size[row])
    shift = start - int(text.inside[start])
    line = text.lines[int(text.line[at])]
    a, s = at - shift, start - shift
    changed = chr(int(found.right[row])) + (chr(int(found.right_next[row])) if found.two[row] else "")
    word = line[s:a] + changed + line[a + len(changed) : s + size]
    rest = line[:s] + "\n" + line[s + size :]
    return word in rest, line[max(0, a - 1) : a + 1] in rest or line[a : a + 2] in rest
