"""`python -m collectors check URL`: one site, now, without touching the database."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from tqdm import tqdm

from cockpit import clock, registry
from cockpit.causes import causes
from cockpit.detect import wording
from cockpit.detect.lexicon import Lexicon
from cockpit.detect.scan import as_contract
from cockpit.errors import CockpitError
from cockpit.paths import SHIPPED, DataDir, data_dir
from collectors import certificate, ipv6, options, probe, walk
from collectors.fetch import Fetcher, Limits
from collectors.visit import Visited, visit

TEXT_KINDS = {"wording": "wording.", "privacy": "privacy."}


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
        json.dump(result, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        print(_told(result))
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
    for name in ("max_pages", "depth", "per_host", "seconds", "total_seconds"):
        if getattr(args, name) <= 0:
            raise CockpitError(f"--{name.replace('_', '-')} 应大于 0")


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
    matcher = wording.Matcher(Lexicon.load(data.lexicon))
    with tqdm(
        desc="已看页数", unit="页", disable=args.quiet or args.json or not sys.stderr.isatty(), leave=False
    ) as bar:
        seen = visit(
            args.url,
            fetcher,
            matcher,
            types,
            clock.local_day(now),
            budget,
            on_page=lambda _count: bar.update(1),
        )
    certified = certificate.measure_certificate(args.url, fetcher, now)
    supported = _ipv6(args.url, seen, fetcher, data)
    return {
        "url": args.url,
        "started_at": f"{clock.to_local(now).isoformat(timespec='seconds')}+08:00",
        "seconds": round(time.monotonic() - started, 3),
        **_walked(seen),
        "ipv6": _ipv6_row(supported),
        "certificate": _certificate_row(certified),
        "unmeasured": _unmeasured(seen, supported, certified),
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


def _walked(seen: Visited) -> dict[str, Any]:
    walked = seen.walked
    home = walked.home
    opened, cause = probe.opened(home)
    hits = [(page.url, hit) for page in walked.pages for hit in page.hits]
    return {
        "pages": len(walked.pages),
        "bytes": walked.bytes,
        "availability": {
            "ok": opened,
            "cause": cause,
            "status": home.status,
            "seconds": round(home.seconds, 3),
        },
        "links": _links(walked),
        "hidden_links": [
            {
                "url": h.url,
                "source": source,
                "technique": h.technique,
                "text": h.text,
                "line": h.line,
                "severity": h.severity,
                "why": h.why,
            }
            for source, h in seen.hidden
        ],
        "channels": [
            {
                "url": c.url,
                "name": c.name,
                "type": c.type,
                "latest": c.latest.isoformat() if c.latest else None,
                "items": c.items,
                "period_days": c.period_days,
                "state": c.state,
            }
            for c in seen.channels
        ],
        **{
            name: [
                {"source": source, **as_contract(hit.finding), "excerpt": hit.excerpt}
                for source, hit in hits
                if hit.finding.kind.startswith(prefix)
            ]
            for name, prefix in TEXT_KINDS.items()
        },
        "tags": [
            {
                "source": page.url,
                "page_type": page.tags.page_type,
                "missing": list(page.tags.missing),
                "invalid": list(page.tags.invalid),
            }
            for page in walked.pages
            if page.tags
        ],
    }


def _links(walked: walk.Walked) -> list[dict[str, Any]]:
    """One entry per distinct (address, source page)."""
    rows = []
    for link in walked.links.values():
        head = {
            "url": link.url,
            "kind": link.kind,
            "level": link.level,
            "verdict": link.verdict,
            "cause": link.cause,
            "status": link.status,
        }
        for source, text in link.places.sources():
            rows.append({**head, "source": walked.sources[source], "text": text})
    return rows


def _ipv6_row(s: ipv6.Support) -> dict[str, Any]:
    return {
        "has_aaaa": s.has_aaaa,
        "home_ok": s.home_ok,
        "level2": {"total": s.totals[2], "ok": s.reached[2], "rate": s.rate(2)},
        "level3": {"total": s.totals[3], "ok": s.reached[3], "rate": s.rate(3)},
        "failed": [vars(f) for f in s.failed[:500]],
        "cause": s.cause,
    }


def _certificate_row(c: certificate.Certificate) -> dict[str, Any]:
    return {
        "https": c.https,
        "chain_ok": c.chain_ok,
        "not_after": c.not_after.isoformat() + "Z" if c.not_after else None,
        "days_left": c.days_left,
        "issuer": c.issuer,
        "tls_version": c.tls_version,
        "redirects_to_https": c.redirects_to_https,
        "missing_headers": list(c.missing_headers) if c.missing_headers is not None else None,
        "cause": c.cause,
    }


def _unmeasured(
    seen: Visited, support: ipv6.Support, certified: certificate.Certificate
) -> list[dict[str, str]]:
    found = [(u.target, u.cause) for u in seen.walked.unmeasured]
    found += [(c.url, c.cause) for c in seen.channels if c.state == "unmeasured" and c.cause]
    if seen.measured and not support.measured and support.cause:
        found.append(("IPv6", support.cause))
    if seen.measured and not certified.measured and certified.cause:
        found.append(("证书", certified.cause))
    table = causes()
    return [
        {"target": target, "cause": cause, "meaning": table[cause].meaning, "remedy": table[cause].remedy}
        for target, cause in dict.fromkeys(found)
    ]


def _told(result: dict[str, Any]) -> str:
    """The result in Chinese for people."""
    first = result["availability"]
    if not first["ok"]:
        cause = causes()[first["cause"]]
        return f"{result['url']} 打不开：{cause.label}。{cause.meaning}。{cause.remedy}"
    bad = [k for k in result["links"] if k["verdict"] in {"dead", "soft_404"}]
    lines = [
        f"{result['url']} 打开正常（{first['seconds']:.1f} 秒），看了 {result['pages']} 页，用时 {result['seconds']:.0f} 秒。"
    ]
    lines.append(
        f"死链 {len({k['url'] for k in bad})} 个、暗链 {len(result['hidden_links'])} 处、错敏 {len(result['wording'])} 处、"
        f"隐私 {len(result['privacy'])} 处。"
    )
    lines += [f"  [死链] {k['url']}（{causes()[k['cause']].label}）← {k['source']}" for k in bad[:50]]
    lines += [f"  [暗链] {h['url']} {h['why']} ← {h['source']}" for h in result["hidden_links"][:50]]
    lines += [
        f"  [{c['state']}] {c['name']} 最近 {c['latest'] or '无'}（期限 {c['period_days']} 天）"
        for c in result["channels"]
        if c["state"] in {"overdue", "blank", "undated", "due_soon"}
    ]
    for name in TEXT_KINDS:
        lines += [
            f"  [{f['kind']}] {f['text']} {('→ ' + f['suggestion']) if f['suggestion'] else ''} ← {f['source']}"
            for f in result[name][:50]
        ]
    wrong = [t for t in result["tags"] if t["missing"] or t["invalid"]]
    lines += [
        f"  [标签] {t['source']} 缺 {'、'.join(t['missing']) or '无'}；误 {'、'.join(t['invalid']) or '无'}"
        for t in wrong[:20]
    ]
    lines += [f"  [未采集] {u['target']}：{u['meaning']}。{u['remedy']}" for u in result["unmeasured"]]
    return "\n".join(lines)
