"""How screens get data: named query functions, cached by published version and shared by all sessions."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import streamlit as st

from cockpit import clock, pipeline, store
from cockpit.appraise.indicators import Rules, load_rules
from cockpit.paths import DataDir, data_dir
from cockpit.ui import theme, who


def data() -> DataDir:
    return data_dir()


def now() -> datetime:
    """The instant of this run, naive UTC, cut to the minute so that results can be shared."""
    return clock.now().replace(second=0, microsecond=0) + timedelta(minutes=1)


def today() -> date:
    """The Beijing day of this run."""
    return clock.local_day(clock.now())


def ask(question: Callable[..., Any], **arguments: Any) -> Any:
    """Answer of a function of cockpit.store.queries for the published version, from the cache where it is there."""
    folder = data()
    items = tuple(sorted((k, tuple(v) if isinstance(v, list) else v) for k, v in arguments.items()))
    return _answer(
        str(folder.root),
        store.version(folder) or "",
        who.unit(),
        question.__module__,
        question.__name__,
        items,
    )


@st.cache_data(max_entries=400, show_spinner=False)
def _answer(
    root: str,
    version: str,  # noqa: ARG001 - the key
    unit: str | None,
    module: str,
    name: str,
    arguments: tuple[tuple[str, Any], ...],
) -> Any:
    question = getattr(importlib.import_module(module), name)
    with store.reader(data_dir(root), unit) as reader:
        return question(reader, **dict(arguments))


@contextmanager
def reading() -> Iterator[store.Reader]:
    """The published version for work that is more than one question; a unit's contact sees the unit's rows alone.

    Whoever caches a result of it puts `who.unit()` into the key.
    """
    with store.reader(data(), who.unit()) as reader:
        yield reader


def drawn(make: Callable[..., str], *arguments: Any) -> str:
    """HTML of a part that depends only on the published version, the minute, the reader's unit and the mode.

    Made once a minute for everybody: 200 viewers of a live page cost as much as one.
    """
    place = (str(data().root), store.version(data()) or "", who.unit(), theme.mode(), now())
    return _drawn((*place, make.__module__, make.__qualname__), arguments, make)


@st.cache_data(max_entries=200, show_spinner=False)
def _drawn(key: tuple[Any, ...], arguments: tuple[Any, ...], _make: Callable[..., str]) -> str:  # noqa: ARG001 - the key
    return _make(*arguments)


@contextmanager
def awaited(doing: str) -> Iterator[None]:
    """Work of seconds: `doing` says meanwhile what is waited for."""
    with st.spinner(f"正在{doing}……"):
        yield


def publish(doing: str, *, force: bool = False) -> None:
    """Load what was just written so that every screen shows it."""
    with awaited(doing):
        pipeline.load_all(data(), clock.now(), force=force)


def rules() -> Rules:
    """The indicator table; read again when the file changes."""
    folder = data().rules
    return _cached_rules(str(folder), (folder / "indicators.toml").stat().st_mtime)


@st.cache_resource(max_entries=4, show_spinner=False)
def _cached_rules(folder: str, stamp: float) -> Rules:  # noqa: ARG001 - the key
    return load_rules(Path(folder))
