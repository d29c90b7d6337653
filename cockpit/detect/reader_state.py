"""What people are told of a data folder's statistical reader (统计复核): trained or not, how good, how blind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cockpit.detect import reader
from cockpit.paths import READER_MODEL, SHIPPED, DataDir

JUDGEMENT = "reader_trees.json"
OFFICIAL = "odw"  # the labelled sentences of official documents: tests/quality/fit_reader.py
TRAIN = "python -m collectors train-reader"


@dataclass(frozen=True)
class State:
    """`trouble`: why the trained model takes no part, "" where it does. `old`: its judgement is not today's any more.

    `measured`: on held-out lines with planted slips when it was trained (`precision`, `recall`, `characters`, `lines`);
    `fitted`: (precision, recall) of the shipped judgement on official sentences with real slips.
    """

    trained: bool = False
    trouble: str = ""
    old: bool = False
    background: bool = False
    measured: Mapping[str, float] = field(default_factory=dict)
    fitted: tuple[float, float] | None = None

    @property
    def warning(self) -> str:
        """What to do about it; "" where there is nothing to do."""
        if self.trouble:
            return f"统计复核没有参加：{self.trouble}。请重新训练：{TRAIN}"
        return f"统计复核的判据已随程序更新，请重新训练：{TRAIN}" if self.old else ""


def lexicon_file(data: DataDir, name: str) -> Path:
    """A file of the reader's own knowledge: the folder's, otherwise the shipped one."""
    own = data.lexicon / name
    return own if own.is_file() else SHIPPED / "lexicon" / name


def load(data: DataDir) -> tuple[reader.Model | None, State]:
    """The trained reader of a data folder; None before the first training, and where its file cannot be used."""
    if not data.reader_model.is_file():
        return None, State()
    try:
        model = reader.load(data.reader_model)
    except ValueError as error:
        return None, State(trained=True, trouble=f"{READER_MODEL}：{error}")
    if model.background is None:
        return model, State(trained=True, measured=model.measured)
    content = lexicon_file(data, JUDGEMENT).read_bytes()
    if hashlib.sha256(content).hexdigest() != model.background.trees.source:
        return model, State(True, old=True, background=True, measured=model.measured)
    return model, State(True, background=True, measured=model.measured, fitted=_fitted(content))


def _fitted(content: bytes) -> tuple[float, float] | None:
    """Precision and recall on unseen official sentences, as the judgement's file tells them of much local text."""
    told = json.loads(content).get("measured", [])
    rows = [row for row in told if row["kind"] == OFFICIAL and row["flags"]]
    if not rows:
        return None
    row = max(rows, key=lambda r: r["text"])
    return row["hits"] / row["flags"], row["hits"] / row["slips"]
