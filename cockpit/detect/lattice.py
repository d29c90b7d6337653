"""How well a text reads as words: the best split of a text, and what another word in some place would gain.

All splits of a text into known words form a lattice; a word-pair model weighs every step (Viterbi forwards and
backwards). A candidate is a known word that differs from the text in one character, or in two neighbours that are
both easily mistaken; its gain is what the best split through it has over the best split as written (log10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cockpit.detect.likeness import Likeness
from cockpit.detect.word_model import LONGEST, WORD_BITS, Words

Array = np.ndarray[Any, Any]
UNKNOWN = -7.0  # log10 of a character that is no known word
LEAST_GAIN = 0.0  # of a candidate that is judged
HOPE = 1.0  # the most that neighbours are expected to add to a word's own likelihood
TIGHT, TIGHT_TWO = -2.5, -4.0  # a span whose words are likelier than this (Split.cost) needs no other word
# Where characters are not known to be mistaken for each other a word must be likelier by itself, in a worse span.
HOPE_FAR, TIGHT_FAR = -0.5, -4.5
HIGH = 0xFFFF


@dataclass(frozen=True)
class Candidates:
    """Words that would read better, one row each; `at` is the first changed place."""

    at: Array
    two: Array  # whether the next place changes too
    word: Array  # place in the model's words
    start: Array
    size: Array
    like: Array  # how alike the characters are, the worse of two
    shape: Array
    gain: Array
    cost: Array  # of what stands there, as it was split
    split: Array  # length of the word that covers the place as it was split
    right: Array  # code of the character instead
    right_next: Array


class Lattice:
    """A word model made ready for looking up, with what characters are mistaken for which."""

    def __init__(self, words: Words, likeness: Likeness) -> None:
        self.words, self.likeness = words, likeness
        self._one = {(n, i): _without(words.keys, n, (i,)) for n in range(2, LONGEST + 1) for i in range(n)}
        self._two = {
            (n, i): _without(words.keys, n, (i, i + 1)) for n in range(3, LONGEST + 1) for i in range(n - 1)
        }
        written = likeness.keys >> 16
        self._near_from = np.searchsorted(written, np.arange(HIGH + 2))  # where a character's likes begin
        twos = np.searchsorted(words.keys, np.array([1 << 16, 1 << 32], dtype=np.uint64))
        self._twos_at = int(twos[0])
        leading = (words.keys[twos[0] : twos[1]] >> np.uint64(16)).astype(np.int64)
        self._twos_from = np.searchsorted(leading, np.arange(HIGH + 2)) + self._twos_at
        heads, begin = np.unique(leading, return_index=True)
        self._twos_best = np.full(HIGH + 1, -np.inf)  # the likeliest word of two that begins with a character
        self._twos_best[heads] = np.maximum.reduceat(words.likely[twos[0] : twos[1]], begin)
        codes = np.unique(written)
        self._index = np.full(HIGH + 1, len(codes), dtype=np.int64)  # the last row and column are empty
        self._index[codes] = np.arange(len(codes))
        alike = np.zeros((len(codes) + 1, len(codes) + 1), dtype=bool)
        alike[self._index[written], self._index[likeness.keys & HIGH]] = True
        alike[len(codes)] = alike[:, len(codes)] = False
        self._alike = np.packbits(alike, axis=1, bitorder="little")

    def step(self, first: Array, second: Array) -> Array:
        """log10 P(second word | first word) with backoff; -1 is an unknown one."""
        model = self.words
        seen = (first >= 0) & (second >= 0)
        key = (first << WORD_BITS) | second
        place = np.minimum(np.searchsorted(model.pairs, key), len(model.pairs) - 1)
        hit = seen & (model.pairs[place] == key)
        alone = np.where(second >= 0, model.likely[second], UNKNOWN)
        return np.where(hit, model.paired[place], alone + np.where(first >= 0, model.backoff[first], 0.0))

    def alike(self, written: Array, meant: Array) -> Array:
        """Whether characters are easily mistaken for others."""
        row, column = self._index[written], self._index[meant]
        return (self._alike[row, column >> 3] >> (column & 7).astype(np.uint8)) & 1 > 0

    def near(self, codes: Array) -> tuple[Array, Array]:
        """(row, character that the row's one is easily mistaken for), all rows one after the other."""
        row, place = ranges(self._near_from[codes], self._near_from[codes + 1])
        return row, self.likeness.keys[place] & HIGH

    def likely(self, codes: Array) -> Array:
        """log10 of characters as words of their own."""
        place = _find(self.words.keys, codes.astype(np.uint64))
        return np.where(place >= 0, self.words.likely[place], UNKNOWN)

    def likenesses(self, written: Array, meant: Array) -> tuple[Array, Array]:
        """How alike characters are, and how alike in strokes; 0 for those that are not."""
        key = (written.astype(np.int64) << 16) | meant.astype(np.int64)
        place = np.minimum(np.searchsorted(self.likeness.keys, key), len(self.likeness.keys) - 1)
        hit = self.likeness.keys[place] == key
        return np.where(hit, self.likeness.score[place], 0.0), np.where(hit, self.likeness.shape[place], 0.0)

    def candidates(self, split: Split, places: Array, singles: tuple[Array, Array]) -> Candidates:
        """All words that would read better somewhere in a text.

        `places`: where a change is thinkable at all; `singles`: places and characters that are worth trying
        though they make no longer word.
        """
        codes = split.codes
        rows = [*self._ones(codes, split, places), *self._twos(codes, split, places)]
        rows.append(self._pairs_of_two(codes, split, places))
        rows.append(self._singles(*singles))
        start, size, at, two, word = (np.concatenate(column) for column in zip(*rows, strict=True))
        gain = split.through(start, start + size, word)
        good = gain >= LEAST_GAIN
        start, size, at, two, word, gain = (c[good] for c in (start, size, at, two, word, gain))
        right = self._inside(word, size, at - start)
        after = np.where(two, self._inside(word, size, np.minimum(at - start + 1, size - 1)), 0)
        like, shape = self.likenesses(codes[at], right)
        like_next, shape_next = self.likenesses(codes[np.minimum(at + 1, len(codes) - 1)], after)
        return Candidates(
            at,
            two,
            word,
            start,
            size,
            np.where(two, np.minimum(like, like_next), like),
            np.where(two, np.minimum(shape, shape_next), shape),
            gain,
            split.cost(start, start + size),
            split.lengths[at],
            right,
            after,
        )

    def _inside(self, word: Array, size: Array | int, inner: Array | int) -> Array:
        """The code of a character inside of words."""
        shift = np.asarray(16 * (size - 1 - inner), dtype=np.uint64)
        return ((self.words.keys[word] >> shift) & np.uint64(HIGH)).astype(np.int64)

    def _ones(self, codes: Array, split: Split, places: Array) -> list[tuple[Array, ...]]:
        rows = []
        for (size, inner), table in self._one.items():
            spans = _spans(codes, size, split, TIGHT)
            spans = spans[places[spans + inner]]
            start, word = _matches(codes, size, (inner,), table, spans)
            written, meant = codes[start + inner], self._inside(word, size, inner)
            cost = split.cost(start, start + size)
            bound = self.words.likely[word] - cost
            good = (meant != written) & (cost <= TIGHT_FAR) & (bound + HOPE_FAR >= LEAST_GAIN)
            rest = np.flatnonzero((bound + HOPE >= LEAST_GAIN) & ~good)
            good[rest] = self.alike(written[rest], meant[rest])
            start, word = start[good], word[good]
            rows.append(_rows(start, size, start + inner, word, two=False))
        return rows

    def _twos(self, codes: Array, split: Split, places: Array) -> list[tuple[Array, ...]]:
        rows = []
        for (size, inner), table in self._two.items():
            spans = _spans(codes, size, split, TIGHT_TWO)
            spans = spans[places[spans + inner] & places[spans + inner + 1]]
            start, word = _matches(codes, size, (inner, inner + 1), table, spans)
            good = self.words.likely[word] - split.cost(start, start + size) + HOPE >= LEAST_GAIN
            start, word = start[good], word[good]
            for k in (inner, inner + 1):
                good = self.alike(codes[start + k], self._inside(word, size, k))
                start, word = start[good], word[good]
            rows.append(_rows(start, size, start + inner, word, two=True))
        return rows

    def _pairs_of_two(self, codes: Array, split: Split, places: Array) -> tuple[Array, ...]:
        """Words of two characters, both mistaken."""
        spans = _spans(codes, 2, split, TIGHT_TWO)
        spans = spans[places[spans] & places[spans + 1]]
        row, first = self.near(codes[spans])
        start, least = spans[row], (LEAST_GAIN - HOPE + split.cost(spans, spans + 2))[row]
        good = self._twos_best[first] >= least
        start, first, least = start[good], first[good], least[good]
        row, word = ranges(self._twos_from[first], self._twos_from[first + 1])
        good = self.words.likely[word] >= least[row]
        start, word = start[row[good]], word[good]
        good = self.alike(codes[start + 1], self._inside(word, 2, 1))
        return _rows(start[good], 2, start[good], word[good], two=True)

    def _singles(self, at: Array, meant: Array) -> tuple[Array, ...]:
        word = _find(self.words.keys, meant.astype(np.uint64))
        known = word >= 0
        return _rows(at[known], 1, at[known], word[known], two=False)


class Split:
    """The lattice of one text (characters as numbers of 16 bits) with the best scores from either side."""

    def __init__(self, lattice: Lattice, codes: Array) -> None:
        self.lattice, self.codes, self.length = lattice, codes, len(codes)
        starts, sizes, ids = [], [], []
        for size in range(1, LONGEST + 1):
            found = _find(lattice.words.keys, _windows(codes, size))
            at = np.arange(len(found)) if size == 1 else np.flatnonzero(found >= 0)
            starts.append(at)
            sizes.append(np.full(len(at), size))
            ids.append(found[at])
        start, size, word = np.concatenate(starts), np.concatenate(sizes), np.concatenate(ids)
        order = np.lexsort((size, start))
        self.start, self.word = start[order], word[order]
        self.end = self.start + size[order]
        places = np.arange(len(codes) + 2)
        self._first = np.searchsorted(self.start, places)  # edges that begin at a place stand together
        self._by_end = np.argsort(self.end, kind="stable")
        self._first_end = np.searchsorted(self.end[self._by_end], places)
        self._walk(len(codes))

    def _walk(self, length: int) -> None:
        a, b = ranges(self._first[self.end], self._first[self.end + 1])
        step = self.lattice.step(self.word[a], self.word[b])
        count = len(self.start)
        unknown = np.full(count, -1)
        begin = self.lattice.step(unknown, self.word)
        forward = np.where(self.start == 0, begin, -1e18).tolist()
        before = [-1] * count
        triples = list(zip(a.tolist(), b.tolist(), step.tolist(), strict=True))
        for one, two, score in triples:
            reached = forward[one] + score
            if reached > forward[two]:
                forward[two], before[two] = reached, one
        backward = np.where(self.end == length, 0.0, -1e18).tolist()
        for one, two, score in reversed(triples):
            reached = backward[two] + score
            backward[one] = max(backward[one], reached)
        self.forward, self.backward = np.array(forward), np.array(backward)
        last = self._by_end[self._first_end[length] : self._first_end[length + 1]]
        best = int(last[np.argmax(self.forward[last])])
        self.total = forward[best]
        self._starts = np.zeros(length, dtype=np.int64)
        self._ends = np.zeros(length, dtype=np.int64)
        self._sum = np.zeros(length + 1)
        while best >= 0:
            s, e = int(self.start[best]), int(self.end[best])
            self._starts[s:e], self._ends[s:e], self._sum[e] = s, e, forward[best]
            best = before[best]
        self.lengths = self._ends - self._starts

    def cost(self, start: Array, end: Array) -> Array:
        """log10 of the words of the best split that touch a span."""
        return self._sum[self._ends[end - 1]] - self._sum[self._starts[start]]

    def through(self, start: Array, end: Array, word: Array) -> Array:
        """What the best split with a word in some place has over the best split as written."""
        left = self._best(start, self._by_end, self._first_end, self.forward, word, before=True)
        right = self._best(end, None, self._first, self.backward, word, before=False)
        return left + right - self.total

    def _best(
        self, place: Array, order: Array | None, first: Array, scores: Array, word: Array, *, before: bool
    ) -> Array:
        """The best joint of a word with an edge that ends (or begins) at its place; the text's rim costs no more."""
        edge = place == (0 if before else self.length)
        row, other = ranges(first[place], np.where(edge, first[place], first[place + 1]))
        other = order[other] if order is not None else other
        pair = (self.word[other], word[row]) if before else (word[row], self.word[other])
        score = self.lattice.step(*pair) + scores[other]
        found = np.where(edge, self.lattice.words.likely[word] if before else 0.0, -1e18)
        np.maximum.at(found, row, score)
        return found


def _windows(codes: Array, size: int, without: tuple[int, ...] = ()) -> Array:
    """Keys of all windows of a size, with some places left open."""
    count, wide = max(0, len(codes) - size + 1), codes.astype(np.uint64)
    found = np.zeros(count, dtype=np.uint64)
    for k in range(size):
        found = (found << np.uint64(16)) | (np.uint64(0) if k in without else wide[k : k + count])
    return found


def _find(keys: Array, wanted: Array) -> Array:
    """Places of wanted keys, -1 for those that are not there."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, -1)


Table = tuple[Array, Array]


def _without(keys: Array, size: int, without: tuple[int, ...]) -> Table:
    """(keys of the words of a size with some places left open, sorted; the words)."""
    low, high = np.uint64(1 << 16 * (size - 1)), np.uint64((1 << 16 * size) - 1)
    words = np.flatnonzero((keys >= low) & (keys <= high))
    mask = (1 << 16 * size) - 1
    for k in without:
        mask &= ~(0xFFFF << 16 * (size - 1 - k))
    open_keys = keys[words] & np.uint64(mask)
    order = np.argsort(open_keys, kind="stable")
    return open_keys[order], words[order]


def _rows(start: Array, size: int, at: Array, word: Array, *, two: bool) -> tuple[Array, ...]:
    return start, np.full(len(start), size), at, np.full(len(start), two), word


def _spans(codes: Array, size: int, split: Split, tight: float) -> Array:
    """Where windows begin whose text reads badly."""
    spans = np.arange(max(0, len(codes) - size + 1))
    return spans[split.cost(spans, spans + size) <= tight]


def ranges(low: Array, high: Array) -> tuple[Array, Array]:
    """(row, every number of its range), all rows one after the other."""
    count = high - low
    row = np.repeat(np.arange(len(low)), count)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + low[row]


def _matches(
    codes: Array, size: int, without: tuple[int, ...], table: Table, spans: Array
) -> tuple[Array, Array]:
    """(where a window begins, a word that fits it but for the open places)."""
    wanted = _windows(codes, size, without)[spans]
    row, inside = ranges(np.searchsorted(table[0], wanted), np.searchsorted(table[0], wanted, side="right"))
    return spans[row], table[1][inside]
