"""Wording (错敏信息): curated pairs, frozen phrases near-missed, dated institutions, spam, stray traditional characters.

One Aho-Corasick pass over all literal rules and the pieces of all phrases; a phrase's pieces lead to windows
that are compared by edit distance (one edit below twelve characters, two above; Navarro 2001, pattern
partitioning). Precision comes from curated lists and exceptions, not from guessing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

import daachorse
from rapidfuzz.distance import OSA

from cockpit.detect import former, reader
from cockpit.detect import spam as spamming
from cockpit.detect.finding import TextFinding
from cockpit.detect.lexicon import Entry, Lexicon

LONG = 14  # characters from which two edits are still the same phrase
NEAR_STRAY = 12  # characters around a traditional one that must hold eight Chinese ones
MOST_TRADITIONAL = 8  # more of them are a text in traditional characters, not stray ones
# Of one text: places kept and compared with phrases, and findings; what is beyond them is told by `look`.
MOST_PLACES, MOST_WINDOWS, MOST_VARIANTS, MOST_FOUND = 100_000, 20_000, 2_000, 10_000
MOST_REVIEWED = 8_000  # characters of a text: the reader is slow
COMMON = 3  # a variant written so often on one page is a fixed usage there, not a slip
_SUFFIXES = frozenset("局部委厅院所站处科办会署团队镇乡县区市省")
_FIELDS = frozenset("局部厅")  # without it the name of an institution is that of its field
_MISTAKEN = {
    "厅": "听庭廷亭",
    "局": "居剧句拘",
    "部": "布步不",
    "委": "位尾伪",
    "院": "苑员圆阮",
    "处": "出外",
    "会": "汇绘",
}
_NUMERAL = set("一二三四五六七八九十百千零〇0123456789第两几廿")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ITEM_HEAD = re.compile(r"(?:^|[、，：（\s])(?P<part>[\u4e00-\u9fff]{0,2})$")
_ITEM_TAIL = re.compile(r"(?P<part>[\u4e00-\u9fff]{0,2}?)(?=[、，（）\s]|同志|等|$)")
_REGIONS = "台湾|香港|澳门"
_PLACE = rf"(?:中国)?(?:{_REGIONS}|{former.COUNTRIES})"
_COUNTRIES = re.compile(
    rf"{_PLACE}(?:(?:[、,，和及与]|以及){_PLACE})+等(?:[一二三四五六七八九十\d多]+个?)?(?:国家|国)(?![家内际有防企标道网外情债库籍资产]|(?:和|或|及|与|、|（)地区)"
)
_LINKS = frozenset("的和与及并了在为是以要对把被")
_BLANKS = frozenset("_×*＿XxO○〇□")
LEAST_CUT = 6  # characters: a shorter phrase without an end may be another word


class Matcher:
    """A lexicon made ready for matching. Building takes some milliseconds; matching is thread-safe."""

    def __init__(self, lexicon: Lexicon, review: reader.Model | None = None) -> None:
        """`review`: a trained reader, whose suspects are added with severity low."""
        self.lexicon, self.review = lexicon, review
        self._patterns: list[str] = []
        self._meaning: list[list[tuple[str, Entry | str, int]]] = []
        places: dict[str, int] = {}
        for pattern, meaning in self._all():
            if pattern not in places:
                places[pattern] = len(self._patterns)
                self._patterns.append(pattern)
                self._meaning.append([])
            self._meaning[places[pattern]].append(meaning)
        self._runs_on = {e.wrong: crossings(e.wrong, lexicon.words) for e in lexicon.literal}
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(self._patterns) if self._patterns else None
        characters = "".join(map(re.escape, lexicon.traditional))
        self._traditional = re.compile(f"[{characters}]") if characters else None

    def _all(self) -> Iterator[tuple[str, tuple[str, Entry | str, int]]]:
        for entry in self.lexicon.literal:
            yield entry.wrong, ("literal", entry, 0)
        for word in self.lexicon.spam:
            yield word, ("spam", word, 0)
        for entry in self.lexicon.phrases:
            for offset, piece in pieces(entry.wrong):
                yield piece, ("piece", entry, offset)

    def find(self, text: str, on: date | None = None) -> list[TextFinding]:
        """Findings in order of position. `on`: the text's publish date, for names valid by date."""
        return self.look(text, on)[0]

    def look(self, text: str, on: date | None = None) -> tuple[list[TextFinding], int | None]:
        """Findings, and the character from which a text made to keep us busy was not looked at; None = all was."""
        found: list[TextFinding] = []
        cut: int | None = None
        windows: dict[tuple[str, int], Entry] = {}
        spam: list[tuple[int, int, str]] = []
        for start, end, number in self._automaton.find_overlapping(text) if self._automaton else ():
            if len(windows) >= MOST_PLACES or len(found) >= MOST_FOUND:
                cut = start
                break
            for role, what, offset in self._meaning[number]:
                if role == "literal" and isinstance(what, Entry):
                    found += self._literal(text, start, end, what, on)
                elif role == "piece" and isinstance(what, Entry):
                    at = start - offset if start > offset else 0
                    if not text.startswith(what.wrong, at):
                        windows[what.wrong, at] = what
                elif isinstance(what, str):
                    spam.append((start, end, what))
        phrases, missed = self._phrases(text, windows, on)
        found += phrases
        found += spamming.find(text, spam + spamming.spread(text, self.lexicon.spam))
        found += self._stray(text)
        found += _as_countries(text)
        if self.review is not None:
            found += reader.find(text[:MOST_REVIEWED], self.review)
        return self._cleared(found, on), min((at for at in (cut, missed) if at is not None), default=None)

    def _literal(
        self, text: str, start: int, end: int, entry: Entry, on: date | None
    ) -> Iterator[TextFinding]:
        if not entry.holds_on(on) or self._runs_on[entry.wrong].at(text, start, end):
            return
        around = text[max(0, start - 8) : end + 8]
        if any(exception in around for exception in entry.exceptions):
            return
        if entry.kind == "institution" and former.is_historical(text, start, end, entry.valid_from):
            return
        if entry.right and entry.wrong in entry.right and entry.right in around:
            return
        yield TextFinding(
            f"wording.{entry.kind}", start, end, entry.wrong, entry.right, entry.severity, 0.95, entry.rule
        )

    def _phrases(
        self, text: str, windows: dict[tuple[str, int], Entry], on: date | None
    ) -> tuple[list[TextFinding], int | None]:
        """Near misses at the places of pieces; the same surroundings are compared once."""
        found: list[TextFinding] = []
        times: dict[str, int] = {}
        compared: set[tuple[str, str]] = set()
        many = len(windows) > MOST_WINDOWS
        for (phrase, at), entry in windows.items():
            if on is not None and not entry.holds_on(on):
                continue
            size = len(phrase)
            most = 2 if size >= LONG else 1
            low = at - most - 1 if at > most else 0
            around = text[low : at + size + 2 * most + 1]
            if many:
                compared.add((phrase, around))
            if len(compared) > MOST_WINDOWS or len(times) > MOST_VARIANTS:
                return found, at
            hit = _compared(around, at - low, phrase)
            if hit is None:
                continue
            start, end = hit[0] + low, hit[1] + low
            variant = text[start:end]
            if variant not in times:
                times[variant] = text.count(variant)
            if (
                times[variant] >= COMMON
                or _numerals_only(variant, phrase)
                or self._is_right(variant)
                or any(e in text[max(0, start - 10) : end + 10] for e in entry.exceptions)
            ):
                continue
            rule = f"formulation:{phrase}"
            found.append(
                TextFinding("wording.formulation", start, end, variant, phrase, entry.severity, 0.95, rule)
            )
        return found, None

    def _is_right(self, variant: str) -> bool:
        """The variant is, or lies within, another phrase of the list that is right as it stands."""
        return any(variant == other.wrong for other in self.lexicon.phrases)

    def _stray(self, text: str) -> Iterator[TextFinding]:
        if self._traditional is None:
            return
        hits = list(self._traditional.finditer(text))
        if 0 < len(hits) <= MOST_TRADITIONAL:
            for match in hits:
                around = text[max(0, match.start() - NEAR_STRAY) : match.end() + NEAR_STRAY]
                if len(_HAN.findall(around)) >= 8 and not _in_name(text, match.start()):
                    right = self.lexicon.traditional[match[0]]
                    yield TextFinding(
                        "wording.typo", match.start(), match.end(), match[0], right, "low", 0.7, "traditional"
                    )

    def _cleared(self, found: list[TextFinding], on: date | None) -> list[TextFinding]:
        """Without whitelisted hits and without hits inside others; in order of position."""
        order = {"critical": 0, "high": 1, "medium": 2, "low": 3}
        kept: list[TextFinding] = []
        taken = bytearray(max((f.end for f in found), default=0))
        for finding in sorted(found, key=lambda f: (order[f.severity], f.start - f.end, f.start)):
            span = slice(finding.start, finding.end)
            if not any(taken[span]) and not self._whitelisted(finding, on):
                taken[span] = b"\x01" * (finding.end - finding.start)
                kept.append(finding)
        return sorted(kept, key=lambda f: f.start)

    def _whitelisted(self, finding: TextFinding, on: date | None) -> bool:
        return any(
            finding.text == word and (rule is None or rule == finding.rule) and (on is None or on < until)
            for word, rule, until in self.lexicon.whitelist
        )


