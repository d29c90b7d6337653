"""Bodies stand in a nameless file: whole, apart from each other, and gone when nobody asks for them any more."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from collectors import looker, shelf
from collectors.shelf import Place, Shelf


def test_bodies_stand_apart_and_their_room_is_used_again() -> None:
    held = Shelf(9)
    first, empty, second = held.put(b"abcd"), held.put(b""), held.put(b"efghi")
    assert (first, empty, second) == (Place(0, 4, 1), Place(4, 0, 2), Place(4, 5, 3))
    assert held.put(b"x") is None, "no room"
    assert [held.read(p) for p in (first, empty, second) if p] == [b"abcd", b"", b"efghi"]
    for place in (first, empty, second):
        assert place
        held.drop(place)
    assert held.put(b"012345678") == Place(0, 9, 4), "all room again"
    held.clear()
    assert held.put(b"01") == Place(0, 2, 5)
    held.close()


def test_a_body_from_before_the_shelf_was_cleared_takes_no_place_away() -> None:
    held = Shelf(1000)
    old = held.put(b"of a walk that was stopped")
    held.clear()
    new = held.put(b"of the next walk")
    assert old
    assert new
    held.drop(old)
    later = held.put(b"and another page of it")
    assert later
    assert [held.read(new), held.read(later)] == [b"of the next walk", b"and another page of it"]
    held.close()


def test_no_name_leads_to_the_file_and_a_child_can_read_it() -> None:
    held = Shelf(1000)
    place = held.put("身份证".encode())
    assert place
    assert "(deleted)" in os.readlink(f"/proc/self/fd/{held.number}")
    words = (
        f"from collectors import shelf; print(shelf.read({held.number}, shelf.Place{tuple(place)}).decode())"
    )
    got = subprocess.run(
        [sys.executable, "-c", words], pass_fds=(held.number,), capture_output=True, check=True
    )
    assert got.stdout.decode().strip() == "身份证"
    held.close()


def test_a_full_disk_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Shelf(1000)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelf.os, "pwrite", full)
    assert held.put(b"abc") is None
    monkeypatch.setattr(shelf.os, "pwrite", lambda _number, body, _at: len(body) - 1)
    assert held.put(b"abc") is None, "written in part"
    monkeypatch.undo()
    assert held.put(b"abc") == Place(0, 3, 3), "nothing of it is left"
    held.close()


def test_messages_arrive_whole_however_they_are_cut() -> None:
    end, start = os.pipe()
    sent = [{"n": n, "text": "页" * 50_000 * n} for n in range(4)]

    def write() -> None:
        with os.fdopen(start, "wb", buffering=0) as pipe:
            for message in sent:
                looker.send(message, pipe)

    writer = threading.Thread(target=write)
    writer.start()
    inbox, got = looker.Inbox(end), []
    while len(got) < len(sent):
        got += inbox.read()
    writer.join()
    with pytest.raises(EOFError):
        inbox.read()
    os.close(end)
    assert got == sent
