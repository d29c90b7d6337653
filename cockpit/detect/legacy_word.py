"""Text of Word 97–2003 and WPS Writer files ([MS-DOC] 2.4.1): the piece table says where each stretch lies."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any

WORD97 = 0xA5EC
ENCRYPTED, TABLE_1 = 0x0100, 0x0200  # bits of FibBase at offset 10
CLX_AT = 0x01A2  # fcClx and lcbClx in FibRgFcLcb97
MOST_PIECES = 200_000
_FIELD_CODE = re.compile("\x13[^\x13\x14\x15]*\x14")  # { HYPERLINK … } shows only its result
_CONTROLS = re.compile(r"[\x00-\x06\x08\x0e-\x1f]")


class EncryptedError(Exception):
    """The file needs a password."""


def text(ole: Any) -> str:
    """Paragraphs on lines, cells of a table row parted by tabs. Raises ValueError, EncryptedError."""
    main = ole.openstream("WordDocument").read()
    magic, flags = struct.unpack_from("<H8xH", main)
    if magic != WORD97:
        raise ValueError("not a Word 97 file")
    if flags & ENCRYPTED:
        raise EncryptedError
    table = ole.openstream("1Table" if flags & TABLE_1 else "0Table").read()
    start, size = struct.unpack_from("<II", main, CLX_AT)
    return _readable("".join(_pieces(main, table[start : start + size])))


def _pieces(main: bytes, clx: bytes) -> Iterator[str]:
    plc = _piece_table(clx)
    count = (len(plc) - 4) // 12
    if not 0 < count <= MOST_PIECES:
        raise ValueError("a piece table of no size")
    positions = struct.unpack_from(f"<{count + 1}I", plc)
    for number in range(count):
        (place,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)
        length = positions[number + 1] - positions[number]
        if not 0 <= length <= len(main):
            raise ValueError("a piece beyond the file")
        if place & 0x40000000:
            at = (place & 0x3FFFFFFF) // 2
            yield main[at : at + length].decode("cp1252", "replace")
        else:
            at = place & 0x3FFFFFFF
            yield main[at : at + 2 * length].decode("utf-16-le", "replace")


def _piece_table(clx: bytes) -> bytes:
    """The PlcPcd behind any number of property blocks."""
    at = 0
    while at < len(clx) and clx[at] == 1:
        (size,) = struct.unpack_from("<H", clx, at + 1)
        at += 3 + size
    if at >= len(clx) or clx[at] != 2:
        raise ValueError("no piece table")
    (size,) = struct.unpack_from("<I", clx, at + 1)
    return clx[at + 5 : at + 5 + size]


def _readable(raw: str) -> str:
    shown = _FIELD_CODE.sub("", raw).replace("\x07\x07", "\n").replace("\x07", "\t")
    shown = shown.replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    return _CONTROLS.sub("", shown)