def find(text: str, lexicon: Lexicon | Matcher, on: date | None = None) -> list[TextFinding]:
    """Findings in a text; keep a Matcher for many texts."""
    matcher = lexicon if isinstance(lexicon, Matcher) else Matcher(lexicon)
    return matcher.find(text, on)


@dataclass(frozen=True)
class Crossing:
    """What stands before or after a wrong form where an ordinary word runs across its edge: 进|入帐|篷."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    def at(self, text: str, start: int, end: int) -> bool:
        return text.startswith(self.after, end) or text.endswith(self.before, 0, start)


def crossings(wrong: str, words: tuple[str, ...]) -> Crossing:
    """The parts of words that stick out of a wrong form: 保证全 meets 全年, so 年 after it is no slip."""
    heads, tails = _halves(words)
    sizes = range(1, len(wrong) + 1)
    return Crossing(
        tuple(dict.fromkeys(head for size in sizes for head in heads.get(wrong[:size], ()))),
        tuple(dict.fromkeys(tail for size in sizes for tail in tails.get(wrong[-size:], ()))),
    )


@lru_cache(maxsize=4)
def _halves(words: tuple[str, ...]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """(second half of a word → its first halves, first half → its second halves)."""
    heads: dict[str, list[str]] = {}
    tails: dict[str, list[str]] = {}
    for head, tail in ((word[:at], word[at:]) for word in words for at in range(1, len(word))):
        heads.setdefault(tail, []).append(head)
        tails.setdefault(head, []).append(tail)
    return heads, tails


def edits(phrase: str) -> int:
    """How many edits still make the same phrase."""
    return 2 if len(phrase) >= LONG else 1


def pieces(phrase: str) -> list[tuple[int, str]]:
    """k+1 pieces of a phrase: with at most k edits at least one stands unchanged."""
    count = edits(phrase) + 1
    size, rest = divmod(len(phrase), count)
    found, at = [], 0
    for number in range(count):
        length = size + (number < rest)
        if at and count == 2:  # two characters changed places across the seam: neither piece stands
            found.append((0, phrase[: at - 1] + phrase[at] + phrase[at - 1] + phrase[at + 1 :]))
        found.append((at, phrase[at : at + length]))
        at += length
    return found


@lru_cache(maxsize=50_000)
def _compared(around: str, at: int, phrase: str) -> tuple[int, int] | None:
    """`near_miss` in the surroundings of a place: menus and feet of pages are the same on all pages of a site."""
    return near_miss(around, at, phrase)


def near_miss(text: str, at: int, phrase: str) -> tuple[int, int] | None:
    """The window around `at` that differs from the phrase by a slip; None when it is right or something else.

    The phrase itself standing anywhere around means that there is no slip. First and last characters must
    agree (a short phrase cut at its end is another word), except where one is doubled or lost inside.
    """
    most = edits(phrase)
    around = text[max(0, at - most) : at + len(phrase) + most]
    if phrase in around or len(_characters(phrase) - set(around)) > most:
        return None
    cut = _cut(text, at, phrase, most)
    if cut is not None:
        return cut
    best: tuple[int, int, int] | None = None
    for start in range(max(0, at - most), min(len(text), at + most) + 1):
        for length in range(len(phrase) - most, len(phrase) + most + 1):
            window = text[start : start + length]
            if len(window) != length or not _ends_agree(window, phrase):
                continue
            distance = OSA.distance(window, phrase, score_cutoff=most)
            if 0 < distance <= most and (best is None or distance < best[0]):
                best = (distance, start, start + length)
    if best is None or not _slip(text[best[1] : best[2]], phrase):
        return None
    return best[1], best[2]


def _cut(text: str, at: int, phrase: str, most: int) -> tuple[int, int] | None:
    """The phrase without its first or last character, with no word running on where that is lost."""
    if len(phrase) < LEAST_CUT:
        return None
    low, high = max(0, at - most), at + len(phrase) + most
    start = text.find(phrase[:-1], low, high)
    if start >= 0 and phrase[-1] in _FIELDS:  # 公安、市场监督管理、海关等部门: fields of work
        return None
    if start >= 0:
        end = start + len(phrase) - 1
        return (start, end) if _ends_here(text[end : end + 1]) else None
    start = text.find(phrase[1:], low, high)
    if start < 0 or not _ends_here(text[max(0, start - 1) : start]):
        return None
    return start, start + len(phrase) - 1


def _ends_here(neighbour: str) -> bool:
    """No word runs on, and no blank (____, ××) stands there to be filled in."""
    return neighbour in _LINKS or not (_HAN.match(neighbour) or neighbour in _BLANKS)


@cache
def _characters(phrase: str) -> frozenset[str]:
    """Each edit can lose one character of a phrase: more missing ones than edits is no near miss."""
    return frozenset(phrase)


def _ends_agree(window: str, phrase: str) -> bool:
    if "\n" in window:
        return False
    if len(phrase) < 6:
        return window[0] == phrase[0] and window[-1] == phrase[-1]
    head = window[0] == phrase[0] or window[1:2] == phrase[1:2]
    tail = window[-1] == phrase[-1] or window[-2:-1] == phrase[-2:-1]
    return head and tail and (window[0] == phrase[0] or window[-1] == phrase[-1])


def _slip(window: str, phrase: str) -> bool:
    """Not a difference of punctuation, quotes or a mere particle, which are usage."""

    def strip(text: str) -> str:
        return re.sub(r"[“”\"'‘’、，,。·\s的和与及之]", "", text)

    if strip(window) == strip(phrase):
        return window in _other_joints(phrase)
    if "等" in window and "等" not in phrase:  # 生态环境等部门
        return False
    if any(c not in phrase and not _HAN.match(c) for c in window):  # a blank to fill in, a foreign letter
        return False
    # 市场监督管理部门 is no slip of 市场监督管理局: another body, or its generic name; 国务院办公听 is one
    other_end = phrase[-1] in _SUFFIXES and len(window) == len(phrase) and window[:-1] == phrase[:-1]
    return not other_end or window[-1] in _MISTAKEN.get(phrase[-1], "")


@cache
def _other_joints(phrase: str) -> frozenset[str]:
    """The name of an institution with another conjunction in it, which is not its name."""
    if phrase[-1] not in _SUFFIXES or "和" not in phrase:
        return frozenset()
    return frozenset({phrase.replace("和", "与"), phrase.replace("和", "及")})


def _numerals_only(variant: str, phrase: str) -> bool:
    """第十九次 against 第二十次 is another congress, not a slip."""
    return "".join(c for c in variant if c not in _NUMERAL) == "".join(c for c in phrase if c not in _NUMERAL)


def _in_name(text: str, at: int) -> bool:
    """An item of two or three characters in a list, as persons are: names keep such characters."""
    before, after = _ITEM_HEAD.search(text[max(0, at - 4) : at]), _ITEM_TAIL.match(text, at + 1)
    return before is not None and after is not None and 1 < len(before["part"]) + 1 + len(after["part"]) <= 3


def _as_countries(text: str) -> Iterator[TextFinding]:
    """Regions of China in a list that ends in 等国家."""
    if "等" not in text:
        return
    for match in _COUNTRIES.finditer(text):
        if re.search(_REGIONS, match[0]):
            right = f"{match[0]}和地区" if match[0].endswith("国家") else f"{match[0]}家和地区"
            yield TextFinding(
                "wording.discouraged", *match.span(), match[0], right, "critical", 0.95, "discouraged:等国家"
            )
