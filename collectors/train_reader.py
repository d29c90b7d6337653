"""`python -m collectors train-reader [FILE|FOLDER…]`: train the statistical reader from the city's own texts.

With `--background FILE` a word model of modern Chinese helps, where one is installed (Debian's package
libime-data-language-model); what is needed of it goes into the model's file, so that it is read only here.

Without arguments it reads the pages kept under data/snapshots and whatever lies in data/corpus. Nothing is
downloaded. Lines that hold personal data or that the lexicon knows to be wrong are left out.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import time
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from pathlib import Path

from cockpit import plain
from cockpit.detect import (
    confusions,
    lattice,
    likeness,
    privacy,
    reader,
    reader_training,
    word_model,
    word_reader,
    wording,
)
from cockpit.detect import page as pages
from cockpit.detect import trees as reader_trees
from cockpit.detect.lexicon import Lexicon
from cockpit.detect.reader_state import JUDGEMENT, lexicon_file
from cockpit.errors import CockpitError, why
from cockpit.paths import DataDir, data_dir

MAX_BYTES = 20_000_000  # of one file, unpacked
MAX_CHARACTERS = 60_000_000
MAX_MODEL = 200_000_000  # bytes of a background model
WHERE_FROM = "请先 apt-get install libime-data-language-model，再指定其中的 /usr/lib/*/libime/zh_CN.lm"
HTML = frozenset({".html", ".htm", ".shtml"})
TEXT = frozenset({".txt", ".md", ".csv"})
_SNAPSHOT = re.compile(r"[0-9a-f]{64}\.gz")
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|meta|div|p)\b", re.IGNORECASE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sources",
        nargs="*",
        type=Path,
        metavar="文件或目录",
        help="训练文本；不写就用 data/snapshots 和 data/corpus",
    )
    parser.add_argument(
        "--background",
        type=Path,
        metavar="文件",
        help="背景词语模型，如 Debian 软件包 libime-data-language-model 的 zh_CN.lm；不写就只凭训练文本",
    )
    parser.add_argument("--goal", type=float, default=reader_training.GOAL, help="要求的查准率，默认 0.95")


def main(args: argparse.Namespace) -> int:
    data = data_dir(args.data)
    if not 0.5 <= args.goal < 1:
        raise CockpitError("--goal 要在 0.5 和 1 之间")
    for source in args.sources:
        if not os.access(source, os.R_OK, effective_ids=True):
            raise CockpitError(f"训练文本 {source} 读不了。请检查路径和权限")
    started = time.monotonic()
    sources = args.sources or [data.root / "snapshots", data.root / "corpus"]
    near = confusions.load(lexicon_file(data, "confusions.csv"))
    behind = background(args.background, data, near) if args.background else None
    matcher = wording.Matcher(Lexicon.load(data.lexicon))
    try:
        model, measured = reader_training.train(lines(sources, matcher), near, args.goal, behind)
    except ValueError as error:
        raise CockpitError(
            f"{error}。先运行巡查积累网页，或者把公文、网页文本放进 {data.root / 'corpus'} 再训练"
        ) from error
    model.save(data.reader_model)
    told = {
        "characters": int(model.measured["characters"]),
        "lines": measured.lines,
        "precision": round(measured.precision, 3),
        "recall": round(measured.recall, 3),
        "threshold": round(model.background.trees.threshold if model.background else model.threshold, 3),
        "background": str(args.background) if args.background else None,
        "cannot_find": reader.CANNOT,
        "model": str(data.reader_model),
        "seconds": round(time.monotonic() - started, 1),
    }
    print(plain.as_json(told) if args.json else _told(told))
    return 0


def background(file: Path, data: DataDir, near: Mapping[str, str]) -> word_reader.Background:
    """A word model's file and the shipped trees, made ready. Raises CockpitError."""
    try:
        trees = reader_trees.load(lexicon_file(data, JUDGEMENT), word_reader.FEATURES)
    except ValueError as error:
        raise CockpitError(f"{error}。从程序自带的 data/lexicon 复制一份") from error
    return word_reader.Background(known_words(file, lexicon_file(data, "characters.csv"), near), trees)


def known_words(file: Path, characters: Path, near: Mapping[str, str]) -> lattice.Lattice:
    """A word model's file with the likeness of characters from their table. Raises CockpitError."""
    try:
        if file.stat().st_size > MAX_MODEL:
            raise word_model.WrongFileError(f"大于 {MAX_MODEL // 1_000_000} MB")
        words = word_model.read(file.read_bytes())
    except OSError as error:
        raise CockpitError(f"背景词语模型 {file} 读不了：{why(error)}。{WHERE_FROM}") from error
    except word_model.WrongFileError as error:
        raise CockpitError(f"背景词语模型 {file} 不能用：{error}。{WHERE_FROM}") from error
    alike = likeness.of(likeness.load(characters), near, word_model.characters(words))
    return lattice.Lattice(words, alike)


def _told(told: Mapping[str, object]) -> str:
    return (
        f"统计复核模型已训练：{told['characters']} 字，用时 {told['seconds']} 秒，写入 {told['model']}。\n"
        f"留出的 {told['lines']} 句（一半各植入一处错字）：查准率 {told['precision']}，查全率 {told['recall']}；"
        "真实的错字难找得多，查全率会低不少。\n"
        f"背景词语模型：{told['background'] or '没有用（--background 可以明显提高查全率，见 README）'}。\n"
        f"结果只进入复核队列，不作为预警。它找不到：{told['cannot_find']}。"
    )


def lines(sources: list[Path], matcher: wording.Matcher) -> Iterator[str]:
    """Lines of all readable files, each once, up to a stated amount of text; none that is known to be wrong."""
    total, told = 0, set()
    for source in sources:
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            for line in _good_lines(_text(path), matcher) if path.is_file() else ():
                digest = hash(line)
                if digest in told:
                    continue
                told.add(digest)
                total += len(line)
                if total > MAX_CHARACTERS:
                    return
                yield line


def _good_lines(text: str, matcher: wording.Matcher) -> Iterator[str]:
    """Lines worth reading without personal data and without a finding of the lexicon."""
    bad = sorted([f.start for f in privacy.find(text)] + [f.start for f in matcher.find(text)])
    at = 0
    for raw in text.split("\n"):
        line = " ".join(raw.split())
        wrong = bisect_left(bad, at) < bisect_left(bad, at + len(raw) + 1)
        at += len(raw) + 1
        if len(line) >= reader.LEAST_LINE and not wrong:
            yield line


def _text(path: Path) -> str:
    """The text of one file; what is neither text nor a page is passed over. A snapshot tells its kind itself."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    packed = bool(suffixes) and suffixes[-1] == ".gz"
    kind = (suffixes[-2] if len(suffixes) > 1 else "") if packed else (suffixes[-1] if suffixes else "")
    snapshot = packed and _SNAPSHOT.fullmatch(path.name) is not None
    if not snapshot and kind not in HTML | TEXT:
        return ""
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            body = file.read(MAX_BYTES)
    except (OSError, EOFError, zlib.error):
        return ""
    text = pages.decode(body, None)[0]
    if kind in HTML or (snapshot and _MARKUP.search(text[:2000])):
        return pages.parse(text, "http://localhost/").text
    return text
