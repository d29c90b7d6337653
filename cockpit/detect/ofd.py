"""Text of OFD files (GB/T 33190-2016 版式文档): a zip whose pages hold characters with their places."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator
from typing import Any

from cockpit.detect.legacy_word import EncryptedError
from cockpit.detect.office_xml import ends, local

ROOT = "OFD.xml"
LOCKED = frozenset({"Encryptions.xml", "EncryptInfo.xml"})
MOST_PAGES = 1000


def is_ofd(names: Collection[str]) -> bool:
    return ROOT in names or bool(LOCKED & set(names))


def pages(names: Collection[str], unpack: Callable[[str], bytes]) -> Iterator[tuple[str, str, bool]]:
    """(name, text, whether it holds a picture) of every page. Raises EncryptedError, ValueError."""
    if ROOT not in names or LOCKED & set(names):
        raise EncryptedError
    number = 0
    for document in _texts(unpack(ROOT), "DocRoot"):
        place = document.strip().lstrip("/")
        folder = posixpath.dirname(place)
        for address in _addresses(unpack(place), folder):
            number += 1
            if number > MOST_PAGES:
                raise ValueError("too many pages")
            text, picture = _page(unpack(address))
            yield f"第 {number} 页", text, picture
    if not number:
        raise ValueError("no pages")


def _texts(content: bytes, name: str) -> list[str]:
    return [element.text or "" for element in ends(content) if local(element) == name]


def _addresses(content: bytes, folder: str) -> list[str]:
    """Where the pages of a document lie; templates are named otherwise (TemplatePage)."""
    found = [e.get("BaseLoc") for e in ends(content) if local(e) == "Page" and e.get("BaseLoc")]
    return [
        loc.lstrip("/") if loc.startswith("/") else posixpath.normpath(posixpath.join(folder, loc))
        for loc in found
    ]


def _page(content: bytes) -> tuple[str, bool]:
    """Lines of a page from top to bottom as they are written; what stands on one height is one line."""
    lines: list[list[str]] = []
    before: tuple[float, float] | None = None
    picture = False
    for element in ends(content):
        name = local(element)
        if name == "ImageObject":
            picture = True
        if name != "TextObject":
            continue
        box = _box(element)
        words = "".join(code.text or "" for code in element if local(code) == "TextCode")
        element.clear()
        if not words.strip():
            continue
        same = before is not None and box is not None and abs(box[0] - before[0]) < max(0.5 * before[1], 0.5)
        if same and lines:
            lines[-1].append(words)
        else:
            lines.append([words])
        before = box
    return "\n".join("".join(line) for line in lines), picture


def _box(element: Any) -> tuple[float, float] | None:
    """(top, height) in millimetres."""
    try:
        _, top, _, height = map(float, (element.get("Boundary") or "").split())
    except ValueError:
        return None
    return top, height
