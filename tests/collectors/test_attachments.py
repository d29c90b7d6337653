"""The process that opens attachments: hostile files cost it and nothing else; scan reads files by their ending."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from datetime import date, datetime
from pathlib import Path

import pytest

from cockpit.detect import wording
from cockpit.detect.lexicon import Lexicon
from cockpit.paths import CHECKOUT, SHIPPED
from collectors import attached, attachments
from collectors.attachments import Reader
from tests.sites import files

MATCHER = wording.Matcher(Lexicon.load(SHIPPED / "lexicon"))


def test_a_reader_answers_and_goes_on_after_its_process_was_killed() -> None:
    with Reader() as reader:
        assert reader.read(files.docx(["我局做为牵头单位"]), "a.docx").parts[0].text == "我局做为牵头单位"
        assert reader._process is not None
        reader._process.kill()
        reader._process.wait()
        assert reader.read(files.docx(["x"]), "a.docx").cause == "attachment_limits"
        assert reader.read(files.docx(["第二次"]), "a.docx").parts[0].text == "第二次"


def test_a_slow_file_is_ended_in_time() -> None:
    with Reader(seconds=0.05) as reader:
        started = time.monotonic()
        assert reader.read(files.pdf(["内容"] * 900), "a.pdf").cause == "attachment_limits"
        assert time.monotonic() - started < 5


def test_a_file_beyond_the_limit_is_not_even_handed_over() -> None:
    with Reader() as reader:
        assert reader.read(b"0" * (attachments.MAX_BYTES + 1), "a.txt").cause == "too_large"
        assert reader._process is None


def test_threads_share_one_reader() -> None:
    found: dict[int, str] = {}
    with Reader() as reader:

        def ask(number: int) -> None:
            found[number] = reader.read(f"第{number}份".encode(), "a.txt").parts[0].text

        threads = [threading.Thread(target=ask, args=(n,)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {n: f"第{n}份" for n in range(12)}


def test_a_long_list_is_one_matter_with_its_number() -> None:
    rows = [["身份证号"], *[["11010519491231002X"]] * 45]
    with Reader() as reader:
        hits = attached.document_hits(
            reader.read(files.xlsx({"表": rows}), "a.xlsx"), MATCHER, date.today()
        ).hits
    assert len(hits) == attached.MOST_OF_A_KIND
    assert (hits[0].place, hits[1].place) == ("表!A2（同类共 45 处）", "表!A3")


def test_the_lexicon_is_part_of_the_version(tmp_path: Path) -> None:
    (tmp_path / "typos.csv").write_text("a", encoding="utf-8")
    before = attached.detector_version(tmp_path)
    (tmp_path / "typos.csv").write_text("b", encoding="utf-8")
    assert attached.detector_version(tmp_path) != before


def test_what_was_known_without_validators_waits_for_a_week() -> None:
    look = attached.Attachments(None, MATCHER, None, datetime(2026, 11, 23), "v1")  # type: ignore[arg-type]
    known = attached.Known(
        datetime(2026, 11, 22), "read", read_at=datetime(2026, 11, 20), detector_version="v1"
    )
    assert look._is_recent(known)
    assert not look._is_recent(attached.replace(known, detector_version="v0"))
    assert not look._is_recent(attached.replace(known, read_at=datetime(2026, 11, 10)))
    assert not look._is_recent(attached.replace(known, etag='"1"')), "asked with its ETag every time"


@pytest.mark.parametrize("flags", [("--json",), ()])
def test_scan_reads_attachments(tmp_path: Path, flags: tuple[str, ...]) -> None:
    (tmp_path / "a.pdf").write_bytes(files.pdf(["第一页", "我局做为牵头单位"]))
    (tmp_path / "b.pdf").write_bytes(files.pdf([""]))
    command = [sys.executable, "-m", "collectors", "scan", str(tmp_path / "a.pdf"), str(tmp_path / "b.pdf")]
    done = subprocess.run([*command, *flags], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, "one of them could not be read"
    assert "读不出文字" in done.stderr
    if flags:
        first, second = map(json.loads, done.stdout.splitlines())
        assert [(f["text"], f["place"]) for f in first["findings"]] == [("做为", "第 2 页")]
        assert (second["findings"], second["cause"]) == ([], "attachment_scanned")
    else:
        assert "第 2 页 做为 → 作为" in done.stdout


def test_an_attachment_made_of_findings_is_partly_read() -> None:
    content = files.docx(["做为" * 300_000])
    with attachments.Reader() as reader:
        found = attached.document_hits(reader.read(content, "a.docx"), MATCHER, date.today())
    assert (found.cut, len(found.hits)) == ("too_many_findings", attached.MOST_OF_A_KIND)
