"""The hostile city on paper: every file, message, log and command line holds its words as words."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from cockpit import clock, notify_command, plain, store
from cockpit.__main__ import COMMANDS, main
from cockpit.delivery import Parcel, _whole
from cockpit.paths import SHIPPED, DataDir
from cockpit.report.notify_rules import load_settings
from cockpit.store.audit import trail_file
from cockpit.store.queries import scores
from cockpit.ui import shell
from collectors.__main__ import main as collect
from tests.hostile import city
from tests.sites.hostile.strings import EVERYTHING, FORGED

NUMBER = re.compile(r"[+-]?\d[\d,.]*(e[+-]?\d+)?%?", re.IGNORECASE)
FORMULA = re.compile(r"[\s\u3000]*[=+\-@|%＝＋－＠\t\r]")
NOTIFY = """
[[channel]]
name = "群"
kind = "wecom"
audience = ["office", "contact", "leader"]
secret = "ROBOT"
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    return city.shared(tmp_path_factory)


@pytest.fixture
def own(hostile: DataDir, tmp_path: Path) -> DataDir:
    """A copy for what writes."""
    shutil.copytree(hostile.root, tmp_path / "own", symlinks=True)
    return DataDir(tmp_path / "own")


@pytest.fixture(scope="module")
def week(hostile: DataDir) -> str:
    with store.reader(hostile) as reader:
        return reader.one("SELECT max(week) AS week FROM issue")["week"]


