"""Boosted trees as plain arrays: the judgement of the word reader, read from a small text file.

The file (data/lexicon/reader_trees.json, written by tests/quality/fit_reader.py) tells how it was made, the features
in order, the threshold of confidence, what was measured, and the nodes `[feature, limit, below, above, value]`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cockpit.errors import why

DEEPEST = 64  # levels of a tree

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Trees:
    """Nodes of all trees one after the other; a leaf points to itself."""

    feature: Array
    limit: Array
    below: Array  # where to go if the feature is at most the limit
    above: Array
    value: Array
    root: Array
    depth: int
    threshold: float
    source: str = ""  # digest of the file it was read from

    def confidence(self, features: Array) -> Array:
        """Probability of a slip for every row."""
        node = np.repeat(self.root[None, :], len(features), axis=0)
        rows = np.arange(len(features))[:, None]
        for _ in range(self.depth):
            low = features[rows, self.feature[node]] <= self.limit[node]
            node = np.where(low, self.below[node], self.above[node])
        return 1 / (1 + np.exp(-self.value[node].sum(axis=1)))


def load(path: Path, names: Sequence[str]) -> Trees:
    """Trees over the named features. Raises ValueError where the file is damaged or made for others."""
    try:
        content = path.read_bytes()
        told = json.loads(content.decode())
    except OSError as error:
        raise ValueError(f"复核判据 {path} 读不了：{why(error)}") from error
    except ValueError as error:
        raise ValueError(f"{path} 不是复核判据：不是 UTF-8 的 JSON 文件") from error
    if not isinstance(told, dict) or told.get("features") != list(names):
        raise ValueError(f"{path} 不是复核判据：特征与本版程序的不同")
    try:
        trees = _trees(told, hashlib.sha256(content).hexdigest())
    except (KeyError, TypeError, IndexError, OverflowError, ValueError) as error:
        raise ValueError(f"{path} 不是复核判据：内容残缺") from error
    ids = np.concatenate([trees.below, trees.above, trees.root])
    if ids.min() < 0 or ids.max() >= len(trees.value):
        raise ValueError(f"{path} 不是复核判据：节点编号超出范围")
    if trees.feature.min() < 0 or trees.feature.max() >= len(names):
        raise ValueError(f"{path} 不是复核判据：特征编号超出范围")
    if not (0 < trees.depth <= DEEPEST and 0 < trees.threshold < 1):
        raise ValueError(f"{path} 不是复核判据：层数或阈值超出范围")
    return trees


def _trees(told: Mapping[str, Any], source: str) -> Trees:
    nodes = np.array(told["nodes"], dtype=np.float64)
    root = np.array(told["roots"], dtype=np.int64)
    if not (root.ndim == 1 and root.size and np.isfinite(nodes).all()):
        raise ValueError("empty or not finite")
    feature, below, above = (nodes[:, k].astype(np.int64) for k in (0, 2, 3))
    depth, threshold = int(told["depth"]), float(told["threshold"])
    return Trees(feature, nodes[:, 1], below, above, nodes[:, 4], root, depth, threshold, source)
