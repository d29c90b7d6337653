"""Text of attachments: bytes in, parts with their places out (page, sheet and cell, paragraph, line, file in a zip).

The kind is told by content, not by the name. What holds no readable text is never "clean": it has a cause
(encrypted, scanned, damaged, of an unknown kind, beyond the limits). Nothing is written and no name of an archive
is ever used as a path. Hostile files are daily input: run it in the process of collectors.attachment_child only.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from cockpit.detect import legacy_word, markup_files, ofd, office_xml, slides
from cockpit.tabular import decode

MAX_TEXT = 3_000_000  # characters of one attachment
MAX_UNPACKED = 60_000_000  # bytes of one member of an archive
MAX_TOTAL = 150_000_000  # bytes unpacked of one attachment
MAX_MEMBERS = 200
MAX_DEPTH = 2  # archives within archives
MAX_PAGES = 1000
SCANNED_CHARACTERS = 8  # a page with fewer that holds a picture is a scan
READ = frozenset(
    ["pdf", "ofd", "docx", "xlsx", "pptx", "doc", "xls", "ppt", "wps", "et", "dps", "csv", "txt", "zip"]
)
UNREAD = frozenset(
    ["rar", "7z", "rtf", "ceb", "gz", "tar"]
)  # documents all the same: told where nobody reads them
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


Pages = Callable[[Collection[str], Callable[[str], bytes]], Iterator[tuple[str, str, bool]]]


class DocumentError(Exception):
    """Why an attachment could not be read; the message is a cause of causes.toml."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True)
class Part:
    """A stretch of text. unit: page, cell, paragraph or line; row and column count from 1 where it begins."""

    text: str
    unit: str
    name: str = ""  # 第 3 页, the sheet, the file within an archive
    row: int = 1
    column: int = 1

    def place(self, offset: int) -> str:
        """Where a character of `text` stands, in words a reader of the file understands."""
        before = self.text[:offset]
        row = self.row + before.count("\n")
        if self.unit == "cell":
            column = self.column + before.rpartition("\n")[2].count("\t")
            return f"{self.name}!{column_letters(column)}{row}".lstrip("!")
        told = {"paragraph": f"第 {row} 段", "line": f"第 {row} 行"}.get(self.unit, "")
        return " ".join(word for word in (self.name, told) if word)


@dataclass(frozen=True)
class Document:
    """What an attachment told. With a cause it was not read, or not all of it."""

    parts: tuple[Part, ...] = ()
    cause: str | None = None

    @property
    def characters(self) -> int:
        return sum(len(part.text) for part in self.parts)


@dataclass
class _Budget:
    """What one attachment may still unpack."""

    left: int = MAX_TOTAL
    members: int = MAX_MEMBERS
    causes: list[str] = field(default_factory=list)


def read(content: bytes, name: str) -> Document:
    """The text of an attachment; never raises for what a file holds."""
    budget = _Budget()
    parts: list[Part] = []
    left = MAX_TEXT
    try:
        for part in _parts(content, name.lower(), budget, 0):
            parts.append(replace(part, text=part.text[:left]))
            left -= len(part.text)
            if left <= 0:
                budget.causes.append("attachment_limits")
                break
    except DocumentError as error:
        budget.causes.insert(0, error.cause)
    except (MemoryError, RecursionError, office_xml.ForbiddenError):
        budget.causes.insert(0, "attachment_limits")
    except Exception:  # a parser met something it was not made for: the file is broken, not we
        budget.causes.insert(0, "attachment_damaged")
    if not budget.causes and not any(part.text.strip() for part in parts):
        budget.causes.append("attachment_empty")
    return Document(tuple(parts), budget.causes[0] if budget.causes else None)


