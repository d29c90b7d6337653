"""The confusion sets (data/lexicon/confusions.csv): which characters one is mistaken for, by sound or by shape."""

from __future__ import annotations

import re
from pathlib import Path

from cockpit import tabular
from cockpit.errors import Fault, InputError
from cockpit.tabular import Field, Row, Sheet

SHEET = Sheet(
    "confusions",
    "音近形近字",
    (
        Field("character", "字", required=True),
        Field("sound", "音近字", note="读音相近、容易错成的字，常见的在前，连着写"),
        Field("shape", "形近字", note="字形相近、容易错成的字，常见的在前，连着写"),
    ),
    key=("character",),
)
MOST = 60  # characters of one set: more are noise
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")


def load(path: Path) -> dict[str, str]:
    """Character → characters it is mistaken for, the more usual first. Raises InputError with every fault."""
    faults: list[Fault] = []
    if not path.is_file():
        fault = Fault(str(path), None, None, "没有音近形近字表", "从程序自带的 data/lexicon 复制一份")
        raise InputError([fault], "统计复核缺少音近形近字表：")
    rows = [row for raw in tabular.read(path) for row in tabular.parse(raw, SHEET, faults)]
    for row in rows:
        faults.extend(_faults(row))
    if faults:
        raise InputError(faults, f"音近形近字表有 {len(faults)} 处错误，请先更正：")
    return {r.values["character"]: (r.values["sound"] or "") + (r.values["shape"] or "") for r in rows}


def _faults(row: Row) -> list[Fault]:
    character = row.values["character"] or ""
    found = []
    if character and (len(character) != 1 or not _HAN.fullmatch(character)):
        found.append(("character", f"“{character[:20]}”不是一个汉字", "只写一个汉字"))
    sets = {"sound": row.values["sound"] or "", "shape": row.values["shape"] or ""}
    for field, others in sets.items():
        strange = "".join(dict.fromkeys(_HAN.sub("", others)))
        if strange:
            found.append((field, f"有不是汉字的“{strange[:20]}”", "汉字连着写，不用标点和空格"))
        if character and character in others:
            found.append((field, f"写了“{character[:1]}”自己", "删去"))
        if len(others) > MOST:
            found.append((field, f"有 {len(others)} 个字", f"只留最常见的，最多 {MOST} 个"))
    if not any(sets.values()):
        found.append(("sound", "音近字和形近字都空着", "至少填一个，或者删去这一行"))
    return [row.fault(SHEET, *fault) for fault in found]
