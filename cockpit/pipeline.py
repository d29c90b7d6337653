"""Puts the rooms together: a load that also mirrors the register and brings the warnings up to date.

Collectors only spool; commands and pages that want the result published call `load_all`.
"""

from __future__ import annotations

from datetime import datetime

from cockpit import registry, store
from cockpit.appraise import warnings
from cockpit.paths import DataDir


def load_all(data: DataDir, now: datetime, *, force: bool = False) -> store.LoadReport:
    """Load pending batches; mirror the register and refresh the warnings in the same transaction."""
    return store.load(data, now, register=_register_rows(data), after_merge=warnings.refresh, force=force)


def rebuild_all(data: DataDir, now: datetime) -> store.LoadReport:
    """Make the database again from archived batches, with register and warnings."""
    return store.rebuild(data, now, register=_register_rows(data), after_merge=warnings.refresh)


def _register_rows(data: DataDir) -> store.Register | None:
    """Rows of the register, None where a folder has none (then the mirrored rows stay)."""
    return registry.rows(registry.load_register(data)) if data.registry.is_dir() else None