def _parts(content: bytes, name: str, budget: _Budget, depth: int) -> Iterator[Part]:
    if content[:5] == b"%PDF-" or b"%PDF-" in content[:1024]:
        yield from _pdf(content, budget)
    elif content[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        yield from _zipped(content, budget, depth)
    elif content[:8] == _OLE:
        yield from _ole(content)
    elif _ending(name) in {"txt", "csv", "text", "log", "md"}:
        yield from _plain(content)
    elif not content.strip(b" \t\r\n\x00"):
        raise DocumentError("attachment_empty")
    elif _ending(name) in markup_files.ENDINGS and (text := markup_files.text(content)) is not None:
        yield Part(text, "line")
    elif content[:5] == rb"{\rtf" or _ending(name) not in READ:
        raise DocumentError("attachment_format")
    else:  # what calls itself a document we read, and is none, is broken
        raise DocumentError("attachment_damaged")


def _ending(name: str) -> str:
    return posixpath.splitext(name)[1][1:]


def _plain(content: bytes) -> Iterator[Part]:
    try:
        text = decode(content)
    except UnicodeError as error:
        raise DocumentError("attachment_damaged") from error
    if "\x00" in text:
        raise DocumentError("attachment_format")
    yield Part(text.replace("\r\n", "\n"), "line")


# --- PDF -----------------------------------------------------------------------------------------------


def _pdf(content: bytes, budget: _Budget) -> Iterator[Part]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        cause = "attachment_encrypted" if "password" in str(error).lower() else "attachment_damaged"
        raise DocumentError(cause) from error
    scanned = 0
    for number in range(min(len(document), MAX_PAGES)):
        page = document[number]
        text = _joined(page.get_textpage().get_text_bounded().replace("\r\n", "\n"))
        if len(text.strip()) < SCANNED_CHARACTERS and _has_picture(page):
            scanned += 1
        elif _garbled(text):
            scanned += 1
            text = ""
        if text.strip():
            yield Part(text, "page", f"第 {number + 1} 页")
        page.close()
    if scanned:
        budget.causes.append("attachment_scanned")
    if len(document) > MAX_PAGES:
        budget.causes.append("attachment_limits")


def _has_picture(page: object) -> bool:
    from pypdfium2 import raw

    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))  # type: ignore[attr-defined]


def _garbled(text: str) -> bool:
    """Fonts without an encoding give private or replacement characters: not text that can be judged."""
    shown = [c for c in text if not c.isspace()]
    wrong = sum("\ue000" <= c <= "\uf8ff" or c in "\ufffd\ufffe\x00" for c in shown)
    return bool(shown) and wrong > 0.3 * len(shown)


def _joined(text: str) -> str:
    """Lines that fill the width run on; a shorter one ends its paragraph or is a cell of a table."""
    lines = text.split("\n")
    width = max(map(len, lines), default=0)
    if width < 20:
        return text
    out = []
    for line in lines:
        out.append(line)
        runs_on = len(line) >= 0.85 * width and "\u4e00" <= line[-1:] <= "\u9fff"
        out.append("" if runs_on else "\n")
    return "".join(out[:-1])


# --- archives: Office Open XML and plain zip -------------------------------------------------------------


def _zipped(content: bytes, budget: _Budget, depth: int) -> Iterator[Part]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise DocumentError("attachment_damaged") from error
    names = {info.filename for info in archive.infolist()}
    paged = ofd.pages if ofd.is_ofd(names) else slides.pages if slides.PRESENTATION in names else None
    if paged is not None:
        yield from _paged(paged, archive, names, budget)
    elif "word/document.xml" in names:
        yield from _docx(archive, budget)
    elif "xl/workbook.xml" in names:
        _member_sizes(archive, budget)
        yield from _workbook(content)
    elif "[Content_Types].xml" in names:
        raise DocumentError("attachment_format")  # drawings and the like
    else:
        yield from _zip(archive, budget, depth)


def _paged(paged: Pages, archive: zipfile.ZipFile, names: Collection[str], budget: _Budget) -> Iterator[Part]:
    """Pages or slides; those that hold a picture and next to no text are scans."""
    try:
        for name, text, picture in paged(names, lambda n: _unpack(archive, archive.getinfo(n), budget)):
            if picture and len(text.strip()) < SCANNED_CHARACTERS:
                budget.causes.append("attachment_scanned")
            elif text.strip():
                yield Part(_joined(text), "page", name)
    except legacy_word.EncryptedError as error:
        raise DocumentError("attachment_encrypted") from error


def _member_sizes(archive: zipfile.ZipFile, budget: _Budget) -> None:
    """Unpack every sheet once inside the limits before a parser is trusted with it; headers may lie."""
    for info in archive.infolist():
        if info.filename.endswith((".xml", ".rels")):
            _unpack(archive, info, budget)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes:
    """One member, read no further than the limits allow whatever its header says."""
    if info.flag_bits & 0x1:
        raise DocumentError("attachment_encrypted")
    most = min(MAX_UNPACKED, budget.left)
    try:
        with archive.open(info) as member:
            content = member.read(most + 1)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError) as error:
        raise DocumentError("attachment_damaged") from error
    budget.left -= len(content)
    if len(content) > most:
        raise DocumentError("attachment_limits")
    return content


