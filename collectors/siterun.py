"""What probe, ipv6 and certificate share: visit every chosen site, tell progress, write batches, sum up.

Sites run in a thread pool; rows are gathered in the main thread and written every `SITES_PER_BATCH` sites and
at the end, also when stopped with Ctrl-C, so nothing measured is lost.
"""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cockpit import clock, registry
from cockpit.paths import DataDir, data_dir
from cockpit.registry import Site
from collectors import options
from collectors.fetch import Fetcher

if TYPE_CHECKING:
    from cockpit import store

SITES_PER_BATCH = 50
_log = logging.getLogger(__name__)
THREADS = 16

__all__ = ["Outcome", "Rows", "Site", "add_arguments", "data_of", "datetime", "run"]


class Rows(list[tuple[str, dict[str, Any]]]):
    """Rows of one visit, to be added to a batch by the main thread."""

    def add(self, table: str, **row: Any) -> None:
        self.append((table, row))


@dataclass(frozen=True)
class Outcome:
    """What a visit came to: measured or not, and why not."""

    ok: bool
    cause: str | None = None
    pages: int | None = None
    items: int | None = None
    complete: bool = True


Visit = Callable[[Rows, Site, Fetcher, datetime], Outcome]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options every site collector takes come from collectors.options; none of our own."""
    del parser


def data_of(args: argparse.Namespace) -> DataDir:
    return data_dir(args.data)


def run(args: argparse.Namespace, *, collector: str, aspect: str, visit: Visit) -> int:
    """Visit all chosen sites. Returns 0 when all were measured, 1 when some were not."""
    data, now = data_of(args), clock.now(args.as_of)
    sites = options.chosen_sites(args, registry.load_register(data), clock.local_day(now))
    journal = _Journal(data, collector, aspect, now)
    with options.open_fetcher(args) as fetcher, ThreadPoolExecutor(THREADS) as pool:
        waiting = {pool.submit(_guarded, visit, site, fetcher, now): site for site in sites}
        try:
            for future in options.progress(as_completed(waiting), len(sites), collector, args):
                journal.note(waiting[future], future)
        except KeyboardInterrupt:
            journal.stopped = True
            pool.shutdown(cancel_futures=True)
    journal.close(len(sites))
    options.tell_run(args, journal.summary(len(sites)), journal.causes, journal.details)
    return 0 if journal.failed == 0 and not journal.stopped else 1


def _guarded(visit: Visit, site: Site, fetcher: Fetcher, now: datetime) -> tuple[Rows, Outcome]:
    """One visit; an error of our own costs this site, not the run, and is logged."""
    rows = Rows()
    try:
        return rows, visit(rows, site, fetcher, now)
    except Exception:
        _log.exception("while visiting %s", site.site_code)
        return Rows(), Outcome(False, "internal_error")


class _Journal:
    """Gathers the rows of a run and writes them in batches."""

    def __init__(self, data: DataDir, collector: str, aspect: str, now: datetime) -> None:
        from cockpit import store  # DuckDB and Arrow load slowly; `check` measures without storing

        self._data, self._collector, self._aspect, self._now = data, collector, aspect, now
        self._make_batch = store.Batch
        self.run_id = store.new_run_id(collector, now)
        self._batch = self._new()
        self._sites = 0
        self._rows = 0
        self.measured = 0
        self.failed = 0
        self.stopped = False
        self.causes: Counter[str] = Counter()
        self.details: list[dict[str, Any]] = []

    def _new(self) -> store.Batch:
        return self._make_batch(self._data, self._collector, self.run_id)

    def note(self, site: Site, future: Future[tuple[Rows, Outcome]]) -> None:
        rows, outcome = future.result()
        for table, row in rows:
            self._batch.add(table, **row)
        self._batch.add(
            "coverage",
            measured_at=self._now,
            collector=self._collector,
            aspect=self._aspect,
            site_code=site.site_code,
            ok=outcome.ok,
            complete=outcome.complete,
            cause=outcome.cause,
            pages=outcome.pages,
            items=outcome.items,
        )
        self.measured += outcome.ok
        self.failed += not outcome.ok
        if outcome.cause:
            self.causes[outcome.cause] += 1
        self.details.append({"site": site.site_code, "ok": outcome.ok, "cause": outcome.cause})
        self._sites += 1
        if self._sites % SITES_PER_BATCH == 0:
            self._flush()

    def _flush(self) -> None:
        self._rows += len(self._batch)
        self._batch.write(self._now)
        self._batch = self._new()

    def close(self, targets: int) -> None:
        """Write what is left, with the row that tells of the run."""
        state = (
            "stopped"
            if self.stopped
            else "ok"
            if not self.failed
            else "partial"
            if self.measured
            else "failed"
        )
        self._batch.add(
            "run",
            collector=self._collector,
            started_at=self._now,
            ended_at=max(clock.now(), self._now),
            state=state,
            targets=targets,
            targets_measured=self.measured,
            targets_failed=self.failed,
            row_count=self._rows + len(self._batch),
            note="，".join(f"{cause} {n}" for cause, n in self.causes.most_common()) or None,
        )
        self._flush()

    def summary(self, targets: int) -> dict[str, Any]:
        return {
            "run_id": self.run_id,
            "collector": self._collector,
            "targets": targets,
            "measured": self.measured,
            "failed": self.failed,
            "stopped": self.stopped,
            "rows": self._rows,
        }
