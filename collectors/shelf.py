"""Bodies of pages that wait for the detectors, in a file without a name.

They need no memory there, no other program can open them, and they are gone with the last process that holds
the file.
"""

from __future__ import annotations

import os
import tempfile
import threading
from typing import NamedTuple


class Place(NamedTuple):
    """Where a body stands in the file, in bytes. `number`: no two bodies of a shelf have the same."""

    offset: int
    size: int
    number: int = 0


class Shelf:
    """Shared by threads. Room is used again once nothing stands on the shelf any more."""

    def __init__(self, most: int) -> None:
        """`most`: bytes that the file may grow to."""
        self._most = most
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (it lives as long as the shelf)
        self._end = self._given = 0
        self._held: set[Place] = set()
        self._lock = threading.Lock()

    @property
    def number(self) -> int:
        """The file's descriptor, for a child process to inherit."""
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()

    def put(self, body: bytes) -> Place | None:
        """Keep a body; None when there is no room for it."""
        with self._lock:
            if self._end + len(body) > self._most:
                return None
            self._given += 1
            place = Place(self._end, len(body), self._given)
            self._end += len(body)
            self._held.add(place)
        try:
            written = os.pwrite(self.number, body, place.offset)
        except OSError:  # the disk is full
            written = -1
        if written == len(body):
            return place
        self.drop(place)
        return None

    def drop(self, place: Place) -> None:
        """A body that nobody will ask for again; one from before the shelf was cleared changes nothing."""
        with self._lock:
            self._held.discard(place)
            if not self._held:
                self._end = 0

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
            self._end = 0

    def read(self, place: Place) -> bytes:
        return read(self.number, place)


def read(number: int, place: Place) -> bytes:
    """The body at a place of the file with this descriptor, from any process that has it."""
    return os.pread(number, place.size, place.offset)
