"""Backup and restore: all of it comes back as it was; what does not prove right, or must not mix, changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cockpit import access, pipeline, score_command, store
from cockpit.__main__ import main
from cockpit.appraise.indicators import load_rules
from cockpit.errors import StoreError
from cockpit.paths import DataDir
from cockpit.store import backup as keeping
from cockpit.store.audit_check import verify
from cockpit.store.queries import scores
from tests.faults.town import NOW, settle_town

READER = ("corpus/a.txt", "reader/model.npz")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """A town with everything a backup must hold: scores, accounts, attachment, snapshot, a batch still waiting."""
    data = settle_town(DataDir(tmp_path_factory.mktemp("backup") / "data"))
    rules = load_rules(data.rules)
    score_command.save(data, rules, score_command.compute(data, rules, "2026-W47", NOW), NOW)
    access.write_people(access.access_file(data), [{"account": "a@x.cn", "name": "甲", "role": "duty"}])
    pipeline.load_all(data, NOW)
    for name in ("attachments/ab.pdf", "snapshots/aa/page.html.zst", *READER):
        (data.root / name).parent.mkdir(parents=True, exist_ok=True)
        (data.root / name).write_bytes(name.encode())
    (data.root / "secrets.toml").write_text('TEST = "very secret"\n')
    batch = store.Batch(data, "probe", "late")
    batch.add(
        "probe", measured_at=NOW, site_code="xinyu-portal", family="4", ok=True, measured=True, seconds=2.0
    )
    batch.write(NOW)
    return data


@pytest.fixture
def town(made: DataDir, tmp_path: Path) -> DataDir:
    shutil.copytree(made.root, tmp_path / "town", symlinks=True)
    return DataDir(tmp_path / "town")


def contents(data: DataDir) -> dict[str, bytes]:
    """Every file that counts, by its path."""
    return {p.relative_to(data.root).as_posix(): p.read_bytes() for p in keeping._chosen(data)}


def stored(data: DataDir) -> list[dict[str, object]]:
    with store.reader(data) as reader:
        return [
            {k: v for k, v in r.items() if k != "computed_at"}
            for r in scores.stored_scores(reader, "2026-W47")
        ]


def test_the_round_trip(town: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, other = tmp_path / "out" / "b.tar", DataDir(tmp_path / "other")
    assert main(["backup", "--data", str(town.root), "--out", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["origin"], told["files"], told["published"]) == (
        "collected",
        len(contents(town)),
        store.version(town),
    )
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"very secret" not in file.read_bytes()
    assert main(["restore", "--data", str(other.root), str(file)]) == 0
    assert contents(other) == contents(town)
    assert {*READER} <= contents(other).keys()
    assert store.version(other) == store.version(town)
    assert stored(other) == stored(town) != []
    assert verify(other) == verify(town)
    assert store.pending_batches(other) == 1
    assert pipeline.load_all(other, NOW).batches == 1, "and work goes on"
    assert [p.name for p in tmp_path.iterdir() if "restore-" in p.name or "replaced" in p.name] == []


def test_a_rebuild_of_what_was_restored_gives_the_same_scores(town: DataDir, tmp_path: Path) -> None:
    keeping.backup(town, tmp_path / "b.tar", NOW)
    other = DataDir(tmp_path / "other")
    keeping.restore(other, tmp_path / "b.tar", NOW)
    before = stored(other)
    for version in other.versions.glob("*.duckdb"):
        version.write_bytes(b"damaged")
    assert pipeline.rebuild_all(other, NOW).rejected == []
    assert stored(other) == before != []
    rules = load_rules(other.rules)
    again = score_command.compute(other, rules, "2026-W47", NOW)
    assert {s.unit_code: s.score for s in again.scores} == {r["unit_code"]: r["score"] for r in before}
    assert verify(other).sound


def test_existing_data_is_replaced_only_when_asked_and_kept_beside(town: DataDir, tmp_path: Path) -> None:
    keeping.backup(town, tmp_path / "b.tar", NOW)
    wanted = contents(town)
    (town.registry / "units.csv").write_bytes(b"spoiled")
    pipeline_batch = store.Batch(town, "action")
    pipeline_batch.add("warning_event", event_id="e", warning_id="W", event_at=NOW, actor="乙", action="ack")
    pipeline_batch.write(NOW)
    with pytest.raises(StoreError, match="--replace"):
        keeping.restore(town, tmp_path / "b.tar", NOW)
    assert (town.registry / "units.csv").read_bytes() == b"spoiled"
    keeping.restore(town, tmp_path / "b.tar", NOW, replace=True)
    assert contents(town) == wanted
    [aside] = tmp_path.glob("town.replaced-*")
    assert (aside / "registry" / "units.csv").read_bytes() == b"spoiled"
    assert len(list((aside / "spool").glob("*.parquet"))) == 2
    assert verify(town).sound


def test_a_backup_of_before_the_training_leaves_the_reader(town: DataDir, tmp_path: Path) -> None:
    for name in READER:
        (town.root / name).rename(tmp_path / Path(name).name)
    keeping.backup(town, tmp_path / "b.tar", NOW)
    for name in READER:
        (tmp_path / Path(name).name).rename(town.root / name)
    keeping.restore(town, tmp_path / "b.tar", NOW, replace=True)
    assert {*READER} <= contents(town).keys()


@pytest.mark.parametrize(("here", "there"), [(True, False), (False, True)])
def test_demonstration_and_collected_data_never_mix(
    made: DataDir, tmp_path: Path, here: bool, there: bool
) -> None:
    source, target = (DataDir(tmp_path / name) for name in ("source", "target"))
    for data, demo in ((source, here), (target, there)):
        if demo:
            data.mark_demo()
        batch = store.Batch(data, "probe", "r")
        batch.add("probe", measured_at=NOW, site_code="a", family="4", ok=True, measured=True)
        batch.write(NOW)
        store.load(data, NOW)
    keeping.backup(source, tmp_path / "b.tar", NOW)
    before = contents(target)
    with pytest.raises(StoreError, match="不得混合"):
        keeping.restore(target, tmp_path / "b.tar", NOW, replace=True)
    assert contents(target) == before
    empty = DataDir(tmp_path / "empty")
    keeping.restore(empty, tmp_path / "b.tar", NOW)
    assert empty.is_demo is here


def flip(path: Path, place: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)
        file.seek(place)
        file.write(bytes([byte[0] ^ 1]))


def test_a_damaged_backup_changes_nothing(town: DataDir, tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    keeping.backup(town, file, NOW)
    with tarfile.open(file) as tar:
        places = [m.offset_data for m in tar.getmembers()[1::7]]
    for place in places:
        bad = tmp_path / "bad.tar"
        shutil.copyfile(file, bad)
        flip(bad, place)
        with pytest.raises(StoreError, match="已损坏|与清单不符"):
            keeping.restore(DataDir(tmp_path / "other"), bad, NOW)
    for size in (0, 100, file.stat().st_size // 2):
        bad.write_bytes(file.read_bytes()[:size])
        with pytest.raises(StoreError, match="备份文件|缺少|损坏|不符"):
            keeping.restore(DataDir(tmp_path / "other"), bad, NOW)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "registry/../../evil", "secrets.toml", "registry", "db\\..\\x"]
)
def test_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    manifest = {
        "origin": "collected",
        "created_at": "",
        "code_version": "1",
        "schema_version": 1,
        "published": None,
        "audit_head": "0:0",
        "files": {name: [1, "0"]},
    }
    content = json.dumps(manifest).encode()
    (tmp_path / keeping.MANIFEST).write_bytes(content)
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        tar.add(tmp_path / keeping.MANIFEST, keeping.MANIFEST)
    with pytest.raises(StoreError, match="不正常"):
        keeping.restore(DataDir(tmp_path / "other"), tmp_path / "b.tar", NOW)


def test_links_inside_a_backup_are_refused(tmp_path: Path) -> None:
    manifest = {
        "origin": "collected",
        "created_at": "",
        "code_version": "1",
        "schema_version": 1,
        "published": None,
    }
    manifest |= {"audit_head": "0:0", "files": {"registry/units.csv": [0, "0"]}}
    (tmp_path / keeping.MANIFEST).write_text(json.dumps(manifest))
    os.symlink("/etc/passwd", tmp_path / "link")
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        tar.add(tmp_path / keeping.MANIFEST, keeping.MANIFEST)
        tar.add(tmp_path / "link", "registry/units.csv")
    with pytest.raises(StoreError, match="与清单不符"):
        keeping.restore(DataDir(tmp_path / "other"), tmp_path / "b.tar", NOW)


def test_a_backup_does_not_go_into_the_data_it_holds(town: DataDir) -> None:
    with pytest.raises(StoreError, match="不要放在数据目录"):
        keeping.backup(town, town.root / "b.tar", NOW)


def test_a_folder_of_backups_keeps_the_newest(town: DataDir, tmp_path: Path) -> None:
    for day in range(4):
        at = (NOW + timedelta(days=day)).isoformat()
        words = ["--folder", str(tmp_path / "keep"), "--keep", "2", "--as-of", f"{at}+00:00"]
        assert main(["backup", "--data", str(town.root), *words]) == 0
    assert sorted(p.name for p in (tmp_path / "keep").iterdir()) == [
        "cockpit-20261125-120000.tar",
        "cockpit-20261126-120000.tar",
    ]
    assert main(["backup", "--data", str(town.root)]) == 2
    assert datetime.fromisoformat(
        keeping.restore(
            DataDir(tmp_path / "o"), tmp_path / "keep" / "cockpit-20261126-120000.tar", NOW
        ).created_at
    )
