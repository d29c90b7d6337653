"""Who came in and who was turned away: one line an event in logs/access.log, for the administrator and other programs.

It is no part of the audit trail, which holds changes; it holds no content, and a disk that refuses it stops no page.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

import streamlit as st

from cockpit import clock
from cockpit.access import Person
from cockpit.paths import data_dir
from cockpit.plain import as_json, line

MOST_BYTES, KEPT = 5_000_000, 10
_books: dict[str, RotatingFileHandler] = {}


def note(outcome: str, act: str, person: Person) -> None:
    """Write an event down, once a session for the same outcome, act and person."""
    key = f"{outcome}|{act}|{person.role}|{person.name}|{person.unit}"
    told = st.session_state.setdefault("doorbook", [])
    if key not in told:
        told.append(key)
        write(outcome, act, person, where=str(st.context.ip_address or "本机"))


def write(outcome: str, act: str, person: Person, where: str = "") -> None:
    """The line itself: when (UTC), what, who, from where."""
    entry = {
        "at": f"{clock.real():%Y-%m-%dT%H:%M:%SZ}",
        "outcome": outcome,
        "act": act,
        "who": line(person.name) or "未登录",
        "role": person.role,
        "unit": person.unit,
        "from": where,
    }
    with suppress(OSError):
        book = _open(data_dir().root / "logs" / "access.log")
        book.handle(logging.makeLogRecord({"msg": as_json(entry)}))


def _open(path: Path) -> RotatingFileHandler:
    """The open log of a folder; made anew where somebody took the file away."""
    key = str(path.absolute())
    if key not in _books or not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _books[key] = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8")
        path.chmod(0o600)
    return _books[key]
