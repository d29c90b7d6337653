"""`python -m collectors scan [FILE…|-]`: texts or pages through the detectors, one line of JSON per input."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from cockpit import clock, plain
from cockpit.causes import causes
from cockpit.detect import page as pages
from cockpit.detect import scan as detect
from cockpit.detect import wording
from cockpit.detect.documents import READ, UNREAD, Document
from cockpit.errors import CockpitError, why
from cockpit.paths import data_dir
from cockpit.tabular import decode
from collectors import attachments, reading
from collectors.attached import document_hits

PICTURES = frozenset(
    ["png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp"]
)  # what stands in them is not read
DOCUMENTS = frozenset(f".{kind}" for kind in (READ | UNREAD | PICTURES) - {"txt", "csv"})
MAX_BYTES = 50_000_000
UNREADABLE = 2  # the exit code
UNDATED = "{}：另有 {} 处今天看来是过时写法（如机构旧称），没有给日期，所以没有列出；要列出请加 --as-of 日期，例如 --as-of {}"
LEVELS = {"critical": "严重", "high": "高", "medium": "中", "low": "低（仅供复核）"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        default=["-"],
        metavar="文件",
        help="要扫描的文件（文字、PDF、OFD、Word、Excel、演示文稿、WPS、ZIP），- 表示标准输入",
    )
    parser.add_argument("--lines", action="store_true", help="每一行作为一段独立的文字")
    parser.add_argument("--html", action="store_true", help="把每个文件当作网页")
    parser.add_argument("--url", metavar="网址", help="网页的地址（与 --html 同用）")


def main(args: argparse.Namespace) -> int:
    if args.url and not args.html:
        raise CockpitError("--url 要与 --html 同用")
    if args.html and args.lines:
        raise CockpitError("--html 与 --lines 不能同用")
    matcher = reading.matcher(data_dir(args.data))
    on = clock.local_day(clock.now(args.as_of)) if args.as_of else None
    codes = []
    with attachments.Reader() as reader:
        for name in args.files or ["-"]:
            codes.append(_scan(args, name, matcher, reader, on))
    return max(codes)


def _scan(
    args: argparse.Namespace,
    name: str,
    matcher: wording.Matcher,
    reader: attachments.Reader,
    on: date | None,
) -> int:
    """One input. 0 scanned, 1 something in it could not be read or looked at in full, 2 unreadable."""
    try:
        content = _read(name)
    except OSError as error:
        others = "，其余照常扫描" if len(args.files) > 1 else ""
        print(f"{name}：读不了（{why(error)}）{others}", file=sys.stderr)
        return UNREADABLE
    rows: Iterable[dict[str, Any]]
    texts, code = [], 0
    if args.html:
        rows = [_page(args, name, content, matcher)]
    elif Path(name).suffix.lower() in DOCUMENTS:
        document = reader.read(content, name)
        texts = [part.text for part in document.parts]
        rows, code = _document(name, document, matcher, on)
    else:
        texts = [_text(content)]
        rows = _rows(args, name, texts[0], matcher, on)
    for row in rows:
        if "unmeasured" in row:
            code = 1
            print(_unmeasured(row), file=sys.stderr)
        print(plain.as_json(row) if args.json else _told(row), flush=True)
    if on is None:
        _tell_outdated(name, texts, matcher)
    return code


def _tell_outdated(name: str, texts: list[str], matcher: wording.Matcher) -> None:
    """Texts carry no date: what is wrong only from some day on is not listed, but how much of it there is is told."""
    today = clock.local_day(clock.now())
    dated = wording.Matcher(matcher.lexicon.only_dated())
    count = sum(len(dated.find(text, today)) for text in texts)
    if count:
        print(UNDATED.format(name, count, today), file=sys.stderr)


def _document(
    name: str, document: Document, matcher: wording.Matcher, on: date | None
) -> tuple[list[dict[str, Any]], int]:
    """An attachment: its findings with their places; offsets are those of its part (page, sheet, file)."""
    found = document_hits(document, matcher, on)
    findings = [{**detect.as_contract(hit.finding), "place": hit.place} for hit in found.hits]
    cause = document.cause or found.cut
    row: dict[str, Any] = {"input": name, "line": None, "findings": findings}
    if cause:
        row["cause"] = cause
        told = causes()[cause]
        print(f"{name}：{told.meaning}。{told.remedy}", file=sys.stderr)
    return [row], 1 if cause else 0


def _read(name: str) -> bytes:
    content = sys.stdin.buffer.read(MAX_BYTES + 1) if name == "-" else _file(Path(name))
    if len(content) > MAX_BYTES:
        raise OSError(f"超过 {MAX_BYTES // 1_000_000} MB")
    return content


def _file(path: Path) -> bytes:
    if path.stat().st_size > MAX_BYTES:
        raise OSError(f"超过 {MAX_BYTES // 1_000_000} MB")
    return path.read_bytes()


def _page(args: argparse.Namespace, name: str, content: bytes, matcher: wording.Matcher) -> dict[str, Any]:
    url = args.url or f"http://localhost/{Path(name).name if name != '-' else ''}"
    return {"input": name, "line": None, **detect.scan_html(content, url, matcher)}


def _rows(
    args: argparse.Namespace, name: str, text: str, matcher: wording.Matcher, on: date | None
) -> Iterator[dict[str, Any]]:
    if not args.lines:
        yield {"input": name, "line": None, **detect.scan_text(text, matcher, on)}
        return
    for number, line in enumerate(_lines(text), 1):
        yield {"input": name, "line": number, **detect.scan_text(line, matcher, on)}


def _text(content: bytes) -> str:
    try:
        return decode(content)
    except UnicodeError:
        return pages.decode(content, None)[0]


def _lines(text: str) -> list[str]:
    """Lines without their ends; what follows the last line end is a line only if it is not empty."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _place(finding: dict[str, Any]) -> str:
    return finding.get("place") or f"{finding['start']}—{finding['end']}"


def _unmeasured(row: dict[str, Any]) -> str:
    left, told = row["unmeasured"], causes()[row["unmeasured"]["cause"]]
    place = row["input"] + (f" 第 {row['line']} 行" if row["line"] else "")
    return f"{place}：从第 {left['from'] + 1} 字起 {left['characters']} 字未检。{told.meaning}。{told.remedy}"


def _told(row: dict[str, Any]) -> str:
    place = row["input"] + (f" 第 {row['line']} 行" if row["line"] else "")
    lines = [f"{place}：{len(row['findings'])} 处"]
    for f in row["findings"]:
        right = f" → {f['suggestion']}" if f["suggestion"] else ""
        lines.append(f"  [{LEVELS[f['severity']]}] {_place(f)} {f['text']}{right}（{f['rule']}）")
    for hidden in row.get("hidden_links", ()):
        lines.append(f"  [暗链] 第 {hidden['line']} 行 {hidden['url']} {hidden['why']}")
    tags = row.get("tags", {"missing": [], "invalid": []})
    if tags["missing"] or tags["invalid"]:
        lines.append(
            f"  [标签] 缺少 {'、'.join(tags['missing']) or '无'}；有误 {'、'.join(tags['invalid']) or '无'}"
        )
    return "\n".join(lines)
