"""Training of the statistical reader: counting, planting slips in held-out text, fitting and measuring.

Lines are dealt by a digest of their text: most are counted, some are for fitting the weights, some for measuring.
A slip is a Chinese character replaced by one of its confusion set.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cockpit.detect.grams import BITS, Numbers, pack
from cockpit.detect.reader import LEAST_LINE, MOST_LINE, ORDER, Model, folded
from cockpit.detect.word_reader import Background

LEAST_CHARACTERS = 50_000  # of training text: with less nothing can be told
PRUNED_FROM = 8_000_000  # characters from which n-grams of four that stand once are left out
GOAL = 0.95
SLIP_SHARE = 0.5  # of the held-out lines
MOST_HELD_OUT = 6000  # lines each for fitting and for measuring
SEED = 20261125


@dataclass(frozen=True)
class Measured:
    """What the reader does on held-out lines with planted slips, at its threshold."""

    lines: int
    slips: int
    flags: int
    hits: int

    @property
    def precision(self) -> float:
        return self.hits / self.flags if self.flags else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.slips if self.slips else 0.0


def train(
    lines: Iterable[str],
    confusions: Mapping[str, str],
    goal: float = GOAL,
    background: Background | None = None,
) -> tuple[Model, Measured]:
    """A model of the lines, its threshold set so that the precision on planted slips reaches the goal.

    With background knowledge the trees bring a threshold of their own, which is raised where planted slips ask for it.
    """
    unique = list(dict.fromkeys(line for line in lines if LEAST_LINE <= len(line) <= MOST_LINE))
    parts: list[list[str]] = [[], [], []]
    for line in unique:
        share = hashlib.blake2b(line.encode(), digest_size=2).digest()[0]
        parts[0 if share < 230 else 1 if share < 243 else 2].append(line)
    if sum(map(len, parts[0])) < LEAST_CHARACTERS:
        raise ValueError(f"训练文本只有 {sum(map(len, unique))} 字，至少要 {LEAST_CHARACTERS} 字")
    model = counted(parts[0], confusions)
    draw = random.Random(SEED)
    fitting = [plant(line, confusions, draw) for line in parts[1][:MOST_HELD_OUT]]
    fit(model, fitting, goal)
    if background:
        strengthen(model, fitting, goal, background)
    measured = measure(model, [plant(line, confusions, draw) for line in parts[2][:MOST_HELD_OUT]])
    model.measured = {
        "characters": float(sum(map(len, unique))),
        "precision": measured.precision,
        "recall": measured.recall,
        "lines": float(measured.lines),
    }
    return model, measured


def counted(lines: Sequence[str], confusions: Mapping[str, str]) -> Model:
    """N-gram counts of the lines."""
    texts = [folded(line) for line in lines]
    frequency: Counter[str] = Counter()
    for text in texts:
        frequency.update(text)
    usual = [c for c, _ in frequency.most_common(2**BITS - 2 - len(confusions))]
    # Slips bring characters that right texts never hold.
    characters = "".join(dict.fromkeys([*usual, *confusions]))[: 2**BITS - 2]
    model = Model(characters, [np.zeros(0, np.int64)] * ORDER, [np.zeros(0, np.int64)] * ORDER, confusions)
    size = sum(map(len, texts))
    stream = np.concatenate(
        [model.encode(line)[:-3] for line in lines] + [np.array([1, 1, 1], dtype=np.int64)]
    )
    keys: list[Numbers] = []
    counts: list[Numbers] = []
    for order in range(1, ORDER + 1):
        grams = pack(np.lib.stride_tricks.sliding_window_view(stream, order))
        key, count = np.unique(grams, return_counts=True)
        if order == ORDER and size >= PRUNED_FROM:
            key, count = key[count > 1], count[count > 1]
        keys.append(key)
        counts.append(count.astype(np.int64))
    return Model(characters, keys, counts, confusions)


def plant(line: str, confusions: Mapping[str, str], draw: random.Random) -> tuple[str, int | None, str]:
    """(line, place of the slip or None, the right character): half of the lines get one slip."""
    places = [at for at, c in enumerate(line) if confusions.get(c)]
    if not places or draw.random() >= SLIP_SHARE:
        return line, None, ""
    at = draw.choice(places)
    near = confusions[line[at]]
    wrong = near[min(int(draw.expovariate(1 / 6)), len(near) - 1)]  # the more usual ones more often
    return line[:at] + wrong + line[at + 1 :], at, line[at]


Planted = tuple[str, int | None, str]


def fit(model: Model, planted: Sequence[Planted], goal: float) -> None:
    """Logistic regression on the suspects of planted lines, then the lowest threshold that reaches the goal."""
    rows, labels = [], []
    for line, at, right in planted:
        for slip in model.suspects(line):
            rows.append(slip.features)
            labels.append(float(slip.at == at and slip.right == right))
    if not rows:
        return
    x, y = np.array(rows), np.array(labels)
    model.weights = _logistic(x, y)
    shares = 1 / (1 + np.exp(-x @ model.weights))
    order = np.argsort(-shares)
    hits = np.cumsum(y[order])
    precision = hits / np.arange(1, len(order) + 1)
    good = np.nonzero(precision >= goal)[0]
    model.threshold = float(shares[order][good[-1]]) if len(good) else 0.999


def strengthen(model: Model, planted: Sequence[Planted], goal: float, background: Background) -> None:
    """Give a model its background; the trees' threshold, or a higher one that reaches the goal on planted slips."""
    model.background = background
    found = []
    for (_, at, right), slips in zip(planted, model.read([line for line, _, _ in planted]), strict=True):
        found += [(share, slip.at == at and slip.right == right) for slip, share in slips]
    found.sort(key=lambda f: -f[0])
    hits = np.cumsum([hit for _, hit in found])
    good = np.nonzero(hits >= goal * np.arange(1, len(found) + 1))[0]
    if len(good) and good[-1] + 1 < len(found):
        trees = replace(background.trees, threshold=found[good[-1]][0])
        model.background = replace(background, trees=trees)
        model.forget()


def _logistic(x: Numbers, y: Numbers, rounds: int = 60, ridge: float = 1.0) -> Numbers:
    """Weights by Newton's method with a little ridge."""
    weights = np.zeros(x.shape[1])
    for _ in range(rounds):
        share = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (y - share) - ridge * weights
        hessian = (x * (share * (1 - share))[:, None]).T @ x + ridge * np.eye(x.shape[1])
        step = np.linalg.solve(hessian, gradient)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def measure(model: Model, planted: Sequence[Planted]) -> Measured:
    """Flags at the threshold on planted lines; a hit names the place and the right character."""
    slips = flags = hits = 0
    read_lines = model.read([line for line, _, _ in planted])
    for (_, at, right), found in zip(planted, read_lines, strict=True):
        slips += at is not None
        for slip, _ in found:
            flags += 1
            hits += slip.at == at and slip.right == right
    return Measured(len(planted), slips, flags, hits)
