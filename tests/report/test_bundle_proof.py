"""A bundle proves itself: the same bytes for ever, every score again from the bundle alone, every change found."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from cockpit import closing, pipeline, store
from cockpit.__main__ import main
from cockpit.appraise import actions
from cockpit.appraise.indicators import load_rules
from cockpit.clock import week_days
from cockpit.errors import CockpitError
from cockpit.paths import DataDir
from cockpit.registry.files import read_folder, write_tables
from cockpit.registry.sheets import UNITS
from cockpit.report import recheck, scorecard
from cockpit.store.queries import issues
from cockpit.workdays import Calendar

NOW = datetime(2026, 11, 24, 4)
WEEK = "2026-W47"
D = "演示数据_"


def export(data: DataDir, out: Path, *words: str, as_of: str = "2026-11-24T12:00") -> dict[str, bytes]:
    command = ["export", "--data", str(data.root), "--week", WEEK, "--out", str(out), "--as-of", as_of]
    assert main([*command, *words]) == 0
    return recheck.read(out)


def differing(one: dict[str, bytes], two: dict[str, bytes]) -> set[str]:
    return {n for n in one.keys() | two.keys() if one.get(n) != two.get(n)}


def test_an_issue_is_the_same_bundle_whatever_happens_later(city: DataDir, tmp_path: Path) -> None:
    before = export(city, tmp_path / "一.zip")
    tables = read_folder(city.registry)
    rows = [dict(r.values) for r in tables.rows["unit"]]
    rows[0] |= {"unit_name": "改名局", "sort_order": 9999}
    write_tables(city.registry, {UNITS: rows})
    batch = store.Batch(city, "patrol", "later")
    with store.reader(city) as reader:
        finding = reader.rows("SELECT * FROM finding WHERE gone_at IS NULL AND kind = 'link.dead' LIMIT 1")[0]
    batch.add("coverage", measured_at=NOW, collector="patrol", aspect="links", site_code=finding["site_code"], ok=True, complete=True)  # fmt: skip
    batch.write(NOW)
    assert main(["load", "--data", str(city.root), "--as-of", "2026-11-25T12:00"]) == 0
    with store.reader(city) as reader:
        changed = reader.one("SELECT gone_at FROM finding WHERE finding_id = ?", [finding["finding_id"]])
    assert changed is not None
    assert changed["gone_at"] is not None, "the facts of today are different ones"
    after = export(city, tmp_path / "二.zip", as_of="2026-11-26T12:00")
    assert differing(before, after) == {"meta.json"}
    one, two = (json.loads(found["meta.json"]) for found in (before, after))
    assert {k for k in one if one[k] != two[k]} == {"生成时间", "数据库版本", "数据库快照时间"}
    assert "改名局" not in after[f"{D}01_单位得分.csv"].decode("utf-8-sig")


def test_every_revision_stays_readable_and_proves_itself(city: DataDir, tmp_path: Path) -> None:
    with store.reader(city) as reader:
        known = issues.issues(reader, WEEK)
    assert [i["revision"] for i in known] == [1, 0]
    seen = {}
    for revision in (0, 1):
        found = export(city, tmp_path / f"{revision}.zip", "--revision", str(revision))
        proof = recheck.verify(found)
        assert (proof["same"], proof["revision"], proof["differences"]) == (True, revision, [])
        assert json.loads(found["meta.json"])["结果SHA256"] == known[1 - revision]["results_sha256"]
        seen[revision] = found
    assert f"{D}02_扣分明细.csv" in differing(seen[0], seen[1])
    assert main(["export", "--data", str(city.root), "--week", WEEK, "--out", str(tmp_path / "x"), "--revision", "7"]) == 2  # fmt: skip


def test_the_script_inside_needs_nothing_of_ours(city: DataDir, tmp_path: Path) -> None:
    export(city, tmp_path / "包")
    script = tmp_path / "包" / f"{D}复算.py"
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script)], cwd="/", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ 复算得分" in done.stdout
    (tmp_path / "包" / f"{D}02_扣分明细.csv").unlink()
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script)], cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "缺少 02_扣分明细.csv" in done.stderr


def resealed(files: dict[str, bytes]) -> dict[str, bytes]:
    """A forger who also writes the checksums anew."""
    sums = {
        n: hashlib.sha256(c).hexdigest() for n, c in files.items() if n not in {"meta.json", "SHA256SUMS"}
    }
    return {**files, "SHA256SUMS": "".join(f"{d}  {n}\n" for n, d in sums.items()).encode()}


def edited(content: bytes, change: Callable[[list[dict[str, str]]], None]) -> bytes:
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    change(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def raise_score(rows: list[dict[str, str]]) -> None:
    row = next(r for r in rows if r["最终得分（分）"] and r["是否单项否决"] == "否")
    row["最终得分（分）"] = "99.90"


def lift_veto(rows: list[dict[str, str]]) -> None:
    row = next(r for r in rows if r["是否单项否决"] == "是")
    row |= {"是否单项否决": "否", "最终得分（分）": row["不否决时得分（分）"], "等级": "合格"}


def drop_deduction(rows: list[dict[str, str]]) -> None:
    rows.remove(next(r for r in rows if float(r["折算后扣分（分）"]) > 0))


def hide_the_factor(rows: list[dict[str, str]]) -> None:
    next(r for r in rows if r["折算系数"])["折算系数"] = "1"


def raise_the_cap(rows: list[dict[str, str]]) -> None:
    row = next(r for r in rows if r["封顶后扣分（分）"])
    row["封顶后扣分（分）"] = str(float(row["封顶后扣分（分）"]) + 0.01)


def better_site(rows: list[dict[str, str]]) -> None:
    next(r for r in rows if r["对象类型"] == "网站" and r["得分（分）"])["得分（分）"] = "100.00"


def repair_in_time(rows: list[dict[str, str]]) -> None:
    row = next(r for r in rows if r["按期"] == "否")
    row["办结时间"] = row["发现时间"]


def drop_due(rows: list[dict[str, str]]) -> None:
    rows.remove(next(r for r in rows if r["计入整改按期率"] == "是"))


def forgive(rows: list[dict[str, str]]) -> None:
    next(r for r in rows if r["指标编号"] == "L-DEAD" and r["序号"])["保留比例"] = "0.0"


@pytest.mark.parametrize(
    ("file", "change", "field"),
    [
        ("01_单位得分", raise_score, "最终得分（分）"), ("01_单位得分", lift_veto, "是否单项否决"),
        ("02_扣分明细", drop_deduction, "折算后扣分（分）"), ("10_计分依据", forgive, "折算后扣分（分）"),
        ("02_扣分明细", hide_the_factor, "折算系数"), ("02_扣分明细", raise_the_cap, "封顶后扣分（分）"),
        ("12_对象得分", better_site, "得分（分）"), ("04_预警处置", repair_in_time, "按期"), ("04_预警处置", drop_due, "到期"),
    ],
)  # fmt: skip
def test_a_forged_bundle_is_found(
    city: DataDir, tmp_path: Path, file: str, change: Callable[[list[dict[str, str]]], None], field: str
) -> None:
    files = export(city, tmp_path / "包.zip")
    name = f"{D}{file}.csv"
    forged = {**files, name: edited(files[name], change)}
    plain = recheck.verify(forged)
    assert [c["name"] for c in plain["checks"] if not c["ok"]] == ["文件校验和", "复算得分"]
    sealed = recheck.verify(resealed(forged))
    assert [c["name"] for c in sealed["checks"] if not c["ok"]] == ["复算得分"], "the arithmetic still tells"
    assert field in {d["field"] for d in sealed["differences"]}


def test_other_rules_and_added_files_are_found(city: DataDir, tmp_path: Path) -> None:
    files = export(city, tmp_path / "包.zip")
    rules = files[f"{D}口径.toml"].replace(b"pass_score = 60", b"pass_score = 20")
    wrong = recheck.verify(resealed({**files, f"{D}口径.toml": rules}))
    assert "规则口径" in [c["name"] for c in wrong["checks"] if not c["ok"]]
    more = recheck.verify({**files, "11_另加.csv": b"x"})
    assert [c["text"] for c in more["checks"] if not c["ok"]] == [
        f"{len(files) - 2} 个文件，不符：11_另加.csv"
    ]


def test_the_command(city: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export(city, tmp_path / "包.zip")
    capsys.readouterr()
    assert main(["verify-bundle", str(tmp_path / "包.zip"), "--json"]) == 0
    proof = json.loads(capsys.readouterr().out)
    assert set(proof) == {"week", "revision", "batch", "same", "checks", "differences"}
    assert [c["name"] for c in proof["checks"]] == ["文件校验和", "规则口径", "复算得分"]
    assert main(["verify-bundle", str(tmp_path / "包.zip")]) == 0
    assert "一致" in capsys.readouterr().out
    whole = (tmp_path / "包.zip").read_bytes()
    (tmp_path / "断.zip").write_bytes(whole[: len(whole) // 2])
    with zipfile.ZipFile(tmp_path / "他.zip", "w") as other:
        other.writestr("a.txt", "x")
    (tmp_path / "文.zip").write_text("x")
    for name in ("断.zip", "他.zip", "文.zip", "无.zip"):
        assert main(["verify-bundle", str(tmp_path / name)]) == 2, name
        assert capsys.readouterr().err.strip()


def test_a_bundle_of_one_unit_and_of_an_open_week(city: DataDir, tmp_path: Path, data: DataDir) -> None:
    with store.reader(city) as reader:
        unit = reader.rows("SELECT unit_code FROM deduction ORDER BY 1 LIMIT 1")[0]["unit_code"]
    part = recheck.verify(export(city, tmp_path / "单位.zip", "--unit", unit))
    assert (part["same"], part["checks"][2]["text"].split("、")[0]) == (True, "1 个单位")
    with store.reader(city) as reader:
        others = [
            r["unit_name"] for r in reader.rows("SELECT unit_name FROM unit WHERE unit_code <> ?", [unit])
        ]
    told = b"".join(c for n, c in recheck.read(tmp_path / "单位.zip").items() if n.endswith(".csv"))
    assert [name for name in others if f",{name}," in told.decode("utf-8", "replace")] == []
    batch = store.Batch(data, "score", "r")
    batch.add("score", week=WEEK, revision=0, unit_code="u", unit_group="county", vetoed=False, score=99.0, deducted=0.0, base=100.0)  # fmt: skip
    batch.write(NOW)
    store.load(data, NOW)
    found = export(data, tmp_path / "未.zip")
    assert (json.loads(found["meta.json"])["封存"], recheck.verify(found)["same"]) == (False, True)
    assert "本周尚未封存" in found["说明.txt"].decode("utf-8-sig")


def test_the_workbook_has_numbers_as_numbers_and_codes_as_text(city: DataDir, tmp_path: Path) -> None:
    files = export(city, tmp_path / "包.zip")
    book = openpyxl.load_workbook(io.BytesIO(files[f"{D}考核包.xlsx"]))
    assert book.sheetnames == ["封面说明", "单位得分", "扣分明细", "数据字典"]
    for sheet, name in (("单位得分", "01_单位得分"), ("扣分明细", "02_扣分明细")):
        lines = list(csv.reader(io.StringIO(files[f"{D}{name}.csv"].decode("utf-8-sig"), newline="")))
        rows = [[c.value for c in row] for row in book[sheet].iter_rows()]
        assert rows[0] == lines[0]
        assert len(rows) == len(lines)
        place = lines[0].index("单位编码")
        assert [r[place] for r in rows] == [line[place] for line in lines]
        assert book[sheet].freeze_panes == "A2"
        assert book[sheet].print_title_rows == "$1:$1"
        assert WEEK in book[sheet].oddHeader.center.text
    heads = [c.value for c in book["单位得分"][1]]
    assert {type(c.value) for c in book["单位得分"][2] if heads[c.column - 1] == "扣分（分）"} <= {int, float}


def test_a_correction_keeps_the_annexes_of_the_first_closing(city: DataDir) -> None:
    with store.reader(city) as reader:
        first, second = (
            {n: t for n, t in issues.files(reader, WEEK, r).items() if n.startswith("export/")}
            for r in (0, 1)
        )
    assert first == second != {}
    assert closing.recompute(city, WEEK, NOW, revision=1).same


def test_going_back_to_the_batches_finds_the_same_whatever_was_ignored_since(city: DataDir) -> None:
    with store.reader(city) as reader:
        matter = reader.rows(
            "SELECT w.* FROM due_matter AS d JOIN warning AS w USING (warning_id, opened_at) "
            "WHERE d.week = ? AND d.revision = 0 AND w.closed_at IS NULL LIMIT 1",
            [WEEK],
        )[0]
    at = datetime(2026, 11, 26, 5)
    words = {"reason": "报备", "until": date(2027, 1, 1)}
    actions.act(city, {**matter, "state": "new"}, "ignore", actor="值班岗", now=at, **words)
    pipeline.load_all(city, at)
    proof = closing.recompute(city, WEEK, at, revision=0, deep=True)
    assert (proof.deep, proof.same) == ([], True)
    assert [d for d in proof.late if d.table == "due_matter"] == []


def test_deep_proof_from_the_archived_batches(city: DataDir) -> None:
    proof = closing.recompute(city, WEEK, NOW, revision=0, deep=True)
    assert (proof.same, proof.deep) == (True, [])
    min(city.archive.glob("*/samples-*.parquet")).unlink()  # the oldest: needed by every week
    with pytest.raises(CockpitError, match="归档里缺少 1 个批次"):
        closing.recompute(city, WEEK, NOW, revision=0, deep=True)


def test_the_rates_can_be_counted_from_the_bundle_alone(city: DataDir, tmp_path: Path) -> None:
    """Also what was due in the week and closed before it began has a row."""
    files = export(city, tmp_path / "包.zip")
    meta = json.loads(files["meta.json"])
    with store.reader(city) as reader:
        made = scorecard.read(reader, load_rules(city.rules), Calendar.load(city.calendar), WEEK)
    for rate, counted in zip(recheck.RATES, (made.repaired[0], made.answered[0]), strict=True):
        name, file, mark, term, done = rate
        rows = list(csv.DictReader(io.StringIO(files[f"{D}{file}"].decode("utf-8-sig"), newline="")))
        due = [r for r in rows if r[mark] == "是"]
        good = [r for r in due if r[done] and r[done][:10] <= r[term]]
        assert (
            meta[name] == {"到期": len(due), "按期": len(good)} == {"到期": counted.due, "按期": counted.done}
        )
        assert {(r["按期"], r in good) for r in due} <= {("是", True), ("否", False)}
        assert all(r["按期"] == "" for r in rows if r[mark] == "否")
        assert all(week_days(WEEK)[0].isoformat() <= r[term] <= week_days(WEEK)[1].isoformat() for r in due)
        assert due or name == "答复按期"
    closed_before = [
        r
        for r in csv.DictReader(io.StringIO(files[f"{D}04_预警处置.csv"].decode("utf-8-sig"), newline=""))
        if r["办结时间"] and r["办结时间"][:10] < week_days(WEEK)[0].isoformat()
    ]
    assert closed_before
    assert {r["计入整改按期率"] for r in closed_before} == {"是"}


def test_the_words_of_a_bundle_name_its_files_and_their_moments(city: DataDir, tmp_path: Path) -> None:
    files = export(city, tmp_path / "包.zip")
    notes = files[f"{D}说明.txt"].decode("utf-8-sig")
    assert f"python {D}复算.py" in notes
    cover = openpyxl.load_workbook(io.BytesIO(files[f"{D}考核包.xlsx"]))["封面说明"]
    assert f"python {D}复算.py" in " ".join(str(c.value) for row in cover.iter_rows() for c in row)
    assert "05 的环节、延期、期限、答复、结果都是统计周结束时（2026-11-23 00:00）的情况" in notes
    assert "03、04、08 是首次封存时（2026-11-23 09:00）的情况" in notes
    with store.reader(city) as reader:
        unrated = reader.rows("SELECT unit_code FROM score WHERE week = ? AND score IS NULL", [WEEK])
    assert unrated
    assert "未评单位（最终得分为空）的扣分由少量已采指标折算放大" in notes


def test_a_veto_row_shows_no_points_that_it_does_not_take(city: DataDir, tmp_path: Path) -> None:
    files = export(city, tmp_path / "包.zip")
    lines = csv.DictReader(io.StringIO(files[f"{D}02_扣分明细.csv"].decode("utf-8-sig"), newline=""))
    vetoes = [r for r in lines if r["是否单项否决"] == "是"]
    assert vetoes
    assert {(r["单位扣分（分）"], r["应扣（分）"]) for r in vetoes} == {("", "0.00")}
