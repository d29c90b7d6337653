"""`python -m collectors check URL`: one site, now, without touching the database."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from tqdm import tqdm

from cockpit import clock, plain, registry
from cockpit.errors import CockpitError
from cockpit.paths import SHIPPED, DataDir, data_dir
from collectors import attached, attachments, certificate, check_report, ipv6, options, reading, walk
from collectors.fetch import Fetcher, Limits
from collectors.lookers import Lookers
from collectors.visit import Visited, visit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="网址", help="网站首页地址，以 http:// 或 https:// 开头")
    parser.add_argument(
        "--max-pages", type=int, default=300, metavar="页数", help="最多跟进的页数（默认 300）"
    )
    parser.add_argument(
        "--depth", type=int, default=3, metavar="层", help="最多跟进的层数，首页为 1（默认 3）"
    )
    parser.add_argument(
        "--per-host", type=int, default=4, metavar="个", help="对同一主机同时的请求数（默认 4）"
    )
    parser.add_argument("--seconds", type=float, default=10.0, metavar="秒", help="单个请求的时限（默认 10）")
    parser.add_argument("--total-seconds", type=float, default=900.0, metavar="秒", help="总时限（默认 900）")


def main(args: argparse.Namespace) -> int:
    _valid(args)
    data, now = data_dir(args.data), clock.now(args.as_of)
    limits = Limits(seconds=args.seconds, connect_seconds=min(5.0, args.seconds))
    with options.open_fetcher(args, limits, per_host=max(args.per_host, 4)) as fetcher:
        result = measure(args, fetcher, data, now)
    if args.json:
        check_report.write_json(result, plain.raw(sys.stdout))
    else:
        print(check_report.told(result))
    return 0 if result["availability"]["ok"] and not result["unmeasured"] else 1


def _valid(args: argparse.Namespace) -> None:
    try:
        parts = urlsplit(args.url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or any(ch.isspace() for ch in args.url):
        raise CockpitError(
            f"网址「{args.url}」不完整。请以 http:// 或 https:// 开头，如 http://www.xinyu.gov.cn/"
        )
    options.positive(args, "max_pages", "depth", "per_host", "seconds", "total_seconds")


def measure(args: argparse.Namespace, fetcher: Fetcher, data: DataDir, now: datetime) -> dict[str, Any]:
    """The contract's object for one site."""
    started = time.monotonic()
    budget = walk.Budget(
        max_pages=args.max_pages,
        depth=args.depth,
        per_host=args.per_host,
        seconds=args.total_seconds,
        threads=max(16, args.per_host),
    )
    types = registry.load_register(
        data if (data.registry / "units.csv").is_file() else DataDir(SHIPPED)
    ).channel_types
    matcher = reading.matcher(data)
    version = attached.detector_version(data.lexicon)
    with (
        tqdm(
            desc="已看页数",
            unit="页",
            disable=args.quiet or args.json or not sys.stderr.isatty(),
            leave=False,
        ) as bar,
        Lookers() as lookers,
        attachments.Reader() as reader,
    ):
        seen = visit(
            args.url,
            fetcher,
            matcher,
            types,
            clock.local_day(now),
            budget,
            on_page=lambda _count: bar.update(1),
            attachments=attached.Attachments(fetcher, matcher, reader, now, version),
            lookers=lookers,
        )
    if seen.walked.stopped:  # Ctrl-C: tell what is there, ask for nothing more
        certified, supported = certificate.Certificate(None, cause="stopped"), ipv6.Support(cause="stopped")
    else:
        certified = certificate.measure_certificate(args.url, fetcher, now)
        supported = _ipv6(args.url, seen, fetcher, data)
    return {
        "url": args.url,
        "started_at": f"{clock.to_local(now).isoformat(timespec='seconds')}+08:00",
        "seconds": round(time.monotonic() - started, 3),
        **check_report.site_rows(seen),
        "ipv6": check_report.ipv6_row(supported),
        "certificate": check_report.certificate_row(certified),
        "unmeasured": check_report.unmeasured_rows(seen, supported, certified),
    }


def _ipv6(url: str, seen: Visited, fetcher: Fetcher, data: DataDir) -> ipv6.Support:
    settings = ipv6.load_settings(data.rules)
    if not seen.measured:
        return ipv6.Support(cause=seen.walked.home.cause)
    kinds = (*ipv6.FOLLOWED[settings.scope], "attachment")
    levels = {
        level: [
            k.url
            for k in walk.targets(seen.walked, kinds)
            if k.level == level and k.url != seen.walked.start_url
        ]
        for level in (2, 3)
    }
    return ipv6.measure_links(url, levels, fetcher, settings)
