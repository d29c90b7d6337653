"""Attachments: text with its place from every format; what nobody can read has a cause and is never clean."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlwt

from cockpit.causes import causes
from cockpit.detect.documents import Document, read
from tests.sites import files


def told(document: Document, word: str) -> list[str]:
    """Places of a word in a document."""
    return [part.place(part.text.index(word)) for part in document.parts if word in part.text]


WORD_2003 = """<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="u"><w:body>
<w:p><w:r><w:t>通知</w:t></w:r></w:p><w:p><w:r><w:t>我局做</w:t></w:r><w:r><w:t>为</w:t></w:r></w:p></w:body></w:wordDocument>"""
ARCHIVE = """MIME-Version: 1.0
Content-Type: multipart/related; boundary="b"

--b
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 8bit

<p>通知</p><p>我局做为</p>
--b
Content-Type: image/png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--b--
"""


def old_excel() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("名单")
    page.write(3, 2, "做为")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.pdf", files.pdf(["第一页的内容", "我局做为牵头单位"]), "第 2 页"),
        ("a.docx", files.docx(["通知", "我局做为牵头单位"]), "第 2 段"),
        ("a.xlsx", files.xlsx({"表": [["甲"], [None, "做为"]]}), "表!B2"),
        ("a.xlsx", files.xlsx({"封面": [["甲"]], "藏": [["做为"]]}, hidden="藏"), "藏!A1"),
        ("a.xls", old_excel(), "名单!C4"),
        ("a.doc", files.doc("通知\n我局做为牵头单位"), "第 2 段"),
        ("a.wps", files.doc("我局做为牵头单位"), "第 1 段"),
        ("a.ofd", files.ofd([["第一页的内容"], ["我局做", "为牵头单位"]]), "第 2 页"),
        ("a.pptx", files.pptx([["封面"], ["目录", "我局做为牵头单位"]]), "第 2 张"),
        ("a.pptx", files.pptx([["封面"]], notes="我局做为牵头单位"), "第 1 张备注"),
        ("a.ppt", files.ppt("通知\r我局做为牵头单位"), "第 2 段"),
        ("a.dps", files.ppt("我局做为牵头单位"), "第 1 段"),
        ("a.et", old_excel(), "名单!C4"),
        ("a.zip", files.packed({"文.ofd": files.ofd([["我局做为牵头单位"]])}), "文.ofd › 第 1 页"),
        ("a.txt", "通知\r\n我局做为".encode("gbk"), "第 2 行"),
        ("a.doc", "<html><meta charset=gbk><p>通知</p><p>我局做为</p></html>".encode("gbk"), "第 2 行"),
        ("a.xls", "<table><tr><td>甲</td></tr><tr><td>做为</td></tr></table>".encode(), "第 2 行"),
        ("a.doc", WORD_2003.encode(), "第 2 行"),
        ("a.doc", ARCHIVE.encode(), "第 2 行"),
        ("a.csv", "序号,内容\n1,做为".encode("utf-8-sig"), "第 2 行"),
        ("a.zip", files.packed({"../../内/附.txt": "做为".encode()}), "附.txt 第 1 行"),
        ("a.zip", files.packed({"名单.xlsx": files.xlsx({"表": [["做为"]]})}), "名单.xlsx › 表!A1"),
    ],
)
def test_text_and_place(name: str, content: bytes, place: str) -> None:
    document = read(content, name)
    assert document.cause is None
    assert told(document, "做为") == [place]


def test_the_kind_is_told_by_content_not_by_name() -> None:
    assert told(read(files.pdf(["我局做为牵头单位"]), "表.xlsx"), "做为") == ["第 1 页"]


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("a.pdf", files.pdf(["", ""]), "attachment_scanned"),
        ("a.pdf", files.pdf(["内部资料"], encrypted=True), "attachment_encrypted"),
        ("a.pdf", b"%PDF-1.4 broken", "attachment_damaged"),
        ("a.doc", files.doc("内容", encrypted=True), "attachment_encrypted"),
        ("a.xlsx", files.locked_office(), "attachment_encrypted"),
        ("a.docx", files.docx(["x"])[:200], "attachment_damaged"),
        ("a.docx", files.docx([""]), "attachment_empty"),
        ("a.docx", files.docx(["&b;"], '<!DOCTYPE x [<!ENTITY b "x">]>'), "attachment_limits"),
        ("a.zip", files.packed({"a.txt": b"0" * 61_000_000}), "attachment_limits"),
        ("a.rar", b"Rar!\x1a\x07\x00", "attachment_format"),
        ("a.vsdx", files.packed({"[Content_Types].xml": b"<Types/>"}), "attachment_format"),
        ("a.ofd", files.ofd([["", ""]], picture=True), "attachment_scanned"),
        ("a.ofd", files.packed({"Encryptions.xml": b"<a/>", "OFD.xml": b"<a/>"}), "attachment_encrypted"),
        ("a.ofd", files.packed({"OFD.xml": b"<a/>"}), "attachment_damaged"),
        ("a.ofd", files.packed({"OFD.xml": b"<DocRoot>../../etc/passwd</DocRoot>"}), "attachment_damaged"),
        (
            "a.ofd",
            files.packed({"OFD.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}),
            "attachment_limits",
        ),
        ("a.pptx", files.pptx([[""]], picture=True), "attachment_scanned"),
        ("a.pptx", files.pptx([]), "attachment_empty"),
        ("a.ppt", files.ppt("做为", encrypted=True), "attachment_encrypted"),
        ("a.ppt", files.compound({"PowerPoint Document": b"\xff" * 999}), "attachment_empty"),
        ("a.txt", b"\x00\x01\x02", "attachment_format"),
        ("a.bin", b"", "attachment_empty"),
        ("a.pdf", bytes(2_000), "attachment_empty"),
        ("a.pdf", b"<html>404</html>", "attachment_damaged"),
    ],
)
def test_what_nobody_can_read_has_a_cause(name: str, content: bytes, cause: str) -> None:
    assert read(content, name) == Document((), cause)
    assert cause in causes()


def test_a_page_that_is_a_scan_leaves_the_rest_readable_but_not_whole() -> None:
    document = read(files.pdf(["我局做为牵头单位", ""]), "a.pdf")
    assert (told(document, "做为"), document.cause) == (["第 1 页"], "attachment_scanned")


def test_a_locked_file_in_an_archive_costs_the_others_nothing() -> None:
    document = read(files.packed({"a.xlsx": files.locked_office(), "b.txt": "做为".encode()}), "a.zip")
    assert (told(document, "做为"), document.cause) == (["b.txt 第 1 行"], "attachment_encrypted")


def test_archives_within_archives_end() -> None:
    content = "做为".encode()
    for _ in range(4):
        content = files.packed({"inner.zip": content, "a.txt": "通知".encode()})
    assert read(content, "a.zip").cause == "attachment_limits"


def test_many_members_and_lying_sizes_are_bounded() -> None:
    many = read(files.packed({f"{n}.txt": b"a" for n in range(300)}), "a.zip")
    assert (len(many.parts), many.cause) == (200, "attachment_limits")
    content = bytearray(files.packed({"a.txt": b"0" * 100_000}))
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")  # the directory says ten bytes
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        assert archive.infolist()[0].file_size == 10
    assert sum(len(p.text) for p in read(bytes(content), "a.zip").parts) <= 10


def test_lines_of_a_pdf_that_fill_the_width_run_on() -> None:
    long = "各县区人民政府市政府各部门要认真贯彻落实本通知的各项要求切实做好有关工"
    document = read(files.pdf([f"{long}\n作安排"]), "a.pdf")
    assert "有关工作安排" in document.parts[0].text


def test_an_archive_tells_the_documents_in_it_that_nobody_reads() -> None:
    document = read(
        files.packed({"正文.txt": "我局做为".encode(), "名单.rar": b"Rar!", "图.jpg": b"x"}), "a.zip"
    )
    assert told(document, "做为") == ["正文.txt 第 1 行"]
    assert document.cause == "attachment_format"


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (rb"{\rtf1\ansi text}", "attachment_format"),
        ("<title>404</title><h1>您访问的页面不存在</h1>".encode(), "attachment_damaged"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b--", "attachment_damaged"),
        (b"\x01\x02\x03 no document", "attachment_damaged"),
    ],
)
def test_a_word_file_that_is_something_else(content: bytes, cause: str) -> None:
    assert read(content, "a.doc").cause == cause
