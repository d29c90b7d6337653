"""Boosted trees as plain arrays: the judgement of the word reader, read from a small text file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

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
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["features"] != list(names):
            raise ValueError("特征与本版程序的不同")
        nodes = np.array(told["nodes"], dtype=np.float64)
        feature, below, above = (nodes[:, k].astype(np.int64) for k in (0, 2, 3))
        root = np.array(told["roots"], dtype=np.int64)
        if min(map(np.min, (feature, below, above, root))) < 0 or feature.max() >= len(names):
            raise ValueError("节点编号超出范围")
        if max(map(np.max, (below, above, root))) >= len(nodes):
            raise ValueError("节点编号超出范围")
        return Trees(
            feature,
            nodes[:, 1],
            below,
            above,
            nodes[:, 4],
            root,
            int(told["depth"]),
            float(told["threshold"]),
        )
    except (OSError, KeyError, TypeError, IndexError, ValueError) as error:
        raise ValueError(f"{path} 不是复核判据：{error}") from error
