"""Codes in words: rules of detectors that a person may meet in the evidence."""

from __future__ import annotations

import pytest

from cockpit.detect import reader
from cockpit.ui import content, words


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("date.seen_before", "早于所写日期就已存在（date.seen_before）"),
        (reader.RULE, "统计复核（reader）"),
        ("typo:做为", "typo:做为"),
        (None, ""),
    ],
)
def test_rules_in_words(code: str | None, said: str) -> None:
    assert words.rule(code) == said


def test_rules_in_the_table_of_precision() -> None:
    told = [
        content.rule_name(rule) for rule in ("typo:做为", "traditional", "reader", "name:某某", "id_card")
    ]
    assert told == ["错别字：做为", "繁体字", "统计复核", "人名：某某", "身份证号"]
