"""Spam in text (垃圾信息): strong words of the trade, told from official language against it.

One strong word says nothing: laws and news use it. Two different ones do, or one with a way to reach the seller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cockpit.detect import illicit
from cockpit.detect.finding import TextFinding

SIGNALS = 2
NEAR = 14  # characters around a spam word that tell what is said about it
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SPREAD = re.compile(r"[\u4e00-\u9fff](?:[ ·•.*_|/\-][\u4e00-\u9fff]){1,12}")
_OFFER = re.compile(
    r"加\s*(?:微信|[VvQq]{1,2}|扣扣)|联系\s*(?:[QqVv]{1,2}|微信)|(?:[Aa][Pp][Pp]|官方|免费)\s*下载|官网|(?:注册|开户|首存)\s*送"
)

Hit = tuple[int, int, str]


def find(text: str, hits: list[Hit]) -> Iterator[TextFinding]:
    """Findings for words with their places, where they are of the trade."""
    of_trade = [h for h in hits if not illicit.AGAINST.search(_around(text, h, NEAR))]
    if len({word for _, _, word in of_trade}) >= SIGNALS or any(_offers(text, h) for h in of_trade):
        for start, end, word in of_trade:
            yield TextFinding("wording.spam", start, end, word, None, "critical", 0.9, f"spam:{word}")


def spread(text: str, words: Iterable[str]) -> list[Hit]:
    """Words written with something between their characters: 百 家 乐."""
    found: list[Hit] = []
    for match in _SPREAD.finditer(text):
        letters = [(m.start() + match.start(), m[0]) for m in _HAN.finditer(match[0])]
        closed = "".join(character for _, character in letters)
        for word in words:
            at = closed.find(word)
            if at >= 0:
                found.append((letters[at][0], letters[at + len(word) - 1][0] + 1, word))
    return found


def _around(text: str, hit: Hit, size: int) -> str:
    return text[max(0, hit[0] - size) : hit[1] + size]


def _offers(text: str, hit: Hit) -> bool:
    """A way to reach the seller stands by the word, and nothing against the trade."""
    around = _around(text, hit, 2 * NEAR)
    return _OFFER.search(around) is not None and not illicit.AGAINST.search(around)
