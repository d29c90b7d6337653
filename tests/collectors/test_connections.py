"""The watchdog cuts what is late, and only that."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from collectors.connections import Watchdog


class Cuts:
    """A socket that remembers being shut."""

    def __init__(self) -> None:
        self.times = 0

    def shutdown(self, how: int) -> None:
        assert how == socket.SHUT_RDWR
        self.times += 1


class Connection(SimpleNamespace):
    __hash__ = object.__hash__


def elsewhere(do: Callable[[], Any]) -> None:
    thread = threading.Thread(target=do)
    thread.start()
    thread.join()


@pytest.fixture
def dog() -> Iterator[Watchdog]:
    made = Watchdog()
    made.close()  # the test tells the time itself
    yield made


def test_a_late_request_is_cut_once(dog: Watchdog) -> None:
    connection = Connection(sock=Cuts())
    dog.begin(10.0)
    dog.uses(connection)
    dog.cut(9.0)
    assert connection.sock.times == 0
    dog.cut(11.0)
    dog.cut(12.0)
    assert connection.sock.times == 1


def test_a_finished_request_is_left_alone(dog: Watchdog) -> None:
    connection = Connection(sock=Cuts())
    dog.begin(10.0)
    dog.uses(connection)
    dog.end()
    dog.cut(11.0)
    assert connection.sock.times == 0


def test_a_connection_handed_on_is_not_cut_by_the_deadline_of_the_first(dog: Watchdog) -> None:
    """The first thread has put the connection back, but not said yet that it has ended."""
    connection = Connection(sock=Cuts())
    dog.begin(10.0)
    dog.uses(connection)

    def second() -> None:
        dog.begin(20.0)
        dog.uses(connection)

    elsewhere(second)
    dog.cut(11.0)
    assert connection.sock.times == 0
    dog.end()  # of the first: the second is still watched
    dog.cut(21.0)
    assert connection.sock.times == 1


def test_a_connection_that_is_not_made_yet_is_no_fault(dog: Watchdog) -> None:
    dog.begin(10.0)
    dog.uses(Connection(sock=None))
    dog.cut(11.0)
