"""What `check` found, as the object of the command-line contract and as Chinese text for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TextIO, TypeVar

from cockpit import plain
from cockpit.causes import causes
from cockpit.detect.scan import as_contract
from collectors import certificate, ipv6, probe, walked
from collectors.visit import Visited

T = TypeVar("T")
TEXT_KINDS = {"wording": "wording.", "privacy": "privacy."}
SHOWN = 50  # findings of a kind told to people; the JSON object has them all


class LinkRows:
    """The `links` of the contract, one row per (address, source page), made only when they are wanted."""

    def __init__(self, seen: walked.Walked) -> None:
        self._seen = seen

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for link in self._seen.links.values():
            for source, text in link.places.sources():
                yield {**self.head(link), "source": self._seen.sources[source], "text": text}

    def bad(self) -> list[walked.LinkSeen]:
        """Distinct addresses that are dead or soft 404."""
        return [link for link in self._seen.links.values() if link.verdict in {"dead", "soft_404"}]

    def refused(self) -> list[walked.LinkSeen]:
        """Distinct addresses that the address guard did not let through."""
        return [link for link in self._seen.links.values() if link.cause == "private_address"]

    def first_source(self, link: walked.LinkSeen) -> str:
        return self._seen.sources[link.places[0][0]] if len(link.places) else self._seen.start_url

    @staticmethod
    def head(link: walked.LinkSeen) -> dict[str, Any]:
        return {
            "url": link.url,
            "kind": link.kind,
            "level": link.level,
            "verdict": link.verdict,
            "cause": link.cause,
            "status": link.status,
            **({"redirects": list(link.chain)} if link.chain else {}),
        }

    def json(self) -> Iterator[str]:
        """The rows of each link as JSON; what 150,000 rows have in common is written down only once."""
        sources = [f', "source": {_dumps(url)}, "text": ' for url in self._seen.sources]
        texts: dict[str, str] = {}
        for link in self._seen.links.values():
            head = _dumps(self.head(link))[:-1]
            rows = []
            for source, text in link.places.sources():
                shown = texts.get(text)
                if shown is None:
                    shown = texts[text] = _dumps(text) + "}"
                rows.append(head + sources[source] + shown)
            if rows:
                yield ", ".join(rows)


def _dumps(value: Any) -> str:
    return plain.as_json(value)


def write_json(result: dict[str, Any], out: TextIO) -> None:
    """Write the object on one line without building it in memory first."""
    out.write("{")
    for number, (name, value) in enumerate(result.items()):
        out.write(f'{", " if number else ""}"{name}": ')
        if isinstance(value, LinkRows):
            _write_list(value.json(), out)
        elif isinstance(value, list):
            _write_list(map(_dumps, value), out)
        else:
            out.write(_dumps(value))
    out.write("}\n")


def _write_list(rows: Iterable[str], out: TextIO) -> None:
    out.write("[")
    for number, row in enumerate(rows):
        out.write(f", {row}" if number else row)
    out.write("]")


def site_rows(seen: Visited) -> dict[str, Any]:
    """The part of the object that the walk gives."""
    site = seen.walked
    opened, cause = probe.opened(site.home)
    hits = [(page.url, hit) for page in site.pages for hit in page.hits]
    hits += [(a.url, hit) for a in seen.attached for hit in a.hits]
    return {
        "pages": len(site.pages),
        "bytes": site.bytes,
        "availability": {
            "ok": opened,
            "cause": cause,
            "status": site.home.status,
            "seconds": round(site.home.seconds, 3),
        },
        "links": LinkRows(site),
        "hidden_links": [{**vars(found), "source": source} for source, found in seen.hidden],
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
                {"source": source, **as_contract(hit.finding), "excerpt": hit.excerpt, "place": hit.place}
                for source, hit in hits
                if hit.finding.kind.startswith(prefix)
            ]
            for name, prefix in TEXT_KINDS.items()
        },
        "attachments": {
            "total": len(seen.attached),
            "read": sum(a.state == "read" for a in seen.attached),
        },
        "tags": [
            {
                "source": page.url,
                "page_type": page.tags.page_type,
                "missing": list(page.tags.missing),
                "invalid": list(page.tags.invalid),
            }
            for page in site.pages
            if page.tags
        ],
    }


def ipv6_row(s: ipv6.Support) -> dict[str, Any]:
    return {
        "has_aaaa": s.has_aaaa,
        "home_ok": s.home_ok,
        "level2": {"total": s.totals[2], "ok": s.reached[2], "rate": s.rate(2)},
        "level3": {"total": s.totals[3], "ok": s.reached[3], "rate": s.rate(3)},
        "failed": [vars(f) for f in s.failed[:500]],
        "cause": s.cause,
    }


def certificate_row(c: certificate.Certificate) -> dict[str, Any]:
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


def unmeasured_rows(
    seen: Visited, support: ipv6.Support, certified: certificate.Certificate
) -> list[dict[str, str]]:
    """What was not measured, with meaning and remedy, each once."""
    found = [(u.target, u.cause) for u in seen.walked.unmeasured]
    found += [(a.url, a.cause) for a in seen.attached if a.cause]
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


STATES = {"overdue": "逾期", "blank": "空白", "undated": "无日期", "due_soon": "临期"}


def _attachments_told(counts: dict[str, int]) -> list[str]:
    missing = counts["total"] - counts["read"]
    more = f"，{missing} 个未检或未检完（见未采集）" if missing else ""
    return [f"附件 {counts['total']} 个，已检 {counts['read']} 个{more}。"] if counts["total"] else []


def _hidden_told(found: list[dict[str, Any]]) -> list[str]:
    """One line for each hidden link and how it is hidden: in a shared header it stands on every page."""
    places: dict[tuple[str, str], list[str]] = {}
    for one in found:
        places.setdefault((one["url"], one["why"]), []).append(one["source"])
    return [
        f"{url} {why} ← {sources[0]}" + (f" 等 {len(sources)} 页" if len(sources) > 1 else "")
        for (url, why), sources in places.items()
    ]


def told(result: dict[str, Any]) -> str:
    """The result in Chinese for people."""
    first = result["availability"]
    if not first["ok"]:
        cause = causes()[first["cause"]]
        return f"{result['url']} 打不开：{cause.label}。{cause.meaning}。{cause.remedy}"
    links: LinkRows = result["links"]
    bad = links.bad()
    lines = [
        f"{result['url']} 打开正常（{first['seconds']:.1f} 秒），看了 {result['pages']} 页，用时 {result['seconds']:.0f} 秒。",
        f"死链 {len(bad)} 个、暗链 {len(result['hidden_links'])} 处、错敏 {len(result['wording'])} 处、"
        f"隐私 {len(result['privacy'])} 处。",
        *_attachments_told(result["attachments"]),
    ]
    lines += _first("死链", bad, lambda k: _link_told(k, links.first_source(k)))
    lines += _refused_told(links)
    lines += _first("暗链", _hidden_told(result["hidden_links"]), str)
    lines += [
        f"  [栏目{STATES[c['state']]}] {c['name']} "
        + (f"最近 {c['latest']}" if c["latest"] else "看不到最近日期")
        + f"（期限 {c['period_days']} 天）"
        for c in result["channels"]
        if c["state"] in STATES
    ]
    for name, label in (("wording", "错敏"), ("privacy", "隐私")):
        lines += _first(label, result[name], _slip)
    wrong = [t for t in result["tags"] if t["missing"] or t["invalid"]]
    lines += _first("标签", wrong, _tags)
    lines += [f"  [未采集] {u['target']}：{u['meaning']}。{u['remedy']}" for u in result["unmeasured"]]
    return "\n".join(lines)


def _link_told(link: walked.LinkSeen, source: str) -> str:
    """A link that failed: where it led to, why, and the page it is on."""
    led = f" → {link.chain[-1]}" if link.chain else ""
    label = causes()[link.cause or "no_data"].label
    return f"{link.url}{led}（{'跳转后' if led else ''}{label}）← {source}"


def _refused_told(links: LinkRows) -> list[str]:
    """The addresses that the guard kept us from, and once what to do about them."""
    refused = links.refused()
    if not refused:
        return []
    head = f"  [未访问] {len(refused)} 个链接：{causes()['private_address'].remedy}"
    return [head, *_first("未访问", refused, lambda k: _link_told(k, links.first_source(k)))]


def _first(label: str, found: Sequence[T], told: Callable[[T], str]) -> list[str]:
    """The first findings of a kind, a line each, and a line that says how many more there are."""
    lines = [f"  [{label}] {told(one)}" for one in found[:SHOWN]]
    more = len(found) > SHOWN
    return lines + ([f"  [{label}] 只列前 {SHOWN} 条，共 {len(found)} 条；--json 列出全部"] if more else [])


def _slip(f: Mapping[str, Any]) -> str:
    return f"{f['text']}{(' → ' + f['suggestion']) if f['suggestion'] else ''} ← {f['source']}"


def _tags(t: Mapping[str, Any]) -> str:
    words = (("缺", t["missing"]), ("误", t["invalid"]))
    return f"{t['source']} " + "；".join(f"{word} {'、'.join(names)}" for word, names in words if names)
