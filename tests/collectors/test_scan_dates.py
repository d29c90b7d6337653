"""`scan` of texts, which carry no date: rules that hold from a day on need one, and what was not applied is told."""

from __future__ import annotations

import json

import pytest

from collectors.__main__ import main


@pytest.mark.parametrize(
    ("more", "found", "told"), [([], [], True), (["--as-of", "2026-11-23"], ["国土资源局"], False), (["--as-of", "2017-05-01"], [], False)]
)  # fmt: skip
def test_old_names_need_a_date(more: list[str], found: list[str], told: bool, tmp_path, capsys) -> None:
    text = tmp_path / "a.txt"
    text.write_text("由市国土资源局负责\n", encoding="utf-8")
    assert main(["scan", str(text), "--lines", "--json", "--data", str(tmp_path), *more]) == 0
    out, err = capsys.readouterr()
    assert [f["text"] for f in json.loads(out)["findings"]] == found
    assert ("--as-of" in err) is told


@pytest.mark.parametrize("others", [0, 1])
def test_the_rest_is_scanned_where_there_is_a_rest(others: int, tmp_path, capsys) -> None:
    text = tmp_path / "a.txt"
    text.write_text("通知\n", encoding="utf-8")
    files = [str(tmp_path / "missing.txt"), *[str(text)] * others]
    assert main(["scan", *files, "--data", str(tmp_path)]) == 2
    assert ("其余照常扫描" in capsys.readouterr().err) is bool(others)


def test_a_picture_is_not_clean(tmp_path, capsys) -> None:
    picture = tmp_path / "扫描件.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    assert main(["scan", str(picture), "--json", "--data", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert (json.loads(out)["findings"], json.loads(out)["cause"]) == ([], "attachment_format")
    assert "读不出文字" in err