def _zip(archive: zipfile.ZipFile, budget: _Budget, depth: int) -> Iterator[Part]:
    """Files within an archive; one that cannot be read is told and costs the others nothing."""
    for info in archive.infolist():
        if info.is_dir():
            continue
        name = _shown(info)
        if depth >= MAX_DEPTH or budget.members <= 0:
            budget.causes.append("attachment_limits")
            return
        budget.members -= 1
        if _ending(name.lower()) not in READ:
            if _ending(name.lower()) in UNREAD:
                budget.causes.append("attachment_format")
            continue
        try:
            for part in _parts(_unpack(archive, info, budget), name.lower(), budget, depth + 1):
                yield replace(part, name=f"{name} › {part.name}" if part.name else name)
        except DocumentError as error:
            budget.causes.append(error.cause)


def _shown(info: zipfile.ZipInfo) -> str:
    """The bare name of a member, for people only; Chinese tools write GBK where the header says cp437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gbk")
        except UnicodeError:
            name = info.filename
    bare = posixpath.basename(name.replace("\\", "/"))
    return "".join(c for c in bare if c.isprintable())[:120] or "文件"


def _docx(archive: zipfile.ZipFile, budget: _Budget) -> Iterator[Part]:
    names = [n for n in archive.namelist() if n.startswith("word/") and n.endswith(".xml")]
    told = {"document": "", "footnotes": "脚注", "endnotes": "尾注", "comments": "批注"}
    for name in sorted(names, key=lambda n: n != "word/document.xml"):
        stem = posixpath.basename(name)[:-4]
        kind = "页眉页脚" if stem.startswith(("header", "footer")) else told.get(stem)
        if kind is None:
            continue
        text = "\n".join(office_xml.paragraphs(_unpack(archive, archive.getinfo(name), budget)))
        if text.strip():
            yield Part(text, "paragraph", kind)


# --- spreadsheets and old Office ---------------------------------------------------------------------------


def _workbook(content: bytes) -> Iterator[Part]:
    """Every sheet, hidden ones too: what is hidden is published all the same."""
    import python_calamine

    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
    except python_calamine.PasswordError as error:
        raise DocumentError("attachment_encrypted") from error
    except (python_calamine.CalamineError, OSError) as error:
        raise DocumentError("attachment_damaged") from error
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=True)
        start = sheet.start or (0, 0)
        text = "\n".join("\t".join(map(_cell, row)) for row in rows)
        if text.strip():
            yield Part(text, "cell", name, start[0] + 1, start[1] + 1)


def _cell(value: object) -> str:
    """A cell on one line; a number that Excel keeps as a float is shown as people see it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
        value = int(value)
    return str(value).replace("\n", " ").replace("\t", " ").replace("\r", " ")


def column_letters(number: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _ole(content: bytes) -> Iterator[Part]:
    """Word, Excel and WPS files of the old container; also what newer ones become with a password."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            streams = {"/".join(path) for path in ole.listdir()}
            kind = next((stream for stream in _STREAMS if stream in streams), "")
            yield from _STREAMS.get(kind, _unknown)(content, ole)
    except OSError as error:
        raise DocumentError("attachment_damaged") from error


def _encrypted(_content: bytes, _ole_file: object) -> Iterator[Part]:
    raise DocumentError("attachment_encrypted")


def _unknown(_content: bytes, _ole_file: object) -> Iterator[Part]:
    raise DocumentError("attachment_format")


def _word(_content: bytes, ole: object) -> Iterator[Part]:
    try:
        text = legacy_word.text(ole)
    except legacy_word.EncryptedError as error:
        raise DocumentError("attachment_encrypted") from error
    if text.strip():
        yield Part(text, "paragraph")


def _slides(_content: bytes, ole: object) -> Iterator[Part]:
    try:
        text = slides.text(ole)
    except legacy_word.EncryptedError as error:
        raise DocumentError("attachment_encrypted") from error
    if text.strip():
        yield Part(text, "paragraph")


def _sheets(content: bytes, _ole_file: object) -> Iterator[Part]:
    yield from _workbook(content)


_STREAMS: Mapping[str, Callable[[bytes, object], Iterator[Part]]] = MappingProxyType(
    {
        "EncryptedPackage": _encrypted,
        "WordDocument": _word,
        slides.STREAM: _slides,
        "Workbook": _sheets,
        "Book": _sheets,
    }
)
