"""What enters the trail besides events: files edited by the program or by hand, accounts, exports."""

from __future__ import annotations

import json
import shutil
from datetime import datetime

import pytest

from cockpit import pipeline, store, trail
from cockpit.__main__ import main
from cockpit.paths import SHIPPED, DataDir
from cockpit.store.audit_check import verify

NOW = datetime(2026, 11, 23, 4)


@pytest.fixture
def city(data: DataDir) -> DataDir:
    shutil.copytree(SHIPPED / "registry", data.registry)
    pipeline.load_all(data, NOW, force=True)
    return data


def entries(data: DataDir) -> list[tuple[str, str, str, str | None, str | None]]:
    with store.reader(data) as reader:
        rows = reader.rows("SELECT * FROM audit ORDER BY seq")
    return [(r["actor"], r["action"], r["object_id"], r["before"], r["after"]) for r in rows]


def test_nothing_changed_is_no_entry(city: DataDir) -> None:
    pipeline.load_all(city, NOW, force=True)
    assert entries(city) == []


def test_a_file_changed_by_hand_is_noticed_once(city: DataDir) -> None:
    path = city.registry / "units.csv"
    path.write_bytes(path.read_bytes().replace("渝水区,是".encode(), "渝水,是".encode()))
    for _ in range(2):
        pipeline.load_all(city, NOW, force=True)
    [(actor, action, name, before, after)] = entries(city)
    assert (actor, action, name) == ("未登录（直接改文件）", "file.changed", "registry/units.csv")
    assert before != after
    assert str(before).startswith("sha256 ")
    path.unlink()
    (city.registry / "sites.csv").unlink()
    trail.watch(city, NOW)
    assert store.pending_batches(city) == 2


def test_an_import_says_who_changed_which_lines(
    city: DataDir, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given = tmp_path_factory.mktemp("given") / "units.csv"
    given.write_bytes(
        (city.registry / "units.csv").read_bytes().replace("渝水区,是".encode(), "渝水,是".encode())
    )
    assert main(["registry", "--data", str(city.root), "--actor", "张管理", "import", str(given)]) == 0
    pipeline.load_all(city, NOW, force=True)
    [(actor, action, name, before, after)] = entries(city)
    assert (actor, action, name) == ("张管理", "register.import", "registry/units.csv")
    assert ("渝水区,是" in str(before), "渝水,是" in str(after)) == (True, True)
    assert str(after).count("\n") == 0, "only the line that changed"


def test_accounts_come_change_and_go_with_their_trail(
    city: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["--data", str(city.root), "--actor", "张管理", "--as-of", "2026-11-23T12:00"]
    account = "wang@xinyu.example"
    assert main(["access", *common, "set", account, "--name", "王值班", "--role", "值守"]) == 0
    assert main(["access", *common, "set", account, "--role", "复核", "--reason", "轮岗"]) == 0
    assert main(["access", *common, "remove", account]) == 0
    assert main(["access", *common, "remove", account]) == 2
    assert entries(city) == [
        ("张管理", "access.set", account, None, "王值班 · 值守"),
        ("张管理", "access.set", account, "王值班 · 值守", "王值班 · 复核"),
        ("张管理", "access.remove", account, "王值班 · 复核", None),
    ]
    assert "没有账号「wang@xinyu.example」" in capsys.readouterr().err
    assert main(["access", *common, "set", "li@xinyu.example", "--name", "李", "--role", "单位联系人"]) == 2
    assert "单位联系人没有写责任单位" in capsys.readouterr().err
    assert len(entries(city)) == 3


def test_the_command_tells_sound_and_broken(city: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    trail.note(city, actor="甲", action="file.edit", kind="rules", object_id="rules/x.toml", now=NOW)
    pipeline.load_all(city, NOW)
    number, digest = verify(city).head
    assert (
        main(["verify-audit", "--data", str(city.root), "--json", "--deep", "--head", f"1:{digest[:12]}"])
        == 0
    )
    assert json.loads(capsys.readouterr().out) == {
        "sound": True,
        "entries": 1,
        "head": {"seq": number, "sha256": digest},
        "faults": [],
        "notes": [],
    }
    path = city.root / "audit" / "trail.jsonl"
    path.write_bytes(path.read_bytes().replace("甲".encode(), "乙".encode()))
    assert main(["verify-audit", "--data", str(city.root)]) == 1
    assert "留痕不符" in capsys.readouterr().out
