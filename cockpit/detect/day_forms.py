"""Days written otherwise than 2026-03-05, brought into that form; and the day in a cell beside or below its label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborNode

MOST_LABELS, MOST_CELLS, LONGEST = 200, 40, 60
_WIDE = str.maketrans("０１２３４５６７８９－／．：", "0123456789-/.:")
_WIDE_DIGIT = re.compile("[０-９]")
_NUMERALS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {"○": "0", "零": "0", "О": "0"}
_NUMERAL = "".join(_NUMERALS)
_LABEL = r"(?:时间|日期|发布于?|Date|Time)\s*[:：]?\s*[\[【(（]?\s*"
_CHINESE = re.compile(rf"({_LABEL})([{_NUMERAL}]{{4}})年([{_NUMERAL}十]{{1,3}})月([{_NUMERAL}十]{{1,3}})日")
_SHORT_YEAR = re.compile(rf"({_LABEL})(\d\d)([-/.])(\d{{1,2}})\3(\d{{1,2}})(?![\d.-])", re.IGNORECASE)
_PUBLISHED = re.compile(r"(?:信息)?(?:发布|公布|公开|发稿|刊发|上网)(?:时间|日期)[:：]?")
_MARKS = re.compile(r"[\s【】\[\]]+")


def plain(text: str) -> str:
    """The text with full-width digits as usual ones, and labelled days in Chinese numerals or with a short year in full."""
    if _WIDE_DIGIT.search(text):
        text = text.translate(_WIDE)
    if "年" in text:
        text = _CHINESE.sub(_in_digits, text)
    return _SHORT_YEAR.sub(r"\g<1>20\2\3\4\3\5", text)


def _in_digits(match: re.Match[str]) -> str:
    year = "".join(_NUMERALS[c] for c in match[2])
    return f"{match[1]}{year}年{_number(match[3])}月{_number(match[4])}日"


def _number(written: str) -> int:
    """Up to 九十九; what is no number is 0, which no calendar has."""
    tens, ten, ones = written.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return 10 * int(_NUMERALS.get(tens, "1") if ten else "0") + int(_NUMERALS.get(ones, "0"))


def labelled(nodes: Iterator[LexborNode]) -> Iterator[str]:
    """What stands beside a cell, term or word that says 发布日期, or below it where the labels form a row of their own."""
    for node in islice(nodes, MOST_LABELS):
        text = node.text()
        if len(text) > LONGEST or not _PUBLISHED.fullmatch(_MARKS.sub("", text)):
            continue
        beside = _after(node)
        value = " ".join(beside.text().split()) if beside is not None else ""
        if any(c.isdigit() for c in value) and len(value) <= LONGEST:
            yield value
        elif node.tag in {"td", "th"} and (below := _below(node)) is not None:
            yield " ".join(below.text().split())[:LONGEST]


def _after(node: LexborNode) -> LexborNode | None:
    """The next element."""
    found = node.next
    while found is not None and found.tag in {"-text", "-comment"}:
        found = found.next
    return found


def _below(cell: LexborNode) -> LexborNode | None:
    """The cell of the same place in the next row, where that row is the only other one."""
    row = cell.parent
    rows = (
        [r for r in row.parent.iter() if r.tag == "tr"] if row is not None and row.parent is not None else []
    )
    if len(rows) != 2 or row.mem_id != rows[0].mem_id:
        return None
    cells = [[c for c in r.iter() if c.tag in {"td", "th"}][:MOST_CELLS] for r in rows]
    places = [n for n, c in enumerate(cells[0]) if c.mem_id == cell.mem_id]
    return cells[1][places[0]] if places and len(cells[0]) == len(cells[1]) else None