def wrong_cells(content: bytes) -> list[str]:
    """Cells that a spreadsheet would run, or that hide something, or rows that are not one row."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    cells = [c for row in rows for c in row]
    torn = [f"row {n}: {len(row)} cells" for n, row in enumerate(rows) if len(row) != len(rows[0])]
    return [
        *torn,
        *(c[:80] for c in cells if (FORMULA.match(c) and not NUMBER.fullmatch(c)) or plain.hidden(c)),
    ]


def wrong_book(content: bytes) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert len(cells) > 100
    return [
        f"{c.coordinate}: {str(c.value)[:80]}"
        for c in cells
        if c.data_type == "f" or c.hyperlink or plain.hidden(str(c.value))
    ]


class Elements(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.wrong: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.wrong += [
            f"{tag} {name}={value}"[:120]
            for name, value in attrs
            if name.startswith("on")
            or (
                name in {"href", "src", "action", "srcdoc"} and not (value or "").startswith("data:image/svg")
            )
        ]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_bundle_holds_no_formula_and_can_still_be_verified(
    own: DataDir, week: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "bundle"
    assert main(["export", "--data", str(own.root), "--week", week, "--out", str(out)]) == 0
    files = {p.name: p.read_bytes() for p in out.iterdir()}
    found = {name: wrong_cells(content) for name, content in files.items() if name.endswith(".csv")}
    assert len(found) >= 12
    assert {name: cells for name, cells in found.items() if cells} == {}
    assert "onerror" in files[next(n for n in files if "02_扣分明细" in n)].decode("utf-8-sig")
    assert wrong_book(next(c for n, c in files.items() if n.endswith(".xlsx"))) == []
    for name, content in files.items():
        if name.endswith((".json", ".txt", ".md")):
            assert plain.hidden(content.decode("utf-8-sig").replace("\r\n", "\n")) == "", name
    assert main(["verify-bundle", str(out)]) == 0, capsys.readouterr().out


def test_registers_go_out_and_come_back(own: DataDir, tmp_path: Path) -> None:
    for words in (
        ["registers", "export", "--out"],
        ["registry", "export", "--out"],
        ["registry", "export", "--xlsx", "--out"],
    ):
        out = tmp_path / f"{words[0]}{len(words)}"
        done = main([words[0], "--data", str(own.root), *words[1:], str(out)])
        assert done == 0
        for path in out.rglob("*.csv"):
            assert wrong_cells(path.read_bytes()) == [], path.name
        for path in out.rglob("*.xlsx"):
            assert wrong_book(path.read_bytes()) == [], path.name
    assert main(["registry", "--data", str(own.root), "check"]) == 0


def test_the_bulletin_is_a_document_of_words(own: DataDir, week: str, tmp_path: Path) -> None:
    out = tmp_path / "a.docx"
    assert main(["bulletin", "--data", str(own.root), "--period", week, "--out", str(out)]) == 0
    with zipfile.ZipFile(out) as inside:
        parts = {n: inside.read(n) for n in inside.namelist()}
    body = etree.fromstring(parts["word/document.xml"])
    names = {etree.QName(e).localname for e in body.iter() if isinstance(e.tag, str)}
    assert (
        names & {"hyperlink", "object", "OLEObject", "altChunk", "fldSimple", "instrText", "drawing"} == set()
    )
    assert not [n for n, c in parts.items() if n.endswith(".rels") and b'TargetMode="External"' in c]
    text = "".join(body.itertext())
    assert "onerror" in text or "script" in text
    assert plain.hidden(text) == ""


def test_the_scorecard_file_is_a_page_of_words(own: DataDir, week: str, tmp_path: Path) -> None:
    out = tmp_path / "card.html"
    assert main(["scorecard", "--data", str(own.root), "--week", week, "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    page = Elements(text)
    assert page.wrong == []
    assert (
        page.tags & {"script", "iframe", "form", "input", "base", "link", "object", "svg", "animate"} == set()
    )
    assert plain.hidden(text) == ""
    assert "default-src 'none'" in text
    assert any("onerror" in words for words in page.words)


def test_messages_hold_neither_markup_nor_addresses(own: DataDir, tmp_path: Path) -> None:
    shipped = (SHIPPED / "rules" / "notify.toml").read_text(encoding="utf-8")
    text = shipped.replace('link = ""', 'link = "http://10.36.1.8"') + NOTIFY
    (tmp_path / "notify.toml").write_text(text, encoding="utf-8")
    noon = (clock.now() + timedelta(days=1)).replace(hour=4, minute=0)
    outcome = notify_command.run(own, load_settings(tmp_path), noon, dry=True)
    assert len(outcome.notices) > 5
    for notice in outcome.notices:
        text = _whole(Parcel(notice, (), 0))
        assert plain.hidden(text) == ""
        assert not re.search(r"[<>`\[\]|*]", notice.text.replace("http://10.36.1.8", ""))
        assert "://" not in text.replace("http://10.36.1.8", ""), "a robot makes a link of every address"
        assert len(notice.text) < 4000
        assert all(not part.startswith(FORGED) for part in text.splitlines())


def test_the_trail_is_whole_and_shows_everything(own: DataDir) -> None:
    text = trail_file(own).read_text(encoding="utf-8")
    assert plain.hidden(text.replace("\n", "")) == ""
    values = "\n".join(str(v) for row in text.splitlines() for v in json.loads(row).values())
    assert "\u202e" in values, "what was written is kept as it was"
    assert main(["verify-audit", "--data", str(own.root), "--deep"]) == 0


WORDS = (
    ["warnings", "list"],
    ["disputes", "list"],
    ["disputes", "stats"],
    ["rehearse"],
    ["access", "list"],
    ["verify-audit", "--deep"],
    ["doctor"],
    ["registers", "list"],
    ["registry", "check"],
    ["notify", "--dry-run"],
    ["load", "--force"],
    ["score", "--week", "{week}", "--check"],
    ["recompute", "--week", "{week}"],
    ["indicators", "--against", "{week}"],
)


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_terminal_shows_words(
    own: DataDir, week: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert words[0] in COMMANDS
    filled = [w.format(week=week) for w in words]
    for more in ([], ["--json"]):
        main([filled[0], "--data", str(own.root), *filled[1:], *more])
        told = capsys.readouterr()
        text = told.out + told.err
        assert plain.hidden(text) == ""
        assert [row for row in text.splitlines() if row.strip().startswith(FORGED)] == []
        if more and told.out.strip():
            json.loads(told.out)


def test_one_warning_on_a_terminal(own: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    with store.reader(own) as reader:
        ids = [
            r["warning_id"] for r in reader.rows("SELECT warning_id FROM warning_event ORDER BY 1 LIMIT 3")
        ]
        assert scores.weeks(reader)
    for name in ids:
        assert main(["warnings", "show", name, "--data", str(own.root)]) == 0
    text = capsys.readouterr().out
    assert plain.hidden(text) == ""
    assert [row for row in text.splitlines() if row.strip().startswith(FORGED)] == []


def test_a_scan_shows_what_it_found_as_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "a\x1b[31m\u202e.html"
    page.write_text(f"<p>{'电话13812345678 截止目前为止'.join(EVERYTHING)}</p>", encoding="utf-8")
    for more in ([], ["--json"]):
        collect(["scan", "--html", "--url", "http://x.test/", str(page), *more])
        told = capsys.readouterr()
        assert len(told.out) > 50
        assert plain.hidden(told.out + told.err) == ""
        assert [row for row in told.out.splitlines() if row.strip().startswith(FORGED)] == []


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Path]:
    from cockpit.entry import _LogFile

    root = logging.getLogger("hostile")
    handler = _LogFile(tmp_path / "x.log")
    root.addHandler(handler)
    yield tmp_path / "x.log"
    root.removeHandler(handler)


def test_logs_show_words(logged: Path, caplog: pytest.LogCaptureFixture) -> None:
    screens = shell.log
    for text in EVERYTHING:
        try:
            raise ValueError(text)
        except ValueError:
            logging.getLogger("hostile").exception("looking at %s", text)
            screens.exception("panel %s failed", text)
    assert plain.hidden(logged.read_text(encoding="utf-8")) == ""
    shown = [logging.Formatter().format(r) for r in caplog.records if r.name == "cockpit.ui"]
    assert len(shown) == len(EVERYTHING)
    assert plain.hidden("".join(shown)) == ""
