"""Snapshots: masked before they are written, named by their content, kept when something changed, pruned in order."""

from __future__ import annotations

import gzip
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cockpit.detect import page as pages
from cockpit.detect import privacy, snapshot
from cockpit.errors import CockpitError, StoreError
from cockpit.paths import SHIPPED, DataDir
from cockpit.store import snapshots
from cockpit.store.snapshots import Taken, Wanted

NOW = datetime(2026, 11, 23)
ID = "11010519491231002X"


def of(html: str) -> str:
    return snapshot.of_page(html, pages.parse(html, "http://a.test/")).decode()


def test_the_source_is_kept_and_only_the_personal_data_masked() -> None:
    html = (
        f'<html><body><a href="http://x.test/" style="display:none">链接</a><p>身份证 {ID}</p></body></html>'
    )
    assert of(html) == html.replace(ID, "11*************02X")


@pytest.mark.parametrize(
    "hidden",
    [
        "&#49;1010519491231002X",
        "110105<b>19491231</b>002X",
        "1101<!-- -->0519491231002X",
        "１１０１０５19491231002X",
    ],
)
def test_a_number_hidden_in_markup_never_reaches_a_snapshot(hidden: str) -> None:
    kept = of(f"<html><body><p>张某某 身份证 {hidden} 已公示</p></body></html>")
    assert "已公示" in kept
    assert privacy.find(pages.parse(kept, "http://a.test/").text) == []
    assert hidden not in kept
    assert "19491231" not in kept.replace(" ", "")


def test_text_of_attachments_is_masked_too() -> None:
    assert snapshot.of_text("联系人手机：13912345678") == "联系人手机：139****5678".encode()


def wanted(url: str, content: bytes, signature: str = "s") -> Wanted:
    return Wanted(url, "page", lambda: content, signature, 200, "c" * 64)


def test_a_snapshot_is_named_by_its_content_and_a_changed_file_is_found_out(data: DataDir) -> None:
    digests, rows = snapshots.keep(data, [wanted("/a", b"one"), wanted("/b", b"one")], {}, NOW)
    assert digests["/a", "page"] == digests["/b", "page"], "the same content is stored once"
    assert len(list(snapshots.folder(data).rglob("*.gz"))) == 1
    assert [(r["url"], r["size_bytes"], r["http_status"]) for r in rows] == [("/a", 3, 200), ("/b", 3, 200)]
    assert snapshots.read(data, digests["/a", "page"]) == b"one"
    snapshots.path_of(data, digests["/a", "page"]).write_bytes(gzip.compress(b"two"))
    assert snapshots.read(data, digests["/a", "page"]) is None
    snapshots.path_of(data, digests["/a", "page"]).write_bytes(b"no gzip")
    assert snapshots.read(data, digests["/a", "page"]) is None


@pytest.mark.parametrize("asked", ["../../etc/passwd", "a" * 63, "A" * 64, ""])
def test_only_a_digest_leads_to_a_file(data: DataDir, asked: str) -> None:
    assert snapshots.read(data, asked) is None


def test_the_same_findings_need_no_new_snapshot_for_a_week(data: DataDir) -> None:
    first, _ = snapshots.keep(data, [wanted("/a", b"counter 1")], {}, NOW)
    known = {("/a", "page"): Taken(first["/a", "page"], NOW, "s")}
    again, rows = snapshots.keep(data, [wanted("/a", b"counter 2")], known, NOW + timedelta(days=2))
    assert (again, rows) == (first, [])
    other, rows = snapshots.keep(data, [wanted("/a", b"counter 2", "more")], known, NOW + timedelta(days=2))
    assert (other != first, len(rows)) == (True, 1), "another finding is another picture"
    later, rows = snapshots.keep(data, [wanted("/a", b"counter 3")], known, NOW + timedelta(days=7))
    assert (later != first, len(rows)) == (True, 1)
    snapshots.path_of(data, first["/a", "page"]).unlink()
    _, rows = snapshots.keep(data, [wanted("/a", b"counter 1")], known, NOW + timedelta(days=1))
    assert len(rows) == 1, "a pruned one is taken again"


def test_one_site_cannot_fill_the_disk(data: DataDir) -> None:
    many = [wanted(f"/{n}", f"{n}".encode()) for n in range(snapshots.MOST_OF_A_SITE + 5)]
    digests, rows = snapshots.keep(data, many, {}, NOW)
    assert len(rows) == len(digests) == snapshots.MOST_OF_A_SITE


def test_pruning_drops_the_oldest_and_what_a_deduction_needs_last(data: DataDir) -> None:
    names = []
    for age in range(5):
        names.append(snapshots.write(data, os.urandom(1000)))
        stamp = 1_700_000_000 + age
        os.utime(snapshots.path_of(data, names[-1]), (stamp, stamp))
    guarded = {names[0], names[1]}
    assert snapshots.prune(data, 10_000, guarded) == 0
    assert snapshots.prune(data, 3_200, guarded) == 2
    assert [snapshots.read(data, name) is not None for name in names] == [True, True, False, False, True]
    assert snapshots.prune(data, 1_100, guarded) == 2
    assert [snapshots.read(data, name) is not None for name in names] == [False, True, False, False, False]


def test_a_full_disk_is_told(data: DataDir) -> None:
    data.root.mkdir(parents=True, exist_ok=True)
    (data.root / "snapshots").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="快照没有写成"):
        snapshots.write(data, b"x")


def test_the_limit_is_a_setting(tmp_path: Path) -> None:
    assert snapshots.limit_bytes(SHIPPED / "rules") == 2_000_000_000
    (tmp_path / "snapshots.toml").write_text("limit_mb = -1", encoding="utf-8")
    with pytest.raises(CockpitError, match="limit_mb"):
        snapshots.limit_bytes(tmp_path)
