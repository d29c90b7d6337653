"""What every command line does around its work: look at the data folder and the time asked for, and end in Chinese.

Exit codes: 0 done, 1 part could not be done (or stopped), 2 wrong use or bad input. A traceback goes to the log of the
data folder and never to the screen.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
from pathlib import Path

from cockpit import clock, plain
from cockpit.errors import CockpitError, why
from cockpit.paths import data_dir


def run(args: argparse.Namespace, *, log: str, kept: str, stopped: str) -> int:
    """Run a parsed command. `kept`: what is safe when the program fails."""
    try:
        folder = data_dir(args.data).root
        log_to(folder / "logs" / log)
        if args.as_of:
            clock.parse_time(args.as_of)
        if getattr(args, "existing", False) and not folder.is_dir():
            raise CockpitError(
                f"没有数据目录 {folder}。请核对 --data（或 COCKPIT_DATA）；新目录先运行 python -m cockpit registry init"
            )
        return args.run(args)
    except CockpitError as error:
        return _said(str(error), 2)
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return _said(stopped, 1)
    except OSError as error:
        _log(error)
        place = error.filename or error.filename2
        return _said(
            f"{f'{place} ' if place else ''}读写不了（{why(error)}）。请检查路径、权限和磁盘空间；{kept}", 2
        )
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # what DuckDB makes of Ctrl-C
            return _said(stopped, 1)
        return _failed(error, args, log, kept)
    except Exception as error:
        return _failed(error, args, log, kept)


def _said(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code


def _failed(error: Exception, args: argparse.Namespace, log: str, kept: str) -> int:
    """Keep the traceback in the data folder's log and say where."""
    _log(error)
    path = data_dir(args.data).root / "logs" / log
    where = f"详情见 {path}，请反馈给维护人员" if path.is_file() else f"日志也写不了，请检查 {path.parent}"
    return _said(f"程序出错：{type(error).__name__}：{error}。{where}；{kept}", 2)


def _log(error: Exception) -> None:
    logging.getLogger(__name__).error("the command failed", exc_info=error)


class _LogFile(logging.Handler):
    """Writes to a file that is made when there is something to say; a traceback never reaches the screen."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):  # a full disk must not stop what is being done
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as log:
                log.write(plain.visible(self.format(record)) + "\n")


def log_to(path: Path) -> None:
    """Send warnings and errors of the whole program to one file."""
    logging.basicConfig(handlers=[_LogFile(path)], force=True)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # it warns of every connection that is not kept
