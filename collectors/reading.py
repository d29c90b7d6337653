"""The detectors' knowledge of one data folder: its lexicon, and its statistical reader where one was trained."""

from __future__ import annotations

import logging
import sys

from cockpit.detect import reader_state, wording
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import DataDir

_log = logging.getLogger(__name__)


def matcher(data: DataDir) -> wording.Matcher:
    """What patrol, check and scan match with: alerts by lists, and the reader's suspects for review.

    A reader that was trained and takes no part is told on the screen and in the log: its silence is not "clean".
    """
    model, state = reader_state.load(data)
    if state.warning:
        _log.warning("%s", state.warning)
        print(state.warning, file=sys.stderr)
    return wording.Matcher(Lexicon.load(data.lexicon), model)
