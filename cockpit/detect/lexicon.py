"""The lexicons under data/lexicon: read, validated (file, row, field), and turned into one immutable value.

Every entry has a source; a whitelist entry needs a reason and an expiry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cockpit import tabular
from cockpit.errors import Fault, InputError
from cockpit.tabular import Field, Sheet

SEVERITIES = {"critical": "critical", "high": "high", "medium": "medium", "low": "low"}
_SEVERITY = Field("severity", "严重程度", "choice", required=True, choices=SEVERITIES)
_EXCEPT = Field("exceptions", "例外上下文", note="出现在这些词中时不报，以 | 分隔")
_FROM, _TO = Field("valid_from", "生效日期", "date"), Field("valid_to", "失效日期", "date")
_SOURCE = Field("source", "来源", required=True)
KINDS = {"discouraged": "不宜用词", "title": "称谓职务", "legal": "法律用语"}

SHEETS: Mapping[str, Sheet] = MappingProxyType(
    {
        "typos.csv": Sheet(
            "typos",
            "错别字",
            (
                Field("wrong", "错误写法", required=True),
                Field("right", "建议写法", required=True),
                _SEVERITY,
                _EXCEPT,
                _FROM,
                _TO,
                _SOURCE,
            ),
            key=("wrong",),
            may_be_empty=True,
        ),
        "formulations.csv": Sheet(
            "formulations",
            "固定表述",
            (Field("phrase", "固定表述", required=True), _SEVERITY, _EXCEPT, _FROM, _TO, _SOURCE),
            key=("phrase",),
            may_be_empty=True,
        ),
        "discouraged.csv": Sheet(
            "discouraged",
            "不宜用词",
            (
                Field("wrong", "不宜写法", required=True),
                Field("right", "建议写法", required=True),
                Field("kind", "类别", "choice", required=True, choices=KINDS),
                _SEVERITY,
                _EXCEPT,
                _FROM,
                _TO,
                _SOURCE,
            ),
            key=("wrong",),
            may_be_empty=True,
        ),
        "institutions.csv": Sheet(
            "institutions",
            "机构名称",
            (
                Field("wrong", "机构旧称", required=True),
                Field("right", "现称", required=True),
                Field("valid_from", "停用日期", "date", required=True),
                _SEVERITY,
                _EXCEPT,
                _SOURCE,
            ),
            key=("wrong",),
            may_be_empty=True,
        ),
        "names.csv": Sheet(
            "names",
            "人名",
            (
                Field("right", "姓名", required=True),
                Field("post", "职务"),
                Field("wrong", "常见错写", required=True),
                _FROM,
                _TO,
                _SOURCE,
            ),
            key=("right",),
            may_be_empty=True,
        ),
        "spam.csv": Sheet(
            "spam",
            "垃圾信息",
            (Field("wrong", "词语", required=True), Field("kind", "类别"), _SOURCE),
            key=("wrong",),
            may_be_empty=True,
        ),
        "words.csv": Sheet(
            "words",
            "普通词语",
            (
                Field(
                    "wrong", "词语", required=True, note="错误写法的一头落在这样的词里时不报，如“保证全年”"
                ),
                _SOURCE,
            ),
            key=("wrong",),
            may_be_empty=True,
        ),
        "traditional.csv": Sheet(
            "traditional",
            "繁体字",
            (Field("wrong", "繁体", required=True), Field("right", "简体", required=True)),
            key=("wrong",),
            may_be_empty=True,
        ),
        "whitelist.csv": Sheet(
            "whitelist",
            "白名单",
            (
                Field("wrong", "词语", required=True),
                Field("rule", "规则"),
                Field("reason", "理由", required=True),
                Field("valid_to", "失效日期", "date", required=True),
                Field("actor", "登记人", required=True),
            ),
            key=("wrong", "rule"),
            may_be_empty=True,
        ),
    }
)


@dataclass(frozen=True)
class Entry:
    """One rule of the lexicon. kind is a finding kind without `wording.`; phrases have right == wrong."""

    kind: str
    wrong: str
    right: str | None
    severity: str
    exceptions: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    rule: str = ""

    def holds_on(self, day: date | None) -> bool:
        """Whether the rule applies to a text of a day; a text without a date is judged by rules without dates only."""
        if day is None:
            return self.valid_from is None
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


@dataclass(frozen=True)
class Lexicon:
    """Everything wording.find needs, by part."""

    literal: tuple[Entry, ...]
    phrases: tuple[Entry, ...]
    spam: tuple[str, ...]
    traditional: Mapping[str, str]
    whitelist: tuple[tuple[str, str | None, date], ...]
    words: tuple[str, ...] = ()

    def only_dated(self) -> Lexicon:
        """The names of institutions alone, which are right or wrong by date."""
        return Lexicon(
            tuple(e for e in self.literal if e.kind == "institution"), (), (), {}, self.whitelist, self.words
        )

    @staticmethod
    def load(folder: Path) -> Lexicon:
        """Read a lexicon folder. Raises InputError with every fault."""
        faults: list[Fault] = []
        rows = {sheet.name: _rows(folder / name, sheet, faults) for name, sheet in SHEETS.items()}
        if faults:
            raise InputError(faults, f"词库有 {len(faults)} 处错误，请先更正：")
        literal = [
            *(_entry("typo", row) for row in rows["typos"]),
            *(_entry(row["kind"], row) for row in rows["discouraged"]),
            *(_entry("institution", row) for row in rows["institutions"]),
            *(_name(row, wrong) for row in rows["names"] for wrong in _words(row["wrong"])),
        ]
        phrases = [
            _entry("formulation", {**row, "wrong": row["phrase"], "right": row["phrase"]})
            for row in rows["formulations"]
        ]
        return Lexicon(
            tuple(literal),
            tuple(phrases),
            tuple(row["wrong"] for row in rows["spam"]),
            MappingProxyType({row["wrong"]: row["right"] for row in rows["traditional"]}),
            tuple((row["wrong"], row["rule"], row["valid_to"]) for row in rows["whitelist"]),
            tuple(row["wrong"] for row in rows["words"]),
        )


def _rows(path: Path, sheet: Sheet, faults: list[Fault]) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    try:
        return [dict(row.values) for raw in tabular.read(path) for row in tabular.parse(raw, sheet, faults)]
    except InputError as error:
        faults.extend(error.faults)
        return []


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word for word in (text or "").split("|") if word)


def _entry(kind: str, row: Mapping[str, Any]) -> Entry:
    return Entry(
        kind,
        row["wrong"],
        row["right"],
        row["severity"],
        _words(row.get("exceptions")),
        row.get("valid_from"),
        row.get("valid_to"),
        f"{kind}:{row['wrong']}",
    )


def _name(row: Mapping[str, Any], wrong: str) -> Entry:
    return Entry(
        "title",
        wrong,
        row["right"],
        "critical",
        (),
        row["valid_from"],
        row["valid_to"],
        f"name:{row['right']}",
    )
