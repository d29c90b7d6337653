"""XML parts of office files, read safely: no document type, no entities, nothing from outside."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class ForbiddenError(Exception):
    """The part declares a document type or entities, which only an attack does."""


def ends(content: bytes) -> Iterator[Any]:
    """Elements as they end. Raises ForbiddenError, and ParseError for what is no XML."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    try:
        for _, element in iterparse(io.BytesIO(content), forbid_dtd=True):
            yield element
    except DefusedXmlException as error:
        raise ForbiddenError from error


def local(element: Any) -> str:
    """The name of an element without its namespace: versions of a standard differ in it."""
    return str(element.tag).rpartition("}")[2]


def paragraphs(content: bytes) -> Iterator[str]:
    """Paragraphs of a part of a Word file, cells of one table row on one line."""
    words: list[str] = []
    for element in ends(content):
        if element.tag == _WORD + "t":
            words.append(element.text or "")
        elif element.tag in {_WORD + "tab", _WORD + "br"}:
            words.append("\t" if element.tag.endswith("tab") else " ")
        elif element.tag == _WORD + "p":
            yield "".join(words)
            words = []
            element.clear()
        elif element.tag in {_WORD + "tc", _WORD + "tr"}:
            element.clear()
