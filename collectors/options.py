"""Options and set-up that collectors share: data folder, choice of sites, hosts file, progress, summary."""

from __future__ import annotations

import argparse
import ipaddress
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from cockpit import plain
from cockpit.causes import FAULTS, causes
from cockpit.errors import CockpitError
from cockpit.registry import Register, Site
from collectors.fetch import Fetcher, Limits
from collectors.guard import Allowed, Network
from collectors.resolve import Resolver, read_hosts

T = TypeVar("T")


def add_common(parser: argparse.ArgumentParser) -> None:
    """What every collector takes."""
    parser.add_argument("--data", metavar="目录", help="数据目录（默认取 COCKPIT_DATA，再默认 data/）")
    parser.add_argument(
        "--as-of", metavar="时间", help="以此时刻为“现在”，如 2026-11-23T10:00（默认取 COCKPIT_NOW）"
    )
    parser.add_argument(
        "--unit", action="append", metavar="单位", help="只采这个责任单位（编码或名称，可重复）"
    )
    parser.add_argument("--site", action="append", metavar="网站", help="只采这个网站（编码，可重复）")
    parser.add_argument("--quiet", action="store_true", help="不显示进度")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")
    parser.add_argument(
        "--allow-private", action="store_true", help="允许访问本机和内网地址（内网部署、测试用）"
    )
    parser.add_argument(
        "--allow-network",
        action="append",
        metavar="网段",
        help="只允许访问这些内网网段，如 10.1.0.0/16（可重复）",
    )
    parser.add_argument(
        "--hosts", metavar="文件", help="优先使用的主机名文件，格式同 /etc/hosts（默认取 COCKPIT_HOSTS）"
    )


def open_fetcher(args: argparse.Namespace, limits: Limits | None = None, per_host: int = 8) -> Fetcher:
    """A fetcher by the options."""
    chosen = args.hosts or os.environ.get("COCKPIT_HOSTS")
    hosts = read_hosts(Path(chosen)) if chosen else {}
    allowed: Allowed = args.allow_private or [_network(text) for text in args.allow_network or ()]
    return Fetcher(Resolver(hosts), allow_private=allowed, limits=limits, per_host=per_host)


def positive(args: argparse.Namespace, *names: str) -> None:
    """Refuse options that are zero or less, by name."""
    for name in names:
        if getattr(args, name) <= 0:
            raise CockpitError(f"--{name.replace('_', '-')} 应大于 0")


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise CockpitError(f"--allow-network「{text}」不是网段，写法如 10.1.0.0/16") from error


def chosen_sites(args: argparse.Namespace, register: Register, day: date) -> list[Site]:
    """Active sites, narrowed by --unit and --site; an unknown name is an error, not an empty run."""
    names = {n: u.unit_code for u in register.units for n in (u.unit_code, u.unit_name, u.short_name) if n}
    unknown = [u for u in args.unit or () if u not in names]
    codes = {s.site_code for s in register.sites}
    unknown += [s for s in args.site or () if s not in codes]
    if unknown:
        raise CockpitError(
            f"台账里没有「{'、'.join(unknown)}」。可用 python -m cockpit registry export 查看编码"
        )
    wanted = {names[u] for u in args.unit or ()}
    sites = [
        s
        for s in register.active_sites(day)
        if (not wanted or s.unit_code in wanted) and (not args.site or s.site_code in args.site)
    ]
    if not sites:
        raise CockpitError("没有可采的网站：台账里没有在用的网站，或都被筛掉了。请在 registry/sites.csv 登记")
    return sites


def progress(things: Iterable[T], total: int, label: str, args: argparse.Namespace) -> Iterator[T]:
    """Things with a progress line on standard error."""
    quiet = args.quiet or args.json or not sys.stderr.isatty()
    yield from tqdm(
        things, total=total, desc=label, disable=quiet, unit="个", dynamic_ncols=True, leave=False
    )


def tell_run(
    args: argparse.Namespace,
    summary: dict[str, Any],
    by_cause: Counter[str],
    details: Sequence[dict[str, Any]],
) -> None:
    """What a run came to: one JSON object, or a Chinese summary by cause with meaning and remedy."""
    if args.json:
        print(plain.as_json({**summary, "causes": dict(by_cause), "sites": list(details)}, default=str))
        return
    head = f"{summary['collector']}：对象 {summary['targets']} 个，采到 {summary['measured']} 个"
    failed = summary["failed"]
    print(
        head
        + (f"，未采到 {failed} 个" if failed else "")
        + ("（被中止，已采的都已保存）" if summary["stopped"] else "")
        + "。"
    )
    for name, count in by_cause.most_common():
        entry = causes()[name]
        print(f"  {entry.label} {count} 个：{entry.meaning}。{entry.remedy}（责任方：{FAULTS[entry.fault]}）")
    if summary["rows"]:
        print("结果已暂存，运行 python -m cockpit load 入库。")
