"""Every command with wrong input: one line in Chinese that names what is wrong and what to do, exit 2, nothing changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit.__main__ import COMMANDS
from cockpit.__main__ import main as cockpit
from cockpit.paths import DataDir
from collectors.__main__ import COLLECTORS
from collectors.__main__ import main as collectors
from tests.faults.town import settle_town

MAIN = {"cockpit": cockpit, "collectors": collectors}
ENGLISH = re.compile(
    r"Traceback|Errno|No such|[Pp]ermission|[Nn]ot (a|found)|[Ii]nvalid|Error|can't|expected|Too many|Input/output"
)
REMEDY = re.compile(r"请|可选|可用|应|编号见|现有|写法|全部指标|python -m|需要写明")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataDir]:
    yield settle_town(DataDir(tmp_path_factory.mktemp("wrong") / "data"))


@pytest.fixture(scope="module")
def places(town: DataDir) -> dict[str, str]:
    """Wrong places by name; {data} is a sound folder."""
    base = town.root.parent
    made = {name: base / name for name in ("empty.csv", "folder", "loop", "broken.csv")}
    made["empty.csv"].write_bytes(b"")
    made["broken.csv"].write_bytes(bytes(range(128, 256)) * 9)
    made["folder"].mkdir()
    made["loop"].symlink_to(made["loop"])
    found = {name.split(".", maxsplit=1)[0]: str(path) for name, path in made.items()}
    found |= {
        "data": str(town.root),
        "missing": str(base / "没有" / "这个.csv"),
        "unreadable": "/proc/self/mem",  # may be opened and not be read, by root neither
        "long": str(base / ("长" * 200)),
        "nowhere": str(base / "没有这个目录"),
        "under": f"{made['empty.csv']}/里面",
    }
    return found


def refused(
    room: str, words: list[str], capsys: pytest.CaptureFixture[str], *, lines: int = 1, name: str = ""
) -> str:
    """Run a command that must refuse; what it said."""
    try:
        code = MAIN[room](words)
    except SystemExit as stopped:
        code = stopped.code
    told = capsys.readouterr()
    said = told.err.strip()
    assert code == 2, (words, code, told.out, said)
    assert told.out == "", (words, told.out)
    assert len(said.splitlines()) <= lines, said
    assert re.search("[\u4e00-\u9fff]", said), said
    assert not ENGLISH.search(said.replace(name, "") if name else said), said
    assert REMEDY.search(said), said
    assert name in said or Path(name).name in said, said
    return said


# --- files to be read ---------------------------------------------------------------------------------------

READERS = (  # room, words; the file comes at {}. A list of faults has a head line and a line for the file.
    ("cockpit", "registry --data {data} check {}", 2),
    ("cockpit", "registry --data {data} import {}", 2),
    ("cockpit", "registers --data {data} check {}", 2),
    ("cockpit", "registers --data {data} import {}", 2),
    ("collectors", "ledgers --data {data} import {}", 2),
    ("cockpit", "verify-bundle {}", 1),
    ("cockpit", "restore {} --data {data}", 1),
    ("cockpit", "disputes raise D-1 --reason x --attach {} --data {data}", 1),
    ("collectors", "probe --hosts {} --data {data} --quiet", 1),
    ("collectors", "patrol --hosts {} --data {data} --quiet", 1),
    ("collectors", "ipv6 --hosts {} --data {data} --quiet", 1),
    ("collectors", "certificate --hosts {} --data {data} --quiet", 1),
    ("collectors", "all --hosts {} --data {data} --quiet", 1),
    ("collectors", "check http://a.test/ --hosts {} --data {data} --quiet", 1),
)
KINDS = ("missing", "empty", "folder", "loop", "unreadable", "broken", "long")
ALLOWED = {  # an empty hosts file says nothing, an attachment may hold anything
    (words, kind)
    for _, words, _ in READERS
    for kind in KINDS
    if (kind == "empty" and "--hosts" in words) or (kind in {"empty", "broken"} and "--attach" in words)
}


@pytest.mark.parametrize(
    ("room", "words", "lines", "kind"),
    [(*row, kind) for row in READERS for kind in KINDS if (row[1], kind) not in ALLOWED],
)
def test_a_file_that_cannot_be_used(
    room: str, words: str, lines: int, kind: str, places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = words.replace("{}", places[kind]).format(**places).split(" ")
    name = "" if kind == "folder" and "verify" in words else places[kind]
    refused(room, asked, capsys, lines=lines, name=name)


@pytest.mark.parametrize("kind", ["missing", "loop", "folder", "unreadable"])
def test_scan_and_train_reader_name_the_file(
    kind: str, places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    if kind not in {"folder", "unreadable"}:  # a folder of texts is what it is for
        refused(
            "collectors", ["train-reader", places[kind], "--data", places["data"]], capsys, name=places[kind]
        )
    code = collectors(["scan", places[kind], "--data", places["data"]])
    said = capsys.readouterr().err.strip()
    assert (code, len(said.splitlines())) == (2, 1)
    assert places[kind] in said
    assert "其余" not in said
    assert not ENGLISH.search(said)


# --- places to write to ------------------------------------------------------------------------------------

WRITERS = (
    "registry --data {data} template --out {}",
    "registry --data {data} export --out {}",
    "registers --data {data} template --out {}",
    "registers --data {data} export --out {}",
    "backup --data {data} --out {}",
    "backup --data {data} --folder {}",
)


@pytest.mark.parametrize("words", [*WRITERS, "ledgers --data {data} template --out {}"])
@pytest.mark.parametrize("kind", ["under", "loop"])
def test_a_place_that_cannot_be_written(
    words: str, kind: str, places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    room = "collectors" if words.startswith("ledgers") else "cockpit"
    target = f"{places[kind]}/x" if kind == "loop" else places[kind]
    refused(room, words.replace("{}", target).format(**places).split(" "), capsys, name=target)


# --- the data folder and the time, for every command --------------------------------------------------------

REQUIRED = {  # what a command needs besides, to come as far as its data folder
    "registry": ["check"],
    "registers": ["list"],
    "export": ["--out", "/tmp/never.zip"],
    "scorecard": ["--out", "/tmp/never.html"],
    "bulletin": ["--period", "2026Q3", "--out", "/tmp/never.docx"],
    "verify-bundle": ["x.zip"],
    "deadline": ["--received", "2026-09-18"],
    "backup": ["--out", "/tmp/never.tar"],
    "restore": ["x.tar"],
    "access": ["list"],
    "ledgers": ["template", "--out", "/tmp/never"],
    "check": ["http://a.test/"],
    "scan": ["/dev/null"],
}
ALL = [("cockpit", name) for name in COMMANDS] + [("collectors", name) for name in COLLECTORS]


def asked(name: str, *more: str) -> list[str]:
    extra = REQUIRED.get(name, [])
    return [name, *more, *extra] if name in {"registry", "registers", "ledgers"} else [name, *extra, *more]


@pytest.mark.parametrize(("room", "name"), ALL)
@pytest.mark.parametrize("kind", ["empty", "under"])
def test_a_data_folder_that_is_a_file(
    room: str, name: str, kind: str, places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A path below a file is no folder either; what only reads the rules or a bundle does not mind that."""
    words = asked(name, "--data", places[kind])
    if kind == "empty":
        assert "--data" in refused(room, words, capsys, name=places[kind])
    elif room == "cockpit" and COMMANDS[name].existing:
        refused(room, words, capsys, name=places[kind])


