"""The process that opens attachments: few rights, little memory, no files. Started by collectors.attachments only.

It reads `<bytes of the name> <bytes of the content>\\n`, the name and the content from standard input and answers
one line of JSON: `{"cause": …, "parts": [[text, unit, name, row, column], …]}`. Its parent ends it when it is slow.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import BinaryIO

from cockpit.detect import documents

MEMORY_BYTES = 1_200_000_000


def restrict() -> None:
    """No core, no file to write, few open files, bounded memory; parsers are loaded before."""
    import defusedxml.ElementTree  # noqa: F401 - loaded before memory is bounded
    import olefile  # noqa: F401
    import pypdfium2  # noqa: F401
    import python_calamine  # noqa: F401

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer requests until the source ends."""
    while header := source.readline(64):
        name_size, size = map(int, header.split())
        name = source.read(name_size).decode("utf-8", "replace")
        found = documents.read(source.read(size), name)
        rows = [[p.text, p.unit, p.name, p.row, p.column] for p in found.parts]
        answer = json.dumps({"cause": found.cause, "parts": rows}, ensure_ascii=True)
        target.write(answer.encode() + b"\n")
        target.flush()


if __name__ == "__main__":
    restrict()
    serve(sys.stdin.buffer, sys.stdout.buffer)
