"""The one way a file leaves the screens: who may take it is asked again when it is taken, and the trail says who did.

The content is made when the button is pressed, not before: a page that is only looked at holds nothing to fetch, and
a file whose taking cannot be written down is not handed out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import streamlit as st

from cockpit import access, clock, pipeline, trail
from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.plain import line, stripped
from cockpit.ui import data, doorbook, who

LONGEST_NAME = 120
Content = bytes | Callable[[], bytes]
Record = Callable[[DataDir, bytes, access.Person], None]


def download(
    label: str,
    content: Content,
    file_name: str,
    mime: str,
    *,
    key: str,
    about: str,
    record: Record | None = None,
    disabled: bool = False,
    **look: Any,
) -> None:
    """A download button. `about`: what it is, for the trail; `content` must not ask the screens, only what it was given."""
    able = who.may("export")
    st.download_button(
        label,
        keeper(content, about, record),
        safe_name(file_name),
        mime,
        key=key,
        disabled=disabled or not able,
        help=None if able else who.why("export"),
        **look,
    )


def keeper(content: Content, about: str, record: Record | None = None) -> Callable[[], bytes]:
    """What is done when the button is pressed: ask again, make the file, write down who took it, hand it out."""
    folder, shown_to, again = data.data(), who.current(), who.again()

    def hand_out() -> bytes:
        person = again()
        if not person.may("export"):
            doorbook.write("拒绝下载", about, person)
        access.require(person, "export")
        if person != shown_to:
            raise CockpitError("登录的角色或单位刚刚变了，请刷新页面后再下载")
        made = content() if callable(content) else content
        (record or _record(about))(folder, made, person)
        with suppress(CockpitError):  # it is written down; a load that has to wait comes later
            pipeline.load_all(folder, clock.now())
        return made

    return hand_out


def _record(about: str) -> Record:
    def record(folder: DataDir, made: bytes, person: access.Person) -> None:
        told = {"actor": who.name_of(person), "now": clock.now(), "unit": person.unit}
        trail.handed_out(folder, line(about), made, **told)

    return record


def safe_name(name: str) -> str:
    """A file name without folders, hidden characters and what systems forbid; the ending stays."""
    last = re.split(r"[/\\]", stripped(name))[-1]
    plain = re.sub(r'[<>:"|?*\n\t&;$`\'=%]', "_", last).strip(" .") or "下载"
    stem, dot, ending = plain.rpartition(".")
    return plain if len(plain) <= LONGEST_NAME else f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"