@pytest.mark.parametrize(("room", "name"), ALL)
def test_a_time_that_is_none(
    room: str, name: str, places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(room, asked(name, "--data", places["data"], "--as-of", "昨天"), capsys, name="昨天")
    assert "2026-11-23T10:00" in said


@pytest.mark.parametrize("name", [n for n, c in COMMANDS.items() if c.existing])
def test_a_data_folder_that_is_not_there_is_not_made(
    name: str, places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused("cockpit", asked(name, "--data", places["nowhere"]), capsys, name=places["nowhere"])
    assert said.startswith("没有数据目录")
    assert not Path(places["nowhere"]).exists()


# --- values -------------------------------------------------------------------------------------------------

VALUES = (  # room, words, what must be named
    *(("cockpit", f"{c} --week {w}", w) for c in ("score", "close-week", "recompute", "disputes") for w in ("2026-W60", "昨天")),
    ("cockpit", "export --week 2026-W60 --out /tmp/never.zip", "2026-W60"),
    ("cockpit", "scorecard --week 2026-W60 --out /tmp/never.html", "2026-W60"),
    ("cockpit", "indicators --against 2026-W60", "2026-W60"),
    ("cockpit", "close-week --week 2020-W05", "2020-W05"),
    ("cockpit", "recompute --week 2020-W05", "2020-W05"),
    ("cockpit", "export --week 2020-W05 --out /tmp/never.zip", "2020-W05"),
    ("cockpit", "scorecard --week 2020-W05 --out /tmp/never.html", "2020-W05"),
    ("cockpit", "bulletin --period 2026Q9 --out /tmp/never.docx", "2026Q9"),
    ("cockpit", "bulletin --period 2026Q3 --out /tmp/never.txt", "/tmp/never.txt"),
    ("cockpit", "indicators --id 没有", "没有"),
    ("cockpit", "indicators --try 没有.veto=1", "没有"),
    ("cockpit", "indicators --try V-W-02.veto=多", "V-W-02.veto=多"),
    ("cockpit", "warnings show W0", "W0"),
    ("cockpit", "warnings ack W0 --actor 甲", "W0"),
    ("cockpit", "warnings list --unit 没有", "没有"),
    ("cockpit", "disputes raise D-0 --reason x --actor 甲", "D-0"),
    ("cockpit", "disputes accept Y-0 --actor 甲", "Y-0"),
    ("cockpit", "disputes raise", "raise"),
    ("cockpit", "deadline --received 昨天", "昨天"),
    ("cockpit", "deadline --received 2026-09-18 --third-party 以后", "以后"),
    ("cockpit", "verify-audit --head 五", "--head"),
    ("cockpit", "access set", "set"),
    ("cockpit", "access remove 没有", "没有"),
    ("cockpit", "backup", "--out"),
    ("cockpit", "demo --weeks 0", "0"),
    ("collectors", "samples --weeks 0", "0"),
    ("collectors", "check 不是网址", "不是网址"),
    ("collectors", "probe --unit 没有", "没有"),
    ("collectors", "patrol --site 没有", "没有"),
    ("collectors", "patrol --depth 0", "--depth 应大于 0"),
    ("collectors", "patrol --at-once 0", "--at-once 应大于 0"),
    ("collectors", "ipv6 --allow-network 没有", "没有"),
    ("collectors", "certificate --unit 没有", "没有"),
    ("collectors", "all --unit 没有", "没有"),
)  # fmt: skip


@pytest.mark.parametrize(("room", "words", "name"), VALUES, ids=str)
def test_a_value_that_does_not_exist(
    room: str, words: str, name: str, places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    refused(room, [*words.split(" "), "--data", places["data"]], capsys, name=name)


@pytest.mark.parametrize(
    "words",
    ["score --week=", "close-week --actor=", "indicators --against=", "disputes --week="],
)
def test_an_empty_value_is_not_the_default(
    words: str, places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused("cockpit", [*words.split(" "), "--data", places["data"]], capsys, lines=20)
    assert words.split(" ")[1][:-1] in said


def test_a_failure_of_the_program_is_told_and_its_traceback_kept(
    town: DataDir, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_data: object, _now: object) -> None:
        raise KeyError("fault")

    monkeypatch.setattr("cockpit.rehearse_command.of_today", broken)
    assert cockpit(["rehearse", "--data", str(town.root)]) == 2
    said = capsys.readouterr().err
    log = town.root / "logs" / "cockpit.log"
    assert said.startswith("程序出错：KeyError")
    assert str(log) in said
    assert "Traceback" not in said
    assert "in broken" in log.read_text(encoding="utf-8")
