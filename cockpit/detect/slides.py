"""Text of presentations: pptx (ECMA-376) by its slides, ppt and dps ([MS-PPT] 2.3.1) by the records of their stream."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Collection, Iterator
from typing import Any

from cockpit.detect.legacy_word import EncryptedError
from cockpit.detect.office_xml import ends, local

PRESENTATION = "ppt/presentation.xml"
STREAM = "PowerPoint Document"
MOST_RECORDS = 2_000_000
CONTAINER, UTF16, LATIN = 0xF, 0x0FA0, 0x0FA8  # version of a container; TextCharsAtom, TextBytesAtom
ENCRYPTED = 0xF3D1C4DF  # header token of the CurrentUserAtom
_SLIDE = re.compile(r"ppt/(slides|notesSlides)/(?:slide|notesSlide)(\d{1,6})\.xml")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")


def pages(names: Collection[str], unpack: Callable[[str], bytes]) -> Iterator[tuple[str, str, bool]]:
    """(name, text, whether it holds a picture) of the slides of a pptx in order, each followed by its notes."""
    found = sorted(
        (int(match[2]), match[1] != "slides", name) for name in names if (match := _SLIDE.fullmatch(name))
    )
    for number, notes, name in found:
        text, picture = _slide(unpack(name))
        yield f"第 {number} 张{'备注' if notes else ''}", text, picture and not notes


def _slide(content: bytes) -> tuple[str, bool]:
    lines: list[str] = []
    words: list[str] = []
    picture = False
    for element in ends(content):
        name = local(element)
        if name == "t":
            words.append(element.text or "")
        elif name == "br":
            words.append("\n")
        elif name == "p":
            lines.append("".join(words))
            words = []
            element.clear()
        elif name in {"pic", "blip"}:
            picture = True
    return "\n".join(line for line in lines if line.strip()), picture


def text(ole: Any) -> str:
    """Text of a ppt or dps file, one paragraph a line. Raises EncryptedError."""
    if ole.exists("Current User"):
        user = ole.openstream("Current User").read(64)
        if len(user) >= 16 and struct.unpack_from("<I", user, 12)[0] == ENCRYPTED:
            raise EncryptedError
    found = [line for raw in _records(ole.openstream(STREAM).read()) for line in re.split(r"[\r\n\x0b]", raw)]
    lines = (_CONTROLS.sub("", line).strip() for line in found)
    return "\n".join(dict.fromkeys(line for line in lines if line))  # quick saves keep the same text again


def _records(stream: bytes) -> Iterator[str]:
    """Text atoms in the order of the stream; containers are entered, everything else is passed over."""
    at = 0
    for _ in range(MOST_RECORDS):
        if at + 8 > len(stream):
            return
        version, kind, size = struct.unpack_from("<HHI", stream, at)
        at += 8
        if version & 0xF == CONTAINER:
            continue
        if kind == UTF16:
            yield stream[at : at + size].decode("utf-16-le", "replace")
        elif kind == LATIN:
            yield stream[at : at + size].decode("cp1252", "replace")
        at += size
