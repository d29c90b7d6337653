"""Evidence of the demonstration: what the pages with findings would have looked like, kept as a patrol keeps them."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from cockpit.detect import page as pages
from cockpit.detect import snapshot
from cockpit.paths import DataDir
from cockpit.store import snapshots
from cockpit.store.snapshots import Key, Taken, Wanted
from collectors import evidence

Row = tuple[str, dict[str, Any]]
Known = dict[str, dict[Key, Taken]]  # site → address and form → its newest snapshot

# kind of a finding, up to the dot → how it stands in the source of a page
_SHOWN: Mapping[str, str] = {
    "link": '<li><a href="{target}">{text}</a></li>',
    "hidden": '<div style="display:none"><a href="{target}">{text}</a></div>',
    "tag": "<!-- 演示：{text} 没有或不规范 -->",
    "home": "<!-- 演示：{excerpt} -->",
    "channel": "<h2>{text}</h2><p>{excerpt}</p>",
    "date": "<h1>{text}</h1><p>{excerpt}</p>",
}
_FACE = "<h1>{text}</h1><p>{excerpt}</p>"
_IN_TEXT = "<p>{excerpt}</p>"
_PAGE = (
    '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>演示页面</title>\n</head>\n'
    "<body>\n<p>演示数据，不得用于考核。</p>\n{parts}\n</body>\n</html>\n"
)


def kept(data: DataDir, rows: Iterable[Row], known: Known) -> Iterator[Row]:
    """The rows of one day with evidence filled in; `known` is what was taken before, and is brought up to date."""
    sites: dict[str, list[Row]] = {}
    for table, row in rows:
        if table == "sighting" and row["aspect"] != "certificate":
            sites.setdefault(row["site_code"], []).append((table, row))
        else:
            yield table, row
    for site_code, found in sites.items():
        yield from _site(data, site_code, found, known.setdefault(site_code, {}))


def _site(data: DataDir, site_code: str, found: Sequence[Row], known: dict[Key, Taken]) -> Iterator[Row]:
    signatures = evidence.signatures(found)
    shown: dict[Key, list[dict[str, Any]]] = {}
    for _, row in found:
        shown.setdefault((row["page_url"], _form(row)), []).append(row)
    at = found[0][1]["measured_at"]
    wanted = [
        Wanted(url, form, partial(_content, url, form, told), signatures[url], 200, None)
        for (url, form), told in shown.items()
    ]
    digests, taken = snapshots.keep(data, wanted, known, at)
    for table, row in found:
        row["snapshot_sha256"] = row["content_sha256"] = digests[row["page_url"], _form(row)]
        yield table, row
    for row in taken:
        known[row["url"], row["form"]] = Taken(row["snapshot_sha256"], at, row["signature"])
        yield "snapshot", {"run_id": found[0][1]["run_id"], "measured_at": at, "site_code": site_code, **row}


def _form(row: Mapping[str, Any]) -> str:
    return "attachment" if row.get("source_page") else "face" if row["kind"] == "hidden.cloaking" else "page"


def _content(url: str, form: str, told: Sequence[Mapping[str, Any]]) -> bytes:
    """A page that shows its findings, or the text of an attachment."""
    if form == "attachment":
        return snapshot.of_text("\n".join(str(row["excerpt"]) for row in told))
    source = _PAGE.format(parts="\n".join(map(_part, told)))
    return snapshot.of_page(source, pages.parse(source, url))


def _part(row: Mapping[str, Any]) -> str:
    form = _FACE if row["kind"] == "hidden.cloaking" else _SHOWN.get(row["kind"].split(".")[0], _IN_TEXT)
    shown = {name: html.escape(str(row.get(name) or "")) for name in ("target", "text", "excerpt")}
    return form.format(**shown)
