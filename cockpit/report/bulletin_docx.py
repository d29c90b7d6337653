"""The bulletin as a Word document: fonts, sizes and margins as GB/T 9704 names them, with fallbacks for other machines."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from html import escape

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from cockpit.plain import stripped
from cockpit.report.bulletin import Annex, Bulletin

TITLE, BODY, HEAD, SUB = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
# A machine without the font of the standard takes one of these, and the next program another.
FALLBACKS = {
    TITLE: "小标宋;方正小标宋_GBK;SimSun;宋体;Noto Serif CJK SC",
    BODY: "仿宋;FangSong;Noto Serif CJK SC",
    HEAD: "SimHei;Noto Sans CJK SC",
    SUB: "楷体;KaiTi;Noto Serif CJK SC",
}
LATIN = "Times New Roman"
LINE, SIZE, SMALL = Pt(28), 16, 10.5
WIDTH_TWIPS = 8846  # 156 mm: A4 less the margins
DEMO = "演示数据，不得用于考核"


def make(bulletin: Bulletin, now: datetime) -> bytes:
    """The document's bytes."""
    document = docx.Document()
    _page(document, bulletin)
    _fonts(document)
    _paragraph(document, clean(bulletin.title), TITLE, 22, align=WD_ALIGN_PARAGRAPH.CENTER, line=Pt(36))
    if bulletin.demo:
        _paragraph(document, f"（{DEMO}）", HEAD, SIZE, align=WD_ALIGN_PARAGRAPH.CENTER, red=True)
    _paragraph(document, "", BODY, SIZE)
    _paragraph(document, "各县（区）人民政府，各功能区管委会，市政府各部门：", BODY, SIZE)
    for heading, paragraphs in bulletin.sections:
        _paragraph(document, heading, HEAD, SIZE, indent=True)
        for text in paragraphs:
            _paragraph(document, clean(text), BODY, SIZE, indent=True)
    _paragraph(document, clean(bulletin.notice), SUB, SIZE, indent=True)
    for number, annex in enumerate(bulletin.annexes, 1):
        lead = "附件：" if number == 1 else "　　　"
        _paragraph(document, f"{lead}{number}. {annex.title}", BODY, SIZE, indent=True)
    _paragraph(document, "", BODY, SIZE)
    _paragraph(document, bulletin.signature, BODY, SIZE, align=WD_ALIGN_PARAGRAPH.RIGHT)
    for number, annex in enumerate(bulletin.annexes, 1):
        _annex(document, number, annex)
    document.core_properties.title = clean(bulletin.title)
    document.core_properties.author = "新余市政务公开数据驾驶舱"
    document.core_properties.created = document.core_properties.modified = now
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def clean(text: str) -> str:
    """Text without what XML cannot hold and what nobody sees; scraped facts are hostile input."""
    return stripped(text)


def _page(document: Document, bulletin: Bulletin) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    if bulletin.demo:
        header = section.header.paragraphs[0]
        header.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _run(header, DEMO, HEAD, SMALL, red=True)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(footer, "— ", "宋体", 14)
    for part in (
        '<w:fldChar w:fldCharType="begin"/>',
        "<w:instrText>PAGE</w:instrText>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        run = _run(footer, "", "宋体", 14)
        run._r.append(
            parse_xml(
                part.replace(" w:", f" {nsdecls('w')} w:", 1)
                if " w:" in part
                else part.replace(">", f" {nsdecls('w')}>", 1)
            )
        )
    _run(footer, " —", "宋体", 14)


def _fonts(document: Document) -> None:
    """Name what may stand in for the fonts of the standard, in the document's own font table."""
    part = next(
        (rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/fontTable")), None
    )
    if part is None:
        return
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")


def _run(paragraph: Paragraph, text: str, font: str, size: float, *, red: bool = False):
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), LATIN
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if red:
        run.font.color.rgb = RGBColor(0xB0, 0x12, 0x1F)
    return run


def _paragraph(
    document: Document,
    text: str,
    font: str,
    size: float,
    *,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = False,
    red: bool = False,
    line: Pt = LINE,
) -> Paragraph:
    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, line
    if indent:
        shape.first_line_indent = Pt(2 * size)
    if align is not None:
        paragraph.alignment = align
    _run(paragraph, text, font, size, red=red)
    return paragraph


def _annex(document: Document, number: int, annex: Annex) -> None:
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    _paragraph(document, f"附件{number}", HEAD, SIZE)
    _paragraph(document, annex.title, TITLE, 18, align=WD_ALIGN_PARAGRAPH.CENTER, line=Pt(32))
    _paragraph(document, clean(annex.note), SUB, SMALL, line=Pt(18))
    if not annex.rows:
        _paragraph(document, "无。", BODY, SIZE, indent=True)
        return
    document.element.body.insert(len(document.element.body) - 1, parse_xml(_table(annex)))


def _table(annex: Annex) -> str:
    """The whole table as XML: row by row through the library takes minutes for a long list."""
    whole = sum(annex.widths)
    widths = [WIDTH_TWIPS * w // whole for w in annex.widths]
    sides = "".join(
        f'<w:{s} w:val="single" w:sz="4" w:color="445266"/>'
        for s in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    rows = _row(annex.heads, widths, head=True) + "".join(_row(row, widths) for row in annex.rows)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
    )


def _row(cells: Sequence[str], widths: Sequence[int], *, head: bool = False) -> str:
    font = HEAD if head else BODY
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="EAEEF3"/>' if head else ""
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr><w:p><w:pPr><w:spacing w:before="20" w:after="20"/></w:pPr>'
        f'<w:r><w:rPr><w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{font}"/><w:sz w:val="{int(SMALL * 2)}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(clean(text), quote=False)}</w:t></w:r></w:p></w:tc>'
        for text, width in zip(cells, widths, strict=True)
    )
    repeat = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{made}</w:tr>"
