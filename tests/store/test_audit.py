"""The trail: every edit, deletion, reordering and truncation is found; crashes, rebuilds and crowds keep one chain."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from cockpit import store
from cockpit.errors import CockpitError, StoreError
from cockpit.paths import CHECKOUT, DataDir
from cockpit.store import audit
from cockpit.store.audit_check import Verdict, verify

NOW = datetime(2026, 11, 23, 4)


def step(data: DataDir, name: str, *, count: int = 1, at: datetime = NOW, load: bool = True) -> None:
    """One batch of warning steps by 王值班, loaded."""
    batch = store.Batch(data, "action")
    for number in range(count):
        batch.add(
            "warning_event",
            event_id=f"{name}-{number}",
            warning_id="W1",
            event_at=at,
            actor="王值班",
            action="ack",
            from_state="new",
            to_state="ack",
            reason=f"理由{name}",
        )
    batch.write(at)
    if load:
        store.load(data, at)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """Five entries of four batches, in three loads."""
    data = DataDir(tmp_path_factory.mktemp("trail") / "data")
    step(data, "a")
    step(data, "b", count=2)
    step(data, "c", load=False)
    step(data, "d")
    return data


@pytest.fixture
def trail(made: DataDir, data: DataDir) -> DataDir:
    """A copy of it to play with."""
    shutil.copytree(made.root, data.root, symlinks=True)
    return data


def lines(data: DataDir) -> list[bytes]:
    return audit.trail_file(data).read_bytes().splitlines(keepends=True)


def write(data: DataDir, content: list[bytes]) -> None:
    audit.trail_file(data).write_bytes(b"".join(content))


def test_who_did_what_when_and_why(trail: DataDir) -> None:
    with store.reader(trail) as reader:
        rows = reader.rows("SELECT * FROM audit ORDER BY seq")
    first = {
        k: rows[0][k]
        for k in (
            "seq",
            "event_at",
            "actor",
            "action",
            "object_kind",
            "object_id",
            "before",
            "after",
            "reason",
            "part",
        )
    }
    assert first == {
        "seq": 1,
        "event_at": NOW,
        "actor": "王值班",
        "action": "warning.ack",
        "object_kind": "warning",
        "object_id": "W1",
        "before": "new",
        "after": "ack",
        "reason": "理由a",
        "part": "1/1",
    }
    assert [(r["seq"], r["reason"], r["part"]) for r in rows[1:]] == [
        (2, "理由b", "1/2"),
        (3, "理由b", "2/2"),
        (4, "理由c", "1/1"),
        (5, "理由d", "1/1"),
    ]
    assert verify(trail, deep=True) == Verdict(5, (5, rows[-1]["entry_sha256"]), [], [])


def edit(data: DataDir) -> None:
    write(
        data,
        [
            line.replace("理由b".encode(), "理由x".encode()) if n == 1 else line
            for n, line in enumerate(lines(data))
        ],
    )


def edit_and_rehash_one(data: DataDir) -> None:
    entry = json.loads(lines(data)[1]) | {"actor": "别人"}
    entry["entry_sha256"] = audit.digest(entry)
    content = lines(data)
    content[1] = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
    write(data, content)


def rewrite_all(data: DataDir) -> None:
    previous, made = audit.START, []
    for line in lines(data):
        entry = json.loads(line) | {"actor": "别人", "previous_sha256": previous}
        previous = entry["entry_sha256"] = audit.digest(entry)
        made.append(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
    write(data, made)


def drop_middle(data: DataDir) -> None:
    write(data, [*lines(data)[:2], *lines(data)[3:]])


def swap(data: DataDir) -> None:
    a, b, *rest = lines(data)
    write(data, [b, a, *rest])


def truncate(data: DataDir) -> None:
    write(data, lines(data)[:-2])


def duplicate(data: DataDir) -> None:
    write(data, [*lines(data), lines(data)[-1]])


def empty(data: DataDir) -> None:
    audit.trail_file(data).unlink()


def forget_heads(data: DataDir) -> None:
    audit.heads_file(data).unlink()


def database(data: DataDir) -> None:
    with duckdb.connect(str(data.database.resolve())) as con:
        con.execute("UPDATE audit SET actor = '别人' WHERE seq = 3")


def archived_batch(data: DataDir) -> None:
    path = sorted(data.archive.glob("*/*.parquet"))[0]
    name = path.stem
    path.unlink()
    batch = store.Batch(data, "action")
    batch.add("warning_event", event_id="x", warning_id="W1", event_at=NOW, actor="别人", action="ack")
    made = batch.write(NOW, name)
    assert made is not None
    made.rename(path)


def archived_batch_gone(data: DataDir) -> None:
    sorted(data.archive.glob("*/*.parquet"))[0].unlink()


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (edit, "第 2 条的内容与它的摘要值不符"),
        (edit_and_rehash_one, "第 3 条接不上前一条"),
        (rewrite_all, "整条链被重写过"),
        (drop_middle, "第 3 条的序号是 4"),
        (swap, "第 1 条的序号是 2"),
        (truncate, "末尾被截断或中间被删"),
        (duplicate, "第 6 条的序号是 5"),
        (empty, "末尾被截断或中间被删"),
        (forget_heads, "无法证明没有截断"),
        (database, "数据库里的第 3 条与留痕文件不同"),
        (archived_batch, "与归档批次"),
        (archived_batch_gone, "不在归档里"),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_every_kind_of_change_is_found_and_named(
    trail: DataDir, tamper: Callable[[DataDir], None], said: str
) -> None:
    tamper(trail)
    verdict = verify(trail)
    assert not verdict.sound
    assert any(said in fault for fault in verdict.faults), verdict.faults


def test_any_changed_byte_is_found(trail: DataDir) -> None:
    original, chance = audit.trail_file(trail).read_bytes(), random.Random(20261123)
    for place in chance.sample(range(len(original)), 80):
        content = bytearray(original)
        content[place] ^= 1 << chance.randrange(7)
        audit.trail_file(trail).write_bytes(content)
        assert not verify(trail).sound, place


def test_a_head_noted_elsewhere_finds_a_chain_rewritten_with_all_its_heads(trail: DataDir) -> None:
    number, found = verify(trail).head
    noted = f"{number}:{found[:16]}"
    assert verify(trail, head=noted).sound
    rewrite_all(trail)
    entry = json.loads(lines(trail)[-1])
    audit.heads_file(trail).write_text(f"5 {entry['entry_sha256']} {NOW.isoformat()}\n")
    assert any("与另行记下的不符" in f for f in verify(trail, head=noted).faults)
    with pytest.raises(CockpitError, match="序号:摘要值"):
        verify(trail, head="abc")


def test_heads_may_lie_on_another_disk(trail: DataDir, tmp_path: Path) -> None:
    (trail.root / "audit" / "heads.path").write_text(f"{tmp_path / 'other' / 'heads.log'}\n")
    step(trail, "e")
    assert len((tmp_path / "other" / "heads.log").read_text().splitlines()) == 1
    assert verify(trail).sound


def test_a_rebuild_gives_the_same_chain(trail: DataDir) -> None:
    step(trail, "late", at=NOW - timedelta(days=9))  # loaded last, happened first
    before, content = verify(trail), audit.trail_file(trail).read_bytes()
    store.rebuild(trail, NOW)
    assert audit.trail_file(trail).read_bytes() == content
    assert verify(trail, deep=True) == before


def test_batches_loaded_before_there_was_a_trail_enter_it(trail: DataDir) -> None:
    with duckdb.connect(str(trail.database.resolve())) as con:
        con.execute("DROP TABLE audit")
        con.execute("UPDATE meta SET value = '2' WHERE key = 'schema_version'")
    for path in (audit.trail_file(trail), audit.heads_file(trail)):
        path.unlink()
    step(trail, "e")
    verdict = verify(trail, deep=True)
    assert (verdict.sound, verdict.entries) == (True, 6)


@pytest.mark.parametrize("torn", [b'{"seq": 6, "eve', None])
def test_what_a_crash_left_half_written_is_completed(trail: DataDir, torn: bytes | None) -> None:
    """None: a batch of two entries of which only the first reached the disk."""
    if torn is None:
        step(trail, "e", count=2)
        write(trail, lines(trail)[:-1])
        store.rebuild(trail, NOW)
        assert [json.loads(x)["part"] for x in lines(trail)[-2:]] == ["1/2", "2/2"]
    else:
        with audit.trail_file(trail).open("ab") as file:
            file.write(torn)
        assert verify(trail).notes == ["最后一行没有写完（入库被中断），下次入库自动补齐"]
        step(trail, "e")
    assert verify(trail) == Verdict(verify(trail).entries, verify(trail).head, [], [])


def test_a_trail_ahead_of_the_database_is_taken_as_it_is(trail: DataDir) -> None:
    """Killed between the trail and the publication: the next load neither doubles nor loses an entry."""
    published = trail.database.readlink()
    step(trail, "e")
    archived = next(
        p
        for p in trail.archive.glob("*/*.parquet")
        if audit.derive(p, store.read_header(p))[0]["reason"] == "理由e"
    )
    archived.rename(trail.spool / archived.name)
    trail.database.unlink()
    trail.database.symlink_to(published)
    assert verify(trail).notes == ["最新 1 条还没有入库，下次入库自动补上"]
    step(trail, "f")
    assert (verify(trail).sound, verify(trail).entries, verify(trail).notes) == (True, 7, [])


def test_lost_lines_come_back_from_the_database_and_that_is_said(trail: DataDir) -> None:
    truncate(trail)
    step(trail, "e")
    assert [json.loads(x)["action"] for x in lines(trail)] == ["warning.ack"] * 5 + [
        "audit.restore",
        "warning.ack",
    ]
    assert verify(trail).sound


def test_lines_added_by_hand_are_put_aside_and_told(trail: DataDir) -> None:
    with audit.trail_file(trail).open("ab") as file:
        file.write(b'{"seq": 6, "actor": "x"}\n')
    step(trail, "e")
    verdict = verify(trail)
    assert (verdict.sound, verdict.entries) == (True, 6)
    assert verdict.notes == ["trail.rest-6.jsonl 是被替换下来的内容，请查明原因"]


def test_without_a_place_for_the_trail_nothing_is_published(trail: DataDir) -> None:
    before = store.version(trail)
    path = audit.trail_file(trail)
    content = path.read_bytes()
    path.unlink()
    path.mkdir()
    step(trail, "e", load=False)
    with pytest.raises(StoreError):
        store.load(trail, NOW)
    assert store.version(trail) == before
    assert store.pending_batches(trail) == 1
    path.rmdir()
    path.write_bytes(content)
    assert store.load(trail, NOW).batches == 1
    assert verify(trail).sound


CROWD = """
import sys; from datetime import datetime; from pathlib import Path
from cockpit.paths import DataDir; from tests.store.test_audit import step
for n in range(3): step(DataDir(Path(sys.argv[1])), f"{sys.argv[2]}-{n}")
"""


def test_several_processes_keep_one_chain(trail: DataDir) -> None:
    crowd = [
        subprocess.Popen([sys.executable, "-c", CROWD, str(trail.root), name], cwd=CHECKOUT) for name in "xyz"
    ]
    assert [p.wait(60) for p in crowd] == [0, 0, 0]
    verdict = verify(trail, deep=True)
    assert (verdict.sound, verdict.entries, verdict.faults) == (True, 5 + 9, [])
