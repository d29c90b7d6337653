"""The detectors' knowledge of one data folder: its lexicon, and its statistical reader where one was trained."""

from __future__ import annotations

import logging
from pathlib import Path

from cockpit.detect import reader, wording
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import DataDir

_log = logging.getLogger(__name__)


def model_path(data: DataDir) -> Path:
    return data.root / "reader" / "model.npz"


def model(data: DataDir) -> reader.Model | None:
    """The trained reader of a data folder; None before the first training, and where its file is damaged."""
    path = model_path(data)
    if not path.is_file():
        return None
    try:
        return reader.load(path)
    except ValueError as error:
        _log.warning("the reader is left out: %s", error)
        return None


def matcher(data: DataDir) -> wording.Matcher:
    """What patrol, check and scan match with: alerts by lists, and the reader's suspects for review."""
    return wording.Matcher(Lexicon.load(data.lexicon), model(data))
