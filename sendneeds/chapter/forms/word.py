"""The chapter as a Word document, made from its page: real headings, captions, header rows, alternative text."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from sendneeds.chapter.forms.html_tree import Node, tree

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

DAY = dt.datetime(2000, 1, 1)
"""The date of every document: nothing in it depends on the day on which it is made."""
WORD_NAMES = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PICTURE_CM = 16.0
BLOCKS = frozenset(
    {"div", "section", "header", "main", "article", "details", "dl", "ul", "ol", "figure", "table", "p"}
    | {f"h{n}" for n in range(1, 7)}
)
SKIPPED = frozenset({"nav", "style", "script", "footer", "svg"})


def document_bytes(page: str, title: str, pictures: Mapping[str, bytes]) -> bytes:
    """Return a page as a Word document, the same bytes for the same page.

    Parameters
    ----------
    page : str
        HTML of the chapter.
    title : str
    pictures : mapping of str to bytes
        PNG of each chart, by the id of its figure; a chart without one is told by its text alternative.

    Returns
    -------
    bytes
    """
    from docx import Document as new_document
    from docx.shared import Cm

    document = new_document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    about = document.core_properties
    about.title, about.author, about.language = title, "", "en-GB"
    about.created = about.modified = about.last_printed = DAY
    about.last_modified_by, about.revision, about.comments = "", 1, ""
    _speak_english(document)
    root = tree(page)
    head = root.first("h1")
    document.add_paragraph(head.text() if head else title, style="Title")
    _add_field(
        document.add_paragraph(), 'TOC \\o "1-3" \\h \\z \\u', "Right-click and update to list the contents."
    )
    _footer(section)
    main = root.first("main") or root
    _Writer(document, pictures).blocks(main)
    buffer = io.BytesIO()
    document.save(buffer)
    return fixed_archive(buffer.getvalue())


def fixed_archive(data: bytes) -> bytes:
    """Return an archive with its parts in order of name and without times of day.

    Examples
    --------
    >>> buffer = io.BytesIO()
    >>> with zipfile.ZipFile(buffer, "w") as archive:
    ...     archive.writestr("b", "2")
    ...     archive.writestr("a", "1")
    >>> [(i.filename, i.date_time[0]) for i in zipfile.ZipFile(io.BytesIO(fixed_archive(buffer.getvalue()))).infolist()]
    [('a', 1980), ('b', 1980)]
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        first = "[Content_Types].xml"  # readers look for it at the front
        for name in sorted(source.namelist(), key=lambda name: (name != first, name)):
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type, part.external_attr, part.create_system = zipfile.ZIP_DEFLATED, 0, 0
            archive.writestr(part, source.read(name))
    return out.getvalue()


class _Writer:
    """Adds the blocks of a page to a document."""

    def __init__(self, document: Document, pictures: Mapping[str, bytes]):
        self.document, self.pictures = document, pictures
        self.tables = 0

    def blocks(self, node: Node) -> None:
        """Add what an element holds: its blocks, and its words between them as paragraphs."""
        loose: list[Node | str] = []
        for child in node.children:
            if isinstance(child, Node) and (child.tag in SKIPPED or child.has_class("skip")):
                continue
            if isinstance(child, Node) and (child.tag in BLOCKS or _holds_blocks(child)):
                self._loose(loose)
                self._block(child)
            else:
                loose.append(child)
        self._loose(loose)

    def _loose(self, loose: list[Node | str]) -> None:
        node = Node("p", {}, list(loose))
        loose.clear()
        if node.text():
            self._runs(self.document.add_paragraph(), node)

    def _block(self, node: Node) -> None:
        if re.fullmatch("h[1-6]", node.tag):
            # the title of the document is its one h1, so a section is a heading of the first level
            self.document.add_heading(node.text(), level=max(1, int(node.tag[1]) - 1))
        elif node.tag == "p":
            style = "Caption" if node.has_class("source") or node.has_class("note") else None
            if node.text():
                self._runs(self.document.add_paragraph(style=style), node)
        elif node.tag in ("ul", "ol"):
            self._list(node, 1)
        elif node.tag == "dl":
            self._terms(node)
        elif node.tag == "figure":
            self._figure(node)
        elif node.tag == "table":
            self._table(node)
        else:
            self.blocks(node)

    def _list(self, node: Node, level: int) -> None:
        kind = "List Bullet" if node.tag == "ul" else "List Number"
        for item in node.children:
            if not isinstance(item, Node) or item.tag != "li":
                continue
            inner = [c for c in item.children if isinstance(c, Node) and c.tag in ("ul", "ol")]
            words = Node("li", {}, [c for c in item.children if not any(c is other for other in inner)])
            style = kind if level == 1 else f"{kind} {min(level, 3)}"
            self._runs(self.document.add_paragraph(style=style), words)
            for nested in inner:
                self._list(nested, level + 1)

    def _terms(self, node: Node) -> None:
        for term, words in zip(node.find("dt"), node.find("dd"), strict=False):
            paragraph = self.document.add_paragraph()
            paragraph.add_run(f"{term.text()}: ").bold = True
            self._runs(paragraph, words)

    def _figure(self, node: Node) -> None:
        from docx.shared import Cm

        caption, image = node.first("figcaption"), node.first("img")
        if caption is not None:
            paragraph = self.document.add_paragraph(style="Caption")
            self._runs(paragraph, caption)
            paragraph.paragraph_format.keep_with_next = True
        alt = image.attrs.get("alt", "") if image is not None else ""
        picture = self.pictures.get(node.attrs.get("id", "").removeprefix("figure-"))
        if picture is not None:
            run = self.document.add_paragraph().add_run()
            shape = run.add_picture(io.BytesIO(picture), width=Cm(PICTURE_CM))
            shape._inline.docPr.set("descr", alt)
        elif alt:
            self.document.add_paragraph(alt)
        rest = [c for c in node.children if isinstance(c, Node) and c is not caption and not c.find("img")]
        for child in rest:
            if child.tag == "details":
                self.blocks(Node("div", {}, [c for c in child.children if not _is_summary(c)]))
            elif child is not image:
                self._block(child)

    def _table(self, node: Node) -> None:
        caption = node.first("caption")
        rows = [[c for c in row.children if isinstance(c, Node)] for row in node.find("tr")]
        rows = [row for row in rows if row]
        if not rows:
            return
        self.tables += 1
        if caption is not None:
            paragraph = self.document.add_paragraph(style="Caption")
            paragraph.add_run("Table ")
            _add_field(paragraph, "SEQ Table \\* ARABIC", str(self.tables))
            paragraph.add_run(f". {caption.text()}")
            paragraph.paragraph_format.keep_with_next = True
        from docx.oxml import parse_xml

        rows = [row + [Node("td")] * (max(map(len, rows)) - len(row)) for row in rows]
        table = parse_xml(_table_xml(rows, repeats=node.first("thead") is not None))
        self.document.element.body.insert_element_before(table, "w:sectPr")
        self.document.add_paragraph()

    def _runs(self, paragraph: Paragraph, node: Node) -> None:
        """Add the words of an element to a paragraph, bold and italic kept."""
        for text, bold, italic in _runs_of(node):
            run = paragraph.add_run(text)
            run.bold, run.italic = bold or None, italic or None


