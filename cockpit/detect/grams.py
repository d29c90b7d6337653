"""Keys of character n-grams: numbers of the characters side by side in one integer."""

from __future__ import annotations

from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.int64]]
BITS = 13  # of a character's number: 8,191 different ones


def pack(grams: Numbers) -> Numbers:
    """Rows of characters' numbers as single keys."""
    key = np.zeros(len(grams), dtype=np.int64)
    for column in range(grams.shape[1]):
        key = (key << BITS) | grams[:, column]
    return key
