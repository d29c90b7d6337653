"""Small attachments made by hand: real formats, planted text, and the hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence


def pdf(pages: Sequence[str], *, encrypted: bool = False) -> bytes:
    """A PDF whose text has a ToUnicode map; an empty page holds a picture only, as a scanner makes it."""
    objects: list[bytes] = [b"", b""]
    characters = sorted(set("".join(pages)) - {"\n"})
    codes = {character: number for number, character in enumerate(characters, 1)}
    rows = "".join(f"<{codes[c]:04X}> <{c.encode('utf-16-be').hex()}>\n" for c in characters)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{len(characters)} beginbfchar\n{rows}endbfchar\n"
        "endcmap end end"
    )
    objects.append(_stream(cmap.encode()))
    descendant = "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 >>"
    objects.append(descendant.encode())
    objects.append(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 3 0 R >>"
    )
    picture = zlib.compress(b"\x80" * 64)
    objects.append(
        b"<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n"
        % len(picture)
        + picture
        + b"\nendstream"
    )
    kids = []
    for text in pages:
        objects.append(_stream(_drawn(text, codes)))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 5 0 R >> /XObject << /Im 6 0 R >> >> >>" % len(objects)
        )
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    listed = " ".join(f"{kid} 0 R" for kid in kids).encode()
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), listed)
    return _pdf_file(objects, encrypted)


def _drawn(text: str, codes: Mapping[str, int]) -> bytes:
    if not text:
        return b"q 500 0 0 700 40 60 cm /Im Do Q"
    lines = [
        f"BT /F1 14 Tf 40 {780 - 22 * number} Td <{''.join(f'{codes[c]:04X}' for c in line)}> Tj ET"
        for number, line in enumerate(text.split("\n"))
    ]
    return "\n".join(lines).encode()


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream"


def _pdf_file(objects: Sequence[bytes], encrypted: bool) -> bytes:
    out = bytearray(b"%PDF-1.5\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    secret = (
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>] "
        % (b"11" * 32, b"22" * 32)
        if encrypted
        else b""
    )
    out += b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        secret,
        start,
    )
    return bytes(out)


def packed(members: Mapping[str, bytes]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def docx(paragraphs: Sequence[str], head: str = "") -> bytes:
    """A Word file; `head` stands before its root element (a place for XML bombs)."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    document = f'<?xml version="1.0" encoding="UTF-8"?>{head}<w:document {space}><w:body>{body}</w:body></w:document>'
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode()})


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]], hidden: str | None = None) -> bytes:
    """A workbook; one sheet may be hidden."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
        page.sheet_state = "hidden" if name == hidden else "visible"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def doc(text: str, *, encrypted: bool = False) -> bytes:
    """A Word 97 file with one piece of UTF-16 text, as WPS Writer saves it too."""
    written = text.replace("\n", "\r").encode("utf-16-le")
    main = bytearray(2048)
    struct.pack_into("<H8xH", main, 0, 0xA5EC, 0x0200 | (0x0100 if encrypted else 0))
    piece_table = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, 2048, 0)
    clx = b"\x02" + struct.pack("<I", len(piece_table)) + piece_table
    struct.pack_into("<II", main, 0x01A2, 0, len(clx))
    return compound({"WordDocument": bytes(main) + written, "1Table": clx})


def ofd(pages: Sequence[Sequence[str]], *, picture: bool = False) -> bytes:
    """An OFD file; the words of a page stand on one line, as some writers cut them up."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    image = '<ofd:ImageObject Boundary="0 0 210 297" ResourceID="1"/>' if picture else ""
    members = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    }
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    members["Doc_0/Document.xml"] = f"<ofd:Document {space}><ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    for number, words in enumerate(pages):
        objects = "".join(
            f'<ofd:TextObject Boundary="{20 + 30 * at} 30 60 5"><ofd:TextCode X="0" Y="4">{word}</ofd:TextCode></ofd:TextObject>'
            for at, word in enumerate(words)
        )
        members[f"Doc_0/Pages/Page_{number}/Content.xml"] = f"<ofd:Page {space}>{image}{objects}</ofd:Page>"
    return packed({name: text.encode() for name, text in members.items()})


def pptx(slides: Sequence[Sequence[str]], *, notes: str = "", picture: bool = False) -> bytes:
    """A presentation with the paragraphs of its slides; `notes` of the first."""
    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://p"'

    def slide(paragraphs: Sequence[str]) -> bytes:
        lines = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in paragraphs)
        return f"<p:sld {space}>{'<p:pic/>' if picture else ''}{lines}</p:sld>".encode()

    members = {"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<a/>"}
    members |= {f"ppt/slides/slide{n}.xml": slide(paragraphs) for n, paragraphs in enumerate(slides, 1)}
    return packed(members | ({"ppt/notesSlides/notesSlide1.xml": slide([notes])} if notes else {}))


def ppt(text: str, *, encrypted: bool = False) -> bytes:
    """An old presentation: a text atom within a container, beside one that is no text."""
    written = text.encode("utf-16-le")
    atom = struct.pack("<HHI", 0, 0x0FA0, len(written)) + written
    inside = struct.pack("<HHI", 0, 0x0F9F, 4) + b"\x00" * 4 + atom
    stream = struct.pack("<HHI", 0xF, 0x03E8, len(inside)) + inside
    token = 0xF3D1C4DF if encrypted else 0xE391C05F
    user = struct.pack("<HHIII", 0, 0x0FF6, 20, 20, token) + b"\x00" * 12
    return compound({"PowerPoint Document": stream, "Current User": user})


def locked_office() -> bytes:
    """What Word and Excel make of a file with a password."""
    return compound({"EncryptedPackage": b"\x00" * 64, "EncryptionInfo": b"\x04\x00\x04\x00"})


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file; streams are padded so that none of them is a short one."""
    padded = {name: content.ljust(4096, b"\x00") for name, content in streams.items()}
    fat, body, entries = [], bytearray(), []
    for name, content in padded.items():
        count = -(-len(content) // 512)
        first = len(fat)
        fat += [first + n + 1 for n in range(count - 1)] + [0xFFFFFFFE]
        body += content.ljust(count * 512, b"\x00")
        entries.append((name, first, len(content)))
    rows = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    for number, (name, first, size) in enumerate(entries, 1):
        rows.append(_entry(name, 2, first, size, right=number + 1 if number < len(entries) else 0xFFFFFFFF))
    directory = b"".join(rows).ljust(-(-len(rows) // 4) * 512, b"\x00")
    directory_at = len(fat)
    sectors = len(directory) // 512
    fat += [directory_at + n + 1 for n in range(sectors - 1)] + [0xFFFFFFFE]
    tables = 1
    while len(fat) + tables > tables * 128:
        tables += 1
    table_at = len(fat)
    fat += [0xFFFFFFFD] * tables
    fat += [0xFFFFFFFF] * (tables * 128 - len(fat))
    difat = [table_at + n for n in range(tables)] + [0xFFFFFFFF] * (109 - tables)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, directory_at, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)  # fmt: skip
    header += struct.pack("<109I", *difat)
    return header + bytes(body) + directory + struct.pack(f"<{len(fat)}I", *fat)


def _entry(
    name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
) -> bytes:
    raw = name.encode("utf-16-le")
    head = raw.ljust(64, b"\x00") + struct.pack("<HBB", len(raw) + 2, kind, 1)
    return head + struct.pack("<III", 0xFFFFFFFF, right, child) + b"\x00" * 36 + struct.pack("<IQ", first, size)  # fmt: skip
