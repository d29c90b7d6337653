"""A loopback web server that speaks bytes, not HTTP: every attack writes to the socket what it likes.

It listens on 127.0.0.2 (what the tests let a collector visit) and, with the same port, on 127.0.0.1: whoever
connects there has been led to an address it must not visit (`Hostile.breaches`).
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

PUBLIC, FORBIDDEN = "127.0.0.2", "127.0.0.1"


@dataclass
class Wire:
    """One connection with one request on it."""

    sock: socket.socket
    path: str
    head: str
    web: Hostile

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def answer(
        self,
        body: bytes = b"",
        status: str = "200 OK",
        kind: str = "text/html; charset=utf-8",
        **headers: str,
    ) -> None:
        """A whole answer, well-formed but for what `headers` say (underscores are hyphens)."""
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if "Content_Length" not in headers and "Transfer_Encoding" not in headers:
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body)

    def forever(self, piece: bytes, pause: float = 0.0) -> None:
        """The same bytes until the client hangs up or the server ends."""
        while not self.web.closing.wait(pause) if pause else not self.web.closing.is_set():
            self.send(piece)

    def hang(self) -> None:
        self.web.closing.wait(60)

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def half_close(self) -> None:
        self.sock.shutdown(socket.SHUT_WR)


Serve = Callable[[Wire], None]


class Hostile:
    """`serve` by the first folder of the path; anything else is 404."""

    def __init__(self, attacks: Mapping[str, Serve]) -> None:
        self.attacks = attacks
        self.closing = threading.Event()
        self.breaches: list[str] = []
        self._listening, self._trap = self._bind()
        self.port: int = self._listening.getsockname()[1]
        self.base = f"http://{PUBLIC}:{self.port}"

    @staticmethod
    def _bind() -> tuple[socket.socket, socket.socket]:
        for _ in range(50):
            one = socket.create_server((PUBLIC, 0), backlog=256)
            try:
                return one, socket.create_server((FORBIDDEN, one.getsockname()[1]))
            except OSError:
                one.close()
        raise OSError("no port free on both addresses")

    @contextlib.contextmanager
    def serving(self) -> Iterator[Hostile]:
        for target in (self._accept, self._watch):
            threading.Thread(target=target, daemon=True).start()
        try:
            yield self
        finally:
            self.closing.set()
            for sock in (self._listening, self._trap):
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
                sock.close()

    def _accept(self) -> None:
        while not self.closing.is_set():
            with contextlib.suppress(OSError):
                sock, _ = self._listening.accept()
                threading.Thread(target=self._one, args=(sock,), daemon=True).start()

    def _watch(self) -> None:
        while not self.closing.is_set():
            with contextlib.suppress(OSError):
                sock, address = self._trap.accept()
                self.breaches.append(str(address))
                sock.close()

    def _one(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            sock.settimeout(20)
            head = b""
            while b"\r\n\r\n" not in head and len(head) < 65536:
                part = sock.recv(65536)
                if not part:
                    return
                head += part
            text = head.decode("latin-1")
            path = text.split(" ", 2)[1] if text.count(" ") >= 2 else "/"
            wire = Wire(sock, path, text, self)
            serve = self.attacks.get(path.lstrip("/").split("/", 1)[0].split("?", 1)[0])
            if serve:
                serve(wire)
            else:
                wire.answer(b"<html><title>404</title></html>", "404 Not Found")
