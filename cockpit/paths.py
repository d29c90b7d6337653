"""Where things lie: the shipped data folder and the data folder a command works in.

Settings: COCKPIT_DATA (data folder; `--data` wins over it).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cockpit.errors import CockpitError, why

CHECKOUT = Path(__file__).resolve().parent.parent
SHIPPED = CHECKOUT / "data"
DEMO_MARKER = "DEMO"
READER_MODEL = "reader/model.npz"


@dataclass(frozen=True)
class DataDir:
    """One installation's data: its own registry, what was collected, and the published database.

    Rules, lexicon and calendar may be overridden by a folder of the same name below `root`;
    otherwise the shipped ones hold. The registry is always its own: no city is judged by another's.
    """

    root: Path

    def _own_or_shipped(self, name: str) -> Path:
        own = self.root / name
        return own if own.is_dir() else SHIPPED / name

    @property
    def registry(self) -> Path:
        return self.root / "registry"

    @property
    def rules(self) -> Path:
        return self._own_or_shipped("rules")

    @property
    def lexicon(self) -> Path:
        return self._own_or_shipped("lexicon")

    @property
    def calendar(self) -> Path:
        return self._own_or_shipped("calendar")

    @property
    def spool(self) -> Path:
        return self.root / "spool"

    @property
    def rejected(self) -> Path:
        return self.spool / "rejected"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def versions(self) -> Path:
        return self.root / "db"

    @property
    def attachments(self) -> Path:
        """Files that came with disputes, named by their digest."""
        return self.root / "attachments"

    @property
    def reader_model(self) -> Path:
        """The statistical reader, once it was trained."""
        return self.root / READER_MODEL

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def database(self) -> Path:
        """Symbolic link to the published version."""
        return self.root / "cockpit.duckdb"

    @property
    def is_demo(self) -> bool:
        """True when everything in this folder is 演示数据."""
        return (self.root / DEMO_MARKER).is_file()

    def mark_demo(self) -> None:
        """Make this a demonstration folder; its batches are marked and never mix with collected data."""
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / DEMO_MARKER).write_text("演示数据，不得用于考核。\n", encoding="utf-8")


def data_dir(arg: str | os.PathLike[str] | None = None) -> DataDir:
    """The data folder: the argument, else COCKPIT_DATA, else `data/` of the checkout.

    It need not be there. Raises CockpitError for a path that is no folder or that may not be entered.
    """
    chosen = arg or os.environ.get("COCKPIT_DATA") or SHIPPED
    root = Path(os.path.realpath(Path(chosen).expanduser()))
    try:
        wrong = root.exists() and not root.is_dir()
        barred = root.is_dir() and not os.access(root, os.R_OK | os.X_OK, effective_ids=True)
    except OSError as error:
        raise CockpitError(
            f"数据目录 {root} 打不开（{why(error)}）。请核对 --data（或 COCKPIT_DATA）"
        ) from error
    if wrong:
        raise CockpitError(f"数据目录 {root} 是一个文件，不是目录。请核对 --data（或 COCKPIT_DATA）")
    if barred:
        raise CockpitError(f"数据目录 {root} 没有权限进入。请用有权限的用户运行，或用 --data 换一个目录")
    return DataDir(root)
