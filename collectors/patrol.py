"""`python -m collectors patrol`: one walk per site, each page handed to all detectors, one batch per site.

A stopped or killed patrol is taken up again: sites whose batch was written stay done (cache/patrol.json, for
RESUME_HOURS). A link that fails with 5xx, refused, timeout, reset or TLS is `unsure` until another patrol
sees it fail again.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from cockpit import clock, registry, store
from cockpit.paths import DataDir, data_dir
from cockpit.registry import Register, Site
from collectors import attached, attachments, evidence, memory, options, reading
from collectors.eyes import Eyes
from collectors.fetch import Fetcher, Limits
from collectors.lookers import Lookers
from collectors.memory import Memory
from collectors.patrol_rows import Previous, rows_of
from collectors.visit import Visited, visit
from collectors.walk import Budget

RESUME_HOURS = 20
SITES_AT_ONCE = 4
_log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-pages", type=int, default=2000, metavar="页数", help="每个网站最多跟进的页数（默认 2000）"
    )
    parser.add_argument(
        "--depth", type=int, default=4, metavar="层", help="最多跟进的层数，首页为 1（默认 4）"
    )
    parser.add_argument(
        "--per-host", type=int, default=4, metavar="个", help="对同一主机同时的请求数（默认 4）"
    )
    parser.add_argument(
        "--at-once",
        type=int,
        default=SITES_AT_ONCE,
        metavar="个",
        help=f"同时巡查的网站数（默认 {SITES_AT_ONCE}）",
    )
    parser.add_argument("--seconds", type=float, default=10.0, metavar="秒", help="单个请求的时限（默认 10）")
    parser.add_argument(
        "--max-attachments",
        type=int,
        default=150,
        metavar="个",
        help="每个网站每次最多读的新附件（默认 150，0 为不读）",
    )
    parser.add_argument("--fresh", action="store_true", help="不接续上次中断的巡查，全部重新走")


class Journal:
    """Which sites of the running patrol are done; survives a kill, because it stands before the first batch."""

    def __init__(self, data: DataDir, now: datetime, *, fresh: bool) -> None:
        self._path = data.cache / "patrol.json"
        old = {} if fresh else self._read()
        started = datetime.fromisoformat(old["started"]) if old else now
        if old and timedelta(0) <= now - started < timedelta(hours=RESUME_HOURS):
            self.run_id, self.number, self.started = old["run_id"], old["number"], started
            self.done = set(old["done"])
        else:
            self.run_id, self.number, self.started = store.new_run_id("patrol", now), time.time_ns(), now
            self.done = set()
            self._write()

    def _read(self) -> dict[str, Any]:
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))
            return raw if {"run_id", "number", "started", "done"} <= raw.keys() else {}
        except (OSError, ValueError, AttributeError):
            return {}

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(f".{os.getpid()}.tmp")
        content = {"run_id": self.run_id, "number": self.number, "started": self.started.isoformat()}
        beside.write_text(json.dumps({**content, "done": sorted(self.done)}), encoding="utf-8")
        beside.rename(self._path)

    def batch_id(self, site_code: str) -> str:
        """A site walked again after a kill writes the same batch again, which is loaded once."""
        return f"patrol-{self.number}-{site_code}"

    def add(self, site_code: str) -> None:
        self.done.add(site_code)
        self._write()

    def finish(self) -> None:
        self._path.unlink(missing_ok=True)


class Patrol:
    """One run over the chosen sites."""

    def __init__(self, args: argparse.Namespace, data: DataDir, now: datetime, register: Register) -> None:
        self._args, self._data, self._now, self._register = args, data, now, register
        self._matcher = reading.matcher(data)
        self._stop = threading.Event()
        self._lookers: Lookers | None = None
        self.journal = Journal(data, now, fresh=args.fresh)
        self.previous = Previous.read(data)
        self._version = attached.detector_version(data.lexicon)
        self._reader = attachments.Reader()
        self.causes: Counter[str] = Counter()
        self.details: list[dict[str, Any]] = []
        self.measured = self.failed = self.rows = 0
        self.stopped = False

    def run(self, sites: list[Site], fetcher: Fetcher, lookers: Lookers | None = None) -> None:
        """Walk all sites that are not done; each site's batch is written as soon as its walk ends."""
        waiting = [site for site in sites if site.site_code not in self.journal.done]
        if len(waiting) < len(sites) and not self._args.json:
            print(
                f"接续上次中断的巡查：{len(sites) - len(waiting)} 个网站已完成，继续其余 {len(waiting)} 个。"
            )
        self._lookers = lookers
        with ThreadPoolExecutor(max(1, self._args.at_once)) as pool:
            futures = {pool.submit(self._walk, site, fetcher): site for site in waiting}
            try:
                for future in options.progress(as_completed(futures), len(waiting), "巡查", self._args):
                    self._done(futures[future], future)
            except KeyboardInterrupt:
                self.stopped = True
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                for future, site in futures.items():
                    if future.done() and not future.cancelled() and site.site_code not in self.journal.done:
                        self._done(site, future)

    def _done(self, site: Site, future: Future[Visited]) -> None:
        """Keep what a walk came to; an error of our own costs this site, not the run, and is logged."""
        error = future.exception()
        if error is None:
            self._keep(site, future.result())
            return
        _log.error("while walking %s", site.site_code, exc_info=error)
        self.failed += 1
        self.causes["internal_error"] += 1
        self.details.append({"site": site.site_code, "ok": False, "cause": "internal_error", "pages": 0})

    def _walk(self, site: Site, fetcher: Fetcher) -> Visited:
        today = clock.local_day(self._now)
        budget = Budget(max_pages=self._args.max_pages, depth=self._args.depth, per_host=self._args.per_host)
        return visit(
            site.url,
            fetcher,
            self._matcher,
            self._register.channel_types,
            today,
            budget,
            registered=self._register.site_channels(site.site_code, today),
            site_id_code=site.site_id_code,
            stop=self._stop,
            attachments=attached.Attachments(
                fetcher,
                self._matcher,
                self._reader,
                self._now,
                self._version,
                self.previous.attachments.get(site.site_code, {}),
                attached.Budget(self._args.max_attachments),
            ),
            lookers=self._lookers,
            remember=lambda eyes: self._memory(site, eyes),
            worth=evidence.worth(site.site_code, self.previous.articles),
        )

    def _memory(self, site: Site, eyes: Eyes) -> Memory:
        """What the pages of a site told before; nothing with --fresh."""
        path = self._data.cache / "pages" / f"{quote(site.site_code, safe='')}.bin"
        if self._args.fresh:
            path.unlink(missing_ok=True)
        return Memory(path, self._now, memory.version(eyes, self._data.lexicon))

    def _keep(self, site: Site, seen: Visited) -> None:
        if seen.walked.stopped and not seen.measured:
            return
        batch = store.Batch(self._data, "patrol", self.journal.run_id)
        rows = rows_of(site, seen, self._now, self.previous, self._version)
        known = self.previous.snapshots.get(site.site_code, {})
        for table, row in evidence.kept(self._data, seen, list(rows), known, self._now):
            batch.add(table, **row)
        whole = not seen.walked.stopped
        batch.write(self._now, self.journal.batch_id(site.site_code) if whole else None)
        self.rows += len(batch)
        self.measured += seen.measured
        self.failed += not seen.measured
        cause = None if seen.measured else seen.walked.home.cause
        if cause:
            self.causes[cause] += 1
        self.details.append(
            {
                "site": site.site_code,
                "ok": seen.measured,
                "cause": cause,
                "pages": len(seen.walked.pages),
                "unchanged": seen.walked.unchanged,
            }
        )
        if whole:
            self.journal.add(site.site_code)

    def close(self, targets: int) -> None:
        """Write the row of the run."""
        state = (
            "stopped"
            if self.stopped
            else "ok"
            if not self.failed
            else "partial"
            if self.measured
            else "failed"
        )
        batch = store.Batch(self._data, "patrol", self.journal.run_id)
        batch.add(
            "run",
            collector="patrol",
            started_at=self.journal.started,
            ended_at=max(clock.now(self._args.as_of), self._now),
            state=state,
            targets=targets,
            targets_measured=self.measured,
            targets_failed=self.failed,
            row_count=self.rows,
            note="，".join(f"{cause} {n}" for cause, n in self.causes.most_common()) or None,
        )
        batch.write(self._now)
        if not self.stopped:
            self.journal.finish()

    def end_reader(self) -> None:
        """End the process that reads attachments."""
        self._reader.close()

    def summary(self, targets: int) -> dict[str, Any]:
        return {
            "run_id": self.journal.run_id,
            "collector": "patrol",
            "targets": targets,
            "measured": self.measured,
            "failed": self.failed,
            "stopped": self.stopped,
            "rows": self.rows,
        }


def main(args: argparse.Namespace) -> int:
    options.positive(args, "max_pages", "depth", "per_host", "at_once", "seconds")
    data, now = data_dir(args.data), clock.now(args.as_of)
    register = registry.load_register(data)
    sites = options.chosen_sites(args, register, clock.local_day(now))
    patrol = Patrol(args, data, now, register)
    limits = Limits(seconds=args.seconds, connect_seconds=min(5.0, args.seconds))
    with options.open_fetcher(args, limits, per_host=max(args.per_host, 4)) as fetcher, Lookers() as lookers:
        patrol.run(sites, fetcher, lookers)
    patrol.close(len(sites))
    patrol.end_reader()
    evidence.prune(data)
    options.tell_run(args, patrol.summary(len(sites)), patrol.causes, patrol.details)
    return 1 if patrol.failed or patrol.stopped else 0
