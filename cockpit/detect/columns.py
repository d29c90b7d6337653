"""Which heading stands over a cell. The text of a page holds one cell a line, that of a sheet one row a line with tabs.

A page's text no longer tells how many columns a table had: cells of one column have one shape (as many digits), so
the distance to the next of that shape is the width, and as far above the first of them stands the heading.
"""

from __future__ import annotations

import re
from bisect import bisect_right

MOST_COLUMNS = 25
MOST_CELLS = 200  # of one row: more are no table for people
LONGEST_HEADING = 16
_NO_HEADING = re.compile(r"\d|[，。；]")

Wanted = re.Pattern[str]


class Columns:
    """The headings over the cells of a text, looked up in order of position."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []
        self._rows: dict[int, list[str]] = {}
        self._told: dict[tuple[int, int, Wanted], str] = {}

    def heading(self, start: int, end: int, wanted: Wanted, beside: Wanted | None = None) -> str:
        """The heading, one that `wanted` matches, over the cell which [start, end) fills; "" = none.

        In a table of two columns it stands beside the cell; `beside` = what is believed there, if less.
        """
        if not (self._edge(start - 1, -1) and self._edge(end, 1)):
            return ""
        if not self._starts:
            self._starts = [0, *(m.end() for m in re.finditer("\n", self._text))]
        number = bisect_right(self._starts, start) - 1
        cells = self._cells(number)
        if len(cells) > MOST_CELLS:
            return ""
        if len(cells) > 1:
            return self._in_rows(number, self._text.count("\t", self._starts[number], start), wanted)
        return self._in_lines(number, wanted, beside or wanted)

    def _edge(self, at: int, step: int) -> bool:
        """Whether a cell ends there, but for a blank."""
        if 0 <= at < len(self._text) and self._text[at] == " ":
            at += step
        return not 0 <= at < len(self._text) or self._text[at] in "\n\t"

    def _cells(self, number: int) -> list[str]:
        if not 0 <= number < len(self._starts):
            return [""]
        if number not in self._rows:
            following = self._starts[number + 1] - 1 if number + 1 < len(self._starts) else len(self._text)
            row = self._text[self._starts[number] : following]
            self._rows[number] = [cell.strip() for cell in row.split("\t")]
        return self._rows[number]

    def _in_rows(self, number: int, column: int, wanted: Wanted) -> str:
        """Upwards in the same column of rows with tabs; every row is walked once."""
        walked, told = [], ""
        for above in range(number, -1, -1):
            known = self._told.get((above, column, wanted))
            cells = self._cells(above)
            if known is not None or len(cells) < 2:
                told = known or ""
                break
            walked.append(above)
            if column < len(cells) and _is_heading(cells[column], wanted):
                told = cells[column]
                break
        self._told.update(((above, column, wanted), told) for above in walked)
        return told

    def _in_lines(self, number: int, wanted: Wanted, beside: Wanted) -> str:
        """By the width of the table, or by the cell above of the same shape."""
        key = self._cells(number - 1)[0]
        told = key if _is_heading(key, beside) else self._over(number, wanted)
        self._told[number, 0, wanted] = told
        return told

    def _over(self, number: int, wanted: Wanted) -> str:
        shape = self._shape(number)
        for width in range(1, MOST_COLUMNS + 1):
            told = self._told.get((number - width, 0, wanted))
            if told and self._shape(number - width) == shape:
                return told
        for width in range(2, MOST_COLUMNS + 1):
            top = self._cells(number - width)[0]
            if self._shape(number + width) == shape and _is_heading(top, wanted):
                return top
        return ""

    def _shape(self, number: int) -> int:
        """How many digits a cell has; 0 = words, -1 = words and digits."""
        cells = self._cells(number)
        bare = re.sub(r"[ \-xX*]", "", cells[0]) if len(cells) == 1 else ""
        if bare.isdecimal():
            return len(re.sub(r"[ \-]", "", cells[0]))
        return -1 if re.search(r"\d", bare) else 0


def _is_heading(cell: str, wanted: Wanted) -> bool:
    return (
        1 < len(cell) <= LONGEST_HEADING and not _NO_HEADING.search(cell) and wanted.search(cell) is not None
    )