def _runs_of(node: Node) -> list[tuple[str, bool, bool]]:
    """Return the words of an element as runs with single spaces between words, none at its ends."""
    out: list[tuple[str, bool, bool]] = []
    for piece, bold, italic in _pieces(node, False, False):
        text = re.sub(r"\s+", " ", piece)
        if not out or out[-1][0].endswith(" "):
            text = text.lstrip()
        if text:
            out.append((text, bold, italic))
    if out:
        out[-1] = (out[-1][0].rstrip(), *out[-1][1:])
    return [run for run in out if run[0]]


def _table_xml(rows: list[list[Node]], repeats: bool) -> str:
    """Return a table as WordprocessingML, the first row repeated on every page: cell by cell python-docx is slow."""
    lines = []
    for i, row in enumerate(rows):
        cells = []
        for cell in row:
            runs = "".join(
                f"<w:r><w:rPr>{'<w:b/>' if bold or cell.tag == 'th' else ''}{'<w:i/>' if italic else ''}"
                f'<w:sz w:val="18"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
                for text, bold, italic in _runs_of(cell)
            )
            side = '<w:pPr><w:jc w:val="right"/></w:pPr>' if cell.has_class("num") else ""
            cells.append(
                f'<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/></w:tcPr><w:p>{side}{runs}</w:p></w:tc>'
            )
        head = '<w:tblHeader w:val="true"/>' if i == 0 and repeats else ""
        lines.append(f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{''.join(cells)}</w:tr>")
    grid = '<w:gridCol w:w="1000"/>' * len(rows[0])
    return (
        f'<w:tbl xmlns:w="{WORD_NAMES}"><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/>'
        f'<w:tblLook w:firstRow="1" w:firstColumn="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(lines)}</w:tbl>'
    )


def _pieces(node: Node, bold: bool, italic: bool) -> list[tuple[str, bool, bool]]:
    out: list[tuple[str, bool, bool]] = []
    for child in node.children:
        if isinstance(child, str):
            out.append((child, bold, italic))
        elif child.tag not in SKIPPED:
            gap = child.tag == "br" or child.has_class("note") or child.has_class("range")
            out += [(" ", bold, italic)] if gap else []
            out += _pieces(child, bold or child.tag in ("strong", "b"), italic or child.tag in ("em", "i"))
    return out


def _holds_blocks(node: Node) -> bool:
    return any(inner.tag in BLOCKS for inner in node.walk() if inner is not node)


def _is_summary(child: Node | str) -> bool:
    return isinstance(child, Node) and child.tag == "summary"


def _add_field(paragraph: Paragraph, code: str, shown: str) -> None:
    """Add a field that Word works out, with what is shown until it has."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def mark(kind: str) -> None:
        element = OxmlElement("w:fldChar")
        element.set(qn("w:fldCharType"), kind)
        if kind == "begin" and code.startswith("TOC"):
            element.set(qn("w:dirty"), "true")
        paragraph.add_run()._r.append(element)

    mark("begin")
    words = OxmlElement("w:instrText")
    words.set(qn("xml:space"), "preserve")
    words.text = code
    paragraph.add_run()._r.append(words)
    mark("separate")
    paragraph.add_run(shown)
    mark("end")


def _footer(section: Any) -> None:
    paragraph = section.footer.paragraphs[0]
    paragraph.add_run("Page ")
    _add_field(paragraph, "PAGE", "1")


def _speak_english(document: Document) -> None:
    """Set the language to British English and the type to Arial 11."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    for style in document.styles:
        if getattr(style, "font", None) is None or style.element.find(qn("w:rPr")) is None:
            continue
        fonts = style.element.rPr.find(qn("w:rFonts"))
        if fonts is not None:  # headings name the fonts of a theme, which few machines have
            for name in list(fonts.attrib):
                del fonts.attrib[name]
            for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
                fonts.set(qn(name), "Arial")
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    properties = normal.element.get_or_add_rPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    properties.append(language)
