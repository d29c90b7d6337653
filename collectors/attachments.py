"""Reading attachments in a process of its own, so that a hostile file costs that process and nothing else.

Limits: bytes of a file, seconds to read it, memory of the process (attachment_child). A process that is slow or
dies is replaced, and the file is told as `attachment_limits`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from types import TracebackType

from cockpit.detect.documents import Document, Part
from cockpit.paths import CHECKOUT

MAX_BYTES = 20_000_000
SECONDS = 20.0
FILES_A_PROCESS = 200  # then a fresh one: parsers leak


class Reader:
    """Reads one file at a time; shared by threads. Starts its process when it is first needed."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._files = 0

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, content: bytes, name: str) -> Document:
        """The text of a file. Never raises for what a file holds."""
        if len(content) > MAX_BYTES:
            return Document(cause="too_large")
        with self._lock:
            answer = self._ask(content, name.encode("utf-8", "replace")[:1000])
        if answer is None:
            return Document(cause="attachment_limits")
        raw = json.loads(answer)
        return Document(tuple(Part(*part) for part in raw["parts"]), raw["cause"])

    def _ask(self, content: bytes, name: bytes) -> bytes | None:
        """The child's answer; None when it was too slow or died, and then it is no more."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        alarm = threading.Timer(self._seconds, process.kill)
        alarm.start()
        try:
            process.stdin.write(b"%d %d\n" % (len(name), len(content)) + name + content)
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            answer = b""
        finally:
            alarm.cancel()
        if not answer.endswith(b"\n"):
            self._end()
            return None
        self._files += 1
        if self._files >= FILES_A_PROCESS:
            self._end()
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            command = [sys.executable, "-m", "collectors.attachment_child"]
            self._process = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
                start_new_session=True,
            )
            self._files = 0
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was still to be written to a process that is gone
                    continue
        process.wait()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()
