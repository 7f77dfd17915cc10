"""Word files (.docx, .docm): body, lists with their printed numbers, tables, boxes; changes accepted.

Word files have no lines: the `line` of a paragraph counts the paragraphs outside the tables.
"""

from __future__ import annotations

from dataclasses import replace

from plans.continued import goes_on, joined
from plans.document import Block, Document, Paragraph, Place, Table
from plans.docx_numbering import numbering_of
from plans.docx_package import Element, Package, child, local, open_package, value_of
from plans.docx_styles import styles_of
from plans.docx_tables import grid_of, layout_cells, table_of
from plans.docx_text import Content, Story, blocks_within, content_of, is_merged_with_next
from plans.errors import ReadError
from plans.limits import Limits
from plans.spelling import fold, squeeze

_SHORT = 40


def read_docx(data: bytes, limits: Limits) -> Document:
    """Raises ReadError for a damaged file, or one that holds pictures of text only."""
    package = open_package(data)
    styles = styles_of(package.styles)
    story = Story(styles=styles, numbering=numbering_of(package.numbering, styles))
    walk = _Walk(story, limits)
    walk.over(package.body)
    blocks = walk.finished()
    if not blocks:
        raise _empty(package)
    return Document(format="docx", blocks=(*_marks(package, story), *blocks), warnings=_warnings(package, story))


class _Walk:
    """One pass over a body, in printed order."""

    def __init__(self, story: Story, limits: Limits) -> None:
        self.story = story
        self.limits = limits
        self.blocks: list[Block] = []
        self.tables = 0
        self.rows = 0
        self.paragraphs = 0
        self.by_line = False
        """Inside a layout cell, where a line break is as good as the end of a paragraph."""
        self.pending = Content()
        """A paragraph whose end was deleted, waiting for the next."""
        self.touching = False
        """Nothing but blank lines stands after the last table."""

    def over(self, node: Element) -> None:
        for each in blocks_within(node):
            if local(each) == "p":
                self._paragraph(each)
            else:
                self._table(each)

    def finished(self) -> tuple[Block, ...]:
        self._put(self.pending, heading=False)
        return tuple(self.blocks)

    def _paragraph(self, node: Element) -> None:
        content = content_of(node, self.story)
        content.runs[:0] = self.pending.runs
        content.boxes[:0] = self.pending.boxes
        content.label = self.pending.label or content.label
        self.pending = Content()
        if is_merged_with_next(node):
            self.pending = content
            return
        style = value_of(child(node, "pPr"), "pStyle")
        self._put(content, heading=self.story.styles.is_heading(style))

    def _put(self, content: Content, *, heading: bool) -> None:
        text = content.text
        if text and text != squeeze(content.label):
            self.touching = False
            for line in content.lines if self.by_line else [text]:
                self.paragraphs += 1
                place = Place(line=self.paragraphs)
                italic = tuple(run for run in content.italic if run in line)
                self.blocks.append(Paragraph(text=line, place=place, heading=heading, italic=italic))
        for box in content.boxes:
            self.over(box)

    def _table(self, node: Element) -> None:
        cells = layout_cells(node)
        if cells:
            self.by_line = True
            for cell in cells:
                self.over(cell)
            self.by_line = False
            return
        grid = grid_of(node, self.story)
        self.rows += len(grid.rows)
        if self.rows > self.limits.rows:
            raise ReadError(f"Văn bản có hơn {self.limits.rows} hàng trong bảng.", cure="Tách tệp rồi nhập lại.")
        last = self.blocks[-1] if self.blocks else None
        table = table_of(grid, self.tables + 1)
        if self.touching and isinstance(last, Table) and goes_on(last, table):
            offset = len(last.rows)
            rows = tuple(
                replace(row, place=Place(table=self.tables, row=offset + at))
                for at, row in enumerate(table.rows, start=1)
            )
            self.blocks[-1] = joined(last, replace(table, rows=rows))
        elif table.rows:
            self.tables += 1
            self.blocks.append(table)
        self.touching = True
        for box in grid.boxes:
            self.over(box)
        for nested in grid.nested:
            self.touching = False
            self._table(nested)


def _marks(package: Package, story: Story) -> tuple[Paragraph, ...]:
    """The page headers are not read, but for what may be a mark of secrecy standing there alone."""
    found: dict[str, None] = {}
    for header in package.headers:
        for node in blocks_within(header):
            for paragraph in [node] if local(node) == "p" else node.iter("{*}p"):
                content = content_of(paragraph, story)
                texts = [content.text, *(squeeze("".join(box.itertext())) for box in content.boxes)]
                found |= {text: None for text in texts if len(text) <= _SHORT and "mat" in fold(text).split()}
    return tuple(Paragraph(text=text, place=Place()) for text in found)


def _warnings(package: Package, story: Story) -> tuple[str, ...]:
    found = []
    if story.changes:
        found.append("Văn bản còn dấu sửa đổi (Track Changes): đã đọc như khi chấp nhận mọi sửa đổi.")
    if story.old_fonts:
        found.append("Văn bản có chữ dùng phông cũ (TCVN3, VNI), đã chuyển sang Unicode; cần soát lại chữ.")
    if package.has_chunks:
        found.append("Văn bản có phần chèn từ tệp khác, chưa được đọc: mở bằng Word và lưu lại để có đủ nội dung.")
    if story.notes:
        found.append(f"Văn bản có {story.notes} chú thích cuối trang; nội dung chú thích không được đọc.")
    return tuple(found)


def _empty(package: Package) -> ReadError:
    if package.has_pictures:
        return ReadError(
            "Văn bản Word chỉ có hình ảnh, không có chữ.", cure="Lưu thành PDF rồi nhập lại để nhận dạng chữ."
        )
    return ReadError("Văn bản Word không có nội dung.", cure="Kiểm tra lại tệp gốc.")
