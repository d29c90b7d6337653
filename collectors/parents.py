"""Parent channels: pages whose entries are other channels. They are as fresh as their children, and not blank.

A child is a list page that the parent leads to and the home page does not, or that lies below the parent's folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from cockpit.detect.channels import Item
from collectors.walked import Walked


def children(
    walked: Walked, parents: Iterable[str], known: Mapping[str, date | None]
) -> dict[str, list[Item]]:
    """Parent → its children with their newest day. `known`: newest days of channels that were judged themselves."""
    numbers = {url: number for number, url in enumerate(walked.sources)}
    wanted = {numbers[url]: url for url in parents if url in numbers}
    lists = {page.url: page.title for page in walked.pages if page.page_type == "channel"}
    found: dict[str, list[Item]] = {}
    if not wanted:
        return found
    newest = _newest(walked)
    for link in walked.links.values():
        if link.url not in lists or link.url in wanted.values():
            continue
        on = link.places.on(wanted.keys() | {0})
        for number in sorted(on - {0}):
            below = link.url.startswith(_folder(wanted[number]))
            if 0 not in on or below:
                day = known.get(link.url) or newest.get(link.url)
                found.setdefault(wanted[number], []).append(Item(lists[link.url], link.url, day))
    return found


def _folder(url: str) -> str:
    return url.rpartition("/")[0] + "/"


def _newest(walked: Walked) -> dict[str, date]:
    """List page → newest publish date of the articles that were first seen on it."""
    found: dict[str, date] = {}
    for url, day in _articles(walked):
        found[url] = max(day, found.get(url, day))
    return found


def _articles(walked: Walked) -> Iterator[tuple[str, date]]:
    for page in walked.pages:
        link = walked.links.get(page.url)
        if page.page_type == "article" and page.published.day and link is not None and len(link.places):
            yield walked.sources[link.places[0][0]], page.published.day
