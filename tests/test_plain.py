"""Hidden characters are named on every way out, and JSON keeps its value."""

from __future__ import annotations

import io
import json
import sys

import pytest

from cockpit import plain
from cockpit.__main__ import main

SHOWN = [
    ("平常的文字 abc\n第二行\t制表", "平常的文字 abc\n第二行\t制表"),
    ("\x1b[31m红\x1b[0m", "␛[31m红␛[0m"),
    ("a\x00b\x7fc\x9bd", "a␀b␡c⟨U+009B⟩d"),
    ("文件\u202efdp.exe", "文件⟨U+202E⟩fdp.exe"),
    ("看\u200b不\u200b\u200b见" + "\u200b" * 500, "看⟨U+200B⟩不⟨U+200B⟩⟨U+200B⟩见⟨U+200B⟩×500"),
    ("真行\r假行\r\n下一行", "真行␍假行\n下一行"),
    ("e\u0301" + "\u0336" * 90, "e\u0301\u0336\u0336"),
    ("\ud800\ufffe\ufdd0", "\ufffd\ufffd\ufffd"),
    ("👨\u200d👩\u200d👧 家", "👨\u200d👩\u200d👧 家"),
    ("词\u200d语", "词⟨U+200D⟩语"),
    ("\U000e0041\u2028", "⟨U+E0041⟩⟨U+2028⟩"),
]


@pytest.mark.parametrize(("text", "shown"), SHOWN)
def test_what_cannot_be_seen_is_named(text: str, shown: str) -> None:
    assert plain.visible(text) == shown
    assert plain.visible(shown) == shown


def test_documents_leave_it_out_and_lists_keep_one_line() -> None:
    assert plain.stripped("红\x1b[31m\u202e字\u200b\r\n二") == "红[31m字\n二"
    assert plain.line("第一行\n  假的第二行\t三\x1b") == "第一行 假的第二行 三␛"
    assert plain.hidden("a\u202eb\u202e\x00") == "U+202E、U+0000"
    assert plain.hidden("👨\u200d👩 平常") == ""


def test_json_keeps_its_value_and_holds_nothing_hidden() -> None:
    value = {"a\u202e": "x\x9b\u200b\U000e0041\ud800\n👨\u200d👩", "n": [1, None]}
    text = plain.as_json(value)
    assert json.loads(text) == value
    assert plain.hidden(text) == ""
    assert plain.escaped(text) == text


def test_a_command_shows_what_it_was_given(capsys: pytest.CaptureFixture[str]) -> None:
    out = sys.stdout
    assert main(["score", "--week", "2026\x1b[2J\u202e"]) == 2
    assert sys.stdout is out
    told = capsys.readouterr()
    assert plain.hidden(told.out + told.err) == ""
    assert "␛[2J⟨U+202E⟩" in told.err


def test_a_progress_line_may_go_back_to_its_start_and_a_text_may_not() -> None:
    kept = sys.stderr
    sys.stderr = io.StringIO()
    try:
        with plain.streams():
            sys.stderr.write("\r 50%")
            sys.stderr.writelines(["\r", "失败\r成功"])
        assert sys.stderr.getvalue() == "\r 50%\r失败␍成功"
    finally:
        sys.stderr = kept


@pytest.mark.parametrize(
    "other", ["张三", " 张 三 ", "张三（自填）", "张\u200b三", "\u202e张三", "张三\u3000"]
)
def test_one_person_does_not_become_two_by_writing(other: str) -> None:
    assert plain.same_name("张三", other)
    assert plain.same_name("Ｚｈａｎｇ", "zhang")
    assert not plain.same_name("张三", "张三丰")


def test_a_typed_name_says_so() -> None:
    assert plain.typed(" 值班岗 ") == "值班岗（自填）"
    assert plain.typed("  ") == ""
